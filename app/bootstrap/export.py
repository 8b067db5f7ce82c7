"""Joins an export to a home: its ledger, its texts, and the file that the person asked for."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import BinaryIO

from app.bootstrap.home import HomeLedger
from app.domain.errors import OwnFile
from app.i18n.formats import shop_zone
from app.i18n.texts import Texts
from app.services.export.columns import Column, row_values
from app.services.export.control_totals import ControlTotals, counted
from app.services.export.csv_file import control_totals_csv, write_csv
from app.services.export.json_file import write_json
from app.services.export.xlsx_file import write_xlsx
from app.services.ports.ledger import PaymentFilter, PaymentScan
from app.settings.home.atomic import file_for_person


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """`kind`: `csv`, `xlsx` or `json`. `totals_file`: where the control totals go, too."""

    kind: str
    criteria: PaymentFilter
    columns: Sequence[Column]
    target: Path
    totals_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    totals: ControlTotals
    bytes: int


class _Stopped(Exception):
    """The person does not want the file any more."""


async def export_payments(
    access: HomeLedger, order: ExportOrder, texts: Texts, tell: Callable[[int], None]
) -> Exported:
    """Write the file; `tell` gets the number of payments written, on the ledger's thread.

    When it is cancelled or fails, nothing is left behind and an existing file stays. Raises OwnFile, StorageError.
    """
    for target in filter(None, (order.target, order.totals_file)):
        if access.home.paths.owns(target):
            raise OwnFile(path=str(target))
    stopped = threading.Event()

    def progress(count: int) -> None:
        if stopped.is_set():
            raise _Stopped
        tell(count)

    def work(scan: PaymentScan) -> Exported:
        with ExitStack() as files:
            totals_file = files.enter_context(file_for_person(order.totals_file)) if order.totals_file else None
            file = files.enter_context(file_for_person(order.target))
            totals = ControlTotals()
            _write(file, scan, order, texts, shop_zone(access.home.settings.shop.timezone), totals, progress)
            if totals_file is not None:
                totals_file.write(control_totals_csv(texts, totals))
            progress(totals.count)
            file.flush()
            size = file.tell() if file.seekable() else 0
            if stopped.is_set():
                raise _Stopped
        return Exported(totals, size)

    try:
        return await access.ledger.scan(order.criteria, work)
    except asyncio.CancelledError:
        stopped.set()  # closing the ledger waits for its thread
        raise


def _write(
    file: BinaryIO,
    scan: PaymentScan,
    order: ExportOrder,
    texts: Texts,
    zone: tzinfo,
    totals: ControlTotals,
    progress: Callable[[int], None],
) -> None:
    """Write the rows of the scan and add them to the totals."""
    if order.kind == "json":
        write_json(file, counted(scan.views(), lambda view: view.payment, totals, progress), order.criteria.now)
        return
    rows = map(row_values(order.columns, texts, zone), counted(scan.lines(), lambda line: line, totals, progress))
    if order.kind == "xlsx":
        write_xlsx(file, texts, order.columns, rows, totals)
    else:
        write_csv(file, [texts.say(column.word) for column in order.columns], order.columns, rows)
