"""The doctor on real files, a ledger, sockets and the demo operator."""

from __future__ import annotations

import asyncio
import socket
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from app.bootstrap import (
    CallbackReceiving,
    Home,
    callback_base,
    change_setting,
    make_keys,
    open_core,
    open_doctor,
    open_home,
    remember_address,
)
from app.domain.errors import SettingBad
from app.operator_api.probe import HttpxProbe
from app.services.callbacks.intake import RETRY_LATER
from app.services.checks.check_result import CheckResult
from app.services.checks.diagnostics_target import ProbeFailed
from app.services.sales.till import Sale
from app.settings.home.self_probe import SelfProbeFile, is_self_probe, self_probe
from app.settings.tls_files import stored_certificate
from app.simulator.server import Simulator
from tests.certificates import key_pem, self_signed
from tests.ports import free_port


@pytest.fixture
async def operator(tmp_path: Path) -> AsyncIterator[Simulator]:
    played = Simulator(port=0, directory=tmp_path / "operator", speed=100)
    await played.start()
    try:
        yield played
    finally:
        await played.stop()


@pytest.fixture
def key_folder() -> Iterator[Path]:
    """A TLS key is the owner's file: it lies outside the folders scanned for secrets, and is removed at once."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def set_up(folder: Path, operator: Simulator, tmp_path: Path, **changes: str) -> Home:
    home = open_home(str(folder), lambda code: None)
    make_keys(home)
    values = {
        "operator.url": operator.url,
        "operator.public_key_file": str(tmp_path / "operator" / "operator_public.pem"),
        "operator.token": operator.token,
        "callbacks.port": str(free_port()),
        **changes,
    }
    for key, value in values.items():
        change_setting(home, key, value)
    return open_home(str(folder), lambda code: None)


async def examine(home: Home) -> dict[str, CheckResult]:
    async with open_doctor(home) as doctor:
        return {finding.check: finding for finding in await doctor.run_checks()}


def failed_checks(found: dict[str, CheckResult]) -> dict[str, str]:
    return {name: finding.code for name, finding in found.items() if not finding.ok}


@asynccontextmanager
async def listening(home: Home) -> AsyncIterator[None]:
    async with open_core(home) as core:
        receiving, _ = CallbackReceiving(core).make("127.0.0.1", home.settings.callbacks.port)
        await receiving.start()
        try:
            yield
        finally:
            await receiving.stop()


async def test_a_demo_home_that_listens_is_well(home: Path, operator: Simulator, tmp_path: Path) -> None:
    opened = set_up(home, operator, tmp_path)
    async with listening(opened):
        found = await examine(opened)
        assert failed_checks(found) == {}
        assert (found["listener"].code, found["reach"].code) == ("listener_ok", "reach_local")
        assert found["clock"].code == "clock_ok"
    assert [path.name for path in home.glob("*.probe")] == []


async def test_its_own_requests_leave_no_trace_in_the_ledger(home: Path, operator: Simulator, tmp_path: Path) -> None:
    opened = set_up(home, operator, tmp_path)
    async with listening(opened):
        await examine(opened)
        async with open_core(opened) as core:
            assert await core.ledger.unmatched_entries() == []
            assert await core.ledger.last_seq() == 0


@pytest.mark.parametrize("url", ["", "https://papi.example.com/xpay"])
async def test_a_listener_answers_our_own_request_even_where_it_believes_nothing(
    home: Path, operator: Simulator, tmp_path: Path, url: str
) -> None:
    opened = set_up(home, operator, tmp_path)
    async with listening(opened), httpx.AsyncClient(trust_env=False) as client:
        if url:  # another process makes it a live home
            change_setting(opened, "operator.url", url)
        with self_probe(home) as probe:
            address = f"{callback_base(opened)}/xpay/{probe.key}?command=check&txn_id=1"
            assert (await client.get(address)).status_code == 404
            assert probe.was_received()
            assert (await client.get(address)).status_code == (503 if url else 404)


async def test_nobody_listens_so_one_stands_in_and_goes(home: Path, operator: Simulator, tmp_path: Path) -> None:
    port = free_port()
    public = {"callbacks.port": str(port), "callbacks.public_url": f"http://127.0.0.1:{port}"}
    opened = set_up(home, operator, tmp_path, **public)
    found = await examine(opened)
    assert failed_checks(found) == {"listener": "listener_nobody"}
    assert found["reach"].code == "reach_ok"
    with socket.create_server(("127.0.0.1", port)):
        pass  # the port is free again


async def test_another_program_on_the_port_is_reported(home: Path, operator: Simulator, tmp_path: Path) -> None:
    other = operator.url.rpartition("/")[0]
    public = {"callbacks.port": other.rpartition(":")[2], "callbacks.public_url": other}
    found = await examine(set_up(home, operator, tmp_path, **public))
    assert failed_checks(found) == {"listener": "listener_taken", "reach": "reach_other"}


async def test_another_home_on_the_port_is_reported(home: Path, operator: Simulator, tmp_path: Path) -> None:
    first = set_up(home, operator, tmp_path)
    second = set_up(tmp_path / "other", operator, tmp_path, **{"callbacks.port": str(first.settings.callbacks.port)})
    async with listening(first):
        assert failed_checks(await examine(second))["listener"] == "listener_taken"


async def test_a_home_with_a_list_of_addresses_turns_us_away(home: Path, operator: Simulator, tmp_path: Path) -> None:
    opened = set_up(home, operator, tmp_path, **{"callbacks.allowed_addresses": "203.0.113.7"})
    async with listening(opened):
        found = await examine(opened)
    assert failed_checks(found) == {}
    assert (found["listener"].code, found["reach"].code) == ("listener_filtered", "reach_filtered")


async def test_a_wrong_token_is_reported(home: Path, operator: Simulator, tmp_path: Path) -> None:
    opened = set_up(home, operator, tmp_path, **{"operator.token": "another"})
    async with listening(opened):
        found = await examine(opened)
    assert failed_checks(found) == {"token_accepted": "accepted_refused"}
    assert found["clock"].code == "clock_ok"


async def test_a_damaged_ledger_is_a_finding(home: Path, operator: Simulator, tmp_path: Path) -> None:
    opened = set_up(home, operator, tmp_path)
    opened.paths.ledger_file.write_bytes(b"this is no database, and never was one" * 100)
    found = await examine(opened)
    assert failed_checks(found)["ledger"] == "check_failed"
    assert opened.paths.ledger_file.read_bytes().startswith(b"this is no database")


async def test_a_ledger_of_a_newer_program_is_a_finding(home: Path, operator: Simulator, tmp_path: Path) -> None:
    opened = set_up(home, operator, tmp_path)
    async with open_core(opened):
        pass
    with closing(sqlite3.connect(opened.paths.ledger_file)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    ledger = (await examine(opened))["ledger"]
    assert (ledger.ok, str(ledger.details["error"]).partition("(")[0]) == (False, "storage_newer")


async def test_a_projection_that_differs_from_its_journal_is_reported(
    home: Path, operator: Simulator, tmp_path: Path
) -> None:
    opened = set_up(home, operator, tmp_path)
    async with open_core(opened) as core:
        await core.till.request_payment(Sale(100))
    with closing(sqlite3.connect(opened.paths.ledger_file)) as connection:
        connection.execute("UPDATE payment SET amount_minor = 99")
        connection.commit()
    assert failed_checks(await examine(opened))["ledger"] == "ledger_damaged"


async def test_a_broken_vault_is_a_finding(home: Path, operator: Simulator, tmp_path: Path) -> None:
    set_up(home, operator, tmp_path)
    (home / "vault.bin").write_text("{}")
    found = failed_checks(await examine(open_home(str(home), lambda code: None)))
    assert {"key_pair", "token", "operator"} <= found.keys()


async def test_who_only_stands_in_lets_genuine_callbacks_come_again(
    home: Path, operator: Simulator, tmp_path: Path
) -> None:
    from app.bootstrap.core import make_operator
    from app.bootstrap.doctor import HomeDiagnostics
    from app.system import SystemClock

    opened = set_up(home, operator, tmp_path)
    premises = HomeDiagnostics(lambda: opened, lambda: make_operator(opened, SystemClock()))
    base = premises.callback_endpoint().local_urls[0]
    async with premises.temporary_listener(), httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"{base}/xpay/some-key?command=pay&txn_id=1&uuid=u&txn_date=20261121101500&sum=1")
        assert answer.status_code == RETRY_LATER.status


# the probe


async def test_the_probe_says_why_it_failed() -> None:
    probe = HttpxProbe()
    with pytest.raises(ProbeFailed, match="refused"):
        await probe.get(f"http://127.0.0.1:{free_port()}/x", timeout_s=2, own_machine=False)
    gone = asyncio.Event()

    async def keep_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        await writer.wait_closed()
        gone.set()

    async with await asyncio.start_server(keep_silent, "127.0.0.1", 0) as silent:
        port = silent.sockets[0].getsockname()[1]
        with pytest.raises(ProbeFailed, match="timeout"):
            await probe.get(f"http://127.0.0.1:{port}/x", timeout_s=0.1, own_machine=False)
        await gone.wait()
    with pytest.raises(ProbeFailed):
        await probe.get("http://[::1", timeout_s=1, own_machine=False)


def certificate(folder: Path, days: int) -> tuple[str, str]:
    """Make a certificate for another name; returns its file and its key's."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    files = folder / f"{days}.pem", folder / f"{days}.key"
    files[0].write_bytes(self_signed("pay.example.com", key, start_days=-30, end_days=days))
    files[1].write_bytes(key_pem(key))
    return str(files[0]), str(files[1])


