"""[20001] and [20002]: the wallet's balance and statement (protocol.md A6, B 6.6, B 6.7).

Every copy of the operator's documentation is cut off before a statement row's fields, so their names are guesses:
the `_*_NAMES` below, tried in their order. To support a new name, add it there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from app.domain.operator_codes import OperationStatus
from app.domain.text.redaction import redact_text
from app.operator_api.mapping import KYIV, refused
from app.operator_api.wire import (
    CODE_OK,
    Answer,
    as_id,
    as_int,
    as_text,
    bad_answer,
    clean_message,
    instant,
    read_json,
)
from app.services.ports.statement_store import Statement, StatementLine

_CONTENT_NAMES: Final = ("decodedData", "DecodedData", "decodeddata")
_AMOUNT_NAMES: Final = ("Sum", "Amount", "PaymentSum", "sum", "amount")
_TIME_NAMES: Final = ("DateTime", "Date", "OperationDate", "txn_date", "date_time", "date")
_TXN_NAMES: Final = ("TxnID", "TxnId", "txn_id", "OperationID", "OperationId")
_UUID_NAMES: Final = ("uuid", "UUID", "Uuid")
_TYPE_NAMES: Final = ("OperationType", "Type", "type")
_STATUS_NAMES: Final = ("OperationStatus", "Status", "status")
_PURPOSE_NAMES: Final = ("Purpose", "Description", "Comment", "purpose")
_MINOR = re.compile(r"[+-]?[0-9]{1,15}")
_MAX_LINES, _MAX_RAW, _MAX_NAME, _MAX_VALUE = 100_000, 40, 64, 200
_FORMATS: Final = ("%Y%m%d%H%M%S", "%Y%m%d %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y")


def balance_data() -> dict[str, Any]:
    """Return the Data of [20001], requesting a plain answer; without `ID` it means the only wallet (B 6.7)."""
    return {"Decrypted": True}


def statement_data(start: datetime, end: datetime) -> dict[str, Any]:
    """Return the Data of [20002]; that its times are Kyiv's is inferred (B 3)."""
    return {"DateStart": _kyiv(start), "DateFinish": _kyiv(end), "Decrypted": True}


def accepted(answer: Answer) -> Answer:
    """Return the answer when it is a success; raises OperatorRefused for another `Code`, or for status 21."""
    if answer.code != CODE_OK or answer.status == OperationStatus.DECLINED:
        raise refused(answer)
    return answer


def balance_minor(answer: Answer) -> int | None:
    """Return the first wallet's balance in kopecks, or None where the answer names none."""
    row = next(_rows(_content(answer)), None)
    return _as_minor(_first(row, _AMOUNT_NAMES)) if isinstance(row, Mapping) else None


def read_statement(answer: Answer) -> Statement:
    """Return the readable rows and the number of unreadable ones. Raises OperatorRefused without any list."""
    content = _content(answer)
    if content is None:
        raise bad_answer(answer.message)
    lines: list[StatementLine] = []
    unreadable = 0
    for number, row in enumerate(_rows(content)):
        line = _line(row) if number < _MAX_LINES else None
        if line is None:
            unreadable += 1
        else:
            lines.append(line)
    return Statement(tuple(lines), unreadable)


def _content(answer: Answer) -> Any:
    """Return `decodedData`, also where it is a JSON text; None when it is absent or not JSON."""
    content = _first(answer.data, _CONTENT_NAMES)
    if isinstance(content, str):
        content = read_json(content)
    return content if isinstance(content, list | dict) else None


def _rows(content: Any) -> Iterator[Any]:
    """Yield the rows of a list, of the first list in an object, or the object itself when it contains no list."""
    if isinstance(content, list):
        yield from content
    elif isinstance(content, dict) and content:
        inner = next((value for value in content.values() if isinstance(value, list)), None)
        yield from [content] if inner is None else inner


def _line(row: object) -> StatementLine | None:
    if not isinstance(row, Mapping):
        return None
    rest = dict(row)

    def take(names: tuple[str, ...], parse: Callable[[Any], Any]) -> Any:
        """Remove the first readable field of these names from the rest and return its value."""
        for name in names:
            value = parse(rest[name]) if name in rest else None
            if value is not None:
                del rest[name]
                return value
        return None

    amount = take(_AMOUNT_NAMES, _as_minor)
    if amount is None:
        return None
    return StatementLine(
        amount_minor=amount,
        at=take(_TIME_NAMES, _moment),
        txn_id=take(_TXN_NAMES, as_id),
        uuid=take(_UUID_NAMES, as_id),
        operation_type=take(_TYPE_NAMES, lambda value: as_text(value, 32)),
        status=take(_STATUS_NAMES, as_int),
        purpose=take(_PURPOSE_NAMES, lambda value: clean_message(value) or None),
        raw=tuple(_raw(name, value) for name, value in list(rest.items())[:_MAX_RAW]),
    )


def _raw(name: object, value: object) -> tuple[str, str]:
    """Return an unknown field as two short texts. Redacted together: a name can mark its value as a secret."""
    shown = value if isinstance(value, str) else _json_text(value)
    plain_name = clean_message(str(name))[:_MAX_NAME] or "?"
    line = clean_message(f"{plain_name}={shown[: 10 * _MAX_VALUE]}")
    return plain_name, redact_text(line.removeprefix(f"{plain_name}="))[:_MAX_VALUE]


def _json_text(value: object) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):  # serializing needs a little more stack than parsing
        return "?"


def _first(row: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((row[name] for name in names if row.get(name) not in (None, "")), None)


def _as_minor(value: object) -> int | None:
    """Return kopecks of an integer or its text. A fraction is not a number of kopecks: such a row is unreadable."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if abs(value) < 10**15 else None
    if isinstance(value, str) and _MINOR.fullmatch(value.strip()):
        return int(value.strip())
    return None


def _moment(value: object) -> datetime | None:
    """Return the UTC instant of one of the known forms; one without a zone is taken for Kyiv's (inferred, B 3)."""
    text = value.strip()[:40] if isinstance(value, str) else ""
    parsed: datetime | None = None
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        for form in _FORMATS:
            try:
                parsed = datetime.strptime(text, form)  # noqa: DTZ007 - its zone is set below
                break
            except ValueError:
                continue
    return None if parsed is None else instant(parsed, ZoneInfo(KYIV))


def _kyiv(moment: datetime) -> str:
    try:
        local = moment.astimezone(ZoneInfo(KYIV))
    except OverflowError:  # the calendar's last hours have none in Kyiv
        local = moment
    return local.replace(tzinfo=None).isoformat(" ", "seconds")  # strftime writes the year 1 as "1"
