"""The doctor's requests to our own addresses, and the reading of the listener's certificate."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization

from app.domain.errors import SettingBad
from app.operator_api.connections import open_http
from app.operator_api.failures import failure_reason
from app.services.premises import ProbeFailed

_HEADERS = {"User-Agent": "Paydesk"}


class HttpxProbe:
    """The port `Probe`. The answer's body is never read."""

    async def get(self, url: str, *, timeout_s: float, own_machine: bool) -> int:
        """Return the HTTP status within the total deadline. Raises ProbeFailed."""
        try:
            async with (
                asyncio.timeout(timeout_s),
                open_http(timeout_s, headers=_HEADERS, check_certificate=not own_machine) as http,
                http.stream("GET", url) as response,
            ):
                return response.status_code
        except Exception as lost:
            raise ProbeFailed(failure_reason(lost)) from lost


CERTIFICATE, KEY = "callbacks.tls_certificate_file", "callbacks.tls_key_file"


def certificate_end(certificate_file: str, key_file: str) -> datetime:
    """Return when a PEM certificate ends. Raises SettingBad: one file of two, unreadable, a key of another one."""
    files = {CERTIFICATE: certificate_file, KEY: key_file}
    for setting, name in files.items():
        if not name:
            raise SettingBad(key=setting, reason="tls_needs_both")
    pems = [_read(setting, name) for setting, name in files.items()]
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    try:
        certificate = x509.load_pem_x509_certificates(pems[0])[0]
        key = serialization.load_pem_private_key(pems[1], password=None)
        fits = key.public_key().public_bytes(*form) == certificate.public_key().public_bytes(*form)
    except (ValueError, TypeError, IndexError, UnsupportedAlgorithm) as failure:
        raise SettingBad(key=CERTIFICATE, reason="not_a_certificate_pair") from failure
    if not fits:
        raise SettingBad(key=CERTIFICATE, reason="not_a_certificate_pair")
    return certificate.not_valid_after_utc


def _read(setting: str, name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as failure:
        raise SettingBad(key=setting, reason="unreadable_file") from failure
