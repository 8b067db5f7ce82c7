"""The doctor of one home in its current state, and the temporary listener for its callback test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from datetime import timedelta

from app.bootstrap.core import make_operator
from app.bootstrap.home import Home, last_listener_base, listener_base
from app.bootstrap.listening import ListenerFactory, TemporaryReceiver
from app.bootstrap.setup import as_error, own_key_fingerprint, show_key
from app.domain.errors import NotConfigured, SettingBad
from app.domain.web_addresses import scheme_of
from app.services.checks.diagnostics_target import CallbackEndpoint, Certificate, LedgerReport, OperatorKey, SelfProbe
from app.services.checks.doctor import Doctor
from app.services.ports.operator_gateway import OperatorGateway
from app.settings.file import SettingsFile
from app.settings.home.marker import HomeMarker
from app.settings.home.self_probe import self_probe
from app.settings.schema import TOKEN_SECRET
from app.system import SystemClock

RECENT = timedelta(days=1)
"""Payments changed within this time are compared with their journal; `rebuild --check` compares all."""


class LazyProbe:
    """The port `Probe`; its library is loaded on first use."""

    async def get(self, url: str, *, timeout_s: float, own_machine: bool) -> int:
        from app.operator_api.probe import HttpxProbe

        return await HttpxProbe().get(url, timeout_s=timeout_s, own_machine=own_machine)

    async def certificate(self, url: str, *, timeout_s: float) -> Certificate:
        from app.operator_api.probe import HttpxProbe

        return await HttpxProbe().certificate(url, timeout_s=timeout_s)


class HomeDiagnostics:
    """Implements `services.checks.diagnostics_target.DiagnosticsTarget`. `operator` may refuse."""

    def __init__(self, home: Callable[[], Home], operator: Callable[[], OperatorGateway]) -> None:
        self._home = home
        self.operator = operator

    def setting_problems(self) -> tuple[SettingBad, ...]:
        file = SettingsFile(self._home().paths.settings_file)
        file.peek()  # as it is now: of a bad one the settings of before are in use
        return tuple(map(as_error, file.problems))

    def key_fingerprint(self) -> str | None:
        try:
            return show_key(self._home())["fingerprint"]
        except NotConfigured:
            return None

    def has_token(self) -> bool:
        return bool(self._home().secrets.get(TOKEN_SECRET))

    def operator_keys(self) -> Sequence[OperatorKey]:
        from app.operator_api.key_files import describe_keys

        return describe_keys(self._home().settings.operator, own_key_fingerprint(self._home()))

    async def inspect_ledger(self) -> LedgerReport:
        return await asyncio.to_thread(self._inspect)

    def _inspect(self) -> LedgerReport:
        from app.storage.integrity.checkup import check_ledger_file

        home = self._home()
        marker = HomeMarker(home.paths)
        given, ledger_expected = (
            marker.last_number(),
            marker.had_ledger(),
        )  # before the file: a sale may happen in between
        seen = check_ledger_file(home.paths.ledger_file, SystemClock().now() - RECENT, ledger_expected=ledger_expected)
        return LedgerReport(
            damage=seen.damage,
            last_callback_at=seen.last_callback_at,
            unmatched_at=seen.unmatched_at,
            named=seen.named,
            newest_number=seen.newest_number,
            given_number=given,
            mode=seen.mode,
            settings_mode=home.mode,
        )

    def callback_endpoint(self) -> CallbackEndpoint:
        home = self._home()
        chosen = home.settings.callbacks
        configured = listener_base(home, (chosen.host, chosen.port))
        # A listener may use another port than the settings: its recorded address comes first.
        noted = last_listener_base(home) or configured
        places = dict.fromkeys((noted, configured))
        return CallbackEndpoint(
            local_urls=tuple(places),
            port=chosen.port,
            public_url=chosen.public_url.rstrip("/") or None,
            is_demo=home.settings.operator.is_demo,
            takes_unaddressed=chosen.fixed_address,
            is_filtered=bool(chosen.allowed_addresses),
            tls_is_for_next_start=scheme_of(noted) != scheme_of(configured),
        )

    def certificate(self) -> Certificate | None:
        chosen = self._home().settings.callbacks
        if not chosen.has_tls:
            return None
        from app.settings.tls_files import stored_certificate

        return stored_certificate(chosen.tls_certificate_file, chosen.tls_key_file)

    def self_probe(self) -> AbstractContextManager[SelfProbe]:
        return self_probe(self._home().paths.home)

    @asynccontextmanager
    async def temporary_listener(self) -> AsyncIterator[None]:
        chosen = self._home().settings.callbacks
        listener = ListenerFactory(self._home, TemporaryReceiver()).make(chosen.host, chosen.port)
        await listener.start()
        try:
            yield
        finally:
            await listener.stop()


def make_doctor(home: Callable[[], Home], operator: Callable[[], OperatorGateway]) -> Doctor:
    """Return the doctor of a home that may change, with the client in use at the time of a check."""
    return Doctor(HomeDiagnostics(home, operator), LazyProbe(), SystemClock())


@asynccontextmanager
async def open_doctor(home: Home) -> AsyncIterator[Doctor]:
    """Return a doctor for a home not otherwise used by this process; its ledger may be damaged."""
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
