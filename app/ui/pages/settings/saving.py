"""A section's changes go to the core; a refusal goes beside its field, or to the foot of the section. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from app.domain.errors import BadKey, PaydeskError, SettingBad
from app.services.desk import Preferences
from app.ui.pages.settings.connection import OPERATOR_KEY
from app.ui.pages.settings.draft import Draft
from app.ui.pages.settings.key_errands import Command
from app.ui.pages.settings.specs import SectionSpec

Read = Callable[[], Coroutine[Any, Any, None]]


class Saving:
    """`problems`: why a section could not be stored, by its id, where no field of it is to blame."""

    def __init__(
        self,
        draft: Draft,
        command: Command,
        preferences: Callable[[], Preferences],
        read: Read,
        changed: Callable[[frozenset[str]], None],
    ) -> None:
        """`read` brings the stored values into the draft; `changed` hears the keys that were stored."""
        self._draft = draft
        self._command = command
        self._preferences = preferences
        self._read = read
        self._changed = changed
        self.problems: dict[str, PaydeskError] = {}

    async def save(self, section: SectionSpec) -> bool:
        """Store a section's changes and return whether all of them are stored now."""
        typed, told = self._draft.typed(section), self._draft.to_store(section)
        if not told or any(spec.key in self._draft.errors for spec in section.fields):
            return False
        before = self._draft.stored
        refusal = await self._change(told)
        await self._read()
        if refusal is None:
            stored = frozenset(told)
            self.problems.pop(section.id, None)
        else:  # those before the bad one may be stored
            stored = frozenset(key for key in told if before.get(key) != self._draft.stored.get(key))
            self._take(refusal, section, told)
        self._draft.settle({key: text for key, text in typed.items() if key in stored})
        if stored:
            self._changed(stored)
        return refusal is None

    async def _change(self, told: dict[str, str]) -> PaydeskError | None:
        try:
            await self._command(lambda: self._preferences().change(told))
        except PaydeskError as refusal:
            return refusal
        return None

    def _take(self, refusal: PaydeskError, section: SectionSpec, told: Mapping[str, str]) -> None:
        key = OPERATOR_KEY if isinstance(refusal, BadKey) else str(refusal.details.get("key", ""))
        if isinstance(refusal, SettingBad | BadKey) and key in told:
            self._draft.errors[key] = refusal
        else:
            self.problems[section.id] = refusal
