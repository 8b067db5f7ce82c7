"""`settings.toml`: read with care, written whole. A file that a person broke is told about, never overwritten."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app.domain.errors import SecretsUnreadable, SettingBad, StorageError
from app.services.ports import Secrets
from app.settings.atomic import storage_refusal, write_private
from app.settings.checks import Unfit, needed_text
from app.settings.locks import FileLock
from app.settings.reading import SettingProblem, read_text, read_toml
from app.settings.schema import SPECS, TOKEN_KEY, TOKEN_SECRET, Settings, build, value_of

SHOWN_SECRET = "***"


class SettingsFile:
    """The settings of one home. `problems` are those of the last `load`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._good = path.with_name(path.name + ".good")
        self.problems: tuple[SettingProblem, ...] = ()

    def load(self) -> Settings:
        """Return the file's settings; of a file with problems, the last good ones. Raises StorageError leaves."""
        content = self._read(self._path)
        settings = self._chosen(content)
        if not self.problems:
            self._remember(content)
        return settings

    def peek(self) -> Settings:
        """Return what `load` does, and write nothing: not even the copy of the last good file. Raises as `load`."""
        return self._chosen(self._read(self._path))

    def given(self) -> frozenset[str]:
        """Return the keys that the file itself sets to something, whatever their defaults. Raises as `load`."""
        return frozenset(key for key, value in read_toml(self._read(self._path))[0].items() if value not in ("", ()))

    def _chosen(self, content: bytes) -> Settings:
        values, self.problems = read_toml(content)
        if not self.problems:
            return build(values)
        good, good_problems = read_toml(self._read(self._good))
        # without a good copy the usable rest of the broken file is nearer to the owner's wish than our defaults
        return build(good if good and not good_problems else values)

    def set(self, key: str, text: str, *, secrets: Secrets | None = None) -> None:
        """Check and write one setting; the token goes to `secrets`. Comments in the file stay.

        Raises SettingUnknown, SettingBad (with `line` when the file itself is broken), StorageError leaves.
        """
        if key == TOKEN_KEY and secrets is not None:
            secrets.put(TOKEN_SECRET, _token(text))
            return
        value = read_text(key, text)
        with FileLock(self._path.with_name(self._path.name + ".lock")):
            self._write(key, value)

    def as_dict(self, settings: Settings, secrets: Secrets) -> dict[str, object]:
        """Return every key with the value in force; secrets are only said to be there."""
        return {key: self.value(key, settings, secrets) for key in sorted((*SPECS, TOKEN_KEY))}

    def value(self, key: str, settings: Settings, secrets: Secrets) -> object:
        """Return one key's value for `config get`. Raises SettingUnknown."""
        return _shown_token(secrets) if key == TOKEN_KEY else value_of(settings, key)

    def _write(self, key: str, value: object | None) -> None:
        content = self._read(self._path)
        _, problems = read_toml(content)
        # a bad value may be repaired by setting it; any other problem must be seen by the person who made it
        _refuse(tuple(problem for problem in problems if problem.key != key))
        edited = _edited(content.decode("utf-8-sig"), key, value)
        _refuse(read_toml(edited)[1])
        write_private(self._path, edited)
        self._remember(edited)

    def _read(self, path: Path) -> bytes:
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise storage_refusal(error, path) from error

    def _remember(self, content: bytes) -> None:
        try:
            if content and self._read(self._good) != content:
                write_private(self._good, content)
        except StorageError:
            return  # the copy is a comfort: a full or read-only disk must not stop reading settings


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
        return needed_text(text)
    except Unfit as unfit:
        raise SettingBad(key=TOKEN_KEY, reason=unfit.reason) from None  # the value is a secret


def _shown_token(secrets: Secrets) -> str:
    try:
        return SHOWN_SECRET if secrets.get(TOKEN_SECRET) else ""
    except SecretsUnreadable:
        return SHOWN_SECRET  # it is there; `doctor` says what is wrong with it
