"""The only HTTP client of the operator's API: OperatorGateway over httpx. Maps HTTP errors to domain errors.

Every failure after a request has begun is an OperatorError, expected or not (protocol.md A6b). Of requests and
answers only the operation type, the HTTP status, the duration, and the type and location of an error are logged.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from app.domain.errors import NotConfigured, OperatorError, OperatorRefused, OperatorUnreachable, SettingBad
from app.domain.ids import TransactionId
from app.domain.operator_codes import Operation
from app.domain.web_addresses import read_web_address
from app.operator_api.envelope import seal
from app.operator_api.keys import load_private_key, load_public_key
from app.operator_api.mapping import (
    OperatorSettings,
    link_answer,
    link_data,
    status_answer,
    status_data,
)
from app.operator_api.refunds import refund_answer, refund_data
from app.operator_api.wallet import accepted, balance_data, balance_minor, read_statement, statement_data
from app.operator_api.wire import Answer, bad_answer, instant, read_answer
from app.services.ports.clock import Clock
from app.services.ports.operator_gateway import (
    ConnectionReport,
    LinkAnswer,
    LinkOrder,
    RefundAnswer,
    RefundOrder,
    StatusAnswer,
)
from app.services.ports.statement_store import Statement

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")
MAX_BODY: Final = 1024 * 1024
MAX_STATEMENT: Final = 32 * MAX_BODY
_HEADERS: Final = {
    "Content-Type": "application/json; charset=utf-8",
    "Accept": "application/json",
    "Accept-Encoding": "identity",  # the body is read raw, so that its limit bounds memory
    "User-Agent": "Paydesk",
}
_NO_ACCESS: Final = frozenset({"400", "401", "403"})
"""Codes of the answer, or of HTTP, that refuse this desk itself: its token, its signature or its packet."""
_LONGEST_DATE: Final = 64
_UNREACHABLE: Final = {"refused": "connection_refused", "name": "name_unknown"}
"""Reasons of `failures` renamed here, where `refused` means a refusal by the operator."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Reply:
    """An HTTP answer. `body` is None when it exceeds the size limit."""

    status: int
    body: bytes | None
    date: datetime | None


