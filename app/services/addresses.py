"""Where an address leads, told by a literal IP alone: nobody is asked for names here."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

CARRIER_GRADE = ipaddress.ip_network("100.64.0.0/10")
"""Shared by many customers of a provider (RFC 6598): nobody outside can call in."""


def kind_of_host(url: str) -> str:
    """Return `name`, `public`, `private`, `carrier`, `link_local`, `loopback` or `odd` for the host of an address."""
    try:
        host = urlsplit(url).hostname or ""
        address = ipaddress.ip_address(host)
    except ValueError:
        return "loopback" if _host(url) == "localhost" else "name"
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address
    if address.is_loopback or address.is_unspecified:
        return "loopback"
    if address.is_multicast:
        return "odd"
    if address.is_link_local:
        return "link_local"
    if isinstance(address, ipaddress.IPv4Address) and address in CARRIER_GRADE:
        return "carrier"
    if address.is_private:
        return "private"
    return "public" if address.is_global else "odd"


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""
