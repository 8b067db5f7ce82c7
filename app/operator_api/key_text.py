"""A key file as people have it becomes one clean PEM: what surrounds the key does not matter, what is wrong is named.

Byte order marks, UTF-16, comments in any language, other line ends and indentation are left out; DER and the OpenSSH
form are turned into PEM. Reasons of BadKey: those of `domain.file_reasons`, and `not_a_file`, `empty_file`,
X
"""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from app.domain.errors import BadKey
from app.domain.file_reasons import file_reason
from app.operator_api.keys import load_private_key, load_public_key

K = TypeVar("K")
MAX_BYTES: Final = 256 * 1024
_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]{1,40})-----(.*?)-----END \1-----", re.DOTALL)
_HEADER = re.compile(r"[A-Za-z][A-Za-z-]*:[^\n]*")
_NO_BASE64 = re.compile(r"[^A-Za-z0-9+/=]")
_PRIVATE: Final = frozenset(
    {"PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY", "OPENSSH PRIVATE KEY"}
)
_ENCRYPTED: Final = "ENCRYPTED PRIVATE KEY"
_PUBLIC: Final = frozenset({"PUBLIC KEY", "RSA PUBLIC KEY"})
_CERTIFICATES: Final = frozenset({"CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"})
_LINE: Final = 64


def read_private_key(file: Path) -> tuple[str, rsa.RSAPrivateKey]:
    """Return an unencrypted private key with its PEM, to be kept. Raises BadKey."""
    content = _content(file)
    blocks = _blocks(content)
    keys = [(label, pem) for label, pem in blocks if label in _PRIVATE or label == _ENCRYPTED]
    if not blocks and content.startswith(b"\x30") and (pem := _private_from_der(content)):
        keys = [("PRIVATE KEY", pem)]
    label, pem = _only(keys, content, "is_public", file)
    if label == _ENCRYPTED or "ENCRYPTED" in pem:
        raise BadKey(reason="encrypted", file=str(file))
    if label == "OPENSSH PRIVATE KEY":
        pem = _private_from_openssh(pem, file)
    return pem, _named(lambda: load_private_key(pem), file)


def read_public_key(file: Path) -> tuple[str, rsa.RSAPublicKey]:
    """Return a public key with its PEM. Raises BadKey."""
    content = _content(file)
    blocks = _blocks(content)
    keys = [(label, pem) for label, pem in blocks if label in _PUBLIC]
    if not blocks and content.startswith(b"\x30") and (pem := _public_from_der(content)):
        keys = [("PUBLIC KEY", pem)]
    _, pem = _only(keys, content, "is_private", file)
    return pem, _named(lambda: load_public_key(pem), file)


def _named(load: Callable[[], K], file: Path) -> K:
    try:
        return load()
    except BadKey as failure:
        raise BadKey(reason=failure.details["reason"], file=str(file)) from failure


def _content(file: Path) -> bytes:
    """Return what is in a file; a pipe or a device is not waited for. Raises BadKey."""
    try:
        path = file.expanduser()
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            raise BadKey(reason="is_folder", file=str(file))
        if not stat.S_ISREG(kind):
            raise BadKey(reason="not_a_file", file=str(file))
        with path.open("rb") as opened:
            content = opened.read(MAX_BYTES)
    except (OSError, ValueError, RuntimeError) as failure:
        raise BadKey(reason=file_reason(failure), file=str(file)) from failure
    if not _text(content).strip():
        raise BadKey(reason="empty_file", file=str(file))
    return content


def _text(content: bytes) -> str:
    """Return the text; UTF-16 is known by its mark, or by its zero bytes. Bytes of other encodings are comments."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = content.decode("utf-16", "replace")
    elif b"\x00-\x00-" in content:
        text = content.decode("utf-16-le" if content[1:2] == b"\x00" else "utf-16-be", "replace")
    else:
        text = content.decode("utf-8", "replace")
    return text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _blocks(content: bytes) -> list[tuple[str, str]]:
    """Return every PEM block as its label and a clean text of it."""
    return [(label, _clean(label, body)) for label, body in _BLOCK.findall(_text(content))]


def _clean(label: str, body: str) -> str:
    headers = [line for line in map(str.strip, body.split("\n")) if _HEADER.fullmatch(line)]
    lines = [line for line in body.split("\n") if not _HEADER.fullmatch(line.strip())]
    base64 = _NO_BASE64.sub("", "".join(lines))
    wrapped = [base64[start : start + _LINE] for start in range(0, len(base64), _LINE)]
    head = [*headers, ""] if headers else []
    return "\n".join([f"-----BEGIN {label}-----", *head, *wrapped, f"-----END {label}-----", ""])


def _only(keys: list[tuple[str, str]], content: bytes, other_half: str, file: Path) -> tuple[str, str]:
    """Return the one key that was looked for. Raises BadKey: why there is none."""
    if len(keys) == 1:
        return keys[0]
    labels = {label for label, _ in _blocks(content)}
    if keys:
        reason = "several_keys"
    elif labels & (_PUBLIC | _PRIVATE | {_ENCRYPTED}):
        reason = other_half
    elif labels & _CERTIFICATES:
        reason = "is_certificate"
    elif not labels and (_private_from_der(content) or _public_from_der(content)):
        reason = other_half
    else:
        reason = "cut_off" if not labels and "-----BEGIN " in _text(content) else "not_a_key"
    raise BadKey(reason=reason, file=str(file))


def _private_from_der(content: bytes) -> str | None:
    try:
        key = serialization.load_der_private_key(content, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def _public_from_der(content: bytes) -> str | None:
    try:
        key = serialization.load_der_public_key(content)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def _private_from_openssh(pem: str, file: Path) -> str:
    try:
        key = serialization.load_ssh_private_key(pem.encode(), password=None)
        return key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()
    except TypeError as failure:
        raise BadKey(reason="encrypted", file=str(file)) from failure
    except (ValueError, UnsupportedAlgorithm) as failure:
        raise BadKey(reason="damaged_key", file=str(file)) from failure
