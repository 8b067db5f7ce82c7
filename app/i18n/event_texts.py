"""The English sentence of every kind of fact, and the texts of statuses and confirmation."""

from __future__ import annotations

from app.domain.operator_codes import CallbackCommand
from app.domain.payment import ConfirmedBy, PaymentFlag, PaymentStatus, RefundMark, RefundStatus
from app.i18n.marks import _

STATUSES: dict[PaymentStatus, str] = {
    PaymentStatus.CREATING: _("Creating"),
    PaymentStatus.OPEN: _("Waiting"),
    PaymentStatus.AUTHORISED: _("Authorising"),
    PaymentStatus.PAID: _("Paid"),
    PaymentStatus.UNDERPAID: _("Underpaid"),
    PaymentStatus.EXPIRED: _("Expired"),
    PaymentStatus.CANCELLED: _("Cancelled"),
    PaymentStatus.NOT_CREATED: _("Not created"),
}
PAID_LATE = _("Paid late")
CAN_RETRY = _("Attempt failed, can retry")

REFUNDS: dict[RefundMark, str] = {
    RefundMark.NONE: "",
    RefundMark.REQUESTED: _("Refund sent"),
    RefundMark.PARTIAL: _("Partly refunded"),
    RefundMark.FULL: _("Refunded"),
}

CAN_RETRY_SHORT = _("Attempt failed")

FLAGS: dict[PaymentFlag, str] = {
    PaymentFlag.ATTEMPT_FAILED: CAN_RETRY_SHORT,
    PaymentFlag.PAID_LATE: PAID_LATE,
    PaymentFlag.REFUND_REQUESTED: REFUNDS[RefundMark.REQUESTED],
    PaymentFlag.PARTLY_REFUNDED: REFUNDS[RefundMark.PARTIAL],
    PaymentFlag.REFUNDED: REFUNDS[RefundMark.FULL],
}

CONFIRMED: dict[ConfirmedBy, str] = {
    ConfirmedBy.CALLBACK: _("By the operator's signed callback"),
    ConfirmedBy.UNSIGNED_CALLBACK: _("By the secret address only"),
    ConfirmedBy.INQUIRY: _("By asking the operator"),
    ConfirmedBy.PERSON: _("By a person"),
}

CONFIRMED_SHORT: dict[ConfirmedBy, str] = {
    ConfirmedBy.CALLBACK: _("message"),
    ConfirmedBy.UNSIGNED_CALLBACK: _("unsigned callback"),
    ConfirmedBy.INQUIRY: _("inquiry"),
    ConfirmedBy.PERSON: _("a person"),
}
"""Short forms for a table's column and the line under "Paid"."""

EVENTS: dict[str, str] = {
    "payment_requested": _("Payment No. {number} of {amount} was asked for"),
    "link_requested": _("The operator was asked for a link"),
    "link_created": _("The link is ready"),
    "link_refused": _("The operator refused to make a link: {message}"),
    "link_unanswered": _("The operator did not answer; the link will be asked for again"),
    "link_abandoned": _("No link was made: the operator did not answer in time"),
    "link_cancelled": _("The link was cancelled here"),
    "callback_received": _("The operator sent “{command}”"),
    "callback_malformed": _("A callback from the operator could not be read: {parameter}"),
    "orphan_received": _("The operator sent “{command}” for a link that is not known here"),
    "keys_unknown": _("Callbacks came to addresses that are not known here"),
    "status_answered": _("The operator was asked; its answer is not final: {message}"),
    "operator_silent": _("The operator said nothing about this link for a day after its end"),
    "payment_settled": _("A person looked at it: {reason}"),
    "refund_requested": _("A refund of {amount} was asked for: {reason}"),
    "refund_answered": _("News of the refund: {message}"),
    "day_closed": _("The day {day} was closed"),
}

UNKNOWN_FACT = _("An event that this version of Paydesk does not know")

