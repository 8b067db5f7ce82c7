"""The owner of the drawer's form dialog. Passive."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.i18n.texts import Texts
from app.ui.drawer.state import FormState
from app.ui.drawer.widgets.form_dialog import FormDialog
from app.ui.theme import Theme


class FormDialogHost(QObject):
    """The dialog is created when the first form is shown. Signals are those of FormDialog."""

    edited = Signal(str, str)
    left = Signal(str)
    send_requested = Signal()
    confirm_requested = Signal()
    show_latest_requested = Signal()
    close_requested = Signal()

    def __init__(self, theme: Theme, texts: Texts, over: QWidget) -> None:
        super().__init__(over)
        self._theme = theme
        self._texts = texts
        self._over = over
        self._dialog: FormDialog | None = None

    def show_form(self, form: FormState | None) -> None:
        """Show this form, or none."""
        if form is not None or self._dialog is not None:
            self.dialog().show_form(form)

    def dialog(self) -> FormDialog:
        """The dialog, shown or not."""
        if self._dialog is None:
            self._dialog = FormDialog(self._theme, self._texts, self._over)
            self._dialog.edited.connect(self.edited)
            self._dialog.left.connect(self.left)
            self._dialog.send_requested.connect(self.send_requested)
            self._dialog.confirm_requested.connect(self.confirm_requested)
            self._dialog.show_latest_requested.connect(self.show_latest_requested)
            self._dialog.close_requested.connect(self.close_requested)
        return self._dialog
