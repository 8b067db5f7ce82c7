"""The presenter of the settings page: what is typed, stored, refused and shown, without Qt."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import (
    BadKey,
    HomeTaken,
    KeysExist,
    PaydeskError,
    PortTaken,
    SecretsUnreadable,
    SettingBad,
    StorageFull,
    StorageReadOnly,
)
from app.domain.money import parse_amounts
from app.i18n.texts import Texts
from app.services.core_api import Health
from app.settings.reading import read_text
from app.settings.schema import SPECS, TOKEN_KEY, build, value_of
from app.ui.context import UiContext
from app.ui.pages.settings import codecs
from app.ui.pages.settings.fields import SECTIONS, amounts_preview
from app.ui.pages.settings.presenter import SettingsPresenter
from app.ui.pages.settings.state import FieldState, KeyAction, PageMode, SectionState, SettingsState
from tests.fakes.context import FakeDesktopServices, FakeNotices, FakePreferences, make_context
from tests.fakes.ledger import FakeLedger

PUBLISHED = "https://stage-papi.xpaydirect.com/xpay"


class CheckedPreferences(FakePreferences):
    """Stores like the real ones: one by one, stopping at the first invalid value; secrets are read back as stars."""

    def __init__(self) -> None:
        super().__init__(stored={key: value_of(build({}), key) for key in SPECS} | {TOKEN_KEY: ""})
        self.raw: dict[str, Any] = {}
        self.calls: list[dict[str, str]] = []
        self.refuse: PaydeskError | None = None
        self.key_error: PaydeskError | None = None
        self.missing_error: PaydeskError | None = None
        self.gate: asyncio.Event | None = None

    async def change(self, values: dict[str, str]) -> None:
        self.calls.append(values)
        if self.gate is not None:
            await self.gate.wait()
        if self.refuse is not None:
            raise self.refuse
        for key, text in values.items():
            if key == TOKEN_KEY:
                self.stored[key] = "***"
                continue
            self.raw[key] = read_text(key, text)
            self.stored = {one: value_of(build(self.raw), one) for one in SPECS} | {TOKEN_KEY: self.stored[TOKEN_KEY]}

    def missing(self) -> str | None:
        if self.missing_error is not None:
            raise self.missing_error
        return self.missing_setting

    def public_key(self) -> dict[str, str] | None:
        if self.key_error is not None:
            raise self.key_error
        return self.key

    async def make_keys(self) -> None:
        if self.gate is not None:
            await self.gate.wait()
        await super().make_keys()

    async def import_key(self, path: Path, *, replace: bool = False) -> None:
        if path.name == "bad.pem":
            raise BadKey()
        await super().import_key(path, replace=replace)


class Page:
    """A presenter on fakes, and what it called."""

    def __init__(self, language: str = "en", *, up: bool = True) -> None:
        self.context: UiContext = make_context(FakeLedger() if up else None, language=language)
        self.preferences = CheckedPreferences()
        self.api: Any = None
        if self.context.core is not None:
            self.api = self.context.core.api
            self.api.preferences = self.preferences
            self.api.is_demo = False
        self.shown: list[SettingsState] = []
        self.changed: list[frozenset[str]] = []
        self.presenter = SettingsPresenter(self.context, self.shown.append, self.changed.append)
        self.presenter.load()

    @property
    def state(self) -> SettingsState:
        return self.shown[-1]

    @property
    def section(self) -> SectionState:
        assert self.state.section is not None
        return self.state.section

    @property
    def toasts(self) -> list[tuple[str, str]]:
        assert isinstance(self.context.notices, FakeNotices)
        return self.context.notices.toasts

    @property
    def desktop(self) -> FakeDesktopServices:
        assert isinstance(self.context.desktop, FakeDesktopServices)
        return self.context.desktop

    def field(self, key: str) -> FieldState:
        return next(field for field in self.section.fields if field.key == key)

    def unsaved(self) -> set[str]:
        return {tab.id for tab in self.state.tabs if tab.unsaved}

    async def open(self, section: str) -> None:
        self.presenter.open_section(section)
        await settle()

    async def save(self) -> None:
        self.presenter.save()
        await settle()


async def settle() -> None:
    """Let the tasks end that wait for nothing external."""
    for _ in range(30):
        await asyncio.sleep(0)


@pytest.fixture
async def page() -> Page:
    made = Page()
    await settle()
    return made


# The table


def test_every_line_of_the_table_is_a_setting_and_stands_once() -> None:
    keys = [field.key for section in SECTIONS for field in section.fields]
    assert len(keys) == len(set(keys))
    assert set(keys) <= {*SPECS, TOKEN_KEY}
    assert [section.id for section in SECTIONS] == ["shop", "operator", "callbacks", "till", "look", "checkup"]


def test_every_default_is_shown_and_goes_back_as_the_same_value() -> None:
    for section in SECTIONS:
        for field in section.fields:
            if field.key == TOKEN_KEY:
                continue
            default = value_of(build({}), field.key)
            text = field.codec.to_setting_text(field.codec.to_editor_text(default))
            stored = read_text(field.key, text)
            assert value_of(build({field.key: stored}), field.key) == default, field.key


def test_every_offered_choice_can_be_stored() -> None:
    for section in SECTIONS:
        for field in section.fields:
            for value, _word in field.choices:
                read_text(field.key, field.codec.to_setting_text(value))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("50, 100, 200, 500", "5000, 10000, 20000, 50000"),
        ("50,100,200", "5000, 10000, 20000"),
        ("50; 12,50; 7.5", "5000, 1250, 750"),
        ("12,50, 100", "1250, 10000"),
        ("1 000, 2\u00a0000,50", "100000, 200050"),
        ("50,100", "5000, 10000"),
        ("50,", "5000"),
        ("", ""),
    ],
)
def test_sums_of_the_keys(text: str, expected: str) -> None:
    assert codecs.parse_amount_list(text) == expected


def test_sums_are_shown_short_and_understood_again() -> None:
    shown = codecs.format_amounts([5000, 1250, 100000, 1])
    assert shown == "50, 12,50, 1000, 0,01"
    assert parse_amounts(shown) == (5000, 1250, 100000, 1)
    assert amounts_preview("50, nonsense", Texts("en")) == ""


def test_lists_and_numbers_as_people_type_them() -> None:
    assert codecs.parse_list(" 10.0.0.1;10.0.0.0/8\n ::1, ") == "10.0.0.1, 10.0.0.0/8, ::1"
    assert codecs.parse_number("30,5") == "30.5"
    assert codecs.parse_number("\u200b8\u00a0733\n") == "8733"
    assert codecs.parse_number("15 30") == "15 30", "left for the core to refuse: two numbers are not one"
    assert codecs.format_number(30.0) == "30"
    assert codecs.format_number(0.5) == "0,5"
    assert codecs.format_amount(10_000_000) == "100\u00a0000,00"


# Modes


async def test_without_a_core_the_page_says_so() -> None:
    page = Page(up=False)
    assert page.state.mode is PageMode.LOADING
    assert [tab.title for tab in page.state.tabs][:2] == ["Shop", "Operator (XPAY)"]
    page.context.core_problem = "The disk is full."
    page.presenter.refresh()
    assert (page.state.mode, page.state.problem, page.state.can_retry) == (PageMode.PROBLEM, "The disk is full.", False)
    page.presenter.save()
    page.presenter.on_tick()
    page.presenter.do_with_keys(KeyAction.MAKE)


async def test_a_refusal_to_read_can_be_tried_again() -> None:
    broken = Page()

    def refuse() -> dict[str, object]:
        raise StorageReadOnly()

    broken.preferences.values = refuse  # type: ignore[method-assign]
    await settle()
    assert (broken.state.mode, broken.state.can_retry) == (PageMode.PROBLEM, True)
    assert broken.state.problem == Texts("en").error(StorageReadOnly())
    del broken.preferences.values  # type: ignore[method-assign]
    broken.presenter.load()
    await settle()
    assert broken.state.mode is PageMode.FORM


async def test_values_are_shown_section_by_section(page: Page) -> None:
    assert page.section.id == "shop"
    assert page.field("shop.timezone").value == "Europe/Kyiv"
    assert not page.section.changed
    await page.open("till")
    assert page.field("till.max_amount_minor").value == "100\u00a0000,00"
    assert page.field("till.presets").value == "50, 100, 200, 500"
    assert page.field("till.presets").hint.startswith("50,00\u00a0₴ · 100,00")


async def test_another_language_changes_the_words_and_keeps_what_was_typed(page: Page) -> None:
    page.presenter.edit("shop.day_starts_at", "25:00")
    await page.save()
    assert page.field("shop.day_starts_at").error == "It must be a time such as 06:30"
    page.context.texts = Texts("uk")
    page.presenter.refresh()
    assert page.field("shop.day_starts_at").error == "Має бути час, наприклад 06:30"
    assert page.field("shop.day_starts_at").value == "25:00"


# Saving


async def test_only_what_changed_is_stored(page: Page) -> None:
    page.presenter.edit("shop.name", "Corner coffee ")
    page.presenter.edit("shop.terminal_id", "7")
    page.presenter.edit("shop.terminal_id", "1")
    assert page.section.changed
    assert page.unsaved() == {"shop"}
    await page.save()
    assert page.preferences.calls == [{"shop.name": "Corner coffee"}]
    assert page.changed == [frozenset({"shop.name"})]
    assert page.toasts == [("Saved", "paid")]
    assert (page.field("shop.name").value, page.section.changed, page.unsaved()) == ("Corner coffee", False, set())


async def test_nothing_changed_stores_nothing(page: Page) -> None:
    await page.save()
    assert page.preferences.calls == []
    assert page.toasts == []
    assert not page.section.saving


async def test_typed_sums_are_stored_in_kopecks(page: Page) -> None:
    await page.open("till")
    page.presenter.edit("till.max_amount_minor", "2500,5")
    page.presenter.edit("till.presets", "20; 40")
    await page.save()
    stored = page.preferences.stored
    assert (stored["till.max_amount_minor"], stored["till.presets"]) == (250_050, [2000, 4000])
    assert page.field("till.max_amount_minor").value == "2\u00a0500,50"


async def test_a_flag_is_shown_and_stored(page: Page) -> None:
    await page.open("operator")
    assert page.field("operator.answer_auth").value == "true"
    page.presenter.edit("operator.answer_auth", "false")
    await page.save()
    assert page.preferences.stored["operator.answer_auth"] is False


async def test_what_is_no_sum_is_reported_before_anything_is_stored(page: Page) -> None:
    await page.open("till")
    page.presenter.edit("till.ttl_minutes", "20")
    page.presenter.edit("till.presets", "50, many")
    await page.save()
    assert page.preferences.calls == []
    assert "not a sum" in str(page.field("till.presets").error)
    assert page.field("till.presets").value == "50, many"
    assert page.field("till.ttl_minutes").value == "20"
    page.presenter.edit("till.presets", "50, 60")
    assert page.field("till.presets").error is None


async def test_a_bad_value_in_the_file_is_told_beside_its_field_and_what_is_shown_can_be_stored(page: Page) -> None:
    page.api.state = Health(setting_problems=(SettingBad(key="shop.timezone", line=2, reason="not_zone"),))
    await page.open("shop")
    assert str(page.field("shop.timezone").error).startswith("There is no such time zone")
    assert page.section.changed
    await page.save()
    assert page.preferences.calls == [{"shop.timezone": "Europe/Kyiv"}]
    page.api.state = Health()
    await page.open("shop")
    assert page.field("shop.timezone").error is None
    assert not page.section.changed


async def test_a_bad_setting_is_reported_beside_its_field_and_the_rest_stays_typed(page: Page) -> None:
    await page.open("callbacks")
    page.presenter.edit("callbacks.host", "0.0.0.0")
    page.presenter.edit("callbacks.port", "99999")
    page.presenter.edit("callbacks.fail_url", "https://shop.example/no")
    await page.save()
    assert page.field("callbacks.port").error == "It must lie within 1..65535"
    assert page.field("callbacks.port").value == "99999"
    assert page.field("callbacks.fail_url").value == "https://shop.example/no"
    assert page.changed == [frozenset({"callbacks.host"})], "what came before the bad one is stored"
    assert not page.field("callbacks.host").changed
    assert page.toasts == []
    page.presenter.edit("callbacks.port", "8800")
    await page.save()
    assert page.preferences.calls[-1] == {"callbacks.port": "8800", "callbacks.fail_url": "https://shop.example/no"}
    assert not page.section.changed


async def test_a_refusal_without_a_field_stands_at_the_foot(page: Page) -> None:
    page.presenter.edit("shop.name", "Corner coffee")
    page.preferences.refuse = StorageFull()
    await page.save()
    assert page.section.problem == Texts("en").error(StorageFull())
    assert page.field("shop.name").value == "Corner coffee"
    assert page.changed == []
    page.presenter.edit("shop.name", "Corner coffees")
    assert page.section.problem == ""
    page.preferences.refuse = SettingBad(key="settings.toml", reason="toml_syntax", line=3)
    await page.save()
    assert "line 3" in page.section.problem


async def test_undo_shows_what_is_stored(page: Page) -> None:
    page.presenter.edit("shop.day_starts_at", "soon")
    await page.save()
    page.presenter.undo()
    assert (page.field("shop.day_starts_at").value, page.field("shop.day_starts_at").error) == ("00:00", None)
    assert not page.section.changed


async def test_another_section_keeps_the_draft_and_the_mark(page: Page) -> None:
    page.presenter.edit("shop.name", "Corner coffee")
    await page.open("till")
    assert page.unsaved() == {"shop"}
    page.presenter.edit("till.ttl_minutes", "5")
    page.presenter.undo()
    await page.open("shop")
    assert page.field("shop.name").value == "Corner coffee"


async def test_while_saving_the_button_waits_and_typing_goes_on(page: Page) -> None:
    page.preferences.gate = asyncio.Event()
    page.presenter.edit("shop.name", "Corner")
    await page.save()
    assert page.section.saving
    page.presenter.save()
    page.presenter.edit("shop.name", "Corner coffee")
    page.preferences.gate.set()
    await settle()
    assert len(page.preferences.calls) == 1
    assert not page.section.saving
    assert (page.field("shop.name").value, page.field("shop.name").changed) == ("Corner coffee", True)
    assert page.preferences.stored["shop.name"] == "Corner"


async def test_new_values_from_elsewhere_do_not_touch_what_is_typed(page: Page) -> None:
    page.presenter.edit("shop.name", "Corner")
    page.preferences.stored |= {"shop.name": "Elsewhere", "shop.terminal_id": "9"}
    page.presenter.load()
    await settle()
    assert (page.field("shop.name").value, page.field("shop.terminal_id").value) == ("Corner", "9")


# Appearance: applied at once


async def test_language_and_theme_are_stored_at_once(page: Page) -> None:
    await page.open("look")
    assert page.section.instant
    page.presenter.edit("ui.language", "uk")
    page.presenter.edit("ui.theme", "dark")
    page.presenter.open_section("shop")  # left at once: the choice is kept all the same
    await settle()
    assert (page.preferences.stored["ui.language"], page.preferences.stored["ui.theme"]) == ("uk", "dark")
    assert frozenset[str]().union(*page.changed) == {"ui.language", "ui.theme"}
    assert page.toasts == []
    assert page.unsaved() == set()


async def test_a_scale_that_the_table_does_not_offer_is_still_shown(page: Page) -> None:
    page.preferences.stored["ui.scale"] = 110
    await page.open("look")
    assert page.field("ui.scale").value == "110"
    assert page.field("ui.scale").choices[-1].value == "110"


# The operator


async def test_the_token_is_never_shown_and_an_empty_one_is_not_stored(page: Page) -> None:
    page.preferences.stored[TOKEN_KEY] = "***"
    await page.open("operator")
    assert page.field(TOKEN_KEY).value == ""
    assert page.field(TOKEN_KEY).placeholder.startswith("Saved")
    page.presenter.edit(TOKEN_KEY, "new-token")
    page.presenter.edit(TOKEN_KEY, "")
    assert not page.section.changed
    page.presenter.edit(TOKEN_KEY, "new-token")
    await page.save()
    assert page.preferences.calls == [{TOKEN_KEY: "new-token"}]
    assert page.field(TOKEN_KEY).value == ""


async def test_own_address_is_asked_for_only_where_it_counts(page: Page) -> None:
    await page.open("operator")
    assert not page.field("operator.url").visible
    assert PUBLISHED in page.field("operator.environment").hint
    page.presenter.edit("operator.environment", "custom")
    assert page.field("operator.url").visible
    page.presenter.edit("operator.url", " ")
    await page.save()
    assert page.field("operator.url").error == "It may not be empty"
    assert page.preferences.calls == []
    page.presenter.edit("operator.url", "https://pay.example/xpay")
    await page.save()
    assert page.preferences.stored["operator.url"] == "https://pay.example/xpay"
    assert page.preferences.stored["operator.environment"] == "custom"


async def test_a_bad_address_leaves_the_environment_as_it_was(page: Page) -> None:
    await page.open("operator")
    page.presenter.edit("operator.environment", "custom")
    page.presenter.edit("operator.url", "http://pay.example/xpay")
    await page.save()
    assert "use https" in str(page.field("operator.url").error)
    assert page.preferences.stored["operator.environment"] == "test"


async def test_an_address_that_was_set_does_not_win_over_a_chosen_environment(page: Page) -> None:
    await page.preferences.change({"operator.environment": "custom", "operator.url": "https://pay.example/xpay"})
    await page.open("operator")
    page.presenter.edit("operator.environment", "test")
    await page.save()
    assert page.preferences.stored["operator.url"] == PUBLISHED


async def test_the_published_address_becomes_ones_own_with_the_choice(page: Page) -> None:
    await page.open("operator")
    page.presenter.edit("operator.environment", "custom")
    await page.save()
    assert page.preferences.raw["operator.url"] == PUBLISHED


async def test_the_checklist_says_what_is_missing(page: Page) -> None:
    page.preferences.missing_setting = "keys"
    await page.open("operator")
    assert page.section.checklist is not None
    assert page.section.checklist.title == "What is still missing"
    assert [item.done for item in page.section.checklist.items] == [False, None, False, True]
    page.preferences.missing_setting = None
    page.preferences.stored[TOKEN_KEY] = "***"
    await page.preferences.make_keys()
    await page.open("operator")
    assert page.section.checklist.title == "XPAY can be asked for links"
    assert [item.done for item in page.section.checklist.items] == [True, None, True, True]


async def test_every_step_is_an_order_and_leads_to_its_field(page: Page) -> None:
    page.preferences.stored |= {"operator.environment": "custom", "operator.url": ""}
    await page.open("operator")
    assert page.section.checklist is not None
    assert [(item.text, item.field) for item in page.section.checklist.items] == [
        ("Make or import the shop's key pair", "keys"),
        ("Send the public key to XPAY (you do this yourself)", "keys"),
        ("Enter the token", "operator.token"),
        ("Choose the operator's public key", "operator.public_key_file"),
        ("Enter the operator's address", "operator.url"),
    ]
    for item in page.section.checklist.items:
        page.presenter.open_field(item.field)
        assert page.section.focus == item.field
        await settle()
        assert page.section.focus == item.field


async def test_the_step_of_a_hidden_address_leads_to_what_hides_it(page: Page) -> None:
    page.preferences.stored |= {"operator.environment": "custom", "operator.url": ""}
    await page.open("operator")
    page.presenter.edit("operator.environment", "test")
    assert page.section.checklist is not None
    assert page.section.checklist.items[-1].field == "operator.environment"


async def test_with_an_own_address_key_and_address_must_be_there(page: Page) -> None:
    page.preferences.stored |= {"operator.environment": "custom", "operator.url": ""}
    page.preferences.missing_setting = "operator.url"
    await page.open("operator")
    assert page.section.checklist is not None
    assert [item.done for item in page.section.checklist.items] == [False, None, False, False, False]


async def test_a_key_file_that_is_gone_is_reported_beside_its_field(page: Page) -> None:
    page.preferences.stored["operator.public_key_file"] = "gone.pem"
    page.preferences.missing_error = SettingBad(key="operator.public_key_file", reason="unreadable_file")
    await page.open("operator")
    assert page.field("operator.public_key_file").error == "This file cannot be read. Choose another one."
    assert page.section.checklist is not None
    assert page.section.checklist.items[3].done is False
    page.desktop.chosen_file = Path("new.pem")
    page.presenter.choose_file("operator.public_key_file")
    await settle()
    assert (page.field("operator.public_key_file").value, page.field("operator.public_key_file").error) == (
        "new.pem",
        None,
    )
    page.preferences.refuse = BadKey()
    await page.save()
    assert page.field("operator.public_key_file").error == Texts("en").error(BadKey())


async def test_several_key_files_are_shown_and_kept(page: Page) -> None:
    page.preferences.stored["operator.public_key_file"] = ["old.pem", "new.pem"]
    await page.open("operator")
    assert page.field("operator.public_key_file").value == "old.pem, new.pem"
    assert page.section.checklist is not None
    assert page.section.checklist.items[3].done is True
    page.desktop.chosen_file = Path("third.pem")
    page.presenter.choose_file("operator.public_key_file")
    await settle()
    assert page.field("operator.public_key_file").value == "old.pem, new.pem, third.pem"
    await page.save()
    assert page.preferences.calls[-1] == {"operator.public_key_file": "old.pem, new.pem, third.pem"}


async def test_a_bad_file_of_several_is_named_beside_the_field(page: Page) -> None:
    await page.open("operator")
    page.presenter.edit("operator.public_key_file", "old.pem, gone.pem")
    page.preferences.refuse = SettingBad(key="operator.public_key_file", reason="unreadable_file", file="gone.pem")
    await page.save()
    assert page.field("operator.public_key_file").error == "This file cannot be read. Choose another one. (gone.pem)"


@pytest.mark.parametrize(
    ("before", "chosen", "after"),
    [
        ("", "b.pem", "b.pem"),
        ("a.pem", "b.pem", "b.pem"),
        ("a.pem, b.pem", "c.pem", "a.pem, b.pem, c.pem"),
        ("a.pem, b.pem", "b.pem", "a.pem, b.pem"),
        ("a.pem, b.pem", "c, d.pem", '["a.pem", "b.pem", "c, d.pem"]'),
        ('["a,b.pem", "c.pem"]', "d.pem", '["a,b.pem", "c.pem", "d.pem"]'),
        ("[half a list", "d.pem", "d.pem"),
    ],
)
def test_a_chosen_file_among_those_that_are_there(before: str, chosen: str, after: str) -> None:
    assert codecs.PATHS.with_file(before, chosen) == after


@pytest.mark.parametrize("stored", [["/a.pem", "/b.pem"], ["/a,b.pem", "/c.pem"], ["/a.pem", "/[b.pem"]])
def test_what_is_shown_of_several_files_is_what_the_core_takes(stored: list[str]) -> None:
    text = codecs.PATHS.to_setting_text(codecs.PATHS.to_editor_text(stored))
    assert read_text("operator.public_key_file", text) == stored


async def test_no_file_chosen_changes_nothing(page: Page) -> None:
    await page.open("operator")
    page.presenter.choose_file("operator.public_key_file")
    await settle()
    assert not page.section.changed


async def test_a_key_pair_is_made_copied_and_saved(page: Page) -> None:
    await page.open("operator")
    assert page.section.keys is not None
    assert page.section.keys.fingerprint == ""
    page.preferences.gate = asyncio.Event()
    page.presenter.do_with_keys(KeyAction.MAKE)
    await settle()
    assert page.section.keys.busy
    page.preferences.gate.set()
    await settle()
    assert page.section.keys.fingerprint == "aa:b b"
    assert not page.section.keys.busy
    assert "key store" in page.section.keys.kept
    assert page.changed == [frozenset({"keys"})]
    for action in (KeyAction.COPY, KeyAction.SAVE):
        page.presenter.do_with_keys(action)
        await settle()
    assert page.desktop.copied == ["PEM"]
    assert page.desktop.saved == [("paydesk_public_key.pem", "PEM")]
    assert len(page.changed) == 1
    assert len(page.toasts) == 3


async def test_importing_may_be_given_up_fail_and_succeed(page: Page) -> None:
    await page.open("operator")
    for name in (None, "bad.pem", "good.pem"):
        page.desktop.chosen_file = Path(name) if name else None
        page.presenter.do_with_keys(KeyAction.IMPORT)
        await settle()
        assert page.section.keys is not None
        assert bool(page.section.keys.problem) == (name == "bad.pem")
        assert bool(page.section.keys.fingerprint) == (name == "good.pem")
    assert page.changed == [frozenset({"keys"})]


@pytest.mark.parametrize("yes", [True, False])
async def test_importing_over_a_key_pair_is_asked_about_first(page: Page, yes: bool) -> None:
    page.preferences.key = old = {"public_key_pem": "OLD", "fingerprint": "cc:dd", "stored_in": "keyring"}
    await page.open("operator")
    page.desktop.chosen_file, page.desktop.confirms = Path("good.pem"), yes
    page.presenter.do_with_keys(KeyAction.IMPORT)
    await settle()
    (question,) = page.desktop.asked
    assert question.danger
    assert "public key" in question.text
    assert (page.preferences.key == old) is not yes
    assert len(page.changed) == len(page.toasts) == int(yes)
    assert page.section.keys is not None
    assert page.section.keys.fingerprint == ("aa:b b" if yes else "cc:d d")
    assert page.section.keys.problem == ""


async def test_a_key_pair_that_another_process_made_meanwhile_is_shown(page: Page) -> None:
    await page.open("operator")
    page.preferences.key = {"public_key_pem": "OLD", "fingerprint": "cc:dd", "stored_in": "keyring"}
    page.presenter.do_with_keys(KeyAction.MAKE)
    await settle()
    assert page.section.keys is not None
    assert (page.section.keys.fingerprint, page.changed) == ("cc:d d", [])
    assert page.section.keys.problem == Texts("en").error(KeysExist())


async def test_a_key_in_a_file_is_warned_about_and_an_unreadable_one_is_reported(page: Page) -> None:
    page.preferences.key = {"public_key_pem": "PEM", "fingerprint": "ab" * 32, "stored_in": "file"}
    await page.open("operator")
    assert page.section.keys is not None
    assert page.section.keys.warning
    assert page.section.keys.fingerprint.splitlines() == [" ".join(["abab"] * 8)] * 2
    page.preferences.key_error = page.preferences.missing_error = SecretsUnreadable(reason="key_lost")
    await page.open("operator")
    assert page.section.keys.problem == Texts("en").error(SecretsUnreadable())
    assert page.section.checklist is not None
    assert page.section.checklist.title == "What is still missing"


async def test_the_demo_says_who_plays_the_operator(page: Page) -> None:
    await page.open("operator")
    assert page.section.notes == ()
    page.api.is_demo = True
    await page.open("operator")
    assert "This is the demo" in page.section.notes[0].text
    await page.open("callbacks")
    assert page.field("callbacks.public_url").warning == ""


# Messages

Notes = Callable[[Health], Awaitable[list[tuple[str, str]]]]


@pytest.fixture
def notes(page: Page) -> Notes:
    async def read_notes(health: Health) -> list[tuple[str, str]]:
        page.api.state = health
        await page.open("callbacks")
        return [(note.text, note.tone) for note in page.section.notes]

    return read_notes


async def test_how_messages_arrive(notes: Notes) -> None:
    at = datetime(2026, 11, 21, 12, 5, 11, tzinfo=UTC)
    assert await notes(Health()) == [("Not receiving yet.", "ended")]
    assert await notes(Health(listener_address="http://127.0.0.1:8733")) == [
        ("Received at http://127.0.0.1:8733.", "paid"),
        ("No callback since the start.", "ended"),
    ]
    told = await notes(Health(listener_address="http://127.0.0.1:9000", callback_at=at))
    assert told[1:] == [
        ("The last callback came on 21.11.2026 14:05.", "ended"),
        ("The new address will be used after the next start.", "waiting"),
    ]


@pytest.mark.parametrize(
    ("host", "port", "address"),
    [("LocalHost", 80, "http://localhost"), ("0:0::1", 8733, "http://[::1]:8733"), ("::1", 443, "https://[::1]:443")],
)
async def test_another_spelling_is_no_new_address(page: Page, host: str, port: int, address: str) -> None:
    page.preferences.stored |= {"callbacks.host": host, "callbacks.port": port}
    page.api.state = Health(listener_address=address)
    await page.open("callbacks")
    assert len(page.section.notes) == 2


async def test_why_messages_do_not_arrive(notes: Notes) -> None:
    assert await notes(Health(listener_problem=PortTaken.code, listener_port=8733)) == [
        (Texts("en").error(PortTaken(port=8733)), "failed")
    ]
    assert (await notes(Health(listener_problem=HomeTaken.code)))[0][1] == "ended"


CERTIFICATE = SettingBad(key="callbacks.tls_certificate_file", reason="unreadable_file")
KEY = SettingBad(key="callbacks.tls_key_file", reason="tls_needs_both")
OTHER = SettingBad(key="callbacks.port", reason="range:1..65535")


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        (SettingBad(key="callbacks.host", reason="Name not known"), "This computer has no address 127.0.0.1."),
        (
            CERTIFICATE,
            "The TLS certificate of this desk (callbacks.tls_certificate_file) cannot be used: "
            "the file cannot be read.",
        ),
        (KEY, "The key of the TLS certificate (callbacks.tls_key_file) cannot be used: TLS needs both files; "),
        (OTHER, Texts("en").error(OTHER)),
    ],
    ids=lambda value: value.details["key"] if isinstance(value, SettingBad) else "",
)
async def test_a_bad_setting_of_the_listener_is_named(notes: Notes, setting: SettingBad, text: str) -> None:
    [(shown, tone)] = await notes(Health(listener_problem=SettingBad.code, listener_setting=setting))
    assert shown.startswith(text)
    assert tone == "failed"


async def test_a_problem_of_the_home_is_reported_before_a_bad_setting(notes: Notes) -> None:
    health = Health(listener_problem=HomeTaken.code, listener_setting=CERTIFICATE)
    assert (await notes(health))[0][1] == "ended"


async def test_the_state_of_the_listener_is_followed_while_its_section_is_open(page: Page, notes: Notes) -> None:
    await notes(Health())
    page.api.state = Health(listener_address="http://127.0.0.1:8733")
    page.presenter.on_tick()
    await settle()
    assert page.section.notes[0].tone == "paid"


async def test_what_is_dangerous_is_warned_about(page: Page) -> None:
    await page.open("callbacks")
    assert page.field("callbacks.public_url").warning
    assert page.field("callbacks.signature").warning == ""
    page.presenter.edit("callbacks.public_url", "https://pay.example.com")
    page.presenter.edit("callbacks.signature", "optional")
    assert page.field("callbacks.public_url").warning == ""
    assert page.field("callbacks.signature").warning
