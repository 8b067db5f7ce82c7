"""The window's content in one language: rail, header, banners and the stack of pages. Passive."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.i18n.texts import Texts
from app.ui.shell.header import HeaderBar
from app.ui.shell.state import Chip, ShellState
from app.ui.theme import Theme
from app.ui.theme.marks import mark
from app.ui.widgets.controls.nav_rail import NavRail, RailPage
from app.ui.widgets.feedback.banner import Banner
from app.ui.widgets.feedback.health_chip import HealthChip
from app.ui.widgets.room.fitting_scroll import FittingScroll


class DeskFrame(QWidget):
    """The pages are added from outside. `page_requested` carries a page's key, `section_requested` one of Settings."""

    page_requested = Signal(str)
    section_requested = Signal(str)
    attention_requested = Signal()

    def __init__(self, theme: Theme, texts: Texts, pages: Sequence[RailPage], parent: QWidget | None = None) -> None:
        """`pages` are (key, icon, word), the words not translated yet."""
        super().__init__(parent)
        mark(self, page=True)
        self._titles = {key: texts.say(word) for key, _icon, word in pages}
        self._pages: dict[str, QWidget] = {}
        self._scrolls: dict[str, FittingScroll] = {}
        self._build_rail(theme, [(key, icon, self._titles[key]) for key, icon, _word in pages])
        self._build_body(theme)
        self._build_layout()

    def _build_rail(self, theme: Theme, pages: Sequence[RailPage]) -> None:
        self._rail = NavRail(theme, pages)
        self._operator = HealthChip(theme)
        self._callbacks = HealthChip(theme)
        for section, chip in (("operator", self._operator), ("callbacks", self._callbacks)):
            self._rail.add_foot(chip)
            chip.clicked.connect(partial(self.section_requested.emit, section))
        self._rail.page_requested.connect(self.page_requested)
        self._rail.badge_requested.connect(self.attention_requested)

    def _build_body(self, theme: Theme) -> None:
        self._header = HeaderBar()
        self._demo = Banner(theme)
        self._problem = Banner(theme)
        self._stack = QStackedWidget()
        mark(self._stack, page=True)
        for banner in (self._demo, self._problem):
            mark(banner, strip=True)
            banner.hide()

    def _build_layout(self) -> None:
        body = QVBoxLayout()
        for part in (self._header, self._problem):
            body.addWidget(part)
        body.addWidget(self._stack, 1)
        row = QHBoxLayout()
        row.addWidget(FittingScroll(self._rail, is_column=True))
        row.addLayout(body, 1)
        column = QVBoxLayout(self)
        column.addWidget(self._demo)
        column.addLayout(row, 1)
        for layout in (body, row, column):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(0)

    def add_page(self, key: str, view: QWidget) -> None:
        """Add a page behind the others; where the window is too small for it, it scrolls."""
        self._pages[key] = view
        self._scrolls[key] = FittingScroll(view, use_room=getattr(view, "use_room", None))
        self._stack.addWidget(self._scrolls[key])

    def show_page(self, key: str) -> None:
        """Bring a page that was added to the front."""
        self._stack.setCurrentWidget(self._scrolls[key])
        self._rail.show_page(key)
        self._header.show_title(self._titles[key])

    def show_state(self, state: ShellState) -> None:
        self._header.show_shop(state.shop, state.date, state.clock)
        _show_banner(self._demo, state.no_real_money, "attention", "info")
        _show_banner(self._problem, state.problem, "failed", "warning")
        self._rail.show_badge("payments", state.attention_count, state.attention)
        _show_chip(self._operator, state.operator)
        _show_chip(self._callbacks, state.callbacks)


def _show_banner(banner: Banner, text: str, tone: str, icon: str) -> None:
    if text:
        banner.show_banner(text, tone, icon)
    banner.setVisible(bool(text))


def _show_chip(chip: HealthChip, state: Chip) -> None:
    chip.show_health(state.word, state.tone, state.meaning)
