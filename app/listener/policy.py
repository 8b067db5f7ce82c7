"""What the listener is told and what it tells: limits, addresses, TLS files; counters. Values only, no sockets."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field

CONNECTIONS = 256 if sys.platform == "win32" else 512
"""On Windows `select` looks at 512 sockets at most, and the program needs some itself."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps of open connections, in all and for one address, and patience in seconds.

    `head_s`: from the first byte of a request to the end of its head. `idle_s`: without a byte. `answer_s`: for an
    answer to be made and taken. `linger_s`: for a refused peer to read why and close.
    The loopback address and trusted proxies may use all connections: behind them many senders share one address.
    """

    connections: int = CONNECTIONS
    per_address: int = 64
    head_s: float = 5.0
    idle_s: float = 15.0
    answer_s: float = 60.0
    linger_s: float = 2.0


@dataclass(frozen=True, slots=True)
class ListenerPolicy:
    """`callbacks.*` of the settings: networks as text, and two files that are both set or both empty (contract 4)."""

    allowed_addresses: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    tls_certificate_file: str = ""
    tls_key_file: str = ""
    limits: Limits = field(default_factory=Limits)

    @property
    def has_tls(self) -> bool:
        """One file is enough to want TLS: its absence must not mean plain http."""
        return bool(self.tls_certificate_file or self.tls_key_file)


@dataclass(slots=True)
class ListenerCounts:
    """What happened since the start, for the doctor. Counted in place, on the listener's loop only.

    `evicted`: closed to make room for a newer connection. `open_now`: filled in when the counts are asked for.
    """

    unknown_keys: int = 0
    unknown_paths: int = 0
    refused_addresses: int = 0
    malformed: int = 0
    slow: int = 0
    evicted: int = 0
    open_now: int = 0
