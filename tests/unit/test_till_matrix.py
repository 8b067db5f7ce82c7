"""Every status with every reason for attention and every refund: the till's card, the row and the notice agree.

The rules of agreement are the functions named `rule_...`; each is asked of every case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product

import pytest

from app.domain.ids import RefundId, TransactionId
from app.domain.journal.events import JournalEntry, LinkCancelled, LinkRefused, RefundAnswered, RefundRequested
from app.domain.payment import Attention, LinkState, Payment, PaymentStatus, RefundMark
from app.domain.payment_fold.fold import fold
from app.i18n.language import Language
from app.i18n.texts import Texts
from app.services.ports.ledger import PaymentHistory, PaymentView
from app.ui.context import UiContext
from app.ui.pages.till.card import payment_card
from app.ui.pages.till.state import Action, CardFace, PaymentCard
from app.ui.payment.answers import check_answer
from app.ui.payment.display import StatusBadge, status_badge
from tests.builders import KEY, START, callback, entry, link_requested, open_payment, requested
from tests.fakes.context import make_context

FACTS: dict[PaymentStatus, list[JournalEntry]] = {
    PaymentStatus.CREATING: [requested(), link_requested()],
    PaymentStatus.OPEN: open_payment(),
    PaymentStatus.AUTHORISED: [*open_payment(), callback("auth")],
    PaymentStatus.PAID: [*open_payment(), callback()],
    PaymentStatus.UNDERPAID: [*open_payment(), callback(sum_minor=5000)],
    PaymentStatus.EXPIRED: open_payment(),
    PaymentStatus.CANCELLED: [*open_payment(), entry(LinkCancelled(KEY), after_s=30)],
    PaymentStatus.NOT_CREATED: [requested(), link_requested(), entry(LinkRefused(KEY, TransactionId("t"), "3", "no"))],
}
MINUTES = {PaymentStatus.EXPIRED: 30}
SURPLUS = {Attention.OVERPAID: 20000, Attention.PAID_TWICE: 25100}
COUNTED = (PaymentStatus.PAID, PaymentStatus.UNDERPAID)
SAYS_NOTHING = (Attention.SILENT, Attention.UNKNOWN_COMMAND)
DISPUTED = frozenset(Attention) - {
    Attention.UNVERIFIED,
    Attention.TXN_REUSED,
    Attention.REPLAY,
    Attention.OPERATOR_SAYS_PAID,
    Attention.REFUNDED_ELSEWHERE,
    *SAYS_NOTHING,
}
ASKS_FOR_MONEY = {Action.RENEW, Action.RETRY, Action.COPY, Action.OPEN}
GOODS: dict[Language, tuple[str, ...]] = {
    "en": ("hand over", "handing over", "take the rest"),
    "uk": ("видайте товар", "видавати товар", "візьміть решту"),
}


@dataclass(frozen=True)
class Case:
    """A payment and what is shown of it. `left_minor`: what neither went back nor is on its way."""

    status: PaymentStatus
    code: Attention | None
    view: PaymentHistory
    context: UiContext
    language: Language
    card: PaymentCard
    row: StatusBadge

    @property
    def payment(self) -> Payment:
        return self.view.payment

    @property
    def left_minor(self) -> int:
        return self.payment.received_minor - self.payment.refunded_minor - self.payment.returning_minor

    @property
    def is_counted(self) -> bool:
        return self.status in COUNTED

    @property
    def is_all_back(self) -> bool:
        return self.is_counted and self.left_minor <= 0

    @property
    def may_have_money(self) -> bool:
        return self.is_counted or self.code not in (None, *SAYS_NOTHING) or self.payment.refund is not RefundMark.NONE


def payment_of(status: PaymentStatus, code: Attention | None, mark: RefundMark) -> PaymentHistory:
    """Return a payment with these; the sums fit the reason, and a refund leaves a kopeck where it is partial."""
    facts = list(FACTS[status])
    if status is PaymentStatus.PAID and code in SURPLUS:
        more = {"sum_minor": 20000} if code is Attention.OVERPAID else {}
        facts = [*open_payment(), callback(**more)]
        if code is Attention.PAID_TWICE:
            facts.append(callback(txn_id="second", signature="second", after_s=61))
    received = fold(facts).received_minor
    if mark in (RefundMark.PARTIAL, RefundMark.FULL) and received:
        minor = received if mark is RefundMark.FULL else received - 1
        facts += refund(minor, "done")
    elif mark is RefundMark.REQUESTED:
        facts += refund(received or 100)
    payment = fold(facts)
    reasons = (code,) if code else ()
    return PaymentHistory(replace(payment, refund=mark, attention=reasons, attention_causes=reasons), None, facts, 1)


def refund(minor: int, *answers: str) -> list[JournalEntry]:
    asked = RefundRequested(RefundId("r"), minor, "321455", TransactionId("r"), "why")
    return [entry(asked, after_s=90), *(entry(RefundAnswered(RefundId("r"), word, ""), after_s=91) for word in answers)]


def case_of(status: PaymentStatus, code: Attention | None, mark: RefundMark, language: Language, **more: bool) -> Case:
    context = make_context()
    context.texts = Texts(language)
    context.now = lambda: START + timedelta(minutes=MINUTES.get(status, 3))
    view = payment_of(status, code, mark)
    assert view.payment.status(context.now()) is status
    options = {"trying": False, "code_shown": False} | more
    card = payment_card(view, context, problem=None, **options)
    return Case(status, code, view, context, language, card, status_badge(view.payment, context, short=True))


def rule_every_reason_is_on_the_card(case: Case) -> None:
    for sentence in case.context.texts.attention_texts(case.payment, case.view.entries):
        assert sentence in case.card.detail


def rule_a_tick_stands_for_money_that_stays_and_for_nothing_to_decide(case: Case) -> None:
    is_good = case.status is PaymentStatus.PAID and not case.is_all_back and case.code not in DISPUTED
    assert (case.card.face is CardFace.PAID) == (case.card.tone == "paid") == (case.card.icon == "check") == is_good
    if case.row.tone == "paid":
        assert case.card.face is CardFace.PAID


def rule_amber_is_amber_everywhere(case: Case) -> None:
    """The card is amber where the row is; an amber card has a row that is amber or flagged."""
    assert case.card.status is not None
    if case.row.tone == "attention":
        assert case.card.tone == "attention"
    if case.card.tone == "attention":
        assert case.payment.attention or case.status is PaymentStatus.UNDERPAID or case.may_have_money
        assert case.card.status.tone in ("attention", "refunded") or not case.may_have_money
    if case.code and not case.is_counted:
        assert case.card.tone == "attention"


def rule_money_is_not_asked_for_twice(case: Case) -> None:
    if not case.may_have_money or case.card.busy:
        return
    assert case.card.face is not CardFace.QR
    assert (case.card.deadline_ms, case.card.steps) == (None, ())
    assert not ASKS_FOR_MONEY & set(case.card.actions)
    waiting = ("run out", "cancelled here", "No link was made", "is paying", "No answer")
    if case.language == "en" and not case.payment.late:
        assert not any(words in case.card.headline for words in waiting)


def rule_the_card_of_an_open_link_is_its_code(case: Case) -> None:
    if case.status is PaymentStatus.OPEN and not case.may_have_money:
        assert case.card.face is CardFace.QR
    assert (Action.SHOW_CODE in case.card.actions) == (case.status is PaymentStatus.OPEN and case.may_have_money)


def rule_there_is_a_next_step(case: Case) -> None:
    card = case.card
    if card.face is CardFace.BUSY and not case.may_have_money:
        return
    if card.busy:
        return
    assert Action.NEW in card.actions
    assert card.main is None or card.main in card.actions
    assert card.face is CardFace.QR or card.headline
    own = {Action.RETRY, Action.RENEW, Action.CONFIRM, Action.REFUND} & set(card.actions)
    assert len(own) <= 1, "the card has one place for such a button"
    if Action.CHECK in card.actions:
        assert case.payment.link.state is LinkState.CREATED


def rule_what_the_operator_calls_paid_can_be_confirmed(case: Case) -> None:
    """Not where a signed callback counts: a person's word would be refused (protocol.md A3.6)."""
    expected = case.code is Attention.OPERATOR_SAYS_PAID and not case.is_counted
    assert (Action.CONFIRM in case.card.actions) == expected
    if expected:
        assert case.card.main is Action.CONFIRM


