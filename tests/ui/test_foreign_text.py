"""Foreign text is plain text everywhere in the window: nothing in it is rendered or interpreted (promise R15)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from PySide6 import QtGui
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence, QTextDocument
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTableView,
    QTextEdit,
    QToolTip,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.domain.errors import StorageFull
from app.ui.context import Question
from app.ui.drawer.forms import FORMS
from app.ui.drawer.state import Action
from app.ui.theme import Theme
from tests.gallery.cases import CASES
from tests.gallery.gallery_window import GalleryCase
from tests.gallery.hostile_window import HostileGalleryWindow
from tests.gallery.layout_checks import layout_overflows, undersized_controls
from tests.gallery.sample_sales import nth
from tests.gallery.widget_tree import describe_widget
from tests.hostile import ENDLESS, acting, hostile
from tests.watched_file import WatchedFile

OURS = {"\n", "\u200b"}
"""The program's own line breaks, and the points where a long word may be broken."""
TAG, PICTURE = "<b>PAID</b>", "<img src="
OBJECT = "\ufffc"
"""The placeholder of a picture in a rendered text."""
ROLES = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
might_be_rich = QtGui.Qt.mightBeRichText  # type: ignore[attr-defined]
DRAWERS = 15
"""This many first sales of the day are each in a different state."""


@pytest.fixture
def file(tmp_path: Path) -> Iterator[WatchedFile]:
    with WatchedFile(tmp_path / "picture.png") as watched:
        yield watched


def test_a_label_that_renders_is_found(qtbot: QtBot, file: WatchedFile) -> None:
    """Otherwise all other tests here would prove nothing."""
    label = QLabel(hostile(file.path))
    label.setToolTip(hostile(file.path))
    label.setAccessibleName(hostile(file.path))
    qtbot.addWidget(label)
    label.show()
    qtbot.waitExposed(label)
    assert file.was_opened()
    assert {fault.split(":")[0] for fault in faults(label)} == {"renders mark-up", "tooltip renders mark-up", "acts"}
    _show_tooltip(label)
    assert file.was_opened()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_scene_in_hostile_words(case: GalleryCase, theme: Theme, file: WatchedFile) -> None:
    _play(case.build, theme, file)


@pytest.mark.parametrize("page", ["payments", "history"])
def test_the_drawer_of_every_kind_of_payment(page: str, theme: Theme, file: WatchedFile) -> None:
    """With every form that it offers, and the support JSON, which loses nothing."""
    asked: set[Action] = set()

    async def build(gallery: HostileGalleryWindow) -> None:
        gallery.sell(42)
        presenter = await gallery.open(page)
        drawer = gallery.view(page).drawer
        for place in range(DRAWERS):
            presenter.drawer.open(nth(place))
            await gallery.settle()
            assert TAG in drawer.purpose.text()
            _check(gallery, file)
            details = presenter.drawer.state().details
            for action in (*details.actions, *details.proposed, *details.refunds.actions):
                if action in FORMS:
                    presenter.drawer.do(action)
                    await gallery.settle()
                    assert gallery.dialogs()
                    _check(gallery, file)
                    presenter.drawer.forms.close()
                    await gallery.settle()
                    asked.add(action)
        presenter.drawer.toggle_support_json()
        await gallery.settle()
        shown = json.loads(drawer.support_json.text.toPlainText())
        assert (shown["purpose"], shown["created_by"]) == (gallery.text, gallery.text)

    _play(build, theme, file)
    assert asked >= {Action.REFUND, Action.SETTLE}


def test_the_till_with_every_kind_of_payment_at_hand(theme: Theme, file: WatchedFile) -> None:
    async def build(gallery: HostileGalleryWindow) -> None:
        gallery.sell(42)
        presenter = await gallery.open("till")
        for place in range(DRAWERS):
            presenter.select(nth(place))
            await gallery.settle()
            _check(gallery, file)

    _play(build, theme, file)


def test_news_and_questions(theme: Theme, file: WatchedFile) -> None:
    async def build(gallery: HostileGalleryWindow) -> None:
        await gallery.open("till")
        gallery.window.toast(gallery.text, "failed")
        gallery.context.core_problem = f"{gallery.context.texts.error(StorageFull())} {gallery.text}"
        gallery.shell.refresh()
        question = Question(gallery.text, gallery.text, "<b>R&D</b> \u202eyes", "<i>&amp;</i>")
        asked = asyncio.ensure_future(gallery.context.desktop.confirm(question))
        await gallery.let_tasks_start()
        (dialog,) = gallery.dialogs()
        _check(gallery, file)
        dialog.reject()
        assert await asked is False

    _play(build, theme, file)


def test_the_header_shows_the_shops_name_as_it_is(theme: Theme, file: WatchedFile) -> None:
    async def build(gallery: HostileGalleryWindow) -> None:
        gallery.text = "<b>R&D</b> [*] &amp; Кав’ярня"
        await gallery.open("till")
        assert gallery.text in {label.text() for label in gallery.window.findChildren(QLabel)}
        assert gallery.window.windowTitle().replace("[*][*]", "[*]") == f"{gallery.text} — Paydesk"

    _play(build, theme, file)


