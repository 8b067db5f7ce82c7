"""The health of the storage: the last write's failure, the check after an unclean stop, and recovery."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from app.domain.errors import StorageFull, StorageReadOnly
from app.services.checks.storage_health import HEALTHY_CHECKS, StorageHealth
from app.services.ports.ledger_transaction import LedgerTransaction
from tests.fakes.ledger import FakeLedger


class FullLedger(FakeLedger):
    """A ledger whose disk can be full."""

    def __init__(self) -> None:
        super().__init__()
        self.full = False
        self.tries = 0

    async def write(self, decide: Callable[[LedgerTransaction], object]) -> object:  # type: ignore[override]
        self.tries += 1
        if self.full:
            self.problem = StorageFull.code
            for listener in self.problem_listeners:
                listener(StorageFull.code)
            raise StorageFull
        self.problem = None
        return await super().write(decide)


class Ticks:
    """The pause between two checks, controlled by the test."""

    def __init__(self) -> None:
        self._waiting = asyncio.Event()
        self._go = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        self._waiting.set()
        await self._go.wait()
        self._go.clear()

    async def tick(self) -> None:
        """Let one check run, and wait until it is over."""
        await self._waiting.wait()
        self._waiting.clear()
        self._go.set()
        await self._waiting.wait()


def returning(what: str | None) -> Callable[[], Awaitable[str | None]]:
    async def check() -> str | None:
        return what

    return check


async def test_a_full_disk_is_reported_and_so_is_its_end() -> None:
    ledger, ticks, notified = FullLedger(), Ticks(), list[str | None]()
    await ledger.write(lambda tx: tx.set_mode("demo"))
    health = StorageHealth(ledger, pause=ticks)
    health.on_change(lambda _: 1 / 0)  # type: ignore[arg-type, return-value]
    health.on_change(notified.append)
    async with health.running():
        await ticks.tick()
        ledger.full = True
        with pytest.raises(StorageFull):
            await ledger.write(lambda tx: None)
        await ticks.tick()
        await ticks.tick()
        assert (health.problem, notified) == ("storage_full", ["storage_full"])
        ledger.full = False
        for _ in range(HEALTHY_CHECKS):
            await ticks.tick()
            assert notified == ["storage_full"], "one good write is not enough"
        await ticks.tick()
        assert (health.problem, notified) == (None, ["storage_full", None])
        tries = ledger.tries
        await ticks.tick()
        assert ledger.tries == tries, "nothing is written while all is well"


async def test_a_disk_that_was_full_between_two_checks_is_reported() -> None:
    ledger, ticks, notified = FullLedger(), Ticks(), list[str | None]()
    health = StorageHealth(ledger, pause=ticks)
    health.on_change(notified.append)
    async with health.running():
        await ticks.tick()
        ledger.full = True
        with pytest.raises(StorageFull):
            await ledger.write(lambda tx: None)
        ledger.full = False
        await ledger.write(lambda tx: None)
        await ticks.tick()
        assert notified == ["storage_full"]
        for _ in range(HEALTHY_CHECKS):
            await ticks.tick()
        assert notified == ["storage_full", None]


@pytest.mark.parametrize(("found", "problem"), [("page 3 is bad", "storage_doubtful"), (None, None)])
async def test_what_the_check_found_stays(found: str | None, problem: str | None) -> None:
    ticks, notified = Ticks(), list[str | None]()
    health = StorageHealth(FakeLedger(), returning(found), pause=ticks)
    health.on_change(notified.append)
    async with health.running():
        await ticks.tick()
        await ticks.tick()
        assert health.problem == problem
        assert notified == ([problem] if problem else [])


@pytest.mark.parametrize("failure", [StorageReadOnly(), RuntimeError("a defect")])
async def test_a_check_that_could_not_be_made_is_no_damage(failure: Exception) -> None:
    async def check() -> str | None:
        raise failure

    ticks = Ticks()
    health = StorageHealth(FakeLedger(), check, pause=ticks)
    async with health.running():
        await ticks.tick()
        assert health.problem is None


async def test_the_check_ends_with_the_program() -> None:
    ended = asyncio.Event()

    async def check() -> str | None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return None

    ticks = Ticks()
    async with StorageHealth(FakeLedger(), check, pause=ticks).running():
        await ticks.tick()
    assert ended.is_set()
