"""The doctor: looks at an installation from all sides and says what is wrong. It never raises (contract.md 1).

To add a check: 1. a method that returns findings; 2. its place in `Doctor.examine`; 3. a text and an advice for
each of its codes in `i18n.doctor_texts`.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from app.domain.errors import PaydeskError, Refusal
from app.services.callback_way import CallbackWay
from app.services.findings import Finding
from app.services.operator_visit import OperatorVisit
from app.services.ports import Clock
from app.services.premises import LedgerReport, Premises, Probe

STRAYS_MATTER = timedelta(days=7)
log = logging.getLogger(__name__)
Check = Callable[[], Awaitable[Sequence[Finding]]]


class Doctor:
    """Examines one home. Network only where it is configured; every probe ends within seconds."""

    def __init__(self, premises: Premises, probe: Probe, clock: Clock) -> None:
        self._premises = premises
        self._probe = probe
        self._clock = clock

    async def examine(self) -> list[Finding]:
        """Return the findings of all checks, in the order in which a person would mend things."""
        checks: tuple[tuple[str, Check], ...] = (
            ("settings", self._settings),
            ("key_pair", self._key_pair),
            ("token", self._token),
            ("operator_key", self._operator_key),
            ("ledger", self._ledger),
            ("listener", CallbackWay(self._premises, self._probe).check),
            ("tls", self._tls),
            ("operator", OperatorVisit(self._premises.operator, self._clock).check),
        )
        found: list[Finding] = []
        for name, check in checks:
            found += await _guarded(name, check)
        return found

    async def _settings(self) -> list[Finding]:
        problems = self._premises.setting_problems()
        if not problems:
            return [Finding("settings", True, "settings_ok")]
        return [Finding("settings", False, "settings_bad", {"error": problems[0], "count": len(problems)})]

    async def _key_pair(self) -> list[Finding]:
        fingerprint = self._premises.key_fingerprint()
        if fingerprint is None:
            return [Finding("key_pair", False, "key_missing")]
        return [Finding("key_pair", True, "key_ok", {"fingerprint": fingerprint})]

    async def _token(self) -> list[Finding]:
        there = self._premises.has_token()
        return [Finding("token", there, "token_ok" if there else "token_missing")]

    async def _operator_key(self) -> list[Finding]:
        there = self._premises.has_operator_key()
        return [Finding("operator_key", there, "operator_key_ok" if there else "operator_key_missing")]

    async def _ledger(self) -> list[Finding]:
        report = await self._premises.inspect_ledger()
        if report.damage:
            return [Finding("ledger", False, "ledger_damaged", {"reason": report.damage})]
        found = [Finding("ledger", True, "ledger_ok"), _mode(report)]
        if report.last_callback_at is None:
            found.append(Finding("last_callback", True, "callback_never"))
        else:
            found.append(Finding("last_callback", True, "callback_last", {"at": report.last_callback_at}))
        return [*found, self._strays(report)]

    def _strays(self, report: LedgerReport) -> Finding:
        lately = [at for at in report.strays if at > self._clock.now() - STRAYS_MATTER]
        code = "strays_some" if lately else "strays_none"
        return Finding("strays", not lately, code, {"count": len(lately)})

    async def _tls(self) -> list[Finding]:
        site = self._premises.callback_site()
        until = self._premises.certificate_end()
        if until is not None:
            expired = until <= self._clock.now()
            return [Finding("tls", not expired, "tls_expired" if expired else "tls_file_ok", {"at": until})]
        if site.public_url is not None and site.public_url.lower().startswith("https://"):
            return [Finding("tls", True, "tls_ok")]
        return [Finding("tls", site.is_demo, "tls_demo" if site.is_demo else "tls_none")]


def _mode(report: LedgerReport) -> Finding:
    if report.mode is None:
        return Finding("mode", True, "mode_none")
    if report.mode == report.settings_mode:
        return Finding("mode", True, "mode_demo" if report.mode == "demo" else "mode_live")
    return Finding("mode", False, "mode_demo_only" if report.mode == "demo" else "mode_live_only")


async def _guarded(name: str, check: Check) -> Sequence[Finding]:
    """A check that fails is a finding of its own."""
    try:
        return await check()
    except Refusal as failure:
        return [Finding(name, False, "check_failed", {"error": failure})]
    except Exception as failure:  # an edge: the doctor must not fall ill himself
        log.exception("the check %s", name)
        error = failure if isinstance(failure, PaydeskError) else PaydeskError()
        return [Finding(name, False, "check_failed", {"error": error})]
