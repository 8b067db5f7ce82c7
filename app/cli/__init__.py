"""The command line (contract.md 1): verbs without logic. Heavy imports stay inside the verbs."""

from __future__ import annotations

import sys

import click

from app.cli.actions import refund, renew, settle
from app.cli.day import day
from app.cli.doctor import doctor
from app.cli.export import export
from app.cli.output import fail_usage, output_checked
from app.cli.payments import cancel, check, link, payment, payments, rebuild
from app.cli.servers import listen, simulator
from app.cli.shop import config, keys
from app.cli.statement import statement
from app.cli.totals import totals
from app.cli.window import demo, run_verb

GROUP_HELP = "Paydesk: a sum becomes a checkout link, a payment and a row."


@click.group(help=GROUP_HELP, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--home", type=click.Path(file_okay=False), help="The folder of this installation.")
@click.version_option(package_name="paydesk", prog_name="paydesk")
@click.pass_context
def paydesk(ctx: click.Context, home: str | None) -> None:
    ctx.obj = home
    if ctx.invoked_subcommand is None:
        ctx.invoke(run_verb)


PAYMENT_VERBS = (
    *(link, payments, totals, payment, day, check, cancel, renew),
    *(settle, refund, rebuild, export),
)
HOME_VERBS = (run_verb, listen, simulator, demo, keys, config, doctor, statement)
for verb in (*PAYMENT_VERBS, *HOME_VERBS):
    paydesk.add_command(verb)


def main() -> None:
    """The entry point. Errors are one line on stderr, never a traceback (contract.md 1)."""
    with output_checked():
        try:
            code = paydesk.main(standalone_mode=False)
        except click.UsageError as error:
            fail_usage(error)
        except click.Abort:
            sys.exit(130)
        sys.exit(code if isinstance(code, int) else 0)
