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
_VALUE = r"[^&\s\"',;\\}]"
_NAMED = re.compile(
    rf"(?i)\b({_SECRET_NAMES})(\\?[\"']?\s*[=:]\s*\\?[\"']?)([0-9](?:[ \-+]?[0-9])+(?!{_VALUE})|{_VALUE}+)"
)
_PEM = re.compile(
    r"-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----.*?(?:-----END \1-----|\Z)",
    re.DOTALL,
)
_HIDDEN = "***"
_EMAIL = re.compile(r"[^\s@\"'<>(),;:=/\\\[\]&?]{1,64}(?:@|%40)[^\s@\"'<>(),;:=/\\\[\]&?]{1,190}\.\w{2,}")
_PHONE = re.compile(
    r"(?<![\w.])(?:(?:\+?38[\s\-]?)?\(?0\d{2}\)?[\s\-]?\d{3}[\s\-]?\d{2}[\s\-]?\d{2}|\+\d{9,15})(?!\w)", re.ASCII
)


def redact_text(text: str) -> str:
    """Return the text without card numbers, private keys and values of secret names; card numbers keep 6 + 4 digits."""
    if "PRIVATE KEY" in text:
        text = _PEM.sub("[private key]", text)
    text = _NAMED.sub(_hide_named, text)
    return _DIGIT_RUN.sub(_mask_run, text)


def redact_personal(text: str) -> str:
    """Return the text without e-mail addresses and phone numbers: for logs and for the diagnostics file.

    The journal and the screens need both, so this is no part of `redact_text`.
    """
    return _PHONE.sub("[phone]", _EMAIL.sub("[e-mail]", text))


def mask_pan(text: str) -> str | None:
    """Return `412345******3217` for a card number of 13-19 digits, masked already or not; None for anything else."""
    bare = re.sub(r"[\s+\-]", "", text)
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
    digits = "".join(run[place] for place in places)
    sums = _luhn_sums(digits)
    out: list[str] = []
    at, written = 0, 0
    while at + _SHORTEST_PAN <= len(digits):
        length = _pan_length(sums, at, len(digits))
        if not length:
            at += 1
            continue
        out += [run[written : places[at]], _mask(digits[at : at + length])]
        at += length
        written = places[at - 1] + 1
    return "".join(out) + run[written:]


def _luhn_sums(digits: str) -> tuple[list[int], list[int]]:
    """Return running sums with the digits at even places doubled, and with those at odd places doubled."""
    sums: tuple[list[int], list[int]] = ([0], [0])
    for place, char in enumerate(digits):
        value = int(char)
        doubled = value * 2 - 9 if value > 4 else value * 2
        sums[place % 2].append(sums[place % 2][-1] + doubled)
        sums[1 - place % 2].append(sums[1 - place % 2][-1] + value)
    return sums


def _pan_length(sums: tuple[list[int], list[int]], at: int, total: int) -> int:
    """Return the length of the card number that starts at this digit, the longest first, or 0."""
    for length in range(min(_LONGEST_PAN, total - at), _SHORTEST_PAN - 1, -1):
        end = at + length
        running = sums[end % 2]  # the last digit, at end - 1, stays single
        if (running[end] - running[at]) % 10 == 0:
            return length
    return 0
