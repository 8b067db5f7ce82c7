"""The core as a window's process runs it: it waits for a home in use, and settings apply at once."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from app.bootstrap import (
    CallbackReceiving,
    Home,
    RunningCore,
    change_setting,
    make_keys,
    open_core,
    open_home,
    replaced_keys,
    run_core,
)
from app.domain.errors import AmountOverLimit, KeysExist, NotConfigured, OperatorRefused, SecretsUnreadable, SettingBad
from app.services.sales.till import Sale
from app.settings.home.locks import FileLock
from app.settings.home.paths import HomePaths
from app.simulator.server import Simulator


@pytest.fixture
async def simulator(tmp_path: Path) -> AsyncIterator[Simulator]:
    played = Simulator(port=0, directory=tmp_path / "operator", speed=1000)
    await played.start()
    try:
        yield played
    finally:
        await played.stop()


async def started(folder: Path, stopping: asyncio.Event) -> tuple[RunningCore, asyncio.Task[None]]:
    ready: asyncio.Future[RunningCore] = asyncio.get_running_loop().create_future()
    home = open_home(str(folder), lambda code: None)
    task = asyncio.create_task(run_core(home, ready.set_result, stopping))
    return await ready, task


async def test_a_home_is_connected_without_a_restart(home: Path, simulator: Simulator, tmp_path: Path) -> None:
    stopping = asyncio.Event()
    running, task = await started(home, stopping)
    try:
        assert running.preferences.missing() == "keys"
        await running.preferences.make_keys()
        await running.preferences.change(
            {
                "operator.url": simulator.url,
                "operator.public_key_file": str(tmp_path / "operator" / "operator_public.pem"),
                "operator.token": simulator.token,
            }
        )
        assert running.is_demo
        assert running.preferences.missing() is None
        view = await running.till.request_payment(Sale(100))
        opened = await running.till.open_link(view.payment.id)
        assert opened.payment.link.url
        assert running.health().operator_answered_at is not None
        assert running.preferences.values()["operator.token"] == "***"
        assert running.preferences.public_key() is not None
    finally:
        stopping.set()
        await task


async def test_a_held_home_is_reported_and_taken_when_it_is_free(home: Path) -> None:
    paths = HomePaths(home)
    paths.ensure()
    (home / "settings.toml").write_text("[callbacks]\nport = 18733\n")
    lock = FileLock(paths.lock_file)
    assert lock.acquire()
    stopping = asyncio.Event()
    running, task = await started(home, stopping)
    try:
        changed = asyncio.Event()
        running.on_health_changed(changed.set)
        async with asyncio.timeout(20):
            await changed.wait()
            assert running.health().listener_problem == "home_taken"
            changed.clear()
            lock.release()
            await changed.wait()
        assert running.health().listener_problem is None
        async with httpx.AsyncClient(trust_env=False) as client:
            assert (await client.get(f"{running.health().listener_address}/health")).json() == {"ok": True}
    finally:
        stopping.set()
        await task
    assert FileLock(paths.lock_file).acquire()


async def test_a_bad_setting_of_the_listener_is_named(home: Path) -> None:
    home.mkdir()
    (home / "settings.toml").write_text(f"[callbacks]\ntls_certificate_file = '{home / 'gone.pem'}'\n")
    stopping = asyncio.Event()
    running, task = await started(home, stopping)
    try:
        changed = asyncio.Event()
        running.on_health_changed(changed.set)
        async with asyncio.timeout(20):
            await changed.wait()
        health = running.health()
        assert health.listener_problem == "setting_bad"
        assert health.listener_setting is not None
        assert health.listener_setting.details == {
            "key": "callbacks.tls_certificate_file",
            "reason": "missing_file",
        }
    finally:
        stopping.set()
        await task


async def test_a_listener_that_did_not_start_goes_to_another_port_when_one_is_set(
    home: Path, unused_tcp_port_factory: Callable[[], int]
) -> None:
    HomePaths(home).ensure()
    stopping, changed = asyncio.Event(), asyncio.Event()
    with socket.create_server(("127.0.0.1", 0)) as other:
        (home / "settings.toml").write_text(f"[callbacks]\nport = {other.getsockname()[1]}\n")
        running, task = await started(home, stopping)
        running.on_health_changed(changed.set)
        try:
            async with asyncio.timeout(20):
                await changed.wait()
                assert running.health().listener_problem == "port_taken"
                port = unused_tcp_port_factory()
                await running.preferences.change({"callbacks.port": str(port)})
                while running.health().listener_problem is not None:
                    changed.clear()
                    await changed.wait()
            assert running.health().listener_address == f"http://127.0.0.1:{port}"
            view = await running.till.request_payment(Sale(100))
            assert view.payment.link.callback_url.startswith(f"http://127.0.0.1:{port}/")
        finally:
            stopping.set()
            await task


async def test_lost_secrets_stop_requests_and_nothing_else(home: Path) -> None:
    opened = open_home(str(home), lambda code: None)
    make_keys(opened)
    opened.paths.vault_file.write_bytes(b"")
    stopping = asyncio.Event()
    running, task = await started(home, stopping)
    try:
        assert running.preferences.missing() == "secrets"
        view = await running.till.request_payment(Sale(100))
        with pytest.raises(NotConfigured):
            await running.till.open_link(view.payment.id)
        with pytest.raises(SecretsUnreadable):
            await running.preferences.make_keys()
        assert opened.paths.vault_file.read_bytes() == b""
    finally:
        stopping.set()
        await task


async def test_what_the_window_sets_holds_for_callbacks_at_once(home: Path, unused_tcp_port: int) -> None:
    HomePaths(home).ensure()
    (home / "settings.toml").write_text(f"[callbacks]\nport = {unused_tcp_port}\n")
    stopping, changed = asyncio.Event(), asyncio.Event()
    running, task = await started(home, stopping)
    running.on_health_changed(changed.set)
    try:
        async with asyncio.timeout(20), httpx.AsyncClient(trust_env=False) as client:
            await changed.wait()
            address = f"{running.health().listener_address}/xpay/"
            query = "command=check&txn_id=1&uuid=u1&account=a&sum=100"
            assert (await client.get(f"{address}?{query}")).status_code == 404
            await running.preferences.change({"callbacks.fixed_address": "true"})
            assert (await client.get(f"{address}?{query}")).json()["message"] == "unknown payment"
            await running.preferences.change({"callbacks.allowed_addresses": "203.0.113.7"})
            assert (await client.get(f"{address}?{query}")).status_code == 403
    finally:
        stopping.set()
        await task


def connected(home: Path, tmp_path: Path, url: str, token: str) -> Home:
    """Return a home with keys of its own, set up for an operator with the demo operator's key."""
    opened = open_home(str(home), lambda code: None)
    make_keys(opened)
    for key, value in {
        "operator.url": url,
        "operator.public_key_file": str(tmp_path / "operator" / "operator_public.pem"),
        "operator.token": token,
    }.items():
        change_setting(opened, key, value)
    return opened


