"""Every setting with values that only one of its readers would refuse: what is accepted when set works when used."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from app.domain.errors import SettingBad
from app.i18n.texts import Texts
from app.listener.addresses import AddressFilter, read_address
from app.operator_api.client import HttpxOperator
from app.operator_api.key_files import key_in_file
from app.operator_api.mapping import OperatorSettings
from app.services.history.history import day_start
from app.settings.file import SettingsFile
from app.settings.schema import SPECS, ShopSection, build, value_of
from app.settings.tls_files import server_context
from app.system import SystemClock

LONG = "a" * 64
TEXTS = [
    "", " ", "x", "0", "-1", "1", "1.5", "1e400", "nan", "inf", "true", "null", "[]", "[", "{}", "'", '"', "\\",
    "|", "%", "~", "~nobody1/x", "/", ".", "..", "*", ":", "::", "::1", "[::1]", "fe80::1%eth0", "::ffff:10.0.0.1",
    "::ffff:10.0.0.0/104", "0.0.0.0", "127.1", "0x7f.1", "10.0.0.0/8", "10.0.0.1/8", "10.0.0.0/33", "010.0.0.1",
    "256.1.1.1", "localhost", "LOCALHOST", "localhost.", "a..b", LONG, f"{LONG}.b", "xn--a",
    "xn--80a1acny.xn--j1amh", "пошта.укр", "a b", "a\tb", "a\nb", "a\x00b", "a\x7fb", "a\x85b", "a\u2028b",
    "a\ud800", "a\u200bb", "\ufeffa", "🙂", "й" * 300, "9" * 400, "-" + "9" * 400, "00:00", "24:00", "6:30", "٠٦:٣٠",
    "Europe/Kyiv", "europe/kyiv", "Europe", "../UTC", "/usr/share/zoneinfo/UTC", "posixrules", "tzdata.zi", "UTC",
    "Європа/Київ", "en", "uk", "system", "custom", "65536", "８７３３", "https://", "https://a", "https://a.",
    "https://a:", "https://a:0", "https://a:65536", "https://a:443", "HTTPS://A:443/B", "https://a|b",
    'https://a"b', "https://a\\b", 'https://a/b|c"d', "https://a/\x7f", "https://a/%", "https://пошта.укр/я?я",
    "https://anna@a", "http://a", "http://127.0.0.1", "HTTP://127.0.0.1:80/x", "http://127.1", "http://localhost.",
    "http://[::1]", "http://[::ffff:127.0.0.1]", "https://[v1.x]", "https://[::1%25lo]", f"https://{LONG}.b",
    "https://xn--a", "https://1.2.3", "https://-a", "https://a/../b", "https://a#b", "https://a/?b#", "https://a//",
    "file:///etc/passwd", "javascript:alert(1)", "10.0.0.1, ::1", "10.0.0.1;::1", "1, 2", "1,,2", "[1, 2]",
    "[1, [2]]", "[true]", '["a", 1]', "/dev/null", "/proc/self/mem", "4242424242424242",
]  # fmt: skip
"""Each is typed for each setting: most of them make no sense there, and nothing but a refusal may come of it."""

TOML = [
    "''", "' '", "'x'", "0", "-1", "1", "65535", "65536", "1.5", "1e400", "nan", "inf", "-0.0", "true", "[]",
    "[[]]", "['']", "[1]", "[1.5]", "[true]", "{}", "{ a = 1 }", "[{}]", "1979-05-27", "07:32:00",
    "1979-05-27T07:32:00Z", "0x" + "f" * 5000, "9" * 5000, "[" * 3000 + "]" * 3000, '"\\u0000"', '"\\u007f"',
    '"\\u2028"', '"\\uFEFF"', "'~nobody1/x'", "'Europe'", "'24:00'", "'https://a./'", "'https://a:/'",
    "'https://a|b/'", "'http://localhost./'", "'HTTP://127.0.0.1/'", "'a..b'", f"'{LONG}'", "['fe80::1%eth0']",
    "['10.0.0.0/33']", "['::ffff:10.0.0.1/104']", "'/dev/null'", "'й'",
]  # fmt: skip


def read_web(value: Any) -> None:
    if value:
        request = httpx.Request("GET", str(value))
        assert request.url.host
        assert str(value).isascii()
        request.url.host.encode("idna")


def read_operator(value: Any) -> None:
    read_web(value)
    if value:
        HttpxOperator(OperatorSettings(url=str(value)), None, None, None, SystemClock())


def read_zone(value: Any) -> None:
    assert datetime(2026, 11, 21, tzinfo=UTC).astimezone(ZoneInfo(str(value))).utcoffset() is not None
    assert day_start(date(2026, 11, 21), ShopSection(timezone=str(value)))


def read_key_files(value: Any) -> None:
    for named in [value] if isinstance(value, str) else value:
        with suppress(SettingBad):
            key_in_file(named)


def read_tls_file(value: Any) -> None:
    with suppress(SettingBad):
        server_context(value, value)


READERS: dict[str, Callable[[Any], object]] = {
    "operator.url": read_operator,
    "operator.public_key_file": read_key_files,
    "callbacks.host": lambda value: str(value).encode("idna"),
    "callbacks.port": lambda value: range(1, 65536).index(value),
    "callbacks.public_url": lambda value: read_web(f"{value}/xpay/k?command=check" if value else ""),
    "callbacks.success_url": read_web,
    "callbacks.fail_url": read_web,
    "callbacks.allowed_addresses": lambda value: AddressFilter(allowed=value).allows(read_address("10.0.0.1")),
    "callbacks.trusted_proxies": lambda value: AddressFilter(trusted=value).trusts(read_address("::1")),
    "callbacks.tls_certificate_file": read_tls_file,
    "callbacks.tls_key_file": read_tls_file,
    "shop.timezone": read_zone,
    "shop.day_starts_at": lambda value: day_start(date(2026, 11, 21), ShopSection(day_starts_at=str(value))),
    "data.backup_dir": os.fsencode,
}


def use(key: str, value: Any) -> None:
    """Do with a value what its readers do with it, and what is done with every one: it is sent, stored and shown."""
    READERS.get(key, lambda _: None)(value)
    text = json.dumps(value, ensure_ascii=False)
    text.encode()
    with closing(sqlite3.connect(":memory:")) as database:
        assert database.execute("SELECT ?", (text,)).fetchone() == (text,)


def refusal_of(path: Path, key: str, typed: str) -> SettingBad | None:
    try:
        SettingsFile(path).set(key, typed)
    except SettingBad as refusal:
        return refusal
    return None


@pytest.mark.parametrize("key", SPECS)
def test_what_is_accepted_when_it_is_typed_is_read_back_and_works(tmp_path: Path, key: str) -> None:
    for number, typed in enumerate(TEXTS):
        path = tmp_path / f"{number}" / "settings.toml"
        path.parent.mkdir()
        refusal = refusal_of(path, key, typed)
        if refusal is not None:
            assert refusal.details["key"] == key
            assert Texts("en").error(refusal)
            assert not path.exists()
            continue
        again = SettingsFile(path)
        value = value_of(again.peek(), key)
        assert again.problems == (), (typed, again.problems)
        use(key, value)


@pytest.mark.parametrize("key", SPECS)
def test_whatever_is_written_by_hand_is_good_or_told(tmp_path: Path, key: str) -> None:
    path = tmp_path / "settings.toml"
    section, _, name = key.partition(".")
    for literal in TOML:
        path.write_text(f"[{section}]\n{name} = {literal}\n", "utf-8")
        file = SettingsFile(path)
        value = value_of(file.peek(), key)
        assert {problem.key for problem in file.problems} <= {key, "settings.toml"}
        for problem in file.problems:
            assert Texts("en").reason(problem.reason) != problem.reason, problem.reason
        use(key, value)


@pytest.mark.parametrize("key", SPECS)
def test_a_default_works(key: str) -> None:
    use(key, value_of(build({}), key))
