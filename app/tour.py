"""The played job: the real window, core and demo operator; a cashier's gestures, a payer's clicks, a picture a step."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from app.bootstrap import WindowPlan
from app.domain.errors import Defect, StorageReadOnly
from app.domain.ids import PaymentId
from app.domain.plain_text import without_controls
from app.gui import run_window
from app.ui.desk_app import DeskApp
from app.ui.pages.till.state import CardFace, PaymentCard

if TYPE_CHECKING:
    from app.i18n.texts import Texts

PATIENCE_S = 30.0
LOOK_EVERY_S = 0.02
SIZE = (1366, 768)
PAYS, DECLINED = "4242424242424242", "4000000000000002"


def play(plan: WindowPlan, texts: Texts, directory: Path | None, *, is_kept: bool) -> int:
    """Play the job of a demo's plan; pictures go to `directory`, else to a new temporary folder. Raises PaydeskError.

    `is_kept`: the demo home stays, so the last line names it.
    """
    try:
        pictures = directory or Path(tempfile.mkdtemp(prefix="paydesk-tour-"))
        pictures.mkdir(parents=True, exist_ok=True)
    except OSError as failure:
        plan.clean_up()
        raise StorageReadOnly(path=str(directory or ""), reason=failure.strerror or "") from failure
    tour = Tour(texts, pictures)
    tour.say(texts.say("Demo: the money is not real. The whole job is played step by step."))
    try:
        return run_window(plan, tour.play)
    except TimeoutError as failure:
        raise Defect(waited_s=PATIENCE_S) from failure
    finally:
        tour.say(texts.say("The pictures are in {folder}", folder=pictures))
        if is_kept:
            tour.say(texts.say("The demo home is kept in {folder}", folder=plan.folder))


class Tour:
    """Plays on an open desk. Every step is told and photographed."""

    def __init__(self, texts: Texts, pictures: Path) -> None:
        self._texts = texts
        self._pictures = pictures
        self._taken = 0

    async def play(self, desk: DeskApp) -> None:
        """Play the whole job; a step that does not come about in time ends it with TimeoutError."""
        say = self._texts.say
        desk.window.resize(*SIZE)
        await desk.ready.wait()
        await self._picture(desk, "till", say("The till is open"))
        paid = await self._sell(desk, "125,50", say("Coffee and a croissant"))
        await self._picture(desk, "link", self._link_words(paid))
        await self._pay(desk, paid, PAYS, CardFace.PAID)
        await self._picture(desk, "paid", say("The window has turned green by itself"))
        await self._tell_story(desk, paid)
        second = await self._sell(desk, "250", say("Two lattes"))
        await self._pay(desk, second, DECLINED, CardFace.QR)
        await self._picture(desk, "declined", say("A declined attempt; the link can still be paid"))
        await self._pay(desk, second, PAYS, CardFace.PAID)
        await self._picture(desk, "paid again", say("Paid at the second attempt"))
        await self._sell(desk, "1250", say("Cake “Kyiv”"))
        await self._look_around(desk)

    async def _sell(self, desk: DeskApp, amount: str, purpose: str) -> PaymentCard:
        """Type a sale on the keypad and in the field, press the button, wait for the code."""
        form = desk.pages.view("till").form
        desk.pages.presenter("till").new_payment()
        for key in amount:
            form.keypad.key(key).click()
        form.fields["purpose"].line.setText(purpose)
        form.fields["purpose"].edited.emit(purpose)
        form.create_button.click()
        return await self._card(desk, CardFace.QR)

    async def _pay(self, desk: DeskApp, card: PaymentCard, number: str, face: CardFace) -> None:
        from app.simulator.payer import Payer

        result = await Payer(card.url or "").pay(number)
        self.say(self._texts.say("The payer's page says: {result}", result=result))
        if face is CardFace.PAID:
            await self._card(desk, face)
        else:
            await self._until(lambda: bool(_card(desk).detail))

    async def _card(self, desk: DeskApp, face: CardFace) -> PaymentCard:
        await self._until(lambda: _card(desk).face is face)
        return _card(desk)

    async def _tell_story(self, desk: DeskApp, card: PaymentCard) -> None:
        link, payment_id = desk.front.link, card.payment_id
        if link is None or payment_id is None:
            return
        for entry in await link.bridge.query(lambda: link.desk.ledger.entries(PaymentId(payment_id))):
            self.say(f"  · {self._texts.event(entry)}")

    async def _look_around(self, desk: DeskApp) -> None:
        say = self._texts.say
        for page, words in (
            ("payments", say("Payments: what happens now")),
            ("history", say("History: everything that was")),
            ("settings", say("Settings")),
        ):
            desk.pages.show(page)
            await desk.pages.settled()
            await self._picture(desk, page, words)
        desk.theme.choose("dark")
        desk.pages.show("till")
        await desk.pages.settled()
        await self._picture(desk, "dark", say("The same desk at night"))

    async def _until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not condition():  # noqa: ASYNC110 - what is waited for is what a person would see
                await asyncio.sleep(LOOK_EVERY_S)

    async def _picture(self, desk: DeskApp, name: str, words: str) -> None:
        await desk.pages.settled()
        self._taken += 1
        file = self._pictures / f"{self._taken:02d}-{name.replace(' ', '-')}.png"
        desk.window.grab().save(str(file))
        self.say(f"{self._taken}. {words}  [{file.name}]")

    def _link_words(self, card: PaymentCard) -> str:
        return self._texts.say("Payment {number}: the link is {url}", number=card.number, url=card.url)

    def say(self, line: str) -> None:
        """Print a line at once; nothing of it acts on the terminal."""
        sys.stdout.write(without_controls(line) + "\n")
        sys.stdout.flush()


def _card(desk: DeskApp) -> PaymentCard:
    card = desk.pages.presenter("till").state().card
    assert isinstance(card, PaymentCard)
    return card
