"""Failures while the window is open: a stuck core, a failed bus, late answers, settings saved at a bad moment."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QPushButton

from app.bootstrap.core import open_core
from app.bootstrap.home import open_home
from app.bootstrap.launch_plans import Appearance, Ready, WindowPlan, demo_plan, live_plan
from app.bootstrap.setup import change_setting, make_keys
from app.domain.errors import NotConfigured, OperatorUnreachable
from app.domain.ids import PaymentId
from app.domain.money import pasted_raw
from app.domain.payment import PaymentStatus
from app.gui import run_window
from app.services.ports.ledger import PaymentFilter, PaymentHistory
from app.services.ports.operator_gateway import LinkAnswer
from app.simulator.payer import Payer
from app.ui.pages.till.presenter import TillPresenter
from app.ui.pages.till.state import CardFace
from app.ui.window_controller import WindowController
from tests.builders import START
from tests.fakes.clock_and_operator import ScriptedOperator
from tests.fakes.context import make_context
from tests.fakes.ledger import FakeLedger
from tests.wiring.test_window import DemoWindow, card, sell, sell_in_vain, until

GOOD = "4242424242424242"
SOON_S = 5.0


@pytest.fixture
def demo(home: Path, qapp: QApplication) -> DemoWindow:
    return DemoWindow(home)


async def soon(condition: Callable[[], object]) -> bool:
    """Return whether the condition came true within a few seconds."""
    try:
        async with asyncio.timeout(SOON_S):
            await until(condition)
    except TimeoutError:
        return False
    return True


# A core that hangs, ends or crashes


def test_the_window_closes_though_the_core_hangs(demo: DemoWindow) -> None:
    """The count of open links is optional: without an answer the window must close all the same."""
    closed: list[bool] = []

    async def script(controller: WindowController) -> None:
        core, go_on, hangs = controller.context.core, threading.Event(), threading.Event()
        assert core is not None

        async def hang() -> None:
            hangs.set()
            go_on.wait(30)

        hanging = asyncio.ensure_future(core.bridge.query(hang))
        await until(hangs.is_set)
        try:
            controller.window.close()
            await soon(lambda: controller.stopping.is_set() or QApplication.activeModalWidget())
        finally:
            closed.append(controller.stopping.is_set() or QApplication.activeModalWidget() is not None)
            go_on.set()
            await hanging

    demo.play(script)
    assert closed == [True]


STUBBORN = """
import asyncio
import sys
from pathlib import Path
from app.bootstrap.launch_plans import Appearance, WindowPlan
from app.gui import run_window

async def work(on_ready, stopping):
    while True:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            pass

async def script(controller):
    pass

sys.exit(run_window(WindowPlan(Appearance(), Path(), work), script))
"""


def test_a_core_that_does_not_stop_does_not_keep_the_process(qapp: QApplication) -> None:
    """The window is closed by then: an invisible process would hold the home and its port for ever."""
    done = subprocess.Popen([sys.executable, "-c", STUBBORN], env=dict(os.environ), stdout=subprocess.PIPE, text=True)
    try:
        done.communicate(timeout=25)
    finally:
        done.kill()
        done.wait()
    assert done.returncode not in (0, -9), "it ends by itself, and says that it had to"


def test_a_core_that_ends_by_itself_is_reported(home: Path, qapp: QApplication) -> None:
    results: list[bool] = []

    async def work(on_ready: Ready, stopping: asyncio.Event) -> None:
        return

    async def script(controller: WindowController) -> None:
        results.append(await soon(lambda: controller.context.core_problem))

    run_window(WindowPlan(Appearance(language="en"), home, work), script)
    assert results == [True]


def test_news_that_cannot_be_read_are_reported(demo: DemoWindow) -> None:
    """A fact of an unknown kind must not stop the window's updates while money comes in."""
    seen: list[bool] = []

    async def script(controller: WindowController) -> None:
        await sell(controller, "7")
        controller.pages.presenter("till").new_payment()
        url = await sell(controller, "8")
        await asyncio.to_thread(_add_unknown_fact, demo.home / "ledger.sqlite3")
        assert await Payer(url).pay(GOOD) == "paid"
        seen.append(await soon(lambda: card(controller).face is CardFace.PAID or controller.context.core_problem))

    demo.play(script)
    assert seen == [True]


