"""What the shell shows around and over the pages."""

from __future__ import annotations

from app.domain.errors import StorageFull
from app.domain.payment import Attention
from app.i18n.attention_texts import ATTENTION
from app.i18n.error_texts import ERRORS
from app.i18n.marks import _
from app.services.core_api import Health
from app.ui.pages.till.state import Action
from tests.gallery.gallery_window import GalleryCase, GalleryWindow
from tests.gallery.sample_sales import OPEN, nth

FADE_MS = 200
TOASTS = (
    ("paid", _("The link is copied")),
    ("failed", ERRORS["operator_unreachable"]),
    ("attention", ATTENTION[Attention.REFUNDED_ELSEWHERE][0]),
    ("ended", _("Payment No. {number}: the operator has nothing new")),
)


async def question(gallery: GalleryWindow) -> None:
    """The confirmation of cancelling a link."""
    gallery.sell(42)
    presenter = await gallery.open("till")
    presenter.select(nth(OPEN))
    await gallery.settle()
    presenter.do(Action.CANCEL)
    await gallery.let_tasks_start()


async def keys(gallery: GalleryWindow) -> None:
    gallery.sell(42)
    await gallery.open("till")
    gallery.window.show_help()


async def toasts(gallery: GalleryWindow) -> None:
    """One of every tone."""
    gallery.sell(42)
    await gallery.open("payments")
    for tone, sentence in TOASTS:
        gallery.window.toast(gallery.context.texts.say(sentence, number=1042), tone)
    gallery.process_events(FADE_MS)


async def problem(gallery: GalleryWindow) -> None:
    """The demo's banner and a problem's banner at once: the pages have only the room they need."""
    gallery.sell(42)
    gallery.set_shop(is_demo=True)
    presenter = await gallery.open("till")
    presenter.select(nth(OPEN))
    gallery.context.core_problem = gallery.context.texts.error(StorageFull())
    gallery.shell.refresh()
    await gallery.settle()


async def unhealthy(gallery: GalleryWindow) -> None:
    """Listener and storage have problems."""
    gallery.sell(42)
    gallery.api.state = Health(
        operator_problem="operator_unreachable", listener_problem="port_taken", listener_port=8733
    )
    await gallery.open("payments")


CASES = (
    GalleryCase("shell-question", question, is_lasting=False),
    GalleryCase("shell-keys", keys, is_lasting=False),
    GalleryCase("shell-toasts", toasts, is_lasting=False),
    GalleryCase("shell-problem", problem, is_lasting=False),
    GalleryCase("shell-ill", unhealthy),
)
