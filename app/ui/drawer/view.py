"""The drawer: one payment next to a list, from its amount down to its timeline. Passive."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from app.domain.ids import PaymentId
from app.i18n.texts import Texts
from app.ui.drawer.state import Details, DrawerState
from app.ui.drawer.widgets.actions_view import ActionsView
from app.ui.drawer.widgets.details_view import AlertBox, FactsView, wrapped_label
from app.ui.drawer.widgets.form_dialog_host import FormDialogHost
from app.ui.drawer.widgets.refund_view import RefundsView
from app.ui.drawer.widgets.support_json_view import SupportJsonView
from app.ui.drawer.widgets.timeline_view import TimelineView
from app.ui.tables.flow import FlowLayout
from app.ui.theme import Theme, tokens
from app.ui.theme.marks import mark
from app.ui.widgets.controls.buttons import icon_button
from app.ui.widgets.controls.focus_keeper import FocusKeeper
from app.ui.widgets.feedback.empty_state import EmptyState
from app.ui.widgets.feedback.status_pill import StatusPill
from app.ui.widgets.room.fitting_scroll import reveal
from app.ui.widgets.text.plain_text import PlainLabel

WIDTH: Final = 368
PAD: Final = tokens.L + tokens.XS
SCROLL_BAR: Final = 10
ROOM: Final = WIDTH - 2 * PAD - SCROLL_BAR
LOADING_DELAY_MS: Final = 120
"""How long the last payment stays visible while the next one is read."""


class PaymentDrawer(QFrame):
    """Hidden while closed. `action_requested` carries a `drawer.state.Action`."""

    close_requested = Signal()
    action_requested = Signal(object)
    support_json_requested = Signal()
    support_json_copy_requested = Signal()

    def __init__(self, theme: Theme, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        mark(self, card=True)
        self._theme = theme
        self._texts = texts
        self._state = DrawerState()
        self._shown: PaymentId | None = None
        self._focus = FocusKeeper(self)
        self._loading_delay = QTimer(self)
        self._loading_delay.setSingleShot(True)
        self._loading_delay.setInterval(LOADING_DELAY_MS)
        self._build_head()
        self._build_content()
        self._build_layout()
        self._connect_signals()
        self.setAccessibleName(texts.say("Details of the payment"))
        self.setFixedWidth(WIDTH)
        self.hide()

    def _build_head(self) -> None:
        self.number = mark(PlainLabel(), role="title")
        self.pill = StatusPill(self._theme)
        self.close_button = icon_button(self._theme, "close", self._texts.say("Close the details"))

    def _build_content(self) -> None:
        self.sum = mark(PlainLabel(), role="figures")
        self.purpose = wrapped_label("")
        self.alerts = AlertBox(self._theme, self._texts, ROOM)
        self.buttons = ActionsView(self._theme, self._texts, ROOM)
        self.refunds = RefundsView(self._theme, self._texts, ROOM)
        self.form = FormDialogHost(self._theme, self._texts, self)
        self.facts = FactsView(self._theme)
        self.history_title = mark(PlainLabel(self._texts.say("What happened")), role="strong")
        self.timeline = TimelineView(self._theme)
        self.support_json = SupportJsonView(self._theme, self._texts)
        only_seen = self._texts.say(
            "Only what is seen now is settled. If something new comes, the payment needs attention again."
        )
        self.only_seen = mark(wrapped_label(only_seen), role="small")
        self.only_seen.setContentsMargins(PAD, tokens.S, PAD, tokens.XS)

    def _build_layout(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(PAD, tokens.M, tokens.S, tokens.XS)
        head.setSpacing(tokens.M)
        names = FlowLayout(spacing=tokens.S)  # a long word goes below a long number
        names.addWidget(self.number)
        names.addWidget(self.pill)
        head.addLayout(names, 1)
        head.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self._notice = EmptyState(self._theme)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self._build_body())
        self._stack = QStackedWidget()
        self._stack.addWidget(self._notice)
        self._stack.addWidget(self._scroll)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 1, tokens.S)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._stack, 1)
        column.addWidget(self.only_seen)

    def _build_body(self) -> QWidget:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(PAD, 0, PAD, tokens.M)
        column.setSpacing(tokens.M)
        money = QVBoxLayout()
        money.setSpacing(2)
        money.addWidget(self.sum)
        money.addWidget(self.purpose)
        column.addLayout(money)
        parts: tuple[QWidget, ...] = (self.alerts, self.buttons, self.refunds, self.facts)
        history_parts: tuple[QWidget, ...] = (self.history_title, self.timeline, self.support_json)
        for part in parts:
            column.addWidget(part)
        column.addSpacing(tokens.XS)
        for part in history_parts:
            column.addWidget(part)
        column.addStretch(1)
        return body

    def _connect_signals(self) -> None:
        self._loading_delay.timeout.connect(self._show_all)
        self.close_button.clicked.connect(self.close_requested)
        for part in (self.alerts, self.buttons, self.refunds):
            part.action_requested.connect(self.action_requested)
        self.support_json.toggle_requested.connect(self.support_json_requested)
        self.support_json.copy_requested.connect(self.support_json_copy_requested)

    def show_state_with_table(self, state: DrawerState, table: QWidget) -> None:
        """Show a state; when the drawer closes while it has the keyboard focus, `table` gets the focus."""
        was_inside = self._has_focus_inside()
        self.show_state(state)
        if was_inside and not state.is_open:
            table.setFocus()

    def show_state(self, state: DrawerState) -> None:
        """Show a state; a short read does not make the drawer flicker between two payments."""
        self._state = state
        self.form.show_form(state.form)
        is_reading = state.is_open and state.details is None and state.problem is None
        if is_reading and self.isVisible() and self._stack.currentWidget() is self._scroll:
            self._loading_delay.start()
            return
        self._loading_delay.stop()
        self._show_all()

    def _show_all(self) -> None:
        with self._focus.keep():
            self._show_parts(self._state)

    def _has_focus_inside(self) -> bool:
        focused = self.window().focusWidget()
        return focused is not None and (focused is self or self.isAncestorOf(focused))

    def _show_parts(self, state: DrawerState) -> None:
        if state.details is not None:
            self._show_details(state.details)
            self._show_actions(state.details, state)
            self.support_json.show_json(state.support_json)
        self._stack.setCurrentWidget(self._scroll if state.details else self._notice)
        self.only_seen.setVisible(state.details is not None and bool(state.details.attention_texts))
        self._show_notice(state)
        if state.is_open and self.isHidden():
            QTimer.singleShot(0, self, self._reveal)  # once it has its place
        self.setVisible(state.is_open)

    def _reveal(self) -> None:
        """In a window too narrow for the list and the drawer, scroll to the drawer."""
        reveal(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_requested.emit()
        else:
            super().keyPressEvent(event)

    def _show_details(self, details: Details) -> None:
        if details.payment_id != self._shown:
            self._shown = details.payment_id
            self._scroll.verticalScrollBar().setValue(0)
        self.number.setText(details.number)
        self.pill.show_status(details.status.word, details.status.tone, details.status.icon)
        self.sum.setText(details.sum)
        self.purpose.setText(details.purpose)
        self.purpose.setVisible(bool(details.purpose))
        self.facts.show_facts(details.facts, ROOM)
        self.timeline.show_entries(details.timeline)

    def _show_actions(self, details: Details, state: DrawerState) -> None:
        self.alerts.show_alerts(details.attention_texts, details.proposed, state.busy)
        self.buttons.show_actions(details.actions, state.busy)
        self.refunds.show_box(details.refunds, state.busy)

    def _show_notice(self, state: DrawerState) -> None:
        if not state.is_open or self._stack.currentWidget() is not self._notice:
            return
        self.number.setText("")
        self.pill.show_status("", "ended", "")
        if state.problem:
            self._notice.show_content("warning", self._texts.say("The payment cannot be shown"), state.problem)
        else:
            self._notice.show_content("clock", self._texts.say("Reading the payment…"), "")