async def test_a_request_that_is_out_when_settings_change_gets_its_answer(
    home: Path, simulator: Simulator, tmp_path: Path
) -> None:
    """If it were cut off, a refund's outcome would be unknown."""
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        arrived.set()
        await go_on.wait()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as slow, asyncio.timeout(20):
        opened = connected(home, tmp_path, f"http://127.0.0.1:{slow.sockets[0].getsockname()[1]}/xpay", simulator.token)
        async with open_core(open_home(str(home), lambda code: None)) as core:
            out = asyncio.create_task(core.operator.test_connection())
            await arrived.wait()
            change_setting(opened, "operator.url", simulator.url)
            await core.current.change(open_home(str(home), lambda code: None))
            assert (await core.operator.test_connection()).message == "done", "the new client"
            assert not out.done()
            go_on.set()
            with pytest.raises(OperatorRefused):  # it came and is invalid; cut off, it would be "unreachable"
                await out


async def test_settings_that_another_process_changed_hold_without_a_restart(
    home: Path, simulator: Simulator, tmp_path: Path
) -> None:
    other = open_home(str(home), lambda code: None)
    make_keys(other)
    change_setting(other, "operator.url", simulator.url)
    change_setting(other, "operator.public_key_file", str(tmp_path / "operator" / "operator_public.pem"))
    change_setting(other, "operator.token", "an earlier one")
    async with open_core(open_home(str(home), lambda code: None)) as core:
        jobs = CallbackReceiving(core).jobs
        refused = await core.till.request_payment(Sale(100))
        with pytest.raises(OperatorRefused):
            await core.till.open_link(refused.payment.id)
        change_setting(other, "operator.token", simulator.token)
        change_setting(other, "till.max_amount_minor", "100")
        assert await jobs.check_may_work()
        sold = await core.till.request_payment(Sale(100))
        assert (await core.till.open_link(sold.payment.id)).payment.link.url
        with pytest.raises(AmountOverLimit):
            await core.till.request_payment(Sale(101))
        change_setting(other, "operator.url", "https://papi.example.com/xpay")
        change_setting(other, "till.max_amount_minor", "200")
        assert not await jobs.check_may_work(), "another mode is for the next start"
        assert (core.home.mode, core.home.settings.till.max_amount_minor) == ("demo", 100)
        change_setting(other, "operator.url", simulator.url)
        assert await jobs.check_may_work()
        assert core.home.settings.till.max_amount_minor == 200


