"""Foreign text reaches people through one path: Qt's own setters, click's output and print are forbidden (R15)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

APP = Path(__file__).parents[2] / "app"
PLAIN = APP / "ui" / "widgets" / "text" / "plain_text.py"
OUTPUT = (APP / "cli" / "output.py", APP / "tour.py")

RENDERING = frozenset(
    {
        "QLabel", "QPushButton", "QToolButton", "QCheckBox", "QRadioButton", "QCommandLinkButton", "QGroupBox",
        "QMessageBox", "QInputDialog", "QErrorMessage", "QProgressDialog", "QSplashScreen", "QTextEdit",
        "QTextBrowser", "QTextDocument", "QStaticText", "QWhatsThis", "QTabWidget", "QTabBar", "QDockWidget",
        "QStatusBar", "QSystemTrayIcon", "QGraphicsTextItem",
    }
)  # fmt: skip
"""Qt classes that render mark-up or treat an ampersand as a mnemonic; `plain_text.py` wraps each of them."""
SETTERS = frozenset(
    {
        "setToolTip", "setStatusTip", "setWhatsThis", "setWindowTitle", "setTextFormat", "setHtml", "setMarkdown",
        "insertHtml", "appendHtml", "setOpenExternalLinks", "linkActivated", "showText", "setToolTipDuration",
        "RichText", "AutoText", "MarkdownText",
    }
)  # fmt: skip
"""Attributes with which other files would bypass it."""
TELLING = (*OUTPUT, APP / "cli" / "window.py")
"""Where a line on stderr is printed at once; every other verb hands it to its `Notices`: an error is one line."""
SPEAKING = frozenset({"echo", "secho", "prompt", "confirm", "print"})


def _breaches(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in RENDERING:
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute) and node.attr in RENDERING | SETTERS:
            yield node.lineno, node.attr
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, name.name) for name in node.names if name.name in RENDERING)
        elif isinstance(node, ast.Call) and _is_worded_line(node):
            yield node.lineno, "addAction"


def _is_worded_line(call: ast.Call) -> bool:
    """Return whether a menu item is made from a text; an existing action is named by `set_action_text`."""
    is_line = isinstance(call.func, ast.Attribute) and call.func.attr == "addAction"
    return is_line and bool(call.args) and not _is_action(call.args[0])


def _is_action(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"


def _spoken(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            owner = node.func.value if isinstance(node.func, ast.Attribute) else None
            is_stream = isinstance(owner, ast.Attribute) and owner.attr in {"stdout", "stderr"}
            is_click = isinstance(owner, ast.Name) and owner.id == "click"
            if (name in SPEAKING and (owner is None or is_click)) or (is_stream and name == "write"):
                yield node.lineno, name


def _told(files: Iterator[Path], find) -> list[str]:  # type: ignore[no-untyped-def]
    return [
        f"{path.relative_to(APP.parent)}:{line}: {what}"
        for path in files
        for line, what in find(ast.parse(path.read_text(encoding="utf-8")))
    ]


def test_the_window_shows_text_in_one_way() -> None:
    files = [*sorted((APP / "ui").rglob("*.py")), APP / "gui.py"]
    assert PLAIN in files
    assert not _told((path for path in files if path != PLAIN), _breaches)


def test_the_command_line_speaks_in_one_way() -> None:
    files = sorted(APP.rglob("*.py"))
    assert set(OUTPUT) <= set(files)
    assert not _told((path for path in files if path not in OUTPUT), _spoken)


def _warning_at_once(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "app.cli.output":
            yield from ((node.lineno, name.name) for name in node.names if name.name == "warn")


def test_a_verb_says_its_notices_with_its_end() -> None:
    """A line that was printed before a verb fails makes two lines of one error."""
    files = sorted(APP.rglob("*.py"))
    assert set(TELLING) <= set(files)
    assert not _told((path for path in files if path not in TELLING), _warning_at_once)
    assert list(_warning_at_once(ast.parse("from app.cli.output import run, warn")))


@pytest.mark.parametrize(
    "code",
    [
        "from PySide6.QtWidgets import QLabel",
        "from PySide6.QtWidgets import QLabel as L",
        "QtWidgets.QLabel('x')",
        "class X(QLabel): ...",
        "label.setToolTip('x')",
        "tell = label.setToolTip",
        "label.setTextFormat(Qt.TextFormat.PlainText)",
        "dialog.setWindowTitle('x')",
        "QToolTip.showText(place, 'x')",
        "box = QMessageBox()",
        "menu.addAction(choice.word)",
        "menu.addAction('x')",
        "menu.addAction(icon, 'x')",
    ],
)
def test_the_search_finds_every_other_way(code: str) -> None:
    assert [line for line, _ in _breaches(ast.parse(code))][:1] == [1]


@pytest.mark.parametrize("code", ["click.echo('x')", "print('x')", "sys.stdout.write('x')", "click.secho('x')"])
def test_the_search_finds_every_other_voice(code: str) -> None:
    assert list(_spoken(ast.parse(code)))


def test_the_search_leaves_the_plain_way_alone() -> None:
    code = "self.addAction(self._find, place)\nadd_line(menu, 'x')\nset_tooltip(label, 'x')\nclick.group()\nf.write(1)"
    assert not [*_breaches(ast.parse(code)), *_spoken(ast.parse(code))]
