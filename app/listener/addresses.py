"""Client addresses: the allow-list, and X-Forwarded-For of trusted proxies. No sender's input raises here."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_network

from app.domain.web_addresses import IpAddress, read_ip

Address = IpAddress
Network = IPv4Network | IPv6Network
_MAPPED_BITS = 96


def read_address(text: str) -> Address | None:
    """Return the address of `1.2.3.4`, `1.2.3.4:80`, `::1`, `[::1]:80`; a mapped one as IPv4; None for others."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    return read_ip(text)


def read_networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Return the networks of checked settings; a mapped IPv6 network as its IPv4 network."""
    return tuple(_plain(ip_network(text, strict=False)) for text in texts)


def _plain(network: Network) -> Network:
    mapped = getattr(network.network_address, "ipv4_mapped", None)
    if mapped is None or network.prefixlen < _MAPPED_BITS:
        return network
    return IPv4Network((mapped, network.prefixlen - _MAPPED_BITS))


class AddressFilter:
    """The allow-list and the trusted proxies. An empty allow-list allows every address."""

    def __init__(self, allowed: Iterable[str] = (), trusted: Iterable[str] = ()) -> None:
        self._allowed = read_networks(allowed)
        self._trusted = read_networks(trusted)

    @property
    def allows_all(self) -> bool:
        return not self._allowed

    def trusts(self, peer: Address | None) -> bool:
        return peer is not None and any(peer in network for network in self._trusted)

    def client(self, peer: Address | None, forwarded: Iterable[str]) -> Address | None:
        """Return the client: the right-most entry of X-Forwarded-For that is no trusted proxy, if the peer is one.

        None when that entry is not an address: it cannot be on an allow-list. Without any such entry the
        client is the proxy itself.
        """
        if not self.trusts(peer):
            return peer
        entries = [entry for line in forwarded for entry in line.split(",") if entry.strip()]
        for entry in reversed(entries):
            address = read_address(entry)
            if not self.trusts(address):
                return address
        return peer

    def allows(self, client: Address | None) -> bool:
        return not self._allowed or (client is not None and any(client in network for network in self._allowed))
