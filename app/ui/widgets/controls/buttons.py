"""Push buttons with an icon that follows the theme, and one that carries its key as a muted hint."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QIcon, QPainter, QPaintEvent
from PySide6.QtWidgets import QStyle, QStyleOptionButton, QStylePainter, QWidget

from app.ui.theme import Theme
from app.ui.theme.marks import mark
from app.ui.theme.tokens import CONTROL_HEIGHT, M
from app.ui.widgets.text.plain_text import PlainButton, set_accessible_name, set_description, set_tooltip

ICON_GAP: Final = 10
STYLE_GAP: Final = 4  # Qt's own gap between icon and word: too little for a line drawing
HINT_GAP: Final = M
FAINT: Final = 0.8  # opacity of the text on an accent background, where no muted colour has enough contrast
TEXT_SLACK: Final = 4
INKS: Final = {"primary": "on_accent", "danger": "failed", "quiet": "muted"}


def paint_background(button: PlainButton, painter: QStylePainter) -> None:
    """Paint a button's background by the style sheet, for buttons that paint their word and icon themselves."""
    option = QStyleOptionButton()
    button.initStyleOption(option)
    option.text, option.icon = "", QIcon()
    painter.drawControl(QStyle.ControlElement.CE_PushButton, option)


class Button(PlainButton):
    """A push button of a kind defined in the style sheet, at least as high as a touch target."""

    def __init__(self, theme: Theme, parent: QWidget | None = None, kind: str = "plain") -> None:
        super().__init__(parent=parent)
        self.theme = theme
        self._icon = ""
        mark(self, kind=kind)
        self.setMinimumHeight(CONTROL_HEIGHT)
        theme.changed.connect(self._apply_theme)

    def show_icon(self, name: str) -> None:
        """Show an icon before the word; an empty name removes it."""
        self._icon = name
        self._apply_theme()

    def ink(self) -> str:
        """The colour role of the icon."""
        return INKS.get(str(self.property("kind")), "text")

    def tail_width(self) -> int:
        """The width of what follows the word, with its gap; pixels."""
        return 0

    def paint_tail(self, painter: QPainter, left: int) -> None:
        """Paint what follows the word."""

    def sizeHint(self) -> QSize:  # the minimum size follows from it
        return super().sizeHint() + QSize(self._icon_width() - self._icon_width(STYLE_GAP) + self.tail_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The style paints background and word in its colours; the positions of icon, word and tail are set here."""
        painter = QStylePainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        word, option.text, option.icon = option.text, "", QIcon()
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        icon, text = self._icon_width(), QFontMetrics(self.font()).horizontalAdvance(self.text())
        left = (self.width() - self._menu_width(option) - icon - text - self.tail_width()) // 2
        self._paint_icon(painter, left)
        option.text = word
        option.features = QStyleOptionButton.ButtonFeature.None_
        option.rect = QRect(left + icon - TEXT_SLACK, 0, text + 2 * TEXT_SLACK, self.height())
        painter.drawControl(QStyle.ControlElement.CE_PushButtonLabel, option)
        self.paint_tail(painter, left + icon + text)
        painter.end()

    def _paint_icon(self, painter: QPainter, left: int) -> None:
        size = self.iconSize()
        room = QRect(left, (self.height() - size.height()) // 2, size.width(), size.height())
        mode = QIcon.Mode.Normal if self.isEnabled() else QIcon.Mode.Disabled
        state = QIcon.State.On if self.isChecked() else QIcon.State.Off
        self.icon().paint(painter, room, Qt.AlignmentFlag.AlignCenter, mode, state)

    def _icon_width(self, gap: int = ICON_GAP) -> int:
        if self.icon().isNull():
            return 0
        return self.iconSize().width() + (gap if self.text() else 0)

    def _menu_width(self, option: QStyleOptionButton) -> int:
        metric = QStyle.PixelMetric.PM_MenuButtonIndicator
        return self.style().pixelMetric(metric, option, self) if self.menu() else 0

    def _apply_theme(self) -> None:
        self.setIcon(self.theme.icon(self._icon, self.ink()) if self._icon else QIcon())
        self.update()


class HintButton(Button):
    """A button with its key as a hint after the word: "Create link  Enter". The key itself is not bound."""

    def __init__(self, theme: Theme, text: str, hint: str, kind: str = "plain", parent: QWidget | None = None) -> None:
        """`hint` is the name of the key."""
        super().__init__(theme, parent, kind)
        self._hint = hint
        self.setText(text)
        set_accessible_name(self, text)
        set_description(self, hint)

    def hint(self) -> str:
        return self._hint

    def tail_width(self) -> int:
        return HINT_GAP + QFontMetrics(self._hint_font()).horizontalAdvance(self._hint)

    def paint_tail(self, painter: QPainter, left: int) -> None:
        painter.setFont(self._hint_font())
        painter.setPen(self._hint_ink())
        room = QRect(left + HINT_GAP, 0, self.width(), self.height())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._hint)

    def _hint_font(self) -> QFont:
        return self.theme.font("body", 400)

    def _hint_ink(self) -> QColor:
        if not self.isEnabled():
            return self.theme.colour("disabled")
        if self.ink() != "on_accent":
            return self.theme.colour("muted")
        ink = self.theme.colour("on_accent")
        ink.setAlphaF(FAINT)
        return ink


def button(theme: Theme, text: str, kind: str = "plain", icon: str = "", parent: QWidget | None = None) -> Button:
    """A button with a word and, if named, an icon."""
    made = Button(theme, parent, kind)
    made.setText(text)
    set_accessible_name(made, text)
    made.show_icon(icon)
    return made


def icon_button(theme: Theme, icon: str, name: str, kind: str = "quiet", parent: QWidget | None = None) -> Button:
    """A square button with an icon only; `name` is its tooltip and accessible name."""
    made = Button(theme, parent, kind)
    set_tooltip(made, name)
    set_accessible_name(made, name)
    made.setMinimumWidth(CONTROL_HEIGHT)
    made.show_icon(icon)
    return made
