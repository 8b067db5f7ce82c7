"""The inbox of what needs attention: groups by reason, and which payments of them are chosen. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.domain.ids import PaymentId
from app.domain.payment import Attention, Payment, RefundMark
from app.domain.text.plain_text import one_line
from app.i18n.formats import NBSP, count_text, money_text, time_text
from app.i18n.marks import _
from app.services.history.settlement import BulkSettlement
from app.services.ports.ledger import AttentionGroup, AttentionInbox, PaymentView
from app.ui.context import UiContext
from app.ui.drawer.proposals import proposed_action
from app.ui.pages.payments.bulk_settle import BulkSettle, Chosen
from app.ui.pages.payments.inbox_state import InboxGroup, InboxRow, InboxState
from app.ui.payment.rows import short_day_text
from app.ui.tasks import PageTasks

PER_GROUP = 100
ORPHANS_COUNTED = 50
FOLDED = 5
"""So many payments of a group are shown until it is unfolded, so that one long group does not hide the others."""


@dataclass(frozen=True, slots=True)
class InboxReading:
    """`orphans`: callbacks that belong to no payment, counted up to ORPHANS_COUNTED."""

    inbox: AttentionInbox
    orphans: int


class Inbox:
    """What a person chose is kept as they saw it: news that come later are not settled with it."""

    def __init__(self, context: UiContext, tasks: PageTasks, refresh: Callable[[], None]) -> None:
        self._context = context
        self._refresh = refresh
        self._reading = InboxReading(AttentionInbox((), 0), 0)
        self._chosen: dict[PaymentId, Chosen] = {}
        self._unfolded: set[Attention] = set()
        self._built: tuple[tuple[object, ...], tuple[InboxGroup, ...]] = ((), ())
        self.form = BulkSettle(context, tasks, refresh, self._settled)

    @property
    def count(self) -> int:
        """How many payments need attention."""
        return self._reading.inbox.count

    def show(self, reading: InboxReading) -> None:
        """Take a new reading; what was chosen and stands there no more is chosen no more."""
        self._reading = reading
        shown = self._views()
        self._chosen = {key: chosen for key, chosen in self._chosen.items() if key in shown}
        self.form.update(shown, reading.inbox.as_of)

    def state(self) -> InboxState:
        """Return the groups with their rows."""
        texts, orphans = self._context.texts, self._reading.orphans
        some = count_text(orphans) + ("+" if orphans >= ORPHANS_COUNTED else "")
        return InboxState(
            groups=self._groups(),
            chosen=self._chosen_text(),
            orphans=texts.say("Callbacks that belong to no payment: {count}", count=some) if orphans else "",
            form=self.form.state(),
        )

    # User actions

    def toggle(self, payment_id: PaymentId) -> None:
        """Choose a payment as it is shown now, or leave it out again."""
        if self._chosen.pop(payment_id, None) is None and (view := self._views().get(payment_id)) is not None:
            self._choose(view)
        self._refresh()

    def toggle_group(self, reason: Attention) -> None:
        """Select all payments that were read of a group, and show them; if all are chosen, none."""
        group = next((group for group in self._reading.inbox.groups if group.reason is reason), None)
        if group is None:
            return
        if self._are_all_chosen(group):
            for view in group.views:
                self._chosen.pop(view.payment.id, None)
        else:
            self._unfolded.add(reason)
            for view in group.views:
                if view.payment.id not in self._chosen:
                    self._choose(view)
        self._refresh()

    def unfold(self, reason: Attention) -> None:
        """Show all payments that were read of a group."""
        self._unfolded.add(reason)
        self._refresh()

    def clear(self) -> None:
        """Choose nothing."""
        self._chosen.clear()
        self._refresh()

    def ask(self) -> None:
        """Ask for the reason that settles what is chosen."""
        if self._chosen:
            self.form.open(list(self._chosen.values()))
            self.form.update(self._views(), self._reading.inbox.as_of)
            self._refresh()

    def _choose(self, view: PaymentView) -> None:
        self._chosen[view.payment.id] = Chosen(view.payment, self._reading.inbox.as_of)

    def _settled(self, done: BulkSettlement) -> None:
        self._chosen = {key: chosen for key, chosen in self._chosen.items() if key in done.left}

    # Texts

    def _groups(self) -> tuple[InboxGroup, ...]:
        """Return the groups; they are built again when something in them changed, not on every tick."""
        context = self._context
        today = context.now().astimezone(context.shop.zone).date()
        key = (context.texts, context.shop, today, self._reading, tuple(self._chosen), len(self._unfolded))
        if key != self._built[0]:
            self._built = key, tuple(self._group(group) for group in self._reading.inbox.groups)
        return self._built[1]

    def _group(self, group: AttentionGroup) -> InboxGroup:
        texts, shown = self._context.texts, len(group.views)
        visible = shown if self._is_unfolded(group) else FOLDED
        hidden = texts.say("The newest {shown} of {all} are shown", shown=shown, all=count_text(group.count))
        return InboxGroup(
            reason=group.reason,
            title=texts.attention_title(group.reason),
            count=count_text(group.count),
            sentence=texts.attention(group.reason),
            note=hidden if group.count > shown else "",
            choose=texts.say("Select none") if self._are_all_chosen(group) else texts.say("Select all"),
            rows=tuple(self._row(view, group.reason) for view in group.views[:visible]),
            more=texts.n("Show {n} more", "Show {n} more", shown - visible) if shown > visible else "",
        )

    def _is_unfolded(self, group: AttentionGroup) -> bool:
        is_alone, is_short = len(self._reading.inbox.groups) == 1, len(group.views) <= FOLDED + 1
        return is_alone or is_short or group.reason in self._unfolded

    def _row(self, view: PaymentView, reason: Attention) -> InboxRow:
        payment, zone, now = view.payment, self._context.shop.zone, self._context.now()
        day = short_day_text(payment.created_at, now, zone)
        return InboxRow(
            payment_id=payment.id,
            number=str(payment.number),
            time=f"{day}{NBSP}{time_text(payment.created_at, zone)}",
            purpose=one_line(payment.purpose or payment.order or ""),
            detail=self._detail(payment, reason),
            sum=money_text(payment.amount_minor, payment.currency),
            action=proposed_action(view, reason, now),
            is_chosen=payment.id in self._chosen,
        )

    def _detail(self, payment: Payment, reason: Attention) -> str:
        """Return on one line what this payment's money did, and for what else it needs attention."""
        texts, parts = self._context.texts, []
        if payment.received_minor not in (0, payment.amount_minor):
            received, asked = (money_text(m, payment.currency) for m in (payment.received_minor, payment.amount_minor))
            is_more = payment.received_minor > payment.amount_minor
            words = _("Received {received} instead of {asked}") if is_more else _("Received {received} of {asked}")
            parts.append(texts.say(words, received=received, asked=asked))
        if payment.refund is not RefundMark.NONE:
            parts.append(texts.refund(payment.refund))
        parts += [texts.attention_title(code) for code in payment.attention if code is not reason]
        return " · ".join(parts)

    def _chosen_text(self) -> str:
        if not self._chosen:
            return ""
        payments = [chosen.payment for chosen in self._chosen.values()]
        total = money_text(sum(payment.amount_minor for payment in payments), payments[0].currency)
        count = count_text(len(payments))
        return self._context.texts.say("Selected: {count} · {sum}", count=count, sum=total)

    def _are_all_chosen(self, group: AttentionGroup) -> bool:
        return all(view.payment.id in self._chosen for view in group.views)

    def _views(self) -> dict[PaymentId, PaymentView]:
        groups: Sequence[AttentionGroup] = self._reading.inbox.groups
        return {view.payment.id: view for group in groups for view in group.views}
