"""The signature of callbacks, over txn_id + uuid + txn_date + sum without separators (protocol.md A3.4, B 5.7)."""

from __future__ import annotations

import hashlib

from app.domain.events import Signed
from app.operator_api.envelope import decode_base64, verify_bytes
from app.operator_api.keys import fingerprint, load_public_key


class SignatureVerifier:
    """Checks callbacks with one public key. Without a key (None) every signature is wrong."""

    def __init__(self, public_key_pem: str | None) -> None:
        """Raise BadKey when the text is no RSA public key of 2048 bits or more."""
        self._key = load_public_key(public_key_pem) if public_key_pem else None

    @property
    def key_fingerprint(self) -> str | None:
        """The fingerprint of the key that is tried, for what is shown when a check fails."""
        return fingerprint(self._key) if self._key else None

    def check(
        self, txn_id: str, uuid: str | None, txn_date: str | None, sum_text: str | None, sign_text: str | None
    ) -> tuple[Signed, str | None]:
        """Return the verdict and the hex SHA-256 of the decoded signature, if there is one.

        `sign_text` is percent-decoded; a space in it was a `+` that nobody encoded. All four values are needed.
        """
        if not sign_text:
            return Signed.MISSING, None
        signature = decode_base64(sign_text.replace(" ", "+"))
        if signature is None:
            return Signed.WRONG, None
        digest = hashlib.sha256(signature).hexdigest()
        if self._key is None or not (txn_id and uuid and txn_date and sum_text):
            return Signed.WRONG, digest
        signed = f"{txn_id}{uuid}{txn_date}{sum_text}".encode("utf-8", "replace")
        good = verify_bytes(self._key, signature, signed)
        return (Signed.VERIFIED if good else Signed.WRONG), digest
