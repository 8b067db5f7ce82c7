"""Callback parsing: the shared vectors, valid forms, faults, card data, and that nothing raises."""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64decode
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.journal.events import SignatureCheck
from app.domain.text.redaction import mask_pan, redact_text
from app.operator_api.callbacks import parse_callback
from app.operator_api.keys import make_private_key_pem
from app.operator_api.signature import SignatureVerifier
from app.services.callbacks.incoming_callback import IncomingCallback, MalformedCallback
from tests.card_texts import BETWEEN, PANS, check_digit, divided
from tests.secrets_scan import holds

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "vectors" / "envelope.json").read_text("utf-8"))
VERIFIER = SignatureVerifier(VECTORS["operator_public_key"])
CASES = VECTORS["callbacks"]
PAN = "4111111111111111"
PAY = "command=pay&txn_id=321455&uuid=u-1&txn_date=20261121101500&sum=12550"


def parsed(query: str) -> IncomingCallback:
    found = parse_callback(query, VERIFIER)
    assert isinstance(found, IncomingCallback), found
    return found


def fault(query: str) -> tuple[str, str]:
    found = parse_callback(query, VERIFIER)
    assert isinstance(found, MalformedCallback), found
    return found.reason, found.parameter


@pytest.mark.parametrize("form", ["query", "query_unescaped_sign"])
@pytest.mark.parametrize("case", CASES)
def test_a_vector_is_verified(case: dict[str, str], form: str) -> None:
    found = parsed(case[form])
    assert found.signed is SignatureCheck.VERIFIED
    assert (found.txn_id, found.uuid, found.txn_date) == (case["txn_id"], case["uuid"], case["txn_date"])
    assert found.sum_minor == int(case["sum"])
    assert found.signature == hashlib.sha256(b64decode(case["sign"])).hexdigest()


@pytest.mark.parametrize("case", CASES)
def test_a_plus_that_became_a_space_is_mended(case: dict[str, str]) -> None:
    spaced = quote(case["sign"].replace("+", " "))
    head = case["query"].partition("&sign=")[0]
    assert parsed(f"{head}&sign={spaced}").signed is SignatureCheck.VERIFIED


@pytest.mark.parametrize("name", ["txn_id", "uuid", "txn_date", "sum"])
def test_a_changed_value_makes_the_sign_wrong_and_keeps_its_digest(name: str) -> None:
    case = CASES[0]
    changed = case["query"].replace(f"{name}={case[name]}", f"{name}={case[name][:-1]}9")
    found = parsed(changed)
    assert found.signed is SignatureCheck.WRONG
    assert found.signature == hashlib.sha256(b64decode(case["sign"])).hexdigest()


@pytest.mark.parametrize("sign", ["AAAA", "nonsense!", "%00", "ї", "A", quote(CASES[1]["sign"])])
def test_another_sign_is_wrong(sign: str) -> None:
    assert parsed(f"{PAY}&sign={sign}").signed is SignatureCheck.WRONG


def test_a_sign_that_came_twice_is_wrong() -> None:
    assert parsed(f"{CASES[0]['query']}&sign=x").signed is SignatureCheck.WRONG
    assert parsed(CASES[0]["query"] + "&sign=" + quote(CASES[0]["sign"])).signed is SignatureCheck.WRONG


def test_no_sign_is_missing_and_another_key_or_none_is_wrong() -> None:
    assert parsed(PAY).signed is SignatureCheck.MISSING
    assert parsed(f"{PAY}&sign=").signed is SignatureCheck.MISSING
    for other in (SignatureVerifier(None), SignatureVerifier(VECTORS["merchant_public_key"])):
        found = parse_callback(CASES[0]["query"], other)
        assert isinstance(found, IncomingCallback)
        assert found.signed is SignatureCheck.WRONG


def test_the_verifier_names_its_key() -> None:
    assert SignatureVerifier(None).key_fingerprint is None
    assert re.fullmatch("[0-9a-f]{64}", VERIFIER.key_fingerprint or "")


