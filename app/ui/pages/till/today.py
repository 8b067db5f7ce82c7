"""The last payments of the shop's day, how many of the day's are paid, and the money that moved: the Day page's sum."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import date
from typing import Any, Protocol, TypeVar

from app.domain.errors import PaydeskError
from app.domain.payment import PaymentStatus
from app.i18n.formats import money_text
from app.services.core_api import CoreApi
from app.services.day.day_figures import DayFigures
from app.services.day.shop_days import ShopDay
from app.services.history.history import business_day, day_start
from app.services.ports.ledger import PaymentFilter, PaymentView
from app.ui.context import UiContext
from app.ui.pages.till.state import TodayList
from app.ui.payment.display import payment_row

LAST = 10
T = TypeVar("T")


class Query(Protocol):
    async def __call__(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T: ...


class Today:
    """Holds the last read; `read` reads again."""

    def __init__(self, context: UiContext) -> None:
        self._context = context
        self._views: list[PaymentView] | None = None
        self._figures: DayFigures | None = None
        self._problem: PaydeskError | None = None
        self._as_of = 0
        self._day: date | None = None

    def state(self) -> TodayList:
        """Return the list in the current language."""
        texts = self._context.texts
        if self._problem is not None:
            return TodayList(loading=False, problem=texts.error(self._problem))
        figures = self._figures
        if self._views is None or figures is None:
            has_failed = self._context.core_problem is not None  # the reason is shown on the card
            return TodayList(loading=not has_failed, problem="" if has_failed else None)
        return TodayList(
            rows=tuple(replace(payment_row(view, self._context), day="") for view in self._views),
            count=texts.paid_of(figures.by_status.get(PaymentStatus.PAID, 0), figures.created_count),
            sum=money_text(figures.net_minor),
            loading=False,
        )

    @property
    def is_stale(self) -> bool:
        """Return whether the shop's day has changed since the last read."""
        return self._day is not None and self._day != business_day(self._context.now(), self._context.shop)

    def holds(self, seq: int) -> bool:
        """Return whether the last read contains the fact with this seq of the journal."""
        return self._problem is None and seq <= self._as_of

    async def read(self, query: Query, api: CoreApi) -> None:
        """Read list and totals; an error is kept to be shown in their place."""
        now = self._context.now()
        day = business_day(now, self._context.shop)
        payment_filter = PaymentFilter(now=now, created_from=day_start(day, self._context.shop), limit=LAST)

        async def read() -> tuple[ShopDay, list[PaymentView]]:
            shown = await api.days.day(day)  # read first: the list may contain later facts, but no fewer
            return shown, await api.ledger.payments(payment_filter)

        try:
            shown, self._views = await query(read)
        except PaydeskError as refusal:
            self._problem = refusal
        else:
            self._problem, self._day = None, day
            self._as_of, self._figures = shown.as_of, shown.figures
