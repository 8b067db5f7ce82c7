"""Parses a raw query string into an IncomingCallback or MalformedCallback; never raises (protocol.md A3.1, A3.4).

Card data dies in `_pairs`, the first function that sees the query (A3.7). A new parameter of its own: name it in
`_NAMED`, give it a field in `services.callbacks.incoming_callback.IncomingCallback`, and fill it in `_incoming`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, unquote_plus

from app.domain.operator_codes import FINAL_COMMANDS
from app.domain.text.redaction import mask_pan, redact_text
from app.domain.text.secret_names import Secret, is_card, secret_of
from app.operator_api.signature import SignatureVerifier
from app.services.callbacks.incoming_callback import IncomingCallback, MalformedCallback

MAX_QUERY: Final = 9 * 1024
"""No shorter than what the listener lets in: a `pay` is never refused for what it carries besides (A3.6)."""
_MAX_OTHER, _MAX_VALUE, _MAX_NAME, _MAX_MESSAGE = 20, 200, 64, 300

_SIMPLE_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_OUR_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
_OURS = re.compile(r"[0-9a-f]{24}")  # as `Entropy.transaction_id` makes them: their digits are no card number
_FORMS: Final = {
    "command": re.compile(r"[A-Za-z0-9_-]{1,32}"),
    "txn_id": _SIMPLE_ID,
    "uuid": _SIMPLE_ID,
    "txn_date": re.compile(r"[0-9]{14}|(?=.*[0-9])(?=.*[ .:/+,_-])[0-9A-Za-z .:/+,_-]{1,32}"),
    "sum": re.compile(r"[1-9][0-9]{0,11}"),
}
_OWN_ID = "txn_id_own"
_ALWAYS_NEEDED = ("command", "txn_id")
_NEEDED_FOR_MONEY = ("uuid", "txn_date", "sum")
_NAMED = frozenset({*_FORMS, "sign", "account", "gateway", "pay_type", "message", "error"})


@dataclass(frozen=True, slots=True)
class _Query:
    """The parameters, decoded and without card data: first value by name, and the repeated names."""

    values: dict[str, str]
    repeated: frozenset[str]
    card: str | None

    def valid(self, name: str) -> str | None:
        """Return the value of a required parameter when it is well-formed."""
        value = self.values.get(name)
        return value if value and name not in self.repeated and _FORMS[name].fullmatch(value) else None


def parse_callback(raw_query: str, verifier: SignatureVerifier) -> IncomingCallback | MalformedCallback:
    """Return the parsed form of a raw, still percent-encoded query. Signed values are compared as decoded."""
    if len(raw_query) > MAX_QUERY or len(raw_query.encode("utf-8", "replace")) > MAX_QUERY:
        return MalformedCallback("malformed", "query")
    query = _pairs([piece for piece in raw_query.split("&") if piece])
    return _fault(query) or _incoming(query, verifier)


def _pairs(pieces: list[str]) -> _Query:
    """Decode the parameters; a card number is replaced by its mask, expiry and card secrets are dropped."""
    values: dict[str, str] = {}
    repeated: set[str] = set()
    card: str | None = None
    for piece in pieces:
        raw_name, _, raw_value = piece.partition("=")
        name = _decoded(unquote_plus(raw_name, errors="replace"))
        secret = Secret.NONE if name in _NAMED else secret_of(name)
        if secret is Secret.CARD_NUMBER or is_card(name):
            card = card or mask_pan(unquote_plus(raw_value, errors="replace"))
        elif secret is Secret.NONE:
            if name in values:
                repeated.add(name)
                continue
            decode = unquote if name == "sign" else unquote_plus
            values[name] = _decoded(decode(raw_value, errors="replace"))
    return _Query(values, frozenset(repeated), card)


def _decoded(text: str) -> str:
    """Return text that can be stored: lone surrogates of a raw query are replaced."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _fault(query: _Query) -> MalformedCallback | None:
    """Return the first fault: repeated before missing before malformed."""
    txn_id = query.valid("txn_id")
    for name in _FORMS:
        if name in query.repeated:
            return MalformedCallback("repeated", name, txn_id)
    with_money = query.values.get("command") in FINAL_COMMANDS
    for name in (*_ALWAYS_NEEDED, *(_NEEDED_FOR_MONEY if with_money else ())):
        if not query.values.get(name):
            return MalformedCallback("missing", name, txn_id)
    for name in _FORMS:
        if query.values.get(name) and query.valid(name) is None:
            return MalformedCallback("malformed", name, txn_id)
    if redact_text(query.values["command"]) != query.values["command"]:
        return MalformedCallback("malformed", "command", txn_id)
    return None


def _incoming(query: _Query, verifier: SignatureVerifier) -> IncomingCallback:
    values = query.values
    uuid, txn_date, sum_text = (values.get(name) or None for name in _NEEDED_FOR_MONEY)
    # a repeated `sign` is treated as a wrong signature
    sign = "repeated sign!" if "sign" in query.repeated else values.get("sign")
    signed, signature = verifier.check(values["txn_id"], uuid, txn_date, sum_text, sign)
    message = values.get("message") or values.get("error")
    own_id = _own_id(query)
    return IncomingCallback(
        command=values["command"],
        txn_id=values["txn_id"],
        signed=signed,
        uuid=uuid,
        txn_date=txn_date,
        sum_minor=int(sum_text) if sum_text else None,
        signature=signature,
        card=query.card,
        account=_shown(values.get("account"), _MAX_VALUE),
        gateway=_shown(values.get("gateway"), _MAX_NAME),
        pay_type=_shown(values.get("pay_type"), _MAX_NAME),
        error_text=_shown(message, _MAX_MESSAGE),
        other=_other(values, own_id),
        txn_id_own=own_id,
    )


def _own_id(query: _Query) -> str | None:
    """Return our own TransactionID, echoed (A6b), when it is well-formed; else it is kept as any other text."""
    value = query.values.get(_OWN_ID)
    if not value or _OWN_ID in query.repeated or not _OUR_ID.fullmatch(value):
        return None
    return value if _OURS.fullmatch(value) or redact_text(value) == value else None


def _other(values: dict[str, str], own_id: str | None) -> tuple[tuple[str, str], ...]:
    named = {*_NAMED, _OWN_ID} if own_id else _NAMED
    unknown = [(name, value) for name, value in values.items() if name not in named]
    return tuple(
        (_shown(name, _MAX_NAME) or "", _shown(value, _MAX_VALUE) or "") for name, value in unknown[:_MAX_OTHER]
    )


def _shown(text: str | None, limit: int) -> str | None:
    """Return the text redacted, without control characters, cut to the limit; None for an empty one."""
    if not text:
        return None
    printable = "".join(char if char.isprintable() else " " for char in text)  # before the cut: it may split a card
    return redact_text(printable)[:limit].strip() or None
