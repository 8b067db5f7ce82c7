"""R1: `kill -9` at random moments under callback load. No acknowledged callback is lost, none takes effect twice."""

from __future__ import annotations

import asyncio
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from app.bootstrap import open_core, open_home
from tests.soak.harness import Row, amount, row
from tests.soak.shop_process import ShopProcess, audit, stop

KILLS = 100
PAYMENTS_A_KILL = 150
LONGEST_S = 0.6


@dataclass(frozen=True)
class Outcome:
    """The result. `delivered`: how many callbacks were acknowledged in the end."""

    kills: int
    starts_failed: int
    slowest_start_s: float
    acknowledged_under_fire: int
    found: dict[str, int]
    answers: frozenset[int | None]
    rebuild_code: int
    log_errors: int

    @property
    def ok(self) -> bool:
        wrong = self.found["lost"] + self.found["twice"] + self.found["wrong"]
        return not (wrong or self.starts_failed or self.rebuild_code or self.log_errors) and self.answers <= {200}


async def kill_often(folder: Path, kills: int, payments: int) -> Outcome:
    """Run the kills; the seed determines the moments, the machine's load the rest."""
    shop = ShopProcess(folder)
    await shop.open(payments)
    failed, slowest = 0, 0.0
    for _ in range(kills):
        begun = time.monotonic()
        try:
            process = await asyncio.to_thread(shop.start)
        except RuntimeError:
            failed += 1
            continue
        slowest = max(slowest, time.monotonic() - begun)
        gone = asyncio.Event()
        loading = asyncio.create_task(shop.load(gone), name="load")
        await asyncio.sleep(shop.rng.uniform(0, LONGEST_S))
        process.kill()
        gone.set()
        await loading
        await asyncio.to_thread(process.communicate)
    under_fire = sum(sold.acknowledged > 0 for sold in shop.sold)
    process = await asyncio.to_thread(shop.start)
    answers = frozenset(await shop.deliver())
    code, _ = await stop(process)
    assert code == 0
    rebuilt = await asyncio.to_thread(shop.verb, "rebuild", "--check")
    async with open_core(open_home(str(shop.home), lambda code: None)) as core:
        found = await audit(shop, core.ledger)
    log = (shop.home / "logs" / "paydesk.log").read_text("utf-8")
    errors = log.count("Traceback") + log.count("doubtful")
    return Outcome(kills, failed, slowest, under_fire, found, answers, rebuilt.returncode, errors)


@row("R1")
def play() -> Row:
    kills = amount("KILLS", KILLS)
    with tempfile.TemporaryDirectory() as folder:
        came = asyncio.run(kill_often(Path(folder), kills, kills * PAYMENTS_A_KILL))
    found = came.found
    measured = (
        f"{came.kills} kills, {came.acknowledged_under_fire:,} acknowledged between them: lost {found['lost']},"
        f" twice {found['twice']}, wrong sums {found['wrong']}, failed starts {came.starts_failed}"
        f" (slowest {came.slowest_start_s:.1f} s), rebuild --check exit {came.rebuild_code};"
        f" then all {found['paid']:,} paid"
    )
    return Row("kill -9 under load: nothing lost, nothing twice, every start succeeds", measured, came.ok)
