"""The history's mind: what is wanted, what was found, what it adds up to; and the drawer beside it. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from app.domain.ids import PaymentId
from app.domain.payment import PaymentStatus
from app.i18n.formats import count_text, money_text
from app.services.history import business_day, parse_day
from app.ui.drawer.beside import PresenterBesideDrawer
from app.ui.drawer.state import DrawerState
from app.ui.front import Front
from app.ui.pages.history.notices import broken, loading, nothing
from app.ui.pages.history.periods import Period
from app.ui.pages.history.reading import LIMIT, Reading, read_history
from app.ui.pages.history.state import Card, HistoryState, Notice, WayOut
from app.ui.pages.history.wanted import Wanted, filter_look, filter_of
from app.ui.payment_rows import PaymentRows

UNKNOWN = "—"


class HistoryPresenter(PresenterBesideDrawer[HistoryState]):
    """What stands in the list and above it; the drawer's presenter is the one beside it."""

    def __init__(
        self,
        front: Front,
        show: Callable[[HistoryState], None],
        show_drawer: Callable[[DrawerState], None],
        to_till: Callable[[PaymentId], None],
    ) -> None:
        super().__init__("history", front, show, show_drawer, to_till)
        self._wanted = Wanted()
        self._choosing_range = False
        self._reading: Reading | None = None
        self._read_for: tuple[Wanted, date] | None = None
        self._rows = PaymentRows(front)

    def state(self) -> HistoryState:
        reading = self._reading
        odd = reading.odd if reading else 0
        own_range = self._range_to_choose() if self._choosing_range else None
        shows = reading is not None and self.problem is None
        return HistoryState(
            filter=filter_look(self._wanted, self._texts, odd=odd, own_range=own_range),
            cards=self._cards(),
            rows=self._rows.of(reading.views) if reading and shows else (),
            foot=self._foot() if shows else "",
            notice=self._notice(),
        )

    # What the person does

    def search(self, text: str) -> None:
        """Find what was typed."""
        self._want(replace(self._wanted, search=text))

    def choose_period(self, key: str) -> None:
        """Look at another period; an own range is asked for first."""
        self._choosing_range = key == Period.OWN
        if self._choosing_range:
            self.retell()
        else:
            self._want(replace(self._wanted, period=Period(key), own=None))

    def choose_range(self, first: str, last: str) -> None:
        """Look at the days `2026-11-01` to `2026-11-21`, in whichever order they are given. Raises BadValue."""
        days = sorted((parse_day(first), parse_day(last)))
        self._choosing_range = False
        self._want(replace(self._wanted, period=Period.OWN, own=(days[0], days[1])))

    def leave_range(self) -> None:
        """The chooser was closed without an answer."""
        self._choosing_range = False
        self.retell()

    def choose_status(self, key: str) -> None:
        """Look at one status; an empty key is all of them."""
        self._want(replace(self._wanted, status=PaymentStatus(key) if key else None))

    def choose_attention(self, on: bool) -> None:
        """Look at what needs attention only, or at everything."""
        self._want(replace(self._wanted, attention=on))

    def clear(self) -> None:
        """Back to this month, unsearched."""
        self._want(Wanted())

    def take(self, way_out: WayOut) -> None:
        """Do what the button of the notice says."""
        if way_out is WayOut.CLEAR:
            self.clear()
        elif way_out is WayOut.ALL_TIME:
            self.choose_period(Period.ALL)
        else:
            self.load()

    # What the core says

    def tick(self) -> None:
        if self._read_for is not None and self._read_for[1] != business_day(self._now, self._front.shop):
            self.load()
        super().tick()

    # Work

    def _want(self, wanted: Wanted) -> None:
        if wanted != self._wanted:
            self._wanted = wanted
            if self._front.link is not None:
                self._tasks.start("read", self._read())
        self.retell()

    async def read(self) -> None:
        wanted, now, shop = self._wanted, self._now, self._front.shop
        self._read_for = (wanted, business_day(now, shop))
        asked = filter_of(wanted, now, shop)
        self._reading = await self._query(lambda: read_history(self._desk.ledger, asked))

    def _range_to_choose(self) -> tuple[date, date]:
        today = business_day(self._now, self._front.shop)
        return self._wanted.days(today) or (today, today)

    def _cards(self) -> tuple[Card, ...]:
        say, totals = self._texts.say, self._reading.totals if self._reading and self.problem is None else None
        return (
            Card(say("Payments"), count_text(totals.count) if totals else UNKNOWN),
            Card(say("Received"), money_text(totals.received_minor) if totals else UNKNOWN),
            Card(say("Refunded"), money_text(totals.refunded_minor) if totals else UNKNOWN),
        )

    def _foot(self) -> str:
        count = self._reading.totals.count if self._reading else 0
        if count <= LIMIT:
            return ""
        return self._texts.say("The newest {shown} of {all} are shown", shown=LIMIT, all=count)

    def _notice(self) -> Notice | None:
        if self._front.core_problem:
            return broken(self._texts, self._front.core_problem, can_retry=False)
        if self.problem is not None:
            return broken(self._texts, self._texts.error(self.problem), can_retry=True)
        if self._reading is None:
            return loading(self._texts)
        if self._reading.views:
            return None
        return nothing(self._texts, self._wanted, ever=self._reading.ever)