async def test_a_listener_with_a_certificate_of_its_own(
    home: Path, operator: Simulator, tmp_path: Path, key_folder: Path
) -> None:
    file, key = certificate(key_folder, 10)
    port = free_port()
    opened = set_up(
        home,
        operator,
        tmp_path,
        **{
            "callbacks.port": str(port),
            "callbacks.tls_certificate_file": file,
            "callbacks.tls_key_file": key,
            "callbacks.public_url": f"https://127.0.0.1:{port}",
        },
    )
    async with listening(opened):
        found = await examine(opened)
    assert failed_checks(found) == {"reach": "reach_certificate"}
    assert (found["tls"].code, found["listener"].code) == ("tls_file_ok", "listener_ok")


async def test_a_renewal_is_served_and_told_and_a_broken_one_too(
    home: Path, operator: Simulator, tmp_path: Path, key_folder: Path
) -> None:
    places = key_folder / "cert.pem", key_folder / "key.pem"
    put(places, certificate(key_folder, 10))
    names = {"callbacks.tls_certificate_file": str(places[0]), "callbacks.tls_key_file": str(places[1])}
    opened = set_up(home, operator, tmp_path, **names)
    async with listening(opened):
        put(places, certificate(key_folder, 80))
        found = await examine(opened)
        assert found["tls"].code == "tls_file_ok"
        assert days_left(found["tls"]) == 79
        put(places[1:], (str(places[0]),))  # a half-done renewal
        found = await examine(opened)
        assert (found["tls"].code, days_left(found["tls"])) == ("tls_files_bad", 79)
        assert found["listener"].code == "listener_ok"
        other = certificate(key_folder, 5)
        change_setting(opened, "callbacks.tls_certificate_file", other[0])
        change_setting(opened, "callbacks.tls_key_file", other[1])
        found = await examine(open_home(str(home), lambda code: None))
        assert (found["tls"].code, days_left(found["tls"])) == ("tls_other_served", 79)
    found = await examine(open_home(str(home), lambda code: None))
    assert (found["tls"].code, days_left(found["tls"])) == ("tls_file_ok", 4)


