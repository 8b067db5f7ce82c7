"""Renewed TLS files are served at the next handshake; with an invalid pair the old one stays in use."""

from __future__ import annotations

import logging
import os
import ssl
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from app.domain.errors import SettingBad
from app.listener.policy import ListenerPolicy
from app.listener.tls import RETRY_S, TlsFiles, make_context
from tests.certificates import key_pem, self_signed
from tests.soak.attack import connect, get, hang_up, statuses
from tests.soak.listener_harness import PATH, QUICK, running_listener


@dataclass(frozen=True)
class Pair:
    """A certificate and its key, PEM; `serial` identifies the one served."""

    serial: int
    certificate: bytes
    key: bytes


def make_pair(serial: int, password: bytes | None = None) -> Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = self_signed("localhost", key, end_days=serial, serial=serial)
    return Pair(serial, certificate, key_pem(key, password))


OLD, NEW = make_pair(11), make_pair(22)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    certificate.write_bytes(OLD.certificate)
    key.write_bytes(OLD.key)
    return certificate, key


@pytest.fixture
def policy(files: tuple[Path, Path]) -> ListenerPolicy:
    return policy_of(*files)


def policy_of(certificate: Path, key: Path) -> ListenerPolicy:
    return ListenerPolicy(tls_certificate_file=str(certificate), tls_key_file=str(key), limits=QUICK)