async def test_settings_that_break_while_the_listener_runs_stay_in_use(home: Path) -> None:
    other = open_home(str(home), lambda code: None)
    change_setting(other, "operator.url", "https://papi.example.com/xpay")
    async with open_core(open_home(str(home), lambda code: None)) as core:
        jobs, before = CallbackReceiving(core).jobs, core.home
        other.paths.settings_file.write_bytes(b"[operator]\nurl = 5\n")
        (home / "settings.toml.good").unlink()
        assert await jobs.check_may_work()
        assert core.home is before


async def test_importing_another_key_in_the_window_is_refused_until_it_is_said_twice(
    home: Path, tmp_path: Path, merchant_pem: str
) -> None:
    private = tmp_path / "private.pem"
    private.write_text(merchant_pem)
    stopping = asyncio.Event()
    running, task = await started(home, stopping)
    try:
        await running.preferences.make_keys()
        first = running.preferences.public_key()
        with pytest.raises(KeysExist):
            await running.preferences.import_key(private)
        assert running.preferences.public_key() == first
        await running.preferences.import_key(private, replace=True)
        assert first is not None
        assert running.preferences.public_key() != first
        assert [fingerprint for _, fingerprint in replaced_keys(running.home)] == [first["fingerprint"]]
    finally:
        stopping.set()
        await task
        private.unlink()


async def test_secrets_that_can_be_read_again_are_used_without_a_restart(
    home: Path, tmp_path: Path, unused_tcp_port: int
) -> None:
    """As after somebody unlocked the system's keyring."""
    opened = open_home(str(home), lambda code: None)
    make_keys(opened)
    for key, value in {
        "operator.token": "a token",
        "operator.environment": "test",
        "callbacks.port": str(unused_tcp_port),
    }.items():
        change_setting(opened, key, value)
    opened.paths.secrets_file.rename(tmp_path / "key of the vault")
    stopping, changed = asyncio.Event(), asyncio.Event()
    running, task = await started(home, stopping)
    running.on_settings_changed(changed.set)
    try:
        assert running.preferences.missing() == "secrets"
        (tmp_path / "key of the vault").rename(opened.paths.secrets_file)
        async with asyncio.timeout(20):
            await changed.wait()
        assert running.preferences.missing() is None
    finally:
        stopping.set()
        await task


async def test_a_save_that_is_not_about_the_operator_keeps_what_is_known_of_it(
    home: Path, simulator: Simulator, tmp_path: Path
) -> None:
    opened = connected(home, tmp_path, simulator.url, simulator.token)
    async with open_core(open_home(str(home), lambda code: None)) as core:
        await core.operator.test_connection()
        answered_at = core.operator.last_answer_at
        change_setting(opened, "shop.name", "Renamed")
        await core.current.change(open_home(str(home), lambda code: None))
        assert core.home.settings.shop.name == "Renamed"
        assert core.operator.last_answer_at == answered_at is not None
        change_setting(opened, "operator.timeout_s", "7")
        await core.current.change(open_home(str(home), lambda code: None))
        assert core.operator.last_answer_at is None, "another client has not asked yet"


async def test_an_operator_that_refuses_this_desk_is_told(home: Path, simulator: Simulator, tmp_path: Path) -> None:
    opened = connected(home, tmp_path, simulator.url, "another shop's")
    async with open_core(open_home(str(home), lambda code: None)) as core:
        with pytest.raises(OperatorRefused):
            await core.operator.test_connection()
        assert core.operator.problem == "operator_refused: access"
        change_setting(opened, "operator.token", simulator.token)
        await core.current.change(open_home(str(home), lambda code: None))
        await core.operator.test_connection()
        assert core.operator.problem is None


