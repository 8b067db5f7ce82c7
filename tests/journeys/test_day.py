"""The verb `day` as scripts call it (contract.md 1b): its JSON, its closing, its exit codes."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.journeys.conftest import Shells
from tests.journeys.test_actions import sold, until_settled

pytestmark = pytest.mark.timeout(180)
NAMES = [
    "date", "from", "to", "taken_count", "taken_minor", "returned_count", "returned_minor", "net_minor",
    "created_count", "by_status", "by_person", "by_hour", "by_confirmation", "open", "attention", "closed",
]  # fmt: skip


def kyiv_today() -> datetime:
    return datetime.now(ZoneInfo("Europe/Kyiv"))


def test_a_day_with_a_sale_and_a_refund_and_its_closing(shells: Shells) -> None:
    shells.start_operator()
    shells.start("listen", "--port", "0")
    sold(shells)
    shells.run("refund", "1", "--amount", "50", "--reason", "one cup was cold")
    until_settled(shells)
    shells.json("link", "--amount", "7")
    today = kyiv_today().date()
    day = shells.json("day")
    assert list(day) == NAMES
    assert day["date"] == today.isoformat()
    assert (day["taken_count"], day["taken_minor"]) == (1, 12550)
    assert (day["returned_count"], day["returned_minor"], day["net_minor"]) == (1, 5000, 7550)
    assert (day["created_count"], day["by_status"], day["open"], day["attention"]) == (2, {"open": 1, "paid": 1}, 1, 0)
    assert day["by_person"] == [{"name": None, "taken_count": 1, "taken_minor": 12550, "returned_minor": 5000}]
    assert [row["taken_minor"] for row in day["by_hour"]] == [12550]
    assert [(row["taken_count"], row["taken_minor"]) for row in day["by_confirmation"]] == [(1, 12550)]
    assert day["closed"] is None
    assert shells.json("day", today.isoformat()) == day
    assert shells.json("day", (today - timedelta(days=1)).isoformat())["taken_minor"] == 0

    closed = shells.json("day", "--close")
    assert list(closed["closed"]) == ["at", "by", "snapshot"]
    figures = {name: day[name] for name in NAMES if name not in ("date", "from", "to", "closed")}
    assert (closed["closed"]["by"], closed["closed"]["snapshot"]) == (None, figures)
    assert shells.run("day", "--close", "--json", code=7) == ""
    assert shells.run("day", (today + timedelta(days=1)).isoformat(), "--close", code=7) == ""
    shells.json("link", "--amount", "9")  # nothing is blocked
    later = shells.json("day")
    assert (later["created_count"], later["closed"]) == (3, closed["closed"])
    output = shells.run("day")
    assert "75,50\u00a0₴" in output
    assert "Closed at" in output
    assert shells.json("rebuild", "--check")["equal"] is True


def test_what_is_no_day(shells: Shells) -> None:
    for text in ("yesterday", "2026-02-30", "21.11.2026", ""):
        assert shells.run("day", text, "--json", code=2) == ""
    assert shells.json("day", "9999-12-31")["taken_minor"] == 0
    assert json.loads(shells.run("config", "set", "shop.day_starts_at", "05:45", "--json"))
    assert shells.json("day", "2026-10-25")["from"] == "2026-10-25T03:45:00.000Z"
    assert shells.run("config", "set", "shop.day_starts_at", "05:20", code=2) == ""
