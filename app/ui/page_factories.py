"""Factories of the pages' presenters and views. Imports are inside functions: an unopened page costs nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtWidgets import QWidget

from app.domain.ids import PaymentId
from app.i18n.texts import Texts
from app.services.ports.ledger import PaymentHistory
from app.ui.context import UiContext
from app.ui.presenter import Presenter, without_view
from app.ui.theme import Theme

if TYPE_CHECKING:
    from app.ui.drawer.forms import FormController
    from app.ui.drawer.presenter import DrawerPresenter
    from app.ui.drawer.view import PaymentDrawer
    from app.ui.drawer.widgets.form_dialog_host import FormDialogHost
    from app.ui.pages.day.presenter import DayPresenter
    from app.ui.pages.day.view import DayPage
    from app.ui.pages.history.presenter import HistoryPresenter
    from app.ui.pages.history.view import HistoryPage
    from app.ui.pages.payments.presenter import PaymentsPresenter
    from app.ui.pages.payments.view import PaymentsPage
    from app.ui.pages.payments.widgets.inbox_card import InboxCard
    from app.ui.pages.settings.presenter import SettingsPresenter
    from app.ui.pages.settings.view import SettingsPage
    from app.ui.pages.till.presenter import TillPresenter
    from app.ui.pages.till.view import TillPage


@dataclass(frozen=True, slots=True)
class Routes:
    """Navigation from a page to others."""

    show_settings: Callable[[str], None]
    show_payment: Callable[[PaymentId], None]
    sell_again: Callable[[PaymentHistory], None]
    show_attention: Callable[[PaymentId | None], None]
    settings_changed: Callable[[frozenset[str]], None]


@dataclass(frozen=True, slots=True)
class PageFactory:
    """The presenter is created once, a view for every language; `join(view, presenter)` connects a new view to it.

    `join` ends with `attach`, so that the view shows the presenter's state.
    """

    make_presenter: Callable[[UiContext, Routes], Presenter[Any]]
    make_view: Callable[[Theme, Texts], QWidget]
    join: Callable[[Any, Any], None]


def _till_presenter(context: UiContext, routes: Routes) -> TillPresenter:
    from app.ui.pages.till.presenter import TillPresenter

    return TillPresenter(context, without_view, partial(routes.show_settings, "operator"))


def _till_view(theme: Theme, texts: Texts) -> TillPage:
    from app.ui.pages.till.view import TillPage

    return TillPage(theme, texts)


def _join_till(view: TillPage, presenter: TillPresenter) -> None:
    view.edited.connect(presenter.edit)
    view.left.connect(presenter.leave)
    view.create_requested.connect(presenter.create)
    view.payment_requested.connect(presenter.select)
    view.action_requested.connect(presenter.do)
    _connect_forms(view.question, presenter.forms)
    presenter.attach(view.show_state)


def _payments_presenter(context: UiContext, routes: Routes) -> PaymentsPresenter:
    from app.ui.pages.payments.presenter import PaymentsPresenter

    return PaymentsPresenter(context, without_view, without_view, routes.show_payment, routes.sell_again)


def _payments_view(theme: Theme, texts: Texts) -> PaymentsPage:
    from app.ui.pages.payments.view import PaymentsPage

    return PaymentsPage(theme, texts)


def _join_payments(view: PaymentsPage, presenter: PaymentsPresenter) -> None:
    view.chip_requested.connect(presenter.choose_chip)
    view.payment_requested.connect(presenter.drawer.open)
    view.retry_requested.connect(presenter.load)
    _join_inbox(view.inbox, presenter)
    presenter.attach(view.show_state)
    _connect_drawer(view.drawer, presenter.drawer)
    presenter.drawer.attach(view.show_drawer)


def _join_inbox(view: InboxCard, presenter: PaymentsPresenter) -> None:
    view.list.row_requested.connect(presenter.drawer.open)
    view.list.action_requested.connect(presenter.drawer.open_for)
    view.list.choice_requested.connect(presenter.inbox.toggle)
    view.list.group_requested.connect(presenter.inbox.toggle_group)
    view.list.more_requested.connect(presenter.inbox.unfold)
    view.bar.clear_requested.connect(presenter.inbox.clear)
    view.bar.settle_requested.connect(presenter.inbox.ask)
    view.form.edited.connect(presenter.inbox.form.edit)
    view.form.left.connect(presenter.inbox.form.leave)
    view.form.send_requested.connect(presenter.inbox.form.send)
    view.form.show_latest_requested.connect(presenter.inbox.form.show_latest)
    view.form.close_requested.connect(presenter.inbox.form.close)


def _history_presenter(context: UiContext, routes: Routes) -> HistoryPresenter:
    from app.ui.pages.history.presenter import HistoryPresenter

    return HistoryPresenter(context, without_view, without_view, routes.show_payment, routes.sell_again)


def _history_view(theme: Theme, texts: Texts) -> HistoryPage:
    from app.ui.pages.history.view import HistoryPage

    return HistoryPage(theme, texts)


def _join_history(view: HistoryPage, presenter: HistoryPresenter) -> None:
    view.search_requested.connect(presenter.search)
    view.period_requested.connect(presenter.choose_period)
    view.status_requested.connect(presenter.choose_status)
    view.person_requested.connect(presenter.choose_person)
    view.confirmed_requested.connect(presenter.choose_confirmed)
    view.sums_requested.connect(presenter.ask_sums)
    view.sums_applied.connect(presenter.choose_sums)
    view.sums_left.connect(presenter.leave_sums)
    view.remove_requested.connect(presenter.remove_filter)
    view.attention_requested.connect(presenter.choose_attention)
    view.clear_requested.connect(presenter.clear)
    view.range_requested.connect(presenter.choose_range)
    view.range_left.connect(presenter.leave_range)
    view.bar_requested.connect(presenter.choose_bar)
    view.chart_arranged.connect(presenter.arrange_chart)
    view.notice_action_requested.connect(presenter.do_notice_action)
    view.payment_requested.connect(presenter.drawer.open)
    view.sight_changed.connect(presenter.see)
    view.copy_requested.connect(presenter.copy)
    view.sort_requested.connect(presenter.sort)
    view.columns_requested.connect(presenter.choose_columns)
    presenter.attach(view.show_state)
    _connect_drawer(view.drawer, presenter.drawer)
    presenter.drawer.attach(view.show_drawer)


def _day_presenter(context: UiContext, routes: Routes) -> DayPresenter:
    from app.ui.pages.day.presenter import DayPresenter

    return DayPresenter(context, without_view, routes.show_payment, routes.show_attention)


def _day_view(theme: Theme, texts: Texts) -> DayPage:
    from app.ui.pages.day.view import DayPage

    return DayPage(theme, texts)


def _join_day(view: DayPage, presenter: DayPresenter) -> None:
    view.step_requested.connect(presenter.go)
    view.day_requested.connect(presenter.choose)
    view.today_requested.connect(presenter.go_to_today)
    view.live_requested.connect(presenter.show_live)
    view.close_requested.connect(presenter.close_day)
    view.payment_requested.connect(presenter.open_payment)
    view.attention_requested.connect(presenter.show_all_attention)
    view.retry_requested.connect(presenter.load)
    presenter.attach(view.show_state)


def _settings_presenter(context: UiContext, routes: Routes) -> SettingsPresenter:
    from app.ui.pages.settings.presenter import SettingsPresenter

    return SettingsPresenter(context, without_view, routes.settings_changed)


def _settings_view(theme: Theme, texts: Texts) -> SettingsPage:
    from app.ui.pages.settings.view import SettingsPage

    return SettingsPage(theme, texts)


def _join_settings(view: SettingsPage, presenter: SettingsPresenter) -> None:
    view.section_requested.connect(presenter.open_section)
    view.edited.connect(presenter.edit)
    view.file_requested.connect(presenter.choose_file)
    view.key_action_requested.connect(presenter.do_with_keys)
    view.check_requested.connect(presenter.check_up)
    view.connection_check_requested.connect(presenter.check_connection)
    view.field_requested.connect(presenter.open_field)
    view.diagnostics_requested.connect(presenter.save_diagnostics)
    view.save_requested.connect(presenter.save)
    view.undo_requested.connect(presenter.undo)
    view.reload_requested.connect(presenter.load)
    presenter.attach(view.show_state)


def _connect_drawer(view: PaymentDrawer, presenter: DrawerPresenter) -> None:
    view.close_requested.connect(presenter.go_back)
    view.action_requested.connect(presenter.do)
    view.support_json_requested.connect(presenter.toggle_support_json)
    view.support_json_copy_requested.connect(presenter.copy_support_json)
    _connect_forms(view.form, presenter.forms)


def _connect_forms(host: FormDialogHost, forms: FormController) -> None:
    host.edited.connect(forms.edit)
    host.left.connect(forms.leave)
    host.send_requested.connect(forms.send)
    host.confirm_requested.connect(forms.confirm)
    host.show_latest_requested.connect(forms.show_latest)
    host.close_requested.connect(forms.close)


FACTORIES: Final = {
    "till": PageFactory(_till_presenter, _till_view, _join_till),
    "payments": PageFactory(_payments_presenter, _payments_view, _join_payments),
    "history": PageFactory(_history_presenter, _history_view, _join_history),
    "day": PageFactory(_day_presenter, _day_view, _join_day),
    "settings": PageFactory(_settings_presenter, _settings_view, _join_settings),
}
