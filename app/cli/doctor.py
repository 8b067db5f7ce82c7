"""The verb doctor: every check with a sentence and an advice. It also works on a damaged home."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.options import FILE
from app.cli.output import FOUND, Notices, print_columns, print_json, texts_of
from app.cli.payments import json_option
from app.domain.errors import PaydeskError

if TYPE_CHECKING:
    from app.i18n.texts import Texts
    from app.services.checks.check_result import CheckResult

DEFAULT_ZONE = "Europe/Kyiv"


@click.command()
@click.option("--diagnostics", type=FILE, help="Also write a file for support.")
@json_option
@click.pass_obj
def doctor(home: str | None, diagnostics: Path | None, as_json: bool) -> None:
    """Check the installation: settings, keys, ledger, the way of callbacks, the operator."""
    from app.services.checks.check_result import CheckResult

    if diagnostics is not None and not os.path.isdir(diagnostics.parent):  # noqa: PTH112 - raises nothing
        raise click.BadParameter(f"there is no folder {diagnostics.parent}", param_hint="--diagnostics")
    zone, notices = DEFAULT_ZONE, Notices()
    with notices:
        try:
            found, zone, notices.texts = _run_checks(home)
        except PaydeskError as failure:
            # Not even the home opens: that is a result, too.
            found = [CheckResult("settings", False, "check_failed", {"error": failure})]
        if diagnostics is not None:
            _write(home, found, diagnostics, notices)  # first: where it fails, nothing is printed on stdout
        _show(found, notices.texts, zone, as_json)
    if not all(result.ok for result in found):
        sys.exit(FOUND)


def _run_checks(given_home: str | None) -> tuple[list[CheckResult], str, Texts]:
    """Return the results, the shop's zone and its language. Raises a PaydeskError when the home cannot be opened."""
    import asyncio

    from app.bootstrap import open_doctor, open_home
    from app.logs import set_up_logging

    home = open_home(given_home, lambda code: None)  # its warnings are results here
    set_up_logging(home.paths.log_dir)

    async def work() -> list[CheckResult]:
        async with open_doctor(home) as opened_doctor:
            return await opened_doctor.run_checks()

    return asyncio.run(work()), home.settings.shop.timezone, texts_of(home.settings.ui.language)


def _write(given_home: str | None, found: list[CheckResult], target: Path, notices: Notices) -> None:
    from app.bootstrap import open_home
    from app.bootstrap.diagnostics import write_diagnostics

    write_diagnostics(open_home(given_home, lambda code: None), found, target)
    notices.add(notices.texts.say("The file for support is {file}", file=target))


def _show(found: list[CheckResult], texts: Texts, zone: str, as_json: bool) -> None:
    from app.i18n.doctor_texts import check_result_texts
    from app.i18n.formats import shop_zone
    from app.services.checks.check_result import KEY_PAIR, causes_only

    rows = []
    for result in found:
        text, advice = check_result_texts(texts, result.code, result.details, shop_zone(zone))
        rows.append({"check": result.check, "ok": result.ok, "text": text, "advice": advice})
    if as_json:
        print_json(rows)
        return
    primary = causes_only(found)
    for result, row in zip(found, rows, strict=True):
        if result not in primary:
            continue
        print_columns("ok" if row["ok"] else "!!", str(row["text"]))
        if row["advice"] and not row["ok"]:
            key = f" ({result.setting})" if result.setting and result.setting != KEY_PAIR else ""
            print_columns(f"{row['advice']}{key}", indent="    ")