def _add_unknown_fact(ledger: Path) -> None:
    """Copy the first payment's first fact with an unknown kind."""
    with contextlib.closing(sqlite3.connect(ledger)) as connection, connection:
        connection.row_factory = sqlite3.Row
        row = dict(connection.execute("SELECT * FROM event ORDER BY seq LIMIT 1").fetchone())
        del row["seq"]
        row |= {"type": "of_tomorrow", "dedupe_key": "of_tomorrow"}
        marks = ", ".join("?" * len(row))
        connection.execute(f"INSERT INTO event ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))


@pytest.mark.qt_no_exception_capture
def test_a_mistake_in_a_slot_is_logged_and_told(demo: DemoWindow, caplog: pytest.LogCaptureFixture) -> None:
    """On a shop's PC the standard error is not visible."""
    results: list[int] = []

    async def script(controller: WindowController) -> None:
        controller.window.key_pressed.emit("page 99")
        await asyncio.sleep(0)
        results.append(len(controller.window._toasts._toasts))

    demo.play(script)
    assert any(record.exc_info and record.exc_info[0] is IndexError for record in caplog.records)
    assert results == [1]


async def test_a_key_that_cannot_be_used_stops_requests_and_nothing_else(home: Path) -> None:
    opened = open_home(str(home), lambda code: None)
    opened.secrets.put("private_key_pem", "what is no key")
    opened.secrets.put("operator_token", "t")
    broken = open_home(str(home), lambda code: None)
    async with open_core(broken) as core:
        assert await core.ledger.payments(PaymentFilter(now=START)) == []
        with pytest.raises(NotConfigured):
            await core.operator.test_connection()
    assert "ledger-writer" not in {thread.name for thread in threading.enumerate()}


# Settings


def test_the_window_works_again_when_keys_and_token_can_be_read(
    home: Path, qapp: QApplication, tmp_path: Path, unused_tcp_port: int
) -> None:
    """As after somebody unlocked the system's keyring; nobody touches the window."""
    opened = open_home(str(home), lambda code: None)
    make_keys(opened)
    for key, value in {
        "operator.token": "t",
        "operator.environment": "test",
        "callbacks.port": str(unused_tcp_port),
    }.items():
        change_setting(opened, key, value)
    away = tmp_path / "key of the vault"
    opened.paths.secrets_file.rename(away)
    seen: list[str | None] = []

    async def script(controller: WindowController) -> None:
        await until(lambda: controller.context.core)
        seen.append(controller.context.shop.missing)
        away.rename(opened.paths.secrets_file)
        async with asyncio.timeout(20):
            await until(lambda: controller.context.shop.missing is None)
        controller.pages.view("till").form.keypad.key("9").click()
        seen.append(str(controller.pages.presenter("till").state().can_create))
        controller.stopping.set()

    run_window(live_plan(str(home)), script)
    assert seen == ["secrets", "True"]


def test_settings_saved_during_a_sale_do_not_cut_it_off(demo: DemoWindow) -> None:
    seen: list[str] = []

    async def script(controller: WindowController) -> None:
        core = controller.context.core
        assert core is not None
        assert demo.operator is not None
        await asyncio.to_thread(_make_slow, demo.operator.url)
        form = controller.pages.view("till").form
        form.keypad.key("9").click()
        form.create_button.click()
        operator = demo.operator
        await until(lambda: operator._orders.by_uuid)  # it has the order and answers slowly
        await core.bridge.command(lambda: core.api.preferences.change({"shop.name": "Renamed"}))
        await until(lambda: card(controller).face is not CardFace.BUSY)
        seen.append(card(controller).face)

    demo.play(script)
    assert seen == [CardFace.QR]


def _make_slow(url: str) -> None:
    import httpx

    base = httpx.URL(url).copy_with(path="/faults")
    assert httpx.post(base, json=["slow"], trust_env=False).json() == ["slow"]


def test_two_changes_in_a_row_both_take_effect(demo: DemoWindow) -> None:
    seen: list[str] = []

    async def script(controller: WindowController) -> None:
        core = controller.context.core
        assert core is not None
        await core.bridge.command(lambda: core.api.preferences.change({"ui.language": "uk", "ui.theme": "light"}))
        controller.settings_changed(frozenset({"ui.language"}))
        controller.settings_changed(frozenset({"ui.theme"}))
        await soon(lambda: controller.context.texts.say("Till") == "Каса")
        seen.append(controller.window.frame._rail.item("till").text())
        seen.append(controller.pages.view("till").form.create_button.text())
        seen.append(controller.theme.tokens.name)

    demo.play(script)
    assert seen == ["Каса", "Створити посилання", "light"]


def test_equal_presets_do_not_pile_up(demo: DemoWindow) -> None:
    counts: list[int] = []

    async def script(controller: WindowController) -> None:
        core = controller.context.core
        assert core is not None
        await core.bridge.command(lambda: core.api.preferences.change({"till.presets": "5000,5000,9000"}))
        controller.settings_changed(frozenset({"till.presets"}))
        await until(lambda: len(controller.context.shop.presets) == 3)
        await controller.pages.wait_until_idle()
        form = controller.pages.view("till").form
        for _ in range(3):
            form.keypad.key("1").click()
            await controller.pages.wait_until_idle()
            counts.append(len(form.findChildren(QPushButton)))

    demo.play(script)
    assert len(set(counts)) == 1


def test_a_throwaway_demo_works_beside_a_program_on_its_port(qapp: QApplication) -> None:
    """A live process holds the usual port; the demo's callbacks would reach *it*."""
    green: list[bool] = []

    async def script(controller: WindowController) -> None:
        await controller.ready.wait()
        await until(lambda: controller.context.shop.missing is None)
        paying = asyncio.ensure_future(Payer(await sell(controller, "3")).pay(GOOD))
        green.append(await soon(lambda: card(controller).face is CardFace.PAID))
        paying.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await paying

    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):  # another process has it already, which serves as well
            other.bind(("127.0.0.1", 8733))
            other.listen()
        assert run_window(demo_plan(None, speed=50, keep=False), script) == 0
    assert green == [True]


