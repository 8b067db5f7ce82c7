"""Scans files for what must never be on disk: card numbers, `tavv`, private keys, PINs, tokens (promise R8)."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

CARDS = (
    "4242424242424242", "4000000000000002", "4000000000009995", "4111111111111111",
)  # fmt: skip
DIVIDED = (
    r"(?:%(?:25)*[0-9A-Fa-f]{2}|&(?:amp;)*#?[0-9A-Za-z]{1,8};|\\+(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[nrt])"
    r"|[^\w\r\n]|_){0,4}"
)
"""What may separate two digits of one card number; defined independently of the program."""
PRIVATE_KEY = b"PRIVATE KEY-----"
TAVV = re.compile(rb"tavv\W{1,4}[A-Za-z0-9+/=]{8,}", re.IGNORECASE)
OWN_SECRETS = {"secrets.key", "vault.bin"}
"""The one secrets file, and the vault that is encrypted with it."""
OPERATORS = ("operator", "operator_private.pem", "operator_public.pem", "token")
"""The demo operator is another party: its folder holds its own key and the token that it issued."""


def findings(folder: Path, *, passed_over: tuple[str, ...] = OPERATORS) -> list[str]:
    """Return what was found, file by file; folders named in `passed_over` are skipped."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    tokens = {path.read_bytes().strip() for path in files if path.name == "token" and path.stat().st_size > 8}
    found: list[str] = []
    for path in files:
        if path.suffix == ".pem":
            continue  # made by a test for TLS or for the operator; the program writes no such file
        if path.name in OWN_SECRETS or any(part in passed_over for part in path.parts):
            continue
        for what, content in _contents(path):
            found += [f"{what}: {fault}" for fault in _faults(content, tokens)]
    return found


def holds(text: str, digits: str) -> bool:
    """Return whether a text contains these digits, with or without separators."""
    return re.search(DIVIDED.join(digits), text) is not None


def _contents(path: Path) -> Iterator[tuple[str, bytes]]:
    if not zipfile.is_zipfile(path):
        yield str(path), path.read_bytes()
        return
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            yield f"{path}!{name}", archive.read(name)


def _faults(content: bytes, tokens: set[bytes]) -> Iterator[str]:
    text = content.decode("utf-8", "replace")
    yield from (f"a card number {card[:6]}…" for card in CARDS if holds(text, card))
    if PRIVATE_KEY in content and b"BEGIN" in content:
        yield "a private key"
    if TAVV.search(content):
        yield "a tavv"
    if any(token in content for token in tokens):
        yield "the operator's token"
