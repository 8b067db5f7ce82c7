"""RSA keys as PEM texts, and the operator's published keys per environment (protocol.md B 1.3, B 2.6)."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from app.domain.errors import BadKey

KEY_BITS: Final = 2048

TEST_OPERATOR_KEY_PEM: Final = """-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA0IH2V0Ot1ej4FdOihujG
ON37sqql62vFFR/4IK+w4xqHRvD+SEwwkLL9EO72e42bV9VaKOqKbX81A+0hbBXi
W7axjHU2Sc97EXTHjpwX++HduUXbXhRteyzcHDLZCGKT8WzoNgQeXcieLUYUp2bb
gjElGecKprcprkMeHmffmelwlzcv61auGU0o10CTyyCqhOKofdqJq6A2KOBCLL49
5z1700oCRo9qL4loe95r4wGh6AmHZNvAnAwLgzwzyLvWCz479CVIWEaMY/+uczfL
0yRjN+8uqNK3A09wOD+wO1I+YfU9YXcQ75L8ibxzWcNgMHrhJQ9ZtnoVltiTWEEB
9QIDAQAB
-----END PUBLIC KEY-----
"""

PRODUCTION_OPERATOR_KEY_PEM: Final = """-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA9+1AEFfD9MoO0IWeMk3f
aFoYBBekFgHmUGM48AVh6BW/s5r16mtUfMfRfezVgqluwV/liEd6hArmmEZIKwYE
mJoAYuY/ny9QJpc8zY+toR5IJEtYxfStHmVwKSuvHL3KY/U/Ok5UUT2u075JPZb+
FtDZwW9KXkwmT53HQ6iS0XFyy621vGrs6XcdGwO6eZPptkvc8SYKDwClgLjI69Iz
b6K/dfdQUioMPvZOXpdzrEQXjnipmsYh1VxOufqsX1SDzqR67Zs114OnHWAZhTXE
ksUjKavJkCc07T+nu1O/r99rsrRCaQODVq8SMAoK1vxJLf29WFv4ydp4vIk+n98/
DQIDAQAB
-----END PUBLIC KEY-----
"""

OPERATOR_KEYS: Final = {"test": TEST_OPERATOR_KEY_PEM, "production": PRODUCTION_OPERATOR_KEY_PEM}


def make_private_key_pem() -> str:
    """Return a new RSA 2048 private key, PKCS#8 PEM, unencrypted."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


@lru_cache(maxsize=2)
def load_private_key(pem: str) -> rsa.RSAPrivateKey:
    """Return the key of a PKCS#1 or PKCS#8 PEM. Raises BadKey: damaged_key, encrypted, not_rsa, too_short.

    The key's own numbers are validated, which takes some 50 ms: once for the client, fingerprint and check-up together.
    """
    try:
        key = serialization.load_pem_private_key(_encoded(pem), password=None)
    except TypeError as refused:
        raise BadKey(reason="encrypted") from refused
    except (ValueError, UnsupportedAlgorithm) as refused:
        raise BadKey(reason="damaged_key") from refused
    if not isinstance(key, rsa.RSAPrivateKey):
        raise BadKey(reason="not_rsa")
    if key.key_size < KEY_BITS:
        raise BadKey(reason="too_short")
    return key


def load_public_key(pem: str) -> rsa.RSAPublicKey:
    """Return the key of an SPKI or PKCS#1 PEM. Raises BadKey: damaged_key, not_rsa, too_short."""
    try:
        key = serialization.load_pem_public_key(_encoded(pem))
    except (ValueError, TypeError, UnsupportedAlgorithm) as refused:
        raise BadKey(reason="damaged_key") from refused
    if not isinstance(key, rsa.RSAPublicKey):
        raise BadKey(reason="not_rsa")
    if key.key_size < KEY_BITS:
        raise BadKey(reason="too_short")
    return key


def public_pem(private: rsa.RSAPrivateKey) -> str:
    """Return the public key as SPKI PEM, the form that is sent to the operator."""
    return (
        private.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def fingerprint(public: rsa.RSAPublicKey) -> str:
    """Return the hex SHA-256 of the key's SPKI DER."""
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()


def _encoded(pem: str) -> bytes:
    return pem.strip().encode("utf-8", "replace") + b"\n"
