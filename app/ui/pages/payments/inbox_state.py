"""What the inbox of the payments page shows, as frozen values with ready texts."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.ids import PaymentId
from app.domain.payment import Attention
from app.ui.drawer.state import Action, FormState


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A payment. `detail`: why it stands here beyond its group; `action`: the one that is proposed."""

    payment_id: PaymentId
    number: str
    time: str
    purpose: str
    detail: str
    sum: str
    action: Action
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class InboxGroup:
    """A reason with its payments, newest first. `note`: how many were not read; `choose`: the word of its button.

    `more`: the words of the line below that unfolds it; empty where all that was read is shown.
    """

    reason: Attention
    title: str
    count: str
    sentence: str
    note: str
    choose: str
    rows: tuple[InboxRow, ...]
    more: str = ""


@dataclass(frozen=True, slots=True)
class InboxMore:
    """The line that unfolds a group."""

    reason: Attention
    text: str


@dataclass(frozen=True, slots=True)
class InboxState:
    """`chosen`: how many payments are chosen and their sum, empty for none. `form`: the question about them."""

    groups: tuple[InboxGroup, ...] = ()
    chosen: str = ""
    orphans: str = ""
    form: FormState | None = None
