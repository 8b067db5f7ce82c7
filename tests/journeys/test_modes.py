"""Demo and live mode on one home, through the command line: nothing is sent, trusted or overwritten (R14)."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from app.operator_api.keys import TEST_OPERATOR_KEY_PEM
from tests.journeys.conftest import Shells

LIVE_URL = "https://127.0.0.1:9/xpay"
"""An https address, so live mode; no server listens there."""
UNREACHABLE, REFUSED_BY_US = 4, 7


def snapshot(home: Path) -> dict[str, bytes]:
    """Return every file of a home except its logs and process markers."""
    files = (path for path in sorted(home.rglob("*")) if path.is_file())
    return {
        str(path.relative_to(home)): path.read_bytes() for path in files if path.parent.name not in ("logs", "running")
    }


def refusal(shells: Shells, *verb: str) -> str:
    """Run a verb that must refuse; return its message: one line."""
    done = shells.done(*verb)
    assert (done.returncode, done.stdout) == (REFUSED_BY_US, ""), done
    (line,) = done.stderr.splitlines()
    return line


def sell_live(shells: Shells, tmp_path: Path) -> None:
    """Make the home live by a sale whose link request the operator never answered."""
    key = tmp_path / "live_operator.pem"
    key.write_text(TEST_OPERATOR_KEY_PEM)
    shells.connect(LIVE_URL, key, "live-token")
    shells.run("link", "--amount", "100", code=UNREACHABLE)


@pytest.mark.parametrize("option", [("--tour",), ("--tour", "DIR"), (), ("--keep",), ("--speed", "100")])
def test_the_demo_leaves_a_live_home_alone(shells: Shells, tmp_path: Path, option: tuple[str, ...]) -> None:
    sell_live(shells, tmp_path)
    before = snapshot(shells.home)
    pictures = tmp_path / "pictures"
    line = refusal(shells, "demo", *(str(pictures) if part == "DIR" else part for part in option))
    assert "set up for real payments" in line
    assert snapshot(shells.home) == before
    assert not pictures.exists()


@pytest.mark.parametrize(
    "setting",
    [
        ("operator.url", LIVE_URL),
        ("operator.token", "live-token"),
        ("operator.environment", "production"),
        ("operator.public_key_file", "KEY"),
        ("keys", "make"),
    ],
)
def test_the_demo_leaves_a_home_alone_that_is_set_up_but_has_not_sold(
    shells: Shells, tmp_path: Path, setting: tuple[str, str]
) -> None:
    key = tmp_path / "live_operator.pem"
    key.write_text(TEST_OPERATOR_KEY_PEM)
    name, value = setting
    configured = ("config", "set", name, str(key) if value == "KEY" else value)
    shells.run(*(setting if name == "keys" else configured))
    before = snapshot(shells.home)
    refusal(shells, "demo", "--tour")
    assert snapshot(shells.home) == before


def test_a_live_home_does_not_listen_with_demo_settings(shells: Shells, tmp_path: Path) -> None:
    sell_live(shells, tmp_path)
    shells.run("config", "set", "operator.url", "http://127.0.0.1:9/xpay")
    line = refusal(shells, "listen", "--port", "0")
    assert "other mode" in line
    assert not (shells.home / "listener.json").exists(), "refused before it was bound"
    assert_old_verbs_work(shells)


def test_a_demo_home_does_not_work_with_live_settings(shells: Shells) -> None:
    operator = shells.start_operator()
    shells.run("link", "--amount", "100")
    shells.run("config", "set", "operator.url", LIVE_URL)
    before = shells.json("payment", "1")["events"]
    for verb in (
        ("listen", "--port", "0"),
        ("check", "1"),
        ("statement",),
        ("link", "--amount", "5"),
        ("demo", "--tour"),
    ):
        refusal(shells, *verb)
    assert shells.json("payment", "1")["events"] == before
    assert_old_verbs_work(shells)
    shells.run("config", "set", "operator.url", operator)
    shells.forget_asking()
    shells.run("check", "1")


def assert_old_verbs_work(shells: Shells) -> None:
    """Verbs that neither send nor trust anything work in the other mode, too, and the doctor reports the conflict."""
    assert len(shells.json("payments")) == 1
    assert shells.json("payment", "1")["number"] == 1
    shells.run("statement", "--kept")
    shells.run("rebuild", "--check")
    shells.run("config", "get")
    found = {row["check"]: row for row in shells.json("doctor", code=1)}
    assert not found["mode"]["ok"]
    assert found["mode"]["advice"]
    shells.run("cancel", "1")


def test_a_listener_believes_nothing_once_the_settings_are_of_the_other_mode(shells: Shells, tmp_path: Path) -> None:
    operator = shells.start_operator()
    _, address = shells.start("listen", "--port", "0")
    made = shells.json("link", "--amount", "100")
    path = httpx.URL(made["callback_url"]).path
    shells.run("config", "set", "operator.url", LIVE_URL)
    before = shells.json("payment", "1")["events"]
    query = f"command=check&txn_id=1&sum=10000&uuid={made['uuid']}"
    for asked in (path, "/xpay/a-key-that-nobody-knows"):
        assert httpx.get(f"{address}{asked}?{query}", trust_env=False).status_code == 503
    assert shells.json("payment", "1")["events"] == before
    shells.run("config", "set", "operator.url", operator)
    assert httpx.get(f"{address}{path}?{query}", trust_env=False).json()["result"] == "10"
