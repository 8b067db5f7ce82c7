"""R1, a few times: a listener killed under load (the soak `kill` does it a hundred times); then R6."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from tests.soak.shop_process import ShopProcess, stop
from tests.soak.soak_kill import kill_often


async def test_kills_under_load_lose_nothing_and_count_nothing_twice(tmp_path: Path) -> None:
    came = await kill_often(tmp_path, kills=5, payments=400)
    assert came.ok, came
    assert came.acknowledged_under_fire > 20, came
    assert came.found["paid"] == 400


async def first_complaint(process: subprocess.Popen[str]) -> str:
    """Return the first line on stderr; a silent process is ended, which ends the read too."""
    assert process.stderr is not None
    ending = asyncio.get_running_loop().call_later(20, process.kill)
    try:
        return await asyncio.to_thread(process.stderr.readline)
    finally:
        ending.cancel()


async def test_damage_after_a_kill_is_reported_while_the_shop_goes_on(tmp_path: Path) -> None:
    shop = ShopProcess(tmp_path)
    await shop.open(50)
    process = await asyncio.to_thread(shop.start)
    try:
        last = shop.sold.pop()
        assert set(await shop.deliver()) == {200}
        process.kill()
        await asyncio.to_thread(process.communicate)
        with closing(sqlite3.connect(shop.home / "ledger.sqlite3")) as other:
            other.execute("UPDATE payment SET received_minor = 7 WHERE number = 49")
            other.commit()
        process = await asyncio.to_thread(shop.start)
        assert "do not look right" in await first_complaint(process)
        shop.sold.append(last)
        assert await shop.deliver() == [200]
        assert (await stop(process))[0] == 0
    finally:
        process.kill()
    log = (shop.home / "logs" / "paydesk.log").read_text("utf-8")
    assert "payment 49: received_minor is not what its journal says" in log
    assert len(list((shop.home / "running").iterdir())) == 1, "the next start looks again"
