"""A home whose settings and ledger differ in mode, on real files and sockets (protocol.md A7, promise R14)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from app.bootstrap import RunningCore, open_core, open_home, run_core
from app.bootstrap.launch_plans import demo_home, refuse_demo_on_live
from app.domain.errors import SettingBad, StorageDamaged, WrongMode
from app.services.sales.till import Sale
from app.settings.home.paths import HomePaths
from app.settings.schema import OPERATOR_URLS
from app.settings.stored_mode import StoredMode
from app.storage.tables.schema import mode_of_file
from tests.wiring.shop import Shop, open_payment

DEMO_URL = "http://127.0.0.1:9/xpay"


def files(home: Path) -> dict[str, bytes]:
    return {str(path.relative_to(home)): path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file()}


async def sell(folder: Path) -> None:
    """Make a home's first sale, in the mode of its settings."""
    async with open_core(open_home(str(folder), lambda code: None)) as core:
        await core.till.request_payment(Sale(100))


def configure(folder: Path, key: str, value: str) -> None:
    home = open_home(str(folder), lambda code: None)
    home.file.set(key, value, secrets=home.secrets)


# the demo


async def test_a_ledger_is_looked_at_without_leaving_a_trace(home: Path) -> None:
    ledger = HomePaths(home).ledger_file
    assert mode_of_file(ledger) is None
    assert not home.exists()
    await sell(home)
    before = files(home)
    assert mode_of_file(ledger) == "live"
    assert files(home) == before
    async with open_core(open_home(str(home), lambda code: None)):
        assert mode_of_file(ledger) == "live", "with the WAL of another process beside it, too"


async def test_a_demo_leaves_a_home_of_real_payments_alone_whatever_its_settings(home: Path) -> None:
    await sell(home)
    for url in (None, DEMO_URL):
        if url is not None:
            configure(home, "operator.url", url)
        before = files(home)
        with pytest.raises(WrongMode):
            refuse_demo_on_live(home)
        assert files(home) == before


async def test_a_home_of_the_demo_is_taken_again(home: Path) -> None:
    refuse_demo_on_live(home)
    demo_home(home, url=DEMO_URL, token="t", shop="Demo shop")
    refuse_demo_on_live(home)
    await sell(home)
    refuse_demo_on_live(home)
    configure(home, "operator.url", "https://papi.example.com/xpay")
    with pytest.raises(WrongMode):
        refuse_demo_on_live(home)


@pytest.mark.parametrize(("key", "value"), [("shop.name", "Kava"), ("ui.language", "uk"), ("callbacks.port", "9000")])
def test_what_the_demo_leaves_as_it_is_does_not_keep_it_out(home: Path, key: str, value: str) -> None:
    configure(home, key, value)
    refuse_demo_on_live(home)


def test_settings_that_a_person_broke_and_a_damaged_ledger_keep_the_demo_out(home: Path) -> None:
    home.mkdir()
    (home / "settings.toml").write_text("[operator]\nurl = 5\n")
    before = files(home)
    with pytest.raises(SettingBad):
        refuse_demo_on_live(home)
    (home / "settings.toml").unlink()
    (home / "ledger.sqlite3").write_bytes(b"no database" * 100)
    with pytest.raises(StorageDamaged):
        refuse_demo_on_live(home)
    assert before.keys() == {"settings.toml"}
    assert files(home).keys() == {"ledger.sqlite3"}


# the window


@asynccontextmanager
async def window(folder: Path) -> AsyncIterator[RunningCore]:
    stopping = asyncio.Event()
    ready: asyncio.Future[RunningCore] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(run_core(open_home(str(folder), lambda code: None), ready.set_result, stopping))
    try:
        yield await ready
    finally:
        stopping.set()
        await task


async def until_health(running: RunningCore, problem: str | None) -> None:
    """Wait until the listener has this problem; with None: until it listens."""
    changed = asyncio.Event()
    running.on_health_changed(changed.set)
    async with asyncio.timeout(20):
        while running.health().listener_problem != problem or (
            problem is None and not running.health().listener_address
        ):
            await changed.wait()
            changed.clear()


async def status_of(address: str | None, path: str) -> int:
    async with httpx.AsyncClient(trust_env=False) as client:
        return (await client.get(f"{address}{path}?command=check&txn_id=1&uuid=u1")).status_code


@pytest.fixture
def free_port_home(home: Path, unused_tcp_port: int) -> Path:
    home.mkdir()
    (home / "settings.toml").write_text(f"[callbacks]\nport = {unused_tcp_port}\n")
    return home


async def test_a_window_on_the_other_mode_opens_but_does_not_receive_until_it_is_mended(free_port_home: Path) -> None:
    home = free_port_home
    await sell(home)
    configure(home, "operator.url", DEMO_URL)
    async with window(home) as running:
        await until_health(running, WrongMode.code)
        assert running.health().listener_address is None
        assert await running.ledger.payment_by_number(1) is not None, "the history is there"
        with pytest.raises(WrongMode):
            await running.till.request_payment(Sale(100))
        await running.preferences.change({"operator.url": OPERATOR_URLS["test"]})
        await until_health(running, None)


async def test_a_window_whose_settings_become_of_the_other_mode_answers_503_and_says_so(free_port_home: Path) -> None:
    async with window(free_port_home) as running:
        await until_health(running, None)
        address = running.health().listener_address
        view = await open_payment(running._core)
        path = f"/xpay/{view.payment.link.key}"
        assert await status_of(address, path) == 200
        before = await running.ledger.last_seq()
        await running.preferences.change({"operator.url": DEMO_URL})
        assert running.health().listener_problem == WrongMode.code
        assert (await status_of(address, path), await status_of(address, "/xpay/unknown")) == (503, 503)
        assert await running.ledger.last_seq() == before
        await running.preferences.change({"operator.url": OPERATOR_URLS["test"]})
        assert running.health().listener_problem is None
        assert await status_of(address, path) == 200


# the listener


async def test_a_listener_notices_that_another_process_changed_the_mode(shop: Shop) -> None:
    shop.configure(operator__url=DEMO_URL)
    before = await shop.core.ledger.last_seq()
    for query in (shop.query(), shop.query("error"), shop.query("refund"), shop.unsigned_query("check"), "command=pay"):
        for path in (shop.path, "/xpay/a-key-of-nobody"):
            assert (await shop.get(query, path)).status_code == 503
    assert await shop.core.ledger.last_seq() == before
    shop.configure(operator__url=OPERATOR_URLS["test"])
    assert (await shop.send_callback(shop.query()))[0] == "10"


async def test_a_listener_that_waited_for_the_first_sale_does_not_believe_the_other_mode(shop: Shop) -> None:
    """Settings and listener are live, and another process has made the first payment with the demo's settings."""
    await shop.core.ledger.write(lambda tx: tx.set_mode("demo"))
    assert (await shop.get(shop.query())).status_code == 503
    assert await shop.received("pay") == []


def test_settings_that_cannot_be_read_again_change_nothing(home: Path) -> None:
    configure(home, "operator.url", DEMO_URL)
    stored = StoredMode(HomePaths(home))
    assert (stored.is_other_than("demo"), stored.is_other_than("live")) == (False, True)
    (home / "settings.toml").unlink()
    (home / "settings.toml").mkdir()
    assert (stored.is_other_than("demo"), stored.is_other_than("live")) == (False, True)
