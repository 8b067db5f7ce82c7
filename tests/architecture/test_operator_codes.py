"""The operator's codes are literals in `domain/operator_codes.py` only: comparisons elsewhere use their names."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.operator_codes import CallbackCommand, CallbackResult, Operation, OperationStatus

APP = Path(__file__).parents[2] / "app"
HOME = APP / "domain" / "operator_codes.py"
UNMISTAKABLE = {(int, int(code)) for code in (*Operation, OperationStatus.DECLINED)} | {
    (str, str(code)) for code in CallbackResult
}
"""Values that have no other meaning anywhere in the program."""
CODES = UNMISTAKABLE | {(int, int(code)) for code in OperationStatus} | {(str, str(code)) for code in CallbackCommand}
"""With those that may also be a width or an icon: compared with a name of NAMES they are the operator's."""
NAMES = frozenset({"command", "operation", "operationstatus", "status", "result", "baseline"})


def _bare_codes(source: str) -> Iterator[tuple[int, object]]:
    """Yield the line and the value of each literal operator code in a source text."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and _key(node) in UNMISTAKABLE:
            yield node.lineno, node.value
        elif isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            for side in sides:
                if any(_names_a_code(other) for other in sides if other is not side):
                    yield from ((found.lineno, found.value) for found in _constants(side) if _key(found) in CODES)
        elif isinstance(node, ast.Dict):
            for name, value in zip(node.keys, node.values, strict=True):
                named = isinstance(name, ast.Constant) and isinstance(name.value, str) and _is_name(name.value)
                if isinstance(value, ast.Constant) and named and _key(value) in CODES:
                    yield value.lineno, value.value
                if isinstance(name, ast.Constant) and isinstance(name.value, int) and _key(name) in CODES:
                    yield name.lineno, name.value


def _key(constant: ast.Constant) -> tuple[type, object]:
    return type(constant.value), constant.value


def _constants(side: ast.expr) -> list[ast.Constant]:
    """Return the constants of one side of a comparison: itself, or those of a tuple, list or set."""
    parts = side.elts if isinstance(side, ast.Tuple | ast.List | ast.Set) else [side]
    if isinstance(side, ast.Call):  # frozenset({...})
        parts = [part for argument in side.args for part in _constants(argument)]
    return [part for part in parts if isinstance(part, ast.Constant)]


def _names_a_code(side: ast.expr) -> bool:
    for node in ast.walk(side):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Constant(value=str(name)) if _is_name(name):
                return True
    return False


def _is_name(name: str) -> bool:
    return name.replace("_", "").lower() in NAMES


def test_nobody_writes_a_code_of_the_operator_bare() -> None:
    sources = sorted(APP.rglob("*.py"))
    assert HOME in sources
    found = {
        f"{path.relative_to(APP)}:{line}": value
        for path in sources
        if path != HOME
        for line, value in _bare_codes(path.read_text(encoding="utf-8"))
    }
    assert found == {}


@pytest.mark.parametrize(
    "source",
    [
        'fact.command == "pay"',
        '"refund" != incoming.command',
        'fact.command in ("check", "auth")',
        'command in frozenset({"error", "later"})',
        'query.values.get("command") not in ["pay"]',
        "answer.operation_status == 10",
        "payment.link.baseline in (None, 10)",
        'data["OperationStatus"] == 10',
        'str(answer.get("result")) == "10"',
        "DONE, DECLINED = 10, 21",
        "looks = {10: good}",
        'query = {"command": "refund"}',
        'fact.result == "21"',
        "send(30203, data)",
    ],
)
def test_a_bare_code_is_found(source: str) -> None:
    assert list(_bare_codes(source))


@pytest.mark.parametrize(
    "source",
    [
        "PAD = 10",
        "len(digits) == 10",
        'icon == "check"',
        'action == "pay"',
        "fact.command == CallbackCommand.PAY",
        "response.status == 403",
        '"""[10005], answered with 10 or 21."""',
        "answer.operation_status == 77",
    ],
)
def test_what_is_no_code_is_left_alone(source: str) -> None:
    assert list(_bare_codes(source)) == []
