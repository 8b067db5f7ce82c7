"""The tokens: contrast of every pair, the same roles in both themes, and no colour anywhere else."""

import re
import runpy
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from app.ui.theme.tokens import PAIRS, SIZES, TONES, contrast, load_tokens, mix

ROOT = Path(__file__).parents[2]
THEMES = ROOT / "resources" / "themes"
NAMES = ("light", "dark")
HEX = re.compile(r"#(?:[0-9A-Fa-f]{8}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})\b")
NUMERIC_COLOUR = re.compile(r"(?:QColor|\brgba?)\(\s*\d|GlobalColor\.(?!transparent)|fromRgb")


def _read(name: str) -> dict[str, str]:
    return tomllib.loads((THEMES / f"{name}.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_every_ink_can_be_read_on_its_ground(name: str, ink: str, ground: str, least: float) -> None:
    colours = load_tokens(name).colours
    assert contrast(colours[ink], colours[ground]) >= least


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#FFFFFF", "#FFFFFF") == 1
    assert contrast("#777777", "#FFFFFF") == contrast("#FFFFFF", "#777777") == pytest.approx(4.478, abs=0.001)
    assert contrast("#FF0000", "#00FF00") == pytest.approx(2.914, abs=0.001)


def test_both_themes_have_the_same_roles() -> None:
    light, dark = (_read(name) for name in NAMES)
    assert list(light) == list(dark)
    assert {f"{tone}{part}" for tone in TONES for part in ("", "_ground")} < light.keys()


@pytest.mark.parametrize("name", NAMES)
def test_every_colour_is_six_digits(name: str) -> None:
    tokens = load_tokens(name)
    assert tokens.name == name
    assert all(re.fullmatch("#[0-9A-F]{6}", colour) for colour in tokens.colours.values())


def test_the_code_is_dark_on_white_in_every_theme() -> None:
    light, dark = (load_tokens(name).colours for name in NAMES)
    assert (light["qr_ink"], light["qr_ground"]) == (dark["qr_ink"], dark["qr_ground"])


def test_colours_mix() -> None:
    assert mix("#000000", "#FFFFFF", 0) == "#000000"
    assert mix("#000000", "#FFFFFF", 1) == "#FFFFFF"
    assert mix("#102030", "#304050", 0.5) == "#203040"


def test_sizes_grow() -> None:
    assert list(SIZES.values()) == sorted(set(SIZES.values()))


def test_colours_are_in_the_themes_only() -> None:
    assert HEX.search('QColor("#FFFFFF")')
    assert NUMERIC_COLOUR.search("QColor(255, 0, 0)")
    places = [
        *(ROOT / "app" / "ui").rglob("*.py"),
        *THEMES.glob("*.qss"),
        *(ROOT / "resources" / "icons").glob("*.svg"),
    ]
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in places
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if HEX.search(line) or NUMERIC_COLOUR.search(line)
    ]
    assert places
    assert not found


def test_the_pictures_of_the_style_sheet_have_the_colours_of_their_theme(tmp_path: Path) -> None:
    script = runpy.run_path(str(ROOT / "packaging" / "make_theme_pictures.py"))
    script["main"](tmp_path)
    made, kept = (
        {path.relative_to(root): path.read_bytes() for path in root.glob("*/*.svg")} for root in (tmp_path, THEMES)
    )
    assert {path.parent.name for path in kept} == set(NAMES)
    assert kept == made, "python packaging/make_theme_pictures.py resources/themes"


def test_every_ink_and_ground_of_the_style_sheet_is_a_tested_pair() -> None:
    tested = {(ink, ground) for ink, ground, _ in PAIRS}
    used = set()
    for path in THEMES.glob("*.qss"):
        for block in re.findall(r"\{([^{}]*)\}", path.read_text(encoding="utf-8").replace("${", "$")):
            ink, ground = (re.search(rf"(?<![\w-]){what}: \$(\w+)", block) for what in ("color", "background"))
            if ink and ground and ground[1] != "ground":  # tones.qss is filled with tones, whose pairs are listed
                used.add((ink[1], ground[1]))
    assert len(used) > 8
    assert used <= tested


def test_tokens_come_without_qt() -> None:
    code = "import sys, app.ui.theme.tokens; sys.exit('PySide6' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
