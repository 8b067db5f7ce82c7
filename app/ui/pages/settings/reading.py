"""What the page reads of the core, in one value. `read` runs on the core's loop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.errors import PaydeskError, SettingBad
from app.services.desk import Desk, Health, Preferences


@dataclass(frozen=True, slots=True)
class Reading:
    """`missing`: what XPAY still needs first. `key`: the public half. `bad`: stored settings that do not work."""

    values: Mapping[str, object] = field(default_factory=dict)
    missing: str | None = None
    key: Mapping[str, str] | None = None
    key_problem: PaydeskError | None = None
    bad: Mapping[str, PaydeskError] = field(default_factory=dict)
    health: Health = field(default_factory=Health)
    is_demo: bool = False


def read(desk: Desk) -> Reading:
    """Return how things are. Raises StorageError; a broken key or file is told as part of the reading."""
    preferences = desk.preferences
    missing, bad = _missing(preferences)
    key, key_problem = _key(preferences)
    return Reading(dict(preferences.values()), missing, key, key_problem, bad, desk.health(), desk.is_demo)


def _missing(preferences: Preferences) -> tuple[str | None, dict[str, PaydeskError]]:
    try:
        return preferences.missing(), {}
    except SettingBad as refusal:
        key = str(refusal.details.get("key", ""))
        return key, {key: refusal}
    except PaydeskError:
        return "keys", {}  # the key pair tells itself why it cannot be read


def _key(preferences: Preferences) -> tuple[Mapping[str, str] | None, PaydeskError | None]:
    try:
        return preferences.public_key(), None
    except PaydeskError as refusal:
        return None, refusal
