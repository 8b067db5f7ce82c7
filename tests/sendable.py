"""Test reports made sendable from one test process to another."""

from __future__ import annotations

from typing import Any


def sendable(value: Any) -> Any:
    """Return a report's data with every text encodable as UTF-8; containers are walked, other values stay."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, dict):
        return {sendable(key): sendable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(sendable, value))
    return value