@pytest.mark.parametrize("date", ["2026-11-21%2010:15:00", "2026-11-21+10:15:00", "21.11.2026", "2026-11-21T10:15:00Z"])
def test_dates_with_separators_are_sane(date: str) -> None:
    assert parsed(PAY.replace("20261121101500", date)).txn_date == date.replace("%20", " ").replace("+", " ")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sum", "0"),
        ("sum", "012"),
        ("sum", "1" * 13),
        ("sum", "-5"),
        ("sum", "1.5"),
        ("sum", "%D9%A1"),
        ("sum", "5%0A"),
        ("txn_id", "a" * 65),
        ("txn_id", "a b"),
        ("txn_id", "%D1%97"),
        ("txn_id", "1%00"),
        ("uuid", "x/y"),
        ("uuid", "%ff"),
        ("txn_date", "2026112110150"),
        ("txn_date", "202611211015001"),
        ("txn_date", "2026-" * 7),
        ("txn_date", "----"),
        ("command", "p%20y"),
    ],
)
def test_an_insane_form_is_malformed(name: str, value: str) -> None:
    assert fault(re.sub(f"(?<![a-z_]){name}=[^&]*", f"{name}={value}", PAY)) == ("malformed", name)


def test_an_overlong_command_is_malformed_and_a_card_number_is_no_command() -> None:
    assert fault("command=" + "x" * 33 + "&txn_id=1") == ("malformed", "command")
    assert fault(f"command={PAN}&txn_id=1") == ("malformed", "command")


@pytest.mark.parametrize("name", ["txn_id", "uuid", "txn_date", "sum", "command"])
def test_a_repeated_needed_parameter_even_an_equal_one(name: str) -> None:
    value = re.search(f"(?<![a-z_]){name}=([^&]*)", PAY)
    assert value is not None
    assert fault(f"{PAY}&{name}={value[1]}") == ("repeated", name)


@pytest.mark.parametrize("command", ["pay", "error", "refund"])
@pytest.mark.parametrize("name", ["txn_id", "uuid", "txn_date", "sum"])
def test_a_missing_or_empty_needed_parameter(command: str, name: str) -> None:
    query = PAY.replace("command=pay", f"command={command}")
    assert fault(re.sub(f"&{name}=[^&]*", "", query)) == ("missing", name)
    assert fault(re.sub(f"&{name}=[^&]*", f"&{name}=", query)) == ("missing", name)


def test_nothing_at_all_misses_the_command() -> None:
    assert fault("") == fault("&&&") == fault("txn_id=1") == ("missing", "command")


def test_a_fault_keeps_a_sane_txn_id_only() -> None:
    assert parse_callback("command=pay&txn_id=7", VERIFIER) == MalformedCallback("missing", "uuid", "7")
    assert parse_callback("command=pay&txn_id=7%20", VERIFIER) == MalformedCallback("missing", "uuid", None)
    assert parse_callback("command=x&txn_id=7&txn_id=8", VERIFIER) == MalformedCallback("repeated", "txn_id", None)


@pytest.mark.parametrize("command", ["check", "auth", "anything_new"])
def test_others_need_their_txn_id_only_but_what_they_carry_is_sane(command: str) -> None:
    found = parsed(f"command={command}&txn_id=1")
    assert (found.command, found.uuid, found.sum_minor, found.signed) == (command, None, None, SignatureCheck.MISSING)
    assert fault(f"command={command}&txn_id=1&sum=x") == ("malformed", "sum")
    assert fault(f"command={command}&txn_id=1&uuid=a/b") == ("malformed", "uuid")


def test_limits() -> None:
    assert fault(PAY + "&a=" + "x" * 9216) == ("malformed", "query")
    many = parsed(PAY + "".join(f"&n{at}={'y' * 150}" for at in range(44)))
    assert len(many.other) == 20
    assert parsed(PAY + "&a=1" * 2000).other == (("a", "1"),)
    assert parsed(PAY + "&n=" + "z" * 500).other == (("n", "z" * 200),)


def test_named_and_other_values() -> None:
    found = parsed(PAY + "&account=a%40b.ua&gateway=gpay&pay_type=20&locale=uk&message=No+money%0A&note=a+b%2Bc")
    assert (found.account, found.gateway, found.pay_type, found.error_text) == ("a@b.ua", "gpay", "20", "No money")
    assert found.other == (("locale", "uk"), ("note", "a b+c"))
    assert parsed(PAY + "&error=declined").error_text == "declined"


