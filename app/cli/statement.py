"""The verb statement: the operator's list of the wallet's movements, stored for comparison with the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from app.cli.output import Notices, print_columns, print_json, print_line, run
from app.cli.payments import json_option

if TYPE_CHECKING:
    from datetime import datetime

    from app.bootstrap import Core, Home
    from app.i18n.texts import Texts
    from app.services.ports.statement_store import StoredLine
    from app.services.statement.statements import FetchedStatement


@click.command()
@click.option("--from", "first_day", metavar="YYYY-MM-DD", help="The shop's day; without it, today.")
@click.option("--to", "last_day", metavar="YYYY-MM-DD", help="Inclusive; without it, today.")
@click.option("--kept", "kept_only", is_flag=True, help="Do not ask the operator: show what was kept.")
@json_option
@click.pass_obj
def statement(home: str | None, first_day: str | None, last_day: str | None, kept_only: bool, as_json: bool) -> None:
    """Fetch the operator's statement of some days, and keep it."""
    notices = Notices()

    async def work(opened: Home, texts: Texts) -> None:
        from app.bootstrap import open_core
        from app.services.history.history import business_day, days_period, parse_day

        async with open_core(opened) as core:
            hours = opened.settings.shop
            today = business_day(core.clock.now(), hours)
            last = parse_day(last_day) if last_day is not None else today
            first = parse_day(first_day) if first_day is not None else min(today, last)
            start, end = days_period(first, last, hours)
            fetched = await _fetched(core, start, end, kept_only)
        if as_json:
            print_json({"from": first.isoformat(), "to": last.isoformat(), **_json(fetched)})
        else:
            _show(fetched, notices, hours.timezone, kept_only=kept_only)

    run(home, work, notices)


async def _fetched(core: Core, start: datetime, end: datetime, kept_only: bool) -> FetchedStatement:
    from app.services.statement.statements import FetchedStatement

    if kept_only:
        return FetchedStatement(tuple(await core.statements.kept(start, end)), new=0, unreadable=0)
    return await core.statements.fetch(start, end)


def _json(fetched: FetchedStatement) -> dict[str, object]:
    return {"new": fetched.new, "unreadable": fetched.unreadable, "lines": [_line_json(kept) for kept in fetched.lines]}


def _line_json(kept: StoredLine) -> dict[str, object]:
    from app.services.history.payment_json import utc_text

    line = kept.line
    return {
        "at": utc_text(line.at),
        "amount_minor": line.amount_minor,
        "txn_id": line.txn_id,
        "uuid": line.uuid,
        "operation_type": line.operation_type,
        "status": line.status,
        "purpose": line.purpose,
        "raw": dict(line.raw),
        "first_seen_at": utc_text(kept.first_seen_at),
        "last_seen_at": utc_text(kept.last_seen_at),
    }


def _show(fetched: FetchedStatement, notices: Notices, timezone: str, *, kept_only: bool) -> None:
    from app.i18n.formats import moment_text, money_text, shop_zone

    zone, texts = shop_zone(timezone), notices.texts
    for kept in fetched.lines:
        line = kept.line
        words = (
            moment_text(line.at, zone) if line.at else "-",
            money_text(line.amount_minor),
            line.txn_id,
            line.purpose,
        )
        print_columns(*words)
    if not fetched.lines:
        print_line(
            texts.say("Nothing was kept for these days. Without --kept the operator is asked.")
            if kept_only
            else texts.say("The operator lists nothing for these days.")
        )
    if fetched.unreadable:
        notices.add(
            texts.n(
                "{n} row of the statement could not be read.",
                "{n} rows of the statement could not be read.",
                fetched.unreadable,
            )
        )
