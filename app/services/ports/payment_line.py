"""One payment as a row of a table: what an export of very many reads instead of whole payments."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from app.domain.payment import ConfirmedBy, PaymentStatus, RefundMark


class PaymentLine(NamedTuple):
    """What a table says of one payment: its own values and its contact's, without links and refunds.

    `status`: as people see it at the filter's `now`. Times are aware, sums in minor units.
    """

    created_at: datetime
    number: int
    purpose: str | None
    amount_minor: int
    received_minor: int
    refunded_minor: int
    status: PaymentStatus
    late: bool
    last_error: str | None
    refund: RefundMark
    confirmed_by: ConfirmedBy | None
    confirmed_at: datetime | None
    card: str | None
    order: str | None
    phone: str | None
    email: str | None
    txn_id: str | None
    created_by: str | None