async def test_a_listener_keeps_the_scheme_of_its_start(
    home: Path, operator: Simulator, tmp_path: Path, key_folder: Path
) -> None:
    """Links and the doctor use the listener's current address, not that after a restart."""
    opened = set_up(home, operator, tmp_path)
    file, key = certificate(key_folder, 10)
    async with open_core(opened) as core:
        receiving, address = await CallbackReceiving(core).start("127.0.0.1", opened.settings.callbacks.port)
        change_setting(opened, "callbacks.tls_certificate_file", file)
        change_setting(opened, "callbacks.tls_key_file", key)
        changed = open_home(str(home), lambda code: None)
        assert callback_base(changed).startswith("http://127.0.0.1:")
        await core.current.change(changed)
        sold = await core.till.request_payment(Sale(100))
        assert sold.payment.link.callback_url.startswith(f"{address}/xpay/")
        found = await examine(changed)
        assert (found["tls"].code, found["listener"].code) == ("tls_not_begun", "listener_ok")
        await receiving.stop()
    async with listening(changed):
        remember_address(changed, "127.0.0.1", changed.settings.callbacks.port)
        assert callback_base(changed).startswith("https://127.0.0.1:")
        assert (await examine(changed))["tls"].code == "tls_file_ok"


def put(places: tuple[Path, ...], files: tuple[str, ...]) -> None:
    for place, file in zip(places, files, strict=True):
        place.write_bytes(Path(file).read_bytes())


def days_left(finding: CheckResult) -> int:
    at = finding.details["at"]
    assert isinstance(at, datetime)
    return (at - datetime.now(UTC)).days


async def test_a_certificate_is_looked_at_only_where_there_is_one(operator: Simulator) -> None:
    with pytest.raises(ProbeFailed) as failed:
        await HttpxProbe().certificate(operator.url.replace("http:", "https:"), timeout_s=2)
    assert failed.value.reason == "connection"
    with pytest.raises(ProbeFailed) as failed:
        await HttpxProbe().certificate(f"https://127.0.0.1:{free_port()}", timeout_s=2)
    assert failed.value.reason == "refused"


def test_the_end_of_a_certificate_and_the_key_that_fits(key_folder: Path) -> None:
    file, key = certificate(key_folder, 10)
    assert stored_certificate(file, key).ends_at > datetime.now(UTC) + timedelta(days=9)
    ended, other_key = certificate(key_folder, -1)
    assert stored_certificate(ended, other_key).ends_at < datetime.now(UTC)
    none = str(key_folder / "none")
    for wrong in ((file, other_key), (file, none), (none, key), (key, key), (file, "")):
        with pytest.raises(SettingBad):
            stored_certificate(*wrong)


# the self-probe


def test_only_who_knows_the_key_is_heard_and_only_once(tmp_path: Path) -> None:
    with self_probe(tmp_path) as probe:
        assert probe.key not in "".join(path.name for path in tmp_path.iterdir())
        assert not is_self_probe(tmp_path, "another")
        assert not is_self_probe(tmp_path, "../../etc/passwd\x00\ud800")
        assert not probe.was_received()
        assert is_self_probe(tmp_path, probe.key)
        assert probe.was_received()
        assert not is_self_probe(tmp_path, probe.key)
    left = SelfProbeFile(tmp_path)
    left.leave()
    left.clear()
    left.clear()
    assert list(tmp_path.iterdir()) == []
