"""The port `context.DesktopServices` on Qt: clipboard, browser, questions and file choosers over the window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QIODevice, QSaveFile, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from app.domain.errors import StorageError
from app.ui.context import Question
from app.ui.dialogs import QuestionDialog, run_dialog
from app.ui.widgets.room.screen_room import room_on_screen


class QtDesktopServices:
    """Dialogs are children of `window`, so they are shown over it."""

    def __init__(self, window: QWidget) -> None:
        self._window = window

    def copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)

    def open_address(self, url: str) -> bool:
        return QDesktopServices.openUrl(QUrl(url))

    async def confirm(self, question: Question) -> bool:
        return await run_dialog(QuestionDialog(question, self._window))

    async def choose_file(self, title: str, pattern: str) -> Path | None:
        dialog = file_dialog(self._window, title, pattern=pattern)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        return Path(dialog.selectedFiles()[0]) if await run_dialog(dialog) else None

    async def save_path(self, title: str, name: str) -> Path | None:
        dialog = file_dialog(self._window, title, name)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        return Path(dialog.selectedFiles()[0]) if await run_dialog(dialog) else None

    async def save_text(self, title: str, name: str, text: str) -> Path | None:
        if (path := await self.save_path(title, name)) is None:
            return None
        write_whole(path, text)
        return path


def file_dialog(parent: QWidget | None, title: str, name: str = "", pattern: str = "") -> QFileDialog:
    """Return a file dialog all of whose labels are translated: Qt's catalogues lack those with an access key."""
    dialog = QFileDialog(parent, title, name, pattern)
    dialog.setLabelText(QFileDialog.DialogLabel.LookIn, QCoreApplication.translate("QFileDialog", "Look in:"))
    dialog.setLabelText(QFileDialog.DialogLabel.FileType, QCoreApplication.translate("QFileDialog", "Files of type:"))
    dialog.resize(dialog.sizeHint().boundedTo(room_on_screen(dialog)))
    return dialog


def write_whole(path: Path, text: str) -> None:
    """Write a UTF-8 text to a temporary file and rename it: a failure keeps the old file. Raises StorageError."""
    file = QSaveFile(str(path))
    file.setDirectWriteFallback(True)
    content = text.encode()
    opened = file.open(QIODevice.OpenModeFlag.WriteOnly)
    if not opened or file.write(content) != len(content) or not file.commit():
        raise StorageError(path=str(path), reason=file.errorString())
