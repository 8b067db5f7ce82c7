"""View state that is not part of a page's state: keyboard focus, cursor, scrolling, selected rows.

It is saved from a view and restored in the view that replaces it. A widget is identified by its index among the
visible siblings of its class; one whose index may differ is identified by its `objectName`.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QEvent, QItemSelectionModel, QObject, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QDialog,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

Path = tuple[tuple[str, str, int], ...]
"""From a view down to a widget in it: class, object name, index among the visible siblings that share both."""


@dataclass(frozen=True, slots=True)
class TypedText:
    """A text and its cursor; between `anchor` and `cursor` it is selected."""

    text: str
    anchor: int
    cursor: int


@dataclass(frozen=True, slots=True)
class ViewState:
    """`focused`: one widget per window, open dialogs of the view included. `scrolled`: horizontally, vertically.

    `rows`: the current row of each table by its model's `Qt.UserRole` value, and whether it is selected.
    """

    focused: tuple[tuple[Path, TypedText | None], ...]
    scrolled: tuple[tuple[Path, int, int], ...]
    rows: tuple[tuple[Path, object, bool], ...]


def view_state(view: QWidget) -> ViewState:
    """Return the state to restore in the next view."""
    windows = [view.window(), *(dialog for dialog in view.findChildren(QDialog) if dialog.isVisible())]
    focused = [widget for window in windows if (widget := window.focusWidget()) is not None]
    own = [area for area in view.findChildren(QAbstractScrollArea) if not isinstance(area, QHeaderView)]
    areas = [(path, area) for area in own if (path := _path(area, view))]
    tables = [(path, area) for path, area in areas if isinstance(area, QAbstractItemView)]
    return ViewState(
        focused=tuple((path, _typed_text(widget)) for widget in focused if (path := _path(widget, view))),
        scrolled=tuple(
            (path, area.horizontalScrollBar().value(), area.verticalScrollBar().value()) for path, area in areas
        ),
        rows=tuple(
            (path, index.data(Qt.ItemDataRole.UserRole), table.selectionModel().isSelected(index))
            for path, table in tables
            if (index := table.currentIndex()).isValid()
        ),
    )


def restore_view_state(view: QWidget, state: ViewState) -> None:
    """Restore the state in a view that shows its page's state already; missing widgets are skipped."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)  # sets the scroll bars' ranges
    for path, key, is_selected in state.rows:
        if isinstance(table := _widget_at(path, view), QAbstractItemView):
            _restore_row(table, key, is_selected=is_selected)
    for path, across, down in state.scrolled:
        if isinstance(area := _widget_at(path, view), QAbstractScrollArea):
            area.horizontalScrollBar().setValue(across)
            area.verticalScrollBar().setValue(down)
    for path, typed in state.focused:
        if (widget := _widget_at(path, view)) is not None:
            widget.setFocus(Qt.FocusReason.OtherFocusReason)
            _restore_text(widget, typed)


def retire(view: QWidget) -> None:
    """Block the signals of a view about to be deleted: a lost focus, say, must not be taken for user input."""
    for part in (view, *view.findChildren(QObject)):
        part.blockSignals(True)
    for dialog in view.findChildren(QDialog):
        dialog.hide()


def _path(widget: QWidget, view: QWidget) -> Path:
    """Return the path from the view to a widget in it; empty when there is none, or a parent is hidden."""
    steps = []
    while widget is not view:
        parent = widget.parentWidget()
        if parent is None or widget.isHidden():
            return ()
        steps.append((*_kind(widget), _same_kind(parent, *_kind(widget)).index(widget)))
        widget = parent
    return tuple(reversed(steps))


def _widget_at(path: Path, view: QWidget) -> QWidget | None:
    found = view
    for class_name, name, place in path:
        same_kind = _same_kind(found, class_name, name)
        if place >= len(same_kind):
            return None
        found = same_kind[place]
    return found


def _same_kind(parent: QWidget, class_name: str, name: str) -> list[QWidget]:
    children = (child for child in parent.children() if isinstance(child, QWidget) and not child.isHidden())
    return [child for child in children if _kind(child) == (class_name, name)]


def _kind(widget: QWidget) -> tuple[str, str]:
    return widget.metaObject().className(), widget.objectName()


def _typed_text(widget: QWidget) -> TypedText | None:
    if isinstance(widget, QLineEdit):
        start, end = widget.selectionStart(), widget.selectionEnd()
        cursor = widget.cursorPosition()
        return TypedText(widget.text(), cursor if start < 0 else start + end - cursor, cursor)
    if isinstance(widget, QPlainTextEdit):
        selection = widget.textCursor()
        return TypedText(widget.toPlainText(), selection.anchor(), selection.position())
    return None


def _restore_text(widget: QWidget, typed: TypedText | None) -> None:
    if typed is None:
        return
    if isinstance(widget, QLineEdit):
        if widget.text() != typed.text and not widget.isReadOnly():  # typed and not emitted yet: a search is delayed
            widget.selectAll()
            widget.insert(typed.text)
        widget.setSelection(typed.anchor, typed.cursor - typed.anchor)
    elif isinstance(widget, QPlainTextEdit):
        selection = widget.textCursor()
        selection.setPosition(typed.anchor)
        selection.setPosition(typed.cursor, QTextCursor.MoveMode.KeepAnchor)
        widget.setTextCursor(selection)


def _restore_row(table: QAbstractItemView, key: object, *, is_selected: bool) -> None:
    model = table.model()
    for index in model.match(model.index(0, 0), Qt.ItemDataRole.UserRole, key, 1, Qt.MatchFlag.MatchExactly):
        if is_selected:
            table.setCurrentIndex(index)
        else:
            table.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
