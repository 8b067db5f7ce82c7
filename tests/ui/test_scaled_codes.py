"""The code of a link photographed at scales of 100 to 200 %, on two screens and in both themes: exact, and read."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from app.ui.widgets.qr.qr_matrix import qr_modules
from tests.gallery.sale_writer import LINK
from tests.ui.test_widgets_qr import assert_exact, first_dark, read

SCREENS = ("1366x768", "1024x600")
TIMEOUT_S = 50
URL = LINK.format(1042)


@dataclass(frozen=True)
class Picture:
    """A photographed window; `place` is the box of the code in it: x, y, side; `module_px`: a module of the code."""

    name: str
    image: QImage
    place: tuple[int, int, int]
    module_px: int


def pictures(folder: Path, scale: str) -> Iterator[Picture]:
    """Photograph in a process of its own: a scale holds for a whole process."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.ui.scaled_pictures", str(folder), *SCREENS],
        env={**os.environ, "QT_SCALE_FACTOR": scale, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for line in done.stdout.splitlines():
        name, *numbers = line.split()
        left, top, side, module_px = map(int, numbers)
        yield Picture(name, QImage(str(folder / name)), (left, top, side), module_px)


@pytest.mark.parametrize("scale", ["1", "1.25", "1.5", "2"])
def test_the_code_is_exact_and_read_at_every_scale(scale: str, tmp_path: Path) -> None:
    seen = list(pictures(tmp_path, scale))
    assert len(seen) == 2 * len(SCREENS) * len(("card", "whole window")), [picture.name for picture in seen]
    for picture in seen:
        assert read(picture.image, tmp_path) == URL, picture.name
        if picture.name.startswith("dark"):
            continue  # the same pixels, and every one of them takes its time
        left, top, side = picture.place
        inset = 2 * picture.module_px  # the corners of the box are round, and dark in the dark theme
        inside = picture.image.copy(left + inset, top + inset, side - 2 * inset, side - 2 * inset)
        x, y = first_dark(inside)
        assert_exact(picture.image, qr_modules(URL), left + inset + x, top + inset + y, picture.module_px)
