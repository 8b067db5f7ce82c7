"""What people paste on the command line: with signs that nobody sees, in another writing, with a key between digits."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import Shells

pytestmark = pytest.mark.timeout(120)
NO_SUMS = ("45+30", "125=50", "125 50", "12грн50", "\u202e125", "5²", "125\n250", "+125")


def test_what_is_pasted_means_what_is_seen(shells: Shells) -> None:
    shells.start_operator()
    sale = shells.json(
        "link", "--amount", "\u200b1.234,56\u00a0грн", "--phone", "00380 (67) 123–45.67\u202c",
        "--email", "\ufeffanna@example.ua\u00a0", "--purpose", "М’я\u00adта й\u00a0їжа",
    )  # fmt: skip
    stored = (sale["amount_minor"], sale["phone"], sale["email"], sale["purpose"])
    assert stored == (123456, "380671234567", "anna@example.ua", "М’ята й їжа")
    for reference in (f"№\u00a0{sale['number']}", f"#{sale['number']}\u200b", f" {sale['id']}\ufeff"):
        assert shells.json("payment", reference)["id"] == sale["id"], reference
    for search in ("мʼЯТА  и\u0306", "067.123-45", "1,234.56", "₴ 1234,56", str(sale["operation_id"])):
        assert [item["id"] for item in shells.json("payments", "--search", search)] == [sale["id"]], search
    for status in ("attempt_failed", "paid_late", "refund_requested", "partly_refunded", "refunded"):
        assert shells.json("payments", "--status", status) == []


def test_what_is_not_understood_is_refused(shells: Shells) -> None:
    shells.start_operator()
    for amount in NO_SUMS:
        shells.run("link", "--amount", amount, code=2)
    assert shells.json("payments") == []
