"""What the shell shows around and over the pages."""

from __future__ import annotations

from app.domain.errors import StorageFull
from app.domain.payment import Attention
from app.i18n.error_texts import ERRORS
from app.i18n.event_texts import ATTENTION
from app.i18n.marks import _
from app.services.desk import Health
from app.ui.pages.till.state import Action
from tests.gallery.day import OPEN, nth
from tests.gallery.stage import Scene, Stage

FADE_MS = 200
TOASTS = (
    ("paid", _("The link is copied")),
    ("failed", ERRORS["operator_unreachable"]),
    ("attention", ATTENTION[Attention.REFUNDED_ELSEWHERE]),
    ("ended", _("Payment No. {number}: the operator has nothing new")),
)


async def question(stage: Stage) -> None:
    """Shall the link be cancelled?"""
    stage.sell(42)
    presenter = await stage.open("till")
    presenter.select(nth(OPEN))
    await stage.settle()
    presenter.do(Action.CANCEL)
    await stage.linger()


async def keys(stage: Stage) -> None:
    stage.sell(42)
    await stage.open("till")
    stage.window.show_help()


async def toasts(stage: Stage) -> None:
    """One of every tone."""
    stage.sell(42)
    await stage.open("payments")
    for tone, sentence in TOASTS:
        stage.window.toast(stage.front.texts.say(sentence, number=1042), tone)
    stage.turn(FADE_MS)


async def problem(stage: Stage) -> None:
    """The demo's banner and a problem's banner at once: nothing is left for the pages but what they need."""
    stage.sell(42)
    stage.be(is_demo=True)
    presenter = await stage.open("till")
    presenter.select(nth(OPEN))
    stage.front.core_problem = stage.front.texts.error(StorageFull())
    stage.shell.retell()
    await stage.settle()


async def ill(stage: Stage) -> None:
    """Both ends of the core are ill."""
    stage.sell(42)
    stage.desk.state = Health(
        operator_problem="operator_unreachable", listener_problem="port_taken", listener_port=8733
    )
    await stage.open("payments")


SCENES = (
    Scene("shell-question", question, is_lasting=False),
    Scene("shell-keys", keys, is_lasting=False),
    Scene("shell-toasts", toasts, is_lasting=False),
    Scene("shell-problem", problem, is_lasting=False),
    Scene("shell-ill", ill),
)
