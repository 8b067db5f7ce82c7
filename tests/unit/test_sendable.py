"""Test reports cross a pipe that carries UTF-8 only; tests of foreign text must not end the whole run."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sendable import sendable


@pytest.mark.parametrize(
    "report",
    [
        {"sections": [("Captured log call", "WARNING the operator said \udcff")]},
        {"longrepr": {"reprcrash": {"message": "assert '\ud800' == 'x'"}, "chain": [[{"lines": ["\udcff"]}, None]]}},
        {"user_properties": [("\udcff", 1)], "keywords": {"test[\udcff]": 1}},
    ],
)
def test_what_utf8_cannot_carry_is_spelled_out(report: dict[str, Any]) -> None:
    sent = sendable(report)
    assert json.dumps(sent, ensure_ascii=False).encode()
    assert "\\ud" in repr(sent)


def test_everything_else_stays_as_it_is() -> None:
    report = {
        "outcome": "passed",
        "duration": 0.5,
        "longrepr": None,
        "sections": [("Captured", "Кава ☕")],
        "when": ("a",),
    }
    assert sendable(report) == report
