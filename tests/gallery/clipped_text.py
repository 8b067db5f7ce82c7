"""Detects whether a widget's text is cut: the room it needs compared with the room it has."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QWidget,
)

from app.ui.pages.history.widgets.search_field import SearchField
from app.ui.pages.settings.widgets.section_list import DOT, ICON, SectionButton
from app.ui.tables.payments_delegate import WARNING, WARNING_GAP, cell_room
from app.ui.tables.payments_model import PaymentsModel
from app.ui.tables.payments_table import PaymentsTable
from app.ui.theme.tokens import M, S
from app.ui.widgets.controls.nav_rail import WORD_SIZES, RailItem
from app.ui.widgets.feedback.health_chip import HealthChip
from app.ui.widgets.feedback.status_pill import StatusPill, pill_width
from app.ui.widgets.feedback.stepper import Stepper
from app.ui.widgets.money.amount import AmountField
from app.ui.widgets.money.amount_edit import AmountEdit
from app.ui.widgets.text.elided_label import ElidedLabel

BREAKS: Final = re.compile(r"[ \n\u200b\-/@]")
LINE_PADDING: Final = 28
SEARCH_ICONS: Final = 32
COMBO_PADDING: Final = 48
TILE_PADDING: Final = 6
PURPOSE_LEAST: Final = 60
"""A purpose may be shortened, but not to nothing."""


def clipping_of(widget: QWidget) -> Iterator[str]:
    """Yield how the text of this widget is cut, if it is."""
    if isinstance(widget, ElidedLabel | AmountEdit):  # shortens itself; is measured with its sign
        return
    if isinstance(widget, QLabel):
        yield from _of_label(widget)
    elif isinstance(widget, PaymentsTable):
        yield from _of_table(widget)
    else:
        needed = next((need(widget) for kind, need in NEEDED.items() if isinstance(widget, kind)), 0)
        if needed > widget.width():
            yield f"needs {needed} px, has {widget.width()}"


def _of_label(label: QLabel) -> Iterator[str]:
    if not label.text():
        return
    if not label.wordWrap():
        hint = label.sizeHint()
        if hint.width() > label.width() or hint.height() > label.height():
            yield f"needs {hint.width()}x{hint.height()} px, has {label.width()}x{label.height()}"
        return
    high = label.heightForWidth(label.width())
    if high > label.height():
        yield f"needs {high} px in height, has {label.height()}"
    longest = max(label.fontMetrics().horizontalAdvance(word) for word in BREAKS.split(label.text()))
    if longest > label.contentsRect().width():
        yield f"has a word of {longest} px in {label.contentsRect().width()}"


def _of_table(table: PaymentsTable) -> Iterator[str]:
    model = table.model()
    assert isinstance(model, PaymentsModel)
    for place, column in enumerate(model.columns):
        if table.isColumnHidden(place):
            continue
        room = cell_room(QRect(0, 0, table.columnWidth(place), 1), model, place).width()
        if column.key == "purpose":
            if room < PURPOSE_LEAST:
                yield f"the purpose has {room} px"
            continue
        header = "" if table.horizontalHeader().isHidden() else str(model.headerData(place, Qt.Orientation.Horizontal))
        needs = [QFontMetrics(table._theme.font("small", 600)).horizontalAdvance(header)]
        in_memory = (row for row in range(model.rowCount()) if model.row_or_none(row) is not None)
        needs += [_cell(table, model, row, place) for row in in_memory]
        if max(needs) > room:
            yield f"the column {column.key} needs {max(needs)} px, has {room}"


def _cell(table: PaymentsTable, model: PaymentsModel, row: int, place: int) -> int:
    text, key = str(model.index(row, place).data() or ""), model.columns[place].key
    if key == "status":
        shown_row = model.row(row)
        warns = shown_row.attention and shown_row.status.icon != "warning"
        return pill_width(text, table._theme) + (WARNING + WARNING_GAP if warns else 0)
    return QFontMetrics(table._theme.font("body", 600 if key == "sum" else 400)).horizontalAdvance(text)


def _advance(widget: QWidget, text: str) -> int:
    return widget.fontMetrics().horizontalAdvance(text)


def _hint(widget: QWidget) -> int:
    return widget.sizeHint().width() if not isinstance(widget, QPushButton) or widget.text() else 0


def _least(widget: QWidget) -> int:
    return widget.minimumSizeHint().width()


def _of_rail(item: RailItem) -> int:
    font = item.font()
    font.setPixelSize(WORD_SIZES[-1])
    return QFontMetrics(font).horizontalAdvance(item.text())


def _of_section(button: SectionButton) -> int:
    return M + ICON + M + _advance(button, button.text()) + DOT + M + S


def _of_line(line: QLineEdit) -> int:
    icons = SEARCH_ICONS if isinstance(line, SearchField) else 0
    return 0 if line.text() else _advance(line, line.placeholderText()) + LINE_PADDING + icons


def _of_combo(combo: QComboBox) -> int:
    return _advance(combo, combo.currentText()) + COMBO_PADDING


def _of_tile(tile: QToolButton) -> int:
    return _advance(tile, tile.text()) + TILE_PADDING


NEEDED: Final[dict[type[QWidget], Callable[[Any], int]]] = {
    RailItem: _of_rail,
    HealthChip: _least,
    SectionButton: _of_section,
    QToolButton: _of_tile,
    QLineEdit: _of_line,
    QComboBox: _of_combo,
    AmountField: _least,
    StatusPill: _hint,
    Stepper: _hint,
    QCheckBox: _hint,
    QAbstractSpinBox: _hint,
    QPushButton: _hint,
}
"""The width a widget needs for its text; the first matching class is used."""
