"""The last good settings, kept next to `settings.toml`, and the detection of a file that lost part of them.

A person may change and delete single lines. A loss is what is not done on purpose: the file is missing or empty,
it is truncated, whole sections are missing, or it no longer sets which operator's server the home works with.
"""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.domain.errors import StorageError, StorageReadOnly
from app.settings.home.atomic import storage_refusal, write_private
from app.settings.reading import FILE_NAME, SettingProblem, decoded, read_toml, sections_opened
from app.settings.schema import OPERATOR_CHOICE, build


def read_bytes(path: Path) -> bytes | None:
    """Return a file's content, None when there is no file. Raises StorageError leaves, also for a pipe or a device."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise StorageReadOnly(path=str(path))
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise storage_refusal(error, path) from error


class LastGoodFile:
    """The files `settings.toml.good` and, between two writes of ours, `settings.toml.next`."""

    def __init__(self, settings_file: Path) -> None:
        self._good = settings_file.with_name(settings_file.name + ".good")
        self._next = settings_file.with_name(settings_file.name + ".next")

    def read(self) -> bytes:
        """Return the last good content, empty when there is none that can be read."""
        return _read_or_empty(self._good)

    def prepare(self, content: bytes) -> None:
        """Store the content before it is written: a kill between the write and `keep` must not look like a loss."""
        write_private(self._next, content)

    def was_prepared(self, content: bytes) -> bool:
        """Return whether this content was written by our own process, which may have been killed afterwards."""
        return bool(content) and _read_or_empty(self._next) == content

    def keep(self, content: bytes) -> None:
        """Make this content the last good one. Raises nothing: a full disk must not stop reading settings."""
        try:
            if self.read() != content:
                write_private(self._good, content)
            self._next.unlink(missing_ok=True)
        except (OSError, StorageError):
            return


def _read_or_empty(path: Path) -> bytes:
    try:
        return read_bytes(path) or b""
    except StorageError:
        return b""


def find_losses(content: bytes | None, good: bytes) -> tuple[SettingProblem, ...]:
    """Return what a readable file has lost compared with the good copy; `content` None: there is no file."""
    kept, problems = read_toml(good)
    if problems or not kept:
        return ()
    if content is None:
        return (SettingProblem(FILE_NAME, None, "gone"),)
    now, _ = read_toml(content)
    if now == kept:
        return ()
    here, there = decoded(content), decoded(good)
    if not now:
        return (SettingProblem(FILE_NAME, None, "emptied"),)
    if ends_early(here, there):
        return (SettingProblem(FILE_NAME, len(here.splitlines()), "cut"),)
    return (*_lost_operator(now, kept), *_lost_sections(now, here, kept, there))


def ends_early(here: str, there: str) -> bool:
    """Return whether a text is a prefix of another one, or ends within one of its lines."""
    if there != here and there.startswith(here):
        return True
    last = here.rpartition("\n")[2]
    is_open = bool(last.strip()) and there.endswith("\n")  # some editors do not terminate the last line
    return is_open and any(line != last and line.startswith(last) for line in there.splitlines())


def _lost_operator(now: Mapping[str, Any], kept: Mapping[str, Any]) -> tuple[SettingProblem, ...]:
    if OPERATOR_CHOICE & now.keys() or build(now).operator.url == build(kept).operator.url:
        return ()
    return (SettingProblem("operator.environment", None, "lost"),)


def _lost_sections(
    now: Mapping[str, Any], here: str, kept: Mapping[str, Any], there: str
) -> tuple[SettingProblem, ...]:
    """Return the missing sections; one of more than one line is not lost by deleting a single line."""
    left = {_section(key) for key in now} | sections_opened(here)
    keys = [_section(key) for key in kept]
    opened = sections_opened(there)
    lost = [name for name in dict.fromkeys(keys) if name not in left and (name in opened or keys.count(name) > 1)]
    return tuple(SettingProblem(FILE_NAME, None, f"section_lost:{name}") for name in lost)


def _section(key: str) -> str:
    return key.partition(".")[0]
