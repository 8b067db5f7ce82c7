"""Every page in every state, both languages, both sizes: named, whole, roomy, large enough, in one language."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

import pytest

from app.i18n.catalogue import read_po
from app.i18n.language import Language
from app.i18n.resources import resource
from app.ui.tables.payments_delegate import ROW_HEIGHT
from app.ui.theme import Theme
from app.ui.widgets.toast import Toast
from tests.gallery import faults
from tests.gallery.scenes import SCENES
from tests.gallery.seeing import called, seen, texts_of
from tests.gallery.stage import SIZES, Scene, Stage, staged

LANGUAGES: tuple[Language, ...] = ("uk", "en")
LEAST_ROWS = 3
JOINTS = re.compile(r" · | — |\n|: |(?<=\.) ")
SIGNS = "✓✗● "
TELLING = 6
"""A sentence with gaps is looked for only if it has this many letters of its own."""

every_scene = pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
every_language = pytest.mark.parametrize("language", LANGUAGES)


@dataclass
class Looked:
    """What was found wrong with a scene; each line begins with the size of the window."""

    nameless: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    cramped: list[str] = field(default_factory=list)
    small: list[str] = field(default_factory=list)


@cache
def looked_at(scene: Scene, theme: Theme, language: Language) -> Looked:
    """Look once at a scene in both sizes, for all tests."""
    found = Looked()

    async def look() -> None:
        async with staged(scene, theme, language, SIZES["1366x768"]) as stage:
            for name, size in reversed(SIZES.items()):
                stage.resize(size)
                for root in stage.roots():
                    found.nameless += [f"{name}: {fault}" for fault in faults.nameless(root)]
                    found.cut += [f"{name}: {fault}" for fault in faults.cut_texts(root)]
                    found.cramped += [f"{name}: {fault}" for fault in faults.cramped(root)]
                    found.small += [f"{name}: {fault}" for fault in faults.small(root)]

    asyncio.run(look())
    return found


@every_scene
@every_language
def test_every_control_has_a_name(scene: Scene, theme: Theme, language: Language) -> None:
    _nothing(looked_at(scene, theme, language).nameless)


@every_scene
@every_language
def test_no_text_is_cut(scene: Scene, theme: Theme, language: Language) -> None:
    _nothing(looked_at(scene, theme, language).cut)


@every_scene
@every_language
def test_everything_has_its_room(scene: Scene, theme: Theme, language: Language) -> None:
    _nothing(looked_at(scene, theme, language).cramped)


@every_scene
@every_language
def test_no_control_is_smaller_than_a_finger(scene: Scene, theme: Theme, language: Language) -> None:
    _nothing(looked_at(scene, theme, language).small)


@pytest.mark.parametrize("name", ["till-demo", "till-attempt", "shell-problem"])
@every_language
def test_three_payments_of_today_are_seen(name: str, theme: Theme, language: Language) -> None:
    """In the smallest window, under the banner of the demo too."""
    scene = next(scene for scene in SCENES if scene.name == name)
    heights: list[int] = []

    async def look() -> None:
        async with staged(scene, theme, language, SIZES["1024x700"]) as stage:
            heights.append(stage.view("till").today.table.viewport().height())

    asyncio.run(look())
    assert heights[0] >= LEAST_ROWS * ROW_HEIGHT


@pytest.mark.parametrize("scene", [scene for scene in SCENES if scene.is_lasting], ids=lambda scene: scene.name)
def test_a_new_language_leaves_no_word_of_the_old_one(scene: Scene, theme: Theme) -> None:
    left: list[str] = []

    async def look() -> None:
        async with staged(scene, theme, "en", SIZES["1366x768"]) as stage:
            stage.speak("uk")
            left.extend(_english(stage))

    asyncio.run(look())
    _nothing(left)


def _nothing(wrong: list[str]) -> None:
    """Fail with every line of what is wrong."""
    assert not wrong, "\n".join(wrong)


def _english(stage: Stage) -> Iterator[str]:
    for widget in seen(stage.window):
        if isinstance(widget.parentWidget(), Toast):  # stays in the language it was said in, and goes
            continue
        for text in texts_of(widget):
            yield from (f"“{part}” of {called(widget)}" for part in _parts(text) if _is_english(part))


def _parts(text: str) -> set[str]:
    return {part.strip(SIGNS) for part in (text, *JOINTS.split(text))}


def _is_english(text: str) -> bool:
    sentences, patterns = _translated()
    return text in sentences or any(pattern.fullmatch(text) for pattern in patterns)


@cache
def _translated() -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """The English sentences that read differently in Ukrainian: whole ones, and those with gaps as patterns."""
    entries = list(read_po(resource("locale/uk/LC_MESSAGES/paydesk.po")))
    differ = [entry["msgid"] for entry in entries if entry["msgid"] and entry.get("msgstr") != entry["msgid"]]
    plain = frozenset(sentence for sentence in differ if "{" not in sentence)
    gappy = [re.split(r"\{\w+\}", sentence) for sentence in differ if "{" in sentence]
    telling = [parts for parts in gappy if sum(map(str.isalpha, "".join(parts))) >= TELLING]
    return plain, tuple(re.compile(".*".join(map(re.escape, parts)), re.DOTALL) for parts in telling)
