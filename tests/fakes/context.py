"""A context for presenters under test: one loop, recorded toasts, answers set by the test."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from app.domain.errors import KeysExist, PaydeskError
from app.domain.ids import LinkKey, PaymentId, TransactionId
from app.i18n.texts import Texts
from app.services.bus import Bus
from app.services.checks.check_result import CheckResult
from app.services.core_api import Health
from app.services.day.shop_days import ShopDays
from app.services.history.history import ShopHours
from app.services.history.settlement import ManualSettlement
from app.services.ports.ledger import Ledger
from app.services.refunds.refunds import RefundPolicy, Refunds
from app.services.sales.till import Till
from app.services.status.status_inquiry import InquiryPolicy, StatusInquiry
from app.services.status.status_poller import StatusPoller
from app.ui.context import CoreConnection, Question, ShopFacts, UiContext
from tests.builders import till_policy
from tests.fakes.clock_and_operator import FakeClock, ScriptedOperator


class InlineBridge:
    """Core and window on one loop."""

    async def query(self, work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        return await work()

    async def command(self, work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        return await work()

    def to_window(self, listener: Callable[[Any], None]) -> Callable[[Any], None]:
        return listener


@dataclass
class FakeNotices:
    toasts: list[tuple[str, str]] = field(default_factory=list)

    def toast(self, text: str, tone: str = "ended") -> None:
        self.toasts.append((text, tone))


@dataclass
class FakeDesktopServices:
    """`confirms` answers every confirmation; calls are recorded."""

    confirms: bool = True
    has_browser: bool = True
    copied: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    asked: list[Question] = field(default_factory=list)
    saved: list[tuple[str, str]] = field(default_factory=list)
    chosen_file: Path | None = None

    def copy(self, text: str) -> None:
        self.copied.append(text)

    def open_address(self, url: str) -> bool:
        self.opened.append(url)
        return self.has_browser

    async def confirm(self, question: Question) -> bool:
        self.asked.append(question)
        return self.confirms

    async def choose_file(self, title: str, pattern: str) -> Path | None:
        return self.chosen_file

    async def save_path(self, title: str, name: str) -> Path | None:
        return self.chosen_file

    async def save_text(self, title: str, name: str, text: str) -> Path | None:
        self.saved.append((name, text))
        return Path(name)


class CountingEntropy:
    """Readable, predictable ids."""

    def __init__(self) -> None:
        self._count = 0

    def _next(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}{self._count:04d}"

    def link_key(self) -> LinkKey:
        return LinkKey(self._next("key-of-a-link-"))

    def payment_id(self) -> PaymentId:
        return PaymentId(self._next("p"))

    def transaction_id(self) -> TransactionId:
        return TransactionId(self._next("t"))

    def nonce(self) -> str:
        return self._next("n")


@dataclass
class FakePreferences:
    stored: dict[str, object] = field(default_factory=dict)
    key: dict[str, str] | None = None
    missing_setting: str | None = None

    def values(self) -> dict[str, object]:
        return self.stored

    def missing(self) -> str | None:
        return self.missing_setting

    async def change(self, values: dict[str, str]) -> None:
        self.stored.update(values)

    def public_key(self) -> dict[str, str] | None:
        return self.key

    async def make_keys(self) -> None:
        if self.key is not None:
            raise KeysExist()
        self.key = {"public_key_pem": "PEM", "fingerprint": "aa:bb", "stored_in": "keyring"}

    async def import_key(self, path: Path, *, replace: bool = False) -> None:
        if self.key is not None and not replace:
            raise KeysExist(reason="import")
        self.key = None
        await self.make_keys()


@dataclass
class FakeViewChoices:
    kept: dict[str, str] = field(default_factory=dict)

    async def get(self, name: str) -> str | None:
        return self.kept.get(name)

    async def keep(self, name: str, text: str) -> None:
        self.kept[name] = text


class FakeDoctor:
    """Returns the check results in `findings`, or raises `refusal` if set; waits for `gate` first if set."""

    def __init__(self) -> None:
        self.findings: list[CheckResult] = [CheckResult("settings", True, "settings_ok")]
        self.refusal: PaydeskError | None = None
        self.gate: asyncio.Event | None = None
        self.run_count = 0
        self.connection: list[CheckResult] = [CheckResult("operator", True, "operator_ok", {"ms": 184})]
        self.connections_checked = 0

    async def check_connection(self) -> list[CheckResult]:
        self.connections_checked += 1
        if self.gate is not None:
            await self.gate.wait()
        if self.refusal is not None:
            raise self.refusal
        return self.connection

    async def run_checks(self) -> list[CheckResult]:
        self.run_count += 1
        if self.gate is not None:
            await self.gate.wait()
        if self.refusal is not None:
            raise self.refusal
        return self.findings


class ContextHours:
    """The hours of a shop whose settings a test may change."""

    def __init__(self, context: UiContext) -> None:
        self._context = context

    @property
    def timezone(self) -> str:
        return self._context.shop.timezone

    @property
    def day_starts_at(self) -> str:
        return self._context.shop.day_starts_at


class FakeCoreApi:
    """The real till and status poller on a ledger and an operator that the test passes."""

    def __init__(self, ledger: Ledger, operator: ScriptedOperator, clock: FakeClock) -> None:
        entropy = CountingEntropy()
        self.ledger = ledger
        self.operator = operator
        self.clock = clock
        self.till = Till(ledger, operator, clock, entropy, till_policy)
        self.status_inquiry = StatusInquiry(
            ledger, operator, clock, lambda: InquiryPolicy(proves=True, mode="demo"), self._wait
        )
        self.status_poller = StatusPoller(ledger, self.status_inquiry, clock)
        self.refunds = Refunds(
            ledger, operator, clock, entropy, lambda: RefundPolicy(timedelta(seconds=45), "demo", "1")
        )
        self.settlement = ManualSettlement(ledger, clock, entropy)
        self.hours: ShopHours = ShopFacts()
        self.doctor = FakeDoctor()
        self.bus = Bus(ledger)
        self.preferences = FakePreferences()
        self.view_choices = FakeViewChoices()
        self.is_demo = True
        self.state = Health()

    @property
    def days(self) -> ShopDays:
        return ShopDays(self.ledger, self.clock, lambda: self.hours)

    async def _wait(self, seconds: float) -> None:
        self.clock.pass_time(seconds=seconds)

    def health(self) -> Health:
        return self.state

    def on_settings_changed(self, listener: Callable[[], None]) -> None:
        """Nothing changes them here but the test."""

    def on_health_changed(self, listener: Callable[[], None]) -> None:
        """Never notify."""


def make_context(
    ledger: Ledger | None = None, operator: ScriptedOperator | None = None, *, language: str = "en", **shop: Any
) -> UiContext:
    """Return a context; without a ledger the core is not running. `context.core.api` is the FakeCoreApi."""
    clock = FakeClock()
    facts = ShopFacts(**{"presets": (5000, 10000, 20000, 50000), "name": "Demo shop", **shop})
    context = UiContext(
        texts=Texts("uk" if language == "uk" else "en"),
        notices=FakeNotices(),
        desktop=FakeDesktopServices(),
        now=clock.now,
        shop=facts,
    )
    if ledger is not None:
        api = FakeCoreApi(ledger, operator or ScriptedOperator(), clock)
        api.hours = ContextHours(context)
        context.core = CoreConnection(api, InlineBridge())  # type: ignore[arg-type]
    return context
