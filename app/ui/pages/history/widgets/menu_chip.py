"""A chip that opens a menu of choices, and is taken away by its cross where it filters. Passive."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QAction, QFontMetrics, QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QMenu, QStyle, QStyleOptionButton, QStylePainter, QWidget

from app.ui.pages.history.state import Choice, MenuChip
from app.ui.theme import Theme
from app.ui.widgets.controls.buttons import Button
from app.ui.widgets.text.plain_text import add_menu_action

CHEVRON: Final = 16
GAP: Final = 6
BELOW: Final = 4
CROSS: Final = 40
REMOVE_KEYS: Final = frozenset({Qt.Key.Key_Delete, Qt.Key.Key_Backspace})


class MenuChipButton(Button):
    """`chosen` carries the key of a choice; `open_requested`: a chip without choices of its own was pressed.

    `remove_requested`: its cross, or the delete key, took the filter away.
    """

    chosen = Signal(str)
    open_requested = Signal()
    remove_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent, "chip")
        self.setCheckable(True)
        self._menu = QMenu(self)
        self._choices: tuple[Choice, ...] = ()
        self._menu.triggered.connect(self._choose)
        self.clicked.connect(self._open)

    def show_chip(self, chip: MenuChip, name: str) -> None:
        """Show the word and the choices; `name` is what a screen reader reads before the word."""
        self.setText(chip.word)
        self.setAccessibleName(f"{name}: {chip.word}")
        self.setChecked(chip.is_active)
        if chip.choices != self._choices:
            self._choices = chip.choices
            self._fill()

    def choices(self) -> list[QAction]:
        """The lines of the menu."""
        return self._menu.actions()

    def menu_is_open(self) -> bool:
        return self._menu.isVisible()

    def nextCheckState(self) -> None:
        """A click opens the menu; the presenter decides whether the chip is active."""

    def sizeHint(self) -> QSize:
        """The minimum size follows from it: a push button uses its size hint."""
        return super().sizeHint() + QSize(GAP + CHEVRON, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The style paints the background, then the word, moved left to leave space for the chevron."""
        painter = QStylePainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        word, option.text = option.text, ""
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        option.text = word
        option.rect = self.rect().adjusted(0, 0, -GAP - CHEVRON, 0)
        painter.drawControl(QStyle.ControlElement.CE_PushButtonLabel, option)
        icon, role = ("close", "accent") if self.isChecked() else ("chevron_down", "text")
        pixmap = self.theme.pixmap(icon, role, CHEVRON, self.devicePixelRatioF())
        left = option.rect.center().x() + (QFontMetrics(self.font()).horizontalAdvance(self.text()) + 1) // 2 + GAP
        painter.drawPixmap(QPointF(left, (self.height() - CHEVRON) / 2), pixmap)
        painter.end()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        is_click = event.button() is Qt.MouseButton.LeftButton and self.isDown()
        if is_click and self.isChecked() and self.cross().contains(event.position().toPoint()):
            self.setDown(False)
            self.remove_requested.emit()
            return
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in REMOVE_KEYS and self.isChecked():
            self.remove_requested.emit()
        else:
            super().keyPressEvent(event)

    def cross(self) -> QRect:
        """Return where a click takes the filter away: a finger's width at the end."""
        return QRect(self.width() - CROSS, 0, CROSS, self.height())

    def _fill(self) -> None:
        self._menu.clear()
        for choice in self._choices:
            action = add_menu_action(self._menu, choice.word)
            action.setData(choice.key)
            action.setCheckable(True)
            action.setChecked(choice.is_chosen)

    def _open(self) -> None:
        if not self._choices:
            self.open_requested.emit()
            return
        self._fill()  # a click on a line has toggled its tick
        self._menu.popup(self.mapToGlobal(QPoint(0, self.height() + BELOW)))

    def _choose(self, action: QAction) -> None:
        self.chosen.emit(str(action.data()))
