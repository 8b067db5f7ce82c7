"""Which servers the client trusts, and how it reports a failed connection: real TLS servers on loopback."""

from __future__ import annotations

import asyncio
import gc
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from app.domain.errors import OperatorUnreachable, SettingBad
from app.domain.ids import TransactionId
from app.operator_api.connections import extra_ca_files, open_http, trusted_context
from app.operator_api.failures import failure_reason
from app.operator_api.probe import HttpxProbe
from app.services.checks.diagnostics_target import ProbeFailed
from app.services.ports.operator_gateway import StatusAnswer
from tests.adapters.test_operator_client import GOOD, Operator, client, http
from tests.certificates import ELSEWHERE, Authority, make_authority
from tests.loopback import loopback

Serve = Callable[[Authority], ssl.SSLContext]


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return make_authority(tmp_path / "ours")


@pytest.fixture
def trusted(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """An authority that this computer's owner has made trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    return authority


@asynccontextmanager
async def tls_operator(context: ssl.SSLContext, host: str = "localhost") -> AsyncIterator[Operator]:
    async def good(_: bytes) -> bytes:
        return http(GOOD)

    played = Operator(good)
    async with loopback(played.serve, context) as port:
        played.url = f"https://{host}:{port}/xpay"
        yield played


REFUSED: dict[str, tuple[str, Serve]] = {
    "expired": ("certificate_expired", lambda ours: ours.serve(starts_in_days=-9, ends_in_days=-2)),
    "not yet valid": ("certificate_expired", lambda ours: ours.serve(starts_in_days=2, ends_in_days=9)),
    "another name": ("certificate_name", lambda ours: ours.serve(names=ELSEWHERE)),
    "another authority": (
        "certificate_untrusted",
        lambda ours: make_authority(ours.folder / "other").serve(),
    ),
}


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
@pytest.mark.parametrize(("reason", "serve"), REFUSED.values(), ids=REFUSED)
async def test_a_certificate_that_is_refused_is_reported_as_that(
    trusted: Authority, host: str, reason: str, serve: Serve
) -> None:
    async with tls_operator(serve(trusted), host) as played, client(played.url) as asking:
        with pytest.raises(OperatorUnreachable) as lost:
            await asking.ask_status(TransactionId("t-1"), "7")
        assert lost.value.details == {"reason": reason}
        assert asking.problem == f"operator_unreachable: {reason}"
        assert asking.last_answer_at is None
    assert played.packets == []


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_the_file_that_ssl_cert_file_names_is_trusted(trusted: Authority, host: str) -> None:
    async with tls_operator(trusted.serve(), host) as played, client(played.url) as asking:
        assert await asking.ask_status(TransactionId("t-1"), "7") == StatusAnswer(10, "done")


async def test_without_it_the_same_server_is_not_trusted(authority: Authority) -> None:
    async with tls_operator(authority.serve()) as played, client(played.url) as asking:
        with pytest.raises(OperatorUnreachable) as lost:
            await asking.ask_status(TransactionId("t-1"), "7")
        assert lost.value.details == {"reason": "certificate_untrusted"}


async def test_trust_given_later_is_enough_without_a_restart(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with tls_operator(authority.serve()) as played, client(played.url) as asking:
        with pytest.raises(OperatorUnreachable):
            await asking.ask_status(TransactionId("t-1"), "7")
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
        assert await asking.ask_status(TransactionId("t-1"), "7") == StatusAnswer(10, "done")
        assert asking.problem is None


@asynccontextmanager
async def plain_server(first_words: bytes) -> AsyncIterator[str]:
    """A server without TLS; it sends `first_words` to every connection, then reads until the client closes."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1 << 16):
            writer.write(first_words)
            await writer.drain()

    async with loopback(serve) as port:
        yield f"https://127.0.0.1:{port}/xpay"


async def test_a_server_without_tls_is_reported_as_that() -> None:
    async with plain_server(b"HTTP/1.1 400 Bad Request\r\n\r\n") as url, client(url) as asking:
        with pytest.raises(OperatorUnreachable) as lost:
            await asking.ask_status(TransactionId("t-1"), "7")
        assert lost.value.details == {"reason": "tls"}


async def test_a_handshake_without_an_answer_ends_in_time_and_leaves_no_socket_behind() -> None:
    """A leaked socket is a ResourceWarning, and so an error."""
    async with plain_server(b"") as url, client(url, timeout_s=0.5) as asking:
        with pytest.raises(OperatorUnreachable) as lost:
            await asking.ask_status(TransactionId("t-1"), "7")
        assert lost.value.details == {"reason": "timeout"}
        with pytest.raises(ProbeFailed) as failed:
            await HttpxProbe().get(url, timeout_s=0.5, own_machine=True)
        assert failed.value.reason == "timeout"
    gc.collect()


async def test_nobody_there_is_reported_as_that() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but nobody listens
        port = taken.getsockname()[1]
        for host in ("127.0.0.1", "localhost"):
            async with client(f"https://{host}:{port}/xpay") as asking:
                with pytest.raises(OperatorUnreachable) as lost:
                    await asking.ask_status(TransactionId("t-1"), "7")
                assert lost.value.details == {"reason": "connection_refused"}


@pytest.mark.parametrize("host", ["x" * 64 + ".example", "256.1.1.1", "a..b"])
async def test_a_name_that_cannot_be_looked_up_makes_no_client(host: str) -> None:
    with pytest.raises(SettingBad) as refused:
        async with client(f"https://{host}/xpay"):
            pytest.fail("nothing can be sent there")
    assert refused.value.details == {"key": "operator.url", "reason": "not_url"}


@pytest.mark.parametrize(("reason", "serve"), REFUSED.values(), ids=REFUSED)
async def test_the_probe_tells_the_same_of_our_own_address(trusted: Authority, reason: str, serve: Serve) -> None:
    async with tls_operator(serve(trusted)) as played:
        with pytest.raises(ProbeFailed) as failed:
            await HttpxProbe().get(played.url, timeout_s=5, own_machine=False)
        assert failed.value.reason == reason


# messages of the systems


def refused_with(code: int | None) -> Exception:
    verification = ssl.SSLCertVerificationError("refused")
    if code is not None:
        verification.verify_code = code
    failure = httpx.ConnectError("refused")
    failure.__cause__ = verification
    return failure


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (10, "certificate_expired"),
        (9, "certificate_expired"),
        (62, "certificate_name"),
        (64, "certificate_name"),
        (18, "certificate_untrusted"),
        (19, "certificate_untrusted"),
        (20, "certificate_untrusted"),
        (0x800B0101, "certificate_expired"),
        (0x800B010F, "certificate_name"),
        (0x800B0109, "certificate_untrusted"),
        (-67818, "certificate_expired"),
        (-67602, "certificate_name"),
        (-67843, "certificate_untrusted"),
        (None, "certificate_untrusted"),
    ],
)
def test_the_codes_of_linux_windows_and_macos(code: int | None, reason: str) -> None:
    assert failure_reason(refused_with(code)) == reason


