"""The history's rules on plain values: what a filter chooses, how it is sorted, what it adds up to.

Written a second time, from the contract: the fake ledger uses it, and the property tests compare the real one with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.domain.payment import Payment, PaymentStatus
from app.domain.search_words import Search, SearchTerm, SearchWord, parse_search
from app.domain.text.typed_text import is_searched, search_form
from app.services.ports.history_values import ShopDay, SortColumn, SortOrder, TotalsBy, TotalsGroup
from app.services.ports.ledger import PaymentFilter, PaymentView, Totals
from app.services.ports.ledger_transaction import Contact


def is_chosen(view: PaymentView, criteria: PaymentFilter) -> bool:
    payment = view.payment
    return (
        (criteria.status is None or criteria.status in shown_words(payment, criteria.now))
        and (not criteria.attention or bool(payment.attention))
        and (criteria.created_from is None or payment.created_at >= criteria.created_from)
        and (criteria.created_to is None or payment.created_at < criteria.created_to)
        and (criteria.min_minor is None or payment.amount_minor >= criteria.min_minor)
        and (criteria.max_minor is None or payment.amount_minor <= criteria.max_minor)
        and (criteria.person is None or (payment.created_by or "") == criteria.person)
        and (criteria.confirmed_by is None or payment.confirmed_by is criteria.confirmed_by)
        and (not is_searched(criteria.search) or _is_found(view, criteria))
    )


def shown_words(payment: Payment, now: datetime) -> set[str]:
    """Return the words of the filter `status` that a payment answers to."""
    status = payment.status(now)
    refunds = {"requested": "refund_requested", "partial": "partly_refunded", "full": "refunded"}
    words = {status.value, refunds.get(payment.refund, "")}
    words |= {"attempt_failed"} if status is PaymentStatus.OPEN and payment.last_error else set()
    return words | ({"paid_late"} if status is PaymentStatus.PAID and payment.late else set())


def _is_found(view: PaymentView, criteria: PaymentFilter) -> bool:
    search: Search = parse_search(criteria.search, shop_day_of(criteria.now, criteria.shop_day))
    return search.is_possible and all(_matches(view, term, criteria.shop_day) for term in search.terms)


def _matches(view: PaymentView, term: SearchTerm, shop_day: ShopDay) -> bool:
    if term.joined is not None and _reads(view, term.joined, shop_day):
        return True
    return all(_reads(view, word, shop_day) for word in term.words)


def _reads(view: PaymentView, word: SearchWord, shop_day: ShopDay) -> bool:
    payment, contact = view.payment, view.contact or Contact(None, None)
    card = (payment.card or "").replace(" ", "")
    return (
        payment.number == word.number
        or payment.amount_minor == word.amount_minor
        or (word.phone is not None and word.phone in (contact.phone or ""))
        or (word.card is not None and card.endswith(word.card))
        or (word.days is not None and word.days[0] <= shop_day_of(payment.created_at, shop_day) <= word.days[1])
        or any(_holds(view, needle) for needle in word.needles)
    )


def _holds(view: PaymentView, needle: str) -> bool:
    payment, contact = view.payment, view.contact or Contact(None, None)
    texts = [payment.purpose, payment.order, payment.txn_id, contact.email]
    operations = [search_form(link.operation_id) for link in payment.links]
    whole = len("".join(needle.split())) < 4
    named = any(form.strip() == needle.strip() if whole else needle in form for form in operations)
    return named or any(needle in search_form(text) for text in texts)


def shop_day_of(moment: datetime, shop_day: ShopDay) -> date:
    """Return the shop's day of an instant: that of the last start of a day before it."""
    zone, starts_at = ZoneInfo(shop_day.timezone), time.fromisoformat(shop_day.day_starts_at)
    local = moment.astimezone(zone)
    started = moment >= datetime.combine(local.date(), starts_at, zone)
    return local.date() if started else local.date() - timedelta(days=1)


def sorted_views(views: Iterable[PaymentView], criteria: PaymentFilter, order: SortOrder) -> list[PaymentView]:
    """Return the views in a sort order; what compares equal is newest first, or oldest first if it ascends."""
    found = sorted(views, key=lambda v: (v.payment.created_at, v.payment.number), reverse=order.descending)
    match order.column:
        case SortColumn.TIME:
            return found
        case SortColumn.NUMBER:
            return sorted(found, key=lambda v: v.payment.number, reverse=order.descending)
        case SortColumn.AMOUNT:
            by_amount = sorted(found, key=lambda v: v.payment.number, reverse=order.descending)
            return sorted(by_amount, key=lambda v: v.payment.amount_minor, reverse=order.descending)
        case SortColumn.STATUS:
            words = list(PaymentStatus)
            newest = sorted(found, key=lambda v: (v.payment.created_at, v.payment.number), reverse=True)
            return sorted(newest, key=lambda v: words.index(v.payment.status(criteria.now)), reverse=order.descending)
        case SortColumn.PERSON:
            named = [view for view in found if view.payment.created_by is not None]
            named.sort(key=lambda v: v.payment.created_by or "", reverse=order.descending)
            return named + [view for view in found if view.payment.created_by is None]


def added_up(payments: Sequence[Payment], criteria: PaymentFilter, by: TotalsBy | None, as_of: int) -> Totals:
    keys = sorted({_key(payment, criteria, by) for payment in payments}, key=lambda key: (key is None, key or ""))
    groups = [
        TotalsGroup(key, *_sums([payment for payment in payments if _key(payment, criteria, by) == key]))
        for key in keys
        if by is not None
    ]
    return Totals(*_sums(payments), tuple(groups), as_of)


def _sums(payments: Sequence[Payment]) -> tuple[int, int, int, int]:
    paid = sum(payment.state is PaymentStatus.PAID for payment in payments)
    received, refunded = (sum(getattr(p, name) for p in payments) for name in ("received_minor", "refunded_minor"))
    return len(payments), paid, received, refunded


def _key(payment: Payment, criteria: PaymentFilter, by: TotalsBy | None) -> str | None:
    match by:
        case TotalsBy.HOUR:
            return payment.created_at.astimezone(ZoneInfo(criteria.shop_day.timezone)).strftime("%Y-%m-%dT%H")
        case TotalsBy.DAY:
            return shop_day_of(payment.created_at, criteria.shop_day).isoformat()
        case TotalsBy.MONTH:
            return shop_day_of(payment.created_at, criteria.shop_day).isoformat()[:7]
        case TotalsBy.STATUS:
            return payment.status(criteria.now).value
        case _:
            return payment.created_by or None
