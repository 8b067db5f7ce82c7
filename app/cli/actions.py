"""The verbs that change an existing payment: refund, renew, settle."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import click

from app.cli.payments import json_option, run_action
from app.domain.errors import NotConfigured

if TYPE_CHECKING:
    from app.bootstrap import Core
    from app.domain.ids import PaymentId
    from app.services.ports.ledger import PaymentView

    SeenAction = Callable[[Core, PaymentId, int], Awaitable[PaymentView]]


@click.command()
@click.argument("reference", metavar="ID")
@click.option("--amount", help="The sum; without it, all that is left of the latest pay.")
@click.option("--reason", required=True, help="Why the money goes back.")
@json_option
@click.pass_obj
def refund(home: str | None, reference: str, amount: str | None, reason: str, as_json: bool) -> None:
    """Give money back. It is sent once; an unknown outcome is never sent again."""
    from app.domain.money import parse_amount

    async def send_refund(core: Core, payment_id: PaymentId, seen: int) -> PaymentView:
        _require_operator(core)
        amount_minor = None if amount is None else parse_amount(amount)
        return await core.refunds.refund(payment_id, amount_minor, reason, seen=seen)

    _run_action_as_seen(home, reference, as_json, send_refund)


@click.command()
@click.argument("reference", metavar="ID")
@json_option
@click.pass_obj
def renew(home: str | None, reference: str, as_json: bool) -> None:
    """Make a new link of an expired, cancelled or not created payment; id, number and history stay."""

    async def make_link(core: Core, payment_id: PaymentId) -> PaymentView:
        _require_operator(core)
        intent = await core.till.renew(payment_id)
        return await core.till.open_link(payment_id, known=intent)

    run_action(home, reference, as_json, make_link, baseline=True)


@click.command()
@click.argument("reference", metavar="ID")
@click.option("--reason", required=True, help="What you found out.")
@click.option("--seen", type=click.IntRange(0), metavar="SEQ", help="Clear only what stood there: as_of of “payment”.")
@click.option("--paid", is_flag=True, help="The money has come: mark the payment as paid.")
@json_option
@click.pass_obj
def settle(home: str | None, reference: str, reason: str, seen: int | None, paid: bool, as_json: bool) -> None:
    """Clear what needs attention. With --paid, where the operator says paid, the payment becomes paid."""

    async def clear(core: Core, payment_id: PaymentId, seen: int) -> PaymentView:
        return await core.settlement.settle(payment_id, reason, seen=seen, paid=paid)

    _run_action_as_seen(home, reference, as_json, clear, seen)


def _run_action_as_seen(
    home: str | None, reference: str, as_json: bool, action: SeenAction, given: int | None = None
) -> None:
    """Run an action against a seen state: the given seq of the journal, else the one at the start of the verb."""
    seen = given or 0

    async def note(core: Core) -> None:
        nonlocal seen
        seen = await core.ledger.last_seq() if given is None else given

    run_action(home, reference, as_json, lambda core, payment_id: action(core, payment_id, seen), first=note)


def _require_operator(core: Core) -> None:
    """Raise before anything is written when requests to the operator are impossible."""
    from app.bootstrap import missing_for_operator

    missing = missing_for_operator(core.home)
    if missing:
        raise NotConfigured(setting=missing)
