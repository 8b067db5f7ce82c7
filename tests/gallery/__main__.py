"""`python -m tests.gallery DIR [--scale 2] [--only TEXT]`: a picture of every page in every state."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from itertools import product
from pathlib import Path

THEMES, LANGUAGES = ("light", "dark"), ("uk", "en")


def main() -> int:
    """Paint the selected cases and print how many pictures there are."""
    asked = _arguments().parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if asked.scale != 1:
        os.environ["QT_SCALE_FACTOR"] = f"{asked.scale:g}"
    asked.folder.mkdir(parents=True, exist_ok=True)
    painted = asyncio.run(_paint(asked))
    sys.stdout.write(f"{painted} pictures in {asked.folder}\n")
    return 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.gallery", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scale", type=float, default=1, help="pixels of the picture per pixel of the layout")
    parser.add_argument("--only", default="", help="scenes whose name holds this text")
    parser.add_argument("--themes", nargs="+", choices=THEMES, default=THEMES)
    parser.add_argument("--languages", nargs="+", choices=LANGUAGES, default=LANGUAGES)
    parser.add_argument("--sizes", nargs="+", default=None, help="of the window in logical pixels, such as 1024x600")
    return parser


async def _paint(asked: argparse.Namespace) -> int:
    from PySide6.QtWidgets import QApplication

    from app.ui.theme import Theme
    from tests.gallery.cases import CASES
    from tests.gallery.gallery_window import SIZES, opened_case
    from tests.gallery.pictures import picture

    theme = Theme(QApplication([]), "light")
    cases = [case for case in CASES if asked.only in case.name]
    painted = 0
    for look, language, size, case in product(asked.themes, asked.languages, asked.sizes or SIZES, cases):
        theme.choose(look)
        width, height = map(int, size.split("x"))
        async with opened_case(case, theme, language, (width, height)) as gallery:
            picture(gallery).save(str(asked.folder / f"{case.name}-{look}-{language}-{size}.png"))
            painted += 1
    return painted


if __name__ == "__main__":
    sys.exit(main())
