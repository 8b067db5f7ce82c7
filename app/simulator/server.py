"""The demo operator's HTTP server: the API, the payer's pages, the fault switches. Loopback only."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from app.domain.errors import PortTaken
from app.operator_api.keys import load_private_key, load_public_key, make_private_key_pem, public_pem
from app.settings.home.atomic import write_private, write_public
from app.settings.home.locks import FileLock
from app.simulator.api import Api
from app.simulator.attempts import Attempts
from app.simulator.callbacks import CallbackSender
from app.simulator.faults import FaultSwitches
from app.simulator.order_callbacks import OrderCallbacks
from app.simulator.order_file import OrderFile
from app.simulator.orders import Order, OrderStore
from app.simulator.pages import outcome_of, page, unknown_page
from app.simulator.wallet import DemoWallet

MAX_BODY = 1 << 20
HOST = "127.0.0.1"
SECURITY_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}


def _now() -> datetime:
    return datetime.now(UTC)


class Simulator:
    """One demo operator. With a directory its key, token and orders survive a restart; `public_pem` is its key's."""

    def __init__(
        self,
        *,
        port: int,
        directory: Path | None = None,
        speed: float = 1.0,
        merchant_public_pem: str | None = None,
        operator_private_pem: str | None = None,
        faults: Iterable[str] = (),
        two_step: bool = False,
        now: Callable[[], datetime] = _now,
    ) -> None:
        private_pem = operator_private_pem or _stored_text(directory, "operator_private.pem", make_private_key_pem)
        private_key = load_private_key(private_pem)
        self.public_pem = public_pem(private_key)
        self.token = _stored_text(directory, "token", lambda: secrets.token_hex(16))
        if directory is not None:
            write_public(directory / "operator_public.pem", self.public_pem.encode("ascii"))
        self._port = port
        self._speed = speed
        self._two_step = two_step
        self._now = now
        self._kept = OrderFile(None if directory is None else directory / "orders.jsonl")
        self._orders = OrderStore(self._kept.note)
        self._kept_refunds = self._kept.restore(self._orders)
        self._faults = FaultSwitches(faults)
        merchant_key = load_public_key(merchant_public_pem) if merchant_public_pem else None
        self._api = Api(self._orders, self._faults, self.token, (private_key, merchant_key), speed)
        self._private_key = private_key
        self._sender: CallbackSender | None = None
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """The value for `operator.url`."""
        return f"http://{HOST}:{self._port}/xpay"

    async def start(self) -> str:
        """Bind and accept; returns the API's address. Raises PortTaken."""
        self._sender = CallbackSender(self._speed)
        self._attempts = Attempts(self._orders, self._sender, self._private_key, self._faults, self._now)
        callbacks = OrderCallbacks(self._sender, self._faults)
        self._api.wallet = DemoWallet(
            self._orders, callbacks, self._private_key, self._speed, self._now, self._kept_refunds, self._kept.note
        )
        self._runner = web.AppRunner(self._routes(), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, HOST, self._port).start()
        except OSError as failure:
            await self.stop()
            raise PortTaken(host=HOST, port=self._port) from failure
        self._port = self._runner.addresses[0][1]
        self._api.page_base = f"http://{HOST}:{self._port}"
        return self.url

    async def stop(self) -> None:
        """Stop accepting and sending at once."""
        if self._api.wallet is not None:
            await self._api.wallet.close()
        if self._sender is not None:
            await self._sender.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def _routes(self) -> web.Application:
        app = web.Application(client_max_size=MAX_BODY)
        app.router.add_post("/xpay", self._serve_api)
        app.router.add_get("/{locale}/frame/widget/{uuid}", self._show, allow_head=False)
        app.router.add_post("/{locale}/frame/widget/{uuid}", self._act)
        app.router.add_get("/faults", self._list_faults, allow_head=False)
        app.router.add_post("/faults", self._set_faults)
        app.router.add_get("/health", self._health, allow_head=False)
        return app

    async def _serve_api(self, request: web.Request) -> web.StreamResponse:
        return await self._api.handle(request, self._now())

    async def _health(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"ok": True})

    async def _list_faults(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(self._faults.names())

    async def _set_faults(self, request: web.Request) -> web.StreamResponse:
        try:
            self._faults.replace(json.loads(await request.text()))
        except (ValueError, TypeError):
            return web.json_response({"error": "a JSON list of fault names is wanted"}, status=400)
        return web.json_response(self._faults.names())

    async def _show(self, request: web.Request) -> web.StreamResponse:
        order = self._orders.by_uuid.get(request.match_info["uuid"])
        if order is None:
            return _html(unknown_page(), 404)
        return _html(page(order, self._now(), two_step=self._two_step))

    async def _act(self, request: web.Request) -> web.StreamResponse:
        order = self._orders.by_uuid.get(request.match_info["uuid"])
        if order is None:
            return _html(unknown_page(), 404)
        form = await request.post()
        async with order.busy:
            if not order.waiting and outcome_of(order, self._now()) not in ("paid", "expired"):
                await self._press(order, str(form.get("action", "")), form)
                back = order.return_url("PaySuccess") if outcome_of(order, self._now()) == "paid" else None
                if back:
                    return web.Response(status=303, headers={**SECURITY_HEADERS, "Location": back})
        return _html(page(order, self._now(), two_step=self._two_step))

    async def _press(self, order: Order, action: str, form: Mapping[str, object]) -> None:
        may_pay = order.checked or not self._two_step
        if action == "contact" and self._two_step:
            await self._attempts.check(order, str(form.get("account", "")))
        elif action == "pay" and may_pay:
            await self._attempts.pay(order, str(form.get("card", "")))
        elif action in ("gpay", "applepay") and order.pays_by_wallet and may_pay:
            await self._attempts.wallet(order, action)
        elif action == "decline":
            await self._attempts.decline(order)


def _html(text: str, status: int = 200) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/html", headers=SECURITY_HEADERS)


def _stored_text(directory: Path | None, name: str, make: Callable[[], str]) -> str:
    """Return the text stored in a 0600 file of the directory, created once by one process only.

    A killed start may have left an empty file. Raises StorageError leaves.
    """
    if directory is None:
        return make()
    directory.mkdir(parents=True, exist_ok=True)
    file = directory / name
    with FileLock(directory / "operator.lock"):
        text = file.read_text(encoding="ascii").strip() if file.exists() else ""
        if not text:
            text = make()
            write_private(file, text.encode("ascii"))
    return text
