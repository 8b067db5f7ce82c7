"""Key files as people have them: what only surrounds a good key is no hindrance, and each fault has its own reason."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from app.domain.errors import BadKey, PaydeskError
from app.i18n.texts import Texts
from app.operator_api.key_text import read_private_key, read_public_key
from app.operator_api.keys import fingerprint

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SHORT = rsa.generate_private_key(public_exponent=65537, key_size=1024)
CURVE = ec.generate_private_key(ec.SECP256R1())
FORMATS = serialization.PrivateFormat
PLAIN = serialization.NoEncryption()


def private(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = KEY, form: FORMATS = FORMATS.PKCS8) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, form, PLAIN)


def public(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = KEY) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def private_der() -> bytes:
    return KEY.private_bytes(serialization.Encoding.DER, FORMATS.PKCS8, PLAIN)


def public_der() -> bytes:
    return KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def encrypted() -> bytes:
    return KEY.private_bytes(
        serialization.Encoding.PEM, FORMATS.PKCS8, serialization.BestAvailableEncryption(b"secret")
    )


def encrypted_traditional() -> bytes:
    return KEY.private_bytes(
        serialization.Encoding.PEM, FORMATS.TraditionalOpenSSL, serialization.BestAvailableEncryption(b"secret")
    )


def openssh() -> bytes:
    return KEY.private_bytes(serialization.Encoding.PEM, FORMATS.OpenSSH, PLAIN)


def certificate() -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "shop")])
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    made = x509.CertificateBuilder(name, name, KEY.public_key(), 1, start, start + datetime.timedelta(days=9))
    return made.sign(KEY, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder whose private keys are gone after the test: none may be left by the suite."""
    yield tmp_path
    for path in tmp_path.iterdir():
        path.unlink()


WRAPPINGS: dict[str, Callable[[bytes], bytes]] = {
    "as it is": lambda pem: pem,
    "BOM": lambda pem: b"\xef\xbb\xbf" + pem,
    "UTF-16 little": lambda pem: pem.decode().encode("utf-16"),
    "UTF-16 big": lambda pem: b"\xfe\xff" + pem.decode().encode("utf-16-be"),
    "UTF-16 without BOM": lambda pem: pem.decode().encode("utf-16-le"),
    "CRLF": lambda pem: pem.replace(b"\n", b"\r\n"),
    "CR": lambda pem: pem.replace(b"\n", b"\r"),
    "Cyrillic comment": lambda pem: "Ключ магазину, листопад\n".encode() + pem + "кінець\n".encode(),
    "CP1251 comment": lambda pem: "Ключ магазину\n".encode("cp1251") + pem,
    "indented": lambda pem: b"\n".join(b"   " + line + b"  " for line in pem.splitlines()),
    "quoted in a mail": lambda pem: b"\n".join(b"> " + line for line in pem.splitlines()),
    "blank lines": lambda pem: pem.replace(b"\n", b"\n\n"),
    "no last line end": lambda pem: pem.rstrip(),
    "bag attributes": lambda pem: b"Bag Attributes\n    localKeyID: 01 02\nKey Attributes: <No Attributes>\n" + pem,
    "no-break spaces": lambda pem: pem.replace(b"\n", "\u00a0\n".encode()),
}


@pytest.mark.parametrize("wrapping", WRAPPINGS, ids=str)
@pytest.mark.parametrize("pem", [private(), private(form=FORMATS.TraditionalOpenSSL)], ids=["PKCS8", "PKCS1"])
def test_a_private_key_is_read_whatever_is_around_it(folder: Path, wrapping: str, pem: bytes) -> None:
    file = folder / "key"
    file.write_bytes(WRAPPINGS[wrapping](pem))
    assert fingerprint(read_private_key(file)[1].public_key()) == fingerprint(KEY.public_key())


@pytest.mark.parametrize("wrapping", WRAPPINGS, ids=str)
def test_a_public_key_is_read_whatever_is_around_it(folder: Path, wrapping: str) -> None:
    file = folder / "key"
    file.write_bytes(WRAPPINGS[wrapping](public()))
    assert fingerprint(read_public_key(file)[1]) == fingerprint(KEY.public_key())