CALLBACKS: dict[str, str] = {
    CallbackCommand.PAY: _("The operator reported the payment of {sum}"),
    "pay_not_counted": _("A callback about the payment of {sum} was not counted"),
    CallbackCommand.CHECK: _("The payer opened the payment; the operator checked it"),
    CallbackCommand.AUTH: _("The payer is paying; the operator asked whether to go on"),
    CallbackCommand.ERROR: _("An attempt to pay failed: {error_text}"),
    "error_not_counted": _("A callback about a failed attempt was not counted"),
    "pay_at_fixed_address": _("The payment of {sum} was reported at the fixed address; the operator is asked"),
    "error_at_fixed_address": _("A failed attempt was reported at the fixed address: {error_text}"),
    "refund_at_fixed_address": _("A refund of {sum} was reported at the fixed address; the operator is asked"),
    CallbackCommand.REFUND: _("The operator reported a refund of {sum}"),
    "refund_not_counted": _("A callback about a refund of {sum} was not counted"),
}
REFUSALS: dict[str, str] = {
    "already paid": _("already paid"),
    "cancelled": _("cancelled"),
    "expired": _("expired"),
    "wrong sum": _("wrong sum"),
    "unknown account": _("unknown account"),
    "not supported": _("not supported"),
    "unknown command": _("unknown command"),
    "unknown payment": _("unknown payment"),
}
"""Why a callback was refused: the reason as sent to the operator, and its text for people."""

NO_REASON = _("the operator gave no reason")

CALLBACK_NOTES: dict[str, str] = {
    "refused": _("answered with a refusal: {message}"),
    "missing": _("without a signature"),
    "wrong": _("with a wrong signature"),
    "late": _("after the link had ended"),
    "txn_reused": _("the operation number already paid another sale"),
    "replay": _("an old callback sent again"),
}

ANSWERS: dict[str, str] = {
    "baseline": _("The operator was asked right after the link was made, to compare with later"),
    "done": _("The operator was asked: paid"),
    "hint": _("The operator was asked: paid, but a person must confirm it"),
    "failed": _("The operator was asked: the payment failed"),
}
SETTLED_PAID = _("A person confirmed the payment: {reason}")

REFUND_BY_PERSON: dict[RefundStatus, str] = {
    RefundStatus.DONE: _("A person noted that the money was refunded: {message}"),
    RefundStatus.FAILED: _("A person noted that the refund did not happen: {message}"),
}

REFUND_ANSWERS: dict[RefundStatus, str] = {
    RefundStatus.REQUESTED: _("The operator took the refund and works on it"),
    RefundStatus.DONE: _("The money was refunded"),
    RefundStatus.FAILED: _("The operator refused the refund: {message}"),
    RefundStatus.UNKNOWN: _("What became of the refund is not known; check it at the operator"),
}

REFUND_STATES: dict[RefundStatus, str] = {
    RefundStatus.REQUESTED: _("On its way"),
    RefundStatus.DONE: _("Refunded"),
    RefundStatus.FAILED: _("Not refunded"),
    RefundStatus.UNKNOWN: _("Outcome not known"),
}

FAILURE_TEXTS: dict[str, str] = {
    "bad_answer": _("the answer makes no sense"),
    "http_status": _("its server reports an error"),
    "timeout": _("no answer in time"),
    "connection": _("no connection to the operator"),
    "connection_refused": _("the operator's address refuses connections"),
    "name_unknown": _("the computer of the operator's address was not found"),
    "certificate_untrusted": _("this computer does not trust the operator's certificate"),
    "certificate_expired": _("the operator's certificate has expired or is not valid yet"),
    "certificate_name": _("the operator's certificate is for another name"),
    "tls": _("no secure connection (TLS) with the operator"),
    "silent": _("no answer at all"),
}
"""What stands in a fact where the operator had no words of its own."""

KNOWN_MESSAGES: dict[str, str] = {
    "unknown partner token": _("it does not know the token"),
    "bad packet": _("it could not read the request; check the operator's key and the environment in the settings"),
    "wrong signature": _("it does not accept the signature; it may not have your public key yet"),
    "the card was declined": _("the card was declined"),
    "no such operation": _("it knows no such operation"),
    "insufficient funds": _("there is not enough money"),
    "fail": _("it did not work"),
    "refused": _("it refused"),
    "done": _("done"),
    "ok": _("done"),
}
"""What the operator says in its own language, in small letters without a full stop, and our words for it.

Everything else is quoted as it came. To add one: its line here, and its translation.
"""
