"""What the shell shows about the health of listener and storage, without Qt."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.errors import SettingBad
from app.services.core_api import Health
from app.ui.shell.presenter import ShellPresenter
from app.ui.shell.state import ShellState
from tests.builders import START
from tests.contracts import sales
from tests.fakes.context import FakeCoreApi, make_context
from tests.fakes.ledger import FakeLedger


async def shown(health: Health, **shop: object) -> ShellState:
    context = make_context(FakeLedger(), **shop)
    states: list[ShellState] = []
    presenter = ShellPresenter(context, states.append)
    assert context.core is not None
    api = context.core.api
    assert isinstance(api, FakeCoreApi)
    api.state = health
    presenter.load()
    await presenter.wait_until_idle()
    return states[-1]


async def test_well() -> None:
    state = await shown(
        Health(operator_answered_at=START, operator_latency_ms=43.4, listener_address="http://127.0.0.1:8733")
    )
    assert (state.shop, state.date, state.clock) == ("Demo shop", "Sat, 21\u00a0November", "12:15")
    assert state.operator.meaning == "Answered at 12:15:00, in 43 ms."
    assert state.callbacks.meaning == "Received at http://127.0.0.1:8733. No callback yet."
    assert (state.operator.tone, state.callbacks.tone) == ("paid", "ended"), "no callback has proven anything"


BAD_FILE = SettingBad(key="callbacks.tls_key_file", reason="unreadable_file")


@pytest.mark.parametrize(
    ("health", "tone", "words"),
    [
        (Health(), "ended", "Not receiving yet."),
        (Health(listener_problem="port_taken", listener_port=8733), "failed", "Port 8733 is taken"),
        (Health(listener_problem="wrong_mode"), "failed", "nothing is sent or accepted"),
        (Health(listener_problem="home_taken"), "ended", "Another Paydesk receives callbacks"),
        (Health(listener_problem="setting_bad", listener_setting=BAD_FILE), "failed", "callbacks.tls_key_file"),
        (Health(listener_address="http://x", callback_at=START), "paid", "Last callback at 12:15:00."),
        (Health(listener_address="http://x", callback_at=START - timedelta(hours=2)), "ended", "Last callback at"),
        (Health(listener_address="http://x", reached_at=START), "paid", "No callback yet."),
        (Health(listener_address="http://x", reached_at=START - timedelta(hours=2)), "ended", "No callback yet."),
        (Health(listener_address="http://x", reach_problem="no_public_address"), "attention", "No public address"),
        (Health(listener_address="http://x", reach_problem="not_reached"), "attention", "check-up could not reach"),
        (
            Health(listener_address="http://x", reach_problem="not_reached", callback_at=START),
            "paid",
            "Last callback at",
        ),
    ],
)
async def test_messages(health: Health, tone: str, words: str) -> None:
    chip = (await shown(health)).callbacks
    assert chip.tone == tone
    assert words in chip.meaning


async def test_an_operator_in_trouble_and_one_that_is_not_connected() -> None:
    silent = await shown(Health(operator_problem="operator_unreachable", operator_answered_at=START))
    assert silent.operator.tone == "attention"
    assert "did not answer" in silent.operator.meaning
    refused = await shown(Health(operator_problem="operator_unreachable: certificate_expired"))
    assert "expired" in refused.operator.meaning
    assert "date and time" in refused.operator.meaning
    missing = await shown(Health(), missing="operator.token")
    assert missing.operator.tone == "ended"
    no_access = await shown(Health(operator_problem="operator_refused: access", operator_answered_at=START))
    assert no_access.operator.tone == "failed"
    assert "does not accept this desk" in no_access.operator.meaning
    long_ago = await shown(Health(operator_answered_at=START - timedelta(hours=2)))
    assert long_ago.operator.tone == "ended"


async def test_the_test_environment_says_that_its_money_is_not_real() -> None:
    assert (await shown(Health(), is_test=True)).no_real_money == "TEST: the money is not real"
    assert (await shown(Health(), is_demo=True)).no_real_money == "DEMO: the money is not real"
    assert (await shown(Health(), is_demo=False)).no_real_money == ""


async def test_the_core_is_asked_again_every_five_seconds_only() -> None:
    context = make_context(FakeLedger())
    states: list[ShellState] = []
    presenter = ShellPresenter(context, states.append)
    assert context.core is not None
    api = context.core.api
    assert isinstance(api, FakeCoreApi)
    presenter.load()
    await presenter.wait_until_idle()
    api.state = replace(api.state, listener_address="http://127.0.0.1:1")
    api.clock.pass_time(seconds=4)
    presenter.on_tick()
    await presenter.wait_until_idle()
    assert "Not receiving" in states[-1].callbacks.meaning
    api.clock.pass_time(seconds=1)
    presenter.on_tick()
    await presenter.wait_until_idle()
    assert "Received at" in states[-1].callbacks.meaning


def test_before_the_core_and_when_it_fails() -> None:
    context = make_context()
    states: list[ShellState] = []
    presenter = ShellPresenter(context, states.append)
    presenter.load()
    assert states[-1].problem == ""
    context.core_problem = "The data file is damaged."
    presenter.refresh()
    assert states[-1].problem == "The data file is damaged."


async def test_trouble_with_the_data_stands_in_the_banner() -> None:
    assert (await shown(Health())).problem == ""
    assert "disk is full" in (await shown(Health(storage_problem="storage_full"))).problem


async def test_the_rail_counts_what_needs_attention() -> None:
    ledger = FakeLedger()
    await sales.sold(ledger, "sale")
    await ledger.write(lambda tx: sales.receive(tx, "sale", sum_minor=13000))
    context = make_context(ledger)
    states: list[ShellState] = []
    presenter = ShellPresenter(context, states.append)
    presenter.load()
    await presenter.wait_until_idle()
    assert (states[-1].attention_count, states[-1].attention) == (1, "1 payment needs attention")


async def test_a_bad_setting_is_named_until_it_is_mended() -> None:
    bad = SettingBad(key="shop.timezone", line=3, reason="not_zone")
    assert "shop.timezone" in (await shown(Health(setting_problems=(bad, BAD_FILE)))).problem
    assert (await shown(Health())).problem == ""
