"""What the doctor checks: ports on the home, its ledger and the callback route."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.errors import SettingBad
from app.domain.ids import LinkKey
from app.services.ports.operator_gateway import OperatorGateway


@dataclass(frozen=True, slots=True)
class CallbackEndpoint:
    """Where callbacks arrive. `local_urls`: base URLs on this machine to find our listener at, the likeliest first."""

    local_urls: tuple[str, ...]
    port: int
    public_url: str | None
    is_demo: bool
    takes_unaddressed: bool = False
    """Callbacks without a key are accepted at the fixed address (protocol.md A6b)."""
    is_filtered: bool = False
    """A list of allowed addresses is set, so that our own request may be refused (403)."""
    tls_is_for_next_start: bool = False
    """TLS files were set or removed since the listener's last start, which decides between http and https."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A TLS certificate: the hex SHA-256 of its DER, and when it ends."""

    fingerprint: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class OperatorKey:
    """A public key of the operator. `file`: None for the published one; `fingerprint`: None where it is invalid."""

    file: str | None
    fingerprint: str | None = None
    problem: SettingBad | None = None


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """`damage`: what is wrong with the file or its newest payments, in technical words.

    `unmatched_at`: when messages of no known payment came. `named`: the numbers of payments whose own TransactionID
    such messages echoed: a proposal to a person, since it is not signed (protocol.md A6b). `newest_number`: the
    highest of a payment in the ledger; `given_number`: the highest that this home is known to have given out. Both are
    0 where there is none. `mode`: `demo` or `live`, None before the first payment; `settings_mode`: that of the
    settings in use, which must be the same (protocol.md A7).
    """

    damage: str | None = None
    last_callback_at: datetime | None = None
    unmatched_at: tuple[datetime, ...] = ()
    named: tuple[int, ...] = ()
    newest_number: int = 0
    given_number: int = 0
    mode: str | None = None
    settings_mode: str = "live"

    @property
    def is_older(self) -> bool:
        """Say if payments are missing at the end: an older copy was restored and no payment was created since."""
        return self.newest_number < self.given_number


class SelfProbe(Protocol):
    """A secret key for one request to ourselves."""

    @property
    def key(self) -> LinkKey: ...

    def was_received(self) -> bool:
        """Say whether a listener of this home received a request with the key."""
        ...


class DiagnosticsTarget(Protocol):
    """One home as it is now. Every call may raise a Refusal, which then becomes the check result."""

    def setting_problems(self) -> Sequence[SettingBad]: ...

    def key_fingerprint(self) -> str | None: ...

    def has_token(self) -> bool: ...

    def operator_keys(self) -> Sequence[OperatorKey]:
        """Return the operator's public keys in the order of the settings; empty when there is none."""
        ...

    async def inspect_ledger(self) -> LedgerReport: ...

    def callback_endpoint(self) -> CallbackEndpoint: ...

    def certificate(self) -> Certificate | None:
        """Return the certificate in the files of the settings; None when none are set."""
        ...

    def self_probe(self) -> AbstractContextManager[SelfProbe]: ...

    def temporary_listener(self) -> AbstractAsyncContextManager[None]:
        """Listen on the configured port for the time of a test. Raises PortTaken, SettingBad."""
        ...

    def operator(self) -> OperatorGateway: ...


class ProbeFailed(Exception):
    """`reason`: `certificate_untrusted`, `certificate_expired`, `certificate_name`, `tls`, or one of the network.

    Those are `refused`, `timeout`, `name` (of the host, not found), and `connection` for all others.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Probe(Protocol):
    """Requests to an address of our own."""

    async def get(self, url: str, *, timeout_s: float, own_machine: bool) -> int:
        """Return the HTTP status. Raises ProbeFailed.

        `own_machine`: the certificate is not checked, since it names the public host and not this address.
        """
        ...

    async def certificate(self, url: str, *, timeout_s: float) -> Certificate:
        """Return what is served at an https address of this machine, without judging it. Raises ProbeFailed."""
        ...
