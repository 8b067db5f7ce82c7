"""The mind of the settings page: a draft over what is stored, saved section by section. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from app.domain.errors import KeysExist, PaydeskError
from app.services.desk import Health, Preferences
from app.ui.front import Front
from app.ui.pages.settings.doctor_errand import Checkup
from app.ui.pages.settings.draft import SPECS, Draft
from app.ui.pages.settings.fields import SECTIONS
from app.ui.pages.settings.key_errands import KEY_FILES, KeyErrands
from app.ui.pages.settings.reading import Reading, read
from app.ui.pages.settings.saving import Saving
from app.ui.pages.settings.section import CALLBACKS, Doing, section_state, section_tabs
from app.ui.pages.settings.specs import SectionSpec
from app.ui.pages.settings.state import Face, KeyAction, SettingsState
from app.ui.presenter import Presenter

KEYS = "keys"


class SettingsPresenter(Presenter[SettingsState]):
    """`changed` is called with the keys of every successful save; a new key pair is told as `keys`."""

    def __init__(
        self, front: Front, show: Callable[[SettingsState], None], changed: Callable[[frozenset[str]], None]
    ) -> None:
        super().__init__("settings", front, show)
        self._changed = changed
        self._section = SECTIONS[0]
        self._draft = Draft()
        self._reading: Reading | None = None
        self._read_problem: PaydeskError | None = None
        self._is_saving = False
        self._saving = Saving(self._draft, self._command, self._preferences, self._read, changed)
        self._keys = KeyErrands(front, self._command, self._preferences)
        self._checkup = Checkup(front)

    def state(self) -> SettingsState:
        tabs = section_tabs(self._draft, self._texts)
        if self._reading is not None:
            spec = self._section
            doing = Doing(
                saving=self._is_saving,
                problem=self._saving.problems.get(spec.id),
                key_busy=self._keys.busy,
                key_problem=self._keys.problem,
                checkup=self._checkup.state(running=self._tasks.runs("checkup")),
            )
            section = section_state(spec, self._draft, self._reading, self._front, doing)
            return SettingsState(Face.FORM, tabs=tabs, section=section)
        if self._front.core_problem:
            return SettingsState(Face.PROBLEM, self._front.core_problem, tabs=tabs)
        if self._read_problem is not None:
            return SettingsState(Face.PROBLEM, self._texts.error(self._read_problem), can_retry=True, tabs=tabs)
        return SettingsState(Face.LOADING, tabs=tabs)

    # What the owner does

    def open_section(self, section_id: str) -> None:
        """Show another section; what was typed in this one stays."""
        self._section = next(section for section in SECTIONS if section.id == section_id)
        self.load()

    def edit(self, key: str, text: str) -> None:
        """Take what was typed or chosen; a section of instant choices stores it."""
        section = _section_of(key)
        self._draft.type(key, text)
        self._saving.problems.pop(section.id, None)
        if section.instant and self._front.link is not None:
            self._tasks.start("choice", self._choose(section))
        self.retell()

    def choose_file(self, key: str) -> None:
        """Let the owner look for the file of a setting."""
        self._tasks.start_once("file", partial(self._choose_file, key))

    def save(self) -> None:
        """Store what changed in the open section; a second press meanwhile does nothing."""
        if self._front.link is not None and self._tasks.start_once("save", partial(self._save, self._section)):
            self._is_saving = True
        self.retell()

    def undo(self) -> None:
        """Show what is stored in the open section again."""
        self._draft.forget(spec.key for spec in self._section.fields)
        self._saving.problems.pop(self._section.id, None)
        self.retell()

    def do_with_keys(self, action: KeyAction) -> None:
        """Do what a button of the key pair says."""
        if self._front.link is not None:
            self._tasks.start_once("keys", partial(self._do_with_keys, action))

    def check_up(self) -> None:
        """Look at the whole installation; a second press meanwhile does nothing."""
        if self._front.link is not None:
            self._tasks.start_once("checkup", self._checkup.examine)
        self.retell()

    def save_diagnostics(self) -> None:
        """Write the file for support; a second press meanwhile does nothing."""
        if self._front.link is not None:
            self._tasks.start_once("diagnostics", self._checkup.save_diagnostics)

    # What the core says

    def load(self) -> None:
        if self._front.link is not None:
            self._tasks.start_again("read", self._read)
        self.retell()

    def tick(self) -> None:
        if self._reading is not None and self._section.id == CALLBACKS and self._front.link is not None:
            self._tasks.start_once("health", self._read_health)
        self.retell()

    # Work

    async def _save(self, section: SectionSpec) -> None:
        try:
            if await self._saving.save(section):
                self._front.notices.toast(self._texts.say("Saved"), "paid")
        finally:
            self._is_saving = False
            self.retell()

    async def _choose(self, section: SectionSpec) -> None:
        await self._saving.save(section)
        self.retell()

    async def _choose_file(self, key: str) -> None:
        say = self._texts.say
        path = await self._front.desktop.choose_file(say(SPECS[key].label), say(KEY_FILES))
        if path is not None:
            self.edit(key, SPECS[key].codec.choose(self._draft.text(key), str(path)))

    async def _do_with_keys(self, action: KeyAction) -> None:
        key = self._reading.key if self._reading else None
        self._keys.busy = action in (KeyAction.MAKE, KeyAction.IMPORT)
        self.retell()
        try:
            is_new = await self._keys.do(action, key["public_key_pem"] if key else "")
            if is_new or isinstance(self._keys.problem, KeysExist):  # somebody else made one
                await self._read()
        finally:
            self._keys.busy = False
            self.retell()
        if is_new:
            self._changed(frozenset({KEYS}))

    async def _read(self) -> None:
        async def work() -> Reading:
            return read(self._desk)

        try:
            self._reading = await self._query(work)
        except PaydeskError as refusal:
            if self._reading is not None:
                self.refused(refusal)
            self._read_problem = refusal
        else:
            self._read_problem = None
            self._draft.stored = self._reading.values
        self.retell()

    async def _read_health(self) -> None:
        async def work() -> Health:
            return self._desk.health()

        health = await self._query(work)
        if self._reading is not None:
            self._reading = replace(self._reading, health=health)
            self.retell()

    def _preferences(self) -> Preferences:
        return self._desk.preferences


def _section_of(key: str) -> SectionSpec:
    return next(section for section in SECTIONS if SPECS[key] in section.fields)
