"""Card numbers and secrets in any text: what is masked, what is kept, and that hostile texts do not slow it down."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.text.card_numbers import ORDER, TYPED_TEXT, holds_card_number
from app.domain.text.escapes import decoded
from app.domain.text.redaction import mask_pan, redact_text, redacted_value
from app.domain.text.secret_names import Secret, secret_of
from tests.card_texts import BETWEEN, PANS, check_digit, divided, mask_of
from tests.secrets_scan import holds

CARD, MASK = "4111111111111111", "411111******1111"
GROUPS = ("4111", "1111", "1111", "1111")
SEPARATORS = [
    ".", "/", "_", ":", ",", "|", "*", "~", "#", "'", '"', "(", ") (", " - ", "    ", "\t", "\u00a0", "\u2009",
    "\u200b", "\u2060", "\ufeff", "\u2010", "\u2013", "\u2014", "\u2212", "\u30fb", "\u3000", "\uff0d", "½", "\u0301",
    "+", "%20", "%2D", "%2d", "%252D", "%25252D", "%C2%A0", "%E2%80%93", "%A0", "%u2013", "%09", "%0A",
    "&nbsp;", "&nbsp", "&#45;", "&#x2D;", "&ndash;", "&amp;nbsp;", "&amp;amp;#45;", "&#8209;", "&Tab;",
    "\\u00a0", "\\\\u2013", "\\x2d", "\\t", "\\U0000002d", "\\\\\\\\u00a0",
    "%26nbsp%3B", "%26%2345%3B", "&#37;20", "\\u0025\\u0032\\u0030", "%5Cu00a0", "%20-%2D&nbsp;", "%", "%-%", "&", "\\",
]  # fmt: skip


@pytest.mark.parametrize("separator", SEPARATORS)
def test_a_number_between_any_separators_becomes_its_mask(separator: str) -> None:
    assert redact_text(f"card {separator.join(GROUPS)} declined") == f"card {MASK} declined"
    assert redact_text(separator.join(GROUPS)) == MASK


@pytest.mark.parametrize(
    "written",
    [
        "%34111111111111111",
        "%2534%2531" + CARD[2:],
        "".join(f"&#{ord(digit)};" for digit in CARD),
        "".join(f"&#x{ord(digit):x};" for digit in CARD),
        "".join(f"\\u{ord(digit):04x}" for digit in CARD),
        "".join(f"%{ord(digit):x}" for digit in CARD),
        "%26%2352%3B" + CARD[1:],
        "%20".join(f"%{ord(digit):x}" for digit in CARD),
    ],
)
def test_a_number_whose_digits_are_escaped_becomes_its_mask(written: str) -> None:
    assert redact_text(f"x {written}.") == f"x {MASK}."


@pytest.mark.parametrize("zero", ["\uff10", "\u0660", "\u0966", "\U0001d7ce"])
def test_digits_of_any_script_count(zero: str) -> None:
    written = "".join(chr(ord(zero) + int(digit)) for digit in CARD)
    left = redact_text(f"card {written}")
    assert written not in left
    assert left == f"card {written[:6]}******{written[-4:]}"


@given(PANS, st.lists(BETWEEN, min_size=18, max_size=18), st.integers(1, 6), st.text(max_size=5), st.text(max_size=5))
@example(CARD, ["%20"] * 18, 4, "", "")
@example(CARD, ["%"] * 18, 2, "%", "%")
def test_no_number_is_left_whatever_divides_it(
    pan: str, between: list[str], size: int, before: str, after: str
) -> None:
    written = divided(pan, between, size)
    left = redact_text(f"{before}{written}{after}")
    assert written not in left
    assert not holds(left, pan)


@given(PANS, st.sampled_from(["", " ", "-", ".", " / ", "\u00a0", "%20", "&nbsp;", "\\u00a0"]), st.integers(1, 6))
def test_six_and_four_digits_stay(pan: str, separator: str, size: int) -> None:
    assert redact_text(f"card {divided(pan, [separator] * 18, size)}; ok") == f"card {mask_of(pan)}; ok"


@given(st.text(alphabet="0123456789 ,%x", min_size=13, max_size=60))
def test_no_window_is_left_between_the_masks(text: str) -> None:
    for piece in re.split(r"[0-9]{6}\*+[0-9]{4}", redact_text(text)):
        for run in re.findall(r"[0-9](?:[ ,%]{0,4}[0-9])*", piece):
            digits = re.sub("[^0-9]", "", run)
            windows = [digits[at : at + size] for size in range(13, 20) for at in range(len(digits) - size + 1)]
            assert not [window for window in windows if check_digit(window[:-1]) == window[-1]]


def test_a_number_beside_other_digits_is_hidden_with_them() -> None:
    """Any digit window that passes Luhn may be the card number, so overlapping windows become one mask."""
    for other in range(100):
        left = redact_text(f"{other}{CARD}") + redact_text(f"{other} {' '.join(GROUPS)}")
        assert not holds(left, CARD)
        assert CARD[2:-4] not in left.replace(" ", "")


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21T10:15:00.123Z",
        "2026-11-21T10:15:00.123+00:00 2026-11-21T10:15:07.456+00:00",
        "2026-11-21 10:15:02",
        "from 2026-11-21 10:15:00 to 2026-11-21 10:15:09, then 21.11.2026 10:15",
        "20261121-101502",
        "20261121 10:15:02",
        "paid 125,50 of 380671234567",
        MASK,
        f"{MASK} 20261121",
        "411111***1111, 380",
        "4111 1111 1112",
        "4111 1111\n1111 1111",
        "4111     1111 1111 1111",
        "f3cd72b6-e1ea-406f-9b44-a9b93b401b7f",
        "account=380671234567 expires=soon company=x",
        "100%25 of %D0%BA%D0%B0%D0%B2%D0%B0",
    ],
)
def test_innocent_texts_stay(text: str) -> None:
    assert redact_text(text) == text
    assert not holds_card_number(text)


def test_every_minute_of_a_year_stays() -> None:
    """One date in ten passes Luhn (protocol.md A3.7)."""
    for day in range(1, 29):
        for second in range(60):
            moment = f"2026-11-{day:02} 10:15:{second:02}"
            assert redact_text(moment) == moment
            assert redact_text(moment.replace("-", "").replace(" ", "-").replace(":", "")) == (
                moment.replace("-", "").replace(" ", "-").replace(":", "")
            )


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("12345670", False),
        ("036000291452", False),
        ("4000000000006", False),  # passes Luhn as well
        ("ТТН 4000000000006, 2 шт", False),
        ("14006381333938", False),
        ("4000000000006 4000000000006", False),
        ("411111111111116", True),
        (CARD, True),
        ("42424242 42424242", True),
        ("4242424242424 242", True),
        ("4000-0000-0000-6", True),
        (f"4000000000006 and {CARD}", True),
        ("%34000000000006", True),
    ],
)
def test_a_barcode_in_an_order_is_no_card_number(text: str, is_one: bool) -> None:
    assert holds_card_number(text, ORDER) is is_one
    assert (redact_text(text, ORDER) != text) is is_one


def test_what_is_typed_is_judged_by_whole_runs_what_comes_from_outside_by_every_part() -> None:
    waybill, invoice = "20450123456780", "4111111111111112"
    assert redact_text(invoice) != invoice
    for number in (waybill, invoice, f"№ {invoice} (3)"):
        assert redact_text(number, TYPED_TEXT) == number
    for card in (CARD, f"{CARD}1228", " ".join(GROUPS), f"№ {CARD}", "%34" + CARD[1:], "411111111111111"[:14] + "6"):
        assert holds_card_number(card, TYPED_TEXT)


def test_numbers_of_a_list_are_redacted_one_by_one() -> None:
    document = {"till.presets": [5000, 10000, 20000, 50000], "sums": ["4111", "1111", "1111", "1111"], "note": CARD}
    assert redacted_value(document) == {**document, "note": MASK}
    assert redacted_value({"a": [{"b": f"x {CARD}"}], CARD: 1}) == {"a": [{"b": f"x {MASK}"}], MASK: 1}


def test_a_field_is_exempt_by_its_name_only() -> None:
    assert redacted_value({"txn_id": CARD, "note": CARD}, exempt={"txn_id"}) == {"txn_id": CARD, "note": MASK}
    assert redacted_value({"order": "4000000000006"}) == {"order": "4000000000006"}


@pytest.mark.parametrize(
    "name",
    ["pan", "PAN", "dpan", "card_number", "cardNumber", "CardNo", "card[number]", "payment.card.pan", "card[pan]",
     "data%5Bpan%5D", "data%255Bpan%255D", "CC-Number", "primaryAccountNumber", "masked_pan"],
)  # fmt: skip
def test_names_of_a_card_number(name: str) -> None:
    assert secret_of(name) is Secret.CARD_NUMBER


@pytest.mark.parametrize(
    "name",
    ["exp", "card_exp", "exp_date", "expMonth", "expiry_date", "expirationMonth", "EXPDATE", "tavv", "threeDS_tavv",
     "threedstavv", "TAVV", "cryptogram", "onlinePaymentCryptogram", "cavv", "cvv", "cvv2", "card[cvc]", "CSC", "track",
     "track2", "track_1", "emv", "emvData", "cardholder", "cardHolderName", "pin", "PartnerToken", "card_token",
     "payment.token", "data%5Btavv%5D", "sign", "KeyAES"],
)  # fmt: skip
def test_names_of_what_is_never_kept(name: str) -> None:
    assert secret_of(name) is Secret.HIDDEN


@pytest.mark.parametrize(
    "name",
    ["account", "expires", "expires_at", "card_mask", "card_type", "company", "japan", "expand", "design", "panel",
     "tracking_id", "experience", "number", "gateway", "locale", "order", "signature", "", "%", "12"],
)  # fmt: skip
def test_names_that_hold_nothing_secret(name: str) -> None:
    assert secret_of(name) is Secret.NONE


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('{"cryptogram":"AgAAAB+/x=","sum":"1"}', '{"cryptogram":"***","sum":"1"}'),
        ('{\\"cryptogram\\":\\"AgAA\\",\\"a\\":1}', '{\\"cryptogram\\":\\"***\\",\\"a\\":1}'),
        ('{"card":{"no":"4111 1111 1111 1111","exp_month":12}}', f'{{"card":{{"no":"{MASK}","exp_month":***}}}}'),
        ('{"exp":{"month":12,"year":28},"a":1}', '{"exp":***,"a":1}'),
        ('{"cardholder":"IVAN IVANENKO"}', '{"cardholder":"***"}'),
        ("threeDS_tavv=AYKL/x= next", "threeDS_tavv=*** next"),
        ("payment.card.pan=4111111111111112&a=b", "payment.card.pan=411111******1112&a=b"),
        ("data%5Bpan%5D=12&a=b", "data[pan]=***&a=b"),
        ("%7B%22cryptogram%22%3A%22AAAA%22%7D", '{"cryptogram":"***"}'),
        ("%257B%2522tavv%2522%253A%2522AAAA%2522%257D", '{"tavv":"***"}'),
        ("&quot;track2&quot;:&quot;;411=12?&quot;", '"track2":"***"'),
        ("Your card: declined, PIN: incorrect", "Your card: declined, PIN: incorrect"),
        ("PIN: 1234", "PIN: ***"),
        ("expires=2027&card_mask=411111******1111", "expires=2027&card_mask=411111******1111"),
    ],
)  # fmt: skip
def test_values_of_secret_names_are_hidden(text: str, left: str) -> None:
    assert redact_text(text) == left
    assert redact_text(left) == left


@pytest.mark.parametrize(
    ("text", "plain"),
    [("a%20b", "a b"), ("%252541", "A"), ("&amp;lt;", "<"), ("%26%2345%3B", "-"), ("%ff%zz%", "\ufffd%zz%"),
     ("\\ud83d\\ude00", "\U0001f600"), ("%F0%9F%98%80", "\U0001f600"), ("%C2", "\ufffd"),
     ("&bogus; &#x110000; &", "&bogus; &#x110000; &"),
     ("&nbsp4", "\u00a04"), ("", ""), ("plain", "plain")],
)  # fmt: skip
def test_escapes_are_decoded(text: str, plain: str) -> None:
    assert decoded(text) == plain


@pytest.mark.parametrize("text", ["4111.1111.1111.1111", "4111%201111%201111%201111", CARD, "411111••••••1111"])
def test_a_named_card_number_keeps_its_mask(text: str) -> None:
    assert mask_pan(text) == MASK


HOSTILE = [
    "1", "0", "4", "1 ", "1    ", "1x", "%", "%20", "4%20", "4%", "%25", "%34", "&", "&amp;", "&#52;", "\\", "\\u0034",
    "*", "42424*", "1-", "1 00 ", "pan=", "pan={", "exp=[", "tavv='", "a:", "a.", "%70an%3D", "424242***4242 ", "1\n",
    "=", "-----BEGIN PRIVATE KEY-----", "2026-11-21 10:15:00 ", "%25%32%35",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_texts_cost_a_time_that_grows_with_their_length_only(piece: str) -> None:
    def took(length: int) -> float:
        text = (piece * (length // len(piece) + 1))[: length - 16] + CARD
        began = time.process_time()
        redact_text(text)
        return time.process_time() - began

    took(1_000)
    assert took(100_000) < max(1.0, 250 * min(took(1_000) for _ in range(5)))