def connect_error(cause: BaseException) -> Exception:
    failure = httpx.ConnectError("failed")
    failure.__cause__ = cause
    return failure


def test_a_fault_of_tls_after_the_request_left_is_a_broken_connection() -> None:
    assert failure_reason(connect_error(ssl.SSLError("handshake"))) == "tls"
    assert failure_reason(ssl.SSLError("bad record")) == "connection"
    assert failure_reason(httpx.ReadError("reset")) == "connection"


def test_a_host_with_several_addresses_fails_with_a_group() -> None:
    refused = ExceptionGroup("all", [ConnectionRefusedError(), ConnectionRefusedError()])
    assert failure_reason(connect_error(refused)) == "refused"
    assert failure_reason(connect_error(socket.gaierror(-2, "Name or service not known"))) == "name"
    assert failure_reason(httpx.ConnectTimeout("late")) == "timeout"


def test_causes_that_go_in_a_circle_come_to_an_end() -> None:
    first, second = ValueError("first"), ValueError("second")
    first.__cause__, second.__cause__ = second, first
    assert failure_reason(first) == "connection"


# trust


async def status_of(url: str, context: ssl.SSLContext) -> int:
    async with httpx.AsyncClient(verify=context, trust_env=False) as asking:
        return (await asking.post(url, content=b"{}")).status_code


async def test_windows_and_macos_are_reported_of_both_variables(authority: Authority) -> None:
    file, folder = {"SSL_CERT_FILE": str(authority.file)}, {"SSL_CERT_DIR": str(authority.folder)}
    async with tls_operator(authority.serve()) as played:
        for environment in (file, folder):
            context = trusted_context(extra_ca_files(environment, reads_environment=False))
            assert await status_of(played.url, context) == 200
        with pytest.raises(httpx.ConnectError):
            await status_of(played.url, trusted_context(extra_ca_files({}, reads_environment=False)))


async def test_a_file_that_holds_no_certificate_is_skipped(
    authority: Authority, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "odd.pem").write_text("odd")
    async with tls_operator(authority.serve()) as played:
        context = trusted_context([tmp_path / "odd.pem", tmp_path / "absent.pem", tmp_path, authority.file])
        assert await status_of(played.url, context) == 200
    assert caplog.text.count("cannot be used") == 3


def test_a_system_without_any_certificates_gets_the_bundle_of_httpx(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, authority: Authority
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "absent.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "absent"))
    (bundle,) = extra_ca_files({}, reads_environment=True, bundles=())
    assert "BEGIN CERTIFICATE" in bundle.read_text("utf-8")
    assert extra_ca_files({}, reads_environment=True, bundles=(str(authority.file),)) == []
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    assert extra_ca_files({}, reads_environment=True, bundles=()) == []


async def test_proxies_of_the_environment_stay_unused(trusted: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with tls_operator(trusted.serve()) as played, open_http(5, headers={}) as asking:
        assert (await asking.post(played.url, content=b"{}")).status_code == 200