@pytest.mark.parametrize("pan", [PAN, "4111-1111-1111-1111", "4111+1111+1111+1111", "%34111111111111111", "8" * 16])
@pytest.mark.parametrize("name", ["pan", "PAN", "card", "CardNumber", "card_number", "p%61n"])
def test_a_card_number_leaves_as_its_mask(name: str, pan: str) -> None:
    found = parsed(f"{PAY}&{name}={pan}&exp=2312&TAVV=AYKL%2Bx/A=&cvv=123&CVC=999")
    assert found.card in ("411111******1111", "888888******8888")
    assert found.other == ()
    for secret in (PAN, "8" * 16, "2312", "AYKL", "999"):
        assert secret not in repr(found)


@pytest.mark.parametrize("name", ["account", "message", "note", "locale", "gateway", "pay_type", PAN])
def test_a_card_number_hides_nowhere(name: str) -> None:
    for value in (PAN, f"card {PAN}!", "4111 1111 1111 1111", f"{'x' * 190}{PAN}", f"{PAN}2312"):
        found = parsed(f"{PAY}&{name}={quote(value)}")
        assert PAN not in re.sub("[ -]", "", repr(found))


@pytest.mark.parametrize(
    "name",
    ["payment.card.pan", "card[pan]", "data%5Bpan%5D", "data%255Bpan%255D", "dpan", "Card.Number", "payment[card]"],
)
def test_a_nested_name_of_a_card_number_gives_its_mask(name: str) -> None:
    found = parsed(f"{PAY}&{name}=4111.1111.1111.1111")
    assert (found.card, found.other) == ("411111******1111", ())


@pytest.mark.parametrize(
    "name",
    ["threeDS_tavv", "cryptogram", "card_exp", "card[exp_month]", "expirationMonth", "payment.cavv", "track2", "emv",
     "data%5Bcvv%5D", "cardHolderName", "TAVV", "card-token"],
)  # fmt: skip
def test_a_secret_under_any_name_is_not_kept(name: str) -> None:
    assert parsed(f"{PAY}&{name}=SECRET1228").other == ()


def test_names_that_look_alike_are_kept() -> None:
    query = "&account=a&expires=2027&card_mask=411111******1111&company=x&panel=1"
    found = parsed(PAY + query)
    assert found.account == "a"
    assert dict(found.other) == {
        "expires": "2027", "card_mask": "411111******1111", "company": "x", "panel": "1",
    }  # fmt: skip


@given(
    st.sampled_from(["account", "message", "error", "gateway", "pay_type", "note", "locale", "data"]),
    PANS,
    st.lists(BETWEEN, min_size=18, max_size=18),
    st.integers(1, 6),
    st.booleans(),
)
def test_a_divided_card_number_hides_under_no_parameter(
    name: str, pan: str, between: list[str], size: int, twice: bool
) -> None:
    value = quote(divided(pan, between, size))
    found = repr(parsed(f"{PAY}&{name}={quote(value) if twice else value}"))
    assert not holds(found, pan)


def test_our_four_values_are_not_redacted() -> None:
    found = parsed(f"command=pay&txn_id={PAN}&uuid={PAN}&txn_date=20261121101507&sum=12550")
    assert (found.txn_id, found.uuid) == (PAN, PAN)


@given(st.text(max_size=300))
def test_any_text_is_answered(text: str) -> None:
    assert isinstance(parse_callback(text, VERIFIER), IncomingCallback | MalformedCallback)


NAMES = st.sampled_from(
    ["command", "txn_id", "uuid", "txn_date", "sum", "sign", "pan", "exp", "account", "x", "%ff", ""]
)
VALUES = st.one_of(
    st.sampled_from(["pay", "check", "1", "20261121101500", PAN, "%", "%zz", "%ed%a0%80", "\ud800"]),
    st.text(max_size=30),
    st.binary(max_size=30).map(lambda data: data.decode("latin-1")),
    st.binary(max_size=30).map(quote),
)


@given(st.lists(st.tuples(NAMES, VALUES), max_size=12))
def test_any_parameters_are_answered_with_text_that_can_be_stored(pairs: list[tuple[str, str]]) -> None:
    query = "&".join(f"{name}={value}" for name, value in pairs)
    found = parse_callback(query, VERIFIER)
    json.dumps(repr(found), ensure_ascii=False).encode("utf-8")
    if isinstance(found, IncomingCallback):
        assert "\x00" not in "".join([found.account or "", *(value for _, value in found.other)])


