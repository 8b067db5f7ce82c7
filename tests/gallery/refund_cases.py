"""Refunds, settlements, and the check-up section of the settings."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from app.domain.errors import NotConfigured
from app.domain.ids import TransactionId
from app.domain.journal.events import SignatureCheck, StatusAnswered
from app.services.checks.check_result import CheckResult
from app.ui.drawer.state import Action
from tests.contracts import sales
from tests.gallery.gallery_window import Build, GalleryCase, GalleryWindow
from tests.gallery.sale_writer import CARD, MOMENT, SaleWriter
from tests.gallery.sample_sales import EXPIRED, LATE, PAID, REFUNDED, REFUNDING, UNPROVEN, nth
from tests.gallery.settings_cases import connect

MANY = 42
WHY = "Покупець повернув товар: не той смак"
CHECK_RESULT_TEXTS = (
    CheckResult("settings", True, "settings_ok"),
    CheckResult("key_pair", True, "key_ok", {"fingerprint": "3f9a07c2" * 8}),
    CheckResult("token", True, "token_ok"),
    CheckResult("operator_key", True, "operator_key_ok"),
    CheckResult("ledger", True, "ledger_ok"),
    CheckResult("last_callback", True, "callback_never"),
    CheckResult("strays", False, "strays_some", {"count": 3}),
    CheckResult("listener", True, "listener_ok", {"address": "http://127.0.0.1:8733", "port": 8733}),
    CheckResult("public_url", True, "public_url_ok", {"url": "https://pay.example.com.ua"}),
    CheckResult("address", True, "address_name"),
    CheckResult("reach", False, "reach_lost", {"url": "https://pay.example.com.ua", "reason": "timeout"}),
    CheckResult("tls", True, "tls_file_ok", {"at": MOMENT + timedelta(days=80)}),
    CheckResult("operator", False, "operator_not_asked", {"error": NotConfigured(setting="operator_token")}),
    CheckResult("token_accepted", False, "accepted_unknown"),
    CheckResult("clock", True, "clock_unknown"),
)


WriteMore = Callable[[SaleWriter], None]
"""Writes further facts of a sale of the day."""


def _ago(place: int) -> float:
    return 0.5 + 12 * place


def _refunded(*answers: str) -> WriteMore:
    def write(writer: SaleWriter) -> None:
        writer.refund(f"s{PAID}", 5_000, _ago(PAID), *answers)

    return write


def _paid_twice(writer: SaleWriter) -> None:
    again = {"sum_minor": 25_000, "txn_id": "txn-again", "txn_date": "20261121125900", "card": CARD}
    writer.receive(f"s{PAID}", "pay", _ago(PAID), 90, **again)


def _all_back(writer: SaleWriter) -> None:
    writer.receive(f"s{PAID}", "refund", _ago(PAID), 120, sum_minor=25_000, txn_id="txn-back", signature="refund-all")


def _said_paid(writer: SaleWriter) -> None:
    name = f"s{EXPIRED}"
    known = TransactionId(f"{sales.key_of(name)}-1")
    answer = StatusAnswered(sales.key_of(name), known, 10, "оплачено", hint=True, nonce="9")
    writer.fact(name, answer, _ago(EXPIRED), 120)


def _forged(txn_id: str) -> WriteMore:
    def write(writer: SaleWriter) -> None:
        values = {"signed": SignatureCheck.WRONG, "counts": False, "sum_minor": 25_000, "signature": f"s-{txn_id}"}
        writer.receive(f"s{EXPIRED}", "pay", _ago(EXPIRED), 60, txn_id=txn_id, **values)

    return write


def _doubtful(writer: SaleWriter) -> None:
    for write in (_forged("f1"), _forged("f2"), _said_paid):
        write(writer)


def _prepare(gallery: GalleryWindow, write: WriteMore | None) -> None:
    gallery.sell(MANY)
    if write is not None:
        writer = SaleWriter(gallery.ledger.kept.draft())
        write(writer)
        writer.tx.finish()
        gallery.ledger.kept = writer.tx


async def _drawer(gallery: GalleryWindow, place: int) -> Any:
    presenter = await gallery.open("payments")
    presenter.drawer.open(nth(place))
    await gallery.settle()
    return presenter.drawer


def _shown(place: int, write: WriteMore | None = None) -> Build:
    async def build(gallery: GalleryWindow) -> None:
        _prepare(gallery, write)
        await _drawer(gallery, place)

    return build


def _asked(place: int, action: Action, write: WriteMore | None = None, **typed: str) -> Build:
    """Return a case with an open form and the values typed into it."""

    async def build(gallery: GalleryWindow) -> None:
        _prepare(gallery, write)
        drawer = await _drawer(gallery, place)
        drawer.do(action)
        for name, text in typed.items():
            drawer.forms.edit(name, text)
            drawer.forms.leave(name)
        await gallery.settle()

    return build


async def all_back(gallery: GalleryWindow) -> None:
    """The till after a full refund: nothing green suggests handing over the goods."""
    _prepare(gallery, _all_back)
    presenter = await gallery.open("till")
    presenter.select(nth(PAID))
    await gallery.settle()


async def sending(gallery: GalleryWindow) -> None:
    """The operator's answer is outstanding."""
    await _asked(PAID, Action.REFUND, reason=WHY)(gallery)
    gallery.operator.hangs = True
    gallery.view("payments").drawer.form.dialog().yes.click()
    await gallery.let_tasks_start()


