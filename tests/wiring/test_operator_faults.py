"""R9, each fault once: a slow, broken or wrong operator during links and refunds; the soak `operator` runs longer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.soak.soak_operator import LATEST_S, OPERATOR_FAULTS, FaultyOperatorShop, faulty_operator_shop

EXPECTED = {
    "slow": ("operator_unreachable", "refund_unknown", "open", "unknown"),
    "drop": ("operator_unreachable", "refund_unknown", "open", "unknown"),
    "refuse": ("operator_refused", "operator_refused", "not_created", "failed"),
    "html": ("operator_refused", "refund_unknown", "not_created", "unknown"),
    "garbage": ("operator_refused", "refund_unknown", "not_created", "unknown"),
    "huge": ("operator_refused", "refund_unknown", "not_created", "unknown"),
    "strings": ("ok", "operator_refused", "open", "failed"),  # for a payment unknown to this operator
    "well": ("ok", "operator_refused", "open", "failed"),
}


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[FaultyOperatorShop]:
    async with faulty_operator_shop(tmp_path) as made:
        yield made


@pytest.mark.parametrize("fault", OPERATOR_FAULTS)
async def test_every_fault_is_an_answer_in_time_and_loses_nothing(shop: FaultyOperatorShop, fault: str) -> None:
    link, refund, link_end, refund_end = EXPECTED[fault]
    await shop.set_fault(fault)
    assert await shop.link() == link
    assert await shop.back() == refund
    await shop.connection()
    assert shop.slowest_s <= LATEST_S
    assert await shop.settle() == {link_end: 1}
    assert await shop.refund_states() == {refund_end: 1}
