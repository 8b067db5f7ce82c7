"""The filters that the verbs of the history share (contract.md 1b)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from app.domain.payment import ConfirmedBy, PaymentFlag, PaymentStatus

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--status", type=click.Choice([word.value for word in (*PaymentStatus, *PaymentFlag)])),
    click.option("--attention", is_flag=True, help="Only those that need attention."),
    click.option("--from", "first_day", metavar="YYYY-MM-DD"),
    click.option("--to", "last_day", metavar="YYYY-MM-DD"),
    click.option("--search", metavar="TEXT"),
    click.option("--min", "min_amount", metavar="SUM", help="The smallest sum."),
    click.option("--max", "max_amount", metavar="SUM", help="The largest sum."),
    click.option("--person", metavar="NAME", help="Who made it; empty: nobody known."),
    click.option("--confirmed-by", type=click.Choice([word.value for word in ConfirmedBy])),
)


def filter_options(verb: F) -> F:
    """Add the options whose values `payment_filter` takes by name."""
    for option in reversed(_OPTIONS):
        verb = option(verb)
    return verb
