"""Web addresses and IP literals as parsed values: which host is meant, is it this computer. Nothing is looked up."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import quote, urlsplit

IpAddress = IPv4Address | IPv6Address
CARRIER_GRADE = ip_network("100.64.0.0/10")
"""Shared by many customers of a provider (RFC 6598): not reachable from outside."""
LOCALHOST = "localhost"
USUAL_PORTS = {"http": 80, "https": 443}
LONGEST = 2048
_UNAMBIGUOUS_TEXT = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_LONGEST_NAME = 253
_NUMBER = re.compile(r"[0-9]{1,12}|0x[0-9a-f]{0,12}")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_IN_PATH = "/:@!$&'()*+,;=~[]%"
_IN_QUERY = _IN_PATH + "?"


@dataclass(frozen=True, slots=True)
class WebAddress:
    """An http or https address. `host`: lower case, in the ASCII form of the name system, an IPv6 literal without
    brackets; `port`: None for the usual one.

    `is_sendable`: written as `wire_text`, every program reads the same from it. What stands before the path has no
    user info, no percent sign, no trailing dot and no empty port; its host is a name that can be looked up or an IP
    literal in the plain spelling. `is_unambiguous`: so it is just as it was written, in ASCII.
    """

    scheme: str
    host: str
    port: int | None
    path: str
    query: str
    fragment: str
    has_login: bool
    is_sendable: bool
    is_unambiguous: bool

    @property
    def wire_text(self) -> str:
        """The address in ASCII as requests and messages carry it; equal for all spellings of one address."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port is None else f":{self.port}"
        query = f"?{_percent_encoded(self.query, _IN_QUERY)}" if self.query else ""
        fragment = f"#{_percent_encoded(self.fragment, _IN_QUERY)}" if self.fragment else ""
        return f"{self.scheme}://{host}{port}{_percent_encoded(self.path, _IN_PATH)}{query}{fragment}"

    @property
    def place(self) -> tuple[str, str, int]:
        """Scheme, host and the number of the port: where a connection goes."""
        return self.scheme, self.host, self.port or USUAL_PORTS[self.scheme]

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
    """Return the parts of an http or https address.

    None for what is none, has blanks or characters in it that cannot be seen, or an impossible port.
    """
    if not isinstance(text, str) or not text.isprintable() or re.search(r"\s", text):
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    written, netloc = parts.hostname or "", parts.netloc
    if parts.scheme not in USUAL_PORTS or not written or port == 0:
        return None
    host = _plain_literal(written) if "[" in netloc else _ascii_name(written)
    is_odd = host is None or "@" in netloc or "%" in netloc or netloc.endswith(":") or _is_odd_path(parts.path)
    address = WebAddress(
        scheme=parts.scheme,
        host=host or written,
        port=None if port == USUAL_PORTS[parts.scheme] else port,
        path=parts.path,
        query=parts.query,
        fragment=parts.fragment,
        has_login="@" in netloc,
        is_sendable=not is_odd,
        is_unambiguous=not is_odd and len(text) <= LONGEST and _UNAMBIGUOUS_TEXT.fullmatch(text) is not None,
    )
    return replace(address, is_sendable=address.is_sendable and len(address.wire_text) <= LONGEST)


def scheme_of(text: str) -> str:
    """Return `http` or `https`; empty for what is no web address."""
    address = read_web_address(text)
    return address.scheme if address else ""


def is_same_address(one: str, other: str) -> bool:
    """Say if two texts mean one address, whatever their spelling; texts that are none are compared as they are."""
    first, second = read_web_address(one), read_web_address(other)
    if first is None or second is None:
        return one == other
    return replace(first, path=first.path or "/").wire_text == replace(second, path=second.path or "/").wire_text


def read_host(text: str) -> str | None:
    """Return a host alone (a name, an IP literal with or without brackets) in its plain spelling; None for others."""
    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    literal = read_ip(bare)
    if literal is not None:
        return None if "%" in bare else str(literal)
    return _ascii_name(bare.lower()) if bare.isascii() and bare == text else None


def _ascii_name(host: str) -> str | None:
    """Return a name, or an IPv4 literal, in ASCII; None for what programs read in several ways or cannot look up."""
    if not host.isascii():
        try:
            ascii_host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return None
        return ascii_host if _unicode_name(ascii_host) == host else None  # else another name would be looked up
    if _ends_in_number(host):
        return host if read_ip(host) is not None else None
    labels = host.split(".")
    if len(host) > _LONGEST_NAME or not all(map(_LABEL.fullmatch, labels)):
        return None
    return host if _unicode_name(host) is not None else None


def _unicode_name(ascii_host: str) -> str | None:
    """Return a name as people write it; None where a label begins like an encoded one and is none."""
    if "xn--" not in ascii_host:
        return ascii_host
    try:
        name = ascii_host.encode("ascii").decode("idna")
    except UnicodeError:
        return None
    return name if name.isprintable() and name != ascii_host else None


def _plain_literal(host: str) -> str | None:
    """Return an IPv6 literal in its shortest form; None for one with a zone, or that means an IPv4 address."""
    try:
        address = IPv6Address(host)
    except ValueError:
        return None
    return None if address.scope_id or address.ipv4_mapped else str(address)


def _ends_in_number(host: str) -> bool:
    """Browsers and the system's resolver take such a host for an IPv4 address, however it is written."""
    last = host.rstrip(".").rpartition(".")[2]
    return last.isdigit() or _NUMBER.fullmatch(last) is not None


def _is_odd_path(path: str) -> bool:
    """Some programs take a backslash for a slash, and some follow dots."""
    return "\\" in path or any(step.lower().replace("%2e", ".") in (".", "..") for step in path.split("/"))


def _percent_encoded(part: str, safe: str) -> str:
    return quote(_STRAY_PERCENT.sub("%25", part), safe=safe, errors="replace")


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
    literal = read_ip(host) or _read_odd_ipv4(host)
    if literal is None:
        return "loopback" if host == LOCALHOST or host.endswith(f".{LOCALHOST}") else "name"
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


def _read_odd_ipv4(host: str) -> IPv4Address | None:
    """Return what resolvers read from `127.1`, `0x7f.1` or `2130706433`; None for what is no such number."""
    labels = host.split(".")
    if len(labels) > 4 or not all(map(_NUMBER.fullmatch, labels)):
        return None
    try:
        *first, last = map(_odd_number, labels)
    except ValueError:  # 08 is no octal number
        return None
    if any(number > 255 for number in first) or last >= 256 ** (4 - len(first)):
        return None
    return IPv4Address(sum(number << 8 * (3 - place) for place, number in enumerate(first)) + last)


def _odd_number(label: str) -> int:
    """Return what resolvers read: hexadecimal after `0x`, octal after `0`. Raises ValueError."""
    if label.startswith("0x"):
        return int(label[2:] or "0", 16)
    return int(label, 8 if label.startswith("0") else 10)
