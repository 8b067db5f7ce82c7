"""Bad input and a broken environment on the command line: an exit code and one clear line."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.journeys.conftest import Shells


def complaint(shells: Shells, *verb: str, code: int) -> str:
    done = shells.done(*verb)
    assert (done.returncode, done.stdout) == (code, ""), (done.returncode, done.stdout, done.stderr)
    last = done.stderr.strip().splitlines()[-1]
    assert "Traceback" not in done.stderr
    return last


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--amount", "0"), 7),
        (("--amount=-5",), 7),
        (("--amount", "1,005"), 7),
        (("--amount", "100000,01"), 7),
        (("--amount", "ten"), 2),
        (("--amount", "5", "--phone", "12"), 2),
        (("--amount", "5", "--email", "nobody"), 2),
        (("--amount", "5", "--locale", "xx"), 2),
        ((), 2),
        (("--amount", "5"), 8),
    ],
)
def test_a_link_that_cannot_be_asked_for(shells: Shells, options: tuple[str, ...], code: int) -> None:
    assert complaint(shells, "link", *options, code=code)


def test_what_is_not_there_is_five(shells: Shells) -> None:
    for reference in ("1", "99999999999999999999999", "pabc", "１", "p\udcff"):
        assert "no such payment" in complaint(shells, "payment", reference, code=5)


def test_a_home_that_cannot_be_written_is_six(shells: Shells, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert complaint(Shells(tmp_path / "file" / "home", tmp_path), "payments", code=6)


def test_a_damaged_ledger_is_refused_and_left_alone(shells: Shells) -> None:
    shells.run("payments")
    ledger = shells.home / "ledger.sqlite3"
    ledger.write_bytes(b"not a database at all" * 100)
    before = ledger.read_bytes()
    assert complaint(shells, "payments", code=6)
    assert ledger.read_bytes() == before


def test_a_broken_settings_file_is_reported_by_line_and_left_alone(shells: Shells) -> None:
    shells.run("config", "set", "till.ttl_minutes", "20")
    file = shells.home / "settings.toml"
    broken = "[till]\nttl_minutes = 20\n[callbacks]\nport = 'high'\n"
    file.write_text(broken)
    done = shells.done("config", "get", "till.ttl_minutes")
    assert (done.returncode, done.stdout) == (0, "20\n")
    assert "callbacks.port" in done.stderr
    assert "4" in done.stderr
    assert file.read_text() == broken


BROKEN_SETTINGS = {
    "too many digits": b"[till]\nttl_minutes = " + b"9" * 5000 + b"\n",
    "too deep": b"a = " + b"[" * 3000 + b"]" * 3000 + b"\n",
    "an operator that no client asks": b"[operator]\nurl = 'https://papi.xpaydirect.com./xpay'\n",
    "a host that no resolver takes": b"[callbacks]\nhost = '" + b"a" * 64 + b"'\n",
    "no zone": b"[shop]\ntimezone = 'Europe'\n",
    "zeros": bytes(20),
}


@pytest.mark.parametrize("content", BROKEN_SETTINGS.values(), ids=BROKEN_SETTINGS)
def test_no_bad_setting_keeps_the_verbs_from_working(shells: Shells, content: bytes) -> None:
    shells.home.mkdir(parents=True, exist_ok=True)
    (shells.home / "settings.toml").write_bytes(content)
    assert shells.json("payments") == []
    complaint(shells, "payment", "1", code=5)
    checks = {row["check"]: row["ok"] for row in shells.json("doctor", code=1)}
    assert (checks["settings"], checks["ledger"]) == (False, True)
    assert shells.json("config", "get")["till.ttl_minutes"] == 15
    complaint(shells, "config", "set", "ui.theme", "dark", code=2)
    assert (shells.home / "settings.toml").read_bytes() == content


def test_an_address_to_listen_on_is_checked_before_it_is_used(shells: Shells) -> None:
    for host in ("a" * 64, "a..b", "a|b", "127.1", "localhost."):
        assert "callbacks.host" in complaint(shells, "listen", "--port", "0", "--host", host, code=2)


def test_unknown_settings_and_bad_values_are_two(shells: Shells) -> None:
    complaint(shells, "config", "set", "till.colour", "red", code=2)
    complaint(shells, "config", "set", "till.ttl_minutes", "soon", code=2)
    complaint(shells, "config", "set", "operator.url", "http://example.com/xpay", code=2)
    complaint(shells, "config", "get", "nothing.here", code=2)


def test_keys_are_never_overwritten_and_the_token_is_never_shown(shells: Shells) -> None:
    first = shells.json("keys", "make")
    complaint(shells, "keys", "make", code=7)
    assert shells.json("keys", "show") == first
    shells.run("config", "set", "operator.token", "a-very-secret-token")
    assert shells.json("config", "get", "operator.token") == "***"
    assert shells.json("config", "get")["operator.token"] == "***"
    for file in shells.home.rglob("*"):
        if file.is_file():
            assert b"a-very-secret-token" not in file.read_bytes(), file
            assert b"PRIVATE KEY" not in file.read_bytes(), file


def test_a_foreign_private_key_is_taken_over_and_nonsense_is_not(shells: Shells, merchant_pem: str) -> None:
    file = shells.home.parent / "private.pem"
    file.write_text(merchant_pem)
    assert "BEGIN PUBLIC KEY" in shells.json("keys", "import", "--private", str(file))["public_key_pem"]
    file.write_text("nonsense")
    assert complaint(shells, "keys", "import", "--private", str(file), code=2)


def test_days_are_the_shops_days(shells: Shells) -> None:
    assert shells.json("payments", "--from", "2026-11-20", "--to", "2026-11-21") == []
    assert complaint(shells, "payments", "--from", "21.11.2026", code=2)


@pytest.mark.parametrize(
    ("verb", "code", "names"),
    [
        (("config", "get", "till.ttl_minutes"), 0, ("callbacks.port", "1 more")),
        (("payments",), 0, ("callbacks.port",)),
        (("config", "set", "shop.name", "Kava"), 2, ("callbacks.port",)),
        (("link", "--amount", "5"), 8, ("paydesk keys make", "callbacks.port")),
        (("payment", "7"), 5, ("no such payment", "callbacks.port")),
        (("listen", "--port", "0", "--host", "192.0.2.1"), 2, ("callbacks.host", "callbacks.port")),
    ],
)
def test_a_damaged_settings_file_is_told_in_one_line(
    shells: Shells, verb: tuple[str, ...], code: int, names: tuple[str, ...]
) -> None:
    shells.home.mkdir()
    (shells.home / "settings.toml").write_text(
        "[till]\nttl_minutes = 20\n[callbacks]\nport = 'high'\n[ui]\nscale = 'x'\n"
    )
    done = shells.done(*verb)
    assert (done.returncode, len(done.stderr.splitlines())) == (code, 1), done.stderr
    assert all(name in done.stderr for name in names)
    assert bool(done.stdout) == (code == 0)


def test_a_link_without_a_listener_that_fails_is_one_line(shells: Shells) -> None:
    """Nobody listens for callbacks, and the operator is not there: both are told, on one line."""
    shells.start_operator()
    shells.stop()
    done = shells.done("link", "--amount", "5")
    assert (done.returncode, len(done.stderr.splitlines())) == (4, 1), done.stderr
    assert "no listener ever ran here" in done.stderr


def test_a_simulator_on_a_taken_port_is_one_line(shells: Shells, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = shells.done("simulator", "--port", port, "--dir", str(tmp_path / "operator"))
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (9, "", 1), done.stderr
    assert port in done.stderr


def test_key_files_of_the_simulator_that_are_none_are_two(shells: Shells, tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    for content in (b"", b"\xff\xfe", "ключ".encode()):
        file.write_bytes(content)
        for option in ("--merchant-key", "--operator-key"):
            assert complaint(
                shells, "simulator", "--port", "0", "--dir", str(tmp_path / "o"), option, str(file), code=2
            )


def test_nothing_kept_of_a_statement_is_not_what_the_operator_says(shells: Shells) -> None:
    said = shells.run("statement", "--kept")
    assert "Nothing was kept" in said
    assert "operator lists" not in said
