"""The names of the columns of a table: a click sorts by one, dragging moves it, a menu chooses them. Passive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QFocusEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import QMenu, QWidget

from app.i18n.texts import Texts
from app.ui.tables.columns import Column
from app.ui.tables.payments_header import PaymentsHeader
from app.ui.tables.payments_model import PaymentsModel
from app.ui.theme import Theme
from app.ui.widgets.text.plain_text import add_menu_action, set_accessible_name, set_description

FOCUS_LINE: Final = 3
SORT, MOVE, TOGGLE = "sort", "move", "toggle"
STEPS: Final = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
SORT_KEYS: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space})


class SortableHeader(PaymentsHeader):
    """`sort_requested` carries the key of a column, `columns_requested` the keys to be shown from the left.

    With the keyboard: arrows go from name to name, Ctrl and an arrow moves the column, Enter sorts, the menu key opens
    the menu.
    """

    sort_requested = Signal(str)
    columns_requested = Signal(object)

    def __init__(self, theme: Theme, texts: Texts, columns: Sequence[Column], parent: QWidget | None = None) -> None:
        """`columns` are all that can be chosen."""
        super().__init__(theme, parent)
        self._theme = theme
        self._texts = texts
        self._all = tuple(columns)
        self._sorted_by = ("", True)
        self._sortable: frozenset[str] = frozenset()
        self._always = ""
        self._at = 0
        self._dragged: tuple[str, ...] = ()
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_accessible_name(self, texts.say("Columns"))
        self.sectionClicked.connect(self._request_sort)
        self.sectionMoved.connect(self._columns_dragged)

    def show_sorting(self, key: str, *, descending: bool, sortable: frozenset[str], always: str) -> None:
        """Mark the column that the list is sorted by. `always`: the column that cannot be hidden."""
        self._sorted_by, self._sortable, self._always = (key, descending), sortable, always
        set_description(self, self._texts.say("Sorted by: {column}", column=self._word_of(key)))
        self.viewport().update()

    def arrange(self) -> None:
        """Put the names into the model's order, after one of them was dragged elsewhere."""
        self.blockSignals(True)
        for at in range(self.count()):
            if (visual := self.visualIndex(at)) != at:
                self.moveSection(visual, at)
        self.blockSignals(False)

    def word(self, section: int) -> str:
        key, descending = self._sorted_by
        word = super().word(section)
        return f"{word} {'↓' if descending else '↑'}" if self._keys()[section] == key else word

    # Painting and input

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        super().paintSection(painter, rect, section)
        if self.hasFocus() and section == self._at:
            line = QRect(rect.left(), rect.bottom() + 1 - FOCUS_LINE, rect.width(), FOCUS_LINE)
            painter.fillRect(line, self._theme.colour("accent"))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if (step := STEPS.get(Qt.Key(event.key()))) is not None:
            self._go(step, moves=bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        elif event.key() in SORT_KEYS:
            self._request_sort(self._at)
        else:
            event.ignore()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        section = self.logicalIndexAt(event.pos()) if by_mouse else self._at
        place = (
            event.globalPos() if by_mouse else self.mapToGlobal(QPoint(self.sectionPosition(self._at), self.height()))
        )
        self.menu(section).popup(place)

    def menu(self, section: int) -> QMenu:
        """Return the menu of a column: how to sort by it, where to move it, and which columns are shown."""
        say, menu, keys = self._texts.say, QMenu(self), self._keys()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.triggered.connect(self._do)
        if 0 <= section < len(keys):
            sort = self._line(menu, say("Sort by: {column}", column=self._word_of(keys[section])), SORT, section)
            sort.setEnabled(keys[section] in self._sortable)
            left = self._line(menu, say("Move to the left"), MOVE, section, -1)
            left.setEnabled(section > 0)
            right = self._line(menu, say("Move to the right"), MOVE, section, 1)
            right.setEnabled(section < len(keys) - 1)
            menu.addSeparator()
        for column in self._all:
            line = self._line(menu, self._texts.say(column.word), TOGGLE, column.key)
            line.setCheckable(True)
            line.setChecked(column.key in keys)
            line.setEnabled(column.key != self._always)
        return menu

    @staticmethod
    def _line(menu: QMenu, word: str, *command: object) -> QAction:
        line = add_menu_action(menu, word)
        line.setData(command)
        return line

    def _do(self, line: QAction) -> None:
        match tuple(line.data()):
            case (str(name), int(section)) if name == SORT:
                self._request_sort(section)
            case (str(name), int(section), int(by)) if name == MOVE:
                self._request_move(section, by)
            case (_, str(key)):
                self._request_toggle(key)

    # Requests

    def _request_sort(self, section: int) -> None:
        keys = self._keys()
        if 0 <= section < len(keys) and keys[section] in self._sortable:
            self.sort_requested.emit(keys[section])

    def _request_move(self, section: int, by: int) -> None:
        keys = self._keys()
        keys.insert(section + by, keys.pop(section))
        self._at = section + by
        self.columns_requested.emit(tuple(keys))

    def _request_toggle(self, key: str) -> None:
        keys = self._keys()
        if key in keys:
            keys.remove(key)
        else:  # beside the column that it follows in the whole order
            order = [column.key for column in self._all]
            before = [at for at, shown in enumerate(keys) if order.index(shown) < order.index(key)]
            keys.insert(before[-1] + 1 if before else 0, key)
        self._at = min(self._at, len(keys) - 1)
        self.columns_requested.emit(tuple(keys))

    def _columns_dragged(self) -> None:
        keys = self._keys()
        self._dragged = tuple(keys[self.logicalIndex(visual)] for visual in range(self.count()))
        QTimer.singleShot(0, self._request_dragged)  # Qt is still handling the mouse

    def _request_dragged(self) -> None:
        self.columns_requested.emit(self._dragged)

    def _go(self, step: int, *, moves: bool) -> None:
        shown = [at for at in range(self.count()) if not self.isSectionHidden(at)]
        ahead = [at for at in shown if (at - self._at) * step > 0]
        if not ahead:
            return
        nearest = min(ahead, key=lambda at: abs(at - self._at))
        if moves:
            self._request_move(self._at, nearest - self._at)
        else:
            self._at = nearest
            self.viewport().update()

    def _keys(self) -> list[str]:
        model = self.model()
        return [column.key for column in model.columns] if isinstance(model, PaymentsModel) else []

    def _word_of(self, key: str) -> str:
        return next((self._texts.say(column.word) for column in self._all if column.key == key), "")
