"""The amount field of the till: typed, entered by keypad or pasted. It shows and emits; the presenter validates."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app.ui.theme import Theme
from app.ui.widgets.money.amount_edit import AmountEdit
from app.ui.widgets.money.amount_text import grouped
from app.ui.widgets.text.plain_text import set_accessible_name
from app.ui.widgets.text.type_fit import fitted_font

SIZES: Final = (52, 40, 32, 26, 22)  # pixels: the next one is used when the amount does not fit
EMPTY: Final = "0,00"
SIGN: Final = "₴"
SIGN_GAP: Final = 12
EDIT_MARGIN: Final = 2  # a line edit keeps two pixels on each side of its text
CURSOR_ROOM: Final = 3
LINE: Final = 2
LONGEST: Final = grouped("888888888,888")


class AmountField(QWidget):
    """The amount followed by the hryvnia sign. `changed` carries the raw amount ("1250,5") a person has typed.

    Typed text that is no amount is carried as it is; `refused`: something was not taken, the amount is unchanged.
    """

    changed = Signal(str)
    refused = Signal()
    submitted = Signal()

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        """`name` is the accessible name of the field."""
        super().__init__(parent)
        self._theme = theme
        self._sizes: tuple[int, ...] = SIZES
        self._edit = AmountEdit(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._edit)
        row.addStretch(1)
        self._edit.setPlaceholderText(EMPTY)
        set_accessible_name(self._edit, name)
        self._edit.textEdited.connect(self._edited)
        self._edit.refused.connect(self.refused)
        self._edit.focus_changed.connect(self.update)
        self._edit.returnPressed.connect(self.submitted)
        self.setFocusProxy(self._edit)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._apply_theme)
        self._apply_theme()

    def text(self) -> str:
        """The raw sum as typed: digits and at most one comma; or what was typed and is no sum."""
        return self._edit.raw()

    def show_text(self, raw: str) -> None:
        """Show a sum; what is not one, as it is. Does not emit."""
        if raw != self.text():
            self._edit.show_raw(raw)
            self._fit()

    def show_suggested(self, raw: str) -> None:
        """Show a sum that the next digit takes the place of. Does not emit."""
        self.show_text(raw)
        self._edit.selectAll()

    def show_compact(self, compact: bool) -> None:
        """Use the next smaller font, where there is little height."""
        self._sizes = SIZES[1:] if compact else SIZES
        self._apply_theme()
        self.updateGeometry()

    def clear(self) -> None:
        """Empty the field; does not emit."""
        self.show_text("")

    def press(self, key: str) -> None:
        """Handle a key of the keypad: a digit, "," or "back"."""
        self._edit.press(key)

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint() * 1.2

    def minimumSizeHint(self) -> QSize:
        font = self._theme.font("amount", 700)
        font.setPixelSize(self._sizes[0])
        tall = QFontMetrics(font).height()
        font.setPixelSize(SIZES[-1])
        return QSize(QFontMetrics(font).horizontalAdvance(LONGEST + SIGN) + SIGN_GAP + CURSOR_ROOM, tall)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._edit.setFocus(Qt.FocusReason.MouseFocusReason)
        self._edit.end(False)

    def paintEvent(self, event: QPaintEvent) -> None:
        line = self._edit.geometry()
        room = QRect(line.right() + 1 + SIGN_GAP - CURSOR_ROOM, line.top(), self.width(), line.height())
        if event.rect().right() < room.left() and event.rect().bottom() < self.height() - LINE:
            return  # repaints of the blinking cursor only: nothing to paint here
        painter = QPainter(self)
        painter.setFont(self._edit.font())
        painter.setPen(self._theme.colour("text" if self.text() else "muted"))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, SIGN)
        if self._edit.hasFocus():  # the cursor alone, one pixel wide, is hard to see at this size
            end = room.left() + QFontMetrics(self._edit.font()).horizontalAdvance(SIGN)
            painter.fillRect(0, self.height() - LINE, end, LINE, self._theme.colour("accent"))
        painter.end()

    def _edited(self) -> None:
        self._fit()
        self.changed.emit(self.text())

    def _fit(self) -> None:
        """Choose the font size for the text shown and make the line exactly as wide as it."""
        shown = self._edit.text() or EMPTY
        room = self.width() - SIGN_GAP - CURSOR_ROOM
        font = fitted_font(self._theme.font("amount", 700), shown + SIGN, room, self._sizes)
        self._edit.setFont(font)
        whole = QFontMetrics(font).horizontalAdvance(shown) + CURSOR_ROOM
        sign = QFontMetrics(font).horizontalAdvance(SIGN) + SIGN_GAP
        self._edit.setFixedWidth(min(whole, max(self.width() - sign, CURSOR_ROOM)))
        self.update()

    def _apply_theme(self) -> None:
        ink, faint = (self._theme.colour(role).name() for role in ("text", "muted"))
        self._edit.setStyleSheet(
            "QLineEdit { border: none; background: transparent; padding: 0; margin: 0; min-height: 0;"
            f" color: {ink}; placeholder-text-color: {faint}; }}"
        )
        self._edit.setTextMargins(-EDIT_MARGIN, 0, -EDIT_MARGIN, 0)
        self._edit.setFixedHeight(self.minimumSizeHint().height())
        self._fit()
