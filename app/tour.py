"""The whole job, played without a window: link, payer, callbacks, history. Real HTTP, ledger, listener and client."""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.bootstrap import Core, Home, make_keys, make_receiving, make_simulator, open_core, open_home
from app.domain.ids import PaymentId
from app.domain.payment import PaymentStatus
from app.services.bus import Bus
from app.services.ports import PaymentFilter, PaymentView
from app.services.till import Sale

if TYPE_CHECKING:
    from app.i18n.texts import Texts
    from app.simulator.server import Simulator

PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that the tour plays on."""

    core: Core
    bus: Bus
    texts: Texts


def play(given_home: str | None, texts: Texts, *, speed: float, keep: bool) -> None:
    """Play the job on the demo operator in a home of its own. Raises PaydeskError."""
    folder = Path(given_home) if given_home else Path(tempfile.mkdtemp(prefix="paydesk-demo-"))
    try:
        asyncio.run(_play(folder, texts, speed))
    finally:
        if keep or given_home:
            _say(texts.say("The demo home is kept in {folder}", folder=folder))
        else:
            shutil.rmtree(folder, ignore_errors=True)


async def _play(folder: Path, texts: Texts, speed: float) -> None:
    _say(texts.say("Demo: the money is not real. No window here, so the whole job is played step by step."))
    operator = make_simulator(port=0, directory=folder / "operator", speed=speed)
    await operator.start()
    try:
        home = _demo_home(folder, operator, texts)
        async with _stage(home, texts) as stage:
            await _sale_that_is_paid(stage)
            await _sale_that_fails_first(stage)
            await _show_history(stage)
    finally:
        await operator.stop()


def _demo_home(folder: Path, operator: Simulator, texts: Texts) -> Home:
    home = open_home(str(folder), lambda code: None)
    settings = {
        "operator.environment": "custom",
        "operator.url": operator.url,
        "operator.public_key_file": str(folder / "operator" / "operator_public.pem"),
        "operator.token": operator.token,
        "shop.name": texts.say("Demo shop"),
    }
    for key, value in settings.items():
        home.file.set(key, value, secrets=home.secrets)
    if not home.secrets.get("private_key_pem"):
        make_keys(home)
    return open_home(str(folder), lambda code: None)


@asynccontextmanager
async def _stage(home: Home, texts: Texts) -> AsyncIterator[Stage]:
    async with open_core(home, address=("127.0.0.1", 0)) as probe:
        receiving, listener = make_receiving(probe, "127.0.0.1", 0)
        address = await receiving.start()
        try:
            _say(texts.say("Callbacks are received at {address}", address=address))
            async with open_core(home, address=("127.0.0.1", listener.port)) as core:
                bus = Bus(core.ledger)
                following = asyncio.create_task(bus.run(), name="tour bus")
                try:
                    yield Stage(core, bus, texts)
                finally:
                    bus.stop()
                    await following
        finally:
            await receiving.stop()


async def _sale_that_is_paid(stage: Stage) -> None:
    view = await _new_link(stage, Sale(12550, purpose=stage.texts.say("Coffee and a croissant")))
    await _pay(stage, view, "4242424242424242")


async def _sale_that_fails_first(stage: Stage) -> None:
    view = await _new_link(stage, Sale(25000, purpose=stage.texts.say("Two lattes"), phone="380671234567"))
    await _attempt(stage, view, "4000000000000002")
    await _pay(stage, view, "4242424242424242")


async def _new_link(stage: Stage, sale: Sale) -> PaymentView:
    requested = await stage.core.till.request_payment(sale)
    view = await stage.core.till.open_link(requested.payment.id)
    await stage.core.watch.ask(view.payment.id, baseline=True)
    number, url = view.payment.number, view.payment.link.url
    _say(stage.texts.say("Payment No. {number}: the link is {url}", number=number, url=url))
    return view


async def _pay(stage: Stage, view: PaymentView, card: str) -> None:
    """Pay, wait for the news, and tell the payment's story as the ledger has it."""
    payment_id, news = view.payment.id, asyncio.Event()
    drop = stage.bus.subscribe(lambda entry: news.set() if entry.payment_id == payment_id else None)
    try:
        await _attempt(stage, view, card)
        async with asyncio.timeout(PATIENCE_S):
            while not await _is_paid(stage, payment_id):
                await news.wait()
                news.clear()
    finally:
        drop()
    for entry in await stage.core.ledger.entries(payment_id):
        _say(f"  · {stage.texts.event(entry)}")


async def _is_paid(stage: Stage, payment_id: PaymentId) -> bool:
    view = await stage.core.ledger.payment(payment_id)
    return view is not None and view.payment.state is PaymentStatus.PAID


async def _attempt(stage: Stage, view: PaymentView, card: str) -> None:
    from app.simulator.payer import Payer

    result = await Payer(view.payment.link.url or "").pay(card)
    _say(stage.texts.say("The payer's page says: {result}", result=result))


async def _show_history(stage: Stage) -> None:
    from app.i18n.formats import money_text

    now = stage.core.clock.now()
    _say(stage.texts.say("History:"))
    for view in await stage.core.ledger.payments(PaymentFilter(now=now)):
        payment = view.payment
        status = stage.texts.status(payment.status(now), payment.late, payment.last_error)
        _say(f"  № {payment.number}  {money_text(payment.amount_minor)}  {status}  {payment.purpose or ''}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
