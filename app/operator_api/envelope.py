"""The operator's envelope (protocol.md B 2.2): AES-128-CBC data, RSA-wrapped key, signature over the wrapped key.

Sealing uses layout A (IV in front of the ciphertext); opening takes the first 16 bytes as IV, which reads both (B 2.3).
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Callable, Mapping
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

BLOCK: Final = 16


class EnvelopeError(ValueError):
    """A packet that cannot be decrypted: base64, key, blocks or padding. The client maps it to OperatorRefused."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def seal(
    plain: bytes,
    *,
    token: str,
    operation_type: int,
    locale: str | None,
    operator_key: RSAPublicKey,
    merchant_key: RSAPrivateKey,
    entropy: Callable[[int], bytes] = os.urandom,
) -> dict[str, Any]:
    """Return the packet to post, with a fresh AES key and IV for every message."""
    aes_key, iv = entropy(BLOCK), entropy(BLOCK)
    wrapped = operator_key.encrypt(aes_key, PKCS1v15())
    partner: dict[str, Any] = {"PartnerToken": token, "OperationType": operation_type}
    if locale:
        partner["Locale"] = locale
    return {
        "Partner": partner,
        "Data": _text(iv + _encrypt(aes_key, iv, plain)),
        "KeyAES": _text(wrapped),
        "Sign": _text(merchant_key.sign(wrapped, PKCS1v15(), hashes.SHA256())),
    }


def open_packet(packet: Mapping[str, Any], *, private_key: RSAPrivateKey) -> bytes:
    """Return the plain bytes of `Data`. Raises EnvelopeError.

    A damaged KeyAES may decrypt to random bytes without an error, so length, blocks and padding are all checked;
    the caller checks the JSON.
    """
    wrapped, data = decode_base64(packet.get("KeyAES")), decode_base64(packet.get("Data"))
    if wrapped is None or data is None:
        raise EnvelopeError("base64")
    try:
        aes_key = private_key.decrypt(wrapped, PKCS1v15())
    except ValueError as refused:
        raise EnvelopeError("key") from refused
    if len(aes_key) != BLOCK:
        raise EnvelopeError("key")
    if len(data) < 2 * BLOCK or len(data) % BLOCK:
        raise EnvelopeError("blocks")
    return _decrypt(aes_key, data[:BLOCK], data[BLOCK:])


def verify_packet(packet: Mapping[str, Any], public_key: RSAPublicKey) -> bool:
    """Return whether `Sign` is the signature of that key over the raw bytes of `KeyAES`."""
    wrapped, sign = decode_base64(packet.get("KeyAES")), decode_base64(packet.get("Sign"))
    if not wrapped or not sign:
        return False
    return verify_bytes(public_key, sign, wrapped)


def verify_bytes(public_key: RSAPublicKey, signature: bytes, signed: bytes) -> bool:
    """Return whether this is an RSASSA-PKCS1-v1_5 SHA-256 signature of the key over the bytes."""
    try:
        public_key.verify(signature, signed, PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def decode_base64(text: object) -> bytes | None:
    """Return the bytes of a strict, canonical, standard base64 text; None for anything else."""
    if not isinstance(text, str):
        return None
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return decoded if _text(decoded) == text else None


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _encrypt(aes_key: bytes, iv: bytes, plain: bytes) -> bytes:
    padder = PKCS7(BLOCK * 8).padder()
    encryptor = Cipher(algorithms.AES(aes_key), modes.CBC(iv)).encryptor()
    return encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()


def _decrypt(aes_key: bytes, iv: bytes, data: bytes) -> bytes:
    decryptor = Cipher(algorithms.AES(aes_key), modes.CBC(iv)).decryptor()
    padded = decryptor.update(data) + decryptor.finalize()
    unpadder = PKCS7(BLOCK * 8).unpadder()
    try:
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError as refused:
        raise EnvelopeError("padding") from refused
