"""The listener's certificate and key as two PEM files: one way of judging them, for the listener and the doctor."""

from __future__ import annotations

import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from app.domain.errors import SettingBad
from app.services.checks.diagnostics_target import Certificate

CERTIFICATE, KEY = "callbacks.tls_certificate_file", "callbacks.tls_key_file"


def server_context(certificate_file: str, key_file: str) -> ssl.SSLContext:
    """Return a TLS server's context of two PEM files. Raises SettingBad: one of two, unreadable, not a pair."""
    for setting, name in ((CERTIFICATE, certificate_file), (KEY, key_file)):
        if not name:
            raise SettingBad(key=setting, reason="tls_needs_both")
        _read(setting, name)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate_file, key_file, password=_no_password)
    except (ssl.SSLError, OSError, ValueError) as failure:
        raise SettingBad(key=CERTIFICATE, reason="not_a_certificate_pair") from failure
    return context


def stored_certificate(certificate_file: str, key_file: str) -> Certificate:
    """Return the certificate that a listener with these files would serve. Raises SettingBad as `server_context`."""
    server_context(certificate_file, key_file)
    try:
        served = x509.load_pem_x509_certificates(_read(CERTIFICATE, certificate_file))[0]
    except ValueError as failure:
        raise SettingBad(key=CERTIFICATE, reason="not_a_certificate_pair") from failure
    return Certificate(served.fingerprint(hashes.SHA256()).hex(), served.not_valid_after_utc)


def _no_password() -> str:
    """An encrypted key would make OpenSSL ask on the terminal: the listener would stand still."""
    raise ValueError


def _read(setting: str, name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as failure:
        raise SettingBad(key=setting, reason="unreadable_file") from failure
