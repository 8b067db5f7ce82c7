"""A machine is suspended with open links, on a real ledger: the inquiries after it resumes (protocol.md A4)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import open_core, open_home
from app.domain.errors import OperatorUnreachable, StorageFull
from app.domain.ids import RefundId, TransactionId
from app.domain.journal.events import RefundRequested
from app.domain.payment import Attention
from app.services.background_jobs import BackgroundJobs
from app.services.ports.ledger import Ledger, PaymentFilter, PaymentView
from app.services.refunds.refunds import RefundPolicy, Refunds
from app.services.status.status_inquiry import InquiryPolicy, StatusInquiry
from app.services.status.status_poller import StatusPoller
from tests.contracts.sales import receive, sell, state
from tests.fakes.clock_and_operator import FakeClock, ScriptedOperator

LINKS = 7


class FullLedger:
    """A ledger that cannot be read while `is_full`."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.is_full = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    async def unfinished(self, now: datetime) -> list[PaymentView]:
        if self.is_full:
            raise StorageFull()
        return await self._ledger.unfinished(now)


class LiveSettings:
    """Settings that never change."""

    mode = "live"

    def mode_agrees(self) -> bool:
        return True

    async def refresh(self) -> None:
        """Do nothing: no setting has changed."""


class SuspendedHome:
    """The background jobs of a home with open links and a refund in flight, on a clock set by the test."""

    def __init__(self, jobs: BackgroundJobs, clock: FakeClock, operator: ScriptedOperator, ledger: FullLedger) -> None:
        self.jobs, self.clock, self.operator, self.ledger = jobs, clock, operator, ledger

    async def after(self, seconds: float, polls: int = 1) -> int:
        """Let time pass, check the clock and then what is due; return how many inquiries that made."""
        self.clock.pass_time(seconds=seconds)
        before = len(self.operator.asked)
        self.operator.statuses = [1] * 100
        for _ in range(polls):
            await self.jobs.check_clock()
            await self.jobs.run_cycle()
            await self.jobs.wait_until_idle()
        return len(self.operator.asked) - before

    async def attention(self) -> set[Attention]:
        criteria = PaymentFilter(now=self.clock.now(), attention=True, limit=0)
        return {code for view in await self.ledger.payments(criteria) for code in view.payment.attention}


@pytest.fixture
async def suspended(home: Path) -> AsyncIterator[SuspendedHome]:
    clock, operator = FakeClock(), ScriptedOperator()
    async with open_core(open_home(str(home), lambda code: None)) as core:
        ledger = core.ledger
        watch = StatusInquiry(ledger, operator, clock, lambda: InquiryPolicy(proves=False))
        refunds = Refunds(
            ledger, operator, clock, core.entropy, lambda: RefundPolicy(timedelta(seconds=45), "live", "1")
        )
        poller = StatusPoller(ledger, watch, clock)
        core = replace(core, clock=clock, status_inquiry=watch, status_poller=poller, refunds=refunds)  # type: ignore[arg-type]
        for number in range(LINKS):
            await ledger.write(lambda tx, number=number: sell(tx, f"n{number}"))  # type: ignore[misc]
        given_back = RefundRequested(RefundId("r1"), 100, "txn-paid", TransactionId("t-of-the-refund"), "returned")

        def refund(tx: object) -> None:
            sell(tx, "paid")  # type: ignore[arg-type]
            receive(tx, "paid")  # type: ignore[arg-type]
            state(tx, "paid", given_back, after_s=60)  # type: ignore[arg-type]

        await ledger.write(refund)
        full = FullLedger(ledger)
        jobs = BackgroundJobs(replace(core, ledger=full), LiveSettings())  # type: ignore[arg-type]
        clock.pass_time(minutes=2)
        yield SuspendedHome(jobs, clock, operator, full)
        await jobs.at_end()


async def test_after_a_sleep_everything_that_is_not_final_is_asked_about_once(suspended: SuspendedHome) -> None:
    assert await suspended.after(0) == LINKS + 1, "the first look"
    assert await suspended.after(12) == 0, "nothing is due by the rhythm"
    assert await suspended.after(25) == LINKS + 1, "twenty-five seconds without a look"
    assert await suspended.after(2, polls=3) == 0, "once"


async def test_after_the_clock_was_set_back_everything_is_asked_about_once(suspended: SuspendedHome) -> None:
    await suspended.after(0)
    assert await suspended.after(-3600) == LINKS + 1
    assert await suspended.after(2, polls=3) == 0


async def test_a_disk_that_says_no_at_that_moment_does_not_cancel_the_questions(suspended: SuspendedHome) -> None:
    await suspended.after(0)
    suspended.ledger.is_full = True
    suspended.clock.pass_time(seconds=25)
    with pytest.raises(StorageFull):
        await suspended.jobs.check_clock()
    suspended.ledger.is_full = False
    assert await suspended.after(2) == LINKS + 1


async def test_a_day_of_silence_is_noted_while_the_listener_runs(suspended: SuspendedHome) -> None:
    """Recorded at the start only, a program that runs for weeks never recorded it (protocol.md A3.9)."""
    suspended.operator.statuses = [OperatorUnreachable(reason="timeout")] * 100
    await suspended.jobs.run_cycle()
    await suspended.jobs.wait_until_idle()
    assert await suspended.attention() == set()
    suspended.clock.pass_time(hours=24, minutes=16)
    await suspended.jobs.run_cycle()
    assert await suspended.attention() == {Attention.SILENT}
