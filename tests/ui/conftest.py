"""Fixtures of the window tests: one light theme for the whole run; a test that switches to dark restores it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.ui.theme import Theme


def pytest_configure(config: pytest.Config) -> None:
    """Ignore the offscreen platform's warnings about a minimum size or a raised window; the window is not at fault."""
    for cannot in ("propagateSizeHints", "raise"):
        config.addinivalue_line("qt_log_ignore", rf"This plugin does not support {cannot}\(\)")


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    """Delete what a test's widgets left to an event loop, or each change of the theme styles thousands of them."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp, "light")


@pytest.fixture
def dark(theme: Theme) -> Iterator[Theme]:
    """The same theme, dark for one test."""
    theme.choose("dark")
    yield theme
    theme.choose("light")


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    """A visible window without content."""
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(800, 600)
    with qtbot.waitExposed(made):
        made.show()
    return made