BROKEN = {
    "an operator that no client asks": (b"[operator]\nurl = 'https://papi.xpaydirect.com./xpay'\n", "operator.url"),
    "a host that no resolver takes": (b"[callbacks]\nhost = '" + b"a" * 64 + b"'\n", "callbacks.host"),
    "no zone": (b"[shop]\ntimezone = 'Europe/Nowhere'\n", "shop.timezone"),
    "too many digits": (b"[till]\nttl_minutes = " + b"9" * 5000 + b"\n", "settings.toml"),
    "too deep": (b"a = " + b"[" * 3000 + b"]" * 3000 + b"\n", "settings.toml"),
    "no TOML": (b"[shop\n", "settings.toml"),
    "another encoding": ("[shop]\n".encode("utf-16"), "settings.toml"),
}


@pytest.mark.parametrize(("content", "key"), BROKEN.values(), ids=BROKEN)
async def test_with_a_bad_setting_the_core_runs_names_it_and_recovers(
    home: Path, content: bytes, key: str, unused_tcp_port: int
) -> None:
    HomePaths(home).ensure()
    (home / "settings.toml").write_bytes(content)
    stopping = asyncio.Event()
    running, task = await started(home, stopping)
    try:
        assert [problem.details["key"] for problem in running.health().setting_problems] == [key]
        assert await running.ledger.unfinished(running.clock.now()) == []
        found = {result.check: result.ok for result in await running.doctor.run_checks()}
        assert not found["settings"]
        assert found["ledger"]
        view = await running.till.request_payment(Sale(100))
        with pytest.raises(NotConfigured):
            await running.till.open_link(view.payment.id)
        (home / "settings.toml").write_bytes(b"[callbacks]\nport = %d\n" % unused_tcp_port)
        async with asyncio.timeout(20):
            while running.health().setting_problems:  # noqa: ASYNC110 - its own look at the file is waited for
                await asyncio.sleep(0.05)
        assert running.home.settings.callbacks.port == unused_tcp_port
    finally:
        stopping.set()
        await task


async def test_what_breaks_while_it_runs_is_named_and_mended_in_the_window(home: Path) -> None:
    opened = open_home(str(home), lambda code: None)
    change_setting(opened, "shop.timezone", "Europe/Warsaw")
    stopping = asyncio.Event()
    running, task = await started(home, stopping)
    try:
        jobs, good = running._callbacks.jobs, (home / "settings.toml").read_bytes()

        def named() -> list[object]:
            return [problem.details["key"] for problem in running.health().setting_problems]

        (home / "settings.toml").write_bytes(b"[shop]\ntimezone = 'X/Y'\nday_starts_at = 'noon'\n")
        await jobs.check_may_work()
        assert named() == ["shop.timezone", "shop.day_starts_at"]
        assert running.preferences.values()["shop.timezone"] == "Europe/Warsaw"
        await running.preferences.change({"shop.timezone": "Europe/Prague"})
        assert named() == ["shop.day_starts_at"]
        await running.preferences.change({"shop.day_starts_at": "06:00"})
        assert named() == []
        assert running.preferences.values()["shop.timezone"] == "Europe/Prague"
        (home / "settings.toml").write_bytes(b"[shop\n")
        await jobs.check_may_work()
        assert named() == ["settings.toml"]
        (home / "settings.toml").write_bytes(good)
        await jobs.check_may_work()
        assert named() == []
    finally:
        stopping.set()
        await task


@pytest.mark.parametrize("key", ["callbacks.tls_certificate_file", "callbacks.tls_key_file"])
async def test_a_tls_file_that_no_listener_could_use_is_refused_when_it_is_named(home: Path, key: str) -> None:
    stopping = asyncio.Event()
    running, task = await started(home, stopping)
    try:
        (home / "empty.pem").write_bytes(b"")
        for file in (home / "none.pem", home, home / "empty.pem", Path("/dev/null")):
            with pytest.raises(SettingBad) as refused:
                await running.preferences.change({key: str(file)})
            assert refused.value.details["key"] == key
        await running.preferences.change({key: ""})
    finally:
        stopping.set()
        await task
