"""Maps orders to `Data` objects and answers to the ports' values (protocol.md A1.3, A1.4, B 4.2, B 4.5, B 6.5)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from app.domain.errors import OperatorRefused
from app.domain.ids import TransactionId
from app.domain.operator_codes import OperationStatus
from app.domain.web_addresses import read_web_address
from app.operator_api.wire import CODE_OK, Answer, as_id, bad_answer
from app.services.ports.operator_gateway import LinkAnswer, LinkOrder, StatusAnswer

HOME_CURRENCY: Final = "UAH"
_ALLOWED_ENDINGS: Final = (".xpaydirect.com", ".xpay.com.ua")
KYIV: Final = "Europe/Kyiv"  # the zone of DateTime is inferred (protocol.md B 3)
_CAPTIONS: Final = {"en": ("Order", "Purpose")}
_UKRAINIAN_CAPTIONS: Final = ("Замовлення", "Призначення")
_LINK_NAMES: Final = ("URI", "uri", "URL", "Url", "Uri", "url")
_HOST_TEXT = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}")


@dataclass(frozen=True, slots=True)
class OperatorSettings:
    """How to reach the operator. `ttl_value` is sent raw (its unit is unknown); None or "" is not sent."""

    url: str
    locale: str = "uk"
    timeout_s: float = 30.0
    ttl_value: str | None = None
    success_url: str | None = None
    fail_url: str | None = None


def link_data(order: LinkOrder, settings: OperatorSettings) -> dict[str, Any]:
    """Return the Data of [10005]; absent values are left out, never sent empty."""
    fields: dict[str, Any] = {
        "PayType": order.pay_type,
        "Phone": order.phone,
        "Email": order.email,
        "Account": order.account,
        "PaymentSum": order.amount_minor,
        "Order": order.order,
        "Purpose": order.purpose,
        "Currency": order.currency if order.currency != HOME_CURRENCY else None,
        "PaymentInfo": _payment_info(order),
        "Callback": _return_addresses(settings),
        "TTL": settings.ttl_value,
        "CallBackURL": order.callback_url,
        "Transaction": transaction_data(order.transaction_id, order.terminal_id, order.requested_at),
    }
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}


def transaction_data(transaction_id: TransactionId, terminal_id: str, at: datetime) -> dict[str, str]:
    """Return the `Transaction` of a request (protocol.md A1.1, B 3)."""
    return {"TransactionID": transaction_id, "TerminalID": terminal_id, "DateTime": kyiv_time(at)}


def status_data(transaction_id: TransactionId, terminal_id: str) -> dict[str, Any]:
    """Return the Data of [20003], way 2: the pair of ids at the top level, no Transaction (protocol.md B 6.5).

    The pair is that of the original request (A6b); the current setting may differ.
    """
    return {"TransactionID": transaction_id, "TerminalID": terminal_id}


def link_answer(answer: Answer, operator_url: str) -> LinkAnswer:
    """Return the link of a successful answer (A1.4); anything else raises OperatorRefused."""
    if answer.code != CODE_OK or answer.status != OperationStatus.DONE:
        raise refused(answer)
    url = next((answer.data[name] for name in _LINK_NAMES if answer.data.get(name)), None)
    if url is None:
        raise bad_answer()
    if not is_allowed_link(url, operator_url):
        raise OperatorRefused(operator_code=None, message="foreign_address", reason="foreign_address")
    return LinkAnswer(url=url, uuid=as_id(answer.data.get("uuid")), operation_id=as_id(answer.data.get("OperationID")))


def status_answer(answer: Answer) -> StatusAnswer:
    """Return the answer to [20003]; a `Code` other than 200 raises OperatorRefused."""
    if answer.code != CODE_OK:
        raise refused(answer)
    return StatusAnswer(operation_status=answer.status, message=answer.message)


def is_allowed_link(url: object, operator_url: str) -> bool:
    """Return whether a link may be shown: https on the operator's hosts; http on loopback if the operator is too."""
    link, operator = read_web_address(url), read_web_address(operator_url)
    if link is None or not link.is_trustworthy:
        return False
    if link.scheme == "http":
        return operator is not None and operator.scheme == "http" and operator.is_trustworthy
    return _HOST_TEXT.fullmatch(link.host) is not None and link.host.endswith(_ALLOWED_ENDINGS)


def kyiv_time(moment: datetime) -> str:
    """Return `YYYYMMDD HH:MM:SS` in Kyiv."""
    return moment.astimezone(ZoneInfo(KYIV)).strftime("%Y%m%d %H:%M:%S")


def refused(answer: Answer) -> OperatorRefused:
    """Return the operator's refusal: its code, or with code 200 its status."""
    if answer.code is None or (answer.code == CODE_OK and answer.status is None):
        return bad_answer(answer.message, answer.code_text if answer.code != CODE_OK else None)
    code = answer.code_text if answer.code != CODE_OK else str(answer.status)
    return OperatorRefused(operator_code=code, message=answer.message or "refused", reason="refused")


def _payment_info(order: LinkOrder) -> list[dict[str, str]]:
    captions = _CAPTIONS.get(order.locale, _UKRAINIAN_CAPTIONS)
    pairs = zip(captions, (order.order, order.purpose), strict=True)
    return [{"Caption": caption, "Value": value} for caption, value in pairs if value]


def _return_addresses(settings: OperatorSettings) -> dict[str, dict[str, str]]:
    addresses = {"PaySuccess": settings.success_url, "PayFail": settings.fail_url}
    return {name: {"URL": url} for name, url in addresses.items() if url}
