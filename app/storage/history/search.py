"""A search as SQL: where its payments are found by indexes, and how one payment is tested.

Phones and e-mails are looked for in `contact` only: what a customer asks to be forgotten is in no full-text index.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.domain.search_words import Search, SearchTerm, SearchWord, parse_search
from app.domain.text.typed_text import is_searched
from app.services.history.history import business_day, day_end, day_start
from app.services.ports.history_values import ShopDay
from app.services.ports.ledger import PaymentFilter
from app.storage.conditions import Condition, all_of, any_of, created_between

_OPERATION_PART = 4  # less is in nearly every operation's id: it must be all of it
_BY_WORDS = "SELECT rowid / 4 AS n FROM payment_words WHERE payment_words MATCH ?"
# the place of the operations' ids among the texts of a payment (revision 0005)
_BUT_OPERATIONS = " AND rowid % 4 != 1"
# contacts are read in the order of their ids, for which no index is as good as the narrow table itself
_BY_CONTACT = """SELECT p.number AS n FROM contact c {} CROSS JOIN payment p INDEXED BY ix_payment_contact
    ON p.contact_id = c.id WHERE p.contact_id IS NOT NULL AND ({})"""
_OTHER_LETTERS = Condition("c.email_form GLOB '*[^ -~]*'")
_HAS_CONTACT = "EXISTS (SELECT 1 FROM contact c WHERE c.id = p.contact_id AND ({}))"


def search_of(criteria: PaymentFilter) -> Search:
    """Return how a filter's search is understood, on its day of the shop."""
    if not is_searched(criteria.search):
        return Search()
    return parse_search(criteria.search, business_day(criteria.now, criteria.shop_day))


def numbers_of(term: SearchTerm, shop_day: ShopDay) -> Condition:
    """Return the query of the numbers of a term's payments, some of them twice; what is cheap to find comes first."""
    found = [part for word in _readings(term) for part in _found(word, shop_day)]
    contacts = [part for word in _readings(term) for part in _found_contacts(word)]
    parts = [*found, *_together(term, shop_day), *contacts]
    return Condition(" UNION ALL ".join(part.sql for part in parts), tuple(v for part in parts for v in part.values))


def _readings(term: SearchTerm) -> list[SearchWord]:
    """Return what may match alone: the joined reading, and the word where there is only one."""
    alone = list(term.words) if len(term.words) == 1 else []
    return alone if term.joined is None else [term.joined, *alone]


def _together(term: SearchTerm, shop_day: ShopDay) -> Iterator[Condition]:
    """Yield the query of the payments that match each word of several."""
    if len(term.words) > 1:
        yield all_numbers([numbers_of(SearchTerm((word,)), shop_day) for word in term.words])


def all_numbers(queries: Sequence[Condition]) -> Condition:
    """Return the query of the numbers that every one of several queries finds."""
    if len(queries) == 1:
        return queries[0]
    # INTERSECT reads each of them once; IN would be pushed down into the full-text index, row by row
    both = " INTERSECT ".join(f"SELECT n FROM ({query.sql})" for query in queries)
    return Condition(f"SELECT n FROM ({both})", tuple(value for query in queries for value in query.values))


def _found(word: SearchWord, shop_day: ShopDay) -> Iterator[Condition]:
    for index, where in _exact(word, shop_day):
        yield Condition(f"SELECT p.number AS n FROM payment p INDEXED BY {index} WHERE {where.sql}", where.values)
    for needle in word.needles:
        is_long = _is_long(needle)
        yield Condition(_BY_WORDS if is_long else _BY_WORDS + _BUT_OPERATIONS, (_phrase(needle),))
        if not is_long:
            yield Condition(_BY_WORDS, (_phrase(_whole_operation(needle)),))


def _exact(word: SearchWord, shop_day: ShopDay) -> Iterator[tuple[str, Condition]]:
    if word.number is not None:
        yield "ix_payment_number", Condition("p.number = ?", (word.number,))
    if word.amount_minor is not None:
        yield "ix_payment_amount", Condition("p.amount_minor = ?", (word.amount_minor,))
    if word.card is not None:
        yield "ix_payment_card_end", _card(word.card)
    if word.days is not None:
        first, last = word.days
        yield "ix_payment_time", created_between(day_start(first, shop_day), day_end(last, shop_day))


def _card(typed: str) -> Condition:
    end = Condition("p.card_end = ? AND p.card_end IS NOT NULL", (typed[-4:],))
    if len(typed) == 4:
        return end
    return all_of(end, Condition("substr(replace(p.card, ' ', ''), ?) = ?", (-len(typed), typed)))


def _phrase(part: str) -> str:
    """Return the full-text query of a part of a text."""
    quoted = part.replace('"', '""')
    return f'"{quoted}"'


def _whole_operation(needle: str) -> str:
    return f"\n  {needle.strip()}\n"


def _is_long(needle: str) -> bool:
    return len("".join(needle.split())) >= _OPERATION_PART


def _contact_tests(word: SearchWord) -> tuple[list[Condition], list[Condition]]:
    """Return the tests of a contact `c`: those of any phone and e-mail, and those of e-mails with other letters."""
    phones = [Condition("instr(c.phone, ?)", (word.phone,))] if word.phone is not None else []
    plain = [Condition("instr(c.email_form, ?)", (needle,)) for needle in word.needles if needle.isascii()]
    others = [Condition("instr(c.email_form, ?)", (needle,)) for needle in word.needles if not needle.isascii()]
    return [*phones, *plain], others


def _found_contacts(word: SearchWord) -> Iterator[Condition]:
    anywhere, others = _contact_tests(word)
    if anywhere:
        tested = any_of(*anywhere)
        yield Condition(_BY_CONTACT.format("NOT INDEXED", tested.sql), tested.values)
    if others:
        tested = all_of(_OTHER_LETTERS, any_of(*others))
        yield Condition(_BY_CONTACT.format("INDEXED BY ix_contact_other_letters", tested.sql), tested.values)


def is_found(search: Search, shop_day: ShopDay) -> Condition:
    """Return the test of one payment for a whole search."""
    return all_of(*(_matches(term, shop_day) for term in search.terms))


def _matches(term: SearchTerm, shop_day: ShopDay) -> Condition:
    one_by_one = all_of(*(_reads(word, shop_day) for word in term.words))
    return one_by_one if term.joined is None else any_of(_reads(term.joined, shop_day), one_by_one)


def _reads(word: SearchWord, shop_day: ShopDay) -> Condition:
    tests = [where for _, where in _exact(word, shop_day)]
    for needle in word.needles:
        operation = needle if _is_long(needle) else _whole_operation(needle)
        found_in = "instr(p.words, ?) OR instr(p.txn_words, ?) OR instr(p.operations, ?)"
        tests.append(Condition(found_in, (needle, needle, operation)))
    anywhere, others = _contact_tests(word)
    if anywhere or others:
        known = any_of(*anywhere, *others)
        tests.append(Condition(_HAS_CONTACT.format(known.sql), known.values))
    return any_of(*tests)
