"""`settings.toml`: validated when read, written atomically. A broken file is reported, never overwritten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.domain.errors import SecretsUnreadable, SettingBad, StorageError
from app.domain.web_addresses import is_same_address
from app.services.ports.secret_store import Secrets
from app.settings.checks import InvalidValue, required_text
from app.settings.home.atomic import write_private
from app.settings.home.locks import FileLock
from app.settings.home.marker import HomeMarker
from app.settings.home.paths import HomePaths
from app.settings.last_good import LastGoodFile, find_losses, read_bytes
from app.settings.reading import FILE_NAME, SettingProblem, decoded, read_text, read_toml
from app.settings.schema import OPERATOR_CHOICE, SPECS, TOKEN_KEY, TOKEN_SECRET, Settings, build, value_of

if TYPE_CHECKING:
    import tomlkit

SHOWN_SECRET = "***"
LOST_OPERATOR = SettingProblem("operator.environment", None, "lost")
NOBODY = {"operator.environment": "custom", "operator.url": ""}
"""No operator's server is asked."""


class SettingsFile:
    """The settings of one home. `problems` are those of the last `load`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._last_good = LastGoodFile(path)
        self._marker = HomeMarker(HomePaths(path.parent))
        self.problems: tuple[SettingProblem, ...] = ()

    def load(self) -> Settings:
        """Return the file's settings, or the last good ones of a file with problems.

        When a used home has lost its operator's address, `operator.url` is empty: no requests are sent.
        """
        judged = self._read_file()
        if judged.problems or judged.is_new:  # another process may be writing at this moment
            judged = self._read_file_locked()
        self.problems = judged.problems
        settings = build(judged.values)
        if not judged.problems and judged.values:
            self._marker.note(operator_url=settings.operator.url or None)
        return settings

    def peek(self) -> Settings:
        """Return what `load` returns without writing anything, not even the last good copy. Raises as `load`."""
        judged = self._read_file()
        self.problems = judged.problems
        return build(judged.values)

    def given(self) -> frozenset[str]:
        """Return the keys that the file itself sets to a value, whatever their defaults. Raises as `load`."""
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
        """Return every key with the value in force; a secret is shown only as present."""
        return {key: self.value(key, settings, secrets) for key in sorted((*SPECS, TOKEN_KEY))}

    def value(self, key: str, settings: Settings, secrets: Secrets) -> object:
        """Return one key's value for `config get`. Raises SettingUnknown."""
        return _shown_token(secrets) if key == TOKEN_KEY else value_of(settings, key)

    def _lock(self) -> FileLock:
        return FileLock(self._path.with_name(self._path.name + ".lock"))

    def _write(self, key: str, value: object | None) -> None:
        judged = self._read_file()
        repaired = OPERATOR_CHOICE if key in OPERATOR_CHOICE else {key}
        # setting a bad or lost value repairs it; any other problem needs a correction of the file by hand
        others = tuple(problem for problem in judged.problems if problem.key not in repaired)
        if len(others) == len(judged.problems) or not all(problem.is_of_value for problem in others):
            _refuse(others)
        edited = _edited((judged.content or b"").decode("utf-8-sig"), key, value)
        left = read_toml(edited)[1]
        known = {problem.key for problem in judged.problems} - {key}
        _refuse(tuple(problem for problem in left if problem.key not in known))
        self._last_good.prepare(edited)
        write_private(self._path, edited)
        if not left:
            self._last_good.keep(edited)

    def _read_file_locked(self) -> _ReadFile:
        """Read again under the lock, and keep good content as the last good copy."""
        try:
            with self._lock():
                judged = self._read_file()
                if judged.is_new and not judged.problems:
                    self._last_good.keep(judged.content or b"")
                return judged
        except StorageError:
            return self._read_file()  # the copy is optional: a full or read-only disk must not stop reading settings

    def _read_file(self) -> _ReadFile:
        good = self._last_good.read()
        content, values, problems = self._read_values()
        is_ours = self._last_good.was_prepared(content or b"")
        if not problems and content != good and not is_ours:
            problems = find_losses(content, good)
        if problems:
            values = _usable(values, problems, *read_toml(good), is_repaired=is_ours)
        if self._has_lost_operator(values):
            values = values | NOBODY
            problems = (*(one for one in problems if one.key != LOST_OPERATOR.key), LOST_OPERATOR)
        is_new = bool(content) and content != good and (is_ours or not _is_shorter(content or b"", good))
        return _ReadFile(content, values, problems, is_new)

    def _read_values(self) -> tuple[bytes | None, dict[str, Any], tuple[SettingProblem, ...]]:
        """Return the file's content and what `read_toml` finds in it; one that cannot be read is a problem, too."""
        try:
            content = read_bytes(self._path)
        except StorageError:
            return None, {}, (SettingProblem(FILE_NAME, None, "unreadable_file"),)
        return content, *read_toml(content or b"")

    def _has_lost_operator(self, values: Mapping[str, Any]) -> bool:
        """Return whether the default address would replace another one that this home has worked with."""
        if OPERATOR_CHOICE & values.keys():
            return False
        notes = self._marker.notes()
        if notes is None or notes.operator_url is None:
            return False
        return not is_same_address(notes.operator_url, build(values).operator.url)


@dataclass(frozen=True, slots=True)
class _ReadFile:
    """`is_new`: the content differs from the good copy."""

    content: bytes | None
    values: Mapping[str, Any]
    problems: tuple[SettingProblem, ...]
    is_new: bool


def _usable(
    values: dict[str, Any],
    problems: tuple[SettingProblem, ...],
    kept: dict[str, Any],
    kept_problems: tuple[SettingProblem, ...],
    *,
    is_repaired: bool,
) -> dict[str, Any]:
    """Return what is in use of a file with problems: the last good values.

    Of one that is being repaired value by value those that are good by now, too. Without a good copy the usable rest
    is nearer to the owner's wish than our defaults, but nobody is asked where the operator's address is a bad one.
    """
    bad = {problem.key for problem in problems}
    if kept and not kept_problems:
        return values | {key: kept[key] for key in bad & kept.keys()} if is_repaired else kept
    return values | NOBODY if bad & OPERATOR_CHOICE else values


def _is_shorter(content: bytes, good: bytes) -> bool:
    """Return whether the content is a truncated good copy, which it must not replace even if only a comment is lost."""
    here, there = decoded(content), decoded(good)
    return there != here and there.startswith(here)


def _refuse(problems: tuple[SettingProblem, ...]) -> None:
    if problems:
        first = problems[0]
        raise SettingBad(key=first.key, reason=first.reason, line=first.line)


def _edited(text: str, key: str, value: object | None) -> bytes:
    import tomlkit  # only writers need it
    from tomlkit.exceptions import TOMLKitError

    try:
        return _written(tomlkit.parse(text), text, key, value)
    except (TOMLKitError, TypeError, ValueError, RecursionError) as error:  # it reads less than the standard library
        raise SettingBad(key=FILE_NAME, reason="toml_syntax", line=None) from error


def _written(document: tomlkit.TOMLDocument, text: str, key: str, value: object | None) -> bytes:
    import tomlkit

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
        return SHOWN_SECRET  # present but unreadable; `doctor` reports why
