"""The till's notice that status inquiries can prove nothing about a link (protocol.md A4): once, and only then."""

from __future__ import annotations

import pytest

from app.domain.errors import OperatorUnreachable
from app.services.ports.operator_gateway import LinkAnswer
from app.services.status.status_inquiry import InquiryPolicy, StatusInquiry
from app.ui.pages.till.presenter import TillPresenter
from app.ui.pages.till.state import TillState
from tests.fakes.clock_and_operator import ScriptedOperator
from tests.fakes.context import FakeCoreApi, FakeNotices, make_context
from tests.fakes.ledger import FakeLedger


class Till:
    """A presenter on a fake core."""

    def __init__(self, *, proves: bool = True) -> None:
        self.operator, self.ledger = ScriptedOperator(), FakeLedger()
        self.context = make_context(self.ledger, self.operator)
        if not proves:
            self.api.status_inquiry = StatusInquiry(
                self.ledger, self.operator, self.api.clock, lambda: InquiryPolicy(proves=False, mode="demo")
            )
        self.states: list[TillState] = []
        self.presenter = TillPresenter(self.context, self.states.append, lambda: None)

    @property
    def api(self) -> FakeCoreApi:
        assert self.context.core is not None
        return self.context.core.api  # type: ignore[return-value]

    async def sell(self, status: int | Exception) -> list[str]:
        """Make a link whose first inquiry is answered with a status; return the toasts."""
        self.operator.links.append(LinkAnswer("https://mapi.xpaydirect.com/x", "uuid-1", "11"))
        self.operator.statuses.append(status)
        self.presenter.edit("amount", "125,50")
        self.presenter.create()
        await self.presenter.wait_until_idle()
        assert isinstance(self.context.notices, FakeNotices)
        return [text for text, tone in self.context.notices.toasts if tone == "attention"]


@pytest.mark.parametrize("status", [10, OperatorUnreachable(reason="timeout")])
async def test_without_a_baseline_only_the_message_can_confirm(status: int | Exception) -> None:
    till = Till()
    [told] = await till.sell(status)
    assert told.startswith("Payment No. 1: only the operator's callback can confirm it.")
    till.presenter.on_tick()
    till.presenter.load()
    await till.presenter.wait_until_idle()
    assert isinstance(till.context.notices, FakeNotices)
    assert len(till.context.notices.toasts) == 1, "it is said once"


async def test_a_baseline_says_nothing() -> None:
    assert await Till().sell(1) == []


async def test_where_asking_never_proves_there_is_nothing_to_say() -> None:
    assert await Till(proves=False).sell(10) == []
