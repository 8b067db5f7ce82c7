"""The demo operator alone: its page is safe and bilingual, its answers are those of protocol.md A7."""

from __future__ import annotations

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest

from app.domain.ids import TransactionId
from app.operator_api.client import HttpxOperator
from app.operator_api.keys import load_private_key, make_private_key_pem, public_pem
from app.operator_api.mapping import OperatorSettings
from app.services.ports.operator_gateway import LinkOrder, RefundOrder
from app.simulator.orders import Order
from app.simulator.pages import page
from app.simulator.payer import DECLINED_CARD, Payer
from app.simulator.server import Simulator
from tests.builders import START
from tests.fakes.clock_and_operator import FakeClock
from tests.hostile import acting, hostile

YEAR = timedelta(days=36_500)


@pytest.fixture
async def simulator(tmp_path: Path, merchant_pem: str) -> AsyncIterator[Simulator]:
    public = public_pem(load_private_key(merchant_pem))
    played = Simulator(port=0, directory=tmp_path / "operator", speed=1000, merchant_public_pem=public)
    await played.start()
    try:
        yield played
    finally:
        await played.stop()


@pytest.fixture
async def operator(simulator: Simulator, merchant_pem: str) -> AsyncIterator[HttpxOperator]:
    settings = OperatorSettings(url=simulator.url)
    client = HttpxOperator(settings, merchant_pem, simulator.token, simulator.public_pem, FakeClock())
    try:
        yield client
    finally:
        await client.close()


def order(name: str = "t1", **changes: object) -> LinkOrder:
    values: dict[str, object] = {
        "transaction_id": name,
        "amount_minor": 125000,
        "currency": "UAH",
        "account": "1",
        "callback_url": "http://127.0.0.1:1/xpay/key",
        "locale": "uk",
        "requested_at": START,
        "terminal_id": "1",
        **changes,
    }
    return LinkOrder(**values)  # type: ignore[arg-type]


async def page_of(url: str) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.get(url)


async def test_status_follows_the_attempts(simulator: Simulator, operator: HttpxOperator) -> None:
    made = await operator.create_link(order())
    assert (await operator.ask_status("t1", "1")).operation_status == 1  # type: ignore[arg-type]
    assert await Payer(made.url).pay(DECLINED_CARD) == "declined"
    assert (await operator.ask_status("t1", "1")).operation_status == 21  # type: ignore[arg-type]
    assert await Payer(made.url).pay("4000 0000 0000 9995") == "paid"
    assert (await operator.ask_status("t1", "1")).operation_status == 10  # type: ignore[arg-type]


async def test_the_page_speaks_the_links_language_and_escapes(simulator: Simulator, operator: HttpxOperator) -> None:
    hostile = "<script>alert('x')</script>"
    uk = await page_of((await operator.create_link(order(purpose=hostile))).url)
    en = await page_of((await operator.create_link(order("t2", locale="en"))).url)
    assert hostile not in uk.text
    assert "&lt;script&gt;" in uk.text
    assert "1\u00a0250,00\u00a0₴" in uk.text
    assert 'lang="uk"' in uk.text
    assert 'lang="en"' in en.text
    assert "default-src 'none'" in en.headers["content-security-policy"]
    assert 'id="gpay"' not in en.text


async def test_wallets_are_offered_for_pay_type_twenty(simulator: Simulator, operator: HttpxOperator) -> None:
    shown = await page_of((await operator.create_link(order(pay_type="20"))).url)
    assert 'id="gpay"' in shown.text
    assert 'id="applepay"' in shown.text


async def test_a_foreign_key_or_token_is_refused(simulator: Simulator) -> None:
    settings = OperatorSettings(url=simulator.url)
    for pem, token in ((make_private_key_pem(), simulator.token), (make_private_key_pem(), "other")):
        client = HttpxOperator(settings, pem, token, simulator.public_pem, FakeClock())
        with pytest.raises(Exception, match="operator_refused"):
            await client.create_link(order())
        await client.close()


async def test_faults_switch_while_it_runs_and_unknown_names_are_refused(simulator: Simulator) -> None:
    address = simulator.url.replace("/xpay", "/faults")
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.post(address, json=["slow", "late"])).json() == ["late", "slow"]
        assert (await client.post(address, json=["nonsense"])).status_code == 400
        assert (await client.get(address)).json() == ["late", "slow"]
        assert (await client.post(address, json=[])).json() == []


