"""The verb `totals`: what the payments of a filter add up to (contract.md 1b)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from app.cli.filters import filter_options
from app.cli.output import print_columns, print_json, run
from app.services.ports.history_values import TotalsBy

if TYPE_CHECKING:
    from app.bootstrap import Home
    from app.i18n.texts import Texts
    from app.services.ports.history_values import TotalsGroup
    from app.services.ports.ledger import Totals


@click.command()
@filter_options
@click.option("--by", type=click.Choice([word.value for word in TotalsBy]), help="Group the totals.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def totals(home: str | None, /, as_json: bool, by: str | None, **options: Any) -> None:
    """Add up the payments of the filters."""

    async def work(opened: Home, texts: Texts) -> None:
        from app.bootstrap import open_home_ledger
        from app.services.history.history import payment_filter
        from app.services.history.payment_json import totals_json

        async with open_home_ledger(opened) as access:
            criteria = payment_filter(access.clock.now(), opened.settings.shop, **options)
            found = await access.ledger.totals(criteria, TotalsBy(by) if by else None)
        if as_json:
            print_json(totals_json(found))
        else:
            _print_totals(found, by, texts)

    run(home, work)


def _print_totals(found: Totals, by: str | None, texts: Texts) -> None:
    from app.domain.payment import PaymentStatus
    from app.i18n.formats import money_text

    def columns(sums: Totals | TotalsGroup) -> tuple[str, ...]:
        money = {
            "Received: {sum}": sums.received_minor,
            "Refunded: {sum}": sums.refunded_minor,
            "Net: {sum}": sums.received_minor - sums.refunded_minor,
        }
        told = (texts.say(words, sum=money_text(minor)) for words, minor in money.items())
        return (texts.paid_of(sums.paid, sums.count), *told)

    for group in found.groups:
        key = texts.status(PaymentStatus(group.key)) if by == TotalsBy.STATUS and group.key else group.key
        print_columns(key or texts.say("nobody named"), *columns(group))
    print_columns(*columns(found))
