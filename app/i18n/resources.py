"""Finds the files of `resources/`: next to the source, or in the installed package."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def resource(name: str) -> Path:
    """Return the path of a resource such as `locale/uk/LC_MESSAGES/paydesk.po`; it may not exist."""
    packed = _PACKAGE / "_resources"
    return (packed if packed.is_dir() else _PACKAGE.parent / "resources") / name