async def test_its_key_and_token_survive_a_restart(tmp_path: Path) -> None:
    first = Simulator(port=0, directory=tmp_path / "d")
    second = Simulator(port=0, directory=tmp_path / "d")
    assert (first.token, first.public_pem) == (second.token, second.public_pem)
    assert (tmp_path / "d" / "token").read_text() == first.token
    assert (tmp_path / "d" / "operator_public.pem").read_text() == first.public_pem


@pytest.mark.parametrize("field", ["Purpose", "Order"])
@pytest.mark.parametrize("locale", ["uk", "en", "<b>"])
def test_the_page_shows_what_others_wrote_as_plain_text(field: str, locale: str) -> None:
    """In every state: no tag, attribute or text direction comes from the texts of the shop or the operator."""
    foreign = hostile(Path("/picture.png")) + "\" onload='x' >"
    made = Order(1, "u", "t1", {"PaymentSum": 100, field: foreign}, locale, START + timedelta(minutes=15))
    plain = Order(1, "u", "t1", {"PaymentSum": 100}, locale, START + timedelta(minutes=15))
    for changes in ({}, {"error": "refused", "refused": foreign}, {"status": 10}, {"waiting": True}, {"declines": 1}):
        for name, value in changes.items():
            setattr(made, name, value)
            setattr(plain, name, value if name != "refused" else "no")
        for two_step in (False, True):
            rendered, usual = page(made, START, two_step=two_step), page(plain, START, two_step=two_step)
            assert _tags(rendered) == _tags(usual)
            assert "&lt;b&gt;PAID&lt;/b&gt;" in rendered
            assert set(acting(rendered)) == {"\n"} == set(acting(usual))


class _Tags(HTMLParser):
    """Collects every tag of a page with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[object] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, attrs))


def _tags(text: str) -> list[object]:
    parser = _Tags()
    parser.feed(text)
    return parser.found


def test_of_many_in_one_folder_all_have_the_same_key_and_token(tmp_path: Path) -> None:
    (tmp_path / "token").write_bytes(b"")  # left by a killed start
    with ThreadPoolExecutor(6) as pool:
        played = list(pool.map(lambda _: Simulator(port=0, directory=tmp_path), range(6)))
    assert {one.token for one in played} == {(tmp_path / "token").read_text()}
    assert len(played[0].token) == 32
    assert {one.public_pem for one in played} == {(tmp_path / "operator_public.pem").read_text()}


async def test_orders_pays_and_refunds_live_on_after_a_restart(tmp_path: Path, merchant_pem: str) -> None:
    folder = tmp_path / "operator"
    first = Simulator(port=0, directory=folder, speed=1000)
    url = await first.start()
    client = HttpxOperator(OperatorSettings(url=url), merchant_pem, first.token, first.public_pem, FakeClock())
    try:
        paid = await client.create_link(order("paid", purpose="Coffee"))
        opened = await client.create_link(order("open"))
        await Payer(paid.url).pay()
        (line,) = (await client.statement(START - YEAR, START + YEAR)).lines
        asked = RefundOrder(TransactionId("r-1"), str(line.txn_id), 100, START, "1")
        await client.refund(asked)
        await first.stop()
        with (folder / "orders.jsonl").open("a") as kept:
            kept.write('{"kind": "order", "uui')  # an end that was no orderly one
        second = Simulator(port=int(url.split(":")[2].partition("/")[0]), directory=folder, speed=1000)
        assert await second.start() == url
        try:
            assert await Payer(paid.url).open_page() == "paid"
            assert await Payer(opened.url).pay(DECLINED_CARD) == "declined"
            assert await Payer(opened.url).pay() == "paid"
            assert (await client.ask_status(TransactionId("r-1"), "1")).operation_status in (1, 10)
            assert (await client.ask_status(TransactionId("paid"), "1")).operation_status == 10
            assert len((await client.statement(START - YEAR, START + YEAR)).lines) >= 2
            fresh = await client.create_link(order("fresh"))
            assert fresh.operation_id not in (paid.operation_id, opened.operation_id)
        finally:
            await second.stop()
    finally:
        await client.close()
