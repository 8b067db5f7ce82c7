"""The listener's certificate and key as two PEM files: one validation for both the listener and the doctor."""

from __future__ import annotations

import ssl
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
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
        context.load_cert_chain(certificate_file, key_file, password=_no_password)
    except (ssl.SSLError, OSError, ValueError) as failure:
        raise _refusal(_read(CERTIFICATE, certificate_file), _read(KEY, key_file)) from failure
    return context


def _refusal(certificate: bytes, key: bytes) -> SettingBad:
    """Return what is wrong with two files that OpenSSL refused."""
    try:
        served = x509.load_pem_x509_certificates(certificate)[0]
    except (ValueError, IndexError):
        return SettingBad(key=CERTIFICATE, reason="no_certificate")
    if b"PRIVATE KEY-----" not in key:
        return SettingBad(key=KEY, reason="no_private_key")
    try:
        private = load_pem_private_key(key, None)
    except TypeError:
        return SettingBad(key=KEY, reason="encrypted")
    except (ValueError, UnsupportedAlgorithm):
        return SettingBad(key=KEY, reason="damaged_key")
    if private.public_key() != served.public_key():
        return SettingBad(key=CERTIFICATE, reason="not_a_pair")
    return SettingBad(key=CERTIFICATE, reason="not_a_certificate_pair")


def stored_certificate(certificate_file: str, key_file: str) -> Certificate:
    """Return the certificate that a listener with these files would serve. Raises SettingBad as `server_context`."""
    server_context(certificate_file, key_file)
    try:
        served = x509.load_pem_x509_certificates(_read(CERTIFICATE, certificate_file))[0]
    except ValueError as failure:
        raise SettingBad(key=CERTIFICATE, reason="not_a_certificate_pair") from failure
    return Certificate(served.fingerprint(hashes.SHA256()).hex(), served.not_valid_after_utc)


def _no_password() -> str:
    """Return no password: OpenSSL would ask for that of an encrypted key on the terminal and block the listener."""
    raise ValueError


def _read(setting: str, name: str) -> bytes:
    try:
        path = Path(name)
        if path.exists() and not path.is_file() and not path.is_dir():  # a pipe would be waited for
            raise SettingBad(key=setting, reason="not_a_file")
        return path.read_bytes()
    except (OSError, ValueError) as failure:
        raise SettingBad(key=setting, reason=file_reason(failure)) from failure
