"""What a chart of totals shows, as frozen values with ready texts; free of Qt."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChartBar:
    """`value` is its height: kopecks, or a count. `label` stands below it, `title` is the same in words.

    `figure` and `note` tell its numbers. `tone`: of a status; empty for the accent. `is_current`: still growing.
    `cells`: the same numbers as a row of the table, without its name.
    """

    key: str
    label: str
    title: str
    value: int
    figure: str
    note: str = ""
    tone: str = ""
    is_current: bool = False
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AxisTick:
    """A line of the grid with its round number."""

    value: int
    label: str


@dataclass(frozen=True, slots=True)
class ChartState:
    """Bars from left to right. `ticks` begin with zero; the last one is at least as high as every bar.

    `unit`: what the axis counts. `hint`: what a click on a bar does. `head`: the columns of the table; `total`: its
    last row. `empty`: said where there are no bars.
    """

    title: str = ""
    unit: str = ""
    hint: str = ""
    bars: tuple[ChartBar, ...] = ()
    ticks: tuple[AxisTick, ...] = ()
    head: tuple[str, ...] = ()
    total: tuple[str, ...] = ()
    empty: str = ""
