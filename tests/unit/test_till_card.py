"""The card of a payment that was refunded or may have been paid: no green tick, no second link by mistake."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.ids import TransactionId
from app.domain.journal.events import JournalEntry, LinkAbandoned, LinkCancelled, SignatureCheck, StatusAnswered
from app.domain.payment import Attention, PaymentStatus
from app.domain.payment_fold.fold import fold
from app.i18n.texts import Texts
from app.services.ports.ledger import PaymentView
from app.ui.pages.till.card import payment_card
from app.ui.pages.till.state import Action, CardFace, PaymentCard
from tests.builders import KEY, START, callback, entry, link_requested, open_payment, requested
from tests.fakes.context import make_context


def card_after(*sums: int) -> tuple[CardFace, str, str]:
    facts = [*open_payment(), callback()]
    facts += [
        callback("refund", txn_id=f"r{place}", sum_minor=minor, signature=f"r{place}", after_s=90 + place)
        for place, minor in enumerate(sums)
    ]
    card = payment_card(PaymentView(fold(facts), None), make_context(), trying=False, problem=None)
    return card.face, card.tone, card.detail


def test_paid_is_green() -> None:
    face, tone, _ = card_after()
    assert (face, tone) == (CardFace.PAID, "paid")


def test_a_part_that_went_back_is_reported() -> None:
    face, _, detail = card_after(2550)
    assert face is CardFace.PAID
    assert "Refunded 25,50\u00a0₴" in detail


def test_all_of_it_went_back() -> None:
    face, tone, detail = card_after(2550, 10000)
    assert (face, tone) == (CardFace.NOTICE, "refunded")
    assert "Refunded 125,50\u00a0₴" in detail


def card_of(*facts: JournalEntry, minutes: int = 16) -> PaymentCard:
    """Return the card `minutes` after the sale."""
    context = make_context()
    view = PaymentView(fold([*open_payment(), *facts]), None)
    context.now = lambda: START + timedelta(minutes=minutes)
    return payment_card(view, context, trying=False, problem=None)


def test_a_link_that_ran_out_offers_a_new_one() -> None:
    card = card_of()
    assert (card.main, card.tone) == (Action.RENEW, "ended")


@pytest.mark.parametrize("minutes", [16, 3000])
def test_where_money_may_have_come_no_new_link_is_offered(minutes: int) -> None:
    hint = StatusAnswered(KEY, TransactionId("t"), 10, "", hint=True, nonce="1")
    card = card_of(entry(hint, after_s=90), minutes=minutes)
    assert card.headline == "The operator says: paid"
    assert card.detail == Texts("en").attention(Attention.OPERATOR_SAYS_PAID)
    assert card.actions == (Action.CONFIRM, Action.CHECK, Action.NEW)
    assert (card.main, card.tone) == (Action.CONFIRM, "attention")


def test_a_cancelled_link_in_doubt_is_not_renewed_either() -> None:
    card = card_of(
        callback(signed=SignatureCheck.WRONG, counts=False, signature="s"),
        entry(LinkCancelled(KEY), after_s=120),
        minutes=3,
    )
    assert Action.RENEW not in card.actions
    assert card.detail == Texts("en").attention(Attention.UNVERIFIED)


def test_a_link_that_was_not_made_cannot_be_asked_about() -> None:
    forged = callback(signed=SignatureCheck.WRONG, counts=False, signature="s")
    view = PaymentView(fold([requested(), link_requested(), forged, entry(LinkAbandoned(KEY))]), None)
    card = payment_card(view, make_context(), trying=False, problem=None)
    assert card.actions == (Action.NEW,)


def test_who_was_paying_is_asked_about_first() -> None:
    card = card_of(callback("auth", signed=SignatureCheck.MISSING), minutes=18)
    assert card.main is Action.CHECK
    assert set(card.actions) == {Action.RENEW, Action.CHECK, Action.CANCEL, Action.NEW}
    assert "was paying when the link ran out" in card.detail


# What needs attention reaches the card, whatever the state

HINT = entry(StatusAnswered(KEY, TransactionId("t"), 10, "", hint=True, nonce="1"), after_s=90)


def test_an_open_link_that_the_operator_calls_paid_shows_no_code_until_it_is_asked_for() -> None:
    card = card_of(HINT, minutes=3)
    assert (card.face, card.tone, card.headline) == (CardFace.NOTICE, "attention", "The operator says: paid")
    assert card.actions == (Action.CONFIRM, Action.CHECK, Action.SHOW_CODE, Action.NEW)
    assert (card.main, card.deadline_ms, card.steps) == (Action.CONFIRM, None, ())
    assert card.status is not None
    assert (card.status.word, card.status.tone) == ("Needs attention", "attention")


def test_the_code_is_shown_again_with_what_the_operator_says() -> None:
    context = make_context()
    context.now = lambda: START + timedelta(minutes=3)
    view = PaymentView(fold([*open_payment(), HINT]), None)
    card = payment_card(view, context, trying=False, problem=None, code_shown=True)
    assert (card.face, card.tone) == (CardFace.QR, "attention")
    assert card.detail == Texts("en").attention(Attention.OPERATOR_SAYS_PAID)
    assert Action.CONFIRM in card.actions


@pytest.mark.parametrize("status", PaymentStatus)
@pytest.mark.parametrize("code", Attention)
def test_every_reason_is_said_in_every_state(code: Attention, status: PaymentStatus) -> None:
    context = make_context()
    payment = fold([*open_payment(), callback()] if status is PaymentStatus.PAID else open_payment())
    minutes = 3
    if status is PaymentStatus.EXPIRED:
        minutes = 16
    else:
        payment = replace(payment, state=status)
    context.now = lambda: START + timedelta(minutes=minutes)
    marked = replace(payment, attention=(code,))
    assert marked.status(context.now()) is status
    for trying, problem in ((False, None), (True, None), (False, "No answer.")):
        card = payment_card(PaymentView(marked, None), context, trying=trying, problem=problem)
        assert Texts("en").attention(code) in card.detail, (card.face, card.detail)
        if status is not PaymentStatus.PAID:
            assert card.tone == "attention"


def test_paid_after_it_was_cancelled_here_has_its_own_words_and_no_tick() -> None:
    card = card_of(entry(LinkCancelled(KEY), after_s=60), callback(late=True, after_s=120), minutes=3)
    assert (card.face, card.tone) == (CardFace.NOTICE, "attention")
    assert card.headline == "Paid after it was cancelled here"
    assert "cancelled here" in card.detail
    assert "run out" not in card.detail
    assert card.actions == (Action.REFUND, Action.NEW)


def test_what_went_back_whole_is_not_to_be_handed_over() -> None:
    back = callback("refund", txn_id="r1", sum_minor=12550, signature="r1", after_s=3000)
    card = card_of(callback(late=True, after_s=2000), back, minutes=60)
    assert "Hand over" not in card.detail
    assert "went back whole" in card.detail
