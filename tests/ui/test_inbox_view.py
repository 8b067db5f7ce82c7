"""The inbox in the window: by mouse and keys, under news, and the ways that lead to it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.domain.payment import Attention
from app.ui.drawer.state import Action
from app.ui.pages.payments.presenter import PaymentsPresenter
from app.ui.pages.payments.view import PaymentsPage
from app.ui.pages.payments.widgets.inbox_delegate import BOX_ROOM
from app.ui.pages.payments.widgets.inbox_list import InboxList
from app.ui.theme import Theme
from tests.contracts import sales
from tests.contracts.test_attention_inbox import make
from tests.gallery.gallery_window import SIZES, GalleryWindow
from tests.ui.keyboard import has_keyboard

LEFT = Qt.MouseButton.LeftButton
WIDE, SMALL = SIZES["1366x768"], (1024, 600)


class Opened:
    """The payments page with its inbox: two underpaid payments, then so many late ones, the newest first."""

    def __init__(self, gallery: GalleryWindow) -> None:
        self.gallery = gallery
        self.view: PaymentsPage = gallery.view("payments")
        self.presenter: PaymentsPresenter = gallery.pages.presenter("payments")

    @property
    def list(self) -> InboxList:
        return self.view.inbox.list

    @property
    def keys(self) -> list[str]:
        model = self.list.model()
        return [str(model.index(row, 0).data(Qt.ItemDataRole.UserRole)) for row in range(model.rowCount())]

    @property
    def current(self) -> str:
        return str(self.list.currentIndex().data(Qt.ItemDataRole.UserRole))

    @property
    def chosen(self) -> list[str]:
        state = self.presenter.state().inbox
        assert state is not None
        return [row.payment_id for group in state.groups for row in group.rows if row.is_chosen]

    def press(self, *keys: Qt.Key) -> None:
        for key in keys:
            QTest.keyClick(self.list, key)
        self.gallery.process_events()

    def click(self, key: str, from_left: int) -> None:
        """Click in a line, so far from its left edge; from its right one where that is negative."""
        rect = self.list.visualRect(self.list.model().index(self.keys.index(key), 0))
        x = rect.left() + from_left if from_left >= 0 else rect.right() + from_left
        QTest.mouseClick(self.list.viewport(), LEFT, pos=QPoint(x, rect.top() + 20))
        self.gallery.process_events()

    async def sell(self, kind: str, name: str, after_s: float) -> None:
        await self.gallery.ledger.write(partial(make, kind=kind, name=name, after_s=after_s))
        self.presenter.on_changed(frozenset())
        await self.gallery.settle()


def with_inbox(
    theme: Theme,
    play: Callable[[Opened], Awaitable[None]],
    *,
    late: int = 3,
    size: tuple[int, int] = WIDE,
    unfolds: bool = False,
) -> None:
    async def run() -> None:
        gallery = GalleryWindow(theme, "en", size)
        try:
            for number in range(2):
                await gallery.ledger.write(partial(make, kind="under", name=f"u{number}", after_s=number))
            for number in range(late):
                await gallery.ledger.write(partial(make, kind="late", name=f"l{number}", after_s=number))
            await gallery.open("till")
            gallery.pages.show_attention()
            if unfolds:
                gallery.pages.presenter("payments").inbox.unfold(Attention.LATE)
            await gallery.settle()
            await play(Opened(gallery))
        finally:
            await gallery.close()

    asyncio.run(run())


def p(*names: str) -> list[str]:
    return [sales.payment_of(name) for name in names]


def test_keys_walk_choose_and_act(theme: Theme, qtbot: QtBot) -> None:
    async def play(page: Opened) -> None:
        assert page.keys == ["underpaid", *p("u1", "u0"), "late", *p("l2", "l1", "l0")]
        page.list.setFocus()
        page.press(Qt.Key.Key_Home, Qt.Key.Key_Down)
        await page.gallery.settle()
        assert (page.current, page.presenter.drawer.chosen) == (p("u1")[0], p("u1")[0])
        page.press(Qt.Key.Key_Space)
        assert page.chosen == p("u1")
        page.press(Qt.Key.Key_Down, Qt.Key.Key_Down)
        assert page.current == "late"
        assert page.presenter.drawer.chosen == p("u0")[0], "a group's head opens nothing"
        page.press(Qt.Key.Key_Space)
        assert page.chosen == p("u1", "l2", "l1", "l0")
        page.press(Qt.Key.Key_Return)
        assert page.chosen == p("u1")
        page.press(Qt.Key.Key_Down, Qt.Key.Key_Return)
        await page.gallery.settle()
        form = page.presenter.drawer.state().form
        assert form is not None
        assert form.yes == "Mark as settled", "what is proposed for a payment that came late"
        page.press(Qt.Key.Key_1, Qt.Key.Key_L)
        assert page.current == p("l2")[0], "a scanner moves nothing"

    with_inbox(theme, play)


def test_a_click_on_the_box_chooses_on_the_button_acts_elsewhere_shows(theme: Theme, qtbot: QtBot) -> None:
    async def play(page: Opened) -> None:
        asked: list[tuple[str, Action]] = []
        page.list.action_requested.connect(lambda payment_id, action: asked.append((payment_id, action)))
        page.click(p("l1")[0], BOX_ROOM // 2)
        assert page.chosen == p("l1")
        assert page.presenter.drawer.chosen is None
        page.click("late", -30)
        assert page.chosen == p("l2", "l1", "l0")
        page.click("late", 60)
        assert page.chosen == p("l2", "l1", "l0"), "the head's title is no button"
        page.click(p("u0")[0], -40)
        assert asked == [(p("u0")[0], Action.REFUND)]
        page.click(p("u1")[0], BOX_ROOM + 40)
        await page.gallery.settle()
        assert page.presenter.drawer.chosen == p("u1")[0]

    with_inbox(theme, play)


def test_a_long_group_is_unfolded_by_its_last_line(theme: Theme, qtbot: QtBot) -> None:
    async def play(page: Opened) -> None:
        assert page.keys[-2:] == [*p("l15"), "more late"]
        page.list.setFocus()
        page.press(Qt.Key.Key_End, Qt.Key.Key_Return)
        assert page.keys[-1:] == p("l0")
        assert page.current == p("l14")[0], "the first of those that came"

    with_inbox(theme, play, late=20)

    async def click(page: Opened) -> None:
        page.click("more late", BOX_ROOM + 10)
        assert page.keys[-1:] == p("l0")

    with_inbox(theme, click, late=20)


def test_beside_the_drawer_of_a_small_window_a_row_has_no_button(theme: Theme, qtbot: QtBot) -> None:
    async def play(page: Opened) -> None:
        asked: list[object] = []
        page.list.action_requested.connect(lambda *what: asked.append(what))
        page.click(p("u0")[0], BOX_ROOM + 40)
        await page.gallery.settle()
        page.click(p("u1")[0], -40)
        await page.gallery.settle()
        assert (asked, page.presenter.drawer.chosen) == ([], p("u1")[0])

    with_inbox(theme, play, size=SMALL)


def test_the_heads_grow_with_their_text_when_the_list_becomes_narrow(theme: Theme, qtbot: QtBot) -> None:
    async def play(page: Opened) -> None:
        wide = page.list.visualRect(page.list.model().index(0, 0)).height()
        page.list.setFixedWidth(420)
        page.gallery.process_events()
        narrow = [page.list.visualRect(page.list.model().index(row, 0)) for row in range(2)]
        assert narrow[0].height() > wide
        assert narrow[1].top() == narrow[0].bottom() + 1, "no line covers another"

    with_inbox(theme, play)


def test_news_move_neither_the_line_in_use_nor_what_is_in_view(theme: Theme, qtbot: QtBot) -> None:
    async def play(page: Opened) -> None:
        page.list.setFocus()
        page.list.use(sales.payment_of("l30"))
        page.list.verticalScrollBar().setValue(page.list.verticalScrollBar().maximum() // 2)
        index = page.list.indexAt(QPoint(5, 5))
        seen, top = str(index.data(Qt.ItemDataRole.UserRole)), page.list.visualRect(index).top()
        await page.sell("under", "news", 500)
        await page.sell("late", "more", 500)
        index = page.list.model().index(page.keys.index(seen), 0)
        assert page.list.visualRect(index).top() == top
        assert page.current == sales.payment_of("l30")
        assert {sales.payment_of("news"), sales.payment_of("more")} <= set(page.keys)
        assert has_keyboard(page.list)

    with_inbox(theme, play, late=60, unfolds=True)


def test_the_line_in_use_passes_to_the_next_one_when_its_payment_is_settled(theme: Theme, qtbot: QtBot) -> None:
    async def play(page: Opened) -> None:
        page.list.setFocus()
        page.list.use(sales.payment_of("l1"))
        await page.gallery.api.settlement.settle(sales.payment_of("l1"), "looked at it")
        page.presenter.on_changed(frozenset())
        await page.gallery.settle()
        assert page.keys == ["underpaid", *p("u1", "u0"), "late", *p("l2", "l0")]
        assert page.current == sales.payment_of("l0")

    with_inbox(theme, play)


def test_what_is_chosen_is_settled_through_the_dialog(theme: Theme, qtbot: QtBot) -> None:
    async def play(page: Opened) -> None:
        top = page.view.inbox.mapTo(page.view, QPoint()).y()
        assert not page.view.inbox.bar.settle.isEnabled()
        page.presenter.inbox.toggle_group(Attention.LATE)
        page.gallery.process_events()
        assert page.view.inbox.mapTo(page.view, QPoint()).y() == top, "the first choice does not move the list"
        page.view.inbox.bar.settle.click()
        dialog = page.view.inbox.form.dialog()
        assert dialog.isVisible()
        assert dialog.confirm.isHidden(), "nothing is marked as paid"
        QTest.keyClicks(dialog.reason.line, "seen in the cabinet")
        QTest.keyClick(dialog, Qt.Key.Key_Return)
        QTest.keyClick(dialog, Qt.Key.Key_Return)
        await page.gallery.settle()
        assert not dialog.isVisible()
        page.presenter.on_changed(frozenset())
        await page.gallery.settle()
        assert page.keys == ["underpaid", *p("u1", "u0")]

    with_inbox(theme, play)


def test_a_settling_on_its_way_can_be_stopped_by_the_second_button(theme: Theme, qtbot: QtBot) -> None:
    async def play(page: Opened) -> None:
        page.presenter.inbox.toggle_group(Attention.LATE)
        page.view.inbox.bar.settle.click()
        dialog = page.view.inbox.form.dialog()
        page.presenter.inbox.form.edit("reason", "seen in the cabinet")
        page.gallery.ledger.on_commit(lambda: dialog.no.click())
        dialog.yes.click()
        assert (dialog.no.text(), dialog.no.isEnabled(), dialog.yes.isEnabled()) == ("Stop", True, False)
        await page.gallery.settle()
        assert not dialog.isVisible()
        assert len(page.chosen) == 2

    with_inbox(theme, play)


def test_the_number_at_the_rail_leads_to_the_inbox_and_the_word_does_not(theme: Theme, qtbot: QtBot) -> None:
    async def play(page: Opened) -> None:
        gallery = page.gallery
        item = gallery.window.frame._rail.item("payments")
        asked: list[str] = []
        gallery.window.attention_requested.connect(lambda: asked.append("attention"))
        gallery.window.page_requested.connect(asked.append)
        assert item.badge() == "5"
        QTest.mouseClick(item, LEFT, pos=QPoint(item.width() - 20, 16))
        QTest.mouseClick(item, LEFT, pos=QPoint(item.width() // 2, item.height() - 12))
        QTest.keyClick(item, Qt.Key.Key_Space)
        assert asked == ["attention", "payments", "payments"]

    with_inbox(theme, play)


def test_where_nothing_needs_attention_the_page_says_so(theme: Theme, qtbot: QtBot) -> None:
    async def play(page: Opened) -> None:
        page.gallery.ledger.kept = type(page.gallery.ledger.kept)()
        page.presenter.load()
        await page.gallery.settle()
        assert page.view.inbox.isHidden()
        assert page.view.inbox.bar.isHidden()
        assert page.view.card.notice.isVisible()

    with_inbox(theme, play)
