"""The doctor: looks at an installation from all sides and says what is wrong. It never raises (contract.md 1).

To add a check: 1. a method that returns findings; 2. its place in `Doctor.examine`; 3. a text and an advice for
each of its codes in `i18n.doctor_texts`.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from app.domain.errors import PaydeskError, Refusal, SettingBad
from app.services.callback_way import PROBE_S, CallbackWay
from app.services.findings import Finding
from app.services.operator_visit import OperatorVisit
from app.services.ports.clock import Clock
from app.services.premises import CallbackSite, Certificate, LedgerReport, OperatorKey, Premises, Probe, ProbeFailed

STRAYS_MATTER = timedelta(days=7)
_LEDGER_OK = Finding("ledger", True, "ledger_ok")
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
        way = CallbackWay(self._premises, self._probe)
        checks: tuple[tuple[str, Check], ...] = (
            ("settings", self._settings),
            ("key_pair", self._key_pair),
            ("token", self._token),
            ("operator_key", self._operator_key),
            ("ledger", self._ledger),
            ("listener", way.check),
            ("tls", lambda: self._tls(way.answered_at)),
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
        """One key that is well needs no more words; of several, or of one that is not, each is told."""
        keys = self._premises.operator_keys()
        if not keys:
            return [Finding("operator_key", False, "operator_key_missing")]
        if len(keys) == 1 and keys[0].problem is None:
            return [Finding("operator_key", True, "operator_key_ok")]
        return sorted(map(_key_finding, keys), key=lambda finding: not finding.ok)

    async def _ledger(self) -> list[Finding]:
        report = await self._premises.inspect_ledger()
        if report.damage:
            return [Finding("ledger", False, "ledger_damaged", {"reason": report.damage})]
        numbers: dict[str, object] = {"given": report.given_number, "newest": report.newest_number}
        found = [Finding("ledger", False, "ledger_older", numbers)] if report.is_older else [_LEDGER_OK]
        found.append(_mode(report))
        if report.last_callback_at is None:
            found.append(Finding("last_callback", True, "callback_never"))
        else:
            found.append(Finding("last_callback", True, "callback_last", {"at": report.last_callback_at}))
        return [*found, self._strays(report)]

    def _strays(self, report: LedgerReport) -> Finding:
        lately = [at for at in report.strays if at > self._clock.now() - STRAYS_MATTER]
        if lately and report.named:
            numbers = ", ".join(map(str, report.named))
            return Finding("strays", False, "strays_named", {"count": len(lately), "numbers": numbers})
        code = "strays_some" if lately else "strays_none"
        return Finding("strays", not lately, code, {"count": len(lately)})

    async def _tls(self, address: str | None) -> list[Finding]:
        """`address`: where our listener answers now, None where it does not run."""
        site = self._premises.callback_site()
        try:
            stored = self._premises.certificate()
        except SettingBad as failure:
            served = await self._served(address)
            if served is None:
                raise
            return [Finding("tls", False, "tls_files_bad", {"error": failure, "at": served.ends_at})]
        if stored is not None:
            return [await self._own_tls(stored, address, site)]
        if site.public_url is not None and site.public_url.lower().startswith("https://"):
            return [Finding("tls", True, "tls_ok")]
        return [Finding("tls", site.is_demo, "tls_demo" if site.is_demo else "tls_none")]

    async def _own_tls(self, stored: Certificate, address: str | None, site: CallbackSite) -> Finding:
        """Judge the certificate in the files, then whether it is the one that callers meet."""
        if stored.ends_at <= self._clock.now():
            return Finding("tls", False, "tls_expired", {"at": stored.ends_at})
        if site.tls_is_for_next_start and address is not None:
            return Finding("tls", False, "tls_not_begun")
        served = await self._served(address)
        if served is not None and served.fingerprint != stored.fingerprint:
            return Finding("tls", False, "tls_other_served", {"at": served.ends_at, "file_at": stored.ends_at})
        return Finding("tls", True, "tls_file_ok", {"at": stored.ends_at})

    async def _served(self, address: str | None) -> Certificate | None:
        if address is None or not address.startswith("https://"):
            return None
        try:
            return await self._probe.certificate(address, timeout_s=PROBE_S)
        except ProbeFailed:
            return None


def _key_finding(key: OperatorKey) -> Finding:
    if key.problem is not None:
        why = {"file": key.file, "why": key.problem.details.get("reason")}
        return Finding("operator_key", False, "operator_key_bad", why)
    return Finding("operator_key", True, "operator_key_read", {"file": key.file, "fingerprint": key.fingerprint})


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
