"""Settings that are addresses: one spelling is kept, and what is compared or sent does not depend on what was typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.bootstrap.home import callback_base, last_listener_base, open_home, remember_address
from app.domain.errors import SettingBad
from app.settings.file import SettingsFile
from app.settings.home.marker import HomeMarker
from app.settings.home.paths import HomePaths
from app.settings.schema import OPERATOR_URLS, OperatorSection, value_of
from app.simulator.callbacks import own_address
from app.simulator.orders import OrderStore
from app.system import SystemClock

LOOPBACK = [
    "HTTP://127.0.0.1:9000/xpay", "http://127.0.0.1:9000/xpay", "Http://LOCALHOST:9000/xpay", "http://[::1]:9000/xpay",
    "http://[0:0:0:0:0:0:0:1]:9000/xpay", "http://127.0.0.1/xpay", "HTTP://127.0.0.1:80/xpay",
]  # fmt: skip


def value(path: Path, key: str) -> object:
    return value_of(SettingsFile(path).load(), key)


@pytest.mark.parametrize("typed", LOOPBACK)
@pytest.mark.parametrize("by_hand", [False, True])
def test_every_spelling_of_a_demo_address_is_a_demo(tmp_path: Path, typed: str, by_hand: bool) -> None:
    path = tmp_path / "settings.toml"
    if by_hand:
        path.write_text(f"[operator]\nurl = '{typed}'\n")
    else:
        SettingsFile(path).set("operator.url", typed)
    assert SettingsFile(path).load().operator.mode == "demo"
    assert OperatorSection(url=typed).mode == "demo", "whoever made the value"


@pytest.mark.parametrize(
    ("key", "typed", "kept"),
    [
        ("operator.url", "HTTPS://PAPI.XpayDirect.com:443/xpay", OPERATOR_URLS["production"]),
        ("operator.url", "HTTP://LOCALHOST:80/xpay", "http://localhost/xpay"),
        ("callbacks.public_url", "HTTPS://Pay.Example.COM:443/", "https://pay.example.com"),
        ("callbacks.public_url", "https://каса.укр/шлях/", "https://xn--80aa2a3a.xn--j1amh/%D1%88%D0%BB%D1%8F%D1%85"),
        ("callbacks.success_url", "HTTPS://shop.example/ok?a|b", "https://shop.example/ok?a%7Cb"),
        ("callbacks.host", "LocalHost", "localhost"),
        ("callbacks.host", "[::1]", "::1"),
        ("callbacks.host", "::ffff:127.0.0.1", "127.0.0.1"),
    ],
)
def test_one_spelling_is_kept(tmp_path: Path, key: str, typed: str, kept: str) -> None:
    SettingsFile(tmp_path / "settings.toml").set(key, typed)
    assert value(tmp_path / "settings.toml", key) == kept


@pytest.mark.parametrize("key", ["operator.url", "callbacks.public_url", "callbacks.success_url", "callbacks.fail_url"])
@pytest.mark.parametrize(
    "typed",
    [
        "https://papi.xpaydirect.com./xpay", "https://papi.xpaydirect.com:/xpay", "https://a|b.example/", "https://a\\b.example/",
        'https://a".example/', "https://a b.example/", "https://a.example:0/", "https://a.example:65536/", "http://127.1/",
        "http://localhost./", "http://[::ffff:127.0.0.1]/", "https://" + "a" * 64 + ".example/", "https://xn--a.example/",
        "https://anna@a.example/", "https://a.example/\x7f",
    ],
)  # fmt: skip
def test_what_a_client_would_refuse_is_refused_when_it_is_set(tmp_path: Path, key: str, typed: str) -> None:
    with pytest.raises(SettingBad) as refused:
        SettingsFile(tmp_path / "settings.toml").set(key, typed)
    assert refused.value.details["key"] == key


def test_a_home_that_noted_another_spelling_has_lost_nothing(tmp_path: Path) -> None:
    marker = HomeMarker(HomePaths(tmp_path))
    marker.note_ledger(1)
    marker.note(operator_url="HTTPS://Stage-papi.xpaydirect.com:443/xpay")
    file = SettingsFile(tmp_path / "settings.toml")
    assert file.load().operator.url == OPERATOR_URLS["test"]
    assert file.problems == ()
    marker.note(operator_url=OPERATOR_URLS["production"])
    assert file.load().operator.url == ""


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "0:0::0", ""])
def test_a_listener_on_all_addresses_is_reached_at_this_computer(tmp_path: Path, host: str) -> None:
    home = open_home(str(tmp_path / "home"), lambda code: None)
    remember_address(home, host or "0.0.0.0", 9000)
    base = "http://[::1]:9000" if ":" in host else "http://127.0.0.1:9000"
    assert last_listener_base(home) == base
    assert callback_base(home) == base


@pytest.mark.parametrize(
    "note", ['{"host": "a|b", "port": 9000}', '{"host": "127.0.0.1", "port": 99999}', '{"port": 1}', "[]"]
)
def test_a_spoiled_note_of_the_listener_is_none(tmp_path: Path, note: str) -> None:
    home = open_home(str(tmp_path / "home"), lambda code: None)
    home.paths.state_file.write_text(note)
    assert last_listener_base(home) is None
    assert callback_base(home) == "http://127.0.0.1:8733"


@pytest.mark.parametrize(
    ("url", "called"),
    [
        ("HTTP://LocalHost:8733/xpay/k", "http://localhost:8733/xpay/k"),
        ("http://127.0.0.1:8733/xpay/k|", "http://127.0.0.1:8733/xpay/k%7C"),
        ("http://127.0.0.1:8733/xpay/k#x", "http://127.0.0.1:8733/xpay/k"),
        *((odd, None) for odd in ("http://localhost.:1/", "http://127.1/", "http://127.0.0.1:99999/", "http://127.0.0.1/\x01",
                                  "https://example.com/", "http://a@localhost/", "")),
    ],
)  # fmt: skip
def test_the_demo_operator_calls_this_computer_only_in_a_form_that_can_be_sent(url: str, called: str | None) -> None:
    assert own_address(url) == called


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("HTTPS://Shop.Example/ok", "https://shop.example/ok"),
        ("https://магазин.укр/ok", "https://xn--80aairftm.xn--j1amh/ok"),
        *((odd, None) for odd in ("javascript:alert(1)", "https://a@b.example/", "//shop.example/", "http:shop")),
        (5, None),
        (None, None),
    ],
)
def test_the_demo_operator_returns_to_web_addresses_only(url: object, shown: str | None) -> None:
    data = {"PaymentSum": 100, "Transaction": {"TransactionID": "1"}, "Callback": {"PaySuccess": {"URL": url}}}
    order = OrderStore().open(data, "uk", SystemClock().now())
    assert order.return_url("PaySuccess") == shown
