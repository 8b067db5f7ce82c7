"""Every case of the gallery. To add one: a coroutine that sets up a GalleryWindow, and a GalleryCase in CASES."""

from __future__ import annotations

from typing import Final

from tests.gallery import day_cases as day_cases
from tests.gallery import list_cases as list_cases
from tests.gallery import refund_cases as refund_cases
from tests.gallery import settings_cases as settings_cases
from tests.gallery import shell_cases as shell_cases
from tests.gallery import till_cases as till_cases
from tests.gallery.gallery_window import GalleryCase

CASES: Final[tuple[GalleryCase, ...]] = (
    *till_cases.CASES,
    *list_cases.CASES,
    *day_cases.CASES,
    *settings_cases.CASES,
    *refund_cases.CASES,
    *shell_cases.CASES,
)
