"""The round numbers beside a chart: steps of 1, 2 or 5 times a power of ten."""

from __future__ import annotations

from typing import Final

from app.i18n.formats import amount_text, count_text
from app.i18n.marks import _
from app.i18n.texts import Texts
from app.ui.payment.chart_state import AxisTick

INTERVALS: Final = 4
"""At most so many steps from zero to the top."""
HRYVNIA: Final = 100
LARGE: Final = ((10**12, _("{n} T")), (10**9, _("{n} B")), (10**6, _("{n} M")))
"""From these numbers on an axis is labelled in millions and more: the digits would take the room of the bars."""


def money_ticks(most_minor: int, texts: Texts) -> tuple[AxisTick, ...]:
    """Return the ticks of an axis that reaches this sum of kopecks at least."""
    values = _values(most_minor)
    return tuple(AxisTick(value, _money_label(value, values[-1], texts)) for value in values)


def count_ticks(most: int, texts: Texts) -> tuple[AxisTick, ...]:
    """Return the ticks of an axis that reaches this count at least."""
    values = _values(most)
    return tuple(AxisTick(value, _label(value, values[-1], texts)) for value in values)


def _values(most: int) -> list[int]:
    """Return zero and the multiples of the least round step up to the first that is not below `most`."""
    power = 1
    while True:
        for step in (power, 2 * power, 5 * power):
            if most <= step * INTERVALS:
                return [step * place for place in range(max(1, -(-most // step)) + 1)]
        power *= 10


def _money_label(minor: int, top: int, texts: Texts) -> str:
    if top < INTERVALS * HRYVNIA:
        return amount_text(minor)
    return _label(minor // HRYVNIA, top // HRYVNIA, texts)


def _label(number: int, top: int, texts: Texts) -> str:
    for unit, words in LARGE:
        if top >= unit:
            tenths = number * 10 // unit
            whole = count_text(tenths // 10)
            return texts.say(words, n=f"{whole},{tenths % 10}" if tenths % 10 else whole) if number else "0"
    return count_text(number)
