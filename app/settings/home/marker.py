"""The home's marker, `home.json`: a durable record that this home has been used, kept apart from its other files.

Written for the first time only after the ledger has its schema, so that a killed first start leaves none.
"""

from __future__ import annotations

import json
import logging
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from app.domain.errors import StorageError
from app.settings.home.atomic import storage_refusal, write_private
from app.settings.home.locks import FileLock
from app.settings.home.paths import HomePaths

SIZE = 512
"""The file's length, padded with blanks: a new number overwrites the old one in place, without a new file each time."""
_VERSION = 1
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HomeNotes:
    """`last_number`: at least the highest assigned payment number. `operator_url`: the last address of requests.

    `has_vault`: a vault file has existed. Not recorded yet: 0, None and False; an empty address was lost with a
    damaged marker.
    """

    last_number: int = 0
    operator_url: str | None = None
    has_vault: bool = False


class HomeMarker:
    """Reads and writes the marker of one home. Values only increase, and an unreadable marker still counts as one."""

    def __init__(self, paths: HomePaths) -> None:
        self._paths = paths
        self._path = paths.marker_file
        self._noted = 0

    def had_ledger(self) -> bool:
        """Return whether this home has had a ledger with its schema: by the marker, or by the files of such a home."""
        ledger = self._paths.ledger_file
        copies = ledger.parent.glob(f"{ledger.stem}-before-*{ledger.suffix}")  # made before a migration
        return self._path.exists() or self._paths.state_file.exists() or any(copies)

    def notes(self) -> HomeNotes | None:
        """Return the notes, None in a home without a marker, and empty notes for a damaged marker."""
        try:
            return self._read()
        except ValueError:  # damaged, or another process is writing
            try:
                with self._lock():
                    return self._readable()
            except StorageError:
                return _DAMAGED
        except StorageError:
            return _DAMAGED

    def last_number(self) -> int:
        """Return the highest payment number known to have been assigned; 0 when none is."""
        notes = self.notes()
        return notes.last_number if notes else 0

    def note_ledger(self, last_number: int) -> None:
        """Record that the ledger has its schema, and its highest number. Cheap when nothing has changed."""
        if self._noted and last_number <= self._noted:
            return
        if self._change(HomeNotes(last_number=last_number), may_create=True):
            self._noted = last_number

    def note(self, *, operator_url: str | None = None, has_vault: bool = False) -> None:
        """Record more about a home that has a marker; a home without one needs no record."""
        self._change(HomeNotes(operator_url=operator_url, has_vault=has_vault), may_create=False)

    def _change(self, update: HomeNotes, *, may_create: bool) -> bool:
        """Return whether the notes are on the disk. A full or read-only disk is tolerated: the notes then stay old."""
        try:
            known = self.notes()
            if known is None and not may_create:
                return False
            if known not in (None, _DAMAGED) and _joined(known, update) == known:
                return True
            with self._lock():
                self._write(_joined(self._readable() or HomeNotes(), update))
        except StorageError as refusal:
            log.warning("the home's marker cannot be written: %s", refusal)
            return False
        return True

    def _lock(self) -> FileLock:
        return FileLock(self._path.with_name(self._path.name + ".lock"))

    def _readable(self) -> HomeNotes | None:
        try:
            return self._read()
        except ValueError:
            return _DAMAGED

    def _read(self) -> HomeNotes | None:
        """Raise ValueError for a file that is not a marker, StorageError leaves."""
        try:
            return _parsed(self._path.read_bytes())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise storage_refusal(error, self._path) from error

    def _write(self, notes: HomeNotes) -> None:
        content = json.dumps({"version": _VERSION, **asdict(notes)}).encode().ljust(SIZE - 1) + b"\n"
        try:
            if self._path.stat().st_size == len(content):
                _write_over(self._path, content)
                return
        except FileNotFoundError:
            pass
        except OSError as error:
            raise storage_refusal(error, self._path) from error
        write_private(self._path, content)


_DAMAGED = HomeNotes(operator_url="")


def _parsed(content: bytes) -> HomeNotes:
    try:
        raw = json.loads(content)
        url, number = raw["operator_url"], raw["last_number"]
        if not isinstance(number, int) or not isinstance(url, str | None):
            raise TypeError("not a marker")
        return HomeNotes(number, url, bool(raw["has_vault"]))
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError("not a marker") from error


def _joined(known: HomeNotes, update: HomeNotes) -> HomeNotes:
    return replace(
        known,
        last_number=max(known.last_number, update.last_number),
        operator_url=update.operator_url or known.operator_url,
        has_vault=known.has_vault or update.has_vault,
    )


def _write_over(path: Path, content: bytes) -> None:
    """Write less than one disk sector at once: atomic, and on the disk when this returns."""
    handle = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.write(handle, content)
        os.fsync(handle)
    finally:
        os.close(handle)
