"""A process that makes paid sales and prints latencies in ms as JSON: `python -m tests.bench.till_probe HOME`.

`enter_to_qr`: Enter pressed until the QR code is painted, less the time that the request was with the operator.
`commit_to_paid`: a callback on the disk until "Paid" is painted. Both on the demo operator.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from app.bootstrap.launch_plans import demo_plan
from app.domain.operator_codes import Operation
from app.gui import run_window
from app.operator_api.client import HttpxOperator
from app.simulator.payer import Payer
from app.ui.pages.till.state import CardFace

if TYPE_CHECKING:
    from app.ui.window_controller import WindowController

SALES, WARM = 60, 5
TIMEOUT_S = 10.0


class PaintWatch(QObject):
    """Records when an awaited widget is painted."""

    def __init__(self, widget: QObject) -> None:
        super().__init__()
        self.painted: asyncio.Future[float] | None = None
        widget.installEventFilter(self)
        self._widget = widget

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Paint and self.painted is not None and not self.painted.done():
            asyncio.get_running_loop().call_soon(self._note)  # after the paint event itself
        return False

    def _note(self) -> None:
        if self.painted is not None and not self.painted.done():
            self.painted.set_result(time.perf_counter())

    def arm(self) -> asyncio.Future[float]:
        """Return a future with the moment of the next paint."""
        self.painted = asyncio.get_running_loop().create_future()
        return self.painted


def sell_and_be_paid(home: str) -> dict[str, list[float]]:
    to_qr: list[float] = []
    to_paid: list[float] = []
    operator_ms = _time_the_operator()

    async def script(controller: WindowController) -> None:
        await controller.ready.wait()
        core = controller.context.core
        assert core is not None
        committed: list[float] = []
        core.api.ledger.on_commit(lambda: committed.append(time.perf_counter()))
        view, presenter = controller.pages.view("till"), controller.pages.presenter("till")
        qr, paid = PaintWatch(view.card.qr), PaintWatch(view.card.big)
        for number in range(SALES):
            presenter.new_payment()
            presenter.edit("amount", f"{number + 1},50")
            await asyncio.sleep(0.02)  # the cleared card is painted before the clock starts
            started, painted = time.perf_counter(), qr.arm()
            _press_enter(view.form.amount.focusProxy())
            at = await asyncio.wait_for(painted, TIMEOUT_S)
            to_qr.append((at - started) * 1000 - operator_ms[-1])
            await controller.pages.wait_until_idle()
            painted = paid.arm()
            committed.clear()
            await Payer(presenter.state().card.url).pay("4242424242424242")
            at = await asyncio.wait_for(painted, TIMEOUT_S)
            assert presenter.state().card.face is CardFace.PAID
            to_paid.append((at - max(moment for moment in committed if moment < at)) * 1000)
            await controller.pages.wait_until_idle()

    run_window(demo_plan(home, speed=1000, keep=True), script)
    return {"enter_to_qr": to_qr[WARM:], "commit_to_paid": to_paid[WARM:]}


def _press_enter(widget: QObject) -> None:
    pressed = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, pressed)


def _time_the_operator() -> list[float]:
    """Record how long each link request took: the operator's own time, which the promise excludes."""
    taken: list[float] = []
    post = HttpxOperator._post

    async def timed(self: HttpxOperator, operation_type: int, *rest: Any) -> Any:
        started = time.perf_counter()
        try:
            return await post(self, operation_type, *rest)
        finally:
            if operation_type == Operation.CREATE_LINK:
                taken.append((time.perf_counter() - started) * 1000)

    HttpxOperator._post = timed  # type: ignore[method-assign]
    return taken


if __name__ == "__main__":
    sys.stdout.write(json.dumps(sell_and_be_paid(sys.argv[1])))
