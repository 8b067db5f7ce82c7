"""What the shell shows around the pages, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chip:
    """A health chip at the foot of the rail: its word, tone, and an explanation of a sentence or two."""

    word: str = ""
    tone: str = "ended"
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class ShellState:
    """`problem`: what needs an action before the application can work; empty: none."""

    shop: str = ""
    date: str = ""
    clock: str = ""
    no_real_money: str = ""
    problem: str = ""
    attention_count: int = 0
    attention: str = ""
    """What the count means, in words."""
    operator: Chip = Chip()
    callbacks: Chip = Chip()
