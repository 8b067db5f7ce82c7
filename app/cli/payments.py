"""The verbs about payments: link, payments, payment, check, cancel, rebuild; helpers shared with `actions`."""

from __future__ import annotations

import logging
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from app.cli.filters import filter_options
from app.cli.output import FOUND, Failed, Notices, print_columns, print_json, print_line, run
from app.domain.errors import NotFound, OperatorError, PaydeskError
from app.domain.ids import PaymentId
from app.domain.text.plain_text import is_storable

if TYPE_CHECKING:
    from app.bootstrap import Core, Home, HomeLedger
    from app.domain.journal.events import JournalEntry
    from app.domain.payment import Payment
    from app.i18n.texts import Texts
    from app.services.ports.ledger import Ledger, PaymentHistory, PaymentView
    from app.services.sales.till import Sale

log = logging.getLogger(__name__)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
Action = Callable[["Core", PaymentId], Awaitable["PaymentView"]]


@click.command()
@click.option("--amount", required=True, help="The sum: 1250, 1 250,50 or 1250.50.")
@click.option("--purpose", help="What the payment is for.")
@click.option("--order", help="The shop's own order number.")
@click.option("--phone", help="The customer's phone.")
@click.option("--email", help="The customer's e-mail.")
@click.option("--pay-type", type=click.Choice(["20"]), help="20: Google Pay and Apple Pay.")
@click.option("--ttl", type=click.IntRange(1, 43_200), help="Minutes until the link expires.")
@click.option("--locale", type=click.Choice(["uk", "en"]), help="The language of the payer's page.")
@json_option
@click.pass_obj
def link(home: str | None, /, as_json: bool, amount: str, **options: Any) -> None:
    """Make a payment and its link."""
    notices = Notices()

    async def work(opened: Home, texts: Texts) -> None:
        from app.bootstrap import missing_for_operator, open_core, remembered_address
        from app.domain.errors import NotConfigured

        sale = _sale(opened, amount, options)
        missing = missing_for_operator(opened)
        if missing:
            raise NotConfigured(setting=missing)
        if not opened.settings.callbacks.public_url and remembered_address(opened) is None:
            notices.add(texts.warning("no_listener"))
        async with open_core(opened) as core:
            requested = await core.till.request_payment(sale)
            await _perform(core, texts, requested.payment.id, as_json, lambda c, i: c.till.open_link(i))
            await _baseline(core, requested.payment.id)

    run(home, work, notices)


def _sale(home: Home, amount: str, options: dict[str, Any]) -> Sale:
    from app.domain.money import parse_amount
    from app.services.sales.customers import parse_email, parse_free_text, parse_phone
    from app.services.sales.till import Sale

    phone, email, ttl = options["phone"], options["email"], options["ttl"]
    return Sale(
        amount_minor=parse_amount(amount, limit_minor=home.settings.till.max_amount_minor),
        purpose=parse_free_text(options["purpose"], "purpose"),
        order=parse_free_text(options["order"], "order"),
        phone=parse_phone(phone) if phone else None,
        email=parse_email(email) if email else None,
        pay_type=options["pay_type"],
        locale=options["locale"],
        ttl=timedelta(minutes=ttl) if ttl else None,
    )


async def _baseline(core: Core, payment_id: PaymentId) -> None:
    """Send a status inquiry right after the link is made: only a change from this answer counts (protocol.md A4)."""
    try:
        await core.status_inquiry.ask(payment_id, baseline=True)
    except PaydeskError as failure:
        # Without a baseline an inquiry is only a hint; the sale itself is done and printed.
        log.info("no baseline: %s", failure.code)


async def _perform(core: Core, texts: Texts, payment_id: PaymentId, as_json: bool, action: Action) -> None:
    """Run an action and print the payment, also after an operator's error (contract.md 1)."""
    failure: OperatorError | None = None
    try:
        view = await action(core, payment_id)
    except OperatorError as error:
        failure = error
        current = await core.ledger.payment(payment_id)
        if current is None:
            raise
        view = current
    _print_payment(core, texts, view, as_json)
    if failure is not None:
        raise Failed(failure)


def _print_payment(core: Core, texts: Texts, view: PaymentView, as_json: bool) -> None:
    from app.services.history.payment_json import payment_json

    now = core.clock.now()
    if as_json:
        print_json(payment_json(view, now))
        return
    _print_summary(view, texts, now)
    if view.payment.link.url:
        print_columns(view.payment.link.url)


def _print_history(access: HomeLedger, texts: Texts, history: PaymentHistory, as_json: bool) -> None:
    from app.i18n.formats import moment_text, shop_zone
    from app.services.history.payment_json import payment_history_json

    now, payment = access.clock.now(), history.payment
    if as_json:
        print_json(payment_history_json(history, now, texts.event))
        return
    _print_summary(history, texts, now, history.entries)
    _print_links_and_refunds(payment, texts)
    zone = shop_zone(access.home.settings.shop.timezone)
    for entry in history.entries:
        print_columns(moment_text(entry.at, zone), texts.event(entry), indent="  ")
    if payment.attention:
        command = f"paydesk settle {payment.number} --seen {history.as_of} --reason ..."
        print_line(texts.say("To settle only what you see here: {command}", command=command))


