"""Run with QT_SCALE_FACTOR set: photographs the code of a link on a screen, on the card and over the whole window.

`python -m tests.ui.scaled_pictures DIR SCREEN ...` with screens such as 1366x768, in device pixels; prints a line a
picture: its file, the place of the code's box in it (x, y, side) and the size of a module, all in device pixels.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

from app.ui.pages.till.widgets.code_overlay import CodeOverlay
from app.ui.theme import Theme
from app.ui.widgets.qr.qr_view import QrView
from tests.gallery.cases import CASES
from tests.gallery.gallery_window import GalleryWindow, opened_case

[CASE] = [case for case in CASES if case.name == "till-qr"]


def main(folder: Path, screens: list[str]) -> None:
    """Photograph the code on every screen in both themes."""
    app = QApplication([])
    theme = Theme(app, "light")
    for look in ("light", "dark"):
        theme.choose(look)
        for screen in screens:
            ratio = app.devicePixelRatio()
            width, height = (int(int(side) / ratio) for side in screen.split("x"))
            asyncio.run(_photograph(folder / f"{look}-{screen}", theme, (width, height)))


async def _photograph(name: Path, theme: Theme, size: tuple[int, int]) -> None:
    async with opened_case(CASE, theme, "uk", size) as gallery:
        card = gallery.view("till").card
        if card.qr.isVisible():
            _save(gallery, card.qr, Path(f"{name}-card.png"))
        gallery.pages.key("code")
        gallery.process_events()
        [overlay] = gallery.window.findChildren(CodeOverlay)
        _save(gallery, overlay.qr, Path(f"{name}-whole.png"))


def _save(gallery: GalleryWindow, code: QrView, file: Path) -> None:
    window = gallery.window
    picture = window.grab()
    picture.save(str(file))
    corner = code.mapTo(window, code.box().topLeft())
    ratio = picture.devicePixelRatio()
    place = [round(length * ratio) for length in (corner.x(), corner.y(), code.box().width())]
    sys.stdout.write(f"{file.name} {' '.join(map(str, place))} {code.module_px()}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
