"""The main window: its frame with the pages, toasts, keys. No payment logic."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QScreen, QShortcut, QShowEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from app.i18n.texts import Texts
from app.ui.shell.frame import DeskFrame
from app.ui.shell.keys import FULL_SCREEN, KEYS, KeysDialog
from app.ui.shell.state import ShellState
from app.ui.theme import Theme
from app.ui.widgets.controls.nav_rail import RailPage
from app.ui.widgets.feedback.toast import ToastStack
from app.ui.widgets.room.screen_room import keep_on_screen, room_on_screen
from app.ui.widgets.text.plain_text import set_title
from app.ui.widgets.view_state import retire

SMALLEST: Final = (480, 300)
"""On a screen that is smaller still, the screen is the limit."""
FIRST_SIZE: Final = (1280, 768)
TOAST_ICONS: Final = {"paid": "check", "waiting": "clock", "failed": "cross", "attention": "warning"}


class MainWindow(QMainWindow):
    """It outlives its `frame`, which is recreated for every language; toasts keep the language they were shown in."""

    page_requested = Signal(str)
    section_requested = Signal(str)
    attention_requested = Signal()
    key_pressed = Signal(str)
    close_requested = Signal()
    painted = Signal()

    def __init__(self, theme: Theme, texts: Texts, pages: Sequence[RailPage]) -> None:
        """`pages` are (key, icon, word), the words not translated yet."""
        super().__init__()
        self._theme = theme
        self._texts = texts
        self._rail_pages = pages
        self._painted = False
        self.page = ""
        self._known_screen: QScreen | None = None
        self._limit_size()
        self._first_size = QSize(*FIRST_SIZE).boundedTo(room_on_screen(self))
        self.resize(self._first_size)
        self._toasts = ToastStack(theme, self)
        self._build_keys()
        self._build_frame()

    def _build_frame(self) -> None:
        self.frame = DeskFrame(self._theme, self._texts, self._rail_pages)
        self.frame.page_requested.connect(self.page_requested)
        self.frame.section_requested.connect(self.section_requested)
        self.frame.attention_requested.connect(self.attention_requested)
        self.setCentralWidget(self.frame)
        self.frame.show()  # in a visible window the layout would show it only in the next loop iteration
        self._toasts.raise_()

    def _build_keys(self) -> None:
        for keys, name, _meaning in KEYS:
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
            shortcut.activated.connect(partial(self._on_key, name))

    def rebuild(self, texts: Texts) -> None:
        """Create a new frame without pages in another language; the old one is deleted with its pages."""
        retire(self.frame)
        self._texts = texts
        self._build_frame()  # QMainWindow deletes the previous one later

    def add_page(self, key: str, view: QWidget) -> None:
        """Add a page behind the others."""
        self.frame.add_page(key, view)

    def show_page(self, key: str) -> None:
        """Bring a page that was added to the front."""
        self.page = key
        self.frame.show_page(key)

    def show_state(self, state: ShellState) -> None:
        set_title(self, f"{state.shop} — Paydesk" if state.shop else "Paydesk")
        self.frame.show_state(state)

    def toast(self, text: str, tone: str = "ended") -> None:
        """Show a short notice top right (the port `context.Notices`)."""
        self._toasts.show_toast(text, tone, TOAST_ICONS.get(tone, "info"), self._texts.say("Close"))

    def show_help(self) -> None:
        """Open the list of keys without blocking the window."""
        dialog = KeysDialog(self._texts, self.frame)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _on_key(self, name: str) -> None:
        if name == FULL_SCREEN:
            self.toggle_full_screen()
        else:
            self.key_pressed.emit(name)

    def toggle_full_screen(self) -> None:
        """Fill the screen, or go back to the size before."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._known_screen is None:
            self.windowHandle().screenChanged.connect(self._on_screen)
        self._watch(self.screen())

    def _on_screen(self, screen: QScreen) -> None:
        """The window is on another screen."""
        self._watch(screen)
        self._on_screen_resized()

    def _watch(self, screen: QScreen) -> None:
        if screen is self._known_screen:
            return
        if self._known_screen is not None:
            self._known_screen.availableGeometryChanged.disconnect(self._on_screen_resized)
        self._known_screen = screen
        screen.availableGeometryChanged.connect(self._on_screen_resized)

    def _on_screen_resized(self) -> None:
        """The screen has another size or scale."""
        self._limit_size()
        keep_on_screen(self)

    def _limit_size(self) -> None:
        self.setMinimumSize(QSize(*SMALLEST).boundedTo(room_on_screen(self)))

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()  # the application's stop order decides (house.md 5)
        self.close_requested.emit()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.UpdateRequest and not self._painted and self.isVisible():
            self._painted = True
            if self.size() == self._first_size:  # the frame is known only now
                keep_on_screen(self)
            self.painted.emit()
        return done