def _with_check_digit(start: str) -> str:
    return start + check_digit(start)


CHECKED_FORMS = st.sampled_from(["command", "txn_id", "uuid", "txn_date", "sum", "sign"])
HIDING = st.sampled_from(["pan", "exp", "tavv", "account", "message", "gateway", "x", "PAN", "%70an", "account[]", ""])


@given(
    st.lists(st.tuples(CHECKED_FORMS, VALUES), max_size=4),
    HIDING,
    st.integers(10**11, 10**18 - 1).map(str).map(_with_check_digit),
    st.sampled_from(["", " ", "-", "+", "%20"]),
    st.text("abc ,.:;", max_size=8),
    st.booleans(),
)
def test_no_card_number_is_left_of_any_callback(
    pairs: list[tuple[str, str]], name: str, pan: str, separator: str, before: str, as_name: bool
) -> None:
    shown = separator.join(pan[at : at + 4] for at in range(0, len(pan), 4))
    hidden = f"{quote(before)}{shown}"
    parameters = [*pairs, (hidden, "1") if as_name else (name, hidden)]
    found = repr(parse_callback("&".join(f"{key}={value}" for key, value in parameters), VERIFIER))
    assert pan not in found
    assert pan not in found.replace(" ", "").replace("-", "").replace("+", "")


@given(PANS, st.sampled_from(["", " ", "-"]), st.text("abc ,.:;", max_size=8), st.text("abc ,.:;", max_size=8))
def test_redaction_finds_every_card_number(pan: str, separator: str, before: str, after: str) -> None:
    shown = separator.join(pan[at : at + 4] for at in range(0, len(pan), 4))
    left = redact_text(f"{before}{shown}{after}")
    assert shown not in left
    assert f"{pan[:6]}{'*' * (len(pan) - 10)}{pan[-4:]}" in left


@given(st.text(max_size=200))
def test_redaction_of_redacted_text_is_quiet(text: str) -> None:
    once = redact_text(text)
    assert redact_text(once) == once


@given(st.from_regex(r"[0-9]{13,40}", fullmatch=True))
def test_no_window_of_a_long_run_is_left(digits: str) -> None:
    """The clear text between masks holds no card number."""
    for piece in re.split(r"[0-9]{6}\*+[0-9]{4}", redact_text(digits)):
        windows = (piece[at : at + size] for size in range(13, 20) for at in range(len(piece) - size + 1))
        assert not any(check_digit(window[:-1]) == window[-1] for window in windows)


def test_two_card_numbers_side_by_side() -> None:
    assert redact_text(f"{PAN} {PAN}") == "411111******1111 411111******1111"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("?pan=1234&exp=2312&a=b", "?pan=***&exp=***&a=b"),
        ("pan=4111 1111 1111 1112 next", "pan=411111******1112 next"),
        ('{"PartnerToken": "72a8ddb8", "x": 1}', '{"PartnerToken": "***", "x": 1}'),
        ("sign=abc%2B==&tavv=AY+x/=&cvv=123", "sign=***&tavv=***&cvv=***"),
        ("payment 380671234567 of 125,50", "payment 380671234567 of 125,50"),
        ("design=flat, expand: yes", "design=flat, expand: yes"),
        ("", ""),
    ],
)
def test_redaction_by_name(text: str, left: str) -> None:
    assert redact_text(text) == left


def test_private_keys_are_hidden_whole_or_cut() -> None:
    pem = make_private_key_pem()
    body = pem.splitlines()[3]
    assert redact_text(f"a {pem} b").replace("\n", "") == "a [private key] b"
    assert body not in redact_text(pem[:-60])


@pytest.mark.parametrize(
    ("text", "mask"),
    [
        (PAN, "411111******1111"),
        ("4111 1111 1111 1111", "411111******1111"),
        ("411111******1111", "411111******1111"),
        ("411111XXXXXX1111", "411111******1111"),
        ("12345", None),
        ("", None),
        ("1" * 20, None),
    ],
)
def test_mask(text: str, mask: str | None) -> None:
    assert mask_pan(text) == mask
