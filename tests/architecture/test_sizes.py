"""Limits on the length of files and functions."""

import ast
from pathlib import Path

APP = Path(__file__).parents[2] / "app"
MAX_FILE_LINES = 400
FUNCTION_LINES = 40
SHARE_WITHIN = 0.95


def _sources() -> list[Path]:
    return sorted(APP.rglob("*.py"))


def test_no_file_is_over_the_limit() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in _sources()}
    too_long = {str(path.relative_to(APP)): lines for path, lines in lengths.items() if lines > MAX_FILE_LINES}
    assert lengths, "no sources found"
    assert not too_long


def test_nearly_all_functions_are_short() -> None:
    lengths: dict[str, int] = {}
    for path in _sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno is not None
                name = f"{path.relative_to(APP)}:{node.lineno} {node.name}"
                lengths[name] = node.end_lineno - node.lineno + 1
    long = {name: lines for name, lines in lengths.items() if lines > FUNCTION_LINES}
    assert len(long) <= (1 - SHARE_WITHIN) * len(lengths), long
