"""What presenters share: texts, the clock, the shop's settings, the running core, notices and desktop services."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Protocol

from app.i18n.formats import shop_zone
from app.i18n.texts import Texts
from app.services.core_api import CoreApi
from app.ui.bridge import Bridge


class Notices(Protocol):
    """Shows short notices to the user. Plain texts, already translated."""

    def toast(self, text: str, tone: str = "ended") -> None:
        """Show a text for some seconds in a tone of the theme: `paid`, `waiting`, `failed`, `attention`, `ended`."""
        ...


@dataclass(frozen=True, slots=True)
class Question:
    """A question to the user. Texts are translated; `danger` styles the yes button as an irreversible action."""

    title: str
    text: str
    yes: str
    no: str
    danger: bool = False


class DesktopServices(Protocol):
    """Desktop functions for presenters, free of Qt."""

    def copy(self, text: str) -> None: ...

    def open_address(self, url: str) -> bool:
        """Open an address in the system's browser; False when there is none."""
        ...

    async def confirm(self, question: Question) -> bool:
        """Ask and wait for the answer without blocking the window. Closing the question is a no."""
        ...

    async def choose_file(self, title: str, pattern: str) -> Path | None: ...

    async def save_path(self, title: str, name: str) -> Path | None:
        """Let the user choose the path of a file that the caller writes."""
        ...

    async def save_text(self, title: str, name: str, text: str) -> Path | None:
        """Let the user choose where to write the text. Raises StorageError and its subclasses."""
        ...


@dataclass(frozen=True, slots=True)
class ShopFacts:
    """The settings that pages need. `missing`: the setting that calls to the operator still need, or None."""

    name: str = ""
    timezone: str = "Europe/Kyiv"
    day_starts_at: str = "00:00"
    presets: tuple[int, ...] = ()
    max_amount_minor: int = 10_000_000
    is_demo: bool = False
    is_test: bool = False
    """XPAY's test environment: nothing there is real money."""
    missing: str | None = None

    @property
    def zone(self) -> tzinfo:
        return shop_zone(self.timezone)


def shop_facts(values: Mapping[str, object], *, is_demo: bool, missing: str | None) -> ShopFacts:
    """Return the pages' settings from `Preferences.values()`."""
    presets = values["till.presets"]
    return ShopFacts(
        name=str(values["shop.name"]),
        timezone=str(values["shop.timezone"]),
        day_starts_at=str(values["shop.day_starts_at"]),
        presets=tuple(int(preset) for preset in presets) if isinstance(presets, Sequence) else (),
        max_amount_minor=int(str(values["till.max_amount_minor"])),
        is_demo=is_demo,
        is_test=not is_demo and values["operator.environment"] == "test",
        missing=missing,
    )


@dataclass(frozen=True, slots=True)
class CoreConnection:
    """The running core and the bridge to it."""

    api: CoreApi
    bridge: Bridge


@dataclass(slots=True)
class UiContext:
    """One value for all presenters. Language, shop and core change while the window is open, so it is not frozen.

    `core` is None until the core has started; `core_problem` is the sentence saying why it could not start.
    """

    texts: Texts
    notices: Notices
    desktop: DesktopServices
    now: Callable[[], datetime]
    shop: ShopFacts = field(default_factory=ShopFacts)
    core: CoreConnection | None = None
    core_problem: str | None = None


async def read_shop(core: CoreConnection) -> ShopFacts:
    """Return the shop's current settings."""

    async def read() -> ShopFacts:
        api = core.api
        return shop_facts(api.preferences.values(), is_demo=api.is_demo, missing=api.preferences.missing())

    return await core.bridge.query(read)
