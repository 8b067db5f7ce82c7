"""Parses the cashier's draft into a sale, or into an error at a field."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from app.domain.errors import AmountNotNumber, AmountZero, BadEmail, BadPhone, CardNumberTyped, PaydeskError
from app.domain.money import is_half_typed, parse_amount
from app.domain.text.plain_text import without_controls
from app.domain.text.typed_text import phone_digits, visible
from app.i18n.error_texts import SHORT_ERRORS
from app.i18n.formats import money_text, short_amount
from app.i18n.texts import Texts
from app.services.ports.ledger import PaymentView
from app.services.sales.customers import parse_email, parse_free_text, parse_phone
from app.services.sales.till import Sale
from app.ui.context import ShopFacts
from app.ui.pages.till.state import Draft, DraftProblems

T = TypeVar("T")
_MAY_BECOME_PHONE = re.compile(r"(?:3|38|380[0-9]{0,9}|0[0-9]{0,9})?")
_MAY_BECOME_EMAIL = re.compile(r"[^@\s,;<>\"]*(?:@[A-Za-z0-9.-]*)?")


@dataclass(frozen=True, slots=True)
class DraftReading:
    """A draft, parsed once. `sale`: the result, None while a field is invalid; `problems`: the errors to show.

    A value still being typed may be invalid without an error to show yet.
    """

    sale: Sale | None
    problems: DraftProblems


def read_draft(draft: Draft, shop: ShopFacts, texts: Texts, finished: frozenset[str]) -> DraftReading:
    """Parse a draft. `finished`: fields that lost the focus; elsewhere an incomplete value is no error yet."""
    amount, amount_refusal = _parsed(lambda: _amount(draft.amount, shop.max_amount_minor))
    purpose, purpose_refusal = _parsed(lambda: parse_free_text(draft.purpose, "purpose"))
    phone, phone_refusal = _parsed(lambda: parse_phone(draft.phone) if visible(draft.phone) else None)
    email, email_refusal = _parsed(lambda: parse_email(draft.email) if visible(draft.email) else None)

    def short(problem: PaydeskError | None) -> str | None:
        return (
            None if problem is None else texts.say(SHORT_ERRORS[problem.code], limit=money_text(shop.max_amount_minor))
        )

    problems = DraftProblems(
        amount=short(_amount_problem(draft.amount, amount_refusal, "amount" in finished)),
        purpose=short(purpose_refusal),
        phone=short(_phone_problem(draft.phone, phone_refusal, "phone" in finished)),
        email=short(_email_problem(draft.email, email_refusal, "email" in finished)),
    )
    if amount is None or purpose_refusal or phone_refusal or email_refusal:
        return DraftReading(None, problems)
    order, pay_type = draft.order or None, draft.pay_type or None
    return DraftReading(Sale(amount, purpose, order, phone, email, pay_type), problems)


def draft_of(view: PaymentView) -> Draft:
    """Return what was typed for a payment, so that it can be sold again; an order that may not be sent is left out."""
    payment, contact = view.payment, view.contact
    order, _refusal = _parsed(lambda: parse_free_text(payment.order, "order"))
    return Draft(
        amount=short_amount(payment.amount_minor),
        purpose=without_controls(payment.purpose or ""),
        phone=f"+{contact.phone}" if contact and contact.phone else "",
        email=without_controls(contact.email or "") if contact else "",
        order=order or "",
        pay_type=payment.pay_type or "",
    )


def _amount(text: str, limit_minor: int) -> int:
    """Return the kopecks of what the field shows. Its point is its comma, so that none of them parts thousands."""
    if text.count(",") + text.count(".") > 1:
        raise AmountNotNumber(text=text)
    return parse_amount(text, limit_minor=limit_minor)


def _amount_problem(text: str, refusal: PaydeskError | None, finished: bool) -> PaydeskError | None:
    if not text.strip():
        return AmountZero() if finished else None
    return None if is_half_typed(text) and not finished else refusal


def _phone_problem(text: str, refusal: PaydeskError | None, finished: bool) -> PaydeskError | None:
    digits = phone_digits(text)
    if digits == "" or (digits is not None and not finished and _MAY_BECOME_PHONE.fullmatch(digits)):
        return None
    return refusal if finished else BadPhone(text=text)


def _email_problem(text: str, refusal: PaydeskError | None, finished: bool) -> PaydeskError | None:
    if isinstance(refusal, CardNumberTyped):
        return refusal
    bare = visible(text)
    if not bare or (not finished and _MAY_BECOME_EMAIL.fullmatch(bare)):
        return None
    return refusal if finished else BadEmail(text=text)


def _parsed(parse: Callable[[], T]) -> tuple[T | None, PaydeskError | None]:
    try:
        return parse(), None
    except PaydeskError as refusal:
        return None, refusal
