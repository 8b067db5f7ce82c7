"""Forbidden content: calls that stop a loop, paths of a machine, addresses of package registries."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = (".ci", "app", "packaging", "resources", "tests")
TEXT_SUFFIXES = {"", ".cfg", ".css", ".desktop", ".html", ".ini", ".json", ".md", ".po", ".py", ".sh", ".spec"}
TEXT_SUFFIXES |= {".sql", ".svg", ".toml", ".txt", ".yaml", ".yml"}

MACHINE_PATH = re.compile(r"(?<![\w.~)}/])/(?:home|work|root|Users)/|(?<![\w.~)}])[A-Z]:\\Users\\")
REGISTRY = re.compile(
    r"pypi\.org|pythonhosted\.org|registry\.npmjs|deb\.debian\.org|--(?:extra-)?index-url|--find-links", re.IGNORECASE
)


def _text_files() -> Iterator[Path]:
    """Yield every text file of the project but this one, which must name what it searches for."""
    found = [path for path in ROOT.iterdir() if path.is_file() and path.name != ".git"]  # a file in a second work tree
    for folder in FOLDERS:
        found += [path for path in (ROOT / folder).rglob("*") if path.is_file()]
    for path in sorted(found):
        if path.suffix in TEXT_SUFFIXES and "__pycache__" not in path.parts and path != Path(__file__):
            yield path


def _lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in _text_files()
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1)
        if pattern.search(line)
    ]


def _loop_stoppers(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "time" and any(n.name == "sleep" for n in node.names):
            yield node.lineno, "from time import sleep"
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        owner, name = node.func.value, node.func.attr
        if name == "sleep" and isinstance(owner, ast.Name) and owner.id == "time":
            yield node.lineno, "time.sleep"
        if name in {"exec", "exec_", "processEvents"}:
            yield node.lineno, name


def test_no_call_stops_a_loop() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {what}"
        for path in sorted((ROOT / "app").rglob("*.py"))
        for line, what in _loop_stoppers(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not found


def test_the_search_for_loop_stoppers_finds_them() -> None:
    code = "import time\nfrom time import sleep\ntime.sleep(1)\ndialog.exec()\napp.processEvents()\nasyncio.sleep(1)\n"
    assert [line for line, _ in _loop_stoppers(ast.parse(code))] == [2, 3, 4, 5]


def test_no_path_of_a_machine() -> None:
    assert MACHINE_PATH.search('open("/home/anna/x")')
    assert not _lines_with(MACHINE_PATH)


def test_no_address_of_a_registry() -> None:
    assert REGISTRY.search("https://pypi.org/simple")
    assert not _lines_with(REGISTRY)
