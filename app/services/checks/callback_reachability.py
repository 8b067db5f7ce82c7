"""The doctor's check of the callback route: the address given to the operator, the local port, a round trip."""

from __future__ import annotations

from app.domain.errors import PortTaken
from app.domain.web_addresses import host_kind
from app.services.checks.check_result import CheckResult
from app.services.checks.diagnostics_target import CallbackEndpoint, DiagnosticsTarget, Probe, ProbeFailed

PROBE_TIMEOUT_S = 5.0
FORBIDDEN = 403
_CERTIFICATES = {
    "certificate_expired": "reach_certificate_expired",
    "certificate_name": "reach_certificate_name",
}
"""By the reason of ProbeFailed; any other certificate is one that is not trusted."""


class CallbackReachabilityCheck:
    """Probes our own addresses with a temporary key; only our listener can confirm that it was received."""

    def __init__(self, target: DiagnosticsTarget, probe: Probe) -> None:
        self._target = target
        self._probe = probe
        self.listener_address: str | None = None
        """The address at which our running listener was found by `check`."""

    async def check(self) -> list[CheckResult]:
        """Return the results about the listener, the public address, where it leads, and a round trip."""
        site = self._target.callback_endpoint()
        found = [_public_url(site), _address(site), _fixed_address(site)]
        listener = await self._listener(site)
        self.listener_address = str(listener.details["address"]) if listener.ok else None
        if listener.code != "listener_nobody":
            return [listener, *found, await self._round_trip(site)]
        try:
            async with self._target.temporary_listener():
                return [listener, *found, await self._round_trip(site)]
        except PortTaken:
            # It did not answer, but it holds the port.
            taken = CheckResult("listener", False, "listener_taken", listener.details)
            return [taken, *found, CheckResult("reach", False, "reach_untested")]

    async def _listener(self, site: CallbackEndpoint) -> CheckResult:
        taken: CheckResult | None = None
        for base in site.local_urls:
            details: dict[str, object] = {"address": base, "port": site.port}
            try:
                received, status = await self._send_self_probe(base, own_machine=True)
            except ProbeFailed as failure:
                if failure.reason != "refused":
                    taken = taken or CheckResult("listener", False, "listener_taken", details)
                continue
            if received:
                return CheckResult("listener", True, "listener_ok", details)
            if site.is_filtered and status == FORBIDDEN:
                return CheckResult("listener", True, "listener_filtered", details)
            taken = taken or CheckResult("listener", False, "listener_taken", details)
        return taken or CheckResult("listener", False, "listener_nobody", {"port": site.port})

    async def _round_trip(self, site: CallbackEndpoint) -> CheckResult:
        """A request to our own public address must come back to us."""
        if site.public_url is None:
            if not site.is_demo:
                return CheckResult("reach", False, "reach_untested")
            base, code = site.local_urls[0], "reach_local"
        else:
            base, code = site.public_url, "reach_ok"
        details: dict[str, object] = {"url": base}
        try:
            received, status = await self._send_self_probe(base, own_machine=False)
        except ProbeFailed as failure:
            return CheckResult("reach", False, _lost(failure.reason), {**details, "reason": failure.reason})
        if received:
            return CheckResult("reach", True, code, details)
        if site.is_filtered and status == FORBIDDEN:
            return CheckResult("reach", True, "reach_filtered", details)
        return CheckResult("reach", False, "reach_other", {**details, "status": status})

    async def _send_self_probe(self, base: str, *, own_machine: bool) -> tuple[bool, int]:
        """Send a callback-shaped request with a temporary key; say if our listener received it. Raises ProbeFailed."""
        with self._target.self_probe() as probe:
            url = f"{base}/xpay/{probe.key}?command=check&txn_id=doctor"
            status = await self._probe.get(url, timeout_s=PROBE_TIMEOUT_S, own_machine=own_machine)
            return probe.was_received(), status


def _fixed_address(site: CallbackEndpoint) -> CheckResult:
    code = "fixed_address_on" if site.takes_unaddressed else "fixed_address_off"
    return CheckResult("fixed_address", True, code, {"url": site.public_url or site.local_urls[0]})


def _lost(reason: str) -> str:
    """Return the code of a request that did not come back, by the reason of ProbeFailed."""
    return _CERTIFICATES.get(reason, "reach_certificate") if reason.startswith("certificate") else "reach_lost"


def _public_url(site: CallbackEndpoint) -> CheckResult:
    if site.public_url is not None:
        return CheckResult("public_url", True, "public_url_ok", {"url": site.public_url})
    return CheckResult("public_url", site.is_demo, "public_url_demo" if site.is_demo else "public_url_missing")


def _address(site: CallbackEndpoint) -> CheckResult:
    """Judge a literal IP address; a name is not looked up, since only the operator's resolver matters."""
    if site.is_demo:
        return CheckResult("address", True, "address_demo")
    if site.public_url is None:
        return CheckResult("address", False, "address_none")
    kind = host_kind(site.public_url)
    return CheckResult("address", kind in ("name", "public"), f"address_{kind}", {"url": site.public_url})
