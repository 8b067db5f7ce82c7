"""The services of one home, wired to the operator's client and the ledger; the current settings, which may change."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from app.bootstrap.home import Home, HomeLedger, callback_base, open_home_ledger
from app.bootstrap.setup import PRIVATE_KEY_SECRET, SECRETS, operator_key_pem, setup_problem
from app.domain.errors import BadKey, SettingBad
from app.services.checks.storage_health import StorageHealth
from app.services.day.shop_days import ShopDays
from app.services.history.settlement import ManualSettlement
from app.services.ledger_mode import ModeBoundOperator, ModeCheck
from app.services.ports.clock import Clock
from app.services.ports.ledger import Ledger
from app.services.ports.operator_gateway import OperatorGateway
from app.services.refunds.refunds import RefundPolicy, Refunds
from app.services.sales.till import Till, TillPolicy
from app.services.statement.statements import Statements
from app.services.status.status_inquiry import InquiryPolicy, StatusInquiry
from app.services.status.status_poller import StatusPoller
from app.services.unconfigured_operator import UnconfiguredOperator
from app.settings.schema import TOKEN_SECRET
from app.system import SystemClock, SystemEntropy

if TYPE_CHECKING:
    from app.operator_api.mapping import OperatorSettings

IN_FLIGHT_MARGIN_S = 15.0
"""Seconds after the operator's timeout during which a request still counts as in flight."""
log = logging.getLogger(__name__)


class CurrentSettings:
    """The settings of a core, and the client made from them. Users read them here each time.

    One per core; used on its loop only.
    """

    def __init__(self, home: Home, clock: Clock) -> None:
        self._clock = clock
        self.home = home
        self._basis = client_basis(home)
        self.client = make_client(self._basis, clock)
        self.listener_base: str | None = None
        """`http[s]://HOST:PORT` where this process receives callbacks."""
        self._read_home = home
        self.setting_problems = home.file.problems
        """What is wrong with the file now, whether or not the settings in use are read from it."""
        self._on_change: list[Callable[[], None]] = []

    async def change(self, home: Home) -> None:
        """Work with changed settings from now on. The old client closes when its requests have ended.

        A client whose own settings are the same stays, and with it what is known of the operator.
        """
        basis = client_basis(home)
        if basis != self._basis:
            client = make_client(basis, self._clock)
            # Together: nothing may leave through the client of one mode while the other mode is checked.
            self.home, old, self.client, self._basis = home, self.client, client, basis
            await old.retire()
        if home is not self._read_home:  # the same one comes again when the secrets can be read
            self._read_home, self.setting_problems = home, home.file.problems
        self.home = home
        for listener in self._on_change:
            listener()

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call this listener, on the core's loop, after every change."""
        self._on_change.append(listener)

    @property
    def lacks_secrets(self) -> bool:
        """Say whether keys and token could not be read when the client was made."""
        return isinstance(self.client, UnconfiguredOperator) and self.client.missing == SECRETS

    def till_policy(self) -> TillPolicy:
        return till_policy(self.home, self.listener_base)

    def inquiry_policy(self) -> InquiryPolicy:
        return InquiryPolicy(proves=self.home.settings.operator.inquiry_proves, mode=self.home.mode)

    def refund_policy(self) -> RefundPolicy:
        chosen = self.home.settings
        return RefundPolicy(_in_flight(self.home), self.home.mode, chosen.shop.terminal_id)


@dataclass(frozen=True, slots=True)
class Core:
    """The services used by the window and the command line. Made once, they live as long as the ledger is open."""

    current: CurrentSettings
    ledger: Ledger
    operator: OperatorGateway
    till: Till
    status_inquiry: StatusInquiry
    status_poller: StatusPoller
    refunds: Refunds
    settlement: ManualSettlement
    statements: Statements
    days: ShopDays
    clock: SystemClock
    entropy: SystemEntropy
    storage: StorageHealth
    """Monitored by the long-running processes: the window and `listen`."""

    @property
    def home(self) -> Home:
        return self.current.home