async def served(address: str) -> int:
    """Return the serial number of the certificate served to a new handshake."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    _, writer = await connect(address, context)
    der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    await hang_up(writer)
    return x509.load_der_x509_certificate(der).serial_number


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


async def test_a_renewed_pair_is_served_without_a_restart(policy: ListenerPolicy, files: tuple[Path, Path]) -> None:
    async with running_listener(policy) as harness:
        assert await served(harness.address) == 11
        files[0].write_bytes(NEW.certificate)
        files[1].write_bytes(NEW.key)
        assert await served(harness.address) == 22
        client = ssl.create_default_context(cadata=NEW.certificate.decode())
        client.check_hostname = False
        assert statuses(await harness.say(get(PATH), context=client)) == [200]


async def test_a_renewal_by_renaming_keeps_size_and_time(policy: ListenerPolicy, files: tuple[Path, Path]) -> None:
    """As certbot and `mv` do it: other files under the old names; only the inode is certain to differ."""
    async with running_listener(policy) as harness:
        for file, content in zip(files, (NEW.certificate, NEW.key), strict=True):
            about = file.stat()
            replacement = file.with_suffix(".new")
            replacement.write_bytes(content)
            os.utime(replacement, ns=(about.st_atime_ns, about.st_mtime_ns))
            replacement.replace(file)
        assert await served(harness.address) == 22


async def test_a_link_that_leads_elsewhere_is_a_renewal(tmp_path: Path) -> None:
    links = tmp_path / "fullchain.pem", tmp_path / "privkey.pem"
    for number, pair in enumerate((OLD, NEW), 1):
        (tmp_path / f"fullchain{number}.pem").write_bytes(pair.certificate)
        (tmp_path / f"privkey{number}.pem").write_bytes(pair.key)
    for link in links:
        link.symlink_to(f"{link.stem}1.pem")
    async with running_listener(policy_of(*links)) as harness:
        assert await served(harness.address) == 11
        for link in links:
            link.unlink()
            link.symlink_to(f"{link.stem}2.pem")
        assert await served(harness.address) == 22


async def test_an_open_connection_goes_on_while_the_pair_is_renewed(
    policy: ListenerPolicy, files: tuple[Path, Path]
) -> None:
    client = ssl.create_default_context(cadata=OLD.certificate.decode())
    client.check_hostname = False
    async with running_listener(replace(policy, limits=replace(QUICK, idle_s=30.0))) as harness:
        reader, writer = await connect(harness.address, client)
        files[0].write_bytes(NEW.certificate)
        files[1].write_bytes(NEW.key)
        assert await served(harness.address) == 22
        writer.write(get(PATH))
        assert statuses(await reader.read()) == [200]
        await hang_up(writer)


async def test_a_renewal_that_is_half_done_waits_for_its_other_half(
    policy: ListenerPolicy, files: tuple[Path, Path], caplog: pytest.LogCaptureFixture
) -> None:
    async with running_listener(policy) as harness:
        files[0].write_bytes(NEW.certificate)
        assert [await served(harness.address) for _ in range(3)] == [11, 11, 11]
        assert len(warnings(caplog)) == 1
        assert "not_a_pair" in warnings(caplog)[0]
        files[1].write_bytes(NEW.key)
        assert await served(harness.address) == 22
    assert len(warnings(caplog)) == 1


@pytest.mark.parametrize(
    ("certificate", "key"),
    [
        (NEW.certificate[:200], NEW.key),
        (NEW.certificate, NEW.key[:100]),
        (b"", NEW.key),
        (NEW.certificate, b""),
        (b"hello", b"hello"),
        (None, NEW.key),
        (NEW.certificate, None),
        (NEW.certificate, make_pair(33, b"secret").key),
        (NEW.certificate + NEW.certificate[:300], NEW.key),
    ],
    # explicit ids: each process makes its own pairs, and all processes of a run must collect the same tests
    ids=[
        *("half a certificate", "half a key", "an empty certificate", "an empty key", "neither"),
        *("no certificate", "no key", "a key with a password", "more than a certificate"),
    ],
)
async def test_whatever_is_wrong_with_the_new_pair_the_old_one_is_served(
    policy: ListenerPolicy,
    files: tuple[Path, Path],
    caplog: pytest.LogCaptureFixture,
    certificate: bytes | None,
    key: bytes | None,
) -> None:
    async with running_listener(policy) as harness:
        for file, content in zip(files, (certificate, key), strict=True):
            file.unlink()
            if content is not None:
                file.write_bytes(content)
        assert await served(harness.address) == 11
        assert await served(harness.address) == 11
        assert len(warnings(caplog)) == 1
        assert "PRIVATE" not in caplog.text
        files[0].write_bytes(NEW.certificate)
        files[1].write_bytes(NEW.key)
        assert await served(harness.address) == 22


async def test_other_files_in_the_settings_are_served_at_once(
    policy: ListenerPolicy, files: tuple[Path, Path], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    others = tmp_path / "other.pem", tmp_path / "other-key.pem"
    others[0].write_bytes(NEW.certificate)
    others[1].write_bytes(NEW.key)
    async with running_listener(policy) as harness:
        harness.policy = replace(policy, tls_certificate_file=str(others[0]))
        assert await served(harness.address) == 11  # one of the two settings so far
        harness.policy = policy_of(*others)
        assert await served(harness.address) == 22
        harness.policy = replace(policy, tls_key_file="")
        assert await served(harness.address) == 22
        assert "tls_needs_both" in warnings(caplog)[-1]
        harness.policy = ListenerPolicy(limits=QUICK)  # without TLS: open links say https until the next start
        assert await served(harness.address) == 22


async def test_without_tls_it_is_not_begun_in_the_middle(policy: ListenerPolicy) -> None:
    """Open links contain http://, and the operator calls their address."""
    async with running_listener(ListenerPolicy(limits=QUICK)) as harness:
        harness.policy = policy
        assert await harness.is_responsive()


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_files_are_loaded_once_and_a_failure_that_may_pass_is_tried_again(files: tuple[Path, Path]) -> None:
    """No file handle left, a share that does not answer: afterwards the files are the same as before."""
    clock, broken = Clock(), False
    loads: list[ListenerPolicy] = []

    def load(requested: ListenerPolicy) -> ssl.SSLContext | None:
        loads.append(requested)
        if broken:
            raise SettingBad(key="callbacks.tls_key_file", reason="unreadable_file")
        return make_context(requested)

    tls = TlsFiles(lambda: policy_of(*files), clock, load)
    first = tls.context()
    assert (tls.context(), len(loads)) == (first, 1)
    files[0].write_bytes(NEW.certificate)
    files[1].write_bytes(NEW.key)
    broken = True
    assert (tls.context(), len(loads)) == (first, 2)
    assert (tls.context(), len(loads)) == (first, 2)  # many handshakes do not cause repeated reads
    broken = False
    clock.now += RETRY_S
    second = tls.context()
    assert second is not first
    clock.now += 10 * RETRY_S
    assert (tls.context(), len(loads)) == (second, 3)