def _play(build: Callable[[HostileGalleryWindow], Awaitable[None]], theme: Theme, file: WatchedFile) -> None:
    async def play() -> None:
        gallery = HostileGalleryWindow(theme, "uk", hostile(file.path) + ENDLESS)
        try:
            await build(gallery)
            gallery.process_events()
            _check(gallery, file)
        finally:
            await gallery.close()

    asyncio.run(play())


def _check(gallery: HostileGalleryWindow, file: WatchedFile) -> None:
    gallery.process_events()
    found = [fault for widget in gallery.everything() for fault in faults(widget)]
    assert not found, "\n".join(dict.fromkeys(found))
    for widget in gallery.everything():
        if PICTURE in _plain(widget.toolTip()) and widget.toolTip() not in gallery.tooltips_shown:
            gallery.tooltips_shown.add(widget.toolTip())
            _show_tooltip(widget)
    assert not file.was_opened()
    crowded = [fault for root in gallery.roots() for fault in crowding(root, gallery.window)]
    assert not crowded, "\n".join(dict.fromkeys(crowded))


def crowding(root: QWidget, window: QWidget) -> Iterator[str]:
    """Yield where a text makes the window wider than it is, or takes the room of controls."""
    if root.width() > window.width() or root.height() > window.height():
        yield f"larger than the window: {describe_widget(root)} {root.width()}x{root.height()}"
    yield from layout_overflows(root)
    yield from undersized_controls(root)


def _show_tooltip(widget: QWidget) -> None:
    QToolTip.showText(QPoint(1, 1), widget.toolTip(), widget)
    QApplication.processEvents()
    QToolTip.hideText()


def faults(widget: QWidget) -> Iterator[str]:
    """Yield what a widget renders as mark-up or lets act."""
    if isinstance(widget, QLabel) and _renders(widget):
        yield f"renders mark-up: {describe_widget(widget)}"
    if isinstance(widget, QTextEdit):
        yield f"renders mark-up: {describe_widget(widget)}"
    if _is_mark_up(widget.toolTip()):
        yield f"tooltip renders mark-up: {describe_widget(widget)}"
    if isinstance(widget, QAbstractButton) and not QKeySequence.mnemonic(QAbstractButton.text(widget)).isEmpty():
        yield f"makes a key of an ampersand: {describe_widget(widget)}"
    for text in texts(widget):
        if set(acting(text)) - OURS:
            yield f"acts: {text!r} of {describe_widget(widget)}"
    if isinstance(widget, QTableView):
        for role, text in cells(widget):
            if role is Qt.ItemDataRole.ToolTipRole and _is_mark_up(text):
                yield f"tooltip of a cell renders mark-up: {text!r}"
            if set(acting(_plain(text))) - OURS:
                yield f"cell acts: {text!r}"


def _renders(label: QLabel) -> bool:
    if label.metaObject().className() == "QTipLabel":  # the tooltip that was shown last
        return _is_mark_up(label.text())
    if label.textFormat() == Qt.TextFormat.PlainText:
        return False
    return label.textFormat() != Qt.TextFormat.AutoText or might_be_rich(label.text())


def _is_mark_up(tooltip: str) -> bool:
    """Return whether Qt would render a tooltip that is not the escaped form of a text that looks like mark-up."""
    if not might_be_rich(tooltip):
        return False
    document = QTextDocument()
    document.setHtml(tooltip)
    return OBJECT in document.toPlainText() or "<b>" not in document.toPlainText()


def _plain(tooltip: str) -> str:
    """Return a tooltip as a person reads it."""
    if not might_be_rich(tooltip):
        return tooltip
    document = QTextDocument()
    document.setHtml(tooltip)
    return document.toPlainText()


def texts(widget: QWidget) -> Iterator[str]:
    yield from (_plain(widget.toolTip()), widget.statusTip(), widget.whatsThis(), widget.windowTitle())
    yield from (widget.accessibleName(), widget.accessibleDescription())
    if isinstance(widget, QLabel | QAbstractButton):
        yield widget.text()
    if isinstance(widget, QPlainTextEdit) and widget.isReadOnly():
        yield widget.toPlainText()
    if isinstance(widget, QLineEdit):  # the person may edit what it holds
        yield widget.placeholderText()
    if isinstance(widget, QComboBox):
        yield from (widget.itemText(place) for place in range(widget.count()))
    if isinstance(widget, QMenu):
        yield from (action.text() for action in widget.actions())


def cells(table: QTableView) -> Iterator[tuple[Qt.ItemDataRole, str]]:
    model = table.model()
    for row in range(model.rowCount()):
        for column in range(model.columnCount()):
            index = model.index(row, column)
            yield from ((role, str(index.data(role) or "")) for role in ROLES)
