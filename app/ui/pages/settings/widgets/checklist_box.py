"""The steps of connecting in the operator's section, each a button to its field, and *Check connection*. Passive."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QStylePainter, QVBoxLayout, QWidget

from app.i18n.texts import Texts
from app.ui.pages.settings.state import CheckItem, Checklist
from app.ui.pages.settings.widgets.notes import Notes
from app.ui.theme import Theme
from app.ui.theme.marks import mark
from app.ui.theme.tokens import CONTROL_HEIGHT, XS, S
from app.ui.widgets.controls.buttons import button, paint_background
from app.ui.widgets.text.plain_text import PlainButton, PlainLabel, set_accessible_name

ICON: Final = 20
STEP_ICONS: Final = {True: ("check", "paid"), False: ("dot", "muted"), None: ("info", "muted")}
"""Icon and its colour role, by `CheckItem.done`."""


class StepButton(PlainButton):
    """A step: a tick, an empty circle, or a mark for what only the owner can know; `field_requested` leads there."""

    field_requested = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._theme = theme
        self._item = CheckItem("", False)
        mark(self, kind="quiet")
        self.setMinimumHeight(CONTROL_HEIGHT)
        self.clicked.connect(self._request_field)
        theme.changed.connect(self.update)

    def show_item(self, item: CheckItem, spoken: str) -> None:
        """Show a step; `spoken` is its icon in a word."""
        self._item = item
        self.setText(item.text)
        set_accessible_name(self, f"{item.text}: {spoken}" if spoken else item.text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        words = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(S + ICON + S + words + S + ICON + S, CONTROL_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(CONTROL_HEIGHT, CONTROL_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        paint_background(self, painter)
        self._paint_icon(painter, *STEP_ICONS[self._item.done], S)
        self._paint_icon(painter, "chevron_right", "muted", self.width() - S - ICON)
        left = S + ICON + S
        room = QRectF(left, 0, self.width() - left - S - ICON - S, self.height())
        painter.setPen(self._theme.colour("muted" if self._item.done else "text"))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), self.text())
        painter.end()

    def _paint_icon(self, painter: QStylePainter, icon: str, role: str, left: int) -> None:
        pixmap = self._theme.pixmap(icon, role, ICON, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(left, (self.height() - ICON) / 2), pixmap)

    def _request_field(self) -> None:
        self.field_requested.emit(self._item.field)


class ChecklistBox(QWidget):
    """What XPAY needs, step by step, and whether it lets this shop in. A screen reader reads the tick as a word."""

    field_requested = Signal(str)
    check_requested = Signal()

    def __init__(self, theme: Theme, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._title = mark(PlainLabel(parent=self), role="emphasis")
        self._steps: list[StepButton] = []
        self._spoken = {True: texts.say("done"), False: texts.say("not yet"), None: ""}
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self.check = button(theme, "", "plain", "refresh", self)
        self.answer = Notes(theme, self)
        self.check.clicked.connect(self.check_requested)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(XS)
        column.addWidget(self._title)
        column.addLayout(self._list)
        column.addWidget(self.check, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.answer)

    def show_list(self, checklist: Checklist | None) -> None:
        """Show the steps and the answer; None hides the box."""
        self.setVisible(checklist is not None)
        if checklist is None:
            return
        self._title.setText(checklist.title)
        while len(self._steps) < len(checklist.items):
            self._add_step()
        for place, step in enumerate(self._steps):
            step.setVisible(place < len(checklist.items))
            if place < len(checklist.items):
                item = checklist.items[place]
                step.show_item(item, self._spoken[item.done])
        self.check.setText(checklist.check)
        set_accessible_name(self.check, checklist.check)
        self.answer.show_notes((checklist.answer,) if checklist.answer else ())

    def texts(self) -> list[str]:
        """Return the steps as they are spoken."""
        return [step.accessibleName() for step in self._steps if not step.isHidden()]

    def steps(self) -> list[StepButton]:
        return [step for step in self._steps if not step.isHidden()]

    def _add_step(self) -> None:
        step = StepButton(self._theme, self)
        step.field_requested.connect(self.field_requested)
        self._steps.append(step)
        self._list.addWidget(step)
