"""Kinds of values that verbs take: where click's own let through what cannot be meant."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Final

import click


class FiniteRange(click.FloatRange):
    """A number within bounds; `nan` is outside of all, though no comparison says so."""

    def convert(self, value: float | str, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number = float(super().convert(value, param, ctx))  # type: ignore[arg-type]
        if math.isnan(number):
            self.fail(f"{value} is not a number.", param, ctx)
        return number


class NamedPath(click.Path):
    """A path that names something: an empty one would mean the current folder, and no name holds a NUL."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Path:  # type: ignore[override]
        if not str(value) or "\0" in str(value):
            self.fail("a name is needed.", param, ctx)
        return Path(super().convert(value, param, ctx))  # type: ignore[arg-type]


SPEED: Final = FiniteRange(0.001, 100_000)
FOLDER: Final = NamedPath(file_okay=False)
FILE: Final = NamedPath(dir_okay=False)
FILE_THERE: Final = NamedPath(exists=True, dir_okay=False)
