"""A file or module that a docstring, a comment or CONTRIBUTING names is there: names must not outlive a move."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("app", "tests", "resources", "packaging")
PROSE = [ROOT / "CONTRIBUTING.md", ROOT / "README.md", *ROOT.glob("app/**/*.py"), *ROOT.glob("tests/**/*.py")]
OWN = Path(__file__)
FILE = re.compile(r"`([\w./]+\.py)`")
PLACE = re.compile(rf"`((?:{'|'.join(FOLDERS)})/[\w./]+)`")
MODULE = re.compile(r"`((?:domain|services|i18n|storage|bootstrap|operator_api|listener|simulator|cli)\.[\w.]+)`")
FILES = [
    path.relative_to(ROOT).as_posix() for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()
]


def missing(text: str) -> set[str]:
    """Return the names of files, folders and modules in a text that are not in the project."""
    found = {name for name in FILE.findall(text) if not any(f"/{file}".endswith(f"/{name}") for file in FILES)}
    found |= {name for name in PLACE.findall(text) if not (ROOT / name).exists()}
    found |= {name for name in MODULE.findall(text) if not is_module(name)}
    return {name for name in found if "NNNN" not in name}  # the number of a migration that is still to be written


def is_module(dotted: str) -> bool:
    """Say whether a dotted name begins with a module of `app`, or is a package of it."""
    parts = dotted.split(".")
    files = (ROOT / "app" / "/".join(parts[:length]) for length in range(2, len(parts) + 1))
    return any(path.with_suffix(".py").exists() or path.is_dir() for path in files)


def test_what_is_named_is_there() -> None:
    texts = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in PROSE if path != OWN}
    found = {name: missing(text) for name, text in texts.items()}
    assert {name: names for name, names in found.items() if names} == {}


@pytest.mark.parametrize(
    "text", ["see `ui/page_book.py`", "`tests/gone/`", "`services.premises.SelfProbe`", "`app/gone.py`"]
)
def test_a_name_of_nothing_is_found(text: str) -> None:
    assert missing(text)
