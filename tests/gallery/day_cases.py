"""The day: with money and without, closed, before the ledger is open."""

from __future__ import annotations

from datetime import timedelta

from app.services.ports.ledger_transaction import LedgerTransaction
from tests.builders import START
from tests.contracts.sales import receive, sell
from tests.gallery.gallery_window import Build, GalleryCase, GalleryWindow
from tests.gallery.list_cases import Unreadable
from tests.gallery.sale_writer import MOMENT

MANY = 40


def _day(count: int) -> Build:
    async def build(gallery: GalleryWindow) -> None:
        gallery.sell(count)
        await gallery.open("day")

    return build


def _one_more(tx: LedgerTransaction) -> None:
    begin = (MOMENT - START).total_seconds()
    sell(tx, "later", after_s=begin + 10, amount_minor=15_600, purpose="Капучино, 2 шт.")
    receive(tx, "later", after_s=begin + 20, sum_minor=15_600)


async def table(gallery: GalleryWindow) -> None:
    gallery.sell(MANY)
    await gallery.open("day")
    gallery.view("day").hours.as_table.setChecked(True)


async def closed(gallery: GalleryWindow) -> None:
    """A payment came after the closing."""
    gallery.sell(MANY)
    await gallery.api.days.close(by="Марія")
    gallery.api.clock.moment += timedelta(minutes=1)
    await gallery.ledger.write(_one_more)
    await gallery.open("day")


async def closed_live(gallery: GalleryWindow) -> None:
    await closed(gallery)
    gallery.pages.presenter("day").show_live(True)


async def closing(gallery: GalleryWindow) -> None:
    gallery.sell(MANY)
    presenter = await gallery.open("day")
    presenter.close_day()
    await gallery.let_tasks_start()


async def yesterday(gallery: GalleryWindow) -> None:
    gallery.sell(MANY)
    presenter = await gallery.open("day")
    presenter.go(-1)
    await gallery.settle()


async def unreadable(gallery: GalleryWindow) -> None:
    gallery.api.ledger = Unreadable()
    await gallery.open("day")


async def loading(gallery: GalleryWindow) -> None:
    gallery.context.core = None
    await gallery.open("day")


CASES = (
    GalleryCase("day-none", _day(0)),
    GalleryCase("day-three", _day(3)),
    GalleryCase("day-many", _day(MANY)),
    GalleryCase("day-table", table),
    GalleryCase("day-closed", closed),
    GalleryCase("day-closed_now", closed_live),
    GalleryCase("day-closing", closing, is_lasting=False),
    GalleryCase("day-yesterday", yesterday),
    GalleryCase("day-unreadable", unreadable),
    GalleryCase("day-loading", loading),
)
