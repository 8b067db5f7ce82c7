"""Outgoing connections: the trusted certificates, and an httpx client that parses no more of an answer than needed."""

from __future__ import annotations

import logging
import os
import ssl
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import certifi  # a dependency of httpx
import httpx
import truststore

_LIMITS: Final = httpx.Limits(max_connections=10, max_keepalive_connections=0)
_CONNECT_S: Final = 10.0
_CONNECT_SHARE: Final = 0.45
"""Of the whole deadline, for TCP and TLS each: httpcore leaks a socket whose handshake the deadline cancels."""
_BUNDLES: Final = (
    "/etc/ssl/cert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/cert.pem",
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/ssl/ca-bundle.pem",
)
"""Where truststore looks when OpenSSL's own places hold nothing."""
_READS_ENVIRONMENT: Final = sys.platform.startswith("linux")
"""There truststore uses OpenSSL, which reads SSL_CERT_FILE and SSL_CERT_DIR; Windows and macOS do not."""
_log = logging.getLogger(__name__)


def open_http(deadline_s: float, *, headers: Mapping[str, str], check_certificate: bool = True) -> httpx.AsyncClient:
    """Return a client without proxies, redirects and cookies; every request gets a connection of its own.

    `deadline_s` is the caller's limit for a whole exchange; the connect timeout is shorter.
    A reused connection could return leftover bytes of the last answer as the next answer, and a POST on
    one that the peer has just closed ends with an unknown outcome.
    """
    context = trusted_context() if check_certificate else _unchecked_context()
    return httpx.AsyncClient(
        transport=_MinimalTransport(context),
        headers={**headers, "Connection": "close"},
        timeout=httpx.Timeout(deadline_s, connect=min(_CONNECT_S, deadline_s * _CONNECT_SHARE)),
        follow_redirects=False,
        trust_env=False,
    )


class _MinimalTransport(httpx.AsyncBaseTransport):
    """Passes on status, `Date` and body only. The other headers are untrusted input for parsers that are not needed.

    httpx would read cookies, redirects and encodings from them, and its parsers raise errors of many types.
    """

    def __init__(self, context: ssl.SSLContext) -> None:
        self._wire = httpx.AsyncHTTPTransport(verify=context, limits=_LIMITS, trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._wire.handle_async_request(request)
        dates = [(name, value) for name, value in answer.headers.raw if name.lower() == b"date"]
        return httpx.Response(answer.status_code, headers=dates, stream=answer.stream, extensions=answer.extensions)

    async def aclose(self) -> None:
        await self._wire.aclose()


def trusted_context(more: Iterable[Path] | None = None) -> ssl.SSLContext:
    """Return a context that trusts this system's certificates and those of `more` files (default: `extra_ca_files`).

    A file that cannot be used is skipped, as OpenSSL does.
    """
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    for file in extra_ca_files(os.environ) if more is None else more:
        try:
            context.load_verify_locations(cafile=file)
        except OSError as failure:  # ssl.SSLError is one
            _log.warning("a file of trusted certificates cannot be used: %s", type(failure).__name__)
    return context


def extra_ca_files(
    environment: Mapping[str, str],
    *,
    reads_environment: bool = _READS_ENVIRONMENT,
    bundles: Sequence[str] = _BUNDLES,
) -> list[Path]:
    """Return the certificate files that the system's store does not include.

    Those are what SSL_CERT_FILE and SSL_CERT_DIR name, where the store does not honour them (`reads_environment`), and
    the bundle of certifi, where the system has none at all: a bare Debian without the package ca-certificates.
    """
    if not reads_environment:
        return list(_named_files(environment))
    return [] if _has_certificates(bundles) else [Path(certifi.where())]


def _named_files(environment: Mapping[str, str]) -> Iterator[Path]:
    if file := environment.get("SSL_CERT_FILE"):
        yield Path(file)
    for folder in filter(None, environment.get("SSL_CERT_DIR", "").split(os.pathsep)):
        yield from sorted(Path(folder).glob("*"))


def _has_certificates(bundles: Sequence[str]) -> bool:
    """Return whether a Unix system holds any trusted certificates in one of the usual places."""
    paths = ssl.get_default_verify_paths()
    in_folder = bool(paths.capath) and any(Path(paths.capath).glob("*.[0-9]"))
    return bool(paths.cafile) or in_folder or any(Path(bundle).is_file() for bundle in bundles)


def _unchecked_context() -> ssl.SSLContext:
    """Return a context for our own listener on this machine: its certificate names the public host."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
