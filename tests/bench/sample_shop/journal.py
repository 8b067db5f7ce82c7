"""Writes the journal of one made-up payment, fact by fact, as the program's services state them."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from app.domain.ids import ContactId, LinkKey, PaymentId, RefundId, TransactionId
from app.domain.journal.events import (
    VERDICT_VERSION,
    CallbackReceived,
    Fact,
    JournalEntry,
    LinkCancelled,
    LinkCreated,
    LinkRefused,
    LinkRequested,
    LinkUnanswered,
    PaymentRequested,
    PaymentSettled,
    RefundAnswered,
    RefundRequested,
    SignatureCheck,
    Source,
    StatusAnswered,
)
from app.domain.operator_codes import CallbackCommand, CallbackResult
from app.domain.payment import RefundStatus
from app.domain.payment_fold.fold import fold
from app.domain.timestamps import from_millis
from app.services.callbacks.callback_verdict import OK
from app.services.ports.ledger_transaction import InquiryRecord
from app.simulator.callbacks import operator_date
from app.simulator.orders import WAITING
from tests.bench.sample_shop.words import DECLINES, Wanted

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
TTL_MS = 15 * MINUTE
LEASE_MS = 45 * SECOND
_SLOW_REFUNDS = 0.1
LISTENER = "http://127.0.0.1:8733"
OPERATOR = "http://127.0.0.1:8734"


@dataclass(slots=True)
class OneLink:
    """A link and what the operator calls it."""

    key: LinkKey
    transaction_id: TransactionId
    expires_ms: int
    uuid: str
    answers: int = 0


class PaymentJournal:
    """One payment's facts. Its clock `at_ms` only goes forward; what would be after `until_ms` has not happened.

    `is_left_open`: nobody settles what needs attention.
    """

    def __init__(self, rng: Random, number: int, at_ms: int, until_ms: int, wanted: Wanted, contact: int) -> None:
        self.rng = rng
        self.number = number
        self.at_ms = at_ms
        self.amount_minor = wanted.amount_minor
        self.entries: list[JournalEntry] = []
        self.inquiries: dict[LinkKey, InquiryRecord] = {}
        self.wanted = wanted
        self.is_left_open = False
        self.until_ms = until_ms
        self._contact_id = ContactId(contact)
        self._id = PaymentId(f"p{rng.getrandbits(80):020x}")
        self._txn_ids = 10_000_000 + number * 16

    # The cashier

    def request(self, *, pay_type: str | None = None, ttl_minutes: int | None = None) -> None:
        """State the sale; its first link is another fact of the same moment."""
        sale = self.wanted
        fact = PaymentRequested(
            number=self.number,
            amount_minor=sale.amount_minor,
            currency="UAH",
            terminal_id="1",
            locale="en" if self.number % 41 == 0 else "uk",
            purpose=sale.purpose,
            order=sale.order,
            contact_id=self._contact_id if sale.contact else None,
            pay_type=pay_type,
            created_by=sale.cashier,
            ttl_minutes=ttl_minutes,
        )
        self.state(fact, Source.TILL)

    def request_link(self, *, again: OneLink | None = None, ttl_ms: int = TTL_MS) -> OneLink:
        """State the intent of a link, or of another try for the same one."""
        rng = self.rng
        key = again.key if again else LinkKey(f"{rng.getrandbits(128):032x}"[:22])
        link = OneLink(
            key,
            TransactionId(f"{rng.getrandbits(96):024x}"),
            again.expires_ms if again else self.at_ms + ttl_ms,
            _uuid(rng),
        )
        fact = LinkRequested(
            link_key=key,
            transaction_id=link.transaction_id,
            callback_url=f"{LISTENER}/xpay/{key}",
            expires_at=from_millis(link.expires_ms),
            lease_until=from_millis(self.at_ms + LEASE_MS),
            owner="shop:4242",
            terminal_id="1",
        )
        self.state(fact, Source.PROGRAM if again else Source.TILL)
        return link

    def open_link(self, **options: Any) -> OneLink:
        """State a link that the operator made, and the first inquiry about it."""
        link = self.request_link(**options)
        self.wait(120, 900)
        self.created(link)
        self.wait(60, 400)
        self.answered(link, WAITING, baseline=True)
        self.asked(link, 1)
        return link

    def created(self, link: OneLink) -> None:
        page = f"{OPERATOR}/uk/frame/widget/{link.uuid}"
        operation = str(11 + self.number)
        self.state(LinkCreated(link.key, link.transaction_id, page, link.uuid, operation), Source.OPERATOR)

    def refused(self, link: OneLink) -> None:
        self.state(LinkRefused(link.key, link.transaction_id, "21", "fail"), Source.OPERATOR)

    def unanswered(self, link: OneLink) -> None:
        self.state(LinkUnanswered(link.key, link.transaction_id, "silent"), Source.OPERATOR)

    def cancel(self, link: OneLink) -> None:
        self.state(LinkCancelled(link.key, self.wanted.cashier), Source.PERSON)

    # The operator

    def callback(self, link: OneLink, command: str, **changes: Any) -> CallbackReceived:
        """State a genuine callback; `changes` are fields of the fact."""
        values: dict[str, Any] = {
            "link_key": link.key,
            "command": command,
            "txn_id": self.next_txn_id(),
            "uuid": link.uuid,
            "txn_date": None,
            "sum_minor": self.amount_minor,
            "signed": SignatureCheck.MISSING,
            "result": CallbackResult.ACCEPTED,
            "message": OK,
            "account": self.account,
            "pay_type": "1",
            "verdict_version": VERDICT_VERSION,
            "other": {"locale": "uk"},
        }
        if command in (CallbackCommand.PAY, CallbackCommand.ERROR, CallbackCommand.REFUND):
            values |= {
                "txn_date": operator_date(from_millis(self.at_ms)),
                "signed": SignatureCheck.VERIFIED,
                "signature": f"{self.rng.getrandbits(256):064x}",
                "txn_id_own": link.transaction_id,
                "counts": command == CallbackCommand.PAY,
            }
        fact = CallbackReceived(**{**values, **changes})
        self.state(fact, Source.CALLBACK)
        return fact

    def pay(self, link: OneLink, **changes: Any) -> CallbackReceived:
        return self.callback(link, CallbackCommand.PAY, **changes)

    def decline(self, link: OneLink) -> CallbackReceived:
        return self.callback(link, CallbackCommand.ERROR, error_text=self.rng.choice(DECLINES))

    def answered(self, link: OneLink, status: int, **verdicts: Any) -> None:
        """State a changed answer to an inquiry."""
        nonce = str(link.answers)
        link.answers += 1
        fact = StatusAnswered(
            link.key, link.transaction_id, status, "done", nonce=nonce, verdict_version=VERDICT_VERSION, **verdicts
        )
        self.state(fact, Source.INQUIRY)

    def asked(self, link: OneLink, times: int, *, answered: bool = True) -> None:
        """Note the inquiries about a link, the last of them at the payment's current time."""
        at = from_millis(min(self.at_ms, self.until_ms))
        self.inquiries[link.key] = InquiryRecord(times, at, at if answered else None)

    # Money back, and a person's decisions

    def refund(self, link: OneLink, paid: CallbackReceived, amount_minor: int, reason: str, *answers: str) -> RefundId:
        """State a request and its answers; DONE comes as a callback."""
        rng, refund_id = self.rng, RefundId(f"r{self.rng.getrandbits(64):016x}")
        transaction_id = TransactionId(f"{rng.getrandbits(96):024x}")
        fact = RefundRequested(
            refund_id=refund_id,
            amount_minor=amount_minor,
            txn_id=paid.txn_id,
            transaction_id=transaction_id,
            reason=reason,
            by=self.wanted.cashier,
            terminal_id="1",
            verdict_version=VERDICT_VERSION,
        )
        self.state(fact, Source.TILL)
        for place, status in enumerate(answers):
            is_slow = status == RefundStatus.DONE and rng.random() < _SLOW_REFUNDS
            self.wait(*((6 * HOUR, 3 * DAY) if is_slow else (300, 2_500)))
            if status == RefundStatus.DONE:
                self.refunded(link, amount_minor, refund_id=refund_id, txn_id_own=transaction_id)
            else:
                message = "fail" if status == RefundStatus.FAILED else "done"
                self.state(RefundAnswered(refund_id, status, message, str(place)), Source.OPERATOR)
        return refund_id

    def refunded(self, link: OneLink, amount_minor: int, **changes: Any) -> None:
        self.callback(link, CallbackCommand.REFUND, sum_minor=amount_minor, **changes)

    def settle(self, reason: str, *, paid: bool = False) -> None:
        """State that a person settled everything that needs attention by now; nothing where nothing does."""
        causes = fold(self.entries).attention_causes
        if causes:
            nonce = f"{self.rng.getrandbits(64):016x}"
            self.state(PaymentSettled(causes, reason, paid, self.wanted.cashier, nonce), Source.PERSON)

    # The clock

    def wait(self, least_ms: int, most_ms: int) -> None:
        self.at_ms += self.rng.randrange(least_ms, most_ms)

    def wait_until(self, at_ms: int) -> None:
        self.at_ms = max(self.at_ms, at_ms)

    def state(self, fact: Fact, source: Source) -> None:
        if self.at_ms <= self.until_ms:
            self.entries.append(JournalEntry(0, from_millis(self.at_ms), self._id, source, fact))

    @property
    def account(self) -> str:
        known = self.wanted.contact
        return (known.phone or known.email if known else None) or str(self.number)

    def next_txn_id(self) -> str:
        """Return an id of the operator's; no other payment has it."""
        self._txn_ids += 1
        return str(self._txn_ids)


def _uuid(rng: Random) -> str:
    text = f"{rng.getrandbits(128):032x}"
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"
