"""What the shell shows around the pages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chip:
    """A light at the foot of the rail: its word, tone, and what it means in a sentence or two."""

    word: str = ""
    tone: str = "ended"
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class ShellState:
    """`problem`: what needs an action before the desk can work; empty is well."""

    shop: str = ""
    date: str = ""
    clock: str = ""
    demo: str = ""
    problem: str = ""
    operator: Chip = Chip()
    callbacks: Chip = Chip()
