"""The question that settles many payments with one reason, each as it was shown; it marks nothing as paid. No Qt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.domain.errors import Defect, PaydeskError
from app.domain.ids import PaymentId
from app.domain.payment import GRAVEST_FIRST, Payment
from app.i18n.formats import NBSP, count_text
from app.i18n.texts import Texts
from app.services.history.settlement import BulkSettlement, ShownPayment
from app.services.ports.ledger import PaymentView
from app.ui.context import UiContext
from app.ui.drawer.settle_form import read_reason
from app.ui.drawer.state import FormState
from app.ui.tasks import PageTasks

_TASK: Final = "settle what is chosen"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A payment as a person chose it. `seen`: seq of the journal that it was read at."""

    payment: Payment
    seen: int


class _Run:
    """One settling on its way; the core's thread reads `is_stopped` between two payments."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.done = 0
        self.is_stopped = False


class BulkSettle:
    """`settled` takes what was done whenever a settling ended, however it ended."""

    def __init__(
        self,
        context: UiContext,
        tasks: PageTasks,
        refresh: Callable[[], None],
        settled: Callable[[BulkSettlement], None],
    ) -> None:
        self._context = context
        self._tasks = tasks
        self._refresh = refresh
        self._settled = settled
        self._open: tuple[Chosen, ...] = ()
        self._now: Mapping[PaymentId, PaymentView] = {}
        self._as_of = 0
        self._typed = ""
        self._is_left = False
        self._problem = ""
        self._run: _Run | None = None

    @property
    def is_open(self) -> bool:
        return bool(self._open)

    def open(self, chosen: Sequence[Chosen]) -> None:
        """Ask about these payments."""
        self._open, self._typed, self._is_left, self._problem = tuple(chosen), "", False, ""

    def update(self, views: Mapping[PaymentId, PaymentView], as_of: int) -> None:
        """Take a newer reading of the inbox while the question is open."""
        self._now, self._as_of = views, as_of

    def state(self) -> FormState | None:
        """Return the question, or None."""
        if not self._open:
            return None
        texts, run = self._context.texts, self._run
        reason = read_reason(self._typed, texts, is_left=self._is_left)
        return FormState(
            title=texts.n("Settle {n} payment?", "Settle {n} payments?", len(self._open)),
            text=self._text(texts),
            yes=texts.say("Mark as settled"),
            example=texts.say("For example: seen in the operator's cabinet"),
            reason=self._typed,
            reason_error=reason.error,
            causes=self._causes(texts),
            notice=texts.say("Something new needs attention. This does not settle it.") if self._has_news() else "",
            can_send=reason.fits and run is None,
            sending=run is not None,
            stop=texts.say("Stop") if run is not None else "",
            problem=self._problem,
        )

    # User actions

    def edit(self, field: str, text: str) -> None:
        """Store the typed reason."""
        self._typed, self._is_left, self._problem = text, False, ""
        self._refresh()

    def leave(self, field: str) -> None:
        """The field lost the focus: a reason that is too short is an error from now on."""
        self._is_left = bool(self._typed)
        self._refresh()

    def show_latest(self) -> None:
        """Take the payments as they are now; those that need no attention any more are left out."""
        if self._run is None:
            known = (self._now.get(chosen.payment.id) for chosen in self._open)
            self._open = tuple(Chosen(view.payment, self._as_of) for view in known if view is not None)
            self._refresh()

    def close(self) -> None:
        """Close the question; while it is being settled, stop after the payment in hand."""
        if self._run is not None:
            self._run.is_stopped = True
        else:
            self._open = ()
            self._refresh()

    def stop(self) -> None:
        """The window closes: what is in hand is finished, nothing else is begun."""
        if self._run is not None:
            self._run.is_stopped = True

    def send(self) -> None:
        """Settle, once, however often it is pressed."""
        if (state := self.state()) is not None and state.can_send:
            self._run, self._problem = _Run(len(self._open)), ""
            self._tasks.start_once(_TASK, self._send)
            self._refresh()

    # Work

    async def _send(self) -> None:
        core, run = self._context.core, self._run
        if core is None or run is None:
            raise Defect(wanted="the running core")
        shown = [ShownPayment(chosen.payment.id, chosen.seen) for chosen in self._open]
        reason = read_reason(self._typed, self._context.texts, is_left=True).text
        tell = core.bridge.to_window(self._show_progress)

        def go_on(done: BulkSettlement) -> bool:
            tell(len(shown) - len(done.left))
            return not run.is_stopped

        try:
            done = await core.bridge.command(lambda: core.api.settlement.settle_shown(shown, reason, go_on=go_on))
        except PaydeskError as refusal:
            self._problem = self._context.texts.error(refusal)
        else:
            self._finish(done)
        finally:
            self._run = None
            self._refresh()

    def _show_progress(self, done: int) -> None:
        if self._run is not None:
            self._run.done = done
            self._refresh()

    def _finish(self, done: BulkSettlement) -> None:
        """Tell what was done; where the data could not be written, the question stays for the rest."""
        self._settled(done)
        told = bulk_text(done, self._context.texts)
        if done.problem is None:
            is_whole = not (done.newer or done.left)
            self._context.notices.toast(told, "paid" if is_whole else "attention")
            self._open = ()
            return
        self._problem = f"{told}. {self._context.texts.error(done.problem)}"
        self._open = tuple(chosen for chosen in self._open if chosen.payment.id in done.left)

    # Texts

    def _text(self, texts: Texts) -> str:
        if self._run is not None:
            done, count = count_text(self._run.done), count_text(self._run.count)
            return texts.say("Settled {done} of {count}…", done=done, count=count)
        return texts.say(
            "The marks go away; the payments stay as they are, and none becomes paid. Only what you saw is settled:"
            " where something new comes, the payment stands here again."
        )

    def _causes(self, texts: Texts) -> tuple[str, ...]:
        counts = Counter(code for chosen in self._open for code in chosen.payment.attention)
        titles = ((texts.attention_title(code), counts[code]) for code in GRAVEST_FIRST if counts[code])
        return tuple(f"{title} (×{NBSP}{count})" if count > 1 else title for title, count in titles)

    def _has_news(self) -> bool:
        if self._run is not None:
            return False
        now = ((chosen.payment, self._now.get(chosen.payment.id)) for chosen in self._open)
        return any(view and not set(view.payment.attention_causes) <= set(seen.attention_causes) for seen, view in now)


def bulk_text(done: BulkSettlement, texts: Texts) -> str:
    """Return one line such as `17 settled, 2 have news and stay`."""
    parts = [texts.n("{n} settled", "{n} settled", len(done.settled))]
    if done.newer:
        parts.append(texts.n("{n} has news and stays", "{n} have news and stay", len(done.newer)))
    if done.ended:
        parts.append(texts.n("{n} was settled before", "{n} were settled before", len(done.ended)))
    if done.left:
        parts.append(texts.n("{n} was not settled", "{n} were not settled", len(done.left)))
    return ", ".join(parts)
