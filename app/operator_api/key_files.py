"""The operator's public keys: the files of the settings, or the key published for the environment.

During a key rotation there are several: a signature by any of them is accepted, requests are sealed for
the first. An unusable file is reported by name and does not affect the others.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from app.domain.errors import BadKey, SettingBad
from app.services.checks.diagnostics_target import OperatorKey

KEY_FILE_SETTING = "operator.public_key_file"
RETRY_S = 5.0
"""A file that could not be read is retried: a lack of file handles, for example, does not change its stamp."""
StampOf = Callable[[str], object | None]
"""Returns what changes when the file of this name is written or replaced; None where there is no such file."""
log = logging.getLogger(__name__)


class KeySettings(Protocol):
    """The settings of the operator's keys."""

    @property
    def environment(self) -> str: ...

    @property
    def public_key_files(self) -> tuple[str, ...]: ...


def key_in_file(named: str, own: str | None = None) -> str:
    """Return the PEM of a public key. `own`: the fingerprint of the shop's own key, which is none of the operator's.

    Raises SettingBad, which names the file and why, as `key_text.read_public_key` says it, or `own_key`.
    """
    from app.operator_api import keys
    from app.operator_api.key_text import read_public_key

    try:
        pem, key = read_public_key(Path(named))
        if own is not None and keys.fingerprint(key) == own:
            raise BadKey(reason="own_key")
    except BadKey as failure:
        raise SettingBad(key=KEY_FILE_SETTING, reason=failure.details["reason"], file=named) from failure
    return pem


def published_key(environment: str) -> str | None:
    """Return the key that XPAY has published for an environment, None for `custom`."""
    from app.operator_api import keys

    return keys.OPERATOR_KEYS.get(environment)


def read_keys(section: KeySettings, own: str | None = None) -> tuple[tuple[str, ...], tuple[SettingBad, ...]]:
    """Return the keys that can be used, in the order of the settings, and what is wrong with the other files.

    `own`: as for `key_in_file`.
    """
    if not section.public_key_files:
        published = published_key(section.environment)
        return ((published,) if published else ()), ()
    pems: list[str] = []
    problems: list[SettingBad] = []
    for named in section.public_key_files:
        try:
            pems.append(key_in_file(named, own))
        except SettingBad as failure:
            problems.append(failure)
    return tuple(pems), tuple(problems)


def describe_keys(section: KeySettings, own: str | None = None) -> Sequence[OperatorKey]:
    """Return every key of the settings with its fingerprint or what is wrong with it; none for `custom` without.

    `own`: as for `key_in_file`.
    """
    from app.operator_api import keys

    def fingerprint(pem: str) -> str:
        return keys.fingerprint(keys.load_public_key(pem))

    if not section.public_key_files:
        published = published_key(section.environment)
        return (OperatorKey(None, fingerprint(published)),) if published else ()
    found: list[OperatorKey] = []
    for named in section.public_key_files:
        try:
            found.append(OperatorKey(named, fingerprint(key_in_file(named, own))))
        except SettingBad as failure:
            found.append(OperatorKey(named, problem=failure))
    return found


class WatchedKeys:
    """The keys of a long-running process: a replaced file is read again, as the check-up would read it.

    While a file is half written or broken, the last good key of its name stays in use.
    """

    def __init__(
        self,
        section: Callable[[], KeySettings],
        stamp_of: StampOf,
        clock: Callable[[], float] = time.monotonic,
        own: Callable[[], str | None] = lambda: None,
    ) -> None:
        """`section` returns that of this moment; `clock` in seconds; `own`: as for `key_in_file`, of this moment."""
        self._current = section
        self._stamp_of = stamp_of
        self._clock = clock
        self._own = own
        self._good: dict[str, str] = {}
        self._problems: dict[str, str] = {}
        self._section = section()
        self._read(self._current_stamps())

    @property
    def pems(self) -> tuple[str, ...]:
        """The keys in use, in the order of the settings."""
        if not self._section.public_key_files:
            return read_keys(self._section)[0]
        return tuple(self._good[name] for name in self._section.public_key_files if name in self._good)

    def refresh(self) -> bool:
        """Read changed files and return whether there were any. Cheap: one `stat` per file."""
        section = self._current()
        if section is not self._section:
            return self._take(section)
        if not section.public_key_files:
            return False
        stamps = self._current_stamps()
        if stamps == self._stamps and not (self._problems and self._clock() >= self._retry_at):
            return False
        before = self.pems
        self._read(stamps)
        return self.pems != before

    def _take(self, section: KeySettings) -> bool:
        """Apply changed settings: every file is read, and its problem is logged again."""
        before = self.pems
        self._section = section
        self._good = {name: pem for name, pem in self._good.items() if name in section.public_key_files}
        self._problems = {}
        self._read(self._current_stamps())
        return self.pems != before

    def _current_stamps(self) -> tuple[object | None, ...]:
        return tuple(self._stamp_of(name) for name in self._section.public_key_files)

    def _read(self, stamps: tuple[object | None, ...]) -> None:
        self._stamps = stamps
        self._retry_at = self._clock() + RETRY_S
        own = self._own() if self._section.public_key_files else None
        for name in self._section.public_key_files:
            try:
                self._good[name] = key_in_file(name, own)
                self._problems.pop(name, None)
            except SettingBad as failure:
                if self._problems.get(name) != str(failure):
                    log.warning("a key of the operator cannot be read: %s", failure)
                self._problems[name] = str(failure)
