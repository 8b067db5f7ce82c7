"""Adapters are joined to services here. Heavy rooms are imported where they are made."""

from __future__ import annotations

import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from app.bootstrap.home import PRIVATE_KEY_SECRET, Home, callback_base, missing_for_operator, operator_key_pem
from app.domain.errors import NotConfigured
from app.domain.ids import TransactionId
from app.lifecycle import Receiving, SystemClock, SystemEntropy
from app.services.intake import Intake, IntakeRules
from app.services.ports import (
    IncomingCallback,
    Ledger,
    LinkAnswer,
    LinkOrder,
    MalformedCallback,
    OperatorGateway,
    StatusAnswer,
)
from app.services.till import Till, TillRules
from app.services.watch import AskingRules, Watch
from app.settings.locks import FileLock
from app.settings.schema import TOKEN_SECRET

if TYPE_CHECKING:
    from app.listener.server import Listener

LEASE_MARGIN_S = 15.0


@dataclass(frozen=True, slots=True)
class Core:
    """What the faces of the program call."""

    home: Home
    ledger: Ledger
    operator: OperatorGateway
    till: Till
    watch: Watch
    clock: SystemClock
    entropy: SystemEntropy


@asynccontextmanager
async def open_core(home: Home, *, address: tuple[str, int] | None = None) -> AsyncIterator[Core]:
    """Open the ledger and join the services to it; closes in the opposite order. Raises StorageError.

    `address` is the listener's host and port where this process listens itself.
    """
    from app.storage.ledger import open_ledger

    ledger = open_ledger(home.paths.ledger_file)
    clock, entropy = SystemClock(), SystemEntropy()
    operator = make_operator(home, clock)
    try:
        till = Till(ledger, operator, clock, entropy, till_rules(home, address))
        watch = Watch(ledger, operator, clock, AskingRules(proves=home.settings.operator.asking_proves))
        yield Core(home, ledger, operator, till, watch, clock, entropy)
    finally:
        await operator.close()
        await ledger.close()


def make_operator(home: Home, clock: SystemClock) -> OperatorGateway:
    """Return the real client, or a stand-in that says what is not configured."""
    missing = missing_for_operator(home)
    if missing:
        return UnconfiguredOperator(missing)
    from app.operator_api.client import HttpxOperator
    from app.operator_api.mapping import OperatorSettings

    chosen = home.settings
    settings = OperatorSettings(
        url=chosen.operator.url,
        terminal_id=chosen.shop.terminal_id,
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

    async def create_link(self, order: LinkOrder) -> LinkAnswer:
        raise NotConfigured(setting=self._missing)

    async def ask_status(self, transaction_id: TransactionId) -> StatusAnswer:
        raise NotConfigured(setting=self._missing)

    async def close(self) -> None:
        """Nothing is open."""


def till_rules(home: Home, address: tuple[str, int] | None = None) -> TillRules:
    """Return what the settings say about links."""
    chosen = home.settings
    return TillRules(
        callback_base=callback_base(home, address),
        terminal_id=chosen.shop.terminal_id,
        payer_locale=chosen.shop.payer_locale,
        ttl=timedelta(minutes=chosen.till.ttl_minutes),
        max_amount_minor=chosen.till.max_amount_minor,
        lease=timedelta(seconds=chosen.operator.timeout_s + LEASE_MARGIN_S),
        mode=home.mode,
        owner=f"{socket.gethostname()}:{os.getpid()}",
    )


def refit(core: Core) -> Core:
    """Return the core with a new client and new rules for its home; the ledger stays open."""
    home = core.home
    operator = make_operator(home, core.clock)
    till = Till(core.ledger, operator, core.clock, core.entropy, till_rules(home))
    watch = Watch(core.ledger, operator, core.clock, AskingRules(proves=home.settings.operator.asking_proves))
    return replace(core, operator=operator, till=till, watch=watch)


class CallbackParser:
    """Reads callbacks with the operator's key of the home in use."""

    def __init__(self, home: Home) -> None:
        self.use(home)

    def use(self, home: Home) -> None:
        """Verify with this home's key from now on."""
        from app.operator_api.signature import SignatureVerifier

        self._verifier = SignatureVerifier(operator_key_pem(home))

    def __call__(self, query: str) -> IncomingCallback | MalformedCallback:
        from app.operator_api.callbacks import parse_callback

        return parse_callback(query, self._verifier)


def intake_rules(home: Home) -> IntakeRules:
    """Return what the settings say about callbacks."""
    return IntakeRules(accept_unsigned=home.settings.callbacks.signature == "optional")


def make_receiving(core: Core, host: str, port: int) -> tuple[Receiving, Listener]:
    """Return the part of the core that one process per home runs, and its listener; not bound yet."""
    from app.listener.server import Listener

    intake = Intake(core.ledger, core.clock, core.entropy, intake_rules(core.home))
    listener = Listener(intake, CallbackParser(core.home), host=host, port=port)
    lock = FileLock(core.home.paths.lock_file)
    receiving = Receiving(lock, listener, core.watch.ask_all, lambda: core.watch.resume_all(core.till))
    return receiving, listener
