"""Cached rows of a list of payments: a row is rebuilt only when its payment changed, not on every tick."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, tzinfo

from app.domain.ids import PaymentId
from app.domain.payment import PaymentStatus
from app.i18n.formats import date_text
from app.services.ports.ledger import PaymentView
from app.ui.context import UiContext
from app.ui.payment.display import PaymentRow, payment_row

_YEAR = len(".2026")
_Kept = tuple[PaymentView, PaymentStatus, PaymentRow]


class PaymentRows:
    """`omit_today`: a payment created today is shown with its time only, as in the live list."""

    def __init__(self, context: UiContext, *, omit_today: bool = False) -> None:
        self._context = context
        self._omit_today = omit_today
        self._kept: dict[PaymentId, _Kept] = {}
        self._cache_key: tuple[object, ...] = ()

    def of(self, views: Sequence[PaymentView]) -> tuple[PaymentRow, ...]:
        """Return the rows of these payments in the same order."""
        now = self._context.now()
        cache_key = (self._context.texts, self._context.shop, now.astimezone(self._context.shop.zone).date())
        kept = self._kept if cache_key == self._cache_key else {}
        self._cache_key = cache_key
        self._kept = {view.payment.id: self._row(view, now, kept.get(view.payment.id)) for view in views}
        return tuple(row for _, _, row in self._kept.values())

    def _row(self, view: PaymentView, now: datetime, kept: _Kept | None) -> _Kept:
        status = view.payment.status(now)
        if kept is not None and kept[1] is status and (kept[0] is view or kept[0] == view):
            return kept
        zone, made_at = self._context.shop.zone, view.payment.created_at
        day = "" if self._omit_today and _same_day(made_at, now, zone) else short_day_text(made_at, now, zone)
        return view, status, replace(payment_row(view, self._context), number=str(view.payment.number), day=day)


def short_day_text(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """Return `21.11`, or `21.11.25` in another year."""
    whole = date_text(moment, zone)
    is_this_year = whole[-_YEAR:] == date_text(now, zone)[-_YEAR:]
    return whole[:-_YEAR] if is_this_year else f"{whole[:-_YEAR]}.{whole[-2:]}"


def _same_day(moment: datetime, now: datetime, zone: tzinfo) -> bool:
    return moment.astimezone(zone).date() == now.astimezone(zone).date()
