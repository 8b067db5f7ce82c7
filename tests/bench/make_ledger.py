"""Makes a home with a ledger of years: `python -m tests.bench.make_ledger N DIR` writes N payments of a made-up shop.

The same N, `--seed` and `--until` make the same ledger; every verb opens it, in demo mode.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import multiprocessing
import os
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.bootstrap import Home, open_home_ledger
from app.bootstrap.launch_plans import demo_home, make_simulator
from app.domain.errors import PaydeskError
from app.domain.journal.events import CallbackReceived, JournalEntry
from app.services.ports.ledger import Ledger
from app.services.ports.ledger_transaction import LedgerTransaction
from app.storage.bulk import PreparedPayment, bulk_load
from tests.bench.sample_shop.days import in_pieces, plan
from tests.bench.sample_shop.journal import OPERATOR
from tests.bench.sample_shop.pieces import Piece, make
from tests.bench.sample_shop.words import knows_customer

MOST = 10_000_000
_KNOWN_YEARS = range(2010, 2100)
_PIECE = 1_000
_ALONE = 5_000
"""Fewer payments are not worth the start of other processes."""
_REPEATED_AT, _REPEATED_EACH = 40, 200
"""At so many places of the journal, one callback of so many entries is received once more."""


@dataclass(frozen=True, slots=True)
class Made:
    """What was written; `bytes` is the size of the ledger's file."""

    payments: int
    entries: int
    seconds: float
    bytes: int


def make_home(payments: int, folder: Path, *, seed: int = 1, until: datetime | None = None) -> Made:
    """Make the home in an absent or empty folder; its newest payments are of `until`, by default now."""
    began = time.monotonic()
    os.environ.setdefault("PAYDESK_KEYRING", "off")  # a home that may be copied to another machine
    end = until or datetime.now(UTC)
    home = _demo_home(folder.absolute())
    pieces = _pieces(payments, end, seed)
    ledger = home.paths.ledger_file
    with _without_collector(), bulk_load(ledger, home.mode) as load:
        for made in _all_made(pieces, payments):
            load.add(made, _first_moment(made))
    entries = asyncio.run(_complete(home))
    return Made(payments, entries, time.monotonic() - began, ledger.stat().st_size)


def _demo_home(folder: Path) -> Home:
    """Make a home for a demo operator that has its key and token there, as `paydesk demo` leaves it."""
    operator = make_simulator(port=0, directory=folder / "operator", speed=1)
    return demo_home(folder, url=f"{OPERATOR}/xpay", token=operator.token, shop="Кав'ярня на розі")


@contextmanager
def _without_collector() -> Iterator[None]:
    """Switch the garbage collector off: there is nothing to collect, and looking costs a third of the writing."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _pieces(payments: int, end: datetime, seed: int) -> list[Piece]:
    pieces: list[Piece] = []
    contacts, until_ms = 0, int(end.timestamp() * 1000)
    for days in in_pieces(plan(payments, end), _PIECE):
        pieces.append(Piece(days, seed, until_ms, payments, contacts))
        numbers = range(days[0].first, days[-1].first + days[-1].count)
        contacts += sum(map(knows_customer, numbers))
    return pieces


def _all_made(pieces: Sequence[Piece], payments: int) -> Iterator[list[PreparedPayment]]:
    """Yield each piece's payments in order; other processes make the next ones meanwhile."""
    if payments < _ALONE:
        yield from map(make, pieces)
        return
    workers = os.cpu_count() or 1
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), gc.disable) as pool:
        ahead: deque[Future[list[PreparedPayment]]] = deque()
        for piece in pieces:
            ahead.append(pool.submit(make, piece))
            if len(ahead) > 2 * workers:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def _first_moment(made: Sequence[PreparedPayment]) -> datetime:
    return min(one.payment.created_at for one in made if one.payment is not None)


async def _complete(home: Home) -> int:
    """Open the ledger as the program does, repeat some callbacks; return how many entries the journal has."""
    async with open_home_ledger(home) as opened:
        ledger = opened.ledger
        last = await ledger.last_seq()
        for place in range(_REPEATED_AT):
            await _repeat(ledger, place * last // _REPEATED_AT)
        return last


async def _repeat(ledger: Ledger, after_seq: int) -> None:
    entries = [e for e in await ledger.tail(after_seq, _REPEATED_EACH) if isinstance(e.fact, CallbackReceived)]

    def receive_again(tx: LedgerTransaction) -> None:
        entry: JournalEntry
        for entry in entries[:1]:
            tx.append(entry.fact, payment_id=entry.payment_id, source=entry.source, at=entry.at)

    await ledger.write(receive_again)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make_ledger", description=__doc__)
    parser.add_argument("payments", metavar="N", help=f"how many payments, 1 to {MOST:,}")
    parser.add_argument("folder", metavar="DIR", type=Path, help="an absent or empty folder for the home")
    parser.add_argument("--seed", type=int, default=1, help="another number makes another ledger")
    parser.add_argument("--until", metavar="TIME", help="the newest payment's time, 2026-11-25T12:00Z; by default now")
    given = parser.parse_args(arguments)
    if not (given.payments.isascii() and given.payments.isdigit() and 1 <= int(given.payments) <= MOST):
        return _refuse(f"{given.payments} is no number of payments: 1 to {MOST:,}")
    if given.folder.exists() and (not given.folder.is_dir() or any(given.folder.iterdir())):
        return _refuse(f"{given.folder} is not an empty folder")
    try:
        until = datetime.fromisoformat(given.until) if given.until else None
    except ValueError:
        return _refuse(f"{given.until} is no time like 2026-11-25T12:00Z")
    if until is not None and (until.tzinfo is None or until.year not in _KNOWN_YEARS):
        return _refuse(f"{given.until} is no time like 2026-11-25T12:00Z")
    try:
        made = make_home(int(given.payments), given.folder, seed=given.seed, until=until)
    except PaydeskError as error:
        return _refuse(str(error))
    sys.stdout.write(
        f"{made.payments:,} payments, {made.entries:,} entries, {made.seconds:.1f} s, {made.bytes:,} bytes\n"
    )
    return 0


def _refuse(why: str) -> int:
    sys.stderr.write(f"make_ledger: {why}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
