"""The bars of a chart of totals: their words, their figures and the same numbers as a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

from app.domain.payment import PaymentStatus
from app.i18n.formats import count_text, day_title, money_text
from app.i18n.marks import _
from app.i18n.texts import Texts
from app.services.ports.history_values import TotalsBy, TotalsGroup
from app.ui.payment.chart_axis import count_ticks, money_ticks
from app.ui.payment.chart_groups import Grouped
from app.ui.payment.chart_state import ChartBar, ChartState
from app.ui.payment.display import STATUS_TONES

TITLES: Final = {
    TotalsBy.HOUR: _("By hour"),
    TotalsBy.DAY: _("By day"),
    TotalsBy.MONTH: _("By month"),
    TotalsBy.STATUS: _("By status"),
}
_HINTS: Final = {
    TotalsBy.HOUR: _("Click: this hour only"),
    TotalsBy.DAY: _("Click: this day only"),
    TotalsBy.MONTH: _("Click: this month only"),
    TotalsBy.STATUS: _("Click: this status only"),
}
_NAMES: Final = {
    TotalsBy.HOUR: _("Time"),
    TotalsBy.DAY: _("Date"),
    TotalsBy.MONTH: _("Month"),
    TotalsBy.STATUS: _("Status"),
}
_COLUMNS: Final = (_("Payments"), _("Paid"), _("Received"), _("Refunded"))
_MONTHS: Final = (
    _("January {year}"), _("February {year}"), _("March {year}"), _("April {year}"), _("May {year}"),
    _("June {year}"), _("July {year}"), _("August {year}"), _("September {year}"), _("October {year}"),
    _("November {year}"), _("December {year}"),
)  # fmt: skip
_Namer = Callable[[str], tuple[str, str]]
"""Returns what stands below a bar, and its title in words."""


def chart_state(found: Grouped, texts: Texts, current: str = "") -> ChartState:
    """Return the chart of groups by hour, day, month or status. `current`: the key of the bar that still grows.

    Bars in time are as high as what was received, those of statuses as the number of payments, which their labels
    tell: one beside thousands cannot be read off the axis.
    """
    is_status = found.by is TotalsBy.STATUS
    groups = _in_order(found.groups) if is_status else found.groups
    name_of = _namer(found, texts)
    bars = tuple(_bar(group, name_of(group.key or ""), found.by, texts, current) for group in groups)
    most = max((bar.value for bar in bars), default=0)
    return ChartState(
        title=texts.say(TITLES[found.by]),
        unit=_unit(found, texts),
        hint=texts.say(_HINTS[found.by]) if len([group for group in groups if group.count]) > 1 else "",
        bars=bars,
        ticks=() if not bars else count_ticks(most, texts) if is_status else money_ticks(most, texts),
        head=tuple(texts.say(word) for word in (_NAMES[found.by], *_COLUMNS)),
        total=(texts.say("In all"), *_cells(_sum(groups))) if bars else (),
        empty="" if bars else texts.say("There is nothing to draw here"),
    )


def _unit(found: Grouped, texts: Texts) -> str:
    if found.by is TotalsBy.STATUS:
        return texts.say("Number of payments")
    unit = texts.say("Received, ₴")
    is_hours = found.by is TotalsBy.HOUR and found.groups
    return f"{unit} · {day_title(_day_of(found.groups[0].key or ''), texts)}" if is_hours else unit


def _day_of(key: str) -> date:
    return date.fromisoformat(key[:10])


def _bar(group: TotalsGroup, name: tuple[str, str], by: TotalsBy, texts: Texts, current: str) -> ChartBar:
    label, title = name
    key, count = group.key or "", texts.n("{n} payment", "{n} payments", group.count)
    money = money_text(group.received_minor)
    refunded = texts.say("refunded {sum}", sum=money_text(group.refunded_minor)) if group.refunded_minor else ""
    is_status = by is TotalsBy.STATUS
    notes = (money if group.received_minor else "", refunded) if is_status else (count, refunded)
    return ChartBar(
        key=key,
        label=f"{label} {count_text(group.count)}" if is_status else label,
        title=title,
        value=group.count if is_status else group.received_minor,
        figure=count if is_status else money,
        note=" · ".join(note for note in notes if note),
        tone=STATUS_TONES[PaymentStatus(key)] if is_status else "",
        is_current=bool(current) and key == current,
        cells=_cells(group),
    )


def _cells(group: TotalsGroup) -> tuple[str, ...]:
    received, refunded = money_text(group.received_minor), money_text(group.refunded_minor)
    return count_text(group.count), count_text(group.paid), received, refunded


def _sum(groups: Sequence[TotalsGroup]) -> TotalsGroup:
    return TotalsGroup(
        None,
        sum(group.count for group in groups),
        sum(group.paid for group in groups),
        sum(group.received_minor for group in groups),
        sum(group.refunded_minor for group in groups),
    )


def _in_order(groups: Sequence[TotalsGroup]) -> list[TotalsGroup]:
    """Return groups by status in the order of PaymentStatus; the keys are its words."""
    words = [status.value for status in PaymentStatus]
    return sorted(groups, key=lambda group: words.index(group.key or ""))


def _namer(found: Grouped, texts: Texts) -> _Namer:
    if found.by is TotalsBy.STATUS:
        return lambda key: (texts.status(PaymentStatus(key)),) * 2
    if found.by is TotalsBy.MONTH:
        return lambda key: (f"{key[5:]}.{key[2:4]}", month_title(key, texts))
    if found.by is TotalsBy.HOUR:
        return lambda key: (str(int(key[11:])), f"{day_title(_day_of(key), texts)}, {hours_text(key)}")
    is_one_month = len({(group.key or "")[:7] for group in found.groups}) == 1
    return lambda key: (_day_label(key, is_one_month), day_title(_day_of(key), texts))


def _day_label(key: str, is_one_month: bool) -> str:
    return str(int(key[8:])) if is_one_month else f"{key[8:]}.{key[5:7]}"


def hours_text(key: str) -> str:
    """Return `14:00–15:00` for `2026-11-21T14`."""
    hour = int(key[11:])
    return f"{hour}:00–{hour + 1}:00"


def month_title(key: str, texts: Texts) -> str:
    """Return `November 2026` for `2026-11`."""
    return texts.say(_MONTHS[int(key[5:]) - 1], year=key[:4])
