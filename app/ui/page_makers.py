"""Each page's view joined to its presenter. Imports are inside: a page that nobody opens costs nothing at start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from app.domain.ids import PaymentId
from app.ui.front import Front
from app.ui.presenter import Presenter
from app.ui.theme import Theme

if TYPE_CHECKING:
    from app.ui.drawer.presenter import DrawerPresenter
    from app.ui.drawer.view import PaymentDrawer

Made = tuple[QWidget, Presenter[Any]]


@dataclass(frozen=True, slots=True)
class Routes:
    """The ways out of a page."""

    show_page: Callable[[str], None]
    show_payment: Callable[[PaymentId], None]
    settings_changed: Callable[[frozenset[str]], None]


def make_till(theme: Theme, front: Front, routes: Routes) -> Made:
    from app.ui.pages.till.presenter import TillPresenter
    from app.ui.pages.till.view import TillPage

    view = TillPage(theme, front.texts)
    presenter = TillPresenter(front, view.show_state, partial(routes.show_page, "settings"))
    view.edited.connect(presenter.edit)
    view.left.connect(presenter.leave)
    view.create_requested.connect(presenter.create)
    view.payment_requested.connect(presenter.select)
    view.action_requested.connect(presenter.do)
    return view, presenter


def make_payments(theme: Theme, front: Front, routes: Routes) -> Made:
    from app.ui.pages.payments.presenter import PaymentsPresenter
    from app.ui.pages.payments.view import PaymentsPage

    view = PaymentsPage(theme, front.texts)
    presenter = PaymentsPresenter(front, view.show_state, view.show_drawer, routes.show_payment)
    view.chip_requested.connect(presenter.choose_chip)
    view.payment_requested.connect(presenter.drawer.open)
    view.retry_requested.connect(presenter.load)
    _join_drawer(view.drawer, presenter.drawer)
    return view, presenter


def make_history(theme: Theme, front: Front, routes: Routes) -> Made:
    from app.ui.pages.history.presenter import HistoryPresenter
    from app.ui.pages.history.view import HistoryPage

    view = HistoryPage(theme, front.texts)
    presenter = HistoryPresenter(front, view.show_state, view.show_drawer, routes.show_payment)
    view.search_requested.connect(presenter.search)
    view.period_requested.connect(presenter.choose_period)
    view.status_requested.connect(presenter.choose_status)
    view.attention_requested.connect(presenter.choose_attention)
    view.clear_requested.connect(presenter.clear)
    view.range_requested.connect(presenter.choose_range)
    view.range_left.connect(presenter.leave_range)
    view.way_out_requested.connect(presenter.take)
    view.payment_requested.connect(presenter.drawer.open)
    _join_drawer(view.drawer, presenter.drawer)
    return view, presenter


def make_settings(theme: Theme, front: Front, routes: Routes) -> Made:
    from app.ui.pages.settings.presenter import SettingsPresenter
    from app.ui.pages.settings.view import SettingsPage

    view = SettingsPage(theme, front.texts)
    presenter = SettingsPresenter(front, view.show_state, routes.settings_changed)
    view.section_requested.connect(presenter.open_section)
    view.edited.connect(presenter.edit)
    view.file_requested.connect(presenter.choose_file)
    view.key_action_requested.connect(presenter.do_with_keys)
    view.check_requested.connect(presenter.check_up)
    view.diagnostics_requested.connect(presenter.save_diagnostics)
    view.save_requested.connect(presenter.save)
    view.undo_requested.connect(presenter.undo)
    view.reload_requested.connect(presenter.load)
    return view, presenter


def _join_drawer(view: PaymentDrawer, presenter: DrawerPresenter) -> None:
    view.close_requested.connect(presenter.go_back)
    view.action_requested.connect(presenter.do)
    view.raw_requested.connect(presenter.toggle_raw)
    view.raw_copy_requested.connect(presenter.copy_raw)
    view.form.edited.connect(presenter.forms.edit)
    view.form.left.connect(presenter.forms.leave)
    view.form.send_requested.connect(presenter.forms.send)
    view.form.confirm_requested.connect(presenter.forms.confirm)
    view.form.look_again_requested.connect(presenter.forms.look_again)
    view.form.close_requested.connect(presenter.forms.close)
