"""Web addresses and IP literals as parsed values: which host is meant, is it this computer. Nothing is looked up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

IpAddress = IPv4Address | IPv6Address
CARRIER_GRADE = ip_network("100.64.0.0/10")
"""Shared by many customers of a provider (RFC 6598): not reachable from outside."""
LOCALHOST = "localhost"
_UNAMBIGUOUS_TEXT = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]{1,2048}")


@dataclass(frozen=True, slots=True)
class WebAddress:
    """An http or https address. `host`: lower case, an IPv6 literal without brackets; `port`: None for the usual one.

    `is_unambiguous`: no program can read another host from it. It is ASCII of at most 2048 characters, and what
    precedes the path has no user info, no percent sign, no trailing dot and no empty port.
    """

    scheme: str
    host: str
    port: int | None
    path: str
    query: str
    fragment: str
    has_login: bool
    is_unambiguous: bool

    @property
    def is_loopback(self) -> bool:
        """Say if the host is this very computer: `localhost` or a loopback literal, spelled in the plain way.

        An IPv4 address mapped into IPv6 is not: whether it is a loopback one depends on the version of Python.
        """
        try:
            address = ip_address(self.host)
        except ValueError:
            return self.host == LOCALHOST
        return address.is_loopback and getattr(address, "ipv4_mapped", None) is None

    @property
    def is_trustworthy(self) -> bool:
        """Say if secrets and money may go there: unambiguous, and https or plain http to this very computer."""
        return self.is_unambiguous and (self.scheme == "https" or self.is_loopback)


def read_web_address(text: object) -> WebAddress | None:
    """Return the parts of an http or https address; None for what is none, has blanks in it, or an impossible port."""
    if not isinstance(text, str) or re.search(r"\s", text):
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    host, place = parts.hostname or "", parts.netloc
    if parts.scheme not in ("http", "https") or not host or port == 0:
        return None
    is_ambiguous = "@" in place or "%" in place or place.endswith(":") or host.endswith(".")
    return WebAddress(
        scheme=parts.scheme,
        host=host,
        port=port,
        path=parts.path,
        query=parts.query,
        fragment=parts.fragment,
        has_login="@" in place,
        is_unambiguous=not is_ambiguous and _UNAMBIGUOUS_TEXT.fullmatch(text) is not None,
    )


def base_url(scheme: str, host: str, port: int) -> str:
    """Return `http://HOST:PORT`, an IPv6 literal in brackets."""
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def read_ip(text: str) -> IpAddress | None:
    """Return the address of an IP literal without brackets, a mapped IPv4 address as such; None for anything else."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def host_kind(url: str) -> str:
    """Return `name`, `public`, `private`, `carrier`, `link_local`, `loopback` or `odd`: who can call this host.

    All ways of spelling this computer count as `loopback`, also those that `is_loopback` does not trust.
    """
    address = read_web_address(url)
    host = address.host.rstrip(".") if address else ""
    literal = read_ip(host)
    if literal is None:
        return "loopback" if host == LOCALHOST else "name"
    if literal.is_loopback or literal.is_unspecified:
        return "loopback"
    if literal.is_multicast:
        return "odd"
    if literal.is_link_local:
        return "link_local"
    if literal in CARRIER_GRADE:
        return "carrier"
    if literal.is_private:
        return "private"
    return "public" if literal.is_global else "odd"
