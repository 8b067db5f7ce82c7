"""The journal of a payment for people: every entry in plain words, with an icon and a tone by what it means."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.domain import events
from app.domain.events import CallbackReceived, Fact, JournalEntry, Signed
from app.domain.operator_codes import CallbackCommand, OperationStatus
from app.domain.payment import RefundStatus
from app.i18n.formats import second_text
from app.ui.drawer.state import Moment
from app.ui.front import Front
from app.ui.payment_rows import day_words

Look = tuple[str, str]
"""(icon, tone)"""

_QUIET: Look = ("dot", "ended")
_GOOD: Look = ("check", "paid")
_BAD: Look = ("cross", "failed")
_ODD: Look = ("warning", "attention")
_BACK: Look = ("refund", "refunded")

_LOOKS: dict[type[Fact], Look] = {
    events.PaymentRequested: ("till", "ended"),
    events.LinkRequested: ("send", "ended"),
    events.LinkCreated: ("link", "waiting"),
    events.LinkRefused: _BAD,
    events.LinkUnanswered: ("offline", "attention"),
    events.LinkAbandoned: _BAD,
    events.LinkCancelled: ("cross", "ended"),
    events.OperatorSilent: ("offline", "attention"),
    events.CallbackMalformed: _ODD,
    events.OrphanReceived: _ODD,
    events.PaymentSettled: ("person", "ended"),
    events.RefundRequested: _BACK,
}
_CALLBACKS: dict[str, Look] = {
    CallbackCommand.CHECK: ("phone", "waiting"),
    CallbackCommand.AUTH: ("phone", "waiting"),
    CallbackCommand.ERROR: _BAD,
}
_REFUND_ANSWERS: dict[str, Look] = {
    RefundStatus.REQUESTED: _BACK,
    RefundStatus.DONE: _BACK,
    RefundStatus.FAILED: _BAD,
    RefundStatus.UNKNOWN: _ODD,
}
_ANSWERS: dict[int | None, Look] = {OperationStatus.DONE: _GOOD, OperationStatus.DECLINED: _BAD}


def timeline(entries: Sequence[JournalEntry], front: Front) -> tuple[Moment, ...]:
    """Return the entries as they are told, in the order they came."""
    now = front.now()
    return tuple(_moment(entry, front, now) for entry in entries)


def _moment(entry: JournalEntry, front: Front, now: datetime) -> Moment:
    icon, tone = fact_look(entry.fact)
    times = f"× {entry.repeats + 1}" if entry.repeats else ""
    return Moment(moment_words(entry.at, front, now), front.texts.event(entry), icon, tone, times)


def moment_words(moment: datetime, front: Front, now: datetime) -> str:
    """Return `14:02:11`, with the date before it when that was not today."""
    zone = front.shop.zone
    time = second_text(moment, zone)
    is_today = moment.astimezone(zone).date() == now.astimezone(zone).date()
    return time if is_today else f"{day_words(moment, now, zone)} {time}"


def fact_look(fact: Fact) -> Look:
    """Return the icon and the tone of a fact."""
    if isinstance(fact, CallbackReceived):
        return _callback_look(fact)
    if isinstance(fact, events.StatusAnswered):
        if fact.baseline:
            return _QUIET
        return _ODD if fact.hint else _ANSWERS.get(fact.operation_status, ("refresh", "ended"))
    if isinstance(fact, events.RefundAnswered):
        return _REFUND_ANSWERS.get(fact.status, _BACK)
    if isinstance(fact, events.PaymentSettled) and fact.paid:
        return _GOOD
    return _LOOKS.get(type(fact), _QUIET)


def _callback_look(fact: CallbackReceived) -> Look:
    if fact.replay:
        return _ODD
    if fact.at_fixed_address:
        return _QUIET
    if fact.command == CallbackCommand.PAY:
        return _GOOD if fact.counts else _ODD
    if fact.command == CallbackCommand.REFUND:
        return _BACK if fact.signed is Signed.VERIFIED else _ODD
    return _CALLBACKS.get(fact.command, _ODD)
