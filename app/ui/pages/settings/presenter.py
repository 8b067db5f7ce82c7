"""Presenter of the settings page: a draft over the stored settings, saved section by section. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from app.domain.errors import KeysExist, PaydeskError
from app.services.checks.check_result import KEY_PAIR
from app.services.core_api import Health, Preferences
from app.ui.context import UiContext
from app.ui.pages.settings.checkup import Checkup
from app.ui.pages.settings.connection_check import ConnectionCheck
from app.ui.pages.settings.draft import Draft, SectionSaver
from app.ui.pages.settings.fields import SECTIONS, SPECS, TOKEN, SectionSpec
from app.ui.pages.settings.key_commands import KEY_FILES, KeyCommands
from app.ui.pages.settings.section import (
    CALLBACKS,
    OPERATOR,
    Activity,
    Reading,
    read_settings,
    section_state,
    section_tabs,
)
from app.ui.pages.settings.state import KeyAction, PageMode, SettingsState
from app.ui.presenter import Presenter

KEYS = "keys"


class SettingsPresenter(Presenter[SettingsState]):
    """`changed` is called with the keys of every successful save, and with `keys` when there is a new key pair."""

    def __init__(
        self, context: UiContext, show: Callable[[SettingsState], None], changed: Callable[[frozenset[str]], None]
    ) -> None:
        super().__init__("settings", context, show)
        self._changed = changed
        self._section = SECTIONS[0]
        self._draft = Draft()
        self._reading: Reading | None = None
        self._read_problem: PaydeskError | None = None
        self._is_saving = False
        self._saver = SectionSaver(self._draft, self._change, self._read, self._stored)
        self._keys = KeyCommands(context, self._command, self._preferences)
        self._checkup = Checkup(context)
        self._connection = ConnectionCheck(context, lambda: self._draft.has_changes(_section_of(TOKEN)))
        self._focus = ""

    def state(self) -> SettingsState:
        tabs = section_tabs(self._draft, self._texts)
        if (reading := self._reading) is not None:
            section = section_state(self._section, self._draft, reading, self._context, self._activity(reading))
            return SettingsState(PageMode.FORM, tabs=tabs, section=replace(section, focus=self._focus))
        if self._context.core_problem:
            return SettingsState(PageMode.PROBLEM, self._context.core_problem, tabs=tabs)
        if self._read_problem is not None:
            return SettingsState(PageMode.PROBLEM, self._texts.error(self._read_problem), can_retry=True, tabs=tabs)
        return SettingsState(PageMode.LOADING, tabs=tabs)

    def _activity(self, reading: Reading) -> Activity:
        return Activity(
            saving=self._is_saving,
            problem=self._saver.problems.get(self._section.id),
            keys=self._keys.state(reading.key, reading.key_problem),
            checkup=self._checkup.state(running=self._tasks.runs("checkup")),
            checking=self._tasks.runs("connection"),
            answer=self._connection.answer(),
        )

    # User actions

    def open_section(self, section_id: str) -> None:
        """Show another section; edits in this one are kept."""
        self._section = next(section for section in SECTIONS if section.id == section_id)
        self._focus = ""
        self.load()

    def open_field(self, key: str) -> None:
        """Lead to the field of a setting; `keys` is the key pair, which has no field of its own."""
        self.open_section(OPERATOR if key == KEY_PAIR else _section_of(key).id)
        self._focus = key
        self.refresh()

    def edit(self, key: str, text: str) -> None:
        """Take a typed or chosen value; a section of instant choices stores it at once."""
        section = _section_of(key)
        self._draft.set_text(key, text)
        self._saver.problems.pop(section.id, None)
        if section.instant and self._context.core is not None:
            self._tasks.start("choice", self._choose(section))
        self.refresh()

    def choose_file(self, key: str) -> None:
        """Let the user choose the file of a setting."""
        self._tasks.start_once("file", partial(self._choose_file, key))

    def save(self) -> None:
        """Store the changes of the open section; a second press meanwhile does nothing."""
        if self._context.core is not None and self._tasks.start_once("save", partial(self._save, self._section)):
            self._is_saving = True
        self.refresh()

    def undo(self) -> None:
        """Discard the edits of the open section."""
        self._draft.discard(spec.key for spec in self._section.fields)
        self._saver.problems.pop(self._section.id, None)
        self.refresh()

    def do_with_keys(self, action: KeyAction) -> None:
        """Run a command of the key pair."""
        if self._context.core is not None:
            self._tasks.start_once("keys", partial(self._do_with_keys, action))

    def check_up(self) -> None:
        """Run the check-up; a second press meanwhile does nothing."""
        if self._context.core is not None:
            self._tasks.start_once("checkup", self._checkup.run)
        self.refresh()

    def check_connection(self) -> None:
        """Ask the operator whether it lets this shop in; a second press meanwhile does nothing."""
        if self._context.core is not None and not self._connection.refuses():
            self._tasks.start_once("connection", self._connection.run)
        self.refresh()

    def save_diagnostics(self) -> None:
        """Write the diagnostics file; a second press meanwhile does nothing."""
        if self._context.core is not None:
            self._tasks.start_once("diagnostics", self._checkup.save_diagnostics)

    # Events from the core

    def load(self) -> None:
        if self._context.core is not None:
            self._tasks.start_again("read", self._read)
        self.refresh()

    def on_tick(self) -> None:
        if self._reading is not None and self._section.id == CALLBACKS and self._context.core is not None:
            self._tasks.start_once("health", self._read_health)
        self.refresh()

    # Work

    async def _save(self, section: SectionSpec) -> None:
        try:
            if await self._saver.save(section):
                self._context.notices.toast(self._texts.say("Saved"), "paid")
        finally:
            self._is_saving = False
            self.refresh()

    def _stored(self, keys: frozenset[str]) -> None:
        self._checkup.settings_changed()
        self._connection.settings_changed()
        self._changed(keys)

    async def _choose(self, section: SectionSpec) -> None:
        await self._saver.save(section)
        self.refresh()

    async def _choose_file(self, key: str) -> None:
        say = self._texts.say
        path = await self._context.desktop.choose_file(say(SPECS[key].label), say(KEY_FILES))
        if path is not None:
            self.edit(key, SPECS[key].codec.with_file(self._draft.text(key), str(path)))

    async def _do_with_keys(self, action: KeyAction) -> None:
        key = self._reading.key if self._reading else None
        self._keys.busy = action in (KeyAction.MAKE, KeyAction.IMPORT)
        self.refresh()
        try:
            is_new = await self._keys.run(action, key["public_key_pem"] if key else "")
            if is_new or isinstance(self._keys.problem, KeysExist):  # another process created one
                self._connection.settings_changed()
                await self._read()
        finally:
            self._keys.busy = False
            self.refresh()
        if is_new:
            self._changed(frozenset({KEYS}))

    async def _change(self, changes: dict[str, str]) -> None:
        await self._command(lambda: self._api.preferences.change(changes))

    async def _read(self) -> None:
        async def work() -> Reading:
            return read_settings(self._api)

        before = self._reading
        try:
            self._reading = await self._query(work)
        except PaydeskError as refusal:
            if self._reading is not None:
                self.on_refusal(refusal)
            self._read_problem = refusal
        else:
            self._read_problem = None
            self._draft.stored = self._reading.values
            self._draft.replaced = frozenset(self._reading.replaced)
            if before is not None and (before.values, before.key) != (self._reading.values, self._reading.key):
                self._connection.settings_changed()  # perhaps by another process
        self.refresh()

    async def _read_health(self) -> None:
        async def work() -> Health:
            return self._api.health()

        health = await self._query(work)
        if self._reading is not None:
            self._reading = replace(self._reading, health=health)
            self.refresh()

    def _preferences(self) -> Preferences:
        return self._api.preferences


def _section_of(key: str) -> SectionSpec:
    return next(section for section in SECTIONS if SPECS[key] in section.fields)
