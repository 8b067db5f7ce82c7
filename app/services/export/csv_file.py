"""Rows as CSV for the local Excel: UTF-8 with a BOM, `;`, CRLF, decimal comma (contract.md 1b)."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any, BinaryIO

from app.i18n.formats import plain_amount
from app.i18n.marks import _
from app.i18n.texts import Texts
from app.services.export.columns import COLUMNS, Column, Kind, Value
from app.services.export.control_totals import ControlTotals

_BOM = "\ufeff"
_FORMULA_STARTS = frozenset("=+-@\t\r")
_ROWS_AT_ONCE = 1_000


def write_csv(
    file: BinaryIO, header: Sequence[str], columns: Sequence[Column], rows: Iterable[Sequence[Value]]
) -> None:
    """Write the header and the rows of these columns. Raises OSError."""
    writers = [_WRITERS[column.kind] for column in columns]
    texts = ([write(value) for write, value in zip(writers, row, strict=True)] for row in rows)
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


def _sum(value: Any) -> str:
    return "" if value is None else plain_amount(value)


def _number(value: Any) -> str:
    return "" if value is None else str(value)


def _moment(value: Any) -> str:
    return "" if value is None else str(value.isoformat(" ", "seconds"))


def _guarded(text: Any) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    if not text:
        return ""
    return f"'{text}" if text[0] in _FORMULA_STARTS else text


_WRITERS: dict[Kind, Callable[[Any], str]] = {
    Kind.SUM: _sum,
    Kind.NUMBER: _number,
    Kind.MOMENT: _moment,
    Kind.TEXT: _guarded,
}


def _encoded(rows: Iterable[Sequence[str]], before: str = "") -> bytes:
    text = io.StringIO(newline="")
    text.write(before)
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
