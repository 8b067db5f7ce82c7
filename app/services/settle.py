"""A person looked at what needed attention, and says so with a reason (protocol.md A3.9)."""

from __future__ import annotations

from app.domain.card_numbers import TYPED
from app.domain.errors import NotFound, NothingToSettle, SettleReasonMissing
from app.domain.events import PaymentSettled, Source
from app.domain.ids import PaymentId
from app.domain.payment import Attention
from app.domain.redaction import redact_text
from app.services.customers import parse_words
from app.services.ports import Clock, Entropy, Ledger, LedgerTransaction, PaymentView


class Settling:
    """Clears a payment's attention; what comes later raises it again."""

    def __init__(self, ledger: Ledger, clock: Clock, entropy: Entropy) -> None:
        self._ledger = ledger
        self._clock = clock
        self._entropy = entropy

    async def settle(self, payment_id: PaymentId, reason: str, *, by: str | None = None) -> PaymentView:
        """Settle the causes of this moment; only `operator_says_paid` among them also makes the payment paid.

        Raises NotFound, SettleReasonMissing, CardNumberTyped, TextTooLong, NothingToSettle, StorageError.
        """
        line = parse_words(reason, "reason")
        if line is None:
            raise SettleReasonMissing()
        said = redact_text(line, TYPED)

        def decide(tx: LedgerTransaction) -> PaymentView:
            payment = tx.payment(payment_id)
            if payment is None:
                raise NotFound(payment=payment_id)
            if not payment.attention_causes:
                raise NothingToSettle()
            paid = Attention.OPERATOR_SAYS_PAID in payment.attention
            fact = PaymentSettled(payment.attention_causes, said, paid, by, self._entropy.nonce())
            tx.append(fact, payment_id=payment_id, source=Source.PERSON, at=self._clock.now())
            settled = tx.payment(payment_id) or payment
            return PaymentView(settled, tx.contact(settled.contact_id))

        return await self._ledger.write(decide)
