"""TLS from two files, and failures of the files or of the client."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from app.domain.errors import SettingBad
from app.listener.policy import ListenerPolicy
from app.listener.tls import make_context
from app.settings.tls_files import CERTIFICATE, KEY
from tests.certificates import key_pem, self_signed
from tests.soak.attack import connect, get, hang_up, statuses
from tests.soak.listener_harness import PATH, QUICK, running_listener


@pytest.fixture(scope="session")
def server_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="session")
def files(server_key: rsa.RSAPrivateKey, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(self_signed("localhost", server_key))
    (folder / "key.pem").write_bytes(key_pem(server_key))
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture
def policy(files: tuple[Path, Path]) -> ListenerPolicy:
    return ListenerPolicy(tls_certificate_file=str(files[0]), tls_key_file=str(files[1]), limits=QUICK)


@pytest.fixture
def client(files: tuple[Path, Path]) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(files[0]))


async def test_a_callback_comes_through_tls(policy: ListenerPolicy, client: ssl.SSLContext) -> None:
    async with running_listener(policy) as harness:
        assert harness.address.startswith("https://")
        requests = get(PATH, last=False) + get("/health")
        assert statuses(await harness.say(requests, context=client)) == [200, 200]
        assert harness.counts.open_now <= 1


async def test_what_is_malformed_is_refused_within_tls_too(policy: ListenerPolicy, client: ssl.SSLContext) -> None:
    async with running_listener(policy) as harness:
        assert statuses(await harness.say(b"BAD\r\n\r\n", context=client)) == [400]
        assert statuses(await harness.say(b"GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello", context=client)) == [413]
        assert statuses(await harness.say(b"POST / HTTP/1.1\r\n\r\n", context=client)) == [405]
        assert statuses(await harness.say(get(PATH), context=client)) == [200]


@pytest.mark.parametrize("hello", [get(PATH), b"\x16\x03\x01\x00\x05hello", b"\x00" * 600])
async def test_plain_or_broken_words_on_the_tls_port(
    policy: ListenerPolicy, client: ssl.SSLContext, hello: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with running_listener(policy) as harness:
        assert statuses(await harness.say(hello)) == []
        assert harness.counts.malformed == 1
        assert statuses(await harness.say(get(PATH), context=client)) == [200]
    assert [record for record in caplog.records if record.levelname not in ("DEBUG", "INFO")] == []


async def test_a_handshake_that_does_not_come_is_cut(policy: ListenerPolicy) -> None:
    async with running_listener(policy) as harness:
        reader, writer = await connect(harness.address)
        assert await reader.read() == b""
        assert harness.counts.slow == 1
        assert harness.counts.open_now == 0
        await hang_up(writer)


async def test_handshakes_count_as_connections(policy: ListenerPolicy, client: ssl.SSLContext) -> None:
    patient = replace(policy, limits=replace(QUICK, head_s=30.0, idle_s=30.0, connections=10))
    async with running_listener(patient) as harness:
        pairs = [await connect(harness.address) for _ in range(40)]
        assert statuses(await harness.say(get(PATH), context=client)) == [200]
        assert harness.counts.open_now <= 10
        assert harness.counts.evicted == 31
        for _, writer in pairs:
            writer.transport.abort()


async def test_an_idle_connection_within_tls_is_closed(policy: ListenerPolicy, client: ssl.SSLContext) -> None:
    async with running_listener(policy) as harness, asyncio.timeout(5):
        reader, writer = await connect(harness.address, client)
        assert await reader.read() == b""
        await hang_up(writer)


async def test_old_protocols_are_not_spoken(policy: ListenerPolicy) -> None:
    context = make_context(policy)
    assert context is not None
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


def test_without_files_there_is_no_tls() -> None:
    assert make_context(ListenerPolicy()) is None


async def test_bad_files_are_reported_by_name_and_reason(
    files: tuple[Path, Path], tmp_path: Path, server_key: rsa.RSAPrivateKey
) -> None:
    certificate, key = (str(file) for file in files)
    (tmp_path / "text").write_text("hello")
    (tmp_path / "locked.pem").write_bytes(key_pem(server_key, b"secret"))
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    (tmp_path / "other.pem").write_bytes(key_pem(other))
    (tmp_path / "cut.pem").write_bytes(b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
    nowhere, text, locked = str(tmp_path / "nowhere"), str(tmp_path / "text"), str(tmp_path / "locked.pem")
    cases = {
        (certificate, ""): (KEY, "tls_needs_both"),
        ("", key): (CERTIFICATE, "tls_needs_both"),
        (nowhere, key): (CERTIFICATE, "missing_file"),
        (certificate, nowhere): (KEY, "missing_file"),
        (certificate, str(tmp_path)): (KEY, "is_folder"),
        (text, key): (CERTIFICATE, "no_certificate"),
        (key, key): (CERTIFICATE, "no_certificate"),
        (certificate, text): (KEY, "no_private_key"),
        (certificate, certificate): (KEY, "no_private_key"),
        (certificate, locked): (KEY, "encrypted"),
        (certificate, str(tmp_path / "cut.pem")): (KEY, "damaged_key"),
        (certificate, str(tmp_path / "other.pem")): (CERTIFICATE, "not_a_pair"),
    }
    for (one, two), (named, reason) in cases.items():
        with pytest.raises(SettingBad) as caught:
            async with running_listener(ListenerPolicy(tls_certificate_file=one, tls_key_file=two)):
                pass
        assert caught.value.details == {"key": named, "reason": reason}, (one, two)
