"""The live list and the history, with and without the drawer."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.domain.errors import StorageLocked
from app.domain.ids import PaymentId
from app.services.ports.ledger import Ledger
from app.services.ports.ledger_transaction import LedgerTransaction
from app.ui.pages.history.state import ChartChoice
from app.ui.pages.payments.state import Chip
from tests.contracts.sales import append_orphan
from tests.contracts.test_attention_inbox import KINDS, make
from tests.fakes.ledger import FakeLedger
from tests.gallery.gallery_window import Build, GalleryCase, GalleryWindow
from tests.gallery.sample_sales import FAILED, OPEN, PAID, UNDERPAID, nth

MANY, WHOLE_HISTORY = 40, 200
TO_THE_END = 10_000


class Unreadable(FakeLedger):
    """A ledger locked by another program."""

    async def _read(self) -> object:  # type: ignore[override]
        raise StorageLocked()


def _rows(page: str, count: int) -> Build:
    async def build(gallery: GalleryWindow) -> None:
        gallery.sell(count)
        await gallery.open(page)

    return build


def _chip(chip: Chip, count: int = MANY) -> Build:
    async def build(gallery: GalleryWindow) -> None:
        gallery.sell(count)
        presenter = await gallery.open("payments")
        presenter.choose_chip(chip)

    return build


def _inbox(count: int = 300, *, chosen: int = 2, asks: bool = False, opens: bool = False) -> Build:
    """So many payments of every kind that needs attention, a callback of none, and what is chosen of them."""

    def write(tx: LedgerTransaction) -> None:
        append_orphan(tx)
        for number in range(count):
            make(tx, KINDS[number % len(KINDS)], f"s{number}", after_s=number * 60.0)

    async def build(gallery: GalleryWindow) -> None:
        await gallery.ledger.write(write)
        presenter = await gallery.open("payments")
        presenter.choose_chip(Chip.ATTENTION)
        rows = [row for group in presenter.state().inbox.groups for row in group.rows]
        for row in rows[:chosen]:
            presenter.inbox.toggle(row.payment_id)
        if opens:
            gallery.view("payments").inbox.list.use(rows[0].payment_id)
            presenter.drawer.open(rows[0].payment_id)
        if asks:
            presenter.inbox.ask()
            presenter.inbox.form.edit("reason", "Звірено з кабінетом")
        await gallery.settle()

    return build


def _drawer(page: str, payment_id: PaymentId, *, raw: bool = False) -> Build:
    async def build(gallery: GalleryWindow) -> None:
        gallery.sell(MANY)
        presenter = await gallery.open(page)
        gallery.view(page).card.table.select(payment_id)
        presenter.drawer.open(payment_id)
        await gallery.settle()
        if raw:
            presenter.drawer.toggle_support_json()
            gallery.process_events()
            for bar in (area.verticalScrollBar() for area in gallery.scroll_areas(gallery.view(page).drawer)):
                bar.setValue(TO_THE_END)

    return build


def _unreadable(page: str) -> Build:
    async def build(gallery: GalleryWindow) -> None:
        broken: Ledger = Unreadable()
        gallery.api.ledger = broken
        await gallery.open(page)

    return build


def _loading(page: str) -> Build:
    async def build(gallery: GalleryWindow) -> None:
        gallery.context.core = None
        await gallery.open(page)

    return build


async def nothing_found(gallery: GalleryWindow) -> None:
    gallery.sell(3)
    presenter = await gallery.open("history")
    presenter.search("немає такого")
    await gallery.settle()


async def narrowed(gallery: GalleryWindow) -> None:
    """Every chip has a long text."""
    gallery.sell(MANY)
    presenter = await gallery.open("history")
    presenter.choose_range("2025-01-01", "2030-12-31")
    presenter.choose_status("underpaid")
    presenter.choose_attention(True)
    await gallery.settle()


async def custom_range(gallery: GalleryWindow) -> None:
    gallery.sell(MANY)
    presenter = await gallery.open("history")
    presenter.choose_period("own")


def _chart(choice: ChartChoice, told: int | None = None, count: int = WHOLE_HISTORY) -> Build:
    """All time, so that the chart has days; `told`: the bar that the keyboard stands on."""

    async def build(gallery: GalleryWindow) -> None:
        gallery.sell(count)
        presenter = await gallery.open("history")
        presenter.arrange_chart(choice)
        presenter.choose_period("all")
        await gallery.settle()
        if told is not None:
            chart = gallery.view("history").chart.chart
            chart.setFocus(Qt.FocusReason.TabFocusReason)
            for _ in range(told):
                QTest.keyClick(chart, Qt.Key.Key_Left)

    return build


async def searched(gallery: GalleryWindow) -> None:
    """A search with every reading, and the payment of an exact number."""
    gallery.sell(MANY)
    presenter = await gallery.open("history")
    presenter.search("кава 250 2026-11 0671234567")
    await gallery.settle()


async def exact_number(gallery: GalleryWindow) -> None:
    gallery.sell(MANY)
    presenter = await gallery.open("history")
    presenter.search("1040")
    await gallery.settle()


async def sums(gallery: GalleryWindow) -> None:
    gallery.sell(MANY)
    presenter = await gallery.open("history")
    presenter.choose_sums("100", "500")
    presenter.ask_sums()
    presenter.choose_sums("100", "500,005")
    await gallery.settle()


CASES = (
    GalleryCase("payments-none", _rows("payments", 0)),
    GalleryCase("payments-three", _rows("payments", 3)),
    GalleryCase("payments-many", _rows("payments", MANY)),
    GalleryCase("payments-waiting", _chip(Chip.WAITING)),
    GalleryCase("payments-waiting_none", _chip(Chip.WAITING, 0)),
    GalleryCase("payments-attention", _chip(Chip.ATTENTION)),
    GalleryCase("payments-attention_none", _chip(Chip.ATTENTION, 3)),
    GalleryCase("payments-attention_many", _inbox(chosen=0)),
    GalleryCase("payments-attention_long", _inbox(1200)),
    GalleryCase("payments-attention_drawer", _inbox(opens=True)),
    GalleryCase("payments-attention_settle", _inbox(chosen=80, asks=True), is_lasting=False),
    GalleryCase("payments-drawer_open", _drawer("payments", nth(OPEN))),
    GalleryCase("payments-drawer_paid", _drawer("payments", nth(PAID))),
    GalleryCase("payments-drawer_attempt", _drawer("payments", nth(FAILED))),
    GalleryCase("payments-drawer_attention", _drawer("payments", nth(UNDERPAID))),
    GalleryCase("payments-drawer_raw", _drawer("payments", nth(PAID), raw=True)),
    GalleryCase("payments-unreadable", _unreadable("payments")),
    GalleryCase("payments-loading", _loading("payments")),
    GalleryCase("history-none", _rows("history", 0)),
    GalleryCase("history-nothing", nothing_found),
    GalleryCase("history-three", _rows("history", 3)),
    GalleryCase("history-many", _rows("history", WHOLE_HISTORY)),
    GalleryCase("history-narrowed", narrowed),
    GalleryCase("history-drawer", _drawer("history", nth(UNDERPAID))),
    GalleryCase("history-range", custom_range, is_lasting=False),
    GalleryCase("history-chart", _chart(ChartChoice(), told=1)),
    GalleryCase("history-chart_status", _chart(ChartChoice(by_status=True))),
    GalleryCase("history-chart_table", _chart(ChartChoice(as_table=True))),
    GalleryCase("history-chart_closed", _chart(ChartChoice(is_open=False))),
    GalleryCase("history-searched", searched),
    GalleryCase("history-exact_number", exact_number),
    GalleryCase("history-sums", sums, is_lasting=False),
    GalleryCase("history-unreadable", _unreadable("history")),
    GalleryCase("history-loading", _loading("history")),
)
