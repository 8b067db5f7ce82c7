"""The doctor follows the way of a callback: the address that the operator is told, the port here, and back to us."""

from __future__ import annotations

from app.domain.errors import PortTaken
from app.domain.web_addresses import host_kind
from app.services.findings import Finding
from app.services.premises import CallbackSite, Premises, Probe, ProbeFailed

PROBE_S = 5.0
TURNED_AWAY = 403
_CERTIFICATES = {
    "certificate_expired": "reach_certificate_expired",
    "certificate_name": "reach_certificate_name",
}
"""By the reason of ProbeFailed; any other certificate is one that is not trusted."""


class CallbackWay:
    """Knocks at our own addresses with a key of the moment; only our listener can say that it heard it."""

    def __init__(self, premises: Premises, probe: Probe) -> None:
        self._premises = premises
        self._probe = probe
        self.answered_at: str | None = None
        """The address at which our running listener was found by `check`."""

    async def check(self) -> list[Finding]:
        """Return the findings about the listener, the public address, where it leads, and a request sent around."""
        site = self._premises.callback_site()
        found = [_public_url(site), _address(site), _fixed_address(site)]
        listener = await self._listener(site)
        self.answered_at = str(listener.details["address"]) if listener.ok else None
        if listener.code != "listener_nobody":
            return [listener, *found, await self._round_trip(site)]
        try:
            async with self._premises.stand_in():
                return [listener, *found, await self._round_trip(site)]
        except PortTaken:
            # It did not answer, but it holds the port.
            taken = Finding("listener", False, "listener_taken", listener.details)
            return [taken, *found, Finding("reach", False, "reach_untested")]

    async def _listener(self, site: CallbackSite) -> Finding:
        taken: Finding | None = None
        for base in site.local_urls:
            details: dict[str, object] = {"address": base, "port": site.port}
            try:
                came, status = await self._knock(base, own_machine=True)
            except ProbeFailed as failure:
                if failure.reason != "refused":
                    taken = taken or Finding("listener", False, "listener_taken", details)
                continue
            if came:
                return Finding("listener", True, "listener_ok", details)
            if site.is_filtered and status == TURNED_AWAY:
                return Finding("listener", True, "listener_filtered", details)
            taken = taken or Finding("listener", False, "listener_taken", details)
        return taken or Finding("listener", False, "listener_nobody", {"port": site.port})

    async def _round_trip(self, site: CallbackSite) -> Finding:
        """A request to our own public address must come back to us."""
        if site.public_url is None:
            if not site.is_demo:
                return Finding("reach", False, "reach_untested")
            base, code = site.local_urls[0], "reach_local"
        else:
            base, code = site.public_url, "reach_ok"
        details: dict[str, object] = {"url": base}
        try:
            came, status = await self._knock(base, own_machine=False)
        except ProbeFailed as failure:
            return Finding("reach", False, _lost(failure.reason), {**details, "reason": failure.reason})
        if came:
            return Finding("reach", True, code, details)
        if site.is_filtered and status == TURNED_AWAY:
            return Finding("reach", True, "reach_filtered", details)
        return Finding("reach", False, "reach_other", {**details, "status": status})

    async def _knock(self, base: str, *, own_machine: bool) -> tuple[bool, int]:
        """Send a callback-shaped request on a key of this moment; say if our listener saw it. Raises ProbeFailed."""
        with self._premises.knocking() as knock:
            url = f"{base}/xpay/{knock.key}?command=check&txn_id=doctor"
            status = await self._probe.get(url, timeout_s=PROBE_S, own_machine=own_machine)
            return knock.was_heard(), status


def _fixed_address(site: CallbackSite) -> Finding:
    code = "fixed_address_on" if site.takes_unaddressed else "fixed_address_off"
    return Finding("fixed_address", True, code, {"url": site.public_url or site.local_urls[0]})


def _lost(reason: str) -> str:
    """Return the code of a request that did not come back, by the reason of ProbeFailed."""
    return _CERTIFICATES.get(reason, "reach_certificate") if reason.startswith("certificate") else "reach_lost"


def _public_url(site: CallbackSite) -> Finding:
    if site.public_url is not None:
        return Finding("public_url", True, "public_url_ok", {"url": site.public_url})
    return Finding("public_url", site.is_demo, "public_url_demo" if site.is_demo else "public_url_missing")


def _address(site: CallbackSite) -> Finding:
    """Judge a literal IP address; a name is not looked up, since only the operator's resolver matters."""
    if site.is_demo:
        return Finding("address", True, "address_demo")
    if site.public_url is None:
        return Finding("address", False, "address_none")
    kind = host_kind(site.public_url)
    return Finding("address", kind in ("name", "public"), f"address_{kind}", {"url": site.public_url})
