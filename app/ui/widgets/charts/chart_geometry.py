"""Where the parts of a chart stand, in whole pixels: slots, bars, lines and the labels that have room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRect

HEAD: Final = 8
FOOT: Final = 24
AXIS_GAP: Final = 8
LABEL_GAP: Final = 8
WIDEST: Final = 48
BAND: Final = 80
LEAST_BAR: Final = 2
"""The height of the smallest bar that is not zero."""
AIRY: Final = 4
"""From this width of a slot on there is a gap between bars."""


@dataclass(frozen=True, slots=True)
class ChartGeometry:
    """A chart of `count` bars from `left` to `width`. `top_value`: what the highest line stands for, at least 1."""

    width: int
    height: int
    left: int
    count: int
    top_value: int

    @property
    def base(self) -> int:
        """The y of the line that the bars stand on."""
        return self.height - FOOT

    def slot(self, place: int) -> QRect:
        """Return the column of a bar with what is free around it, from top to base; slots leave no gap."""
        room = max(0, self.width - self.left)
        begin, end = room * place // self.count, room * (place + 1) // self.count
        return QRect(self.left + begin, HEAD, end - begin, max(0, self.base - HEAD))

    def bar(self, place: int, value: int) -> QRect:
        """Return the bar, at least a pixel wide where there are more bars than pixels."""
        slot = self.slot(place)
        gap = max(1, round(slot.width() * 0.3)) if slot.width() >= AIRY else 0
        width = max(1, min(WIDEST, slot.width() - gap))
        high = self.base - self.y_of(value)
        high = max(high, LEAST_BAR) if value > 0 else 0
        return QRect(slot.left() + (slot.width() - width) // 2, self.base - high, width, high)

    def band(self, place: int) -> QRect:
        """Return the part of a slot that is marked: not much wider than a bar can be."""
        slot = self.slot(place)
        spare = max(0, slot.width() - BAND) // 2
        return slot.adjusted(spare, 0, -spare, 0)

    def y_of(self, value: int) -> int:
        """Return the y of a value of the axis."""
        full = max(0, self.base - HEAD)
        return self.base - full * max(0, min(value, self.top_value)) // self.top_value

    def place_at(self, x: float) -> int | None:
        """Return the bar whose slot a point is in, at any height."""
        room = self.width - self.left
        if not self.count or not self.left <= x < self.width or room <= 0:
            return None
        place = min(self.count - 1, int(x - self.left) * self.count // room)
        while place + 1 < self.count and self.slot(place).right() < int(x):
            place += 1
        return place

    def label_step(self, widths: Sequence[float]) -> int:
        """Return every how many bars a label is drawn, so that none touches the next one."""
        step = 1
        while step < self.count and (self.width - self.left) * step < (max(widths) + LABEL_GAP) * self.count:
            step += 1
        return step
