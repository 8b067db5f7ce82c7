"""How we connect: which certificates are trusted, and an httpx client that reads no more of an answer than we need."""

from __future__ import annotations

import logging
import os
import ssl
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import certifi  # httpx brings it
import httpx
import truststore

_LIMITS: Final = httpx.Limits(max_connections=10, max_keepalive_connections=0)
_CONNECT_S: Final = 10.0
_CONNECT_SHARE: Final = 0.45
"""Of the whole deadline, for TCP and for TLS each: httpcore forgets a socket whose handshake the deadline cuts off."""
_BUNDLES: Final = (
    "/etc/ssl/cert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/cert.pem",
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/ssl/ca-bundle.pem",
)
"""Where truststore looks when OpenSSL's own places hold nothing."""
_READS_ENVIRONMENT: Final = sys.platform.startswith("linux")
"""There truststore asks OpenSSL, which knows SSL_CERT_FILE and SSL_CERT_DIR; Windows and macOS do not."""
_log = logging.getLogger(__name__)


def open_http(deadline_s: float, *, headers: Mapping[str, str], check_certificate: bool = True) -> httpx.AsyncClient:
    """Return a client without proxies, redirects and cookies; every request gets a connection of its own.

    `deadline_s` is the caller's for a whole exchange; connecting ends before it.
    A connection that is used again could hand over what the last answer left behind as the next answer, and a POST on
    one that the other side has just closed ends with an unknown outcome.
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
    """Hands over status, `Date` and body. The other headers are a stranger's data for parsers that nobody needs.

    httpx would read cookies, redirects and encodings out of them, and its parsers raise whatever they like.
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
    """Return the files of certificates that the system's store does not bring by itself.

    Those are what SSL_CERT_FILE and SSL_CERT_DIR name, where the store does not honour them (`reads_environment`), and
    the bundle that httpx brings, where the system has none at all: a bare Debian without the package ca-certificates.
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
    """Say whether a Unix system holds any trusted certificates in one of the usual places."""
    paths = ssl.get_default_verify_paths()
    in_folder = bool(paths.capath) and any(Path(paths.capath).glob("*.[0-9]"))
    return bool(paths.cafile) or in_folder or any(Path(bundle).is_file() for bundle in bundles)


def _unchecked_context() -> ssl.SSLContext:
    """For our own listener on this machine: its certificate names the public host."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
