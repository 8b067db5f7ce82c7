"""The verb day: what moved on one day of the shop, and its closing (contract.md 1b)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from app.cli.output import print_columns, print_json, print_line, run
from app.cli.payments import json_option

if TYPE_CHECKING:
    from app.bootstrap import Home
    from app.i18n.texts import Texts
    from app.services.day.day_figures import DayFigures
    from app.services.day.shop_days import ShopDay


@click.command()
@click.argument("day", metavar="[DATE]", required=False)
@click.option("--close", "closes", is_flag=True, help="Store the figures of this day as they are now.")
@json_option
@click.pass_obj
def day(home: str | None, day: str | None, closes: bool, as_json: bool) -> None:
    """Show what moved on a day of the shop, YYYY-MM-DD; without it, today."""

    async def work(opened: Home, texts: Texts) -> None:
        from app.bootstrap import open_home_ledger
        from app.services.day.shop_days import ShopDays, day_json
        from app.services.history.history import parse_day

        wanted = None if day is None else parse_day(day)
        async with open_home_ledger(opened) as access:
            days = ShopDays(access.ledger, access.clock, lambda: opened.settings.shop)
            shown = await (days.close(wanted) if closes else days.day(wanted))
        if as_json:
            print_json(day_json(shown))
        else:
            _show(shown, texts, opened.settings.shop.timezone)

    run(home, work)


def _show(shown: ShopDay, texts: Texts, timezone: str) -> None:
    from app.i18n.formats import moment_text, money_text, shop_zone

    print_line(texts.say("Day {day}", day=shown.date.isoformat()))
    _show_figures(shown.figures, texts)
    if shown.closing is None:
        return
    zone, closing = shop_zone(timezone), shown.closing
    print_line(texts.say("Closed at {at}", at=moment_text(closing.at, zone)))
    if closing.figures is not None:
        print_columns(texts.say("Total when it was closed"), money_text(closing.figures.net_minor))
        later = shown.figures.net_minor - closing.figures.net_minor
        print_columns(texts.say("Since it was closed"), money_text(later))


def _show_figures(figures: DayFigures, texts: Texts) -> None:
    from app.domain.payment import ConfirmedBy, PaymentStatus
    from app.i18n.formats import money_text

    print_columns(texts.say("Received"), money_text(figures.taken_minor), str(figures.taken_count))
    print_columns(texts.say("Refunded"), money_text(figures.returned_minor), str(figures.returned_count))
    print_columns(texts.say("Total"), money_text(figures.net_minor))
    print_columns(texts.say("Payments made"), str(figures.created_count))
    for status, count in figures.by_status.items():
        print_columns(texts.status(PaymentStatus(status)), str(count), indent="  ")
    for person in figures.by_person:
        name = texts.say("Without a name") if person.name is None else person.name
        print_columns(name, money_text(person.taken_minor), money_text(-person.returned_minor), indent="  ")
    for way in figures.by_confirmation:
        word = texts.confirmed_by(ConfirmedBy(way.confirmed_by))
        print_columns(word, money_text(way.taken_minor), str(way.taken_count), indent="  ")
    for hour in figures.by_hour:
        print_columns(hour.hour.replace("T", " ") + ":00", money_text(hour.taken_minor), indent="  ")
    print_columns(texts.say("Open now"), str(figures.open))
    print_columns(texts.say("Need attention now"), str(figures.attention))
