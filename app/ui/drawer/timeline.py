"""The journal of a payment as texts: every entry a sentence, with an icon and a tone by its meaning."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.domain.journal import events
from app.domain.journal.events import CallbackReceived, Fact, JournalEntry, SignatureCheck
from app.domain.operator_codes import CallbackCommand, OperationStatus
from app.domain.payment import RefundStatus
from app.domain.payment_fold.received import is_counted
from app.i18n.formats import second_text
from app.ui.context import UiContext
from app.ui.drawer.state import TimelineEntry
from app.ui.payment.rows import short_day_text

EntryStyle = tuple[str, str]
"""(icon, tone)"""

_NEUTRAL: EntryStyle = ("dot", "ended")
_SUCCESS: EntryStyle = ("check", "paid")
_FAILURE: EntryStyle = ("cross", "failed")
_WARNING: EntryStyle = ("warning", "attention")
_REFUND: EntryStyle = ("refund", "refunded")

_STYLES: dict[type[Fact], EntryStyle] = {
    events.PaymentRequested: ("till", "ended"),
    events.LinkRequested: ("send", "ended"),
    events.LinkCreated: ("link", "waiting"),
    events.LinkRefused: _FAILURE,
    events.LinkUnanswered: ("offline", "attention"),
    events.LinkAbandoned: _FAILURE,
    events.LinkCancelled: ("cross", "ended"),
    events.OperatorSilent: ("offline", "attention"),
    events.CallbackMalformed: _WARNING,
    events.OrphanReceived: _WARNING,
    events.PaymentSettled: ("person", "ended"),
    events.RefundRequested: _REFUND,
}
_CALLBACKS: dict[str, EntryStyle] = {
    CallbackCommand.CHECK: ("phone", "waiting"),
    CallbackCommand.AUTH: ("phone", "waiting"),
    CallbackCommand.ERROR: _FAILURE,
}
_REFUND_ANSWERS: dict[str, EntryStyle] = {
    RefundStatus.REQUESTED: _REFUND,
    RefundStatus.DONE: _REFUND,
    RefundStatus.FAILED: _FAILURE,
    RefundStatus.UNKNOWN: _WARNING,
}
_ANSWERS: dict[int | None, EntryStyle] = {OperationStatus.DONE: _SUCCESS, OperationStatus.DECLINED: _FAILURE}


def timeline(entries: Sequence[JournalEntry], context: UiContext) -> tuple[TimelineEntry, ...]:
    """Return the entries as texts, in journal order."""
    now = context.now()
    return tuple(_timeline_entry(entry, context, now) for entry in entries)


def _timeline_entry(entry: JournalEntry, context: UiContext, now: datetime) -> TimelineEntry:
    icon, tone = entry_style(entry.fact)
    times = f"× {entry.repeats + 1}" if entry.repeats else ""
    return TimelineEntry(entry_time_text(entry.at, context, now), context.texts.event(entry), icon, tone, times)


def entry_time_text(moment: datetime, context: UiContext, now: datetime) -> str:
    """Return `14:02:11`, with the date before it when it was not today."""
    zone = context.shop.zone
    time = second_text(moment, zone)
    is_today = moment.astimezone(zone).date() == now.astimezone(zone).date()
    return time if is_today else f"{short_day_text(moment, now, zone)} {time}"


def entry_style(fact: Fact) -> EntryStyle:
    """Return the icon and the tone of a fact."""
    if isinstance(fact, CallbackReceived):
        return _callback_style(fact)
    if isinstance(fact, events.StatusAnswered):
        if fact.baseline:
            return _NEUTRAL
        return _WARNING if fact.hint else _ANSWERS.get(fact.operation_status, ("refresh", "ended"))
    if isinstance(fact, events.RefundAnswered):
        return _REFUND_ANSWERS.get(fact.status, _REFUND)
    if isinstance(fact, events.PaymentSettled) and fact.paid:
        return _SUCCESS
    return _STYLES.get(type(fact), _NEUTRAL)


def _callback_style(fact: CallbackReceived) -> EntryStyle:
    if fact.replay:
        return _WARNING
    if fact.at_fixed_address:
        return _NEUTRAL
    if fact.command == CallbackCommand.PAY:
        return _SUCCESS if is_counted(fact) and not fact.late else _WARNING
    if fact.command == CallbackCommand.REFUND:
        return _REFUND if fact.signed is SignatureCheck.VERIFIED else _WARNING
    return _CALLBACKS.get(fact.command, _WARNING)
