"""A test's report, as it can be sent from one process of the tests to another."""

from __future__ import annotations

from typing import Any


def sendable(value: Any) -> Any:
    """Return a report's data with every text spelled in what UTF-8 can carry; containers are walked, the rest stays."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, dict):
        return {sendable(key): sendable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(sendable, value))
    return value
