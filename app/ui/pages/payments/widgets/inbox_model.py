"""The lines of the inbox as a list model: a group's head, then its payments."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.i18n.texts import Texts
from app.ui.drawer.widgets.actions_view import ACTION_BUTTONS
from app.ui.pages.payments.inbox_state import InboxGroup, InboxMore, InboxRow
from app.ui.widgets.text.plain_text import tooltip_text

Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()
Line = InboxGroup | InboxRow | InboxMore


class InboxModel(QAbstractListModel):
    """`UserRole` is a line's key: a PaymentId, the reason of a group, or `more REASON`."""

    def __init__(self, texts: Texts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._texts = texts
        self._lines: list[Line] = []
        self._places: dict[str, int] = {}
        self.action_words: frozenset[str] = frozenset()
        """The words of all buttons: they stand in one column."""

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        line = self._lines[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._text(line)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip_text(self._text(line))
        if role == Qt.ItemDataRole.CheckStateRole and isinstance(line, InboxRow):
            return Qt.CheckState.Checked if line.is_chosen else Qt.CheckState.Unchecked
        return key_of(line) if role == Qt.ItemDataRole.UserRole else None

    def line(self, row: int) -> Line:
        return self._lines[row]

    def find(self, key: str | None) -> int | None:
        """Return the row of a key, or None."""
        return None if key is None else self._places.get(key)

    def action_word(self, row: InboxRow) -> str:
        """Return the words of a payment's button."""
        return self._texts.say(ACTION_BUTTONS[row.action][0])

    def show_groups(self, groups: Sequence[InboxGroup]) -> bool:
        """Show these groups; say whether lines came or went. Lines that differ in their content only are repainted."""
        lines: list[Line] = []
        for group in groups:
            more = (InboxMore(group.reason, group.more),) if group.more else ()
            lines += (group, *group.rows, *more)
        rows = (row for group in groups for row in group.rows)
        self.action_words = frozenset(self.action_word(row) for row in rows)
        places = {key_of(line): place for place, line in enumerate(lines)}
        if places.keys() == self._places.keys() and list(places) == list(self._places):
            old, self._lines = self._lines, lines
            for place, (before, after) in enumerate(zip(old, lines, strict=True)):
                if before is not after and before != after:
                    self.dataChanged.emit(self.index(place), self.index(place))
            return False
        self.beginResetModel()
        self._lines, self._places = lines, places
        self.endResetModel()
        return True

    def _text(self, line: Line) -> str:
        if isinstance(line, InboxGroup):
            return " · ".join(filter(None, (line.title, line.count, line.sentence, line.note)))
        if isinstance(line, InboxMore):
            return line.text
        parts = (line.time, line.number, line.purpose, line.detail, line.sum, self.action_word(line))
        return " · ".join(filter(None, parts))


def key_of(line: Line) -> str:
    """Return what a line is known by while others come and go."""
    if isinstance(line, InboxRow):
        return line.payment_id
    return f"more {line.reason}" if isinstance(line, InboxMore) else str(line.reason)
