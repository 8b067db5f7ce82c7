"""What the cashier typed becomes a sale, or words beside the field that needs another look."""

from __future__ import annotations

import re
from collections.abc import Callable

from app.domain.errors import AmountZero, BadEmail, BadPhone, CardNumberTyped, PaydeskError
from app.domain.money import is_half_typed, parse_amount
from app.i18n.formats import money_text
from app.i18n.marks import _
from app.i18n.texts import Texts
from app.services.customers import parse_email, parse_phone, parse_words
from app.services.till import Sale
from app.ui.front import ShopFacts
from app.ui.pages.till.state import Draft, DraftProblems

_MAY_BECOME_PHONE = re.compile(r"\+?(?:3|38|380[0-9]{0,9}|0[0-9]{0,9})?")
_MAY_BECOME_EMAIL = re.compile(r"[^@\s,;<>\"]*(?:@[A-Za-z0-9.-]*)?")

SHORT: dict[str, str] = {
    "amount_not_number": _("This is not a sum"),
    "amount_zero": _("More than zero is needed"),
    "amount_three_decimals": _("At most two digits after the comma"),
    "amount_over_limit": _("At most {limit}"),
    "bad_phone": _("Phone: 380XXXXXXXXX"),
    "bad_email": _("E-mail: name@example.com"),
    "card_number_typed": _("Never type a card number here"),
    "text_too_long": _("At most 250 characters"),
}
"""Beside a field there is room for a few words only."""


def sale_of(draft: Draft, shop: ShopFacts) -> Sale:
    """Return the sale of a draft. Raises BadInput and RuleBroken leaves."""
    return Sale(
        amount_minor=parse_amount(draft.amount, limit_minor=shop.max_amount_minor),
        purpose=parse_words(draft.purpose, "purpose"),
        phone=parse_phone(draft.phone) if draft.phone.strip() else None,
        email=parse_email(draft.email) if draft.email.strip() else None,
    )


def draft_problems(draft: Draft, shop: ShopFacts, texts: Texts, finished: frozenset[str]) -> DraftProblems:
    """Return what to say beside the fields. `finished`: fields that were left; a half typed value is not yet wrong."""

    def short(problem: PaydeskError | None) -> str | None:
        return None if problem is None else texts.say(SHORT[problem.code], limit=money_text(shop.max_amount_minor))

    return DraftProblems(
        amount=short(_amount_problem(draft.amount, shop, "amount" in finished)),
        purpose=short(_problem(lambda: parse_words(draft.purpose, "purpose"))),
        phone=short(_phone_problem(draft.phone, "phone" in finished)),
        email=short(_email_problem(draft.email, "email" in finished)),
    )


def _amount_problem(text: str, shop: ShopFacts, finished: bool) -> PaydeskError | None:
    if not text.strip():
        return AmountZero() if finished else None
    problem = _problem(lambda: parse_amount(text, limit_minor=shop.max_amount_minor))
    return None if is_half_typed(text) and not finished else problem


def _phone_problem(text: str, finished: bool) -> PaydeskError | None:
    bare = re.sub(r"[\s()\-.\u00a0]", "", text)
    if not bare or (not finished and _MAY_BECOME_PHONE.fullmatch(bare)):
        return None
    return _problem(lambda: parse_phone(text)) if finished else BadPhone(text=text)


def _email_problem(text: str, finished: bool) -> PaydeskError | None:
    bare = text.strip()
    problem = _problem(lambda: parse_email(text))
    if isinstance(problem, CardNumberTyped):
        return problem
    if not bare or (not finished and _MAY_BECOME_EMAIL.fullmatch(bare)):
        return None
    return problem if finished else BadEmail(text=text)


def _problem(parse: Callable[[], object]) -> PaydeskError | None:
    try:
        parse()
    except PaydeskError as refusal:
        return refusal
    return None
