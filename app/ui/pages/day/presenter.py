"""Presenter of the day page: one day's figures, its closing, what is open and what needs attention. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from app.domain.errors import PaydeskError
from app.domain.ids import PaymentId
from app.domain.payment import PaymentStatus
from app.domain.text.plain_text import one_line
from app.i18n.formats import NBSP, day_title, money_text, time_text
from app.services.core_api import CoreApi
from app.services.day.day_figures import DayFigures, hour_key
from app.services.day.shop_days import ShopDay
from app.services.history.history import business_day, parse_day
from app.services.ports.ledger import PaymentFilter, PaymentView
from app.ui.context import Question, UiContext
from app.ui.pages.day.figures import figure_cards, hour_bars, hour_table, people_table, status_shares, ways_table
from app.ui.pages.day.state import DayBarState, DayState, Notice, SideListState, SideRow
from app.ui.payment.display import number_text, status_badge
from app.ui.presenter import UNKNOWN_SEQ, Presenter

OPEN_ROWS, ATTENTION_ROWS = 3, 5


@dataclass(frozen=True, slots=True)
class DayReading:
    """One read of the core: the day, and the newest payments that are open or need attention, of all days."""

    day: ShopDay
    open: Sequence[PaymentView]
    attention: Sequence[PaymentView]


class DayPresenter(Presenter[DayState]):
    """Shows today until another day is chosen; goes on to the next day with the shop."""

    def __init__(
        self,
        context: UiContext,
        show: Callable[[DayState], None],
        to_till: Callable[[PaymentId], None],
        to_attention: Callable[[PaymentId | None], None],
    ) -> None:
        super().__init__("day", context, show)
        self._to_till = to_till
        self._to_attention = to_attention
        self._chosen: date | None = None
        """None: today, whichever day that is."""
        self._reading: DayReading | None = None
        self._problem: PaydeskError | None = None
        self._shows_live = False

    def state(self) -> DayState:
        notice = self._notice()
        if notice is not None or self._reading is None:
            return DayState(bar=self._bar(None), notice=notice)
        day = self._reading.day
        figures = self._figures(day)
        return DayState(
            bar=self._bar(day),
            cards=figure_cards(figures, self._texts, self._total_note(day)),
            shares=status_shares(figures, self._texts),
            hours=hour_bars(figures, self._current_hour(day)),
            hour_table=hour_table(figures, self._texts),
            people=people_table(figures, self._texts),
            ways=ways_table(figures, self._texts),
            open=self._open_list(figures),
            attention=self._attention_list(figures),
        )

    # User actions

    def go(self, days: int) -> None:
        """Show the day so many days later or, negative, earlier; never a future one."""
        self._choose(self._day() + timedelta(days=days))

    def choose(self, day: str) -> None:
        """Show a day, `2026-11-21`. Raises BadValue."""
        self._choose(parse_day(day))

    def go_to_today(self) -> None:
        self._choose(self._today())

    def show_live(self, on: bool) -> None:
        """Of a closed day show the figures of now, or those of its closing."""
        self._shows_live = on
        self.refresh()

    def close_day(self) -> None:
        """Ask, then store the figures of the day that is shown."""
        if self._reading is not None and self._context.core is not None:
            self._tasks.start_once("close the day", partial(self._close_day, self._reading.day))

    def open_payment(self, payment_id: PaymentId) -> None:
        """Show an open link where it can be paid, anything else where it can be settled."""
        waiting = self._reading.open if self._reading else ()
        if any(view.payment.id == payment_id for view in waiting):
            self._to_till(payment_id)
        else:
            self._to_attention(payment_id)

    def show_all_attention(self) -> None:
        self._to_attention(None)

    # Events from the core

    def load(self) -> None:
        if self._context.core is not None:
            self._tasks.start_again("read", self._read)
        self.refresh()

    def on_changed(self, changed: frozenset[PaymentId], last_seq: int = UNKNOWN_SEQ) -> None:
        if self._reading is None or last_seq > self._reading.day.as_of:
            self.load()

    def on_tick(self) -> None:
        if self._reading is not None and self._problem is None and self._reading.day.date != self._day():
            self.load()
        super().on_tick()

    # Work

    def _choose(self, day: date) -> None:
        today = self._today()
        self._chosen = None if day >= today else day
        self._shows_live = False
        self.load()

    async def _read(self) -> None:
        api, now, wanted = self._api, self._now, self._day()
        try:
            self._reading = await self._query(lambda: _read_day(api, wanted, PaymentFilter(now=now)))
        except PaydeskError as refusal:
            self._problem = refusal
        else:
            self._problem = None
        self.refresh()

    async def _close_day(self, day: ShopDay) -> None:
        say = self._texts.say
        text = say(
            "The figures as they are now are kept for good: {total}. Selling goes on; what comes later is shown as"
            " after the closing. A day is closed once.",
            total=money_text(day.figures.net_minor),
        )
        title = say("Close the day {day}?", day=self._title(day.date))
        question = Question(title, text, say("Close the day"), say("Cancel"))
        if not await self._context.desktop.confirm(question):
            return
        api = self._api
        await self._command(lambda: api.days.close(day.date))
        self._shows_live = False
        self._context.notices.toast(say("The day is closed"), "paid")
        self.load()

    def _today(self) -> date:
        return business_day(self._now, self._context.shop)

    def _day(self) -> date:
        return self._today() if self._chosen is None else self._chosen

    def _figures(self, day: ShopDay) -> DayFigures:
        stored = day.closing.figures if day.closing else None
        return day.figures if stored is None or self._shows_live else stored

    def _total_note(self, day: ShopDay) -> str:
        say, stored = self._texts.say, day.closing.figures if day.closing else None
        if stored is None:
            return say("received minus refunded")
        change = day.figures.net_minor - stored.net_minor
        sign = "+" if change > 0 else ""
        return say("after the closing: {sum}", sum=f"{sign}{money_text(change)}")

    def _current_hour(self, day: ShopDay) -> str | None:
        if day.date != self._today() or (day.closing is not None and not self._shows_live):
            return None
        return hour_key(self._now, ZoneInfo(self._context.shop.timezone))

    def _title(self, day: date) -> str:
        return day_title(day, self._texts)

    def _bar(self, day: ShopDay | None) -> DayBarState:
        shown, today, say = self._day(), self._today(), self._texts.say
        title = self._title(shown)
        bar = DayBarState(
            day=shown.isoformat(),
            last=today.isoformat(),
            title=say("Today, {day}", day=title) if shown == today else title,
            can_go_on=shown < today,
            is_today=shown == today,
            can_close=day is not None and day.closing is None,
        )
        return bar if day is None or day.closing is None else self._with_closing(bar, day)

    def _with_closing(self, bar: DayBarState, day: ShopDay) -> DayBarState:
        closing, say, zone = day.closing, self._texts.say, self._context.shop.zone
        assert closing is not None
        time = time_text(closing.at, zone)
        if business_day(closing.at, self._context.shop) != day.date:
            time = f"{day_title(closing.at.astimezone(zone).date(), self._texts)}, {time}"
        words = say("closed at {time}", time=time)
        stored = closing.figures
        return replace(
            bar,
            closing=f"{words} · {one_line(closing.by)}" if closing.by else words,
            later="" if stored is None else self._later(day.figures, stored),
            snapshot=say("At {time}", time=time_text(closing.at, zone)) if stored is not None else "",
            live=say("Now"),
            shows_snapshot=stored is not None and not self._shows_live,
        )

    def _later(self, live: DayFigures, stored: DayFigures) -> str:
        """Return what came after the closing: receipts and refunds, or that something changed."""
        texts, parts = self._texts, []
        if (taken := live.taken_count - stored.taken_count) > 0:
            parts.append(texts.n("{n} receipt", "{n} receipts", taken))
        if (returned := live.returned_count - stored.returned_count) > 0:
            parts.append(texts.n("{n} refund", "{n} refunds", returned))
        if not parts and live.net_minor == stored.net_minor:
            return ""
        change = money_text(live.net_minor - stored.net_minor)
        return texts.say("after the closing: {what}", what=", ".join(parts) or change)

    def _open_list(self, figures: DayFigures) -> SideListState:
        say, views = self._texts.say, self._reading.open if self._reading else ()
        shown = [view for view in views if view.payment.status(self._now) is PaymentStatus.OPEN]
        note = say("when it was closed") if self._bar_shows_snapshot() else say("does not stand in the way of closing")
        return SideListState(say("Still open"), str(figures.open), note, self._rows(shown), say("No link is waiting"))

    def _attention_list(self, figures: DayFigures) -> SideListState:
        say, views = self._texts.say, self._reading.attention if self._reading else ()
        now_count = self._reading.day.figures.attention if self._reading else 0
        more = self._texts.n("Show {n} in Payments", "Show all {n} in Payments", now_count) if now_count else ""
        return SideListState(
            say("Need attention"), str(figures.attention), "", self._rows(views), say("Nothing needs attention"), more
        )

    def _bar_shows_snapshot(self) -> bool:
        day = self._reading.day if self._reading else None
        return day is not None and day.closing is not None and day.closing.figures is not None and not self._shows_live

    def _rows(self, views: Sequence[PaymentView]) -> tuple[SideRow, ...]:
        return tuple(self._row(view) for view in views)

    def _row(self, view: PaymentView) -> SideRow:
        payment, zone = view.payment, self._context.shop.zone
        badge = status_badge(payment, self._context)
        reasons = self._texts.attention_texts(payment)
        title = _sentence(reasons[0]) if reasons else one_line(payment.purpose or payment.order or badge.word)
        made = business_day(payment.created_at, self._context.shop)
        when = time_text(payment.created_at, zone)
        if made != self._today():
            when = f"{made.strftime('%d.%m')}{NBSP}{when}"
        note = " · ".join(part for part in (number_text(payment), when, one_line(payment.created_by or "")) if part)
        tone = "attention" if payment.attention else badge.tone
        icon = "warning" if payment.attention else badge.icon
        return SideRow(payment.id, title, note, money_text(payment.amount_minor, payment.currency), tone, icon)

    def _notice(self) -> Notice | None:
        say = self._texts.say
        if self._context.core_problem:
            return Notice("warning", say("The day cannot be shown"), self._context.core_problem)
        if self._problem is not None:
            return Notice("warning", say("The day cannot be shown"), self._texts.error(self._problem), can_retry=True)
        if self._reading is None or self._reading.day.date != self._day():
            return Notice("clock", say("Reading the day…"))
        return None


def _sentence(text: str) -> str:
    """Return the first sentence, which says what happened; the others say what to do."""
    return text.partition(". ")[0].removesuffix(".")


async def _read_day(api: CoreApi, wanted: date, everything: PaymentFilter) -> DayReading:
    day = await api.days.day(wanted)
    waiting = await api.ledger.payments(replace(everything, status=PaymentStatus.OPEN, limit=OPEN_ROWS))
    attention = await api.ledger.payments(replace(everything, attention=True, limit=ATTENTION_ROWS))
    return DayReading(day, waiting, attention)
