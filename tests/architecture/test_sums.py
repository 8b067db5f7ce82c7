"""Sums are formatted in `app/i18n/formats.py` only: no other module groups thousands or splits off kopecks."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

APP = Path(__file__).parents[2] / "app"
HOME = APP / "i18n" / "formats.py"


def written(source: str) -> Iterator[int]:
    """Yield the lines that group digits, or divide by a hundred with a remainder."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FormattedValue) and node.format_spec is not None:
            if "," in ast.unparse(node.format_spec):
                yield node.lineno
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.FloorDiv):
            if isinstance(node.right, ast.Constant) and node.right.value == 100:
                yield node.lineno
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "divmod" and _is_hundred(node.args[-1]):
            yield node.lineno


def _is_hundred(node: ast.expr) -> bool:
    return ast.unparse(node) in ("100", "MINOR_PER_MAJOR")


def test_nobody_else_writes_sums() -> None:
    found = {file.relative_to(APP).as_posix(): list(written(file.read_text("utf-8"))) for file in APP.rglob("*.py")}
    assert found.pop(HOME.relative_to(APP).as_posix()), "the search finds nothing where sums are written"
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_it_finds_what_it_looks_for() -> None:
    assert sorted(written('f"{major:,}"\nminor // 100\ndivmod(minor, 100)')) == [1, 2, 3]