@asynccontextmanager
async def open_core(home: Home) -> AsyncIterator[Core]:
    """Open the ledger and wire the services to it; closes in reverse order. Raises StorageError."""
    entropy = SystemEntropy()
    async with AsyncExitStack() as opened:
        access = await opened.enter_async_context(open_home_ledger(home))
        ledger, clock = access.ledger, access.clock
        current = CurrentSettings(home, clock)
        operator = ModeBoundOperator(lambda: current.client, ModeCheck(ledger, lambda: current.home.mode))
        opened.push_async_callback(operator.close)
        watch = StatusInquiry(ledger, operator, clock, current.inquiry_policy)
        yield Core(
            current=current,
            ledger=ledger,
            operator=operator,
            till=Till(ledger, operator, clock, entropy, current.till_policy),
            status_inquiry=watch,
            status_poller=StatusPoller(ledger, watch, clock),
            refunds=Refunds(ledger, operator, clock, entropy, current.refund_policy),
            settlement=ManualSettlement(ledger, clock, entropy),
            statements=Statements(ledger.statement_store(), operator, clock),
            days=ShopDays(ledger, clock, lambda: current.home.settings.shop),
            clock=clock,
            entropy=entropy,
            storage=_storage_health(access),
        )


def _storage_health(access: HomeLedger) -> StorageHealth:
    """Return the health monitor of a ledger; its file is checked only after an unclean process end."""
    if not access.process_marker.was_unclean:
        return StorageHealth(access.ledger)
    from app.storage.integrity.check import BackgroundCheck

    check = BackgroundCheck(access.home.paths.ledger_file, access.clock, on_sound=access.process_marker.clear_stale)
    return StorageHealth(access.ledger, check)


@dataclass(frozen=True, slots=True)
class ClientBasis:
    """All that a client is made of; equal ones make equal clients."""

    settings: OperatorSettings
    private_pem: str = field(repr=False)
    token: str = field(repr=False)
    operator_pem: str


def client_basis(home: Home) -> ClientBasis | str:
    """Return what the real client is made of, or what is missing for one. Raises SettingBad."""
    missing = setup_problem(home)
    if missing:
        return missing
    from app.operator_api.mapping import OperatorSettings

    chosen = home.settings
    settings = OperatorSettings(
        url=chosen.operator.url,
        locale=chosen.shop.payer_locale,
        timeout_s=chosen.operator.timeout_s,
        ttl_value=chosen.operator.ttl_value or None,
        success_url=chosen.callbacks.success_url or None,
        fail_url=chosen.callbacks.fail_url or None,
    )
    private_pem = home.secrets.get(PRIVATE_KEY_SECRET) or ""
    token = home.secrets.get(TOKEN_SECRET) or ""
    return ClientBasis(settings, private_pem, token, operator_key_pem(home) or "")


def make_operator(home: Home, clock: Clock) -> OperatorGateway:
    """Return the real client, or a stand-in that says what is not configured."""
    return make_client(client_basis(home), clock)


def make_client(basis: ClientBasis | str, clock: Clock) -> OperatorGateway:
    """Return the client of a basis, or of what is missing or cannot be used: that stops requests, and nothing else."""
    if isinstance(basis, str):
        return UnconfiguredOperator(basis)
    from app.operator_api.client import HttpxOperator

    try:
        return HttpxOperator(basis.settings, basis.private_pem, basis.token, basis.operator_pem, clock)
    except (SettingBad, BadKey) as refusal:
        log.warning("no requests to the operator: %s", refusal)
        return UnconfiguredOperator(str(refusal.details.get("key", "keys")))


def till_policy(home: Home, running: str | None = None) -> TillPolicy:
    """Return the settings of links; `running` as for `callback_base`."""
    chosen = home.settings
    return TillPolicy(
        callback_base=callback_base(home, running),
        terminal_id=chosen.shop.terminal_id,
        payer_locale=chosen.shop.payer_locale,
        ttl=timedelta(minutes=chosen.till.ttl_minutes),
        max_amount_minor=chosen.till.max_amount_minor,
        lease=_in_flight(home),
        mode=home.mode,
        owner=f"{socket.gethostname()}:{os.getpid()}",
    )


def _in_flight(home: Home) -> timedelta:
    return timedelta(seconds=home.settings.operator.timeout_s + IN_FLIGHT_MARGIN_S)
