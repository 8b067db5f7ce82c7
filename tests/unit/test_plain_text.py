"""Foreign text is shown as plain text: nothing in it is interpreted, and a log loses nothing of it."""

from __future__ import annotations

import json
import sys
import unicodedata
from pathlib import Path

import pytest

from app.domain.text.plain_text import escaped, lines, one_line, without_controls
from tests.hostile import ACTING, acting, hostile


def test_every_character_that_acts_is_taken_out() -> None:
    """Compared with Python's own Unicode table, so that a newer version shows what is missing."""
    wrong = [
        f"U+{code:04X}"
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
        and chr(code) in without_controls(chr(code))
    ]
    assert not wrong


def test_letters_marks_and_our_own_spaces_stay() -> None:
    plain = "Кав’ярня «Ґанок» · 1\u00a0250,00\u00a0₴ <b>&amp; é ☕️ 日本 שלום — \\n"
    assert one_line(plain) == without_controls(plain) == lines(plain) == escaped(plain) == plain


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Coffee\nPaid", "Coffee Paid"),
        ("  a \t b\r\n", "a b"),
        ("5" + " " * 80 + "Paid", "5 Paid"),
        ("1\u00a0\u00a0\u2003\u30002", "1 2"),
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("zero\u200bwidth", "zerowidth"),
        ("\x1b[2J", "[2J"),
        ("bad byte \udcff", "bad byte \ufffd"),
        ("", ""),
    ],
)
def test_one_line(given: str, shown: str) -> None:
    assert one_line(given) == shown


def test_spacing_that_is_ours_is_kept() -> None:
    assert without_controls("№ 1  100,00\tx") == "№ 1  100,00 x"
    assert lines("a\n  b\x1bc\r\nd") == "a\n  b c \nd"


def test_what_is_escaped_can_be_read_back() -> None:
    for text in (hostile(Path("/x")), "\U000e0041 \U0001d173", "a\\n\nb"):
        shown = escaped(text)
        assert not acting(shown)
        assert shown.isascii() or not acting(shown)
    whole = hostile(Path("/x")) + "\U000e0041"
    document = escaped(json.dumps({"text": whole}, ensure_ascii=False, indent=2), keep="\n")
    assert json.loads(document) == {"text": whole}
    assert acting(document) == ["\n", "\n"]


def test_the_hostile_text_is_hostile() -> None:
    assert {"\x1b", "\x9b", "\n", "\r", "\u2028", "\x85", "\u202e", "\u200b", "\x00"} <= set(acting(ACTING))
