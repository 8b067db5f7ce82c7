"""The verb export: what the filters choose, in a file for other programs (contract.md 1b)."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING, Any, Final

import click

from app.cli.options import FILE
from app.cli.output import print_json, print_line, run
from app.cli.payments import json_option, payments

if TYPE_CHECKING:
    from app.bootstrap import Home
    from app.i18n.texts import Texts
    from app.services.export.columns import Column

TELL_EVERY_S: Final = 2.0
OF_THE_LIST_ONLY: Final = ("limit", "as_json")


@click.command()
@click.option("--format", "kind", type=click.Choice(["csv", "xlsx", "json"]), required=True)
@click.option("--out", type=FILE, required=True, help="The file to write; one that is there stays if writing fails.")
@click.option("--columns", metavar="NAMES", help="Of a table, in this order: time,number,sum,... Without it, all.")
@click.option(
    "--totals", is_flag=True, help="CSV, JSON: also FILE.totals.csv, with what may be added up and its total."
)
@json_option
@click.pass_obj
def export(home: str | None, /, as_json: bool, **options: Any) -> None:
    """Write the payments that the filters choose to a file, newest first."""
    kind, out = options.pop("kind"), options.pop("out")
    columns, with_totals = _columns(options.pop("columns"), kind), options.pop("totals")
    totals_file = out.with_name(f"{out.name}.totals.csv") if with_totals and kind != "xlsx" else None

    async def work(opened: Home, texts: Texts) -> None:
        from app.bootstrap import open_home_ledger
        from app.bootstrap.export import ExportOrder, export_payments
        from app.i18n.formats import money_text
        from app.services.history.history import payment_filter

        async with open_home_ledger(opened) as access:
            criteria = payment_filter(access.clock.now(), opened.settings.shop, limit=0, **options)
            order = ExportOrder(kind, criteria, columns, out, totals_file)
            done = await export_payments(access, order, texts, _Teller(texts, silent=as_json).tell)
        totals = done.totals
        received, refunded = totals.received_minor, totals.refunded_minor
        if as_json:
            sums = {"received_minor": received, "refunded_minor": refunded}
            print_json({"file": str(out), "count": totals.count, **sums, "bytes": done.bytes})
            return
        line = texts.n(
            "{file}: {n} payment, received {received}, refunded {refunded}",
            "{file}: {n} payments, received {received}, refunded {refunded}",
            totals.count,
            file=out,
            received=money_text(received),
            refunded=money_text(refunded),
        )
        print_line(line)

    # Being ended is as Ctrl+C: the file beside the target goes, too.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        run(home, work)
    finally:
        signal.signal(signal.SIGTERM, before)


# The filters are those of `payments` (contract.md 1b), whatever is added to them.
export.params += [option for option in payments.params if option.name not in OF_THE_LIST_ONLY]


def _columns(given: str | None, kind: str) -> tuple[Column, ...]:
    from app.services.export.columns import COLUMNS

    if given is None:
        return COLUMNS
    if kind == "json":
        raise click.BadParameter("JSON has no columns.", param_hint="--columns")
    known = {column.key: column for column in COLUMNS}
    names = [name.strip() for name in given.split(",")]
    if not set(names) <= known.keys() or len(set(names)) != len(names):
        raise click.BadParameter(f"each one once, out of {', '.join(known)}.", param_hint="--columns")
    return tuple(known[name] for name in names)


class _Teller:
    """Prints how many payments are written, every two seconds."""

    def __init__(self, texts: Texts, *, silent: bool) -> None:
        self._texts = texts
        self._silent = silent
        self._next = time.monotonic() + TELL_EVERY_S

    def tell(self, count: int) -> None:
        if not self._silent and time.monotonic() >= self._next:
            self._next = time.monotonic() + TELL_EVERY_S
            print_line(self._texts.say("{count} payments are written…", count=count))
