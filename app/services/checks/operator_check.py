"""The doctor's check of the operator: whether it answers and accepts our requests, and its clock (protocol.md A6)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from app.domain.errors import NotConfigured, OperatorError, OperatorRefused
from app.services.checks.check_result import CheckResult
from app.services.ports.clock import Clock
from app.services.ports.operator_gateway import ConnectionReport, OperatorGateway

MAX_CLOCK_ERROR = timedelta(seconds=60)
OPERATOR_TIMEOUT_S = 8.0
_NO_ANSWER = {
    "certificate_untrusted": "operator_untrusted",
    "certificate_expired": "operator_expired",
    "certificate_name": "operator_other_name",
    "tls": "operator_no_tls",
    "connection_refused": "operator_closed",
    "name_unknown": "operator_not_found",
}
"""By the reason of OperatorUnreachable; any other means no answer."""


class OperatorCheck:
    """One [20001], within seconds whatever timeout is set for sales."""

    def __init__(self, operator: Callable[[], OperatorGateway], clock: Clock) -> None:
        self._gateway = operator
        self._clock = clock

    async def check(self) -> list[CheckResult]:
        """Ask for the balance, which moves no money, and compare clocks on the way."""
        try:
            async with asyncio.timeout(OPERATOR_TIMEOUT_S):
                report = await self._gateway().test_connection()
        except NotConfigured as missing:
            return [
                CheckResult("operator", False, "operator_not_asked", {"error": missing}),
                CheckResult("token_accepted", False, "accepted_unknown"),
                CheckResult("clock", True, "clock_unknown"),
            ]
        except OperatorRefused as refusal:
            return [
                CheckResult("operator", True, "operator_refusing"),
                CheckResult("token_accepted", False, "accepted_refused", {"error": refusal}),
                self._clock_result(refusal.details.get("operator_time")),
            ]
        except (OperatorError, TimeoutError) as lost:
            reason = str(lost.details.get("reason")) if isinstance(lost, OperatorError) else ""
            return [
                CheckResult("operator", False, _NO_ANSWER.get(reason, "operator_silent")),
                CheckResult("token_accepted", False, "accepted_unknown"),
                CheckResult("clock", True, "clock_unknown"),
            ]
        return self._connected(report)

    def _connected(self, report: ConnectionReport) -> list[CheckResult]:
        return [
            CheckResult("operator", True, "operator_ok", {"ms": round(report.latency_ms)}),
            CheckResult("token_accepted", True, "accepted_ok"),
            self._clock_result(report.operator_time),
        ]

    def _clock_result(self, operator_time: object) -> CheckResult:
        if not isinstance(operator_time, datetime):
            return CheckResult("clock", True, "clock_unknown")
        off = self._clock.now() - operator_time
        details: dict[str, object] = {"seconds": round(abs(off.total_seconds()))}
        ok = abs(off) <= MAX_CLOCK_ERROR
        return CheckResult("clock", ok, "clock_ok" if ok else "clock_off", details)
