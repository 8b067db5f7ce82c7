"""The figures of a day as texts: cards, status shares, hours, tables. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from app.domain.payment import ConfirmedBy, PaymentStatus
from app.i18n.formats import amount_text, count_text, money_text
from app.i18n.texts import Texts
from app.services.day.day_figures import DayFigures
from app.ui.pages.day.state import FigureCard, FiguresTableState, HourBar, StatusShare

NONE = "—"
_TONES: dict[str, str] = {
    PaymentStatus.PAID: "paid",
    PaymentStatus.UNDERPAID: "attention",
    PaymentStatus.CREATING: "waiting",
    PaymentStatus.OPEN: "waiting",
    PaymentStatus.AUTHORISED: "waiting",
    PaymentStatus.EXPIRED: "ended",
    PaymentStatus.CANCELLED: "ended",
    PaymentStatus.NOT_CREATED: "failed",
}
"""In the order of the bar: money first."""
_HOUR = timedelta(hours=1)
_LONGEST = 48  # a day with the longest cut-off and the repeated hour has fewer


def figure_cards(figures: DayFigures, texts: Texts, total_note: str) -> tuple[FigureCard, ...]:
    """Return received, refunded, total, payments; `total_note` stands under the total."""
    say = texts.say
    paid = figures.by_status.get(PaymentStatus.PAID, 0)
    taken = texts.n("{n} receipt", "{n} receipts", figures.taken_count)
    returned = texts.n("{n} refund", "{n} refunds", figures.returned_count)
    return (
        FigureCard(say("Received"), money_text(figures.taken_minor), taken),
        FigureCard(say("Refunded"), money_text(figures.returned_minor), returned),
        FigureCard(say("Total"), money_text(figures.net_minor), total_note, is_accented=True),
        FigureCard(say("Payments made that day"), texts.paid_of(paid, figures.created_count)),
    )


def status_shares(figures: DayFigures, texts: Texts) -> tuple[StatusShare, ...]:
    """Return how the day's payments stand, money first."""
    known = ((PaymentStatus(status), tone) for status, tone in _TONES.items())
    return tuple(
        StatusShare(texts.status(status), tone, figures.by_status[status])
        for status, tone in known
        if figures.by_status.get(status)
    )


def hour_bars(figures: DayFigures, current: str | None) -> tuple[HourBar, ...]:
    """Return an hour each from the first to the last with money, and `current` (`2026-11-21T14`), without gaps."""
    sums = {row.hour: row.taken_minor for row in figures.by_hour}
    keys = sorted({*sums, *([current] if current and sums else ())})
    if not keys:
        return ()
    hour, last = (datetime.fromisoformat(f"{key}:00") for key in (keys[0], keys[-1]))
    found: list[HourBar] = []
    while hour <= last and len(found) < _LONGEST:
        key = hour.isoformat()[:13]
        minor = sums.get(key, 0)
        found.append(HourBar(f"{hour.hour}:00", minor, amount_text(minor), is_current=key == current))
        hour += _HOUR
    return tuple(found)


def hour_table(figures: DayFigures, texts: Texts) -> FiguresTableState:
    """Return the numbers of the chart; hours without money are left out."""
    rows = [(f"{int(row.hour[11:])}:00", amount_text(row.taken_minor)) for row in figures.by_hour]
    return FiguresTableState((texts.say("Hour"), texts.say("Received")), _with_total(rows, texts, figures.taken_minor))


def people_table(figures: DayFigures, texts: Texts) -> FiguresTableState:
    say = texts.say
    rows = [
        (
            say("Without a name") if person.name is None else person.name,
            count_text(person.taken_count),
            amount_text(person.taken_minor),
            amount_text(person.returned_minor) if person.returned_minor else NONE,
            amount_text(person.taken_minor - person.returned_minor),
        )
        for person in figures.by_person
    ]
    total = (figures.taken_count, figures.taken_minor, figures.returned_minor, figures.net_minor)
    head = (say("Who"), say("Count"), say("Received"), say("Refunded"), say("Total"))
    return FiguresTableState(head, _with_total(rows, texts, *total, count_first=True))


def ways_table(figures: DayFigures, texts: Texts) -> FiguresTableState:
    say = texts.say
    rows = [
        (_way(way.confirmed_by, texts.confirmed_by_short), count_text(way.taken_count), amount_text(way.taken_minor))
        for way in figures.by_confirmation
    ]
    total = (figures.taken_count, figures.taken_minor)
    head = (say("Way"), say("Count"), say("Received"))
    return FiguresTableState(head, _with_total(rows, texts, *total, count_first=True))


def _way(word: str, say: Callable[[ConfirmedBy | None], str]) -> str:
    return say(ConfirmedBy(word)) if word in tuple(ConfirmedBy) else word


def _with_total(
    rows: Sequence[tuple[str, ...]], texts: Texts, *totals: int, count_first: bool = False
) -> tuple[tuple[str, ...], ...]:
    shown = [amount_text(total) for total in totals]
    if count_first:
        shown[0] = count_text(totals[0])
    return (*rows, (texts.say("Total, ₴"), *shown))
