"""The verbs that change a payment, and the doctor, as people and scripts call them."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.journeys.conftest import ENVIRONMENT, Shells
from tests.ports import free_port

pytestmark = pytest.mark.timeout(180)
CARD = "4242424242424242"
TIMEOUT_S = 30.0
CHECKS = [
    "settings", "key_pair", "token", "operator_key", "ledger", "mode", "last_callback", "strays",
    "listener", "public_url", "address", "fixed_address", "reach", "tls", "operator", "token_accepted", "clock",
]  # fmt: skip


def press(url: str, **form: str) -> None:
    httpx.post(url, data=form, trust_env=False, timeout=30)


def spoil(operator: str, *faults: str) -> None:
    httpx.post(operator.replace("/xpay", "/faults"), json=list(faults), trust_env=False)


def sold(shells: Shells, amount: str = "125,50") -> dict[str, Any]:
    made: dict[str, Any] = shells.json("link", "--amount", amount)
    press(made["url"], action="pay", card=CARD)
    return made


def until_settled(shells: Shells, number: int = 1) -> dict[str, Any]:
    """Query until no refund is in flight; each attempt is a separate process."""
    deadline = time.monotonic() + TIMEOUT_S
    while True:
        details: dict[str, Any] = shells.json("payment", str(number))
        if details["refund"] != "requested":
            return details
        assert time.monotonic() < deadline, details


def test_part_and_rest_go_back(shells: Shells) -> None:
    shells.start_operator()
    shells.start("listen", "--port", "0")
    made = sold(shells)
    first = shells.json("refund", "1", "--amount", "50", "--reason", "one cup was cold")
    # the operator is quick here: its callback may come before the verb prints
    assert (first["id"], first["status"]) == (made["id"], "paid")
    assert (first["refund"], first["refunded_minor"]) in (("requested", 0), ("partial", 5000))
    assert not {"refunds", "events", "links"} & first.keys()
    details = until_settled(shells)
    assert (details["refund"], details["refunded_minor"]) == ("partial", 5000)
    (refund,) = details["refunds"]
    assert refund.keys() == {
        "id", "amount_minor", "status", "reason", "requested_at", "done_at", "txn_id", "transaction_id",
    }  # fmt: skip
    assert (refund["amount_minor"], refund["status"], refund["reason"]) == (5000, "done", "one cup was cold")
    shells.run("refund", "1", "--reason", "the rest, too")
    details = until_settled(shells)
    assert (details["refund"], details["refunded_minor"], details["attention"]) == ("full", 12550, [])
    assert all(event["text"] for event in details["events"])
    output = shells.run("payment", "1")
    assert made["url"] in output
    assert "50,00\u00a0₴  Refunded  one cup was cold" in output
    assert shells.run("refund", "1", "--reason", "again", code=7) == ""
    assert shells.json("rebuild", "--check")["equal"] is True


def test_what_a_refund_refuses(shells: Shells) -> None:
    operator = shells.start_operator()
    shells.start("listen", "--port", "0")
    sold(shells)
    shells.run("refund", "1", code=2)
    shells.run("refund", "7", "--reason", "x", code=5)
    shells.run("refund", "1", "--amount", "much", "--reason", "x", code=2)
    assert shells.run("refund", "1", "--reason", " ", "--json", code=7) == ""
    shells.run("refund", "1", "--amount", "0", "--reason", "x", code=7)
    shells.run("refund", "1", "--amount", "125,51", "--reason", "x", code=7)
    shells.json("link", "--amount", "10")
    shells.run("refund", "2", "--reason", "nothing came", code=7)
    spoil(operator, "refuse")
    failed = shells.json("refund", "1", "--reason", "x", code=3)
    assert (failed["refund"], failed["refunded_minor"]) == ("none", 0)
    assert [refund["status"] for refund in shells.json("payment", "1")["refunds"]] == ["failed"]


def test_an_unknown_refund_is_never_sent_again_and_asking_clears_it_up(shells: Shells) -> None:
    operator = shells.start_operator("--fault", "no-callback")
    shells.start("listen", "--port", "0")
    made = shells.json("link", "--amount", "10")
    spoil(operator)
    press(made["url"], action="pay", card=CARD)
    spoil(operator, "html", "no-callback")
    unknown = shells.json("refund", "1", "--reason", "x", code=4)
    assert unknown["refund"] == "requested"
    assert shells.json("payment", "1")["refunds"][0]["status"] == "unknown"
    shells.run("refund", "1", "--reason", "once more", code=7)
    spoil(operator, "no-callback")
    shells.forget_asking()
    shells.json("check", "1")
    details = shells.json("payment", "1")
    assert [(refund["status"], refund["amount_minor"]) for refund in details["refunds"]] == [("done", 1000)]
    assert [event["source"] for event in details["events"] if event["type"] == "refund_answered"] == [
        "operator",
        "asking",
    ]


def test_two_processes_at_once_make_one_refund(shells: Shells) -> None:
    shells.start_operator("--speed", "0.01")
    shells.start("listen", "--port", "0")
    sold(shells)
    verb = shells.command("refund", "1", "--amount", "10", "--reason", "pressed twice", "--json")
    both = [subprocess.Popen(verb, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) for _ in "12"]
    printed = [process.communicate(timeout=60)[0] for process in both]
    assert sorted(process.returncode for process in both) == [0, 7]
    (first,) = [json.loads(text) for text in printed if text]
    assert (first["refund"], first["refunded_minor"], first["status"]) == ("requested", 0, "paid")
    assert len(shells.json("payment", "1")["refunds"]) == 1


def test_renew_keeps_id_number_and_history(shells: Shells) -> None:
    operator = shells.start_operator()
    shells.start("listen", "--port", "0")
    made = shells.json("link", "--amount", "10")
    shells.run("renew", "1", code=7)
    shells.run("renew", "9", code=5)
    shells.run("cancel", "1")
    renewed = shells.json("renew", "1")
    assert (renewed["id"], renewed["number"], renewed["status"]) == (made["id"], 1, "open")
    assert renewed["url"] != made["url"]
    assert renewed["callback_url"] != made["callback_url"]
    details = shells.json("payment", "1")
    assert len(details["links"]) == 2
    assert "link_cancelled" in [event["type"] for event in details["events"]]
    press(renewed["url"], action="pay", card=CARD)
    assert shells.json("payment", "1")["status"] == "paid"
    shells.json("link", "--amount", "10")
    shells.run("cancel", "2")
    spoil(operator, "refuse")
    assert shells.json("renew", "2", code=3)["status"] == "not_created"
    spoil(operator, "drop")
    assert shells.json("renew", "2", code=4)["status"] == "creating"


def test_what_may_be_paid_gets_no_second_link_before_it_is_settled(shells: Shells) -> None:
    shells.start_operator("--fault", "no-callback")
    shells.run("config", "set", "operator.status_query_proves_payment", "false")
    shells.start("listen", "--port", "0")
    sold(shells, "10")
    shells.forget_asking()
    shells.run("check", "1")
    shells.run("cancel", "1")
    forged = shells.json("link", "--amount", "10")
    forge(forged["callback_url"])
    shells.run("cancel", "2")
    for number in ("1", "2"):
        assert shells.run("renew", number, "--json", code=7) == ""
        assert len(shells.json("payment", number)["links"]) == 1
        shells.run("settle", number, "--reason", "nothing in the cabinet")
        assert shells.json("renew", number)["status"] == "open"


def test_settle_clears_attention_with_a_reason(shells: Shells) -> None:
    operator = shells.start_operator("--fault", "bad-sign")
    shells.start("listen", "--port", "0")
    made = sold(shells, "10")
    assert "unverified" in shells.json("payment", "1")["attention"]
    shells.run("settle", "1", code=2)
    shells.run("settle", "1", "--reason", "", code=7)
    shells.run("settle", "4", "--reason", "x", code=5)
    settled = shells.json("settle", "1", "--reason", "seen in the cabinet")
    assert (settled["id"], settled["attention"]) == (made["id"], [])
    shells.run("settle", "1", "--reason", "again", code=7)
    details = shells.json("payment", "1")
    assert [event["data"]["reason"] for event in details["events"] if event["type"] == "payment_settled"] == [
        "seen in the cabinet"
    ]
    spoil(operator)


def test_settling_what_the_operator_says_is_paid_makes_it_paid(shells: Shells) -> None:
    operator = shells.start_operator("--fault", "no-callback")
    shells.run("config", "set", "operator.status_query_proves_payment", "false")
    sold(shells, "10")
    shells.forget_asking()
    shells.run("check", "1")
    assert shells.json("payment", "1")["attention"] == ["operator_says_paid"]
    assert "--seen" in shells.run("payment", "1")
    settled = shells.json("settle", "1", "--reason", "seen in the cabinet", "--paid")
    assert (settled["status"], settled["confirmed_by"], settled["attention"]) == ("paid", "person", [])
    shells.run("refund", "1", "--reason", "no txn_id to name", code=7)
    spoil(operator)


def forge(callback_url: str) -> None:
    query = "command=pay&txn_id=F1&uuid=u&txn_date=20261121101500&sum=1000&account=1&sign=AAAA"
    assert httpx.get(f"{callback_url}?{query}", trust_env=False, timeout=30).status_code == 503


def test_settling_clears_what_was_seen_and_marks_nothing_as_paid_by_itself(shells: Shells) -> None:
    operator = shells.start_operator("--fault", "no-callback")
    shells.run("config", "set", "operator.status_query_proves_payment", "false")
    shells.start("listen", "--port", "0")
    made = sold(shells, "10")
    shells.forget_asking()
    shells.run("check", "1")
    details = shells.json("payment", "1")
    assert details["attention"] == ["operator_says_paid"]
    assert list(details)[-1] == "as_of"
    assert details["as_of"] >= max(event["seq"] for event in details["events"])
    assert "as_of" not in shells.json("payments")[0]
    before = details["events"][2]["seq"]  # the link is created, nothing needs attention yet
    forge(made["callback_url"])
    settle = ("settle", "1", "--reason", "looked at it")
    assert shells.run(*settle, "--seen", str(before), "--json", code=7) == ""
    assert shells.run(*settle, "--seen", str(before), "--paid", "--json", code=7) == ""
    for wrong in ("-1", "x", "1.5", "", "999999"):
        assert shells.run(*settle, "--seen", wrong, code=2) == ""
    seen = shells.json(*settle, "--seen", str(details["as_of"]))
    assert (seen["status"], seen["confirmed_by"], seen["attention"]) == ("open", None, ["unverified"])
    assert "as_of" not in seen
    shells.run(*settle, "--seen", str(details["as_of"]), code=7)
    assert shells.run(*settle, "--paid", "--json", code=7) == ""
    assert shells.json(*settle)["attention"] == []
    events = [event for event in shells.json("payment", made["id"])["events"] if event["type"] == "payment_settled"]
    assert [event["data"].get("paid", False) for event in events] == [False, False]
    assert events[0]["data"]["seen"] == details["as_of"]
    spoil(operator)


def test_the_doctor_of_a_demo_shop(shells: Shells) -> None:
    assert shells.json("doctor", code=1)[0]["check"] == "settings"
    shells.start_operator()
    shells.run("config", "set", "callbacks.port", str(free_port()))
    idle = shells.json("doctor", code=1)
    assert [item["check"] for item in idle if not item["ok"]] == ["listener"]
    assert all(item.keys() == {"check", "ok", "text", "advice"} for item in idle)
    shells.start("listen")
    sold(shells, "10")
    well = shells.json("doctor")
    assert [item["check"] for item in well] == CHECKS
    assert all(item["ok"] and item["text"] for item in well)
    assert "came at" in next(item["text"] for item in well if item["check"] == "last_callback")
    lines = shells.run("doctor").splitlines()
    assert len(lines) == len(CHECKS)
    assert all(line.startswith("ok  ") for line in lines)


def test_the_doctor_of_a_home_that_does_not_open(shells: Shells, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    broken = Shells(tmp_path / "file" / "home", tmp_path / "none")
    (found,) = broken.json("doctor", code=1)
    assert (found["check"], found["ok"]) == ("settings", False)
    assert found["advice"]


def test_a_damaged_ledger_and_a_hand_edited_file_are_findings(shells: Shells) -> None:
    shells.run("config", "set", "shop.name", "Demo")
    (shells.home / "ledger.sqlite3").write_bytes(b"no database" * 1000)
    with (shells.home / "settings.toml").open("a") as file:
        file.write('\n[callbacks]\nport = "many"\n')
    found = {item["check"]: item for item in shells.json("doctor", code=1)}
    assert not found["ledger"]["ok"]
    assert not found["settings"]["ok"]
    assert "callbacks.port" in found["settings"]["text"]


def test_the_statement_is_fetched_kept_and_shown_without_the_operator(shells: Shells) -> None:
    operator = shells.start_operator()
    shells.start("listen", "--port", "0")
    sold(shells)
    sold(shells, "7")
    fetched = shells.json("statement")
    assert fetched.keys() == {"from", "to", "new", "unreadable", "lines"}
    assert (fetched["new"], fetched["unreadable"]) == (2, 0)
    assert sorted(line["amount_minor"] for line in fetched["lines"]) == [700, 12550]
    assert all(line["txn_id"] and line["at"].endswith("Z") for line in fetched["lines"])
    spoil(operator, "drop")
    shells.run("statement", code=4)
    kept = shells.json("statement", "--kept")
    assert kept["lines"] == fetched["lines"]
    assert "125,50" in shells.run("statement", "--kept")
    assert shells.json("statement", "--kept", "--to", "2020-01-01")["lines"] == []
    shells.run("statement", "--from", "2026-02-02", "--to", "2026-02-01", code=2)


def test_an_operator_that_refuses_to_tell_or_talks_nonsense_says_nothing_of_the_payment(shells: Shells) -> None:
    operator = shells.start_operator()
    shells.run("link", "--amount", "5")
    spoil(operator, "refuse")
    shells.forget_asking()
    shells.run("check", "1", code=3)
    details = shells.json("payment", "1")
    answers = [event["data"].get("operation_status") for event in details["events"]]
    assert (details["status"], 21 in answers) == ("open", False)
    spoil(operator, "html")
    shells.run("link", "--amount", "6", code=3)
    assert shells.json("payment", "2")["last_error"] == "the answer makes no sense"


def test_a_file_for_support_that_cannot_be_written_is_reported_before_anything_is_printed(
    shells: Shells, tmp_path: Path
) -> None:
    assert shells.run("doctor", "--diagnostics", str(tmp_path / "nowhere" / "d.zip"), "--json", code=2) == ""
