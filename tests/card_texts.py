"""Card numbers and the separators between their digits, for property tests. Uses no code of the program."""

from __future__ import annotations

from hypothesis import strategies as st


def check_digit(start: str) -> str:
    """Return the Luhn digit that completes a number, computed as the standard describes it."""
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(start))]
    return str(-sum(sum(map(int, str(value))) for value in doubled) % 10)


def mask_of(pan: str) -> str:
    return pan[:6] + "*" * (len(pan) - 10) + pan[-4:]


def divided(pan: str, between: list[str], size: int) -> str:
    """Return the number in groups of `size` digits, divided by the separators in turn."""
    groups = [pan[at : at + size] for at in range(0, len(pan), size)]
    return groups[0] + "".join(separator + group for separator, group in zip(between, groups[1:], strict=False))


PANS = st.from_regex(r"[1-9][0-9]{11,17}", fullmatch=True).map(lambda start: start + check_digit(start))

_PLAIN = st.characters(exclude_categories=["L", "Nd", "Cs"], exclude_characters="\r\n")
_COMMON = st.sampled_from([*" -./_:,|+;()'\"*#\t\u00a0\u2009\u200b\u2013\u2014"])
_ESCAPED = st.sampled_from(
    ["%20", "%2D", "%2d", "%252D", "%C2%A0", "%E2%80%93", "&nbsp;", "&#45;", "&#x2d;", "&amp;nbsp;", "\\u00a0", "\\x2d"]
)
_ONE = st.one_of(_PLAIN, _COMMON, _ESCAPED)
BETWEEN = st.lists(_ONE, max_size=4).map("".join)
"""Up to four separators; never a letter, a decimal digit or a line end, but escapes of separators."""
