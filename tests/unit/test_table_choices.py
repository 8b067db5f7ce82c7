"""What is remembered of a table: columns, their order, the sorting; whatever stands in the file is read or left."""

from __future__ import annotations

import pytest

from app.services.ports.history_values import SortColumn, SortOrder
from app.ui.payment.table_choices import ALWAYS_SHOWN, COLUMN_KEYS, SORTABLE, TableChoices, choices_from
from app.ui.tables.columns import HISTORY_COLUMNS


def test_the_columns_of_the_table_are_those_that_can_be_chosen() -> None:
    assert tuple(column.key for column in HISTORY_COLUMNS) == COLUMN_KEYS
    assert set(SORTABLE) <= set(COLUMN_KEYS)
    assert set(SORTABLE.values()) == set(SortColumn), "every order of the ledger can be chosen"


def test_a_click_sorts_and_a_second_one_turns_round() -> None:
    by_sum = TableChoices().sorted_by("sum")
    assert by_sum.order == SortOrder(SortColumn.AMOUNT, descending=True)
    assert by_sum.sorted_by("sum").order == SortOrder(SortColumn.AMOUNT, descending=False)
    assert TableChoices().sorted_by("cashier").order == SortOrder(SortColumn.PERSON, descending=False)
    assert TableChoices().sorted_by("purpose") == TableChoices(), "the ledger knows no such order"


def test_columns_are_chosen_and_the_number_stays() -> None:
    chosen = TableChoices().with_columns(["sum", "sum", "moment", "nonsense"])
    assert chosen.columns == (ALWAYS_SHOWN, "sum", "moment")
    assert TableChoices().with_columns([]).columns == (ALWAYS_SHOWN,)


@pytest.mark.parametrize(
    "choices",
    [TableChoices(), TableChoices(("number", "sum"), "sum", descending=False), TableChoices().sorted_by("status")],
)
def test_what_is_remembered_comes_back(choices: TableChoices) -> None:
    assert choices_from(choices.to_text()) == choices


@pytest.mark.parametrize(
    "text",
    [None, "", "x", "[]", "3", "null", '{"columns": 7}', '{"columns": "sum"}', '{"columns": [1]}', '{"sort": ["a"]}',
     '{"sort": "purpose"}', '{"sort": {}, "descending": 3}', "[" * 5000],
)  # fmt: skip
def test_what_cannot_be_read_is_as_at_the_beginning(text: str | None) -> None:
    assert choices_from(text) == TableChoices()


def test_a_column_of_another_version_is_left_out() -> None:
    assert choices_from('{"columns": ["sum", "weather", "number"]}').columns == ("sum", "number")
