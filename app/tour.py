"""The scripted tour: real window, core and demo operator; a cashier's and a payer's actions, a screenshot per step."""

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
from app.domain.text.plain_text import without_controls
from app.gui import run_window
from app.ui.pages.till.state import CardFace, PaymentCard
from app.ui.window_controller import WindowController

if TYPE_CHECKING:
    from app.i18n.texts import Texts

TIMEOUT_S = 30.0
POLL_INTERVAL_S = 0.02
SIZE = (1366, 768)
PAYS, DECLINED = "4242424242424242", "4000000000000002"


def run_tour(plan: WindowPlan, texts: Texts, directory: Path | None, *, is_kept: bool) -> int:
    """Run the tour on a demo's plan; screenshots go to `directory`, else to a temporary folder. Raises PaydeskError.

    `is_kept`: the demo home is kept, so the last line names it.
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
        return run_window(plan, tour.run)
    except TimeoutError as failure:
        raise Defect(waited_s=TIMEOUT_S) from failure
    finally:
        tour.say(texts.say("The pictures are in {folder}", folder=pictures))
        if is_kept:
            tour.say(texts.say("The demo home is kept in {folder}", folder=plan.folder))


class Tour:
    """Runs on an open window. Every step is printed and captured as a screenshot."""

    def __init__(self, texts: Texts, pictures: Path) -> None:
        self._texts = texts
        self._pictures = pictures
        self._count = 0

    async def run(self, controller: WindowController) -> None:
        """Run all steps; a step that is not reached in time ends it with TimeoutError."""
        say = self._texts.say
        controller.window.resize(*SIZE)
        await controller.ready.wait()
        await self._screenshot(controller, "till", say("The till is open"))
        paid = await self._sell(controller, "125,50", say("Coffee and a croissant"))
        await self._screenshot(controller, "link", self._link_words(paid))
        await self._pay(controller, paid, PAYS, CardFace.PAID)
        await self._screenshot(controller, "paid", say("The window has turned green by itself"))
        await self._print_events(controller, paid)
        second = await self._sell(controller, "250", say("Two lattes"))
        await self._pay(controller, second, DECLINED, CardFace.QR)
        await self._screenshot(controller, "declined", say("A declined attempt; the link can still be paid"))
        await self._pay(controller, second, PAYS, CardFace.PAID)
        await self._screenshot(controller, "paid again", say("Paid at the second attempt"))
        await self._sell(controller, "1250", say("Cake “Kyiv”"))
        await self._show_pages(controller)

    async def _sell(self, controller: WindowController, amount: str, purpose: str) -> PaymentCard:
        """Enter a sale on the keypad and in the field, press the button, wait for the QR code."""
        form = controller.pages.view("till").form
        controller.pages.presenter("till").new_payment()
        for key in amount:
            form.keypad.key(key).click()
        form.fields["purpose"].line.setText(purpose)
        form.fields["purpose"].edited.emit(purpose)
        form.create_button.click()
        return await self._card(controller, CardFace.QR)

    async def _pay(self, controller: WindowController, card: PaymentCard, number: str, face: CardFace) -> None:
        from app.simulator.payer import Payer

        result = await Payer(card.url or "").pay(number)
        self.say(self._texts.say("The payer's page says: {result}", result=result))
        if face is CardFace.PAID:
            await self._card(controller, face)
        else:
            await self._until(lambda: bool(_card(controller).detail))

    async def _card(self, controller: WindowController, face: CardFace) -> PaymentCard:
        await self._until(lambda: _card(controller).face is face)
        return _card(controller)

    async def _print_events(self, controller: WindowController, card: PaymentCard) -> None:
        core, payment_id = controller.context.core, card.payment_id
        if core is None or payment_id is None:
            return
        for entry in await core.bridge.query(lambda: core.api.ledger.entries(PaymentId(payment_id))):
            self.say(f"  · {self._texts.event(entry)}")

    async def _show_pages(self, controller: WindowController) -> None:
        say = self._texts.say
        for page, words in (
            ("payments", say("Payments: what happens now")),
            ("history", say("History: everything that was")),
            ("settings", say("Settings")),
        ):
            controller.pages.show(page)
            await controller.pages.wait_until_idle()
            await self._screenshot(controller, page, words)
        controller.theme.choose("dark")
        controller.pages.show("till")
        await controller.pages.wait_until_idle()
        await self._screenshot(controller, "dark", say("The same desk at night"))

    async def _until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(TIMEOUT_S):
            while not condition():  # noqa: ASYNC110 - the condition is what a person would see
                await asyncio.sleep(POLL_INTERVAL_S)

    async def _screenshot(self, controller: WindowController, name: str, words: str) -> None:
        await controller.pages.wait_until_idle()
        self._count += 1
        file = self._pictures / f"{self._count:02d}-{name.replace(' ', '-')}.png"
        controller.window.grab().save(str(file))
        self.say(f"{self._count}. {words}  [{file.name}]")

    def _link_words(self, card: PaymentCard) -> str:
        return self._texts.say("Payment {number}: the link is {url}", number=card.number, url=card.url)

    def say(self, line: str) -> None:
        """Print a line at once, without terminal control characters."""
        sys.stdout.write(without_controls(line) + "\n")
        sys.stdout.flush()


def _card(controller: WindowController) -> PaymentCard:
    card = controller.pages.presenter("till").state().card
    assert isinstance(card, PaymentCard)
    return card
