"""The real window on the real core, on two loops: another process's news, an open dialog, an operator that is gone."""

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
from app.bootstrap.launch_plans import Look, Ready, WindowPlan, demo_home, make_simulator
from app.domain.events import LinkCreated
from app.gui import run_window
from app.i18n.texts import Texts
from app.simulator.payer import Payer
from app.simulator.server import Simulator
from app.ui.desk_app import DeskApp
from app.ui.front import Question
from app.ui.pages.till.state import CardFace, PaymentCard

PATIENCE_S = 20.0


@dataclass
class Stage:
    """A window's plan on a demo operator that a test may stop."""

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

        return WindowPlan(Look(language="en"), self.home, work)

    def play(self, script: Callable[[DeskApp], Awaitable[None]]) -> None:
        """Open the window, wait until it can charge, play, close."""

        async def play(desk: DeskApp) -> None:
            await desk.ready.wait()
            await until(lambda: desk.front.shop.missing is None)
            await script(desk)

        assert run_window(self.plan(), play) == 0


@pytest.fixture
def stage(home: Path, qapp: QApplication) -> Stage:
    return Stage(home)


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - what is waited for is what a person would see
            await asyncio.sleep(0.005)


def card(desk: DeskApp) -> PaymentCard:
    shown = desk.pages.presenter("till").state().card
    assert isinstance(shown, PaymentCard)
    return shown


async def press_create(desk: DeskApp, amount: str) -> None:
    """Type a sum and press the button as soon as it can be pressed: the desk may still be ending the sale before."""
    form = desk.pages.view("till").form
    for key in amount:
        form.keypad.key(key).click()
    await until(form.create_button.isEnabled)
    form.create_button.click()


async def sell(desk: DeskApp, amount: str) -> str:
    await press_create(desk, amount)
    await until(lambda: card(desk).face is CardFace.QR)
    return card(desk).url or ""


async def sell_in_vain(desk: DeskApp, stage: Stage) -> None:
    """Stop the operator and try to sell; returns when the desk has told that no link was made."""
    assert desk.front.link is not None
    assert stage.operator is not None
    await desk.front.link.bridge.command(stage.operator.stop)
    await press_create(desk, "9")
    await until(lambda: card(desk).face is CardFace.NOTICE)


def test_another_process_shows_within_half_a_second(stage: Stage) -> None:
    lateness: list[float] = []

    async def script(desk: DeskApp) -> None:
        link = desk.front.link
        assert link is not None
        command = [sys.executable, "-m", "app", "--home", str(stage.home), "link", "--amount", "7", "--purpose", "Tea"]
        process = await asyncio.to_thread(subprocess.Popen, command, stdout=subprocess.DEVNULL, env=dict(os.environ))
        table = desk.pages.view("till").today.table
        await until(lambda: table.model().rowCount() == 1)
        await until(lambda: desk.pages.presenter("till").state().today.rows[0].status.word == "Waiting")
        seen_at = datetime.now(UTC)
        entries = await link.bridge.query(lambda: link.desk.ledger.tail(0))
        created = next(entry for entry in entries if isinstance(entry.fact, LinkCreated))
        lateness.append((seen_at - created.at).total_seconds())
        assert await asyncio.to_thread(process.wait, PATIENCE_S) == 0

    stage.play(script)
    assert lateness[0] < 0.5


def test_an_open_dialog_holds_nothing_up(stage: Stage) -> None:
    """A question stands open while the customer pays: the callback is answered and the window turns green."""
    seen: list[str] = []

    async def script(desk: DeskApp) -> None:
        url = await sell(desk, "12,50")
        asked = asyncio.ensure_future(desk.front.desktop.confirm(Question("Sure?", "Think.", "Yes", "No")))
        await until(lambda: QApplication.activeModalWidget() is not None)
        assert await Payer(url).pay("4242424242424242") == "paid"
        await until(lambda: card(desk).face is CardFace.PAID)
        dialog = QApplication.activeModalWidget()
        assert dialog is not None
        assert not asked.done(), "the question still stands"
        dialog.close()
        seen.append(f"{await asked}")

    stage.play(script)
    assert seen == ["False"]


