"""A named operator code is stored as its plain value: the journal stays the same byte for byte."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from app.domain.ids import LinkKey, TransactionId
from app.domain.journal.callback_facts import callback_dedupe_key
from app.domain.journal.events import CallbackReceived, StatusAnswered
from app.domain.journal.fact_data import fact_data
from app.domain.operator_codes import (
    FINAL_COMMANDS,
    JUDGED_COMMANDS,
    KNOWN_COMMANDS,
    CallbackCommand,
    CallbackResult,
    OperationStatus,
)
from tests import builders


@pytest.mark.parametrize("command", CallbackCommand)
@pytest.mark.parametrize("result", CallbackResult)
def test_a_callback_is_the_same_fact_with_named_codes(command: CallbackCommand, result: CallbackResult) -> None:
    named = builders.callback(command, result=result).fact
    assert isinstance(named, CallbackReceived)
    plain = replace(named, command=command.value, result=result.value)
    assert type(plain.command) is type(plain.result) is str
    assert json.dumps(fact_data(named)) == json.dumps(fact_data(plain))
    assert callback_dedupe_key(named) == callback_dedupe_key(plain)


@pytest.mark.parametrize("status", OperationStatus)
def test_an_answer_is_the_same_fact_with_a_named_status(status: OperationStatus) -> None:
    plain = StatusAnswered(LinkKey("k"), TransactionId("t"), int(status), "")
    assert json.dumps(fact_data(replace(plain, operation_status=status))) == json.dumps(fact_data(plain))


def test_each_known_command_is_judged_or_final() -> None:
    assert FINAL_COMMANDS | JUDGED_COMMANDS == KNOWN_COMMANDS == set(CallbackCommand)
    assert not FINAL_COMMANDS & JUDGED_COMMANDS
    assert "pay" in FINAL_COMMANDS
    assert "authorise" not in KNOWN_COMMANDS
