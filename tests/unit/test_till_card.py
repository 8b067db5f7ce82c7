"""The card of a payment whose money went back, or may have come: no green tick, no second link by mistake."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.ids import TransactionId
from app.domain.journal.events import JournalEntry, LinkAbandoned, LinkCancelled, SignatureCheck, StatusAnswered
from app.domain.payment import Attention
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
    """The card when so many minutes have passed since the sale."""
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
    assert card.headline == "Money may have come already"
    assert card.detail == Texts("en").attention(Attention.OPERATOR_SAYS_PAID)
    assert (card.actions, card.main, card.tone) == ((Action.CHECK, Action.NEW), Action.CHECK, "attention")


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
