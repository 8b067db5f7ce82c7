"""A table of payments on its card, with a notice when there are no rows and a text below. Passive."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout, QWidget

from app.i18n.texts import Texts
from app.ui.payment.display import PaymentRow
from app.ui.tables.columns import Column
from app.ui.tables.payments_table import PaymentsTable
from app.ui.theme import Theme, tokens
from app.ui.theme.marks import mark
from app.ui.widgets.feedback.empty_state import EmptyState
from app.ui.widgets.text.plain_text import PlainLabel


class TableCard(QFrame):
    """`row_requested` carries a PaymentId; `notice_action_requested`: the button of a notice."""

    row_requested = Signal(str)
    notice_action_requested = Signal()

    def __init__(
        self,
        theme: Theme,
        texts: Texts,
        columns: Sequence[Column],
        name: str,
        parent: QWidget | None = None,
        *,
        table: PaymentsTable | None = None,
    ) -> None:
        """`name` is the accessible name of the table, where none is given."""
        super().__init__(parent)
        mark(self, card=True)
        self.table = table or PaymentsTable(theme, texts, columns, name)
        self.notice = EmptyState(theme)
        self._foot = mark(PlainLabel(), role="small")
        self._stack = QStackedWidget()
        self._build_layout()
        self.table.row_requested.connect(self.row_requested)
        self.notice.action_requested.connect(self.notice_action_requested)

    def _build_layout(self) -> None:
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.notice)
        self._foot.setContentsMargins(tokens.L + tokens.XS, tokens.S, tokens.L, tokens.XS)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, tokens.XS, 1, tokens.S)
        column.setSpacing(0)
        column.addWidget(self._stack, 1)
        column.addWidget(self._foot)

    def show_rows(self, rows: Sequence[PaymentRow], foot: str) -> None:
        """Show rows and the text below them."""
        self.table.show_rows(rows)
        self.show_table(foot)

    def show_table(self, foot: str = "") -> None:
        """Show the table as it is, and the text below it."""
        self._foot.setText(foot)
        self._foot.setVisible(bool(foot))
        self._stack.setCurrentWidget(self.table)

    def show_notice(self, icon: str, title: str, text: str, notice_action: str | None) -> None:
        """Show why there are no rows; `notice_action` names a button."""
        self.table.show_rows(())
        self._foot.hide()
        self.notice.show_content(icon, title, text, notice_action)
        self._stack.setCurrentWidget(self.notice)

    def foot(self) -> str:
        """The text below the rows now."""
        return self._foot.text() if not self._foot.isHidden() else ""

    def shows_rows(self) -> bool:
        return self._stack.currentWidget() is self.table
