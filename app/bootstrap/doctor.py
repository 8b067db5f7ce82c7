"""The doctor's eyes: one home as it is now, the listener that stands in for a test, and the ear of every listener."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from app.bootstrap.home import Home, operator_key_pem, remembered_address, show_key
from app.domain.errors import NotConfigured, SettingBad
from app.domain.ids import LinkKey
from app.lifecycle import SystemClock
from app.services.doctor import Doctor
from app.services.intake import COME_AGAIN, UNKNOWN_KEY, Reply
from app.services.ports import IncomingCallback, MalformedCallback, OperatorGateway
from app.services.premises import CallbackSite, Knock, LedgerReport
from app.settings.knocks import heard, knocking
from app.settings.schema import TOKEN_SECRET

if TYPE_CHECKING:
    from app.listener.routes import Receiver

RECENT = timedelta(days=1)
"""Payments that changed within this time are compared with their journal; all of them is `rebuild --check`."""


class Hearing:
    """A listener's receiver that first lets the doctor know of his own requests; they never reach the ledger.

    Nothing else reaches it, and must come again, while `may_believe` says no.
    """

    def __init__(self, home: Home, receiver: Receiver, may_believe: Callable[[], bool] = lambda: True) -> None:
        self._folder = home.paths.home
        self._receiver = receiver
        self._may_believe = may_believe

    async def receive(self, key: LinkKey, incoming: IncomingCallback | MalformedCallback) -> Reply:
        if heard(self._folder, key):
            return UNKNOWN_KEY
        if not self._may_believe():
            return COME_AGAIN
        return await self._receiver.receive(key, incoming)


class _ComeAgain:
    """Answers for a listener that only stands in: a genuine callback must come again, not get lost."""

    async def receive(self, key: LinkKey, incoming: IncomingCallback | MalformedCallback) -> Reply:
        return COME_AGAIN


class LateProbe:
    """The port `Probe`; its library is loaded when the doctor first needs it."""

    async def get(self, url: str, *, timeout_s: float, own_machine: bool) -> int:
        from app.operator_api.probe import HttpxProbe

        return await HttpxProbe().get(url, timeout_s=timeout_s, own_machine=own_machine)


class HomePremises:
    """Implements `services.premises.Premises`. `operator` may refuse: secrets that cannot be read, say."""

    def __init__(self, home: Callable[[], Home], operator: Callable[[], OperatorGateway]) -> None:
        self._home = home
        self.operator = operator

    def setting_problems(self) -> tuple[SettingBad, ...]:
        found = self._home().file.problems
        return tuple(SettingBad(key=problem.key, line=problem.line, reason=problem.reason) for problem in found)

    def key_fingerprint(self) -> str | None:
        try:
            return show_key(self._home())["fingerprint"]
        except NotConfigured:
            return None

    def has_token(self) -> bool:
        return bool(self._home().secrets.get(TOKEN_SECRET))

    def has_operator_key(self) -> bool:
        return operator_key_pem(self._home()) is not None

    async def inspect_ledger(self) -> LedgerReport:
        return await asyncio.to_thread(self._inspect)

    def _inspect(self) -> LedgerReport:
        from app.storage.checkup import check_up

        seen = check_up(self._home().paths.ledger_file, SystemClock().now() - RECENT)
        return LedgerReport(seen.doubt, seen.last_callback_at, seen.strays, seen.mode, self._home().mode)

    def callback_site(self) -> CallbackSite:
        home = self._home()
        chosen = home.settings.callbacks
        configured = (chosen.host, chosen.port)
        scheme = "https" if chosen.tls_certificate_file else "http"
        # A listener may have been told another port than the settings': its own note comes first.
        places = dict.fromkeys(_base(scheme, *place) for place in (remembered_address(home) or configured, configured))
        return CallbackSite(
            local_urls=tuple(places),
            port=chosen.port,
            public_url=chosen.public_url.rstrip("/") or None,
            is_demo=home.settings.operator.is_demo,
            is_filtered=bool(chosen.allowed_addresses),
        )

    def certificate_end(self) -> datetime | None:
        chosen = self._home().settings.callbacks
        if not chosen.tls_certificate_file and not chosen.tls_key_file:
            return None
        from app.operator_api.probe import certificate_end

        return certificate_end(chosen.tls_certificate_file, chosen.tls_key_file)

    def knocking(self) -> AbstractContextManager[Knock]:
        return knocking(self._home().paths.home)

    @asynccontextmanager
    async def stand_in(self) -> AsyncIterator[None]:
        from app.bootstrap.receiving import CallbackParser, listener_rules
        from app.listener.server import Listener

        home = self._home()
        chosen = home.settings.callbacks
        receiver = Hearing(home, _ComeAgain())
        rules = listener_rules(home)
        listener = Listener(receiver, CallbackParser(home), host=chosen.host, port=chosen.port, rules=rules)
        await listener.start()
        try:
            yield
        finally:
            await listener.stop()


def make_doctor(home: Callable[[], Home], operator: Callable[[], OperatorGateway]) -> Doctor:
    """Return the doctor of a home that may change, with the client that is in use at the time."""
    return Doctor(HomePremises(home, operator), LateProbe(), SystemClock())


@asynccontextmanager
async def open_doctor(home: Home) -> AsyncIterator[Doctor]:
    """Return a doctor for a home that nothing else of this process works with: its ledger may be damaged."""
    from app.bootstrap.core import make_operator

    made: list[OperatorGateway] = []

    def operator() -> OperatorGateway:
        if not made:
            made.append(make_operator(home, SystemClock()))
        return made[0]

    try:
        yield make_doctor(lambda: home, operator)
    finally:
        for client in made:
            await client.close()


def _base(scheme: str, host: str, port: int) -> str:
    if host in ("", "0.0.0.0", "::"):
        host = "127.0.0.1"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
