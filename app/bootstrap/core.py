"""Adapters are joined to services here. Heavy rooms are imported where they are made."""

from __future__ import annotations

import os
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from app.bootstrap.actions import make_refunds
from app.bootstrap.doctor import make_doctor
from app.bootstrap.health import make_storage_health
from app.bootstrap.home import (
    PRIVATE_KEY_SECRET,
    Home,
    callback_base,
    hindrance,
    operator_key_pem,
)
from app.bootstrap.home_ledger import open_home_ledger
from app.domain.errors import NotConfigured
from app.domain.ids import TransactionId
from app.services.doctor import Doctor
from app.services.health_check import StorageHealth
from app.services.ledger_mode import ModeBoundOperator, ModeCheck
from app.services.ports import (
    ConnectionReport,
    Ledger,
    LinkAnswer,
    LinkOrder,
    OperatorGateway,
    RefundAnswer,
    RefundOrder,
    StatusAnswer,
)
from app.services.refunds import Refunds
from app.services.settle import Settling
from app.services.statement_lines import Statement
from app.services.statements import Statements
from app.services.till import Till, TillRules
from app.services.watch import AskingRules, Watch
from app.services.watcher import Watcher
from app.settings.schema import TOKEN_SECRET
from app.system import SystemClock, SystemEntropy

LEASE_MARGIN_S = 15.0


@dataclass(frozen=True, slots=True)
class Core:
    """What the faces of the program call."""

    home: Home
    ledger: Ledger
    operator: OperatorGateway
    till: Till
    watch: Watch
    watcher: Watcher
    refunds: Refunds
    settling: Settling
    doctor: Doctor
    statements: Statements
    clock: SystemClock
    entropy: SystemEntropy
    storage: StorageHealth
    """Watched by the processes that stay: the window and `listen`."""


@asynccontextmanager
async def open_core(home: Home) -> AsyncIterator[Core]:
    """Open the ledger and join the services to it; closes in the opposite order. Raises StorageError."""
    entropy = SystemEntropy()
    async with AsyncExitStack() as opened:
        access = await opened.enter_async_context(open_home_ledger(home))
        ledger, clock = access.ledger, access.clock
        asking = _fit(home, ledger, clock, entropy)
        opened.push_async_callback(asking.operator.close)
        yield Core(
            home=home,
            ledger=ledger,
            watcher=Watcher(ledger, asking.watch, clock),
            settling=Settling(ledger, clock, entropy),
            statements=Statements(ledger.statement_book(), asking.operator, clock),
            clock=clock,
            entropy=entropy,
            storage=make_storage_health(home, ledger, access.presence, clock),
            **asking._asdict(),
        )


class _Asking(NamedTuple):
    """The client and the services that ask through it."""

    operator: OperatorGateway
    till: Till
    watch: Watch
    refunds: Refunds
    doctor: Doctor


def _fit(home: Home, ledger: Ledger, clock: SystemClock, entropy: SystemEntropy) -> _Asking:
    operator = ModeBoundOperator(make_operator(home, clock), ModeCheck(ledger, home.mode))
    rules = AskingRules(proves=home.settings.operator.asking_proves, mode=home.mode)
    return _Asking(
        operator=operator,
        till=Till(ledger, operator, clock, entropy, till_rules(home)),
        watch=Watch(ledger, operator, clock, rules),
        refunds=make_refunds(home, ledger, operator, clock, entropy),
        doctor=make_doctor(lambda: home, lambda: operator),
    )


def refit(core: Core) -> Core:
    """Return the core with a new client and new rules for its home; the ledger stays open."""
    asking = _fit(core.home, core.ledger, core.clock, core.entropy)
    core.watcher.use(asking.watch)
    core.statements.use(asking.operator)
    return replace(core, **asking._asdict())


def make_operator(home: Home, clock: SystemClock) -> OperatorGateway:
    """Return the real client, or a stand-in that says what is not configured."""
    missing = hindrance(home)
    if missing:
        return UnconfiguredOperator(missing)
    from app.operator_api.client import HttpxOperator
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
    return HttpxOperator(settings, private_pem, token, operator_key_pem(home) or "", clock)


class UnconfiguredOperator:
    """The gateway of a home that cannot talk to the operator yet: every call says what is missing."""

    def __init__(self, missing: str) -> None:
        self._missing = missing
        self.last_answer_at: datetime | None = None
        self.last_latency_ms: float | None = None
        self.problem: str | None = None

    async def create_link(self, order: LinkOrder) -> LinkAnswer:
        raise NotConfigured(setting=self._missing)

    async def ask_status(self, transaction_id: TransactionId, terminal_id: str) -> StatusAnswer:
        raise NotConfigured(setting=self._missing)

    async def refund(self, order: RefundOrder) -> RefundAnswer:
        raise NotConfigured(setting=self._missing)

    async def test_connection(self) -> ConnectionReport:
        raise NotConfigured(setting=self._missing)

    async def statement(self, start: datetime, end: datetime) -> Statement:
        raise NotConfigured(setting=self._missing)

    async def retire(self) -> None:
        """Nothing is out."""

    async def close(self) -> None:
        """Nothing is open."""


def till_rules(home: Home) -> TillRules:
    """Return what the settings say about links; whoever listens then says where (`Till.receive_at`)."""
    chosen = home.settings
    return TillRules(
        callback_base=callback_base(home),
        terminal_id=chosen.shop.terminal_id,
        payer_locale=chosen.shop.payer_locale,
        ttl=timedelta(minutes=chosen.till.ttl_minutes),
        max_amount_minor=chosen.till.max_amount_minor,
        lease=timedelta(seconds=chosen.operator.timeout_s + LEASE_MARGIN_S),
        mode=home.mode,
        owner=f"{socket.gethostname()}:{os.getpid()}",
    )
