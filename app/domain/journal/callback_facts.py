"""The facts that callbacks leave in the journal, and what makes two of them the same fact (protocol.md A3.5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from app.domain.ids import LinkKey, RefundId, dedupe_key
from app.domain.operator_codes import FINAL_COMMANDS, JUDGED_COMMANDS, CallbackResult


class SignatureCheck(StrEnum):
    """What the check of a callback's signature said (protocol.md A3.4)."""

    VERIFIED = "verified"
    MISSING = "missing"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class CallbackReceived:
    """A well-formed callback on a known link, with the verdicts that were judged at receipt (protocol.md A3.8).

    `counts`: a `pay` that is money: believed, no replay, of no other payment's operation. `refund_id`: the request of
    ours that a `refund` settles, as judged at receipt (A5). `signature`: SHA-256 of the decoded signature, hex, for
    replays. `txn_id_own`: our TransactionID, given back unsigned. `at_fixed_address`: it came without a callback key,
    so it is no proof; only [20003] settles what it says (A6b).
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
        """Signed, or an unsigned `pay` that the settings of its moment took for a signed one (protocol.md A3.6)."""
        return self.signed is SignatureCheck.VERIFIED or self.counts or self.txn_reused or self.replay

    def dedupe(self) -> str | None:
        return callback_dedupe_key(self)


def callback_dedupe_key(fact: CallbackReceived) -> str:
    """Return the key of protocol.md A3.5: what is final never collides with what may yet be judged otherwise.

    A verified fact differs from an unverified one, and so does an unsigned `pay` that was believed from one that was
    not. A `check` or `auth` answered with yes is one fact; each reason to refuse it is another.
    """
    named: tuple[object, ...] = ("callback", fact.link_key, fact.command, fact.txn_id, fact.uuid)
    if fact.at_fixed_address:  # what is no proof never stands in the way of what is
        named = (*named, "fixed address")
    if fact.command in FINAL_COMMANDS:
        verified = fact.signed is SignatureCheck.VERIFIED
        standing = "believed" if fact.is_trusted and not verified else verified
        return dedupe_key(*named, fact.txn_date, fact.sum_minor, standing)
    if fact.command in JUDGED_COMMANDS:
        return dedupe_key(*named, fact.result, "" if fact.result == CallbackResult.ACCEPTED else fact.message)
    return dedupe_key(*named)


@dataclass(frozen=True, slots=True)
class CallbackMalformed:
    """A callback on a known link that lacks, repeats or garbles what is needed (protocol.md A3.1)."""

    type: ClassVar[str] = "callback_malformed"
    link_key: LinkKey
    reason: str
    parameter: str
    nonce: str

    def dedupe(self) -> str | None:
        return dedupe_key(self.type, self.link_key, self.nonce)


@dataclass(frozen=True, slots=True)
class OrphanReceived:
    """A validly signed callback whose key we do not know; it belongs to no payment (protocol.md A2, A3.9)."""

    type: ClassVar[str] = "orphan_received"
    command: str
    txn_id: str
    uuid: str
    txn_date: str
    sum_minor: int
    txn_id_own: str | None = None
    """Our TransactionID, given back unsigned: names the payment as a proposal to a person (A6b)."""

    def dedupe(self) -> str | None:
        return dedupe_key(self.type, self.command, self.txn_id)


@dataclass(frozen=True, slots=True)
class KeysUnknown:
    """Callbacks came to addresses that are not ours. One fact a day (`YYYY-MM-DD`, Kyiv); the counter of its
    repetitions says how many more came (protocol.md A2). It belongs to no payment.
    """

    type: ClassVar[str] = "keys_unknown"
    day: str

    def dedupe(self) -> str | None:
        return dedupe_key(self.type, self.day)
