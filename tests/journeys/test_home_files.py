"""A used home whose files were lost, emptied, truncated or restored older; concurrent making of key pairs."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from app.operator_api import keys
from tests.journeys.conftest import ENVIRONMENT, Shells

pytestmark = pytest.mark.timeout(180)
PRODUCTION = "https://papi.xpaydirect.com/xpay"


def stderr_of(shells: Shells, *verb: str, code: int) -> str:
    """Return the stderr of a verb that ends with this code and prints nothing on stdout when it fails."""
    done = shells.done(*verb)
    assert done.returncode == code, (verb, done.returncode, done.stdout, done.stderr)
    assert code == 0 or done.stdout == ""
    assert "Traceback" not in done.stderr
    return done.stderr


def all_at_once(shells: Shells, *verbs: tuple[str, ...]) -> list[tuple[int, str]]:
    running = [
        subprocess.Popen(
            shells.command(*verb), env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        for verb in verbs
    ]
    outputs = [process.communicate(timeout=90)[0] for process in running]
    return [(process.returncode, text) for process, text in zip(running, outputs, strict=True)]


def finding(shells: Shells, check: str) -> dict[str, object]:
    found: list[dict[str, object]] = shells.json("doctor", code=1)
    return next(item for item in found if item["check"] == check)


LOST: dict[str, Callable[[Path], object]] = {
    "gone": Path.unlink,
    "empty": lambda path: path.write_bytes(b""),
    "one byte": lambda path: path.write_bytes(b"x"),
    "half": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
}


@pytest.mark.parametrize("spoil", LOST.values(), ids=LOST)
def test_a_ledger_that_is_lost_is_six_for_every_verb_and_left_alone(
    shells: Shells, spoil: Callable[[Path], object]
) -> None:
    shells.start_operator()
    shells.json("link", "--amount", "5")
    ledger = shells.home / "ledger.sqlite3"
    whole = ledger.read_bytes()
    spoil(ledger)
    left = ledger.read_bytes() if ledger.exists() else None
    for verb in (("payments",), ("link", "--amount", "5"), ("rebuild", "--check"), ("listen", "--port", "0")):
        assert "backup in its place" in stderr_of(shells, *verb, code=6)
    assert finding(shells, "ledger")["ok"] is False
    assert (ledger.read_bytes() if ledger.exists() else None) == left
    ledger.write_bytes(whole)
    assert shells.json("link", "--amount", "5")["number"] == 2


def test_a_home_that_never_had_a_ledger_and_one_that_was_emptied_start(shells: Shells) -> None:
    shells.run("keys", "make")
    (shells.home / "ledger.sqlite3").write_bytes(b"")
    assert shells.json("payments") == []
    shutil.rmtree(shells.home)
    assert shells.json("payments") == []


def test_an_older_ledger_is_reported_and_gives_out_no_number_again(shells: Shells, tmp_path: Path) -> None:
    shells.start_operator()
    shells.run("link", "--amount", "1")
    older = (shells.home / "ledger.sqlite3").read_bytes()
    for amount in ("2", "3", "4"):
        shells.run("link", "--amount", amount)
    (shells.home / "ledger.sqlite3").write_bytes(older)
    assert len(shells.json("payments")) == 1
    found = finding(shells, "ledger")
    assert found["ok"] is False
    assert "number 4 was given out" in str(found["text"])
    assert shells.json("link", "--amount", "5")["number"] == 5
    assert next(item for item in shells.json("doctor", code=1) if item["check"] == "ledger")["ok"] is True
    assert shells.json("rebuild", "--check")["equal"] is True


@pytest.mark.parametrize("left", [None, b"", b"# ours\n", "cut"])
def test_settings_that_are_lost_do_not_lead_to_the_test_server(shells: Shells, left: bytes | str | None) -> None:
    shells.run("config", "set", "shop.name", "Kava")
    shells.run("config", "set", "operator.environment", "production")
    file, copy = shells.home / "settings.toml", shells.home / "settings.toml.good"
    good = copy.read_bytes()
    if left is None:
        file.unlink()
    else:
        file.write_bytes(good[: good.index(b"[operator]")] if isinstance(left, str) else left)
    before = file.read_bytes() if file.exists() else None
    assert shells.json("config", "get", "operator.url") == PRODUCTION
    assert "settings.toml" in stderr_of(shells, "config", "get", "operator.url", code=0)
    assert "settings.toml" in stderr_of(shells, "config", "set", "shop.name", "Tea", code=2)
    assert finding(shells, "settings")["ok"] is False
    assert (file.read_bytes() if file.exists() else None) == before
    assert copy.read_bytes() == good


def test_a_used_home_without_any_settings_asks_nobody_but_can_be_read(shells: Shells) -> None:
    shells.run("config", "set", "operator.environment", "production")
    shells.run("keys", "make")
    shells.run("config", "set", "operator.token", "t")
    shells.run("payments")
    for name in ("settings.toml", "settings.toml.good"):
        (shells.home / name).unlink()
    assert shells.json("payments") == []
    assert "test server is not taken" in stderr_of(shells, "link", "--amount", "5", code=8)
    assert shells.json("config", "get", "operator.url") == ""
    assert "operator" in stderr_of(shells, "config", "set", "shop.name", "Kava", code=2)
    assert not (shells.home / "settings.toml").exists()
    shells.run("config", "set", "operator.environment", "production")
    assert shells.json("config", "get", "operator.url") == PRODUCTION
    assert stderr_of(shells, "payments", code=0) == ""


@pytest.mark.parametrize("name", ["vault.bin", "secrets.key"])
@pytest.mark.parametrize("spoil", [LOST["gone"], LOST["empty"], LOST["half"]], ids=["gone", "empty", "half"])
def test_secrets_that_are_lost_are_not_made_anew(
    shells: Shells, name: str, spoil: Callable[[Path], object], merchant_pem: str
) -> None:
    shells.run("keys", "make")
    shells.run("payments")
    file = shells.home / name
    whole = file.read_bytes()
    spoil(file)
    left = file.read_bytes() if file.exists() else None
    private = shells.home.parent / "private.pem"
    private.write_text(merchant_pem)
    for verb in (
        ("keys", "make"),
        ("keys", "show"),
        ("keys", "import", "--private", str(private), "--replace"),
        ("config", "set", "operator.token", "t"),
    ):
        assert stderr_of(shells, *verb, code=6)
    assert shells.json("payments") == []
    assert "saved keys and token" in stderr_of(shells, "link", "--amount", "5", code=6)
    assert finding(shells, "key_pair")["ok"] is False
    shells.start("listen", "--port", "0")
    assert (file.read_bytes() if file.exists() else None) == left
    private.unlink()
    file.write_bytes(whole)
    assert shells.json("keys", "show")


@pytest.mark.parametrize("content", [b"", b"{", b'{"host": "127.0', b"[]", None])
def test_a_damaged_note_of_the_listener_stops_nobody(shells: Shells, content: bytes | None) -> None:
    shells.start_operator()
    shells.run("link", "--amount", "1")
    if content is not None:
        (shells.home / "listener.json").write_bytes(content)
    made = shells.json("link", "--amount", "5")
    assert (made["number"], made["callback_url"].startswith("http://127.0.0.1:8733/")) == (2, True)


def test_of_many_that_make_keys_at_once_exactly_one_does(shells: Shells) -> None:
    shells.run("config", "get", "shop.name")
    done = all_at_once(shells, *[("keys", "make", "--json")] * 6)
    assert sorted(code for code, _ in done) == [0, 7, 7, 7, 7, 7]
    (announced,) = [json.loads(text) for code, text in done if code == 0]
    assert shells.json("keys", "show") == announced


def test_of_different_keys_imported_at_once_exactly_one_is_kept(shells: Shells, tmp_path: Path) -> None:
    files = [tmp_path / f"{at}.pem" for at in range(3)]
    for file in files:
        file.write_text(keys.make_private_key_pem())
    done = all_at_once(shells, *[("keys", "import", "--private", str(file), "--json") for file in files])
    assert sorted(code for code, _ in done) == [0, 7, 7]
    (announced,) = [json.loads(text) for code, text in done if code == 0]
    assert shells.json("keys", "show") == announced
    for file in files:
        file.unlink()


def test_a_key_is_replaced_only_when_told_to_and_the_old_one_is_backed_up(
    shells: Shells, tmp_path: Path, merchant_pem: str
) -> None:
    private = tmp_path / "private.pem"
    private.write_text(merchant_pem)
    first = shells.json("keys", "make")
    assert "--replace" in stderr_of(shells, "keys", "import", "--private", str(private), code=7)
    assert shells.json("keys", "show") == first
    second = shells.json("keys", "import", "--private", str(private), "--replace")
    assert second["fingerprint"] != first["fingerprint"]
    vault = (shells.home / "vault.bin").read_bytes()
    assert shells.json("keys", "import", "--private", str(private)) == second
    assert shells.json("keys", "import", "--private", str(private), "--replace") == second
    assert (shells.home / "vault.bin").read_bytes() == vault
    assert first["fingerprint"] in shells.run("keys", "show")
    assert shells.json("keys", "show") == second
    private.write_text(keys.make_private_key_pem())
    assert second["fingerprint"] in stderr_of(shells, "keys", "import", "--private", str(private), "--replace", code=0)
    lines = shells.run("keys", "show").splitlines()
    assert [first["fingerprint"] in lines[-2], second["fingerprint"] in lines[-1]] == [True, True]
    private.unlink()


def test_verbs_that_write_at_once_lose_nothing(shells: Shells) -> None:
    changed = {"shop.name": "Kava", "till.ttl_minutes": "20", "callbacks.port": "8744", "ui.scale": "110"}
    done = all_at_once(
        shells,
        *[("config", "set", key, text) for key, text in changed.items()],
        ("config", "set", "operator.token", "t"),
        ("keys", "make"),
    )
    assert [code for code, _ in done] == [0] * 6
    stored = shells.json("config", "get")
    assert [str(stored[key]) for key in changed] == list(changed.values())
    assert stored["operator.token"] == "***"
    assert shells.json("keys", "show")
    assert (shells.home / "settings.toml").read_bytes() == (shells.home / "settings.toml.good").read_bytes()


def test_first_starts_at_once_make_one_ledger(shells: Shells) -> None:
    done = all_at_once(shells, *[("payments", "--json")] * 5)
    assert [(code, json.loads(text)) for code, text in done] == [(0, [])] * 5
