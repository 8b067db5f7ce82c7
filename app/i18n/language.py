"""The choice of the interface language."""

from __future__ import annotations

import locale
import os
from typing import Literal

Language = Literal["uk", "en"]


def system_language() -> Language:
    """Return the language of the system: Ukrainian where it is set, else English."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return _language_of(value.split(":")[0])
    return _language_of(locale.getlocale()[0] or "")


def chosen_language(setting: str) -> Language:
    """Return the language of the setting `ui.language`: `uk`, `en` or `system`."""
    if setting == "uk":
        return "uk"
    return "en" if setting == "en" else system_language()


def _language_of(name: str) -> Language:
    return "uk" if name.lower().startswith(("uk", "ukrainian")) else "en"  # Windows uses Ukrainian_Ukraine
