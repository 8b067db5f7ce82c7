"""Every page in every state, language and size: named controls, uncut texts, room, target sizes, one language."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

import pytest
from PySide6.QtCore import QSize

from app.i18n.catalogue import read_po
from app.i18n.language import Language
from app.i18n.resources import resource
from app.ui.tables.payments_delegate import ROW_HEIGHT
from app.ui.theme import Theme
from app.ui.widgets.feedback.toast import Toast
from tests.gallery import layout_checks, reach_checks
from tests.gallery.cases import CASES
from tests.gallery.gallery_window import SIZES, SMALL_SIZES, WHOLE_SIZES, GalleryCase, GalleryWindow, opened_case
from tests.gallery.widget_tree import describe_widget, texts_of, visible_widgets

LANGUAGES: tuple[Language, ...] = ("uk", "en")
LEAST_ROWS = 3
JOINTS = re.compile(r" · | — |\n|: |(?<=\.) ")
SIGNS = "✓✗● "
TELLING = 6
"""A sentence with placeholders is searched for only if it has this many letters outside them."""

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
every_language = pytest.mark.parametrize("language", LANGUAGES)


@dataclass
class CaseFaults:
    """The layout faults of a gallery case; each line begins with the size of the window."""

    unnamed_controls: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    layout_overflows: list[str] = field(default_factory=list)
    undersized_controls: list[str] = field(default_factory=list)
    out_of_reach: list[str] = field(default_factory=list)


@cache
def case_faults(case: GalleryCase, theme: Theme, language: Language) -> CaseFaults:
    """Check a case in both sizes, once for all tests."""
    found = CaseFaults()

    async def look() -> None:
        async with opened_case(case, theme, language, SIZES["1366x768"]) as gallery:
            for name, size in reversed(SIZES.items()):
                gallery.resize(size)
                for root in gallery.roots():
                    found.unnamed_controls += [f"{name}: {fault}" for fault in layout_checks.unnamed_controls(root)]
                    found.cut += [f"{name}: {fault}" for fault in layout_checks.clipped_texts(root)]
                    found.layout_overflows += [f"{name}: {fault}" for fault in layout_checks.layout_overflows(root)]
                    found.undersized_controls += [
                        f"{name}: {fault}" for fault in layout_checks.undersized_controls(root)
                    ]
            found.out_of_reach += _out_of_reach(gallery)

    asyncio.run(look())
    return found


@every_case
@every_language
def test_every_control_has_a_name(case: GalleryCase, theme: Theme, language: Language) -> None:
    _assert_none(case_faults(case, theme, language).unnamed_controls)


@every_case
@every_language
def test_no_text_is_cut(case: GalleryCase, theme: Theme, language: Language) -> None:
    _assert_none(case_faults(case, theme, language).cut)


@every_case
@every_language
def test_everything_has_its_room(case: GalleryCase, theme: Theme, language: Language) -> None:
    _assert_none(case_faults(case, theme, language).layout_overflows)


@every_case
@every_language
def test_no_control_is_smaller_than_a_finger(case: GalleryCase, theme: Theme, language: Language) -> None:
    _assert_none(case_faults(case, theme, language).undersized_controls)


@every_case
@every_language
def test_everything_is_in_the_window_or_can_be_scrolled_to(case: GalleryCase, theme: Theme, language: Language) -> None:
    _assert_none(case_faults(case, theme, language).out_of_reach)


@pytest.mark.parametrize("name", ["till-demo", "till-attempt", "shell-problem"])
@every_language
def test_three_payments_of_today_are_seen(name: str, theme: Theme, language: Language) -> None:
    """In the smallest window, also under the demo's banner."""
    case = next(case for case in CASES if case.name == name)
    heights: list[int] = []

    async def look() -> None:
        async with opened_case(case, theme, language, SIZES["1024x600"]) as gallery:
            heights.append(gallery.view("till").today.table.viewport().height())

    asyncio.run(look())
    assert heights[0] >= LEAST_ROWS * ROW_HEIGHT


@pytest.mark.parametrize("case", [case for case in CASES if case.is_lasting], ids=lambda case: case.name)
def test_a_new_language_leaves_no_word_of_the_old_one(case: GalleryCase, theme: Theme) -> None:
    left: list[str] = []

    async def look() -> None:
        async with opened_case(case, theme, "en", SIZES["1366x768"]) as gallery:
            gallery.set_language("uk")
            left.extend(_english(gallery))

    asyncio.run(look())
    _assert_none(left)


def _out_of_reach(gallery: GalleryWindow) -> Iterator[str]:
    for size in (*WHOLE_SIZES, *SMALL_SIZES):
        gallery.resize(size)
        if size in WHOLE_SIZES:
            yield from (f"{size}: {fault}" for fault in reach_checks.needs_scrolling(gallery.window))
        for root in gallery.roots():
            yield from (f"{size}: {fault}" for fault in reach_checks.out_of_reach(root, QSize(*size)))


def _assert_none(wrong: list[str]) -> None:
    """Fail with every fault on a line."""
    assert not wrong, "\n".join(wrong)


def _english(gallery: GalleryWindow) -> Iterator[str]:
    for widget in visible_widgets(gallery.window):
        if isinstance(widget.parentWidget(), Toast):  # keeps the language it was shown in, and closes soon
            continue
        for text in texts_of(widget):
            yield from (f"“{part}” of {describe_widget(widget)}" for part in _parts(text) if _is_english(part))


def _parts(text: str) -> set[str]:
    return {part.strip(SIGNS) for part in (text, *JOINTS.split(text))}


def _is_english(text: str) -> bool:
    sentences, patterns = _translated()
    return text in sentences or any(pattern.fullmatch(text) for pattern in patterns)


@cache
def _translated() -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """The English sentences that differ in Ukrainian: plain ones as they are, those with placeholders as patterns."""
    entries = list(read_po(resource("locale/uk/LC_MESSAGES/paydesk.po")))
    differ = [entry["msgid"] for entry in entries if entry["msgid"] and entry.get("msgstr") != entry["msgid"]]
    plain = frozenset(sentence for sentence in differ if "{" not in sentence)
    gappy = [re.split(r"\{\w+\}", sentence) for sentence in differ if "{" in sentence]
    telling = [parts for parts in gappy if sum(map(str.isalpha, "".join(parts))) >= TELLING]
    return plain, tuple(re.compile(".*".join(map(re.escape, parts)), re.DOTALL) for parts in telling)
