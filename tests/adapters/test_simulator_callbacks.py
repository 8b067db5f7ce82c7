"""The demo operator's callbacks, their repetition, and every fault as contract.md 5 specifies it."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import httpx
import pytest
from aiohttp import web
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

from app.domain.errors import OperatorRefused, OperatorUnreachable
from app.operator_api.client import HttpxOperator
from app.operator_api.keys import load_public_key
from app.operator_api.mapping import OperatorSettings
from app.services.ports.operator_gateway import LinkAnswer, LinkOrder
from app.simulator.callbacks import CallbackSender, retry_waits
from app.simulator.payer import Payer
from app.simulator.server import Simulator
from tests.builders import START
from tests.fakes.clock_and_operator import FakeClock

PAYING_LATER = "4000000000009995"
SPEED = 100_000.0
"""At this speed twenty minutes are twelve milliseconds."""


class ShopDouble:
    """Receives callbacks and accepts them, or answers with `answer`; None is a 503."""

    def __init__(self) -> None:
        self.received: asyncio.Queue[dict[str, str]] = asyncio.Queue()
        self.answer: Callable[[dict[str, str]], dict[str, str] | None] = lambda query: {"result": "10"}
        self.url = ""

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/xpay/key", self._hear)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/xpay/key"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _hear(self, request: web.Request) -> web.Response:
        query = dict(request.query)
        answer = self.answer(query)
        await self.received.put(query)
        return web.Response(status=503) if answer is None else web.json_response(answer)

    async def next(self) -> dict[str, str]:
        async with asyncio.timeout(10):
            return await self.received.get()

    def commands(self) -> list[str]:
        """Return the commands received and not yet read."""
        return [self.received.get_nowait()["command"] for _ in range(self.received.qsize())]


class SimulatorSetup:
    """A demo operator, a shop that receives its callbacks, and the client that requests links."""

    def __init__(self, operator: Simulator, shop: ShopDouble, client: HttpxOperator) -> None:
        self.operator = operator
        self.shop = shop
        self.client = client
        self._links = 0

    async def link(self, **changes: object) -> LinkAnswer:
        self._links += 1
        values: dict[str, object] = {
            "transaction_id": f"t{self._links}",
            "amount_minor": 12550,
            "currency": "UAH",
            "account": "380671234567",
            "callback_url": self.shop.url,
            "locale": "en",
            "requested_at": START,
            "terminal_id": "1",
            **changes,
        }
        return await self.client.create_link(LinkOrder(**values))  # type: ignore[arg-type]

    async def faults(self, *names: str) -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            response = await client.post(self.operator.url.replace("/xpay", "/faults"), json=list(names))
        assert response.json() == sorted(names)

    def is_signed(self, query: dict[str, str]) -> bool:
        text = "".join(query[name] for name in ("txn_id", "uuid", "txn_date", "sum"))
        try:
            signature = base64.b64decode(query.get("sign", ""), validate=True)
            load_public_key(self.operator.public_pem).verify(signature, text.encode(), PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True


async def _simulated(tmp_path: Path, merchant_pem: str, **options: bool) -> AsyncIterator[SimulatorSetup]:
    operator = Simulator(port=0, directory=tmp_path / "operator", speed=SPEED, **options)
    await operator.start()
    settings = OperatorSettings(url=operator.url, timeout_s=5.0)
    client = HttpxOperator(settings, merchant_pem, operator.token, operator.public_pem, FakeClock())
    try:
        async with ShopDouble() as shop:
            yield SimulatorSetup(operator, shop, client)
    finally:
        await client.close()
        await operator.stop()


@pytest.fixture
async def simulated(tmp_path: Path, merchant_pem: str) -> AsyncIterator[SimulatorSetup]:
    async for opened_case in _simulated(tmp_path, merchant_pem):
        yield opened_case


@pytest.fixture
async def two_step(tmp_path: Path, merchant_pem: str) -> AsyncIterator[SimulatorSetup]:
    async for opened_case in _simulated(tmp_path, merchant_pem, two_step=True):
        yield opened_case


async def shown(url: str) -> str:
    async with httpx.AsyncClient(trust_env=False) as client:
        return (await client.get(url)).text


async def test_pay_is_what_the_operator_documents(simulated: SimulatorSetup) -> None:
    made = await simulated.link()
    assert await Payer(made.url).pay() == "paid"
    query = await simulated.shop.next()
    needed = ["command", "txn_id", "uuid", "account", "sum", "pay_type", "locale", "txn_id_own", "txn_date", "sign"]
    assert list(query) == needed
    assert query["txn_id_own"] == "t1"
    assert (query["command"], query["uuid"], query["sum"], query["locale"]) == ("pay", made.uuid, "12550", "en")
    assert simulated.is_signed(query)


async def test_every_attempt_has_an_operation_of_its_own(simulated: SimulatorSetup) -> None:
    payer = Payer((await simulated.link()).url)
    results = [await payer.pay(PAYING_LATER), await payer.press("decline"), await payer.pay(PAYING_LATER)]
    assert results == ["declined", "declined", "paid"]
    received = [await simulated.shop.next() for _ in results]
    assert [query["command"] for query in received] == ["error", "error", "pay"]
    assert len({query["txn_id"] for query in received}) == 3
    assert received[0]["message"]
    assert all(map(simulated.is_signed, received))


async def test_a_card_that_pays_later_pays_after_any_decline(simulated: SimulatorSetup) -> None:
    payer = Payer((await simulated.link()).url)
    assert [await payer.press("decline"), await payer.pay(PAYING_LATER)] == ["declined", "paid"]


async def test_pressing_twice_pays_once(simulated: SimulatorSetup) -> None:
    payer = Payer((await simulated.link(pay_type="20")).url)
    assert set(await asyncio.gather(*(payer.press("gpay") for _ in range(5)))) == {"paid"}
    assert simulated.shop.commands() == ["auth", "pay"]


async def test_until_it_is_answered_a_callback_comes_again(simulated: SimulatorSetup) -> None:
    refusals = iter([None, None, None, None])
    simulated.shop.answer = lambda query: next(refusals, {"result": "10"})
    assert await Payer((await simulated.link()).url).pay() == "paid"
    received = [await simulated.shop.next() for _ in range(5)]
    assert all(query == received[0] for query in received)


async def test_the_waits_are_the_seeds_and_speed_divides_them() -> None:
    waits = retry_waits()
    assert [next(waits) for _ in range(5)] == [20.0, 20.0, 600.0, 600.0, 600.0]
    paused: list[float] = []
    enough = asyncio.Event()

    async def pause(seconds: float) -> None:
        paused.append(seconds)
        if len(paused) == 4:
            enough.set()
            await asyncio.Event().wait()

    async with ShopDouble() as shop:
        shop.answer = lambda query: None
        sender = CallbackSender(10.0, pause)
        await sender.send(shop.url, {"command": "pay"})
        async with asyncio.timeout(10):
            await enough.wait()
        await sender.close()
        assert paused == [2.0, 2.0, 60.0, 60.0]
        assert shop.commands() == ["pay"] * 4


@pytest.mark.parametrize("url", ["https://shop.example/xpay/key", "http://192.0.2.1/xpay/key", None])
async def test_nobody_off_this_machine_is_called(simulated: SimulatorSetup, url: str | None) -> None:
    made = await simulated.link(callback_url=url or "")
    assert await Payer(made.url).pay() == "paid"


async def test_check_asks_with_what_the_payer_typed(two_step: SimulatorSetup) -> None:
    made = await two_step.link()
    assert 'id="account"' in await shown(made.url)
    assert 'id="pay"' not in await shown(made.url)
    assert await Payer(made.url).pay() is None, "nobody pays before the shop was asked"
    two_step.shop.answer = lambda query: {"result": "21", "message": "<unknown> account"}
    assert await Payer(made.url).press("contact", account="+380 (67) 123-45-67") == "refused"
    query = await two_step.shop.next()
    assert list(query) == ["command", "txn_id", "uuid", "account", "sum", "pay_type", "locale"]
    assert (query["command"], query["account"]) == ("check", "380671234567")
    page = await shown(made.url)
    assert "&lt;unknown&gt; account" in page
    assert 'id="account"' in page
    two_step.shop.answer = lambda query: {"result": "10"}
    assert await Payer(made.url).press("contact", account=" Olena@example.com ") is None
    assert (await two_step.shop.next())["account"] == "Olena@example.com"
    assert await Payer(made.url).pay() == "paid"
    assert (await two_step.shop.next())["account"] == "Olena@example.com"


async def test_check_is_asked_once_and_silence_is_a_no(two_step: SimulatorSetup) -> None:
    two_step.shop.answer = lambda query: None
    made = await two_step.link()
    assert await Payer(made.url).press("contact", account="380671234567") == "refused"
    assert two_step.shop.commands() == ["check"]


@pytest.mark.parametrize("gateway", ["gpay", "applepay"])
async def test_a_wallet_is_authorised_with_the_seeds_table(simulated: SimulatorSetup, gateway: str) -> None:
    made = await simulated.link(pay_type="20")
    assert await Payer(made.url).press(gateway) == "paid"
    auth, pay = await simulated.shop.next(), await simulated.shop.next()
    table = ["command", "txn_id", "uuid", "account", "sum", "pay_type", "locale", "tavv", "pan", "exp", "gateway"]
    assert list(auth) == table
    assert (auth["command"], auth["gateway"], auth["pay_type"]) == ("auth", gateway, "20")
    assert (pay["command"], pay["uuid"]) == ("pay", auth["uuid"])
    assert not {"pan", "exp", "tavv"} & pay.keys()


async def test_an_auth_refused_is_shown_with_its_reason(simulated: SimulatorSetup) -> None:
    simulated.shop.answer = lambda query: {"result": "21", "message": "not supported"}
    made = await simulated.link(pay_type="20")
    assert await Payer(made.url).press("gpay") == "refused"
    assert "not supported" in await shown(made.url)
    assert simulated.shop.commands() == ["auth"]


async def test_an_auth_that_is_not_answered_comes_again_and_the_payer_waits(simulated: SimulatorSetup) -> None:
    silent = True
    asked = asyncio.Event()

    def answer(query: dict[str, str]) -> dict[str, str] | None:
        asked.set()
        return None if silent else {"result": "10"}

    simulated.shop.answer = answer
    made = await simulated.link(pay_type="20")
    payer = Payer(made.url)
    assert await payer.press("gpay") is None
    page = await shown(made.url)
    assert 'id="waiting"' in page
    assert 'http-equiv="refresh"' in page
    assert 'id="pay"' not in page
    assert await payer.pay() is None, "one attempt at a time"
    silent = False
    while (await simulated.shop.next())["command"] != "pay":
        pass
    assert await payer.open_page() == "paid"


@pytest.mark.parametrize(
    ("faults", "commands"),
    [
        (["duplicate"], ["pay"] * 10),
        (["reorder"], ["pay", "error"]),
        (["replay"], ["error", "pay"]),
        (["no-callback"], []),
        (["duplicate", "reorder"], ["pay"] * 10 + ["error"] * 10),
    ],
)
async def test_what_comes_and_in_which_order(simulated: SimulatorSetup, faults: list[str], commands: list[str]) -> None:
    await simulated.faults(*faults)
    assert await Payer((await simulated.link()).url).pay() == "paid"
    assert simulated.shop.commands() == commands


async def test_duplicates_are_the_very_same(simulated: SimulatorSetup) -> None:
    await simulated.faults("duplicate")
    await Payer((await simulated.link(pay_type="20")).url).press("gpay")
    received = [simulated.shop.received.get_nowait() for _ in range(20)]
    assert sum(query == received[0] for query in received) == 10
    assert sorted({query["command"] for query in received}) == ["auth", "pay"]


async def test_reordered_is_an_error_of_another_operation(simulated: SimulatorSetup) -> None:
    await simulated.faults("reorder")
    await Payer((await simulated.link()).url).pay()
    pay, error = await simulated.shop.next(), await simulated.shop.next()
    assert pay["txn_id"] != error["txn_id"]
    assert simulated.is_signed(pay)
    assert simulated.is_signed(error)


async def test_a_replay_carries_the_signature_of_the_error(simulated: SimulatorSetup) -> None:
    await simulated.faults("replay")
    await Payer((await simulated.link()).url).pay()
    error, pay = await simulated.shop.next(), await simulated.shop.next()
    assert pay == {**error, "command": "pay"}
    assert simulated.is_signed(pay)


async def test_a_late_one_comes_after_the_end_and_says_so(simulated: SimulatorSetup) -> None:
    await simulated.faults("late")
    assert await Payer((await simulated.link()).url).pay() == "paid"
    assert simulated.shop.commands() == [], "it is on its way"
    query = await simulated.shop.next()
    paid_at = datetime.strptime(query["txn_date"] + "+0200", "%Y%m%d%H%M%S%z")
    assert paid_at > datetime.now(UTC) + timedelta(minutes=15)
    assert simulated.is_signed(query)


@pytest.mark.parametrize(("amount", "reported"), [(12550, "12549"), (1, "2")])
async def test_a_wrong_sum_is_signed_all_the_same(simulated: SimulatorSetup, amount: int, reported: str) -> None:
    await simulated.faults("wrong-sum")
    await Payer((await simulated.link(amount_minor=amount)).url).pay()
    query = await simulated.shop.next()
    assert query["sum"] == reported
    assert simulated.is_signed(query)


async def test_unsigned_and_badly_signed(simulated: SimulatorSetup) -> None:
    await simulated.faults("unsigned")
    await Payer((await simulated.link()).url).pay()
    assert "sign" not in await simulated.shop.next()
    await simulated.faults("bad-sign")
    await Payer((await simulated.link()).url).pay()
    query = await simulated.shop.next()
    assert len(base64.b64decode(query["sign"])) == 256
    assert not simulated.is_signed(query)


async def test_without_callbacks_only_asking_knows(two_step: SimulatorSetup) -> None:
    await two_step.faults("no-callback")
    made = await two_step.link(pay_type="20")
    assert await Payer(made.url).press("contact", account="380671234567") == "refused"
    await two_step.faults()
    await Payer(made.url).press("contact", account="380671234567")
    await two_step.faults("no-callback")
    assert await Payer(made.url).press("gpay") == "refused"
    assert await Payer(made.url).pay() == "paid"
    assert two_step.shop.commands() == ["check"]
    assert (await two_step.client.ask_status("t1", "1")).operation_status == 10  # type: ignore[arg-type]


async def test_an_unknown_status_is_neither_yes_nor_no(simulated: SimulatorSetup) -> None:
    await simulated.faults("unknown-status")
    await Payer((await simulated.link()).url).pay()
    assert (await simulated.client.ask_status("t1", "1")).operation_status not in (10, 21)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        ("refuse", OperatorRefused),
        ("html", OperatorRefused),
        ("garbage", OperatorRefused),
        ("huge", OperatorRefused),
        ("drop", OperatorUnreachable),
    ],
)
async def test_spoiled_answers_make_no_link_until_they_are_switched_off(
    simulated: SimulatorSetup, fault: str, failure: type[Exception]
) -> None:
    await simulated.faults(fault)
    with pytest.raises(failure):
        await simulated.link()
    await simulated.faults()
    assert (await simulated.link()).url


async def test_numbers_as_texts_are_understood(simulated: SimulatorSetup) -> None:
    await simulated.faults("strings")
    made = await simulated.link()
    assert made.operation_id
    assert (await simulated.client.ask_status("t1", "1")).operation_status == 1  # type: ignore[arg-type]


async def test_a_slow_operator_is_slower_than_patience(tmp_path: Path, merchant_pem: str) -> None:
    operator = Simulator(port=0, speed=100.0, faults=["slow"])
    await operator.start()
    client = HttpxOperator(
        OperatorSettings(url=operator.url, timeout_s=0.1),
        merchant_pem,
        operator.token,
        operator.public_pem,
        FakeClock(),
    )
    try:
        with pytest.raises(OperatorUnreachable):
            await client.ask_status("t1", "1")  # type: ignore[arg-type]
    finally:
        await client.close()
        await operator.stop()


@pytest.mark.parametrize("body", ['"slow"', '{"slow": 1}', "null", "[1]", '[["slow"]]', "[", "5"])
async def test_only_a_list_of_names_switches_faults(simulated: SimulatorSetup, body: str) -> None:
    await simulated.faults("late")
    address = simulated.operator.url.replace("/xpay", "/faults")
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.post(address, content=body)).status_code == 400
        assert (await client.get(address)).json() == ["late"]
