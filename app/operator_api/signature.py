"""The signature of callbacks, over txn_id + uuid + txn_date + sum without separators (protocol.md A3.4, B 5.7)."""

from __future__ import annotations

import hashlib

from app.domain.journal.events import SignatureCheck
from app.operator_api.envelope import decode_base64, verify_bytes
from app.operator_api.keys import fingerprint, load_public_key


class SignatureVerifier:
    """Checks callbacks with the operator's public keys; during a key rotation any of them may sign.

    Without a key (none, or None) every signature is wrong.
    """

    def __init__(self, *public_key_pems: str | None) -> None:
        """Raise BadKey when a text is not an RSA public key of 2048 bits or more."""
        self._keys = tuple(load_public_key(pem) for pem in public_key_pems if pem)

    @property
    def key_fingerprint(self) -> str | None:
        """The fingerprint of the key that is tried first, shown when a check fails."""
        return fingerprint(self._keys[0]) if self._keys else None

    def check(
        self, txn_id: str, uuid: str | None, txn_date: str | None, sum_text: str | None, sign_text: str | None
    ) -> tuple[SignatureCheck, str | None]:
        """Return the verdict and the hex SHA-256 of the decoded signature, if there is one.

        `sign_text` is percent-decoded; a space in it was an unencoded `+`. All four values are required.
        """
        if not sign_text:
            return SignatureCheck.MISSING, None
        signature = decode_base64(sign_text.replace(" ", "+"))
        if signature is None:
            return SignatureCheck.WRONG, None
        digest = hashlib.sha256(signature).hexdigest()
        if not self._keys or not (txn_id and uuid and txn_date and sum_text):
            return SignatureCheck.WRONG, digest
        signed = f"{txn_id}{uuid}{txn_date}{sum_text}".encode("utf-8", "replace")
        good = any(verify_bytes(key, signature, signed) for key in self._keys)
        return (SignatureCheck.VERIFIED if good else SignatureCheck.WRONG), digest