def test_an_operator_that_is_gone_is_reported_at_the_rail(demo: DemoWindow) -> None:
    tones: list[str] = []

    async def script(controller: WindowController) -> None:
        await sell_in_vain(controller, demo)
        controller._shell.load()
        await controller._shell.wait_until_idle()
        tones.append(controller._shell.state().operator.tone)

    demo.play(script)
    assert tones == ["attention"]


def test_a_ledger_that_cannot_be_read_is_not_called_an_empty_day() -> None:
    till = Till()
    till.context.core, till.context.core_problem = None, "The data file is damaged."
    assert till.presenter.state().today.problem is not None, "the card beside the list says why"


# The till with late answers; no window needed


class LateLedger(FakeLedger):
    """`delay` holds back the result of the next read of a payment; the result is that of before."""

    def __init__(self) -> None:
        super().__init__()
        self._late: asyncio.Event | None = None

    def delay(self) -> asyncio.Event:
        """Return the event that releases the result."""
        self._late = asyncio.Event()
        return self._late

    async def payment_history(self, payment_id: PaymentId) -> PaymentHistory | None:
        late, self._late = self._late, None
        view = await super().payment_history(payment_id)
        if late is not None:
            await late.wait()
        return view


class Till:
    def __init__(self) -> None:
        self.operator = ScriptedOperator()
        self.ledger = LateLedger()
        self.context = make_context(self.ledger, self.operator)
        self.presenter = TillPresenter(self.context, lambda state: None, lambda: None)

    async def sell(self, amount: str, url: str) -> PaymentId:
        self.operator.links.append(LinkAnswer(url, url, "1"))
        self.operator.statuses.append(1)
        self.presenter.edit("amount", amount)
        self.presenter.create()
        await self.presenter.wait_until_idle()
        payment_id = self.presenter.state().card.payment_id
        assert payment_id is not None
        return payment_id


