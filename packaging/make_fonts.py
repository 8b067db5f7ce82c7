"""Makes the bundled fonts from the variable font of the Inter project; run by hand when Inter has a new version.

Usage: python packaging/make_fonts.py InterVariable.woff2 resources/fonts        (needs fonttools and brotli)
Every file is one weight of the family "Paydesk Inter": a subset with kerning, whose ordinary figures are tabular.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

FAMILY: Final = "Paydesk Inter"
WEIGHTS: Final = {"Regular": 400, "Medium": 500, "SemiBold": 600, "Bold": 700}
OPTICAL_SIZE: Final = 14  # drawn for text: open and even at 13 px
DIGITS: Final = "0123456789"
FEATURES: Final = ("ccmp", "locl", "kern", "mark", "mkmk")
RANGES: Final = (
    (0x0020, 0x007E),  # Latin
    (0x00A0, 0x017F),  # Latin-1 and Latin Extended-A
    (0x0300, 0x0304),  # combining accents, as in a stressed vowel
    (0x0400, 0x04FF),  # Cyrillic
    (0x2000, 0x206F),  # spaces, dashes, quotation marks, bullet, ellipsis
    (0x20A0, 0x20C0),  # currency signs, the hryvnia among them
    (0x2116, 0x2116),  # numero
    (0x2122, 0x2122),  # trade mark
    (0x2212, 0x2212),  # minus
)


def main(source: Path, target: Path) -> None:
    """Write one .ttf per weight into `target`."""
    for style, weight in WEIGHTS.items():
        font = instantiateVariableFont(
            TTFont(source, recalcTimestamp=False), {"opsz": OPTICAL_SIZE, "wght": weight}, inplace=True
        )
        make_figures_tabular(font)
        keep_what_is_used(font)
        rename(font, style, weight)
        font.flavor = None
        font.save(target / f"PaydeskInter-{style}.ttf")


def make_figures_tabular(font: TTFont) -> None:
    """Map the digits to what the feature `tnum` would substitute: QSS cannot ask for features."""
    table = font["GSUB"].table
    numbers = {
        at for r in table.FeatureList.FeatureRecord if r.FeatureTag == "tnum" for at in r.Feature.LookupListIndex
    }
    tabular: dict[str, str] = {}
    for number in numbers:
        for subtable in table.LookupList.Lookup[number].SubTable:
            tabular |= getattr(subtable, "ExtSubTable", subtable).mapping
    for cmap in font["cmap"].tables:
        if cmap.isUnicode():
            for digit in map(ord, DIGITS):
                glyph = cmap.cmap[digit]  # tables may share one mapping, done already
                cmap.cmap[digit] = tabular.get(glyph, glyph)


def keep_what_is_used(font: TTFont) -> None:
    """Drop every other glyph, feature and name, and the tables of the variable font."""
    options = Options(layout_features=list(FEATURES), hinting=False, notdef_outline=True, name_IDs=[0, 5, 8, 9, 13, 14])
    options.drop_tables += ["STAT"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[code for first, last in RANGES for code in range(first, last + 1)])
    subsetter.subset(font)


def rename(font: TTFont, style: str, weight: int) -> None:
    """Name the family so that an Inter of the system is another one; four styles per legacy family, so two families."""
    bold = weight == WEIGHTS["Bold"]
    legacy = style in {"Regular", "Bold"}
    full = FAMILY if style == "Regular" else f"{FAMILY} {style}"
    names = {
        1: FAMILY if legacy else full,
        2: style if legacy else "Regular",
        3: f"PaydeskInter-{style}",
        4: full,
        6: f"PaydeskInter-{style}",
    }
    if not legacy:
        names |= {16: FAMILY, 17: style}
    for number, text in names.items():
        font["name"].setName(text, number, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
    font["OS/2"].fsSelection = font["OS/2"].fsSelection & ~0b110_0001 | (0b10_0000 if bold else 0b100_0000)
    font["head"].macStyle = int(bold)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
