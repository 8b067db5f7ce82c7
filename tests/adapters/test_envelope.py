"""The envelope agrees with the shared vectors both ways, and refuses damaged ones."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from app.operator_api.envelope import EnvelopeError, decode_base64, open_packet, seal, verify_packet
from app.operator_api.keys import load_private_key, load_public_key

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "vectors" / "envelope.json").read_text("utf-8"))
OPERATOR = load_private_key(VECTORS["operator_private_key"])
MERCHANT = load_private_key(VECTORS["merchant_private_key"])
ENVELOPES = VECTORS["envelopes"]


def _seal(plain: bytes, locale: str | None = "uk", entropy: Callable[[int], bytes] | None = None) -> dict[str, Any]:
    extra = {"entropy": entropy} if entropy else {}
    return seal(
        plain,
        token="72a8",
        operation_type=10005,
        locale=locale,
        operator_key=OPERATOR.public_key(),
        merchant_key=MERCHANT,
        **extra,  # type: ignore[arg-type]
    )


def _fixed(*parts: bytes) -> Callable[[int], bytes]:
    rest = list(parts)
    return lambda _: rest.pop(0)


def test_the_public_halves_fit() -> None:
    assert load_public_key(VECTORS["operator_public_key"]) == OPERATOR.public_key()
    assert load_public_key(VECTORS["merchant_public_key"]) == MERCHANT.public_key()


@pytest.mark.parametrize("case", ENVELOPES)
def test_a_vector_opens_and_verifies(case: dict[str, str]) -> None:
    assert open_packet(case, private_key=OPERATOR) == case["plain"].encode()
    assert verify_packet(case, MERCHANT.public_key())
    assert not verify_packet(case, OPERATOR.public_key())


@pytest.mark.parametrize("case", VECTORS["padding_cases"])
def test_every_length_of_padding_opens(case: dict[str, str]) -> None:
    assert open_packet(case, private_key=OPERATOR) == case["plain"].encode()


@pytest.mark.parametrize("case", ENVELOPES + VECTORS["padding_cases"])
def test_sealing_with_the_same_key_and_iv_makes_the_same_data(case: dict[str, str]) -> None:
    """Layout A yields the vector's bytes; a layout B vector differs but has the same length."""
    aes_key = OPERATOR.decrypt(base64.b64decode(case["KeyAES"]), PKCS1v15())
    data = base64.b64decode(case["Data"])
    decryptor = Cipher(algorithms.AES(aes_key), modes.ECB()).decryptor()  # layout B begins with AES(0)
    if decryptor.update(data[:16]) == bytes(16):
        assert len(base64.b64decode(_seal(case["plain"].encode())["Data"])) == len(data)
    else:
        sealed = _seal(case["plain"].encode(), entropy=_fixed(aes_key, data[:16]))
        assert sealed["Data"] == case["Data"]


@pytest.mark.parametrize("case", ENVELOPES)
def test_our_signature_over_a_vectors_key_is_the_vectors(case: dict[str, str]) -> None:
    signature = MERCHANT.sign(base64.b64decode(case["KeyAES"]), PKCS1v15(), hashes.SHA256())
    assert base64.b64encode(signature).decode() == case["Sign"]


def test_the_published_layouts_agree() -> None:
    """protocol.md B 2.3."""
    aes_key, iv = bytes(range(16)), bytes(range(16, 32))
    sealed = _seal(b'{"ID":12345}', entropy=_fixed(aes_key, iv))
    assert sealed["Data"] == "EBESExQVFhcYGRobHB0eHxVvw8gnNJl4TnHT1xmhJWA="
    layout_b = {**sealed, "Data": "xqE7N4ePW4JvT4FiocjYeVMyH12pJRtYnLZqXZHOAak="}
    assert open_packet(layout_b, private_key=OPERATOR) == b'{"ID":12345}'


@given(st.binary(max_size=600))
def test_what_is_sealed_opens(plain: bytes) -> None:
    packet = json.loads(json.dumps(_seal(plain)))
    assert open_packet(packet, private_key=OPERATOR) == plain
    assert verify_packet(packet, MERCHANT.public_key())
    assert len(packet["KeyAES"]) == len(packet["Sign"]) == 344


def test_the_partner_is_in_clear_and_every_message_is_fresh() -> None:
    one, two = _seal(b"x"), _seal(b"x", locale=None)
    assert one["Partner"] == {"PartnerToken": "72a8", "OperationType": 10005, "Locale": "uk"}
    assert two["Partner"] == {"PartnerToken": "72a8", "OperationType": 10005}
    assert one["Data"] != two["Data"]
    assert one["KeyAES"] != two["KeyAES"]


@given(st.integers(0, 255), st.integers(0, 7))
def test_a_flipped_bit_of_the_key_never_opens_to_the_plain_text(place: int, bit: int) -> None:
    packet = dict(ENVELOPES[0])
    wrapped = bytearray(base64.b64decode(packet["KeyAES"]))
    wrapped[place] ^= 1 << bit
    packet["KeyAES"] = base64.b64encode(bytes(wrapped)).decode()
    assert not verify_packet(packet, MERCHANT.public_key())
    try:
        opened = open_packet(packet, private_key=OPERATOR)
    except EnvelopeError:
        return
    assert opened != packet["plain"].encode()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"KeyAES": ""}, "key"),
        ({"KeyAES": None}, "base64"),
        ({"KeyAES": "AAAA"}, "key"),
        ({"KeyAES": "no base64!"}, "base64"),
        ({"Data": 5}, "base64"),
        ({"Data": "AB=="}, "base64"),
        ({"Data": ""}, "blocks"),
        ({"Data": base64.b64encode(bytes(16)).decode()}, "blocks"),
        ({"Data": base64.b64encode(bytes(33)).decode()}, "blocks"),
        ({"Data": ENVELOPES[2]["Data"][:64]}, "padding"),
    ],
)
def test_a_damaged_packet_is_refused(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(EnvelopeError) as refused:
        open_packet({**ENVELOPES[2], **change}, private_key=OPERATOR)
    assert refused.value.reason == reason


def test_a_wrapped_key_of_another_length_is_refused() -> None:
    wrapped = OPERATOR.public_key().encrypt(bytes(32), PKCS1v15())
    with pytest.raises(EnvelopeError):
        open_packet({**ENVELOPES[0], "KeyAES": base64.b64encode(wrapped).decode()}, private_key=OPERATOR)


def test_an_unsigned_packet_does_not_verify() -> None:
    assert not verify_packet({"KeyAES": "", "Sign": ""}, MERCHANT.public_key())
    assert not verify_packet({"KeyAES": ENVELOPES[0]["KeyAES"]}, MERCHANT.public_key())


@pytest.mark.parametrize("text", ["QQ", "QQ=", "QR==", "QQ==\n", " QQ==", "Q-Q=", "ї", None, 3])
def test_base64_is_strict(text: object) -> None:
    assert decode_base64(text) is None
    assert decode_base64("QQ==") == b"A"
