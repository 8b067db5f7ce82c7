"""Presenter of the shell: shop, clock, and the health of the operator connection and the callbacks. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from app.domain.errors import HomeTaken, OperatorRefused, SettingBad, StorageError
from app.domain.text.plain_text import one_line
from app.i18n.formats import second_text, time_text, weekday_text
from app.services.core_api import Health
from app.services.ports.ledger import PaymentFilter
from app.ui.context import UiContext
from app.ui.presenter import Presenter
from app.ui.shell.state import Chip, ShellState

READ_EVERY = timedelta(seconds=5)
LATELY = timedelta(hours=1)
"""So long an answer or a callback proves that the way is open."""
NOT_KNOWN, PROVEN, UNREACHABLE, REFUSED = "ended", "paid", "attention", "failed"


class ShellPresenter(Presenter[ShellState]):
    """Reads the core's health every few seconds and on every `load`."""

    def __init__(self, context: UiContext, show: Callable[[ShellState], None]) -> None:
        super().__init__("shell", context, show)
        self._health = Health()
        self._attention_count = 0
        self._read_at = context.now()

    def state(self) -> ShellState:
        context, zone = self._context, self._context.shop.zone
        return ShellState(
            shop=one_line(context.shop.name),
            date=weekday_text(self._now, zone, self._texts),
            clock=time_text(self._now, zone),
            no_real_money=self._no_real_money(),
            problem=context.core_problem or self._storage_problem() or self._setting_problem(),
            attention_count=self._attention_count,
            attention=self._texts.n(
                "{n} payment needs attention", "{n} payments need attention", self._attention_count
            ),
            operator=self._operator(),
            callbacks=self._callbacks(),
        )

    def load(self) -> None:
        if self._context.core is not None:
            self._read_at = self._now
            self._tasks.start_again("health", self._read)
            self._tasks.start_again("attention", self._count_attention)
        self.refresh()

    def on_tick(self) -> None:
        if self._now - self._read_at >= READ_EVERY:
            self.load()
        self.refresh()

    async def _read(self) -> None:
        async def health() -> Health:
            return self._api.health()

        self._health = await self._query(health)
        self.refresh()

    async def _count_attention(self) -> None:
        wanted = PaymentFilter(now=self._now, attention=True, limit=0)
        with suppress(StorageError):  # the page in front says what is wrong with the data; the count stays
            self._attention_count = (await self._query(lambda: self._api.ledger.totals(wanted))).count
            self.refresh()

    def _no_real_money(self) -> str:
        if self._context.shop.is_demo:
            return self._texts.say("DEMO: the money is not real")
        return self._texts.say("TEST: the money is not real") if self._context.shop.is_test else ""

    def _storage_problem(self) -> str:
        code = self._health.storage_problem
        return self._texts.problem(code) if code else ""

    def _setting_problem(self) -> str:
        problems = self._health.setting_problems
        return self._texts.error(problems[0]) if problems else ""

    def _operator(self) -> Chip:
        """Grey: not asked; green: answered lately; amber: cannot be reached; red: refuses this desk."""
        say, health, word = self._texts.say, self._health, self._texts.say("Operator")
        if self._context.shop.missing:
            return Chip(word, NOT_KNOWN, say("Not connected yet: see the settings."))
        if health.operator_problem:
            tone = REFUSED if health.operator_problem.startswith(OperatorRefused.code) else UNREACHABLE
            return Chip(word, tone, self._texts.problem(health.operator_problem))
        if health.operator_answered_at is None:
            return Chip(word, NOT_KNOWN, say("The operator was not asked yet."))
        at = second_text(health.operator_answered_at, self._context.shop.zone)
        took = round(health.operator_latency_ms or 0)
        tone = PROVEN if self._is_lately(health.operator_answered_at) else NOT_KNOWN
        return Chip(word, tone, say("Answered at {time}, in {ms} ms.", time=at, ms=took))

    def _callbacks(self) -> Chip:
        """Grey: none came yet; green: one came lately, or the check-up's own; amber: cannot arrive; red: refused."""
        say, health, word = self._texts.say, self._health, self._texts.say("Callbacks")
        if health.listener_problem == HomeTaken.code:
            return Chip(word, NOT_KNOWN, say("Another Paydesk receives callbacks for this home."))
        if health.listener_problem == SettingBad.code and health.listener_setting is not None:
            return Chip(word, REFUSED, self._texts.error(health.listener_setting))
        if health.listener_problem:
            return Chip(word, REFUSED, self._texts.problem(health.listener_problem, port=health.listener_port))
        if health.listener_address is None:
            return Chip(word, NOT_KNOWN, say("Not receiving yet."))
        if self._is_lately(health.callback_at):  # whatever the check-up finds: they do arrive
            return Chip(word, PROVEN, self._receiving())
        if health.reach_problem == "no_public_address":
            return Chip(word, UNREACHABLE, say("No public address is set: XPAY cannot call this computer."))
        if health.reach_problem:
            return Chip(word, UNREACHABLE, say("The check-up could not reach the public address from outside."))
        return Chip(word, PROVEN if self._is_lately(health.reached_at) else NOT_KNOWN, self._receiving())

    def _receiving(self) -> str:
        say, health, zone = self._texts.say, self._health, self._context.shop.zone
        last = say("No callback yet.")
        if health.callback_at:
            last = say("Last callback at {time}.", time=second_text(health.callback_at, zone))
        return f"{say('Received at {address}.', address=health.listener_address)} {last}"

    def _is_lately(self, at: datetime | None) -> bool:
        return at is not None and abs(self._now - at) <= LATELY
