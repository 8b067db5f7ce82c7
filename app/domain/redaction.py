"""What must never reach disk, logs or screens is masked here, by name and by pattern (protocol.md A3.7). Stdlib only.

A new secret name goes into `_SECRET_NAMES`; tests/adapters/test_callback_parsing.py shows what must not survive.
"""

from __future__ import annotations

import re

_SHORTEST_PAN, _LONGEST_PAN = 13, 19
_SEPARATOR = r"(?:[ \-+\u00a0\u2009\u202f]|%20){0,3}"
_DIGIT_RUN = re.compile(rf"\d(?:{_SEPARATOR}\d){{{_SHORTEST_PAN - 1},}}")
_MASKED_PAN = re.compile(r"([0-9]{6})[*xX.•]{2,9}([0-9]{4})")
_SECRET_NAMES = r"pan|exp|tavv|sign|cvv2?|cvc2?|card_?number|token|partner_?token|keyaes"
_NAMED = re.compile(rf"(?i)\b({_SECRET_NAMES})(\\?[\"']?\s*[=:]\s*\\?[\"']?)([^&\s\"',;\\}}]+)")
_PEM = re.compile(
    r"-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----.*?(?:-----END \1-----|\Z)",
    re.DOTALL,
)
_HIDDEN = "***"


def redact_text(text: str) -> str:
    """Return the text without card numbers, private keys and values of secret names; card numbers keep 6 + 4 digits."""
    if "PRIVATE KEY" in text:
        text = _PEM.sub("[private key]", text)
    text = _NAMED.sub(_hide_named, text)
    return _DIGIT_RUN.sub(_mask_run, text)


def mask_pan(text: str) -> str | None:
    """Return `412345******3217` for a card number of 13-19 digits, masked already or not; None for anything else."""
    bare = re.sub(r"[\s\-]", "", text)
    if re.fullmatch(rf"[0-9]{{{_SHORTEST_PAN},{_LONGEST_PAN}}}", bare):
        return _mask(bare)
    masked = _MASKED_PAN.fullmatch(bare)
    return f"{masked[1]}******{masked[2]}" if masked else None


def passes_luhn(digits: str) -> bool:
    """Return whether the last digit is the Luhn check digit of the others."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _mask(digits: str) -> str:
    return f"{digits[:6]}{'*' * (len(digits) - 10)}{digits[-4:]}"


def _hide_named(found: re.Match[str]) -> str:
    """Keep a card number's mask, hide everything else."""
    return f"{found[1]}{found[2]}{mask_pan(found[3]) or _HIDDEN}"


def _mask_run(found: re.Match[str]) -> str:
    """Mask every card number inside a run of digits; two numbers may stand side by side, or one inside a longer run."""
    run = found[0]
    places = [place for place, char in enumerate(run) if char.isdecimal()]
    out: list[str] = []
    at, written = 0, 0
    while at + _SHORTEST_PAN <= len(places):
        length = _pan_length(run, places, at)
        if not length:
            at += 1
            continue
        digits = "".join(run[place] for place in places[at : at + length])
        out += [run[written : places[at]], _mask(digits)]
        at += length
        written = places[at - 1] + 1
    return "".join(out) + run[written:]


def _pan_length(run: str, places: list[int], at: int) -> int:
    """Return the length of the card number that starts at this digit, the longest first, or 0."""
    digits = "".join(run[place] for place in places[at : at + _LONGEST_PAN])
    for length in range(len(digits), _SHORTEST_PAN - 1, -1):
        if passes_luhn(digits[:length]):
            return length
    return 0