class HttpxOperator:
    """The operator's API. `last_answer_at`, `last_latency_ms`: of the last answer of any kind; None before it."""

    def __init__(
        self,
        settings: OperatorSettings,
        merchant_key_pem: str | None,
        token: str | None,
        operator_key_pem: str | None,
        clock: Clock,
    ) -> None:
        """Raise SettingBad for an address that cannot be sent to, or is neither https nor loopback; BadKey."""
        address = read_web_address(settings.url)
        if address is None or not address.is_sendable:
            raise SettingBad(key="operator.url", reason="not_url")
        if not address.is_trustworthy:
            raise SettingBad(key="operator.url", reason="not_https")
        self._settings = settings
        self._merchant_key = load_private_key(merchant_key_pem) if merchant_key_pem else None
        self._operator_key = load_public_key(operator_key_pem) if operator_key_pem else None
        self._token = token
        self._clock = clock
        self._http: httpx.AsyncClient | None = None
        self.last_answer_at: datetime | None = None
        self.last_latency_ms: float | None = None
        self.problem: str | None = None
        self._in_flight = 0
        self._retired = False

    async def create_link(self, order: LinkOrder) -> LinkAnswer:
        """Request a checkout link, [10005]. Raises OperatorRefused, OperatorUnreachable, NotConfigured."""
        reply = await self._send(Operation.CREATE_LINK, link_data(order, self._settings), order.locale)
        return self._interpret(reply, lambda answer: link_answer(answer, self._settings.url))

    async def ask_status(self, transaction_id: TransactionId, terminal_id: str) -> StatusAnswer:
        """Send a status inquiry about a request of ours, [20003]. Raises like `create_link`."""
        reply = await self._send(Operation.GET_STATUS, status_data(transaction_id, terminal_id), self._settings.locale)
        return self._interpret(reply, status_answer)

    async def refund(self, order: RefundOrder) -> RefundAnswer:
        """Send a refund, [30203]. Raises like `create_link`; its outcome is then unknown, unless NotConfigured."""
        reply = await self._send(Operation.REFUND, refund_data(order), self._settings.locale)
        return self._interpret(reply, refund_answer)

    async def test_connection(self) -> ConnectionReport:
        """Request the balance, [20001]. Raises like `create_link`; a refusal's details also hold `operator_time`."""
        begun = asyncio.get_running_loop().time()
        reply = await self._send(Operation.GET_BALANCE, balance_data(), self._settings.locale)
        latency_ms = (asyncio.get_running_loop().time() - begun) * 1000

        def report(answer: Answer) -> ConnectionReport:
            return ConnectionReport(latency_ms, reply.date, accepted(answer).message, balance_minor(answer))

        try:
            return self._interpret(reply, report)
        except OperatorRefused as refusal:
            refusal.details["operator_time"] = reply.date
            raise

    async def statement(self, start: datetime, end: datetime) -> Statement:
        """Return the wallet's rows of a period, [20002]. Raises like `create_link`."""
        reply = await self._send(
            Operation.GET_STATEMENT, statement_data(start, end), self._settings.locale, MAX_STATEMENT
        )
        return self._interpret(reply, lambda answer: read_statement(accepted(answer)))

    async def retire(self) -> None:
        """Close as soon as no request is in flight: aborting one would make its outcome unknown."""
        self._retired = True
        if not self._in_flight:
            await self.close()

    async def close(self) -> None:
        http, self._http = self._http, None
        if http is None:
            return
        try:
            await http.aclose()
        except Exception as failure:  # noqa: BLE001 - boundary: an error on closing must not discard the answer
            _log.warning("closing the client: %s", _describe(failure))

    async def _send(self, operation_type: int, data: dict[str, Any], locale: str, max_body: int = MAX_BODY) -> _Reply:
        if not self._token:
            raise NotConfigured(setting="operator.token")
        if self._merchant_key is None:
            raise NotConfigured(setting="keys")
        if self._operator_key is None:
            raise NotConfigured(setting="operator.public_key_file")
        packet = seal(
            json.dumps(data, ensure_ascii=False).encode("utf-8", "replace"),
            token=self._token,
            operation_type=operation_type,
            locale=locale,
            operator_key=self._operator_key,
            merchant_key=self._merchant_key,
        )
        self._in_flight += 1
        try:
            reply = await self._post(operation_type, json.dumps(packet).encode(), max_body)
        except OperatorUnreachable as failure:
            self.problem = f"{failure.code}: {failure.details['reason']}"
            raise
        finally:
            self._in_flight -= 1
            if self._retired and not self._in_flight:
                await self.close()
        self.problem = None
        return reply

    def _interpret(self, reply: _Reply, read: Callable[[Answer], T]) -> T:
        """Return the parsed answer. Any parsing failure is a refusal: an answer arrived, but it is unusable."""
        try:
            return read(self._read(reply))
        except OperatorRefused as refusal:
            code = refusal.details.get("operator_code") or refusal.details.get("status")
            if str(code) in _NO_ACCESS:
                self.problem = f"{refusal.code}: access"
            raise
        except OperatorError:
            raise
        except Exception as failure:  # boundary: unexpected parser failures included
            _log.warning("an answer cannot be read: %s", _describe(failure))
            raise bad_answer() from failure

    def _read(self, reply: _Reply) -> Answer:
        if reply.body is None or self._merchant_key is None:
            raise bad_answer()
        return read_answer(reply.status, reply.body, self._merchant_key)

    async def _post(self, operation_type: int, content: bytes, max_body: int) -> _Reply:
        """Return the answer received within the total deadline. Raises OperatorUnreachable: outcome unknown."""
        from app.operator_api.failures import failure_reason  # imports httpx, which offline verbs do not need

        loop = asyncio.get_running_loop()
        http = self._client()
        begun = loop.time()
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                reply = await self._exchange(http, content, max_body)
        except Exception as failure:  # boundary: httpx and its lower layers raise errors of many types
            reason = failure_reason(failure)
            _log.warning("operation %d: no answer, %s: %s", operation_type, reason, _describe(failure))
            raise OperatorUnreachable(reason=_UNREACHABLE.get(reason, reason)) from failure
        self.last_answer_at = self._clock.now()
        self.last_latency_ms = (loop.time() - begun) * 1000
        _log.info("operation %d: HTTP %d in %.0f ms", operation_type, reply.status, self.last_latency_ms)
        return reply

    async def _exchange(self, http: httpx.AsyncClient, content: bytes, max_body: int) -> _Reply:
        async with http.stream("POST", self._settings.url, content=content) as response:
            dates = response.headers.get_list("Date")
            date = http_date(dates[0]) if len(dates) == 1 else None
            body = bytearray()
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > max_body:
                    return _Reply(response.status_code, None, date)
            return _Reply(response.status_code, bytes(body), date)

    def _client(self) -> httpx.AsyncClient:
        """Return the client, made at the first request: its imports and certificates cost start-up time."""
        if self._http is None:
            from app.operator_api.connections import open_http

            self._http = open_http(self._settings.timeout_s, headers=_HEADERS)
        return self._http


def http_date(text: str | None) -> datetime | None:
    """Return the instant of an HTTP `Date` header, or None when it is absent or malformed."""
    if not text or len(text) > _LONGEST_DATE:
        return None
    try:
        return instant(parsedate_to_datetime(text), UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _describe(failure: BaseException) -> str:
    """Return an exception's type and where it was raised; its text may quote the answer."""
    place, code = "", failure.__traceback__
    while code is not None:
        place, code = f" at {Path(code.tb_frame.f_code.co_filename).name}:{code.tb_lineno}", code.tb_next
    return f"{type(failure).__name__}{place}"
