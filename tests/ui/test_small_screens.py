"""Every page in every state on small screens and at large scales: everything is in the window or can be scrolled to."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import QSize

from app.i18n.language import Language
from app.ui.theme import Theme
from tests.gallery.cases import CASES
from tests.gallery.gallery_window import GalleryCase, opened_case
from tests.gallery.reach_checks import needs_scrolling, out_of_reach

WHOLE = ((1366, 768), (1093, 614), (1024, 600))
"""Logical pixels from which on nothing of a page is hidden: screens of 1366x768 at 100 and 125 %, and the least."""
SMALL = ((911, 512), (819, 480), (781, 439), (683, 384), (512, 300))
"""1366x768 at 150, 175 and 200 %, 1024x600 at 125 and 200 %."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("language", ["uk", "en"])
def test_everything_can_be_reached(case: GalleryCase, theme: Theme, language: Language) -> None:
    faults: list[str] = []

    async def look() -> None:
        async with opened_case(case, theme, language, WHOLE[0]) as gallery:
            for size in (*WHOLE, *SMALL):
                gallery.resize(size)
                if size in WHOLE:
                    faults.extend(f"{size} {fault}" for fault in needs_scrolling(gallery.window))
                for root in gallery.roots():
                    faults.extend(f"{size} {fault}" for fault in out_of_reach(root, QSize(*size)))

    asyncio.run(look())
    assert not faults, "\n".join(faults)
