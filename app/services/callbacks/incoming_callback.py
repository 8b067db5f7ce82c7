"""What the operator sent, parsed: the values that the listener hands to `Intake`."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.journal.events import SignatureCheck


@dataclass(frozen=True, slots=True)
class IncomingCallback:
    """A callback whose required parameters are present, once, and well-formed (protocol.md A3.1, A3.4).

    `signature` is the hex SHA-256 of the decoded signature; `card` the mask `412345******3217`; `other` is redacted.
    """

    command: str
    txn_id: str
    signed: SignatureCheck
    uuid: str | None = None
    txn_date: str | None = None
    sum_minor: int | None = None
    signature: str | None = None
    card: str | None = None
    account: str | None = None
    gateway: str | None = None
    pay_type: str | None = None
    error_text: str | None = None
    other: tuple[tuple[str, str], ...] = ()
    txn_id_own: str | None = None
    """Our own TransactionID, echoed (protocol.md A6b). It is not signed."""


@dataclass(frozen=True, slots=True)
class MalformedCallback:
    """A callback that cannot be judged. `reason`: `missing`, `repeated` or `malformed`; `txn_id` only if valid."""

    reason: str
    parameter: str
    txn_id: str | None = None