def test_binary_keys_are_read(folder: Path) -> None:
    (folder / "private").write_bytes(private_der())
    (folder / "public").write_bytes(public_der())
    pem, key = read_private_key(folder / "private")
    assert pem.startswith("-----BEGIN PRIVATE KEY-----")
    assert fingerprint(key.public_key()) == fingerprint(read_public_key(folder / "public")[1])


def test_a_key_in_the_openssh_form_is_read(folder: Path) -> None:
    (folder / "id_rsa").write_bytes(openssh())
    pem, key = read_private_key(folder / "id_rsa")
    assert pem.startswith("-----BEGIN PRIVATE KEY-----"), "kept in the form that every reader takes"
    assert fingerprint(key.public_key()) == fingerprint(KEY.public_key())


REQUEST = b"-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n"
FAULTS: dict[str, tuple[bytes, str, str]] = {
    "empty": (b"", "empty_file", "empty_file"),
    "blank": (b" \r\n\n", "empty_file", "empty_file"),
    "BOM only": (b"\xef\xbb\xbf", "empty_file", "empty_file"),
    "another text": ("Добрий день".encode(), "not_a_key", "not_a_key"),
    "an archive": (b"PK\x03\x04" + bytes(range(256)) * 4, "not_a_key", "not_a_key"),
    "a certificate": (certificate(), "is_certificate", "is_certificate"),
    "encrypted": (encrypted(), "encrypted", "is_private"),
    "encrypted as before": (encrypted_traditional(), "encrypted", "is_private"),
    "the other half": (public(), "is_public", ""),
    "this half": (private(), "", "is_private"),
    "a curve": (private(CURVE), "not_rsa", "is_private"),
    "a curve's public half": (public(CURVE), "is_public", "not_rsa"),
    "short": (private(SHORT), "too_short", "is_private"),
    "short public half": (public(SHORT), "is_public", "too_short"),
    "two private keys": (private() + private(SHORT), "several_keys", "is_private"),
    "two public keys": (public() + public(SHORT), "is_public", "several_keys"),
    "cut": (private()[:900], "cut_off", "cut_off"),
    "damaged": (public().replace(b"MIIB", b"MIIC"), "is_public", "damaged_key"),
    "damaged private key": (private().replace(b"MII", b"MIJ"), "damaged_key", "is_private"),
    "a request": (
        b"-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n",
        "not_a_key",
        "not_a_key",
    ),
    "far too large": (b"x" * 2_000_000, "not_a_key", "not_a_key"),
}


def reason_of(read: Callable[[Path], object], file: Path) -> str:
    try:
        read(file)
    except BadKey as failure:
        return str(failure.details["reason"])
    return ""


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_each_fault_has_a_reason_of_its_own(folder: Path, fault: str) -> None:
    content, as_private, as_public = FAULTS[fault]
    file = folder / "key.pem"
    file.write_bytes(content)
    assert (reason_of(read_private_key, file), reason_of(read_public_key, file)) == (as_private, as_public)


def test_what_the_system_says_of_a_file_has_reasons_of_its_own(folder: Path) -> None:
    assert reason_of(read_private_key, folder / "gone.pem") == "missing_file"
    assert reason_of(read_private_key, folder / "gone" / "key.pem") == "missing_file"
    assert reason_of(read_private_key, folder) == "is_folder"
    assert reason_of(read_public_key, Path("bad\0name")) == "missing_file"
    assert reason_of(read_public_key, Path("x" * 5000)) == "missing_file"
    assert reason_of(read_public_key, Path("~nobody-of-this-name/key.pem")) == "missing_file"
    (folder / "circle").symlink_to(folder / "circle")
    assert reason_of(read_public_key, folder / "circle") == "missing_file"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes in folders")
def test_a_pipe_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    assert reason_of(read_private_key, folder / "pipe") == "not_a_file"


@pytest.mark.parametrize("language", ["en", "uk"])
def test_each_reason_has_a_sentence_of_its_own(language: str) -> None:
    reasons = {reason for _, *both in FAULTS.values() for reason in both} - {""}
    reasons |= {"missing_file", "is_folder", "not_a_file", "no_permission", "unreadable_file", "own_key"}
    texts = Texts(language)
    of_keys = {texts.error(BadKey(reason=reason)) for reason in reasons}
    assert len(of_keys) == len(reasons)
    assert texts.error(BadKey(reason="something new")) not in of_keys
    error: PaydeskError = BadKey(reason="missing_file", file="key.pem")
    assert "key.pem" in texts.error(error)
