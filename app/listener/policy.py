"""The listener's configuration (limits, addresses, TLS files) and its counters. Values only, no sockets."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field

CONNECTIONS = 256 if sys.platform == "win32" else 512
"""On Windows `select` handles at most 512 sockets, and the program needs some for itself."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps of open connections, in total and per address, and timeouts in seconds.

    `head_s`: from the first byte of a request to the end of its head. `idle_s`: without a byte. `answer_s`: to make
    an answer and send it. `linger_s`: for a refused peer to read the answer and close.
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
    """`callbacks.*` of the settings: networks as text, and two files, both set or both empty (contract 4)."""

    allowed_addresses: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    tls_certificate_file: str = ""
    tls_key_file: str = ""
    limits: Limits = field(default_factory=Limits)

    @property
    def has_tls(self) -> bool:
        """One file is enough to require TLS: a missing second one must not mean plain http."""
        return bool(self.tls_certificate_file or self.tls_key_file)


@dataclass(slots=True)
class ListenerCounts:
    """Counters since the start, for the doctor. Updated in place, on the listener's loop only.

    `evicted`: closed to make room for a newer connection. `open_now`: set when the counts are read.
    """

    unknown_keys: int = 0
    unknown_paths: int = 0
    refused_addresses: int = 0
    malformed: int = 0
    slow: int = 0
    evicted: int = 0
    open_now: int = 0
