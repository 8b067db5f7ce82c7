"""A sale in four shells: operator, listener, link, and the payer's page in a real browser."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.independent_operator import TOKEN, IndependentOperator
from tests.journeys.conftest import Shells
from tests.webdriver import chromium

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(autouse=True)
def _verbs_start_anew(shells: Shells) -> None:
    shells.starts_anew = True


def post(url: str, **form: str) -> str | None:
    """Press a button of the payer's page by a plain form post; return the result's word."""
    response = httpx.post(url, data=form, trust_env=False, timeout=30)
    found = re.search(r'data-status="(\w+)"', response.text)
    return found.group(1) if found else None


def test_paid_by_clicks_in_chromium(shells: Shells, tmp_path: Path) -> None:
    shells.start_operator()
    shells.start("listen", "--port", "0")
    made = shells.json("link", "--amount", "1 250,50", "--purpose", "Кава <b>та</b> круасан", "--locale", "en")
    assert (made["status"], made["amount_minor"], made["number"]) == ("open", 125050, 1)
    with chromium(tmp_path / "profile") as browser:
        browser.open(made["url"])
        browser.fill("#card", "4000 0000 0000 0002")
        browser.click("#pay")
        assert browser.attribute("#result", "data-status") == "declined"
        browser.fill("#card", "4242 4242 4242 4242")
        browser.click("#pay")
        assert browser.attribute("#result[data-status=paid]", "data-status") == "paid"
    details = shells.json("payment", "1")
    assert (details["status"], details["confirmed_by"], details["received_minor"]) == ("paid", "callback", 125050)
    commands = [event["data"].get("command") for event in details["events"]]
    assert [command for command in commands if command] == ["error", "pay"]
    assert all(event["text"] for event in details["events"])
    assert len(details["links"]) == 1
    assert shells.json("rebuild", "--check")["equal"] is True


def test_paid_by_plain_forms_and_told_by_every_verb(shells: Shells) -> None:
    shells.start_operator(by_verbs=True)
    shells.start("listen", "--port", "0")
    made = shells.json("link", "--amount", "95", "--phone", "+380 67 123-45-67", "--order", "A-17")
    assert made["phone"] == "380671234567"
    assert shells.json("check", "1")["status"] == "open"
    assert post(made["url"], action="pay", card="4242424242424242") == "paid"
    assert [item["status"] for item in shells.json("payments")] == ["paid"]
    assert shells.json("payments", "--status", "open") == []
    assert [item["number"] for item in shells.json("payments", "--search", "A-17")] == [1]
    assert shells.json("payment", made["id"])["txn_id"]
    shells.run("cancel", "1", code=7)


def test_ten_repetitions_and_a_wrong_sum(shells: Shells) -> None:
    url = shells.start_operator()
    shells.start("listen", "--port", "0")
    faults = url.replace("/xpay", "/faults")
    assert httpx.post(faults, json=["duplicate"], trust_env=False).json() == ["duplicate"]
    first = shells.json("link", "--amount", "10")
    assert post(first["url"], action="pay", card="4242424242424242") == "paid"
    events = shells.json("payment", "1")["events"]
    assert [event["data"].get("repeats") for event in events if event["type"] == "callback_received"] == [9]
    httpx.post(faults, json=["wrong-sum"], trust_env=False)
    second = shells.json("link", "--amount", "10")
    post(second["url"], action="pay", card="4242424242424242")
    short = shells.json("payment", "2")
    assert (short["status"], short["received_minor"], short["attention"]) == ("underpaid", 999, ["underpaid"])
    httpx.post(faults, json=["bad-sign"], trust_env=False)
    third = shells.json("link", "--amount", "10")
    post(third["url"], action="pay", card="4242424242424242")
    assert shells.json("payment", "3")["attention"] == ["unverified"]
    assert [item["number"] for item in shells.json("payments", "--attention")] == [3, 2]


@pytest.mark.parametrize(
    ("fault", "code", "status"),
    [
        ("refuse", 3, "not_created"),
        ("html", 3, "not_created"),
        ("garbage", 3, "not_created"),
        ("huge", 3, "not_created"),
        ("drop", 4, "creating"),
        ("strings", 0, "open"),
    ],
)
def test_what_the_operator_may_answer(shells: Shells, fault: str, code: int, status: str) -> None:
    shells.start_operator("--fault", fault)
    made = shells.json("link", "--amount", "10", code=code)
    assert made["status"] == status
    assert (made["url"] is not None) == (status == "open")
    assert bool(made["last_error"]) == (status != "open")


def test_an_operator_that_is_silent_or_gone_is_reported_as_unknown(shells: Shells) -> None:
    shells.start_operator("--fault", "slow")
    shells.run("config", "set", "operator.timeout_s", "0.3")
    assert shells.json("link", "--amount", "10", code=4)["status"] == "creating"
    shells.stop()
    assert shells.json("link", "--amount", "10", code=4)["last_error"]


def test_killed_right_after_the_answer_nothing_is_lost(shells: Shells) -> None:
    shells.start_operator()
    listening, _ = shells.start("listen", "--port", "0")
    made = shells.json("link", "--amount", "10")
    assert post(made["url"], action="pay", card="4242424242424242") == "paid"
    listening.kill()
    listening.wait(10)
    assert shells.json("payment", "1")["status"] == "paid"
    shells.start("listen", "--port", "0")
    assert shells.json("rebuild", "--check")["equal"] is True


def test_a_second_listener_and_a_taken_port_leave_with_nine(shells: Shells, tmp_path: Path) -> None:
    _, address = shells.start("listen", "--port", "0")
    shells.run("listen", "--port", "0", code=9)
    other = Shells(tmp_path / "other", tmp_path / "none")
    other.run("listen", "--port", address.rpartition(":")[2], code=9)


def test_a_listener_told_to_stop_leaves_with_zero_and_no_window_was_loaded(shells: Shells) -> None:
    listening, _ = shells.start("listen", "--port", "0")
    loaded = Path(f"/proc/{listening.pid}/maps").read_text()
    assert "PySide6" not in loaded
    listening.terminate()
    assert listening.wait(20) == 0


def test_the_wal_is_synced_before_the_answer(shells: Shells, tmp_path: Path) -> None:
    strace = shutil.which("strace")
    assert strace, "strace is missing: apt-get install strace"
    shells.start_operator()
    trace = tmp_path / "trace"
    calls = "trace=fdatasync,fsync,sendto,sendmsg,write,writev"
    before = (strace, "-f", "-y", "-s", "64", "-e", calls, "-o", str(trace))
    listening, address = shells.start("listen", "--port", "0", before=before)
    made = shells.json("link", "--amount", "10")
    trace_start = trace.stat().st_size
    assert post(made["url"], action="pay", card="4242424242424242") == "paid"
    # strace does not forward signals, so the traced program itself gets the signal.
    child = Path(f"/proc/{listening.pid}/task/{listening.pid}/children").read_text().split()[0]
    os.kill(int(child), signal.SIGTERM)
    assert listening.wait(20) == 0
    lines = trace.read_text(errors="replace")[trace_start:].splitlines()
    synced = next(i for i, line in enumerate(lines) if "sync(" in line and "-wal" in line)
    answered = next(i for i, line in enumerate(lines) if "HTTP/1.1 200" in line)
    assert synced < answered, (lines[synced], lines[answered])
    assert address.startswith("http://127.0.0.1:")


async def test_against_an_operator_that_shares_no_code_with_us(shells: Shells, tmp_path: Path) -> None:
    await asyncio.to_thread(shells.run, "keys", "make")
    shown = await asyncio.to_thread(shells.json, "keys", "show")
    async with IndependentOperator(shown["public_key_pem"]) as operator:
        (tmp_path / "operator.pem").write_text(operator.public_pem)
        await asyncio.to_thread(shells.connect, operator.url, tmp_path / "operator.pem", TOKEN)
        await asyncio.to_thread(shells.start, "listen", "--port", "0")
        made = await asyncio.to_thread(shells.json, "link", "--amount", "125,50", "--email", "a@example.com")
        check_order(operator.orders[0], made)
        paid = await operator.send(made["callback_url"], operator.query("pay", uuid=made["uuid"]))
        assert paid.json()["result"] == "10"
        forged = operator.query("pay", uuid=made["uuid"], txn_id="666", sign="AAAA")
        assert (await operator.send(made["callback_url"], forged)).status_code == 503
        late = await operator.send(made["callback_url"], operator.query("error", uuid=made["uuid"]))
        assert late.json()["result"] == "10"
        details = await asyncio.to_thread(shells.json, "payment", "1")
        assert (details["status"], details["attention"]) == ("paid", ["unverified"])
        operator.answer_with = lambda _: operator.packet(
            {"OperationID": "7", "OperationStatus": "10", "URI": "https://xpaydirect.com.evil.example/x"}
        )
        refused = await asyncio.to_thread(lambda: shells.json("link", "--amount", "10", code=3))
        assert (refused["status"], refused["url"]) == ("not_created", None)


async def test_the_main_messages_of_an_operator_that_shares_no_code_with_us(shells: Shells, tmp_path: Path) -> None:
    """Two steps, a wallet's `auth`, a late duplicate, a refund: each answered and shown as the operator expects."""
    async with IndependentOperator(shells.make_keys()) as operator:
        (tmp_path / "operator.pem").write_text(operator.public_pem)
        await asyncio.to_thread(shells.connect, operator.url, tmp_path / "operator.pem", TOKEN)
        await asyncio.to_thread(shells.start, "listen", "--port", "0")
        made = await asyncio.to_thread(shells.json, "link", "--amount", "125,50", "--phone", "380671234567")
        address = made["callback_url"]

        async def answer_to(command: str, **fields: str | None) -> tuple[str, str]:
            answer = (await operator.send(address, operator.query(command, **fields))).json()
            assert re.fullmatch(r"\d{14}", answer["txn_date"])
            return answer["result"], answer["message"]

        unsigned: dict[str, str | None] = {"sign": None, "txn_date": None}
        assert await answer_to("check", uuid="c-1", **unsigned) == ("10", "Ok")
        assert await answer_to("check", uuid="c-2", account="380500000000", **unsigned) == ("21", "unknown account")
        auth = {"txn_id": "700", "uuid": "wallet-1", "gateway": "gpay", "pan": "411111******1111", **unsigned}
        assert (await answer_to("auth", **auth))[0] == "10"
        pay = operator.query("pay", txn_id="701", uuid="wallet-1")
        for _ in range(2):
            assert (await operator.send(address, pay)).json()["result"] == "10"
        details = await asyncio.to_thread(shells.json, "payment", "1")
        assert (details["status"], details["attention"], details["received_minor"]) == ("paid", [], 12550)
        assert details["card"] == "411111******1111"

        back = await asyncio.to_thread(shells.json, "refund", "1", "--amount", "25,50", "--reason", "a cup broke")
        assert (back["refund"], operator.refunds[0]["TxnID"], operator.refunds[0]["Sum"]) == ("requested", "701", 2550)
        assert await answer_to("refund", txn_id="800", uuid="wallet-1", sum="2550") == ("10", "Ok")
        done = await asyncio.to_thread(shells.json, "payment", "1")
        assert (done["refund"], done["refunded_minor"], done["attention"]) == ("partial", 2550, [])
        assert [refund["status"] for refund in done["refunds"]] == ["done"]
        await asyncio.to_thread(shells.run, "rebuild", "--check")


def check_order(order: dict[str, Any], made: dict[str, Any]) -> None:
    assert order["PaymentSum"] == 12550
    assert order["Email"] == order["Account"] == "a@example.com"
    assert order["CallBackURL"] == made["callback_url"]
    assert order["Transaction"]["TransactionID"] == made["transaction_id"]
    assert re.fullmatch(r"\d{8} \d\d:\d\d:\d\d", order["Transaction"]["DateTime"])
    assert not {"Phone", "Currency", "TTL", "PayType"} & order.keys()
