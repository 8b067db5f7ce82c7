"""The doctor: checks all parts of an installation and reports what is wrong. It never raises (contract.md 1).

To add a check: 1. a method that returns results; 2. its place in `Doctor.run_checks`; 3. a text and an advice for
each of its codes in `i18n.doctor_texts`.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from app.domain.errors import PaydeskError, Refusal, SettingBad
from app.domain.web_addresses import scheme_of
from app.services.checks.callback_reachability import PROBE_TIMEOUT_S, CallbackReachabilityCheck
from app.services.checks.check_result import CheckResult
from app.services.checks.diagnostics_target import (
    CallbackEndpoint,
    Certificate,
    DiagnosticsTarget,
    LedgerReport,
    OperatorKey,
    Probe,
    ProbeFailed,
)
from app.services.checks.operator_check import OperatorCheck
from app.services.ports.clock import Clock

UNMATCHED_WINDOW = timedelta(days=7)
_LEDGER_OK = CheckResult("ledger", True, "ledger_ok")
log = logging.getLogger(__name__)
Check = Callable[[], Awaitable[Sequence[CheckResult]]]


class Doctor:
    """Checks one home. Network only where it is configured; every probe ends within seconds."""

    def __init__(self, target: DiagnosticsTarget, probe: Probe, clock: Clock) -> None:
        self._target = target
        self._probe = probe
        self._clock = clock
        self.last_results: tuple[CheckResult, ...] = ()
        self.checked_at: datetime | None = None

    async def run_checks(self) -> list[CheckResult]:
        """Return the results of all checks, in the order in which problems are best fixed."""
        reachability = CallbackReachabilityCheck(self._target, self._probe)
        checks: tuple[tuple[str, Check], ...] = (
            ("settings", self._settings),
            ("key_pair", self._key_pair),
            ("token", self._token),
            ("operator_key", self._operator_key),
            ("ledger", self._ledger),
            ("listener", reachability.check),
            ("tls", lambda: self._tls(reachability.listener_address)),
            ("operator", OperatorCheck(self._target.operator, self._clock).check),
        )
        found: list[CheckResult] = []
        for name, check in checks:
            found += await _guarded(name, check)
        self.last_results, self.checked_at = tuple(found), self._clock.now()
        return found

    async def check_connection(self) -> list[CheckResult]:
        """Return the results about the operator alone, by one request that moves no money; within seconds."""
        return list(await _guarded("operator", OperatorCheck(self._target.operator, self._clock).check))

    async def _settings(self) -> list[CheckResult]:
        problems = self._target.setting_problems()
        if not problems:
            return [CheckResult("settings", True, "settings_ok")]
        return [CheckResult("settings", False, "settings_bad", {"error": problem}) for problem in problems]

    async def _key_pair(self) -> list[CheckResult]:
        fingerprint = self._target.key_fingerprint()
        if fingerprint is None:
            return [CheckResult("key_pair", False, "key_missing")]
        return [CheckResult("key_pair", True, "key_ok", {"fingerprint": fingerprint})]

    async def _token(self) -> list[CheckResult]:
        present = self._target.has_token()
        return [CheckResult("token", present, "token_ok" if present else "token_missing")]

    async def _operator_key(self) -> list[CheckResult]:
        """A single valid key is reported without details; several keys, or an invalid one, are reported one by one."""
        keys = self._target.operator_keys()
        if not keys:
            return [CheckResult("operator_key", False, "operator_key_missing")]
        if len(keys) == 1 and keys[0].problem is None:
            return [CheckResult("operator_key", True, "operator_key_ok")]
        return sorted(map(_key_result, keys), key=lambda result: not result.ok)

    async def _ledger(self) -> list[CheckResult]:
        report = await self._target.inspect_ledger()
        if report.damage:
            return [CheckResult("ledger", False, "ledger_damaged", {"reason": report.damage})]
        numbers: dict[str, object] = {"given": report.given_number, "newest": report.newest_number}
        found = [CheckResult("ledger", False, "ledger_older", numbers)] if report.is_older else [_LEDGER_OK]
        found.append(_mode(report))
        if report.last_callback_at is None:
            found.append(CheckResult("last_callback", True, "callback_never"))
        else:
            found.append(CheckResult("last_callback", True, "callback_last", {"at": report.last_callback_at}))
        return [*found, self._unmatched(report)]

    def _unmatched(self, report: LedgerReport) -> CheckResult:
        lately = [at for at in report.unmatched_at if at > self._clock.now() - UNMATCHED_WINDOW]
        if lately and report.named:
            numbers = ", ".join(map(str, report.named))
            return CheckResult("strays", False, "strays_named", {"count": len(lately), "numbers": numbers})
        code = "strays_some" if lately else "strays_none"
        return CheckResult("strays", not lately, code, {"count": len(lately)})

    async def _tls(self, address: str | None) -> list[CheckResult]:
        """`address`: where our listener answers now, None where it does not run."""
        site = self._target.callback_endpoint()
        try:
            stored = self._target.certificate()
        except SettingBad as failure:
            served = await self._served(address)
            if served is None:
                raise
            return [CheckResult("tls", False, "tls_files_bad", {"error": failure, "at": served.ends_at})]
        if stored is not None:
            return [await self._own_tls(stored, address, site)]
        if site.public_url is not None and scheme_of(site.public_url) == "https":
            return [CheckResult("tls", True, "tls_ok")]
        return [CheckResult("tls", site.is_demo, "tls_demo" if site.is_demo else "tls_none")]

    async def _own_tls(self, stored: Certificate, address: str | None, site: CallbackEndpoint) -> CheckResult:
        """Judge the certificate in the files, then whether it is the one that is served."""
        if stored.ends_at <= self._clock.now():
            return CheckResult("tls", False, "tls_expired", {"at": stored.ends_at})
        if site.tls_is_for_next_start and address is not None:
            return CheckResult("tls", False, "tls_not_begun")
        served = await self._served(address)
        if served is not None and served.fingerprint != stored.fingerprint:
            return CheckResult("tls", False, "tls_other_served", {"at": served.ends_at, "file_at": stored.ends_at})
        return CheckResult("tls", True, "tls_file_ok", {"at": stored.ends_at})

    async def _served(self, address: str | None) -> Certificate | None:
        if address is None or scheme_of(address) != "https":
            return None
        try:
            return await self._probe.certificate(address, timeout_s=PROBE_TIMEOUT_S)
        except ProbeFailed:
            return None


def _key_result(key: OperatorKey) -> CheckResult:
    if key.problem is not None:
        why = {"file": key.file, "why": key.problem.details.get("reason")}
        return CheckResult("operator_key", False, "operator_key_bad", why)
    return CheckResult("operator_key", True, "operator_key_read", {"file": key.file, "fingerprint": key.fingerprint})


def _mode(report: LedgerReport) -> CheckResult:
    if report.mode is None:
        return CheckResult("mode", True, "mode_none")
    if report.mode == report.settings_mode:
        return CheckResult("mode", True, "mode_demo" if report.mode == "demo" else "mode_live")
    return CheckResult("mode", False, "mode_demo_only" if report.mode == "demo" else "mode_live_only")


async def _guarded(name: str, check: Check) -> Sequence[CheckResult]:
    """A check that fails is a result of its own."""
    try:
        return await check()
    except Refusal as failure:
        return [CheckResult(name, False, "check_failed", {"error": failure})]
    except Exception as failure:  # an edge: a failing check must not end the check-up
        log.exception("the check %s", name)
        error = failure if isinstance(failure, PaydeskError) else PaydeskError()
        return [CheckResult(name, False, "check_failed", {"error": error})]
