"""The doctor's requests to our own addresses, and the certificate that one of them serves."""

from __future__ import annotations

import asyncio
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from app.domain.web_addresses import read_web_address
from app.operator_api.connections import open_http
from app.operator_api.failures import failure_reason
from app.services.checks.diagnostics_target import Certificate, ProbeFailed

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
        except Exception as failure:  # boundary, as in the client: no answer may make a check fail with a defect
            raise ProbeFailed(failure_reason(failure)) from failure

    async def certificate(self, url: str, *, timeout_s: float) -> Certificate:
        """Return what an https address of this machine serves, whoever made it. Raises ProbeFailed."""
        address = read_web_address(url)
        if address is None:
            raise ProbeFailed("name")
        _, host, port = address.place
        try:
            async with asyncio.timeout(timeout_s):
                _, writer = await asyncio.open_connection(host, port, ssl=_unverified_context())
                served = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
                writer.transport.abort()  # do not wait for a listener that waits for a request
            certificate = x509.load_der_x509_certificate(served)
            return Certificate(certificate.fingerprint(hashes.SHA256()).hex(), certificate.not_valid_after_utc)
        except TimeoutError as failure:
            raise ProbeFailed("timeout") from failure
        except (OSError, ValueError) as failure:
            raise ProbeFailed(failure_reason(failure)) from failure


def _unverified_context() -> ssl.SSLContext:
    """The certificate names the public host and is only read; nothing is sent over the connection."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
