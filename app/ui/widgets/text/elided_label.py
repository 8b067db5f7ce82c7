"""A line of text that is elided instead of widening its page; the tooltip has the whole text."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QWidget

from app.domain.text.plain_text import without_controls
from app.ui.widgets.text.plain_text import PlainLabel, set_accessible_name, set_tooltip


class ElidedLabel(PlainLabel):
    """Shows as much of the text as fits; `whole_text` is the complete text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._whole = ""

    def show_text(self, text: str) -> None:
        """Show a text; line breaks become spaces."""
        self._whole = without_controls(text)
        set_accessible_name(self, self._whole)
        self._elide()
        self.updateGeometry()

    def whole_text(self) -> str:
        return self._whole

    def sizeHint(self) -> QSize:
        return QSize(QFontMetrics(self.font()).horizontalAdvance(self._whole) + 2, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        room = self.contentsRect().width()
        shown = QFontMetrics(self.font()).elidedText(self._whole, Qt.TextElideMode.ElideRight, room)
        self.setText(shown)
        set_tooltip(self, "" if shown == self._whole else self._whole)
