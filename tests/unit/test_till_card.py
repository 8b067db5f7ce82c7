"""The card of a payment whose money went back: never a green tick for goods that must not be handed over."""

from __future__ import annotations

from app.domain.fold import fold
from app.services.ports import PaymentView
from app.ui.pages.till.card import payment_card
from app.ui.pages.till.state import CardFace
from tests.builders import callback, open_payment
from tests.fakes.front import make_front


def card_after(*sums: int) -> tuple[CardFace, str, str]:
    facts = [*open_payment(), callback()]
    facts += [
        callback("refund", txn_id=f"r{place}", sum_minor=minor, signature=f"r{place}", after_s=90 + place)
        for place, minor in enumerate(sums)
    ]
    card = payment_card(PaymentView(fold(facts), None), make_front(), trying=False, problem=None)
    return card.face, card.tone, card.detail


def test_paid_is_green() -> None:
    face, tone, _ = card_after()
    assert (face, tone) == (CardFace.PAID, "paid")


def test_a_part_that_went_back_is_told() -> None:
    face, _, detail = card_after(2550)
    assert face is CardFace.PAID
    assert "Refunded 25,50\u00a0₴" in detail


def test_all_of_it_went_back() -> None:
    face, tone, detail = card_after(2550, 10000)
    assert (face, tone) == (CardFace.NOTICE, "refunded")
    assert "Refunded 125,50\u00a0₴" in detail
