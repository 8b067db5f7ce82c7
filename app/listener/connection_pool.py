"""All open connections of a listener: caps, deadlines and eviction. A new connection is never refused."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection

from app.listener.addresses import Address, AddressFilter, read_address
from app.listener.policy import ListenerCounts, ListenerPolicy


class ConnectionSlot:
    """One connection: the time of its last state change, and whether a complete request is being answered (`busy`)."""

    __slots__ = ("busy", "ends_at", "head_since", "peer", "since", "transport")

    def __init__(self, transport: asyncio.Transport, peer: Address | None, now: float) -> None:
        self.transport = transport
        self.peer = peer
        self.since = now
        self.head_since: float | None = None
        self.busy = False
        self.ends_at: float | None = None

    def start_request(self, now: float) -> None:
        """Record that a complete head has arrived."""
        self.busy, self.since, self.head_since = True, now, None

    def finish_request(self, now: float) -> None:
        """Record that the answer is written; the next request may start."""
        self.busy, self.since = False, now


class ConnectionPool:
    """The connections of one listener. Used on its loop only."""

    def __init__(
        self, policy: Callable[[], ListenerPolicy], counts: ListenerCounts, clock: Callable[[], float]
    ) -> None:
        """`policy` returns the current policy; its limits are read once. `clock` in seconds."""
        self._policy = policy
        self._filter_policy = policy()
        self._address_filter = _make_filter(self._filter_policy)
        self.limits = self._filter_policy.limits
        self.counts = counts
        self.clock = clock
        self._slots: dict[ConnectionSlot, None] = {}
        self._of_peer: dict[Address | None, dict[ConnectionSlot, None]] = {}
        self.not_empty = asyncio.Event()
        """Set while there is a connection: an idle listener does not sweep."""

    @property
    def address_filter(self) -> AddressFilter:
        """The address filter of the current policy."""
        policy = self._policy()
        if policy != self._filter_policy:
            self._filter_policy, self._address_filter = policy, _make_filter(policy)
        return self._address_filter

    def __len__(self) -> int:
        return len(self._slots)

    def add(self, transport: asyncio.Transport) -> ConnectionSlot:
        """Add a new connection; when a cap is reached, the one idle longest is evicted."""
        name = transport.get_extra_info("peername")
        peer = read_address(str(name[0])) if isinstance(name, tuple) else None
        of_peer = self._of_peer.get(peer, {})
        if len(of_peer) >= self._cap_of(peer):
            self._evict(of_peer, self._cap_of(peer))
        if len(self._slots) >= self.limits.connections:
            self._evict(self._slots, self.limits.connections)
        slot = ConnectionSlot(transport, peer, self.clock())
        self._slots[slot] = None
        self.not_empty.set()
        self._of_peer.setdefault(peer, {})[slot] = None
        return slot

    def remove(self, slot: ConnectionSlot) -> None:
        """Remove a connection; calling it again does nothing."""
        self._slots.pop(slot, None)
        if not self._slots:
            self.not_empty.clear()
        mine = self._of_peer.get(slot.peer)
        if mine is not None:
            mine.pop(slot, None)
            if not mine:
                del self._of_peer[slot.peer]

    def sweep(self) -> None:
        """Close the connections past their deadlines. Called periodically."""
        now = self.clock()
        for slot in list(self._slots):
            self._check_deadline(slot, now)

    def end(self, slot: ConnectionSlot) -> None:
        """Let a refused or idle peer close within `linger_s`; after that it is aborted."""
        slot.ends_at = self.clock() + self.limits.linger_s

    def _check_deadline(self, slot: ConnectionSlot, now: float) -> None:
        limits = self.limits
        if slot.ends_at is not None:
            if now >= slot.ends_at:
                slot.transport.abort()
        elif slot.busy:
            if now - slot.since > limits.answer_s:
                slot.transport.abort()
        elif slot.head_since is not None:
            if now - slot.head_since > limits.head_s:
                self.counts.slow += 1
                slot.transport.abort()
        elif now - slot.since > limits.idle_s:
            self.end(slot)
            slot.transport.close()

    def _cap_of(self, peer: Address | None) -> int:
        shared = peer is None or peer.is_loopback or self.address_filter.trusts(peer)
        return self.limits.connections if shared else self.limits.per_address

    def _evict(self, slots: Collection[ConnectionSlot], cap: int) -> None:
        """Abort the connection idle longest. Answers in progress may exceed the cap, up to twice the cap."""
        idle = [slot for slot in slots if not slot.busy]
        if not idle and len(slots) < 2 * cap:
            return
        evicted = min(idle or slots, key=lambda slot: (slot.ends_at is None, slot.since))
        self.counts.evicted += 1
        self.remove(evicted)
        evicted.transport.abort()


def _make_filter(policy: ListenerPolicy) -> AddressFilter:
    return AddressFilter(policy.allowed_addresses, policy.trusted_proxies)
