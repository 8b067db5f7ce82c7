"""Play money and real money on one home (protocol.md A7): the mode on the disk, and where no demo may start."""

from __future__ import annotations

import logging
from pathlib import Path

from app.domain.errors import SettingBad, StorageError, WrongMode
from app.settings.file import SettingsFile
from app.settings.paths import HomePaths
from app.settings.schema import TOKEN_KEY, TOKEN_SECRET
from app.settings.secrets import VaultSecrets

LIVE_SETTINGS = frozenset({"operator.url", "operator.environment", "operator.public_key_file", TOKEN_KEY})
"""What the demo would overwrite, and a shop misses."""
LIVE_SECRETS = frozenset({TOKEN_SECRET, "private_key_pem"})
log = logging.getLogger(__name__)


def mode_name(is_demo: bool) -> str:
    """Return the mode as a ledger keeps it."""
    return "demo" if is_demo else "live"


def refuse_demo_on_live(folder: Path) -> None:
    """Return if the demo may use this home: one that is absent, empty, or was made by a demo. Writes nothing.

    Raises WrongMode for a home of real payments or set up for them; SettingBad for a settings file that a person
    broke, since it does not say which; StorageError leaves.
    """
    from app.storage.schema import mode_of_file

    paths = HomePaths(folder)
    held = mode_of_file(paths.ledger_file)
    file = SettingsFile(paths.settings_file)
    is_demo = file.peek().operator.is_demo
    if file.problems:
        problem = file.problems[0]
        raise SettingBad(key=problem.key, line=problem.line, reason=problem.reason)
    if held == "live" or not (is_demo or _is_untouched(paths, file)):
        raise WrongMode(ledger=held, settings=mode_name(is_demo), reason="live_home")


def _is_untouched(paths: HomePaths, file: SettingsFile) -> bool:
    secrets = VaultSecrets(paths, warn=log.warning).names()
    return not (file.given() & LIVE_SETTINGS or secrets & LIVE_SECRETS)


class StoredMode:
    """The mode of the settings on the disk at this moment: another process may change them while this one runs."""

    def __init__(self, paths: HomePaths) -> None:
        self._path = paths.settings_file
        self._file = SettingsFile(paths.settings_file)
        self._seen: tuple[int, int, int] | None = None
        self._mode: str | None = None

    def is_other_than(self, mode: str) -> bool:
        """Say whether the settings on the disk are of another mode. The file is read again only when it was written."""
        try:
            seen = self._stamp()
            if self._mode is None or seen != self._seen:
                self._mode, self._seen = mode_name(self._file.peek().operator.is_demo), seen
        except StorageError as failure:
            log.warning("the settings cannot be read again: %s", failure.code)
        return self._mode not in (None, mode)

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino
