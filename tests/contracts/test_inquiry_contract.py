"""What every `Ledger` does for status inquiries: limits hold for all processes, silence is detected."""

from __future__ import annotations

from datetime import timedelta

from app.domain.ids import LinkKey
from app.domain.journal.events import OperatorSilent, PaymentSettled
from app.services.ports.ledger import Ledger
from app.services.ports.ledger_transaction import InquiryRecord
from tests.builders import START, link_created, link_requested
from tests.contracts.sales import key_of, names, put, receive, sell, sold, state

DAY = timedelta(hours=24)
END = START + timedelta(minutes=15)


async def test_an_inquiry_is_kept_and_the_newest_wins(ledger: Ledger) -> None:
    assert await ledger.inquiries([key_of("a")]) == {}
    first = InquiryRecord(1, START)
    await ledger.write(lambda tx: tx.save_inquiry(key_of("a"), first))
    assert await ledger.inquiries([key_of("a"), key_of("b")]) == {key_of("a"): first}
    newest = InquiryRecord(2, START + timedelta(seconds=10), START + timedelta(seconds=11))
    await ledger.write(lambda tx: tx.save_inquiry(key_of("a"), newest))
    assert await ledger.write(lambda tx: tx.inquiry(key_of("a"))) == newest
    assert await ledger.write(lambda tx: tx.inquiry(key_of("b"))) is None


async def test_asking_is_no_news(ledger: Ledger) -> None:
    await sold(ledger, "a")
    before = await ledger.last_seq()
    await ledger.write(lambda tx: tx.save_inquiry(key_of("a"), InquiryRecord(1, START)))
    assert await ledger.last_seq() == before


async def test_many_links_are_asked_for_at_once(ledger: Ledger) -> None:
    keys = [key_of(str(number)) for number in range(1200)]

    def note(tx: object) -> None:
        for key in keys:
            tx.save_inquiry(key, InquiryRecord(1, START))  # type: ignore[attr-defined]

    await ledger.write(note)
    assert len(await ledger.inquiries(keys)) == len(keys)


async def test_silence_is_found_a_day_after_the_end(ledger: Ledger) -> None:
    await sold(ledger, "silent")
    await sold(ledger, "answered")
    await sold(ledger, "answered early")
    await sold(ledger, "paid")
    await ledger.write(lambda tx: receive(tx, "paid"))
    await sold(ledger, "settled early")
    early = PaymentSettled(("unverified:t",), "nothing in the cabinet", nonce="1")
    await ledger.write(lambda tx: state(tx, "settled early", early, after_s=60))
    await ledger.write(lambda tx: tx.save_inquiry(key_of("answered"), InquiryRecord(9, END + DAY, END + DAY)))
    await ledger.write(lambda tx: tx.save_inquiry(key_of("answered early"), InquiryRecord(9, END + DAY, START)))
    assert names(await ledger.unanswered(END + DAY - timedelta(seconds=1))) == []
    assert set(names(await ledger.unanswered(END + DAY))) == {"silent", "answered early", "settled early"}
    assert len(await ledger.unanswered(END + DAY, END - timedelta(seconds=1))) == 3
    assert await ledger.unanswered(END + DAY, END) == []


async def test_silence_is_reported_once(ledger: Ledger) -> None:
    await ledger.write(lambda tx: sell(tx, "a"))
    silent_after_s = (END + DAY - START).total_seconds()
    await ledger.write(lambda tx: state(tx, "a", OperatorSilent(key_of("a")), after_s=silent_after_s))
    assert await ledger.unanswered(END + DAY) == []
    payment = await ledger.payment_by_number(1)
    assert payment is not None
    assert [code.value for code in payment.payment.attention] == ["silent"]


async def test_silence_that_was_told_of_an_earlier_link_says_nothing_of_the_next(ledger: Ledger) -> None:
    told_s, again = DAY.total_seconds() + 900, LinkKey("key-again")
    await sold(ledger, "a")
    await ledger.write(lambda tx: state(tx, "a", OperatorSilent(key_of("a")), after_s=told_s))
    await ledger.write(lambda tx: put(tx, "a", link_requested(again, after_s=told_s + 60)))
    await ledger.write(lambda tx: put(tx, "a", link_created(again, after_s=told_s + 61)))
    assert names(await ledger.unanswered(END + DAY + timedelta(seconds=60) + DAY)) == []
    assert names(await ledger.unanswered(END + DAY + timedelta(seconds=60 + 900) + DAY)) == ["a"]