def rule_money_is_given_back_once(case: Case) -> None:
    in_flight = case.payment.returning_minor > 0
    if Action.REFUND in case.card.actions:
        assert case.is_counted
        assert case.left_minor > 0
        assert not in_flight
    if case.status is PaymentStatus.PAID and case.code in SURPLUS and not in_flight:
        too_much = case.left_minor > case.payment.amount_minor
        assert (case.card.main is Action.REFUND) == too_much


def rule_refunded_money_buys_no_goods(case: Case) -> None:
    if case.payment.refund is RefundMark.NONE:
        return
    told = [case.card.detail, case.card.headline, *case.context.texts.attention_texts(case.payment)]
    for words in GOODS[case.language]:
        assert words not in "\n".join(told).casefold()
    if case.is_all_back:
        assert (case.card.tone, case.card.icon) == ("refunded", "refund")
        assert case.card.headline == case.row.word == case.context.texts.refund(case.payment.refund)
        assert case.card.actions == (Action.NEW,)
    if case.is_counted and case.payment.returning_minor:
        assert ("On its way back" if case.language == "en" else "Повертається") in case.card.detail
    if case.is_counted and case.payment.refunded_minor:
        assert ("Refunded" if case.language == "en" else "Повернуто") in case.card.detail


def rule_who_left_the_screen_is_told_the_same(case: Case) -> None:
    """The sale left the screen while the operator was asked: the notice names it, in the colour of its card."""
    before = replace(case.view, payment=fold(FACTS[PaymentStatus.OPEN]), entries=FACTS[PaymentStatus.OPEN])
    text, tone = check_answer(case.view, before, case.context)
    assert "1" in text
    assert tone != "refunded", "notices have no such tone"
    if tone == "paid":
        assert case.card.face is CardFace.PAID
    if case.card.tone == "attention" and case.payment.attention:
        assert tone == "attention"


