"""Why a request over HTTP got no answer: the reasons of OperatorUnreachable and of ProbeFailed."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from typing import Final

import httpx

_MAX_CAUSES = 20

# Codes of a rejected certificate: OpenSSL's (X509_V_ERR_*), then those of Windows (CERT_E_*) and macOS (errSec*),
# which truststore puts into the same attribute.
_NOT_VALID_NOW: Final = frozenset({9, 10, 13, 14, 0x800B0101, -67818, -67819})
_OTHER_NAME: Final = frozenset({62, 63, 64, 0x800B010F, -67602})


def failure_reason(failure: BaseException) -> str:
    """Return why an exchange failed.

    `certificate_expired` (or not valid yet), `certificate_name`, `certificate_untrusted`, `tls` (the handshake
    failed), `refused`, `name` (of the host, not found), `timeout`, or `connection` for all others.
    """
    causes = list(_causes(failure))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _certificate_reason(cause)
    # Once the request has been sent, a TLS error is a broken connection like any other.
    if isinstance(failure, httpx.ConnectError) and any(isinstance(cause, ssl.SSLError) for cause in causes):
        return "tls"
    if isinstance(failure, TimeoutError | httpx.TimeoutException):
        return "timeout"
    if any(isinstance(cause, socket.gaierror | UnicodeError | httpx.InvalidURL) for cause in causes):
        return "name"
    refused = any(isinstance(cause, ConnectionRefusedError) for cause in causes)
    return "refused" if refused and isinstance(failure, httpx.ConnectError | ConnectionRefusedError) else "connection"


def _certificate_reason(failure: ssl.SSLCertVerificationError) -> str:
    code = getattr(failure, "verify_code", None)  # absent where no certificate was verified
    if code in _NOT_VALID_NOW:
        return "certificate_expired"
    return "certificate_name" if code in _OTHER_NAME else "certificate_untrusted"


def _causes(failure: BaseException) -> Iterator[BaseException]:
    """Yield an exception and its causes; a host of several addresses fails with a group of exceptions."""
    waiting, seen = [failure], 0
    while waiting and seen < _MAX_CAUSES:
        found = waiting.pop(0)
        seen += 1
        yield found
        if isinstance(found, BaseExceptionGroup):
            waiting += found.exceptions
        elif (deeper := found.__cause__ or found.__context__) is not None:
            waiting.append(deeper)