async def refused(gallery: GalleryWindow) -> None:
    """Another window committed first."""
    await _asked(PAID, Action.REFUND, reason=WHY)(gallery)
    await gallery.ledger.write(lambda tx: sales.refund(tx, f"s{PAID}", 100))
    gallery.view("payments").drawer.form.dialog().yes.click()
    await gallery.settle()


async def newer(gallery: GalleryWindow) -> None:
    """The operator reports paid while the person types."""
    await _asked(EXPIRED, Action.SETTLE, _forged("f1"), reason=WHY)(gallery)
    writer = SaleWriter(gallery.ledger.kept.draft())
    _said_paid(writer)
    writer.tx.finish()
    gallery.ledger.kept = writer.tx
    gallery.view("payments").drawer.form.dialog().reason.line.setFocus()
    presenter = gallery.pages.presenter("payments")
    presenter.drawer.on_changed(frozenset())
    await gallery.settle()


def _checkup(*findings: CheckResult, waits: bool = False) -> Build:
    async def build(gallery: GalleryWindow) -> None:
        connect(gallery)
        gallery.api.doctor.findings = list(findings)
        presenter = await gallery.open("settings")
        presenter.open_section("checkup")
        await gallery.settle()
        if waits:
            gallery.api.doctor.gate = asyncio.Event()
        if findings:
            presenter.check_up()
        await gallery.let_tasks_start()

    return build


CASES = (
    GalleryCase("refund-done", _shown(REFUNDED)),
    GalleryCase("refund-on_its_way", _shown(REFUNDING)),
    GalleryCase("refund-unknown", _shown(PAID, _refunded("unknown"))),
    GalleryCase("refund-failed", _shown(PAID, _refunded("failed"))),
    GalleryCase("refund-paid_twice", _shown(PAID, _paid_twice)),
    GalleryCase("refund-said_paid", _shown(EXPIRED, _said_paid)),
    GalleryCase("refund-unproven", _shown(UNPROVEN)),
    GalleryCase("refund-form", _asked(PAID, Action.REFUND)),
    GalleryCase("refund-form_typed", _asked(PAID, Action.REFUND, amount="100,5", reason=WHY)),
    GalleryCase("refund-form_wrong", _asked(PAID, Action.REFUND, amount="1250,001", reason="к")),
    GalleryCase("refund-form_twice", _asked(PAID, Action.REFUND, _paid_twice, reason=WHY)),
    GalleryCase("refund-form_sending", sending),
    GalleryCase("refund-form_refused", refused),
    GalleryCase("refund-concluded_done", _asked(PAID, Action.REFUND_DONE, _refunded("unknown"), reason=WHY)),
    GalleryCase("refund-concluded_not", _asked(PAID, Action.REFUND_NOT, _refunded("unknown"))),
    GalleryCase("settle-form", _asked(LATE, Action.SETTLE, reason=WHY)),
    GalleryCase("settle-form_paid", _asked(EXPIRED, Action.CONFIRM, _said_paid)),
    GalleryCase("settle-form_several", _asked(EXPIRED, Action.SETTLE, _doubtful, reason=WHY)),
    GalleryCase("settle-form_newer", newer),
    GalleryCase("till-refunded_all", all_back),
    GalleryCase("settings-checkup_new", _checkup()),
    GalleryCase("settings-checkup_running", _checkup(*CHECK_RESULT_TEXTS, waits=True)),
    GalleryCase("settings-checkup_done", _checkup(*CHECK_RESULT_TEXTS)),
    GalleryCase("settings-checkup_well", _checkup(*(finding for finding in CHECK_RESULT_TEXTS if finding.ok))),
)