def _print_links_and_refunds(payment: Payment, texts: Texts) -> None:
    from app.i18n.event_texts import REFUND_STATES
    from app.i18n.formats import money_text

    for made in payment.links:
        if made.url:
            print_columns(made.url)
    for refund in payment.refunds:
        print_columns(money_text(refund.amount_minor), texts.say(REFUND_STATES[refund.status]), refund.reason)


def _print_summary(view: PaymentView, texts: Texts, now: datetime, entries: Sequence[JournalEntry] = ()) -> None:
    from app.i18n.formats import money_text

    payment = view.payment
    status = texts.status(payment.status(now), payment.late, payment.last_error)
    marks = (f"! {text}" for text in texts.attention_texts(payment, entries))
    returned = texts.refund(payment.refund)
    if returned:
        status = f"{status}, {returned}"
    money = money_text(payment.amount_minor, payment.currency)
    print_columns(f"№ {payment.number}", money, status, payment.purpose, *marks)


@click.command()
@filter_options
@click.option("--limit", type=click.IntRange(0), default=50, show_default=True, help="0 = all.")
@json_option
@click.pass_obj
def payments(home: str | None, /, as_json: bool, **options: Any) -> None:
    """List payments, newest first."""

    async def work(opened: Home, texts: Texts) -> None:
        from app.bootstrap import open_home_ledger
        from app.services.history.history import payment_filter
        from app.services.history.payment_json import payment_json

        async with open_home_ledger(opened) as access:
            now = access.clock.now()
            found = await access.ledger.payments(payment_filter(now, opened.settings.shop, **options))
            if as_json:
                print_json([payment_json(view, now) for view in found])
                return
            for view in found:
                _print_summary(view, texts, now)
            if not found:
                print_line(texts.say("No payments."))

    run(home, work)


@click.command()
@click.argument("reference", metavar="ID")
@json_option
@click.pass_obj
def payment(home: str | None, reference: str, as_json: bool) -> None:
    """Show one payment with its links, refunds and events."""

    async def work(opened: Home, texts: Texts) -> None:
        from app.bootstrap import open_home_ledger

        async with open_home_ledger(opened) as access:
            found = await _find(access.ledger, reference)
            history = await access.ledger.payment_history(found.payment.id)
            if history is None:
                raise NotFound(payment=reference)
            _print_history(access, texts, history, as_json)

    run(home, work)


@click.command()
@click.argument("reference", metavar="ID")
@json_option
@click.pass_obj
def check(home: str | None, reference: str, as_json: bool) -> None:
    """Ask the operator about a payment."""
    run_action(home, reference, as_json, _ask)


@click.command()
@click.argument("reference", metavar="ID")
@json_option
@click.pass_obj
def cancel(home: str | None, reference: str, as_json: bool) -> None:
    """Cancel a payment that is not paid. Money that comes all the same is kept and flagged."""
    run_action(home, reference, as_json, lambda core, payment_id: core.till.cancel(payment_id))


def run_action(
    home: str | None,
    reference: str,
    as_json: bool,
    action: Action,
    *,
    baseline: bool = False,
    first: Callable[[Core], Awaitable[None]] | None = None,
) -> None:
    """Find a payment, run an action on it and print it. `baseline`: the action made a link (protocol.md A4).

    `first` runs before the payment is looked up.
    """

    async def work(opened: Home, texts: Texts) -> None:
        from app.bootstrap import open_core

        async with open_core(opened) as core:
            if first is not None:
                await first(core)
            view = await _find(core.ledger, reference)
            await _perform(core, texts, view.payment.id, as_json, action)
            if baseline:
                await _baseline(core, view.payment.id)

    run(home, work)


async def _ask(core: Core, payment_id: PaymentId) -> PaymentView:
    """Send status inquiries about refunds in flight and the link; the first failure is raised after both."""
    failure: OperatorError | None = None
    try:
        await core.refunds.ask(payment_id)
    except OperatorError as error:
        failure = error
    view = await core.status_inquiry.ask(payment_id)
    if failure is not None:
        raise failure
    return view


async def _find(ledger: Ledger, reference: str) -> PaymentView:
    from app.domain.text.typed_text import payment_number, visible

    if not is_storable(reference):
        raise NotFound(payment=reference)
    number = payment_number(reference)
    found = await (
        ledger.payment(PaymentId(visible(reference))) if number is None else ledger.payment_by_number(number)
    )
    if found is None:
        raise NotFound(payment=reference)
    return found


@click.command()
@click.option("--check", "check_only", is_flag=True, help="Only compare; write nothing.")
@json_option
@click.pass_obj
def rebuild(home: str | None, check_only: bool, as_json: bool) -> None:
    """Make the projection from the journal again, or compare the two."""

    async def work(opened: Home, texts: Texts) -> bool:
        from app.bootstrap import open_home_ledger

        async with open_home_ledger(opened) as access:
            differences = await access.ledger.rebuild(write=not check_only)
        rows = [
            {"id": d.payment_id, "number": d.number, "column": d.column, "stored": d.stored, "folded": d.folded}
            for d in differences
        ]
        if as_json:
            print_json({"equal": not rows, "written": bool(rows) and not check_only, "differences": rows})
        elif not rows:
            print_line(texts.say("The list of payments agrees with the journal."))
        else:
            for row in rows:
                print_line("№ {number}  {column}: {stored!r} -> {folded!r}".format(**row))
        return bool(rows) and check_only

    if run(home, work):
        sys.exit(FOUND)
