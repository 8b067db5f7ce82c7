"""Parses an HTTP body into an `Answer`, tolerantly (protocol.md B 4.5, 4.6); anything else is a refusal."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, UTC, datetime, tzinfo
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from app.domain.errors import OperatorRefused
from app.domain.text.redaction import redact_text
from app.operator_api.envelope import EnvelopeError, open_packet

HTTP_OK: Final = 200
CODE_OK: Final = 200
_MAX_MESSAGE, _MAX_CODE = 300, 32
_MAX_READ = 2_000  # a card number that the cut to 300 would split is redacted whole
_TOO_LARGE = 10**9
_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_NUMBER = re.compile(r"-?[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Answer:
    """The operator's answer: `code` and `status` as integers or None, `data` is empty when it was not an object."""

    code: int | None
    code_text: str | None
    message: str
    data: Mapping[str, Any] = field(repr=False)

    @property
    def status(self) -> int | None:
        return as_int(self.data.get("OperationStatus"))


def read_answer(http_status: int, body: bytes, merchant_key: RSAPrivateKey) -> Answer:
    """Return the answer of an HTTP 200, opened if sealed. Raises OperatorRefused (http_status, bad_answer)."""
    packet = _json_object(body)
    if http_status != HTTP_OK:
        message = clean_message(packet.get("Message")) if packet else ""
        code = _code_text(packet.get("Code")) if packet else None
        raise OperatorRefused(
            operator_code=code, message=message or "http_status", reason="http_status", status=http_status
        )
    if packet is None:
        raise bad_answer()
    return Answer(
        code=as_int(packet.get("Code")),
        code_text=_code_text(packet.get("Code")),
        message=clean_message(packet.get("Message")),
        data=_data(packet, merchant_key),
    )


def bad_answer(message: str = "", operator_code: str | None = None) -> OperatorRefused:
    """Return the refusal for an unusable answer."""
    return OperatorRefused(operator_code=operator_code, message=message or "bad_answer", reason="bad_answer")


def as_int(value: object) -> int | None:
    """Return the integer of a number or numeric text; None for anything else, booleans included."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if abs(value) < _TOO_LARGE else None
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return int(value.strip())
    return None


def as_text(value: object, limit: int) -> str | None:
    """Return a short id as text; None for a value that is absent, empty, too long or no id at all."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = str(value).strip() if isinstance(value, str) or abs(value) < 10**limit else ""
    return text if 0 < len(text) <= limit and text.isascii() and text.isprintable() else None


def as_id(value: object) -> str | None:
    """Return an id of the operator's when it is well-formed (protocol.md A3.4), else None."""
    text = as_text(value, 64)
    return text if text and _ID.fullmatch(text) else None


def clean_message(value: object) -> str:
    """Return the operator's own message on one line, redacted, at most 300 characters; "" when there are none."""
    if not isinstance(value, str):
        return ""
    printable = "".join(char if char.isprintable() else " " for char in value[:_MAX_READ])
    return redact_text(" ".join(printable.split()))[:_MAX_MESSAGE]


def _code_text(value: object) -> str | None:
    text = as_text(value, _MAX_CODE)
    return redact_text(text) if text else None


def _data(packet: Mapping[str, Any], merchant_key: RSAPrivateKey) -> Mapping[str, Any]:
    """Return `Data`: an object, a JSON text of one, or sealed; {} for null and everything else."""
    data = packet.get("Data")
    if packet.get("KeyAES"):
        try:
            opened = _json_object(open_packet(packet, private_key=merchant_key))
        except EnvelopeError as refused:
            raise bad_answer() from refused
        if opened is None:
            raise bad_answer()
        return opened
    if isinstance(data, str):
        data = _json_object(data)
    return data if isinstance(data, dict) else {}


def _json_object(text: str | bytes) -> dict[str, Any] | None:
    value = read_json(text)
    return value if isinstance(value, dict) else None


def read_json(text: str | bytes) -> Any:
    """Return the value of a JSON text, or None for invalid JSON.

    Also invalid: a text that is not in its declared encoding, too deep nesting, numbers longer than Python reads, and
    duplicate names: choosing one of two values would be a guess about money.
    """
    try:
        # json.loads would accept the bytes of lone surrogates
        plain = text if isinstance(text, str) else text.decode(json.detect_encoding(text))
        return json.loads(plain.removeprefix("\ufeff"), object_pairs_hook=_one_value_a_name)
    except (ValueError, RecursionError):
        return None


def _one_value_a_name(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs) and any(made[name] != value for name, value in pairs):
        raise ValueError("a name with two values")
    return made


def instant(moment: datetime, zone: tzinfo) -> datetime | None:
    """Return a moment in UTC, one without a zone taken for `zone`; None where it is not representable in every zone."""
    try:
        found = (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return found if MINYEAR < found.year < MAXYEAR else None
