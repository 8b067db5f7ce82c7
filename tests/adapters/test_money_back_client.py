"""[30203], [20001] and [20002] against a real HTTP server on loopback: valid, invalid and missing answers."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.errors import NotConfigured, OperatorRefused, OperatorUnreachable
from app.domain.ids import TransactionId
from app.operator_api.client import HttpxOperator, http_date
from app.operator_api.mapping import OperatorSettings
from app.services.ports.operator_gateway import RefundAnswer, RefundOrder
from tests.adapters.test_operator_client import NOW, TOKEN, VECTORS, FixedClock, Operator, client, http, operator

PART = RefundOrder(TransactionId("r-1"), "321455", 100, NOW, "7")
WHOLE = RefundOrder(TransactionId("r-2"), "321455", None, NOW, "7")


def answered(data: Any, code: Any = 200, message: str = "done") -> bytes:
    return http({"Code": code, "Message": message, "Data": data, "KeyAES": "", "Sign": ""})


async def refund(reply: bytes | None, order: RefundOrder = PART) -> tuple[RefundAnswer, Operator]:
    async with operator(reply) as played, client(played.url, timeout_s=1) as gateway:
        return await gateway.refund(order), played


async def test_a_part_goes_out_with_its_sum_and_a_transaction_of_its_own() -> None:
    _, played = await refund(answered({"OperationStatus": 10}))
    assert played.packets[-1]["Partner"]["OperationType"] == 30203
    assert played.data == {
        "TxnID": "321455",
        "Sum": 100,
        "Transaction": {"TransactionID": "r-1", "TerminalID": "7", "DateTime": "20261121 10:15:00"},
    }


async def test_a_whole_one_goes_out_without_a_sum() -> None:
    _, played = await refund(answered({"OperationStatus": 10}), WHOLE)
    assert "Sum" not in played.data


@pytest.mark.parametrize(
    ("data", "failed"),
    [
        ({"OperationStatus": 21}, True),
        ({"OperationStatus": "21"}, True),
        ({"OperationStatus": 10}, False),
        ({"OperationStatus": 1}, False),
        ({}, False),
        (None, False),
        ("nonsense", False),
        (json.dumps({"OperationStatus": 21}), True),
    ],
)
async def test_code_200_is_failed_with_21_and_taken_otherwise(data: Any, failed: bool) -> None:
    answer, _ = await refund(answered(data))
    assert answer.failed is failed


@pytest.mark.parametrize(
    "reply",
    [
        answered({"OperationStatus": 21}, 500, "fail"),
        answered({"OperationStatus": 10}, 102, "needACS"),
        answered({"OperationStatus": 10}, None),
        answered({"OperationStatus": 10}, "200.0"),
        http("<html>502</html>"),
        http({"Code": 200, "Data": {"OperationStatus": 21}}, status="502 Bad Gateway"),
        http("[]"),
        http(b'{"Code":200,"Mess\xff'),
        None,
    ],
)
async def test_everything_else_is_an_error_of_the_operator(reply: bytes | None) -> None:
    with pytest.raises((OperatorRefused, OperatorUnreachable)):
        await refund(reply)


async def test_the_connection_test_measures_and_reads_the_clock_and_the_balance() -> None:
    date = "Date: Sat, 21 Nov 2026 08:14:00 GMT\r\n"
    body = {"Code": 200, "Message": "done", "Data": {"decodedData": {"Sum": 123456789012, "ID": "UAH1"}}}
    async with operator(http(body, headers=date)) as played, client(played.url) as gateway:
        report = await gateway.test_connection()
    assert (played.packets[-1]["Partner"]["OperationType"], played.data) == (20001, {"Decrypted": True})
    assert report.operator_time == datetime(2026, 11, 21, 8, 14, tzinfo=UTC)
    assert (report.balance_minor, report.message) == (123456789012, "done")
    assert report.latency_ms > 0


@pytest.mark.parametrize(
    ("content", "balance"),
    [
        ({"encodedData": "AAAA"}, None),
        ({"decodedData": '{"Sum": "100"}'}, 100),
        ({"decodedData": [{"Sum": 7}, {"Sum": 8}]}, 7),
        ({"decodedData": {"Sum": 1.5}}, None),
        ({}, None),
    ],
)
async def test_a_balance_may_be_said_in_many_ways_or_not_at_all(content: Any, balance: int | None) -> None:
    async with operator(answered(content)) as played, client(played.url) as gateway:
        assert (await gateway.test_connection()).balance_minor == balance


@pytest.mark.parametrize("reply", [answered(None, 401, "unknown token"), answered({"OperationStatus": 21})])
async def test_a_token_that_is_not_accepted_is_a_refusal_with_the_operators_clock(reply: bytes) -> None:
    dated = reply.replace(b"Connection: close\r\n", b"Connection: close\r\nDate: Sat, 21 Nov 2026 08:14:00 GMT\r\n")
    async with operator(dated) as played, client(played.url) as gateway:
        with pytest.raises(OperatorRefused) as refused:
            await gateway.test_connection()
    assert refused.value.details["operator_time"] == datetime(2026, 11, 21, 8, 14, tzinfo=UTC)


async def test_without_a_token_nothing_is_sent() -> None:
    async with operator(answered({})) as played:
        keys = (VECTORS["merchant_private_key"], None, VECTORS["operator_public_key"])
        gateway = HttpxOperator(OperatorSettings(url=played.url), *keys, FixedClock())
        for call in (gateway.test_connection(), gateway.refund(PART), gateway.statement(NOW, NOW)):
            with pytest.raises(NotConfigured):
                await call
        await gateway.close()
    assert played.packets == []
    assert TOKEN


@pytest.mark.parametrize("text", [None, "", "yesterday", "Sat, 99 Nov 2026 08:14:00 GMT"])
def test_a_date_that_is_none_is_none(text: str | None) -> None:
    assert http_date(text) is None


async def statement(data: Any) -> Any:
    async with operator(answered(data)) as played, client(played.url) as gateway:
        read = await gateway.statement(datetime(2026, 11, 20, 22, tzinfo=UTC), NOW)
        assert played.data == {
            "DateStart": "2026-11-21 00:00:00",
            "DateFinish": "2026-11-21 10:15:00",
            "Decrypted": True,
        }
        return read


async def test_a_statement_keeps_what_it_knows_and_the_rest_redacted() -> None:
    rows = [
        {
            "TxnID": 321455,
            "Sum": "12550",
            "DateTime": "2026-11-21 10:15:00",
            "OperationType": 10005,
            "OperationStatus": "10",
            "uuid": "u-1",
            "Purpose": "Coffee",
            "Card": "4111111111111111",
            "tavv": "secret-tavv",
            "Nested": {"pan": "4111111111111111", "deep": [1, 2]},
        },
        {"Sum": -300, "DateTime": "2018-08-30T11:59:56+03:00"},
    ]
    read = await statement({"decodedData": rows})
    first, second = read.lines
    assert (first.txn_id, first.amount_minor, first.status) == ("321455", 12550, 10)
    assert (first.uuid, first.operation_type, first.purpose) == ("u-1", "10005", "Coffee")
    assert first.at == datetime(2026, 11, 21, 8, 15, tzinfo=UTC)
    assert dict(first.raw)["Card"] == "411111******1111"
    assert "4111111111111111" not in repr(first)
    assert "secret-tavv" not in repr(first)
    assert (second.amount_minor, second.at) == (-300, datetime(2018, 8, 30, 8, 59, 56, tzinfo=UTC))
    assert read.unreadable == 0


async def test_an_id_in_no_sane_form_is_no_id() -> None:
    row = {"Sum": 5, "TxnID": "4111 1111 1111 1111", "uuid": "4111|1111|1111|1111"}
    (line,) = (await statement({"decodedData": [row]})).lines
    assert (line.txn_id, line.uuid) == (None, None)
    assert dict(line.raw) == {"TxnID": "411111******1111", "uuid": "411111******1111"}


async def test_odd_rows_are_counted_and_do_no_harm() -> None:
    rows = [None, 7, "row", [], {}, {"Sum": 1.5}, {"Sum": "1,50"}, {"Sum": True}, {"Sum": 10**30}, {"Amount": "100"}]
    read = await statement({"decodedData": rows})
    assert (len(read.lines), read.unreadable) == (1, 9)
    bad_row = {"Sum": 5, "DateTime": "yesterday", "OperationStatus": "odd", "TxnID": {"a": 1}, "\ud800": "\x00"}
    read = await statement({"decodedData": [bad_row]})
    (line,) = read.lines
    assert (line.at, line.status, line.txn_id) == (None, None, None)
    assert {"DateTime", "OperationStatus", "TxnID"} <= dict(line.raw).keys()


@pytest.mark.parametrize("content", [{"Operations": [{"Sum": 5}]}, '[{"Sum": 5}]', {"Sum": 5}])
async def test_rows_may_lie_in_an_object_or_a_text(content: Any) -> None:
    assert [line.amount_minor for line in (await statement({"decodedData": content})).lines] == [5]


async def test_an_empty_period_is_no_fault_and_no_list_is_one() -> None:
    assert (await statement({"decodedData": []})).lines == ()
    with pytest.raises(OperatorRefused):
        await statement({"encodedData": "AAAA"})
    with pytest.raises(OperatorRefused):
        await statement({"decodedData": "no json"})
