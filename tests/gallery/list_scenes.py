"""The live list and the history, with and without the drawer."""

from __future__ import annotations

from app.domain.errors import StorageLocked
from app.domain.ids import PaymentId
from app.services.ports.ledger import Ledger
from app.ui.pages.payments.state import Chip
from tests.fakes.ledger import FakeLedger
from tests.gallery.day import FAILED, OPEN, PAID, UNDERPAID, nth
from tests.gallery.stage import Build, Scene, Stage

MANY, WHOLE_HISTORY = 40, 200
TO_THE_END = 10_000


class Unreadable(FakeLedger):
    """Another program holds the data."""

    async def _read(self) -> object:  # type: ignore[override]
        raise StorageLocked()


def _rows(page: str, count: int) -> Build:
    async def build(stage: Stage) -> None:
        stage.sell(count)
        await stage.open(page)

    return build


def _chip(chip: Chip, count: int = MANY) -> Build:
    async def build(stage: Stage) -> None:
        stage.sell(count)
        presenter = await stage.open("payments")
        presenter.choose_chip(chip)

    return build


def _drawer(page: str, payment_id: PaymentId, *, raw: bool = False) -> Build:
    async def build(stage: Stage) -> None:
        stage.sell(MANY)
        presenter = await stage.open(page)
        stage.view(page).card.table.select(payment_id)
        presenter.drawer.open(payment_id)
        await stage.settle()
        if raw:
            presenter.drawer.toggle_raw()
            stage.turn()
            for bar in (area.verticalScrollBar() for area in stage.scroll_areas(stage.view(page).drawer)):
                bar.setValue(TO_THE_END)

    return build


def _unreadable(page: str) -> Build:
    async def build(stage: Stage) -> None:
        broken: Ledger = Unreadable()
        stage.desk.ledger = broken
        await stage.open(page)

    return build


def _loading(page: str) -> Build:
    async def build(stage: Stage) -> None:
        stage.front.link = None
        await stage.open(page)

    return build


async def nothing_found(stage: Stage) -> None:
    stage.sell(3)
    presenter = await stage.open("history")
    presenter.search("немає такого")
    await stage.settle()


async def narrowed(stage: Stage) -> None:
    """Every chip says something long."""
    stage.sell(MANY)
    presenter = await stage.open("history")
    presenter.choose_range("2025-01-01", "2030-12-31")
    presenter.choose_status("underpaid")
    presenter.choose_attention(True)
    await stage.settle()


async def own_range(stage: Stage) -> None:
    stage.sell(MANY)
    presenter = await stage.open("history")
    presenter.choose_period("own")


SCENES = (
    Scene("payments-none", _rows("payments", 0)),
    Scene("payments-three", _rows("payments", 3)),
    Scene("payments-many", _rows("payments", MANY)),
    Scene("payments-waiting", _chip(Chip.WAITING)),
    Scene("payments-waiting_none", _chip(Chip.WAITING, 0)),
    Scene("payments-attention", _chip(Chip.ATTENTION)),
    Scene("payments-attention_none", _chip(Chip.ATTENTION, 3)),
    Scene("payments-drawer_open", _drawer("payments", nth(OPEN))),
    Scene("payments-drawer_paid", _drawer("payments", nth(PAID))),
    Scene("payments-drawer_attempt", _drawer("payments", nth(FAILED))),
    Scene("payments-drawer_attention", _drawer("payments", nth(UNDERPAID))),
    Scene("payments-drawer_raw", _drawer("payments", nth(PAID), raw=True)),
    Scene("payments-unreadable", _unreadable("payments")),
    Scene("payments-loading", _loading("payments")),
    Scene("history-none", _rows("history", 0)),
    Scene("history-nothing", nothing_found),
    Scene("history-three", _rows("history", 3)),
    Scene("history-many", _rows("history", WHOLE_HISTORY)),
    Scene("history-narrowed", narrowed),
    Scene("history-drawer", _drawer("history", nth(UNDERPAID))),
    Scene("history-range", own_range, is_lasting=False),
    Scene("history-unreadable", _unreadable("history")),
    Scene("history-loading", _loading("history")),
)