async def test_a_payment_brought_back_while_it_is_paid_turns_green() -> None:
    """The notification comes between the read and its arrival, and is not repeated."""
    till = Till()
    payment_id = await till.sell("50", "https://pay/1")
    till.presenter.new_payment()
    answer = till.ledger.delay()
    till.presenter.select(payment_id)
    await asyncio.sleep(0)  # read: still open
    till.operator.statuses.append(10)
    core = till.context.core
    assert core is not None
    paid = await core.api.status_inquiry.ask(payment_id)
    assert paid.payment.state is PaymentStatus.PAID
    till.presenter.on_changed(frozenset({payment_id}))
    answer.set()
    await till.presenter.wait_until_idle()
    assert till.presenter.state().card.face is CardFace.PAID


async def test_an_old_payment_never_takes_the_place_of_the_sale_just_made() -> None:
    """The cashier opens an old payment, types the next sale and presses Enter: the code shown must be *its* code."""
    till = Till()
    old = await till.sell("50", "https://pay/old")
    till.presenter.new_payment()
    answer = till.ledger.delay()
    till.presenter.select(old)
    await asyncio.sleep(0)
    till.operator.links.append(LinkAnswer("https://pay/new", "new", "2"))
    till.operator.statuses.append(1)
    till.presenter.edit("amount", "999")
    till.presenter.create()
    async with asyncio.timeout(SOON_S):
        while till.presenter.state().card.url != "https://pay/new":  # noqa: ASYNC110 - what the cashier sees
            await asyncio.sleep(0)
    answer.set()
    await till.presenter.wait_until_idle()
    assert till.presenter.state().card.url == "https://pay/new"


async def test_enter_after_no_answer_tries_the_same_sale_again() -> None:
    """Two payments for one sale would both become links: the poller finishes the first by itself."""
    till = Till()
    till.operator.links.append(OperatorUnreachable(reason="silent"))
    till.presenter.edit("amount", "50")
    till.presenter.create()
    await till.presenter.wait_until_idle()
    await till.sell("50", "https://pay/1")
    assert len(await till.ledger.unfinished(till.context.now())) == 1


@pytest.mark.parametrize("pasted", ["12\t50", "12 50", "100\n200", "1 2 3"])
def test_two_numbers_pasted_are_not_one_sum(pasted: str) -> None:
    assert pasted_raw(pasted) is None


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"[operator]\nurl = 'https://papi.xpaydirect.com./xpay'\n", "operator.url"),
        (b"[shop]\ntimezone = 'Europe/Nowhere'\n", "shop.timezone"),
        (b"[till]\nttl_minutes = " + b"9" * 5000 + b"\n", "settings.toml"),
    ],
)
def test_a_window_with_a_bad_setting_opens_names_it_and_recovers(
    home: Path, qapp: QApplication, content: bytes, key: str, unused_tcp_port: int
) -> None:
    home.mkdir()
    (home / "settings.toml").write_bytes(b"[callbacks]\nport = %d\n" % unused_tcp_port + content)
    told: list[str] = []

    async def script(controller: WindowController) -> None:
        await controller.ready.wait()
        controller.set_language("en")
        for page in ("history", "payments", "settings"):
            controller.pages.show(page)
            await controller.pages.wait_until_idle()
        assert controller.context.core_problem is None
        settings = controller.pages.presenter("settings")
        assert await soon(lambda: settings.state().section is not None)
        shell = controller._shell
        assert await soon(lambda: shell.state().problem)
        told.append(shell.state().problem)
        (home / "settings.toml").write_bytes(b"[callbacks]\nport = %d\n" % unused_tcp_port)
        await until(lambda: not shell.state().problem)

    assert run_window(live_plan(str(home)), script) == 0
    assert len(told) == 1
    assert key in told[0]
