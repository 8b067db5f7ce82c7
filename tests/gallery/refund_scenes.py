"""Money that goes back, what needs a person's word, and the check-up of the settings."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from app.domain.errors import NotConfigured
from app.domain.events import Signed, StatusAnswered
from app.domain.ids import TransactionId
from app.services.findings import Finding
from app.ui.drawer.state import Action
from tests.contracts import sales
from tests.gallery.day import EXPIRED, LATE, PAID, REFUNDED, REFUNDING, UNPROVEN, nth
from tests.gallery.settings_scenes import connect
from tests.gallery.sold import CARD, MOMENT, Sold
from tests.gallery.stage import Build, Scene, Stage

MANY = 42
WHY = "Покупець повернув товар: не той смак"
FINDINGS = (
    Finding("settings", True, "settings_ok"),
    Finding("key_pair", True, "key_ok", {"fingerprint": "3f9a07c2" * 8}),
    Finding("token", True, "token_ok"),
    Finding("operator_key", True, "operator_key_ok"),
    Finding("ledger", True, "ledger_ok"),
    Finding("last_callback", True, "callback_never"),
    Finding("strays", False, "strays_some", {"count": 3}),
    Finding("listener", True, "listener_ok", {"address": "http://127.0.0.1:8733", "port": 8733}),
    Finding("public_url", True, "public_url_ok", {"url": "https://pay.example.com.ua"}),
    Finding("address", True, "address_name"),
    Finding("reach", False, "reach_lost", {"url": "https://pay.example.com.ua", "reason": "timeout"}),
    Finding("tls", True, "tls_file_ok", {"at": MOMENT + timedelta(days=80)}),
    Finding("operator", False, "operator_not_asked", {"error": NotConfigured(setting="operator_token")}),
    Finding("token_accepted", False, "accepted_unknown"),
    Finding("clock", True, "clock_unknown"),
)


Tell = Callable[[Sold], None]
"""Writes more about a sale of the day."""


def _ago(place: int) -> float:
    return 0.5 + 12 * place


def _refunded(*answers: str) -> Tell:
    def tell(sold: Sold) -> None:
        sold.refund(f"s{PAID}", 5_000, _ago(PAID), *answers)

    return tell


def _paid_twice(sold: Sold) -> None:
    again = {"sum_minor": 25_000, "txn_id": "txn-again", "txn_date": "20261121125900", "card": CARD}
    sold.hear(f"s{PAID}", "pay", _ago(PAID), 90, **again)


def _all_back(sold: Sold) -> None:
    sold.hear(f"s{PAID}", "refund", _ago(PAID), 120, sum_minor=25_000, txn_id="txn-back", signature="refund-all")


def _said_paid(sold: Sold) -> None:
    name = f"s{EXPIRED}"
    known = TransactionId(f"{sales.key_of(name)}-1")
    answer = StatusAnswered(sales.key_of(name), known, 10, "оплачено", hint=True, nonce="9")
    sold.fact(name, answer, _ago(EXPIRED), 120)


def _forged(txn_id: str) -> Tell:
    def tell(sold: Sold) -> None:
        values = {"signed": Signed.WRONG, "counts": False, "sum_minor": 25_000, "signature": f"s-{txn_id}"}
        sold.hear(f"s{EXPIRED}", "pay", _ago(EXPIRED), 60, txn_id=txn_id, **values)

    return tell


def _doubtful(sold: Sold) -> None:
    for tell in (_forged("f1"), _forged("f2"), _said_paid):
        tell(sold)


def _told(stage: Stage, tell: Tell | None) -> None:
    stage.sell(MANY)
    if tell is not None:
        sold = Sold(stage.ledger.kept.draft())
        tell(sold)
        sold.tx.finish()
        stage.ledger.kept = sold.tx


async def _drawer(stage: Stage, place: int) -> Any:
    presenter = await stage.open("payments")
    presenter.drawer.open(nth(place))
    await stage.settle()
    return presenter.drawer


def _shown(place: int, tell: Tell | None = None) -> Build:
    async def build(stage: Stage) -> None:
        _told(stage, tell)
        await _drawer(stage, place)

    return build


def _asked(place: int, action: Action, tell: Tell | None = None, **typed: str) -> Build:
    """A question over the window, with what was typed into it."""

    async def build(stage: Stage) -> None:
        _told(stage, tell)
        drawer = await _drawer(stage, place)
        drawer.do(action)
        for name, text in typed.items():
            drawer.forms.edit(name, text)
            drawer.forms.leave(name)
        await stage.settle()

    return build


async def all_back(stage: Stage) -> None:
    """The till, when all of the money went back: nothing green invites to hand over the goods."""
    _told(stage, _all_back)
    presenter = await stage.open("till")
    presenter.select(nth(PAID))
    await stage.settle()


async def sending(stage: Stage) -> None:
    """The operator thinks."""
    await _asked(PAID, Action.REFUND, reason=WHY)(stage)
    stage.operator.thinks = True
    stage.view("payments").drawer.form.dialog().yes.click()
    await stage.linger()


async def refused(stage: Stage) -> None:
    """Another window was faster."""
    await _asked(PAID, Action.REFUND, reason=WHY)(stage)
    await stage.ledger.write(lambda tx: sales.refund(tx, f"s{PAID}", 100))
    stage.view("payments").drawer.form.dialog().yes.click()
    await stage.settle()


async def newer(stage: Stage) -> None:
    """The operator says paid while the person types."""
    await _asked(EXPIRED, Action.SETTLE, _forged("f1"), reason=WHY)(stage)
    sold = Sold(stage.ledger.kept.draft())
    _said_paid(sold)
    sold.tx.finish()
    stage.ledger.kept = sold.tx
    stage.view("payments").drawer.form.dialog().reason.line.setFocus()
    presenter = stage.pages.presenter("payments")
    presenter.drawer.hear(frozenset())
    await stage.settle()


def _checkup(*findings: Finding, waits: bool = False) -> Build:
    async def build(stage: Stage) -> None:
        connect(stage)
        stage.desk.doctor.findings = list(findings)
        presenter = await stage.open("settings")
        presenter.open_section("checkup")
        await stage.settle()
        if waits:
            stage.desk.doctor.gate = asyncio.Event()
        if findings:
            presenter.check_up()
        await stage.linger()

    return build


SCENES = (
    Scene("refund-done", _shown(REFUNDED)),
    Scene("refund-on_its_way", _shown(REFUNDING)),
    Scene("refund-unknown", _shown(PAID, _refunded("unknown"))),
    Scene("refund-failed", _shown(PAID, _refunded("failed"))),
    Scene("refund-paid_twice", _shown(PAID, _paid_twice)),
    Scene("refund-said_paid", _shown(EXPIRED, _said_paid)),
    Scene("refund-unproven", _shown(UNPROVEN)),
    Scene("refund-form", _asked(PAID, Action.REFUND)),
    Scene("refund-form_typed", _asked(PAID, Action.REFUND, amount="100,5", reason=WHY)),
    Scene("refund-form_wrong", _asked(PAID, Action.REFUND, amount="1250,001", reason="к")),
    Scene("refund-form_twice", _asked(PAID, Action.REFUND, _paid_twice, reason=WHY)),
    Scene("refund-form_sending", sending),
    Scene("refund-form_refused", refused),
    Scene("refund-concluded_done", _asked(PAID, Action.REFUND_DONE, _refunded("unknown"), reason=WHY)),
    Scene("refund-concluded_not", _asked(PAID, Action.REFUND_NOT, _refunded("unknown"))),
    Scene("settle-form", _asked(LATE, Action.SETTLE, reason=WHY)),
    Scene("settle-form_paid", _asked(EXPIRED, Action.CONFIRM, _said_paid)),
    Scene("settle-form_several", _asked(EXPIRED, Action.SETTLE, _doubtful, reason=WHY)),
    Scene("settle-form_newer", newer),
    Scene("till-refunded_all", all_back),
    Scene("settings-checkup_new", _checkup()),
    Scene("settings-checkup_running", _checkup(*FINDINGS, waits=True)),
    Scene("settings-checkup_done", _checkup(*FINDINGS)),
    Scene("settings-checkup_well", _checkup(*(finding for finding in FINDINGS if finding.ok))),
)
