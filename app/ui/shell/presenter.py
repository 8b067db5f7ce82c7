"""Presenter of the shell: shop, clock, and the health of the operator connection and the callbacks. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from app.domain.errors import HomeTaken, SettingBad
from app.domain.text.plain_text import one_line
from app.i18n.formats import second_text, time_text, weekday_text
from app.services.core_api import Health
from app.ui.context import UiContext
from app.ui.presenter import Presenter
from app.ui.shell.state import Chip, ShellState

READ_EVERY = timedelta(seconds=5)


class ShellPresenter(Presenter[ShellState]):
    """Reads the core's health every few seconds and on every `load`."""

    def __init__(self, context: UiContext, show: Callable[[ShellState], None]) -> None:
        super().__init__("shell", context, show)
        self._health = Health()
        self._read_at = context.now()

    def state(self) -> ShellState:
        context, zone, say = self._context, self._context.shop.zone, self._texts.say
        return ShellState(
            shop=one_line(context.shop.name),
            date=weekday_text(self._now, zone, self._texts),
            clock=time_text(self._now, zone),
            demo=say("DEMO: the money is not real") if context.shop.is_demo else "",
            problem=context.core_problem or self._storage_problem(),
            operator=self._operator(),
            callbacks=self._callbacks(),
        )

    def load(self) -> None:
        if self._context.core is not None:
            self._read_at = self._now
            self._tasks.start_again("health", self._read)
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

    def _storage_problem(self) -> str:
        code = self._health.storage_problem
        return self._texts.problem(code) if code else ""

    def _operator(self) -> Chip:
        say, health, word = self._texts.say, self._health, self._texts.say("Operator")
        if self._context.shop.missing:
            return Chip(word, "attention", say("Not connected yet: see the settings."))
        if health.operator_problem:
            return Chip(word, "failed", self._texts.problem(health.operator_problem))
        if health.operator_answered_at is None:
            return Chip(word, "ended", say("The operator was not asked yet."))
        at = second_text(health.operator_answered_at, self._context.shop.zone)
        took = round(health.operator_latency_ms or 0)
        return Chip(word, "paid", say("Answered at {time}, in {ms} ms.", time=at, ms=took))

    def _callbacks(self) -> Chip:
        say, health, word = self._texts.say, self._health, self._texts.say("Callbacks")
        if health.listener_problem == HomeTaken.code:
            return Chip(word, "paid", say("Another Paydesk receives callbacks for this home."))
        if health.listener_problem == SettingBad.code and health.listener_setting is not None:
            return Chip(word, "failed", self._texts.error(health.listener_setting))
        if health.listener_problem:
            return Chip(word, "failed", self._texts.problem(health.listener_problem, port=health.listener_port))
        if health.listener_address is None:
            return Chip(word, "ended", say("Not receiving yet."))
        last = say("No callback yet.")
        if health.callback_at:
            last = say("Last callback at {time}.", time=second_text(health.callback_at, self._context.shop.zone))
        return Chip(word, "paid", f"{say('Received at {address}.', address=health.listener_address)} {last}")
