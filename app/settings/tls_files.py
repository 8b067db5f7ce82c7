"""The listener's certificate and key as two PEM files: one validation for both the listener and the doctor."""

from __future__ import annotations

import ssl
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from app.domain.errors import SettingBad
from app.domain.file_reasons import file_reason
from app.services.checks.diagnostics_target import Certificate

CERTIFICATE, KEY = "callbacks.tls_certificate_file", "callbacks.tls_key_file"


def server_context(certificate_file: str, key_file: str) -> ssl.SSLContext:
    """Return a TLS server's context from two PEM files. Raises SettingBad: one of two, unreadable, not a pair."""
    for setting, name in ((CERTIFICATE, certificate_file), (KEY, key_file)):
        if not name:
            raise SettingBad(key=setting, reason="tls_needs_both")
        _read(setting, name)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        certificate, key = Path(certificate_file).expanduser(), Path(key_file).expanduser()
        context.load_cert_chain(certificate, key, password=_no_password)
    except (ssl.SSLError, OSError, ValueError) as failure:
        raise _refusal(_read(CERTIFICATE, certificate_file), _read(KEY, key_file)) from failure
    return context


def _refusal(certificate: bytes, key: bytes) -> SettingBad:
    """Return what is wrong with two files that OpenSSL refused."""
    try:
        served, private = _certificate(certificate), _private_key(key)
    except SettingBad as refusal:
        return refusal
    if private.public_key() != served.public_key():
        return SettingBad(key=CERTIFICATE, reason="not_a_pair")
    return SettingBad(key=CERTIFICATE, reason="not_a_certificate_pair")


def _certificate(content: bytes) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificates(content)[0]
    except (ValueError, IndexError) as failure:
        raise SettingBad(key=CERTIFICATE, reason="no_certificate") from failure


def _private_key(content: bytes) -> PrivateKeyTypes:
    if b"PRIVATE KEY-----" not in content:
        raise SettingBad(key=KEY, reason="no_private_key")
    try:
        return load_pem_private_key(content, None)
    except TypeError as failure:
        raise SettingBad(key=KEY, reason="encrypted") from failure
    except (ValueError, UnsupportedAlgorithm) as failure:
        raise SettingBad(key=KEY, reason="damaged_key") from failure


def check_file(setting: str, name: str) -> None:
    """Raise SettingBad for a file that is no certificate, or no key, whatever the other file is."""
    content = _read(setting, name)
    if setting == CERTIFICATE:
        _certificate(content)
    else:
        _private_key(content)


def stored_certificate(certificate_file: str, key_file: str) -> Certificate:
    """Return the certificate that a listener with these files would serve. Raises SettingBad as `server_context`."""
    server_context(certificate_file, key_file)
    served = _certificate(_read(CERTIFICATE, certificate_file))
    return Certificate(served.fingerprint(hashes.SHA256()).hex(), served.not_valid_after_utc)


def _no_password() -> str:
    """Return no password: OpenSSL would ask for that of an encrypted key on the terminal and block the listener."""
    raise ValueError


def _read(setting: str, name: str) -> bytes:
    try:
        path = Path(name).expanduser()
        if path.exists() and not path.is_file() and not path.is_dir():  # a pipe would be waited for
            raise SettingBad(key=setting, reason="not_a_file")
        return path.read_bytes()
    except (OSError, ValueError, RuntimeError) as failure:
        raise SettingBad(key=setting, reason=file_reason(failure)) from failure
