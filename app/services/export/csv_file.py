"""Rows as CSV for the local Excel: UTF-8 with a BOM, `;`, CRLF, decimal comma (contract.md 1b)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import BinaryIO

from app.i18n.formats import plain_amount
from app.i18n.marks import _
from app.i18n.texts import Texts
from app.services.export.columns import COLUMNS, Column, Kind, Value
from app.services.export.control_totals import ControlTotals

_BOM = "\ufeff"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_ROWS_AT_ONCE = 1_000


def write_csv(
    file: BinaryIO, header: Sequence[str], columns: Sequence[Column], rows: Iterable[Sequence[Value]]
) -> None:
    """Write the header and the rows of these columns. Raises OSError."""
    kinds = [column.kind for column in columns]
    texts = ([_cell(value, kind) for value, kind in zip(row, kinds, strict=True)] for row in rows)
    file.write(_encoded([list(map(_guarded, header))], _BOM))
    while page := list(islice(texts, _ROWS_AT_ONCE)):
        file.write(_encoded(page))


def control_totals_csv(texts: Texts, totals: ControlTotals) -> bytes:
    """Return the second file of a CSV: each column, whether it may be added up, and what it adds up to."""
    yes, no = texts.say("yes"), texts.say("no")
    lines = [[texts.say(_("Column")), texts.say(_("May be added up")), texts.say(_("Total"))]]
    lines.append([texts.say("Payments"), "", str(totals.count)])
    for column in COLUMNS:
        adds_up = column.kind is Kind.SUM
        total = plain_amount(totals.of(column.key)) if adds_up else ""
        lines.append([texts.say(column.word), yes if adds_up else no, total])
    return _encoded(lines, _BOM)


def _cell(value: Value, kind: Kind) -> str:
    if value is None:
        return ""
    if kind is Kind.SUM and isinstance(value, int):
        return plain_amount(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    return _guarded(value) if isinstance(value, str) else str(value)


def _guarded(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _encoded(rows: Iterable[Sequence[str]], before: str = "") -> bytes:
    text = io.StringIO(newline="")
    text.write(before)
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