RULES: list[Callable[[Case], None]] = [rule for name, rule in list(globals().items()) if name.startswith("rule_")]


def everything() -> Iterator[tuple[PaymentStatus, Attention | None, RefundMark]]:
    yield from product(PaymentStatus, (None, *Attention), RefundMark)


@pytest.mark.parametrize("language", ["en", "uk"])
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_card_row_and_notice_agree(rule: Callable[[Case], None], language: Language) -> None:
    broken = []
    for status, code, mark in everything():
        case = case_of(status, code, mark, language)
        try:
            rule(case)
        except AssertionError as error:
            broken.append((status.value, code and code.value, mark.value, case.card.headline, str(error)[:80]))
    assert broken == []


def test_every_reason_is_told_while_a_request_is_in_flight() -> None:
    for status, code, mark in everything():
        rule_every_reason_is_on_the_card(case_of(status, code, mark, "en", trying=True))


@pytest.mark.parametrize("code", sorted(set(Attention) - set(SAYS_NOTHING)))
def test_the_code_of_an_open_link_is_shown_when_it_is_asked_for(code: Attention) -> None:
    case = case_of(PaymentStatus.OPEN, code, RefundMark.NONE, "en", code_shown=True)
    assert (case.card.face, case.card.tone) == (CardFace.QR, "attention")
    assert Action.SHOW_CODE not in case.card.actions
    assert Texts("en").attention(code) in case.card.detail


def test_a_view_without_its_journal_gives_a_card_too() -> None:
    """Lists hold no journal; what only it can tell is left open, and nothing fails."""
    for status, code, mark in everything():
        case = case_of(status, code, mark, "en")
        bare = payment_card(PaymentView(case.payment, None), case.context, trying=False, problem=None)
        assert bare.face is case.card.face
        assert bare.tone == case.card.tone
