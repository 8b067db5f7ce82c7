"""What the doctor needs to look at: ports on the home, its ledger and the way a callback takes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.errors import SettingBad
from app.domain.ids import LinkKey
from app.services.ports import OperatorGateway


@dataclass(frozen=True, slots=True)
class CallbackSite:
    """Where callbacks arrive. `local_urls`: bases on this machine to look for our listener, the likeliest first."""

    local_urls: tuple[str, ...]
    port: int
    public_url: str | None
    is_demo: bool
    is_filtered: bool = False
    """A list of allowed addresses is set, so that our own request may be turned away (403)."""


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """`damage`: what is wrong with the file or its newest payments, in technical words.

    `strays`: when messages came that belong to no payment.
    """

    damage: str | None = None
    last_callback_at: datetime | None = None
    strays: tuple[datetime, ...] = ()


class Knock(Protocol):
    """A key that nobody else knows, for one request to ourselves."""

    @property
    def key(self) -> LinkKey: ...

    def was_heard(self) -> bool:
        """Say whether a listener of this home saw a request with the key."""
        ...


class Premises(Protocol):
    """One home as it is now. Every call may raise a Refusal, which is then what the check found."""

    def setting_problems(self) -> Sequence[SettingBad]: ...

    def key_fingerprint(self) -> str | None: ...

    def has_token(self) -> bool: ...

    def has_operator_key(self) -> bool: ...

    async def inspect_ledger(self) -> LedgerReport: ...

    def callback_site(self) -> CallbackSite: ...

    def certificate_end(self) -> datetime | None:
        """Return when the listener's own certificate ends; None when it has none."""
        ...

    def knocking(self) -> AbstractContextManager[Knock]: ...

    def stand_in(self) -> AbstractAsyncContextManager[None]:
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
    """One GET to an address of our own."""

    async def get(self, url: str, *, timeout_s: float, own_machine: bool) -> int:
        """Return the HTTP status. Raises ProbeFailed.

        `own_machine`: the certificate is not checked, since it names the public host and not this address.
        """
        ...
