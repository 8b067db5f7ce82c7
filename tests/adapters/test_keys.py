"""Import and export of keys: accepted forms, refused keys, the published keys."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives import serialization as forms
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from app.domain.errors import BadKey
from app.operator_api import keys
from app.settings.schema import OPERATOR_URLS


@pytest.fixture(scope="module")
def private() -> rsa.RSAPrivateKey:
    return keys.load_private_key(keys.make_private_key_pem())


def _pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, form: forms.PrivateFormat, password: bytes = b"") -> str:
    secrecy = forms.BestAvailableEncryption(password) if password else forms.NoEncryption()
    return key.private_bytes(forms.Encoding.PEM, form, secrecy).decode()


@pytest.mark.parametrize("form", [forms.PrivateFormat.TraditionalOpenSSL, forms.PrivateFormat.PKCS8])
def test_both_private_forms_are_read(private: rsa.RSAPrivateKey, form: forms.PrivateFormat) -> None:
    loaded = keys.load_private_key("\n  " + _pem(private, form) + "\r\n")
    assert loaded.private_numbers() == private.private_numbers()


def test_a_made_key_is_2048_bits_and_unencrypted_pkcs8() -> None:
    pem = keys.make_private_key_pem()
    assert pem.startswith("-----BEGIN PRIVATE KEY-----")
    assert keys.load_private_key(pem).key_size == 2048


@pytest.mark.parametrize("form", [forms.PublicFormat.SubjectPublicKeyInfo, forms.PublicFormat.PKCS1])
def test_both_public_forms_are_read(private: rsa.RSAPrivateKey, form: forms.PublicFormat) -> None:
    pem = private.public_key().public_bytes(forms.Encoding.PEM, form).decode()
    assert keys.load_public_key(pem) == private.public_key()


def test_the_exported_half_is_spki_and_has_the_same_fingerprint(private: rsa.RSAPrivateKey) -> None:
    pem = keys.public_pem(private)
    assert pem.startswith("-----BEGIN PUBLIC KEY-----")
    der = private.public_key().public_bytes(forms.Encoding.DER, forms.PublicFormat.SubjectPublicKeyInfo)
    assert keys.fingerprint(keys.load_public_key(pem)) == hashlib.sha256(der).hexdigest()


def test_an_encrypted_key_is_refused(private: rsa.RSAPrivateKey) -> None:
    with pytest.raises(BadKey) as refused:
        keys.load_private_key(_pem(private, forms.PrivateFormat.PKCS8, b"secret"))
    assert refused.value.details == {"reason": "encrypted"}


def test_a_short_key_is_refused() -> None:
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    with pytest.raises(BadKey) as refused:
        keys.load_private_key(_pem(short, forms.PrivateFormat.PKCS8))
    assert refused.value.details == {"reason": "too_short"}
    with pytest.raises(BadKey) as refused:
        keys.load_public_key(keys.public_pem(short))
    assert refused.value.details == {"reason": "too_short"}


def test_a_key_of_another_kind_is_refused() -> None:
    curve = ec.generate_private_key(ec.SECP256R1())
    with pytest.raises(BadKey) as refused:
        keys.load_private_key(_pem(curve, forms.PrivateFormat.PKCS8))
    assert refused.value.details == {"reason": "not_rsa"}


@pytest.mark.parametrize(
    "text", ["", "hello", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "ключ\x00"]
)
def test_nonsense_is_refused_and_not_repeated(text: str) -> None:
    for load in (keys.load_private_key, keys.load_public_key):
        with pytest.raises(BadKey) as refused:
            load(text)
        assert refused.value.details == {"reason": "damaged_key"}


def test_a_public_key_is_no_private_key(private: rsa.RSAPrivateKey) -> None:
    with pytest.raises(BadKey):
        keys.load_private_key(keys.public_pem(private))
    with pytest.raises(BadKey):
        keys.load_public_key(_pem(private, forms.PrivateFormat.PKCS8))


@pytest.mark.parametrize(
    ("environment", "digest"),
    [
        ("test", "9c53a0d05d6fa564a2e4da0aad10c87794cb234bf80a94cfbec45cde4f7eafe2"),
        ("production", "09648436076b6a0a87401917a16072301658e92dc1e2c1695a025b356e7f7288"),
    ],
)
def test_the_published_keys_are_copied_without_a_slip(environment: str, digest: str) -> None:
    assert keys.fingerprint(keys.load_public_key(keys.OPERATOR_KEYS[environment])) == digest
    assert OPERATOR_URLS[environment].endswith("papi.xpaydirect.com/xpay")
