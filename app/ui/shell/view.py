"""The main window: rail, header, banner, page stack, toasts, keys. It routes; it knows no payment."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from app.i18n.texts import Texts
from app.ui.shell.header import HeaderBar
from app.ui.shell.keys import KEYS, KeysDialog
from app.ui.shell.state import Chip, ShellState
from app.ui.theme import Theme
from app.ui.theme.marks import mark
from app.ui.widgets.banner import Banner
from app.ui.widgets.health_chip import HealthChip
from app.ui.widgets.nav_rail import NavRail
from app.ui.widgets.plain_text import set_title
from app.ui.widgets.toast import ToastStack

SMALLEST: Final = (1024, 700)
FIRST_SIZE: Final = (1280, 768)
FRAME: Final = (2, 32)  # kept for the title bar: on a small screen the foot of the window would stand below its edge
TOAST_ICONS: Final = {"paid": "check", "waiting": "clock", "failed": "cross", "attention": "warning"}


class DeskWindow(QMainWindow):
    """`show_state` dresses the frame; pages are made when they are first needed, by the makers given to `add_page`."""

    page_requested = Signal(str)
    key_pressed = Signal(str)
    close_requested = Signal()
    painted = Signal()

    def __init__(self, theme: Theme, texts: Texts) -> None:
        super().__init__()
        self._theme = theme
        self._texts = texts
        self._painted = False
        self._words: dict[str, str] = {}
        self._makers: dict[str, Callable[[], QWidget]] = {}
        self._pages: dict[str, QWidget] = {}
        self.page = ""
        self.setMinimumSize(*SMALLEST)
        self.resize(QSize(*FIRST_SIZE).boundedTo(self.screen().availableSize() - QSize(*FRAME)))
        self._build_rail()
        self._build_body()
        self._build_frame()
        self._build_keys()

    def _build_rail(self) -> None:
        self._rail = NavRail(self._theme)
        self._operator = HealthChip(self._theme)
        self._callbacks = HealthChip(self._theme)
        for chip in (self._operator, self._callbacks):
            self._rail.add_foot(chip)
            chip.clicked.connect(partial(self.page_requested.emit, "settings"))
        self._rail.page_requested.connect(self.page_requested)

    def _build_body(self) -> None:
        self._header = HeaderBar()
        self._demo = Banner(self._theme)
        self._problem = Banner(self._theme)
        self._stack = QStackedWidget()
        mark(self._stack, page=True)
        for banner in (self._demo, self._problem):
            mark(banner, strip=True)
            banner.hide()

    def _build_frame(self) -> None:
        body, frame = QVBoxLayout(), QWidget()
        for part in (self._header, self._problem):
            body.addWidget(part)
        body.addWidget(self._stack, 1)
        row = QHBoxLayout()
        row.addWidget(self._rail)
        row.addLayout(body, 1)
        mark(frame, page=True)
        column = QVBoxLayout(frame)
        column.addWidget(self._demo)
        column.addLayout(row, 1)
        for layout in (body, row, column):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(0)
        self.setCentralWidget(frame)
        self._toasts = ToastStack(self._theme, frame)

    def _build_keys(self) -> None:
        for keys, name, _meaning in KEYS:
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
            shortcut.activated.connect(partial(self.key_pressed.emit, name))

    def add_page(self, key: str, icon: str, make: Callable[[], QWidget]) -> None:
        """Offer a page on the rail; `make` is called when it is first shown."""
        self._rail.add_page(key, icon)
        self._makers[key] = make

    def show_page(self, key: str) -> None:
        """Bring a page to the front, making it if need be."""
        if key not in self._pages:
            self._pages[key] = self._makers[key]()
            self._stack.addWidget(self._pages[key])
        self.page = key
        self._stack.setCurrentWidget(self._pages[key])
        self._rail.show_page(key)
        self._header.show_title(self._words.get(key, ""))

    def show_words(self, texts: Texts, pages: dict[str, str]) -> None:
        """Speak another language from now on; `pages` holds the word of every page."""
        self._texts, self._words = texts, pages
        self._rail.show_words(pages)
        self._toasts.show_words(texts.say("Close"))
        self._header.show_title(pages.get(self.page, ""))

    def show_state(self, state: ShellState) -> None:
        set_title(self, f"{state.shop} — Paydesk" if state.shop else "Paydesk")
        self._header.show_place(state.shop, state.date, state.clock)
        _show_banner(self._demo, state.demo, "attention", "info")
        _show_banner(self._problem, state.problem, "failed", "warning")
        _show_chip(self._operator, state.operator)
        _show_chip(self._callbacks, state.callbacks)

    def toast(self, text: str, tone: str = "ended") -> None:
        """Show short news top right (the port `front.Notices`)."""
        self._toasts.show_toast(text, tone, TOAST_ICONS.get(tone, "info"))

    def show_help(self) -> None:
        """Open the list of keys; the rest of the window lives on."""
        dialog = KeysDialog(self._texts, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()  # our own stop order decides (house.md 5)
        self.close_requested.emit()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.UpdateRequest and not self._painted and self.isVisible():
            self._painted = True
            self.painted.emit()
        return done


def _show_banner(banner: Banner, text: str, tone: str, icon: str) -> None:
    if text:
        banner.show_banner(text, tone, icon)
    banner.setVisible(bool(text))


def _show_chip(chip: HealthChip, state: Chip) -> None:
    chip.show_health(state.word, state.tone, state.meaning)
