"""The real window on the real core, on two loops: changes by another process, an open dialog, no operator."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from app.bootstrap.core_runner import RunningCore, run_core
from app.bootstrap.launch_plans import Appearance, Ready, WindowPlan, demo_home, make_simulator
from app.domain.journal.events import LinkCreated
from app.gui import run_window
from app.i18n.texts import Texts
from app.simulator.payer import Payer
from app.simulator.server import Simulator
from app.ui.context import Question
from app.ui.pages.till.state import CardFace, PaymentCard
from app.ui.window_controller import WindowController

TIMEOUT_S = 20.0


@dataclass
class DemoWindow:
    """A window's launch plan on a demo operator that a test may stop."""

    home: Path
    operator: Simulator | None = None

    def plan(self) -> WindowPlan:
        async def work(on_ready: Ready, stopping: asyncio.Event) -> None:
            folder = self.home / "operator"
            self.operator = make_simulator(port=0, directory=folder, speed=50)
            await self.operator.start()
            try:
                url, token = self.operator.url, self.operator.token
                home = demo_home(self.home, url=url, token=token, shop="Demo shop")
                await run_core(home, on_ready, stopping)
            finally:
                await self.operator.stop()

        return WindowPlan(Appearance(language="en"), self.home, work)

    def play(self, script: Callable[[WindowController], Awaitable[None]]) -> None:
        """Open the window, wait until it can charge, run the script, close."""

        async def play(controller: WindowController) -> None:
            await controller.ready.wait()
            await until(lambda: controller.context.shop.missing is None)
            await script(controller)

        assert run_window(self.plan(), play) == 0


@pytest.fixture
def demo(home: Path, qapp: QApplication) -> DemoWindow:
    return DemoWindow(home)


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(TIMEOUT_S):
        while not condition():  # noqa: ASYNC110 - what is waited for is what a person would see
            await asyncio.sleep(0.005)


def card(controller: WindowController) -> PaymentCard:
    shown = controller.pages.presenter("till").state().card
    assert isinstance(shown, PaymentCard)
    return shown


async def press_create(controller: WindowController, amount: str) -> None:
    """Type a sum and press the button once it is enabled: the previous sale may still be finishing."""
    form = controller.pages.view("till").form
    for key in amount:
        form.keypad.key(key).click()
    await until(form.create_button.isEnabled)
    form.create_button.click()


async def sell(controller: WindowController, amount: str) -> str:
    await press_create(controller, amount)
    await until(lambda: card(controller).face is CardFace.QR)
    return card(controller).url or ""


async def sell_in_vain(controller: WindowController, demo: DemoWindow) -> None:
    """Stop the operator and try to sell; returns when the window has reported that no link was made."""
    assert controller.context.core is not None
    assert demo.operator is not None
    await controller.context.core.bridge.command(demo.operator.stop)
    await press_create(controller, "9")
    await until(lambda: card(controller).face is CardFace.NOTICE)


def test_another_process_shows_within_half_a_second(demo: DemoWindow) -> None:
    lateness: list[float] = []

    async def script(controller: WindowController) -> None:
        core = controller.context.core
        assert core is not None
        command = [sys.executable, "-m", "app", "--home", str(demo.home), "link", "--amount", "7", "--purpose", "Tea"]
        process = await asyncio.to_thread(subprocess.Popen, command, stdout=subprocess.DEVNULL, env=dict(os.environ))
        table = controller.pages.view("till").today.table
        await until(lambda: table.model().rowCount() == 1)
        await until(lambda: controller.pages.presenter("till").state().today.rows[0].status.word == "Waiting")
        seen_at = datetime.now(UTC)
        entries = await core.bridge.query(lambda: core.api.ledger.tail(0))
        created = next(entry for entry in entries if isinstance(entry.fact, LinkCreated))
        lateness.append((seen_at - created.at).total_seconds())
        assert await asyncio.to_thread(process.wait, TIMEOUT_S) == 0

    demo.play(script)
    assert lateness[0] < 0.5


