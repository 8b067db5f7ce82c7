"""The current mode of the settings on the disk: another process may change them while this one runs."""

from __future__ import annotations

import logging

from app.domain.errors import StorageError
from app.settings.file import SettingsFile
from app.settings.home.paths import HomePaths

log = logging.getLogger(__name__)


class StoredMode:
    """Used for every callback: the file is read again only when it has changed."""

    def __init__(self, paths: HomePaths) -> None:
        self._path = paths.settings_file
        self._file = SettingsFile(paths.settings_file)
        self._seen: tuple[int, int, int] | None = None
        self._mode: str | None = None

    def is_other_than(self, mode: str) -> bool:
        """Return whether the settings on the disk have another mode; False where they cannot be read."""
        try:
            seen = self._stamp()
            if self._mode is None or seen != self._seen:
                self._mode, self._seen = self._file.peek().operator.mode, seen
        except StorageError as failure:
            log.warning("the settings cannot be read again: %s", failure.code)
        return self._mode not in (None, mode)

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino
