"""What people typed or pasted, freed of what cannot be seen, and two texts made alike for comparing.

What is stored stays as it was typed: a search folds both sides with `folded`, and `search_form` is what it looks in.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from app.domain.text.plain_text import is_storable, without_controls, without_invisible

_BLANKS = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_VARIANTS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_WIDE: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_APOSTROPHES: Final = (
    "\u2019\u2018\u201a\u201b\u02bc\u02b9\u02bb\u02bd\u02c8\u02ca\u02cb\u2032\u2035\u00b4`\ua78b\ua78c\u055a"
)
_QUOTES: Final = "\u00ab\u00bb\u201c\u201d\u201e\u201f\u2033\u2036\u275d\u275e\u301d\u301e"
_DASHES: Final = (
    "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2053\u207b\u208b\u2212\u2e3a\u2e3b\u2e40\u2796\u301c\u3030\u058a\u05be"
    "\u1806\ufe31\ufe32\ufe58\ufe63"
)
_ALIKE: Final = str.maketrans(
    dict.fromkeys(_APOSTROPHES, "'") | dict.fromkeys(_QUOTES, '"') | dict.fromkeys(_DASHES, "-")
)
_PLAIN = re.compile("[ -_a-~\u0401\u0404\u0406\u0407\u0410-\u044f\u0451\u0454\u0456\u0457\u0490\u0491]*")
"""Letters, digits and signs that are alike with nothing else."""
_PHONE_SIGNS = re.compile(r"[\s()\[\]{}./\\+\u00b7\u2022-]+")
_NUMBER = re.compile(r"(?:№|#)?\s*([0-9]{1,18})")
_TOKEN = re.compile(r"[^\W_]+|\S")
_GAP: Final = "  "
_SHORTEST: Final = 3
"""An index of three characters finds nothing shorter: less than that is looked for with the gap in front of it."""


def visible(text: str) -> str:
    """Return the text without what has no width and no blanks around it; blanks and full-width signs as plain ones."""
    if text.isascii():
        return text.strip()
    return _BLANKS.sub(" ", without_invisible(text)).translate(_WIDE).strip()


def is_searched(text: str | None) -> bool:
    """Say whether a search narrows anything: blanks do not, and what cannot be stored finds nothing."""
    return text is not None and text != "" and (bool(folded(text)) or not can_be_found(text))


def can_be_found(text: str) -> bool:
    """Say whether a stored text could hold this one; in SQLite a NUL would end the pattern, which then finds all."""
    return is_storable(text) and "\0" not in text


def with_plain_signs(text: str) -> str:
    """Return what is visible with every dash, apostrophe and quotation mark as the one of the keyboard."""
    return visible(text).translate(_ALIKE)


def folded(text: str) -> str:
    """Return a text for comparing: what looks alike is equal, in any case and however its letters are composed."""
    if not _PLAIN.fullmatch(text):  # seldom, and ten times slower: a search folds every text of the ledger
        text = unicodedata.normalize("NFKC", without_controls(_VARIANTS.sub("", text)).translate(_ALIKE))
        text = without_invisible(unicodedata.normalize("NFKC", text.casefold())).translate(_ALIKE)
    return " ".join(text.casefold().split())


@lru_cache(maxsize=1024)
def search_form(text: str | None) -> str:
    """Return a folded text with a gap before each of its words and signs: how it is stored for searching."""
    return "".join(_GAP + token for token in _TOKEN.findall(folded(text))) if text else ""


def needle(text: str) -> str:
    """Return what a `search_form` holds if its text holds this one; one or two letters are the start of a word."""
    form = search_form(text).lstrip()
    return form if not form or len(form) >= _SHORTEST else (_GAP + form)[-_SHORTEST:]


def phone_digits(text: str) -> str | None:
    """Return the digits of a phone or of a part of one, `00380` and `380 (0)` as 380; None for another text."""
    digits = _PHONE_SIGNS.sub("", with_plain_signs(text))
    if digits and not (digits.isascii() and digits.isdigit()):
        return None
    if digits.startswith("0038"):
        digits = digits[2:]
    return f"380{digits[4:]}" if digits.startswith("3800") and len(digits) == 13 else digits


def payment_number(text: str) -> int | None:
    """Return the number in `1042`, `№ 1042` and `#1042`; None when it is something else."""
    found = _NUMBER.fullmatch(visible(text))
    return int(found[1]) if found else None
