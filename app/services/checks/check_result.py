"""The results of the doctor's checks; the texts are in `i18n.doctor_texts`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from app.domain.errors import SettingBad

KEY_PAIR: Final = "keys"
"""Stands for a setting where the shop's key pair is meant."""
_SETTINGS: Final[Mapping[str, str]] = {
    "key_missing": KEY_PAIR,
    "token_missing": "operator.token",
    "operator_key_missing": "operator.public_key_file",
    "operator_key_bad": "operator.public_key_file",
    "mode_live_only": "operator.environment",
    "listener_taken": "callbacks.port",
    "public_url_missing": "callbacks.public_url",
    "address_none": "callbacks.public_url",
    "address_private": "callbacks.public_url",
    "address_carrier": "callbacks.public_url",
    "address_link_local": "callbacks.public_url",
    "address_loopback": "callbacks.public_url",
    "address_odd": "callbacks.public_url",
    "reach_certificate_name": "callbacks.public_url",
    "reach_other": "callbacks.public_url",
    "tls_none": "callbacks.public_url",
    "operator_silent": "operator.environment",
    "operator_closed": "operator.environment",
    "operator_not_found": "operator.environment",
    "operator_other_name": "operator.environment",
    "operator_no_tls": "operator.environment",
    "accepted_refused": "operator.token",
}
_CAUSES: Final[Mapping[str, frozenset[str]]] = {
    "address_none": frozenset({"public_url"}),
    "reach_untested": frozenset({"public_url", "address", "listener"}),
    "reach_lost": frozenset({"address", "listener"}),
    "tls_none": frozenset({"public_url"}),
    "operator_not_asked": frozenset({"settings", "key_pair", "token", "operator_key"}),
    "accepted_unknown": frozenset({"operator"}),
    "clock_unknown": frozenset({"operator"}),
}
"""Codes that only follow from what one of these checks found."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of one check. `code` has a text and an advice in `i18n.doctor_texts`, which `details` fill in."""

    check: str
    ok: bool
    code: str
    details: dict[str, object] = field(default_factory=dict)

    @property
    def setting(self) -> str | None:
        """The setting that mends it, KEY_PAIR for the key pair; None where no setting does, or where all is well."""
        error = self.details.get("error")
        if not self.ok and isinstance(error, SettingBad):
            return str(error.details.get("key") or error.details.get("setting") or "") or None
        return None if self.ok else _SETTINGS.get(self.code)


def causes_only(results: Sequence[CheckResult]) -> list[CheckResult]:
    """Return the results without those that only follow from another one: one cause is one finding."""
    failed = {result.check for result in results if not result.ok}
    return [result for result in results if not _CAUSES.get(result.code, frozenset()) & failed]