def test_an_open_dialog_holds_nothing_up(demo: DemoWindow) -> None:
    """A dialog is open while the customer pays: the callback is answered and the window turns green."""
    seen: list[str] = []

    async def script(controller: WindowController) -> None:
        url = await sell(controller, "12,50")
        asked = asyncio.ensure_future(controller.context.desktop.confirm(Question("Sure?", "Think.", "Yes", "No")))
        await until(lambda: QApplication.activeModalWidget() is not None)
        assert await Payer(url).pay("4242424242424242") == "paid"
        await until(lambda: card(controller).face is CardFace.PAID)
        dialog = QApplication.activeModalWidget()
        assert dialog is not None
        assert not asked.done(), "the question still stands"
        dialog.close()
        seen.append(f"{await asked}")

    demo.play(script)
    assert seen == ["False"]


def test_a_stopped_operator_leaves_the_window_usable(demo: DemoWindow) -> None:
    """No operator: the sale is stored, the reason is shown, and a callback that still comes is answered."""
    seen: list[str] = []

    async def script(controller: WindowController) -> None:
        core = controller.context.core
        assert core is not None
        await sell_in_vain(controller, demo)
        seen.append(card(controller).headline)
        seen.append(controller.pages.view("till").form.amount.text())
        health = await core.bridge.query(lambda: _health(core.api))
        seen.append(await asyncio.to_thread(_get, f"{health}/health"))
        controller.pages.show("payments")
        await until(lambda: controller.pages.view("payments").card.table.model().rowCount() == 1)

    demo.play(script)
    assert seen == ["No answer from the operator", "9", '{"ok": true}']


async def _health(controller: RunningCore) -> str:
    return controller.health().listener_address or ""


def _get(url: str) -> str:
    import httpx

    return httpx.get(url, trust_env=False).text


def test_f2_starts_a_sale_from_any_page(demo: DemoWindow) -> None:
    pages: list[str] = []

    async def script(controller: WindowController) -> None:
        await sell(controller, "3")
        controller.pages.show("history")
        controller.window.key_pressed.emit("new")
        pages.append(controller.window.page)
        assert card(controller).face is CardFace.EMPTY

    demo.play(script)
    assert pages == ["till"]


def test_without_callbacks_the_payment_on_screen_becomes_paid_by_asking(demo: DemoWindow) -> None:
    """The fault `no-callback`: within twelve seconds, and the card shows how it was confirmed (protocol.md A4)."""
    import httpx

    seen: list[tuple[float, str]] = []

    async def script(controller: WindowController) -> None:
        assert demo.operator is not None
        faults = demo.operator.url.removesuffix("/xpay") + "/faults"
        response = await asyncio.to_thread(httpx.post, faults, json=["no-callback"], trust_env=False)
        assert response.status_code == 200
        url = await sell(controller, "12,50")
        await controller.pages.wait_until_idle()  # the baseline inquiry is made
        assert await Payer(url).pay("4242424242424242") == "paid"
        paid_at = asyncio.get_running_loop().time()
        await until(lambda: card(controller).face is CardFace.PAID)
        seen.append((asyncio.get_running_loop().time() - paid_at, card(controller).detail))

    demo.play(script)
    [(took_s, detail)] = seen
    assert took_s <= 12
    assert detail.startswith("inquiry")


def test_a_core_that_cannot_start_is_reported_in_the_window(home: Path, qapp: QApplication) -> None:
    """A damaged ledger: the window stays open and reports it, the file stays unchanged."""
    from app.bootstrap.launch_plans import live_plan

    home.mkdir()
    ledger = home / "ledger.sqlite3"
    ledger.write_bytes(b"this is not a ledger at all" * 100)
    seen: list[str] = []

    async def script(controller: WindowController) -> None:
        await controller.ready.wait()
        seen.append(card(controller).detail)

    plan = live_plan(str(home))
    assert run_window(plan, script) == 0
    assert len(seen) == 1
    assert seen[0].startswith("The data file is damaged; nothing was changed. Keep a copy of it")
    assert ledger.read_bytes().startswith(b"this is not a ledger")


def test_settings_that_lost_something_are_reported_when_the_window_opens(home: Path) -> None:
    from app.bootstrap.launch_plans import live_plan

    home.mkdir()
    (home / "settings.toml").write_text("[ui]\nlanguage = 'uk'\nscale = 110\n", "utf-8")
    assert live_plan(str(home)).warnings == ()
    (home / "settings.toml").write_text("", "utf-8")
    plan = live_plan(str(home))
    assert (plan.warnings, plan.appearance.scale) == (("settings_bad",), 110)
    assert "settings.toml" in Texts("uk").warning(plan.warnings[0])
