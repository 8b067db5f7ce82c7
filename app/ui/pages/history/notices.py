"""What stands in the place of rows when there are none to show."""

from __future__ import annotations

from app.i18n.texts import Texts
from app.ui.pages.history.periods import Period
from app.ui.pages.history.state import Notice, WayOut
from app.ui.pages.history.wanted import Wanted


def loading(texts: Texts) -> Notice:
    """Return what is shown until the core answered."""
    return Notice("clock", texts.say("Reading the payments…"))


def broken(texts: Texts, why: str, *, can_retry: bool) -> Notice:
    """Return what is shown when the core cannot read."""
    return Notice("warning", texts.say("The payments cannot be shown"), why, WayOut.RETRY if can_retry else None)


def nothing(texts: Texts, wanted: Wanted, *, ever: bool) -> Notice:
    """Return what is shown when the filter finds nothing. `ever`: whether there are payments at all."""
    if not ever:
        return Notice("empty_box", texts.say("No payments yet"), texts.say("Every payment of the till is kept here."))
    is_searched, is_bounded = bool(wanted.search.strip()), wanted.period is not Period.ALL
    if is_bounded and (is_searched or wanted == Wanted(period=wanted.period, own=wanted.own)):
        title = texts.say("Nothing found") if is_searched else texts.say("No payments in this period")
        return Notice("search", title, texts.say("Only the chosen period was looked at."), WayOut.ALL_TIME)
    return Notice("search", texts.say("Nothing found"), texts.say("No payment is like that."), WayOut.CLEAR)
