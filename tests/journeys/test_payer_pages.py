"""Ways to pay other than a card in a real browser: two steps, Google Pay (contract.md 5)."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from tests.journeys.conftest import Shells
from tests.webdriver import chromium

pytestmark = pytest.mark.timeout(180)

WALLET_CARD, MASK = "4242420000004242", "424242******4242"
TIMEOUT_S = 30.0


def test_two_steps_only_the_named_phone_pays(shells: Shells, tmp_path: Path) -> None:
    shells.start_operator("--two-step")
    shells.start("listen", "--port", "0")
    made = shells.json("link", "--amount", "125,50", "--phone", "+380 67 123-45-67", "--locale", "en")
    with chromium(tmp_path / "profile") as browser:
        browser.open(made["url"])
        browser.fill("#account", "+380 99 000 00 00")
        browser.click("#contact")
        assert browser.attribute("#result", "data-status") == "refused"
        assert "unknown account" in browser.text("#result")
        assert shells.json("payment", "1")["status"] == "open"
        browser.fill("#account", "067 123-45-67")
        browser.click("#contact")
        browser.fill("#card", "4242 4242 4242 4242")
        browser.click("#pay")
        assert browser.attribute("#result[data-status=paid]", "data-status") == "paid"
    details = shells.json("payment", "1")
    assert (details["status"], details["confirmed_by"], details["attention"]) == ("paid", "callback", [])
    answers = [
        (event["data"]["command"], event["data"]["result"])
        for event in details["events"]
        if event["type"] == "callback_received"
    ]
    assert answers == [("check", "21"), ("check", "10"), ("pay", "10")]
    refused = next(event for event in details["events"] if event["type"] == "callback_received")
    assert "unknown account" in refused["text"]


def test_google_pay_is_authorised_then_paid_and_keeps_only_the_mask(shells: Shells, tmp_path: Path) -> None:
    # `late` delays what follows the authorisation, so that it can be observed; at this speed for some seconds.
    shells.start_operator("--speed", "250", "--fault", "late")
    shells.start("listen", "--port", "0")
    made = shells.json("link", "--amount", "95", "--pay-type", "20", "--email", "a@example.com")
    with chromium(tmp_path / "profile") as browser:
        browser.open(made["url"])
        assert browser.text("#applepay")
        browser.click("#gpay")
        assert browser.attribute("#result", "data-status") == "paid"
    authorised = shells.json("payment", "1")
    assert (authorised["status"], authorised["card"], authorised["received_minor"]) == ("authorised", MASK, 0)
    deadline, pause = time.monotonic() + TIMEOUT_S, threading.Event()
    while (paid := shells.json("payment", "1"))["status"] != "paid":
        assert time.monotonic() < deadline, paid["status"]
        pause.wait(0.2)
    assert (paid["card"], paid["attention"], paid["confirmed_by"]) == (MASK, [], "callback")
    assert [event["data"]["command"] for event in paid["events"] if "command" in event["data"]] == ["auth", "pay"]
    shells.stop()
    files = [file for folder in (shells.home, shells.operator_dir) for file in folder.rglob("*") if file.is_file()]
    kept = b"".join(file.read_bytes() for file in files)
    assert MASK.encode() in kept
    for secret in (WALLET_CARD.encode(), b"tavv", b"ZGVtbyBhdXRo"):
        assert secret not in kept


def test_a_shop_that_answers_no_wallet_says_so_on_the_page(shells: Shells, tmp_path: Path) -> None:
    shells.start_operator()
    shells.run("config", "set", "operator.answer_auth", "off")
    shells.start("listen", "--port", "0")
    made = shells.json("link", "--amount", "95", "--pay-type", "20")
    with chromium(tmp_path / "profile") as browser:
        browser.open(made["url"])
        browser.click("#applepay")
        assert browser.attribute("#result", "data-status") == "refused"
        assert "not supported" in browser.text("#result")
    assert shells.json("payment", "1")["status"] == "open"
