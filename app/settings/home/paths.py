"""The location of the home and the names of its files."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_dir

from app.domain.errors import StorageReadOnly
from app.settings.home.atomic import make_private_folder, storage_refusal


def home_dir(given: str | None) -> Path:
    """Return the home: the argument, else PAYDESK_HOME, else the platform's data folder.

    Raises StorageReadOnly for one that leads nowhere: `~name` of an unknown user, a path from a folder that is gone.
    """
    chosen = given or os.environ.get("PAYDESK_HOME")
    try:
        chosen = chosen or user_data_dir("paydesk", appauthor=False)
        if "\0" in chosen:
            raise ValueError("no file's name")
        return Path(chosen).expanduser().absolute()
    except (RuntimeError, OSError, ValueError) as failure:
        raise StorageReadOnly(path=chosen or "~", reason="no_home") from failure


_OWN_NAMES = (
    "settings.toml",
    "ledger",
    "secrets.key",
    "vault.",
    "listener.",
    "home.json",
    "window.json",
    "running",
    "logs",
)
"""How the names begin of all that the program makes in a home; their companions, such as `-wal`, included."""


@dataclass(frozen=True, slots=True)
class HomePaths:
    """The paths of one home."""

    home: Path

    @property
    def settings_file(self) -> Path:
        return self.home / "settings.toml"

    @property
    def ledger_file(self) -> Path:
        return self.home / "ledger.sqlite3"

    @property
    def secrets_file(self) -> Path:
        """The key of the vault, where there is no keyring."""
        return self.home / "secrets.key"

    @property
    def vault_file(self) -> Path:
        return self.home / "vault.bin"

    @property
    def lock_file(self) -> Path:
        """The process that holds its lock runs the listener and the status poller."""
        return self.home / "listener.lock"

    @property
    def state_file(self) -> Path:
        """The listener's last recorded address, for `link`."""
        return self.home / "listener.json"

    @property
    def view_choices_file(self) -> Path:
        """What people chose of how the window shows things (`settings.view_choices`)."""
        return self.home / "window.json"

    @property
    def marker_file(self) -> Path:
        """Notes that the home has been used (`settings.home.marker`)."""
        return self.home / "home.json"

    @property
    def process_marker_dir(self) -> Path:
        """The marker file of each process that works with the home."""
        return self.home / "running"

    @property
    def log_dir(self) -> Path:
        return self.home / "logs"

    def owns(self, path: Path) -> bool:
        """Say whether a path, links followed, is a file of the home's own: replacing it would lose data."""
        home, target = os.path.realpath(self.home), os.path.realpath(path)
        if os.path.commonpath((home, target)) != home or target == home:
            return False
        first = Path(target).relative_to(home).parts[0].casefold()
        return first.startswith(_OWN_NAMES)

    def ensure(self) -> None:
        """Make the home, for its owner only, and prove that it can be written; one that was there keeps its rights.

        Raises StorageReadOnly, StorageFull.
        """
        try:
            make_private_folder(self.home)
            with tempfile.TemporaryFile(dir=self.home) as probe:
                probe.write(b"paydesk")
        except OSError as error:
            raise storage_refusal(error, self.home) from error