def test_a_stopped_operator_leaves_the_window_usable(stage: Stage) -> None:
    """No operator: the sale is kept, the reason is told, and a callback that still comes is answered."""
    seen: list[str] = []

    async def script(desk: DeskApp) -> None:
        link = desk.front.link
        assert link is not None
        await sell_in_vain(desk, stage)
        seen.append(card(desk).headline)
        seen.append(desk.pages.view("till").form.amount.text())
        health = await link.bridge.query(lambda: _health(link.desk))
        seen.append(await asyncio.to_thread(_get, f"{health}/health"))
        desk.pages.show("payments")
        await until(lambda: desk.pages.view("payments").card.table.model().rowCount() == 1)

    stage.play(script)
    assert seen == ["No answer from the operator", "9", '{"ok": true}']


async def _health(desk: RunningCore) -> str:
    return desk.health().listener_address or ""


def _get(url: str) -> str:
    import httpx

    return httpx.get(url, trust_env=False).text


def test_f2_starts_a_sale_from_any_page(stage: Stage) -> None:
    pages: list[str] = []

    async def script(desk: DeskApp) -> None:
        await sell(desk, "3")
        desk.pages.show("history")
        desk.window.key_pressed.emit("new")
        pages.append(desk.window.page)
        assert card(desk).face is CardFace.EMPTY

    stage.play(script)
    assert pages == ["till"]


def test_without_callbacks_the_payment_on_screen_becomes_paid_by_asking(stage: Stage) -> None:
    """The fault `no-callback`: within twelve seconds, and the card says which way (protocol.md A4)."""
    import httpx

    seen: list[tuple[float, str]] = []

    async def script(desk: DeskApp) -> None:
        assert stage.operator is not None
        faults = stage.operator.url.removesuffix("/xpay") + "/faults"
        response = await asyncio.to_thread(httpx.post, faults, json=["no-callback"], trust_env=False)
        assert response.status_code == 200
        url = await sell(desk, "12,50")
        await desk.pages.settled()  # the baseline is asked
        assert await Payer(url).pay("4242424242424242") == "paid"
        paid_at = asyncio.get_running_loop().time()
        await until(lambda: card(desk).face is CardFace.PAID)
        seen.append((asyncio.get_running_loop().time() - paid_at, card(desk).detail))

    stage.play(script)
    [(took_s, detail)] = seen
    assert took_s <= 12
    assert detail.startswith("inquiry")


def test_a_core_that_cannot_start_is_told_in_the_window(home: Path, qapp: QApplication) -> None:
    """A damaged ledger: the window stays and says so, the file stays as it is."""
    from app.bootstrap.launch_plans import live_plan

    home.mkdir()
    ledger = home / "ledger.sqlite3"
    ledger.write_bytes(b"this is not a ledger at all" * 100)
    seen: list[str] = []

    async def script(desk: DeskApp) -> None:
        await desk.ready.wait()
        seen.append(card(desk).detail)

    plan = live_plan(str(home))
    assert run_window(plan, script) == 0
    assert len(seen) == 1
    assert seen[0].startswith("The data file is damaged; nothing was changed. Keep a copy of it")
    assert ledger.read_bytes().startswith(b"this is not a ledger")


def test_settings_that_lost_something_are_told_when_the_window_opens(home: Path) -> None:
    from app.bootstrap.launch_plans import live_plan

    home.mkdir()
    (home / "settings.toml").write_text("[ui]\nlanguage = 'uk'\nscale = 110\n", "utf-8")
    assert live_plan(str(home)).warnings == ()
    (home / "settings.toml").write_text("", "utf-8")
    plan = live_plan(str(home))
    assert (plan.warnings, plan.look.scale) == (("settings_bad",), 110)
    assert "settings.toml" in Texts("uk").warning(plan.warnings[0])
