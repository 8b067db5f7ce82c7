"""Labels, buttons, tooltips, titles and menus show the text that they are given letter by letter."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QTextDocument
from PySide6.QtWidgets import QAbstractButton, QLabel, QMenu, QWidget
from pytestqt.qtbot import QtBot

from app.ui.theme import Theme
from app.ui.widgets.controls.buttons import Button, HintButton
from app.ui.widgets.text import plain_text as plain

ODD = (
    "<b>x</b>", "R&D", "a &lt; b", "<!doctype html>x", "<?xml?><p>", "  <i>x", "&&", "a\n<b>x</b>", "1 < 2 > 0", "[*]",
)  # fmt: skip


def read(tooltip: str) -> str:
    """Return a tooltip as Qt shows it."""
    if not plain.might_be_mark_up(tooltip):
        return tooltip
    document = QTextDocument()
    document.setHtml(tooltip)
    return document.toPlainText()


@pytest.mark.parametrize("text", ODD)
def test_a_tooltip_is_read_as_it_was_given(qtbot: QtBot, text: str) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    plain.set_tooltip(widget, text)
    assert read(widget.toolTip()) == plain.tooltip_source(widget) == text


def test_an_ordinary_tooltip_stays_as_it_is() -> None:
    assert plain.tooltip_text("Answered at 12:14, in 43 ms.\nNext line & more") == (
        "Answered at 12:14, in 43 ms.\nNext line & more"
    )
    assert plain.tooltip_text("") == ""


@pytest.mark.parametrize("text", ["word " * 60, "x" * 500, "<b>" + "word " * 60, "<b>" + "y" * 500])
def test_a_long_tooltip_is_broken_and_loses_nothing(text: str) -> None:
    shown = read(plain.tooltip_text(text))
    assert max(map(len, shown.split("\n"))) <= plain.TOOLTIP_WIDTH
    assert shown.replace("\n", "").replace(" ", "") == text.replace(" ", "")


def test_an_endless_tooltip_ends() -> None:
    lines = read(plain.tooltip_text("<b>\n" * 5000)).split("\n")
    assert (len(lines), lines[-1]) == (plain.TOOLTIP_LINES + 1, "…")


def test_a_label_keeps_line_breaks_and_renders_nothing(qtbot: QtBot) -> None:
    label = plain.PlainLabel("<b>x</b>\n&amp; \x1b[2J\u202ey")
    qtbot.addWidget(label)
    assert label.text() == "<b>x</b>\n&amp;  [2Jy"
    assert label.textFormat() == Qt.TextFormat.PlainText


def test_a_label_can_be_broken_everywhere(qtbot: QtBot) -> None:
    label = plain.PlainLabel()
    qtbot.addWidget(label)
    label.set_breakable("ab\u202ec d")
    assert QLabel.text(label) == f"a{plain.BREAK}b{plain.BREAK}c d"
    assert label.text() == "abc d"


def test_a_word_that_no_column_holds_is_broken_where_a_label_wraps(qtbot: QtBot) -> None:
    label = plain.PlainLabel("Щ" * 200 + " кава")
    qtbot.addWidget(label)
    assert label.minimumSizeHint().width() > 1000
    label.setWordWrap(True)
    assert label.minimumSizeHint().width() < plain.WIDEST
    assert label.text() == "Щ" * 200 + " кава"
    label.setText("кава\u00a0" * 40)
    assert label.minimumSizeHint().width() < plain.WIDEST
    label.setText("Нефіскальний чек")
    assert QLabel.text(label) == "Нефіскальний чек"


def test_what_people_copy_holds_no_break_marks(qtbot: QtBot) -> None:
    label = plain.PlainLabel()
    qtbot.addWidget(label)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setText("https://pay.example.com/xpay/0123456789")
    assert QLabel.text(label) == "https://pay.example.com/xpay/0123456789"
    label.setText("Щ" * 200)
    assert plain.BREAK in QLabel.text(label)
    assert label.textInteractionFlags() == Qt.TextInteractionFlag.NoTextInteraction


def test_a_shortened_line_is_whole_in_the_tooltip(qtbot: QtBot) -> None:
    label = plain.PlainLabel()
    qtbot.addWidget(label)
    text = "<b>кава " * 60 + "\nтістечко"
    label.show_short(text, 400)
    first, second = label.text().split("\n")
    assert first.endswith("…")
    assert label.fontMetrics().horizontalAdvance(first) <= 400
    assert (second, plain.tooltip_source(label)) == ("тістечко", text)
    label.show_short("тістечко", 400)
    assert (label.text(), label.toolTip()) == ("тістечко", "")


@pytest.mark.parametrize("kind", [plain.PlainButton, plain.PlainToolButton, plain.PlainCheckBox])
def test_an_ampersand_on_a_button_is_one(qtbot: QtBot, kind: type[QAbstractButton]) -> None:
    made = kind()
    qtbot.addWidget(made)
    for text in ("R&D", "a && b", "&", "Save"):
        made.setText(text)
        assert made.text() == text
        assert QKeySequence.mnemonic(QAbstractButton.text(made)).isEmpty()
        assert made.shortcut().isEmpty()


def test_a_button_is_as_wide_with_an_ampersand_as_with_another_sign(qtbot: QtBot, theme: Theme) -> None:
    """It is painted once: the two pictures differ in that character only."""
    one, other = Button(theme), HintButton(theme, "", "F2")
    for made in (one, other):
        qtbot.addWidget(made)
        made.setText("A & B")
        room = made.fontMetrics().horizontalAdvance("A & B")
        made.setText("A + B")
        assert abs(made.sizeHint().width() - made.fontMetrics().horizontalAdvance("A + B") - _frame(made)) <= 1
        made.setText("A & B")
        assert made.sizeHint().width() == room + _frame(made)


def _frame(made: Button) -> int:
    made.setText("A B")
    frame = made.sizeHint().width() - made.fontMetrics().horizontalAdvance("A B")
    made.setText("A & B")
    return frame


def test_a_title_shows_every_sign(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    plain.set_title(window, "A[*]B\n\u202e<b>")
    assert window.windowTitle() == "A[*][*]B <b>"


def test_a_line_of_a_menu_makes_no_key(qtbot: QtBot) -> None:
    menu = QMenu()
    qtbot.addWidget(menu)
    line = plain.add_menu_action(menu, "R&D\x1b")
    assert line.text() == "R&&D"
    named = QAction()
    plain.set_action_text(named, "<b>R&D</b>")
    assert (named.text(), read(named.toolTip())) == ("<b>R&&D</b>", "<b>R&D</b>")
