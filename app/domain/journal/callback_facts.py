"""The journal facts of callbacks, and when two of them are the same fact (protocol.md A3.5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from app.domain.ids import LinkKey, RefundId, dedupe_key
from app.domain.operator_codes import FINAL_COMMANDS, JUDGED_COMMANDS, CallbackResult


class SignatureCheck(StrEnum):
    """The result of checking a callback's signature (protocol.md A3.4)."""

    VERIFIED = "verified"
    MISSING = "missing"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class CallbackReceived:
    """A well-formed callback on a known link, with the verdicts of its receipt (protocol.md A3.8).

    `counts`: a `pay` that is money: accepted, no replay, of no other payment's operation. `refund_id`: the request of
    ours that a `refund` settles, as judged at receipt (A5). `signature`: SHA-256 of the decoded signature, hex, for
    replays. `txn_id_own`: our TransactionID, echoed unsigned. `at_fixed_address`: received without a callback key,
    so it is no proof; only [20003] settles what it reports (A6b).
    `other` holds unknown parameters, redacted. Never a PAN: `card` is the mask of the first six and last four digits.
    """

    type: ClassVar[str] = "callback_received"
    link_key: LinkKey
    command: str
    txn_id: str
    uuid: str | None
    txn_date: str | None
    sum_minor: int | None
    signed: SignatureCheck
    result: str
    message: str
    counts: bool = False
    late: bool = False
    txn_reused: bool = False
    replay: bool = False
    signature: str | None = None
    card: str | None = None
    account: str | None = None
    gateway: str | None = None
    pay_type: str | None = None
    error_text: str | None = None
    other: dict[str, str] = field(default_factory=dict)
    refund_id: RefundId | None = None
    txn_id_own: str | None = None
    at_fixed_address: bool = False
    verdict_version: int | None = None

    @property
    def is_trusted(self) -> bool:
        """Signed, or an unsigned `pay` that the settings at receipt accepted as signed (protocol.md A3.6)."""
        return self.signed is SignatureCheck.VERIFIED or self.counts or self.txn_reused or self.replay

    def dedupe(self) -> str | None:
        return callback_dedupe_key(self)


def callback_dedupe_key(fact: CallbackReceived) -> str:
    """Return the key of protocol.md A3.5: a final fact never collides with one that may still be judged differently.

    A verified fact differs from an unverified one, and so does an unsigned `pay` that was accepted from one that was
    not. An accepted `check` or `auth` is one fact; each reason to refuse it is another.
    """
    named: tuple[object, ...] = ("callback", fact.link_key, fact.command, fact.txn_id, fact.uuid)
    if fact.at_fixed_address:  # an unproven fact never blocks a proven one
        named = (*named, "fixed address")
    if fact.command in FINAL_COMMANDS:
        verified = fact.signed is SignatureCheck.VERIFIED
        trust = "believed" if fact.is_trusted and not verified else verified
        return dedupe_key(*named, fact.txn_date, fact.sum_minor, trust)
    if fact.command in JUDGED_COMMANDS:
        return dedupe_key(*named, fact.result, "" if fact.result == CallbackResult.ACCEPTED else fact.message)
    return dedupe_key(*named)


@dataclass(frozen=True, slots=True)
class CallbackMalformed:
    """A callback on a known link whose required parameters are missing, repeated or malformed (protocol.md A3.1)."""

    type: ClassVar[str] = "callback_malformed"
    link_key: LinkKey
    reason: str
    parameter: str
    nonce: str

    def dedupe(self) -> str | None:
        return dedupe_key(self.type, self.link_key, self.nonce)


@dataclass(frozen=True, slots=True)
class OrphanReceived:
    """A validly signed callback with an unknown key; it belongs to no payment (protocol.md A2, A3.9)."""

    type: ClassVar[str] = "orphan_received"
    command: str
    txn_id: str
    uuid: str
    txn_date: str
    sum_minor: int
    txn_id_own: str | None = None
    """Our TransactionID, echoed unsigned: names the payment as a proposal to a person (A6b)."""

    def dedupe(self) -> str | None:
        return dedupe_key(self.type, self.command, self.txn_id)


@dataclass(frozen=True, slots=True)
class KeysUnknown:
    """Callbacks with unknown keys. One fact a day (`YYYY-MM-DD`, Kyiv); the counter of its
    repetitions counts the others (protocol.md A2). It belongs to no payment.
    """

    type: ClassVar[str] = "keys_unknown"
    day: str

    def dedupe(self) -> str | None:
        return dedupe_key(self.type, self.day)
