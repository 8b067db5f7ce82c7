"""How the text of the search box was understood, word for word, as chips below it. No Qt."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from app.domain.search_words import SearchTerm, SearchWord, parse_search
from app.i18n.formats import day_text, money_text
from app.i18n.texts import Texts
from app.ui.pages.history.state import SearchChip

MOST_CHIPS: Final = 8


def search_chips(search: str, today: date, texts: Texts) -> tuple[SearchChip, ...]:
    """Return a chip for every part that must match; the last says so where there are more than are shown."""
    terms = parse_search(search, today).terms
    found = [chip for term in terms for chip in _chips(term, texts)]
    chips, more = tuple(found[:MOST_CHIPS]), len(found) - MOST_CHIPS
    return (*chips, SearchChip("…", texts.say("and {count} more", count=more))) if more > 0 else chips


def _chips(term: SearchTerm, texts: Texts) -> Iterator[SearchChip]:
    """Words that can be read as one are told together first, then each by itself."""
    if term.joined is not None:
        apart = texts.say("or word by word")
        yield SearchChip(term.joined.text, ", ".join((*_figures(term.joined, texts), apart)))
    for word in term.words:
        yield SearchChip(word.text, ", ".join((*_figures(word, texts), texts.say("part of a text"))))


def _figures(word: SearchWord, texts: Texts) -> Iterator[str]:
    say = texts.say
    if word.days is not None:
        first, last = (day_text(day) for day in word.days)
        yield first if first == last else f"{first} – {last}"
    if word.amount_minor is not None:
        yield say("sum {sum}", sum=money_text(word.amount_minor))
    if word.number is not None:
        yield say("No. {number}", number=word.number)
    if word.phone is not None:
        yield say("part of a phone number")
    if word.card is not None:
        yield say("end of a card number")
