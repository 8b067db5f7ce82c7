"""[30203]: the refund request and its answer (protocol.md A5, B 6.1)."""

from __future__ import annotations

from typing import Any

from app.domain.operator_codes import OperationStatus
from app.operator_api.mapping import refused, transaction_data
from app.operator_api.wire import CODE_OK, Answer
from app.services.ports.operator_gateway import RefundAnswer, RefundOrder


def refund_data(order: RefundOrder) -> dict[str, Any]:
    """Return the Data of [30203]: `Sum` only for a partial refund, and a Transaction of its own."""
    data: dict[str, Any] = {"TxnID": order.txn_id}
    if order.amount_minor is not None:
        data["Sum"] = order.amount_minor
    data["Transaction"] = transaction_data(order.transaction_id, order.terminal_id, order.requested_at)
    return data


def refund_answer(answer: Answer) -> RefundAnswer:
    """Return the answer of a `Code` 200; any other raises OperatorRefused, and the outcome is unknown (A5).

    That 200 with a status other than 21 means "taken, and a callback follows" is inferred (B 6.1).
    """
    if answer.code != CODE_OK:
        raise refused(answer)
    return RefundAnswer(answer.status == OperationStatus.DECLINED, answer.message, answer.status)
