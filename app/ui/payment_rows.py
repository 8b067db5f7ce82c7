"""Rows of a list of payments, made once and kept while nothing in them changes: a tick of the clock costs no texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, tzinfo

from app.domain.ids import PaymentId
from app.domain.payment import PaymentStatus
from app.i18n.formats import date_text
from app.services.ports.ledger import PaymentView
from app.ui.front import Front
from app.ui.payment_looks import PaymentRow, payment_row

_YEAR = len(".2026")
_Kept = tuple[PaymentView, PaymentStatus, PaymentRow]


class PaymentRows:
    """`bare_today`: what was made today is told by its time alone, as in a list of what happens now."""

    def __init__(self, front: Front, *, bare_today: bool = False) -> None:
        self._front = front
        self._bare_today = bare_today
        self._kept: dict[PaymentId, _Kept] = {}
        self._words: tuple[object, ...] = ()

    def of(self, views: Sequence[PaymentView]) -> tuple[PaymentRow, ...]:
        """Return the rows of these payments in the same order."""
        now = self._front.now()
        words = (self._front.texts, self._front.shop, now.astimezone(self._front.shop.zone).date())
        kept = self._kept if words == self._words else {}
        self._words = words
        self._kept = {view.payment.id: self._row(view, now, kept.get(view.payment.id)) for view in views}
        return tuple(row for _, _, row in self._kept.values())

    def _row(self, view: PaymentView, now: datetime, kept: _Kept | None) -> _Kept:
        status = view.payment.status(now)
        if kept is not None and kept[1] is status and (kept[0] is view or kept[0] == view):
            return kept
        zone, made_at = self._front.shop.zone, view.payment.created_at
        day = "" if self._bare_today and _same_day(made_at, now, zone) else day_words(made_at, now, zone)
        return view, status, replace(payment_row(view, self._front), number=str(view.payment.number), day=day)


def day_words(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """Return `21.11`, or `21.11.25` when that was another year."""
    whole = date_text(moment, zone)
    is_this_year = whole[-_YEAR:] == date_text(now, zone)[-_YEAR:]
    return whole[:-_YEAR] if is_this_year else f"{whole[:-_YEAR]}.{whole[-2:]}"


def _same_day(moment: datetime, now: datetime, zone: tzinfo) -> bool:
    return moment.astimezone(zone).date() == now.astimezone(zone).date()
