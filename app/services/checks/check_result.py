"""What the doctor's checks found; the words are in `i18n.doctor_texts`."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check found. `code` has a text and an advice in `i18n.doctor_texts`, which `details` fill in."""

    check: str
    ok: bool
    code: str
    details: dict[str, object] = field(default_factory=dict)
