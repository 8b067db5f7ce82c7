"""`settings.toml`: read with care, written whole. A file that a person broke is told about, never overwritten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.errors import SecretsUnreadable, SettingBad, StorageError
from app.services.ports.secret_store import Secrets
from app.settings.checks import InvalidValue, required_text
from app.settings.home.atomic import write_private
from app.settings.home.locks import FileLock
from app.settings.home.marker import HomeMarker
from app.settings.home.paths import HomePaths
from app.settings.last_good import LastGoodFile, find_losses, read_bytes
from app.settings.reading import SettingProblem, decoded, read_text, read_toml
from app.settings.schema import OPERATOR_CHOICE, SPECS, TOKEN_KEY, TOKEN_SECRET, Settings, build, value_of

SHOWN_SECRET = "***"
LOST_OPERATOR = SettingProblem("operator.environment", None, "lost")


class SettingsFile:
    """The settings of one home. `problems` are those of the last `load`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._last_good = LastGoodFile(path)
        self._marker = HomeMarker(HomePaths(path.parent))
        self.problems: tuple[SettingProblem, ...] = ()

    def load(self) -> Settings:
        """Return the file's settings; of a file with problems, the last good ones. Raises StorageError leaves.

        Of a used home that lost what says which operator's server it works with, the address is empty: nobody is asked.
        """
        judged = self._read_file()
        if judged.problems or judged.is_new:  # perhaps only because another process is just writing
            judged = self._read_file_locked()
        self.problems = judged.problems
        settings = build(judged.values)
        if not judged.problems and judged.values:
            self._marker.note(operator_url=settings.operator.url or None)
        return settings

    def peek(self) -> Settings:
        """Return what `load` does, and write nothing: not even the copy of the last good file. Raises as `load`."""
        judged = self._read_file()
        self.problems = judged.problems
        return build(judged.values)

    def given(self) -> frozenset[str]:
        """Return the keys that the file itself sets to something, whatever their defaults. Raises as `load`."""
        content = read_bytes(self._path) or b""
        return frozenset(key for key, value in read_toml(content)[0].items() if value not in ("", ()))

    def set(self, key: str, text: str, *, secrets: Secrets | None = None) -> None:
        """Check and write one setting; the token goes to `secrets`. Comments in the file stay.

        Raises SettingUnknown, SettingBad (with `line` when the file itself is broken), StorageError leaves.
        """
        if key == TOKEN_KEY and secrets is not None:
            secrets.put(TOKEN_SECRET, _token(text))
            return
        value = read_text(key, text)
        with self._lock():
            self._write(key, value)

    def as_dict(self, settings: Settings, secrets: Secrets) -> dict[str, object]:
        """Return every key with the value in force; secrets are only said to be there."""
        return {key: self.value(key, settings, secrets) for key in sorted((*SPECS, TOKEN_KEY))}

    def value(self, key: str, settings: Settings, secrets: Secrets) -> object:
        """Return one key's value for `config get`. Raises SettingUnknown."""
        return _shown_token(secrets) if key == TOKEN_KEY else value_of(settings, key)

    def _lock(self) -> FileLock:
        return FileLock(self._path.with_name(self._path.name + ".lock"))

    def _write(self, key: str, value: object | None) -> None:
        judged = self._read_file()
        repaired = OPERATOR_CHOICE if key in OPERATOR_CHOICE else {key}
        # a bad or lost value may be repaired by setting it; any other problem must be seen by the person who made it
        _refuse(tuple(problem for problem in judged.problems if problem.key not in repaired))
        edited = _edited((judged.content or b"").decode("utf-8-sig"), key, value)
        _refuse(read_toml(edited)[1])
        self._last_good.prepare(edited)
        write_private(self._path, edited)
        self._last_good.keep(edited)

    def _read_file_locked(self) -> _ReadFile:
        """Judge once more while nobody else writes, and keep what is good."""
        try:
            with self._lock():
                judged = self._read_file()
                if judged.is_new and not judged.problems:
                    self._last_good.keep(judged.content or b"")
                return judged
        except StorageError:
            return self._read_file()  # the copy is a comfort: a full or read-only disk must not stop reading settings

    def _read_file(self) -> _ReadFile:
        content, good = read_bytes(self._path), self._last_good.read()
        values, problems = read_toml(content or b"")
        is_ours = self._last_good.was_prepared(content or b"")
        if not problems and content != good and not is_ours:
            problems = find_losses(content, good)
        if problems:
            kept, kept_problems = read_toml(good)
            # without a good copy the usable rest of the broken file is nearer to the owner's wish than our defaults
            values = kept if kept and not kept_problems else values
        if self._has_lost_operator(values):
            values = values | {"operator.environment": "custom", "operator.url": ""}
            problems = (*(one for one in problems if one.key != LOST_OPERATOR.key), LOST_OPERATOR)
        is_new = bool(content) and content != good and (is_ours or not _is_shorter(content or b"", good))
        return _ReadFile(content, values, problems, is_new)

    def _has_lost_operator(self, values: Mapping[str, Any]) -> bool:
        """Say if our default would take the place of an address that this home is known to have worked with."""
        if OPERATOR_CHOICE & values.keys():
            return False
        notes = self._marker.notes()
        if notes is None or notes.operator_url is None:
            return False
        return notes.operator_url != build(values).operator.url


@dataclass(frozen=True, slots=True)
class _ReadFile:
    """`is_new`: the content is not the good copy's yet."""

    content: bytes | None
    values: Mapping[str, Any]
    problems: tuple[SettingProblem, ...]
    is_new: bool


def _is_shorter(content: bytes, good: bytes) -> bool:
    """The good copy is not replaced by its own beginning, not even where only a comment was lost."""
    here, there = decoded(content), decoded(good)
    return there != here and there.startswith(here)


def _refuse(problems: tuple[SettingProblem, ...]) -> None:
    if problems:
        first = problems[0]
        raise SettingBad(key=first.key, reason=first.reason, line=first.line)


def _edited(text: str, key: str, value: object | None) -> bytes:
    import tomlkit  # only writers need it

    document = tomlkit.parse(text)
    section, _, name = key.partition(".")
    if section not in document:
        if value is None:
            return text.encode()
        document[section] = tomlkit.table()
    table: Any = document[section]
    if value is None:
        table.pop(name, None)
    else:
        table[name] = value
    return tomlkit.dumps(document).encode()


def _token(text: str) -> str:
    try:
        return required_text(text)
    except InvalidValue as invalid:
        raise SettingBad(key=TOKEN_KEY, reason=invalid.reason) from None  # the value is a secret


def _shown_token(secrets: Secrets) -> str:
    try:
        return SHOWN_SECRET if secrets.get(TOKEN_SECRET) else ""
    except SecretsUnreadable:
        return SHOWN_SECRET  # it is there; `doctor` says what is wrong with it
