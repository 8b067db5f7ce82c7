"""The notices shown instead of rows when there are none."""

from __future__ import annotations

from app.i18n.texts import Texts
from app.ui.pages.history.history_query import HistoryQuery
from app.ui.pages.history.periods import Period
from app.ui.pages.history.state import Notice, NoticeAction


def loading_notice(texts: Texts) -> Notice:
    """Return the notice shown until the first read has ended."""
    return Notice("clock", texts.say("Reading the payments…"))


def read_error_notice(texts: Texts, why: str, *, can_retry: bool) -> Notice:
    """Return the notice of a failed read."""
    return Notice("warning", texts.say("The payments cannot be shown"), why, NoticeAction.RETRY if can_retry else None)


def no_results_notice(texts: Texts, query: HistoryQuery, *, has_payments: bool) -> Notice:
    """Return the notice of an empty result. `has_payments`: whether there are payments at all."""
    if not has_payments:
        return Notice("empty_box", texts.say("No payments yet"), texts.say("Every payment of the till is kept here."))
    is_searched, is_bounded = bool(query.search.strip()), query.period is not Period.ALL
    if is_bounded and (is_searched or query == HistoryQuery(period=query.period, custom_days=query.custom_days)):
        title = texts.say("Nothing found") if is_searched else texts.say("No payments in this period")
        return Notice("search", title, texts.say("Only the chosen period was looked at."), NoticeAction.ALL_TIME)
    return Notice("search", texts.say("Nothing found"), texts.say("No payment is like that."), NoticeAction.CLEAR)
