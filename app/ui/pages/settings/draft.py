"""Edited settings that are not stored yet, their errors, and the saving of a section's changes. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any

from app.domain.errors import BadKey, PaydeskError, SettingBad
from app.ui.pages.settings.fields import ADDRESS, ENVIRONMENT, OPERATOR_KEY, SPECS, FieldSpec, SectionSpec

Change = Callable[[dict[str, str]], Coroutine[Any, Any, None]]
Read = Callable[[], Coroutine[Any, Any, None]]


class Draft:
    """Edited texts over the core's values, kept until stored or discarded.

    `errors`: by key, until the field is edited again.
    """

    def __init__(self) -> None:
        self.stored: Mapping[str, object] = {}
        self.replaced: frozenset[str] = frozenset()
        """Keys whose value in the file is bad: what the editor shows instead is not stored yet."""
        self.errors: dict[str, PaydeskError] = {}
        self._typed: dict[str, str] = {}

    def text(self, key: str) -> str:
        """Return what the editor shows."""
        return self._typed.get(key, self._stored_text(key))

    def set_text(self, key: str, text: str) -> None:
        """Store the typed text; a text equal to the stored one is no change."""
        self.errors.pop(key, None)
        if text == self._stored_text(key):
            self._typed.pop(key, None)
        else:
            self._typed[key] = text

    def is_changed(self, key: str) -> bool:
        return key in self._typed

    def is_visible(self, spec: FieldSpec) -> bool:
        return spec.only_if is None or self.text(spec.only_if[0]) == spec.only_if[1]

    def has_changes(self, section: SectionSpec) -> bool:
        return any(self._is_to_be_stored(spec.key) and self.is_visible(spec) for spec in section.fields)

    def discard(self, keys: Iterable[str]) -> None:
        """Show the stored values of these keys again."""
        for key in tuple(keys):
            self._typed.pop(key, None)
            self.errors.pop(key, None)

    def discard_stored(self, sent: Mapping[str, str]) -> None:
        """Discard the texts that were stored as sent; later edits stay."""
        self.discard(key for key, text in sent.items() if self._typed.get(key) == text)

    def typed(self, section: SectionSpec) -> dict[str, str]:
        """Return the edited texts of a section, for `discard_stored` later."""
        return {spec.key: self._typed[spec.key] for spec in section.fields if spec.key in self._typed}

    def changes(self, section: SectionSpec) -> dict[str, str]:
        """Return the changed settings as the core expects them; a text that cannot be parsed becomes an error."""
        changes: dict[str, str] = {}
        for field in section.fields:
            self.errors.pop(field.key, None)
        for spec in _dependent_first(section):
            if not self.is_visible(spec) or not (self._is_to_be_stored(spec.key) or self._becomes_visible(spec)):
                continue
            try:
                changes[spec.key] = self._setting_text(spec)
            except PaydeskError as refusal:
                self.errors[spec.key] = refusal
        if self.is_changed(ENVIRONMENT) and ENVIRONMENT in changes and ADDRESS not in changes:
            # an address stored earlier would override the environment's own
            changes = {ADDRESS: "", **changes}
        return changes

    def _is_to_be_stored(self, key: str) -> bool:
        return self.is_changed(key) or key in self.replaced

    def _setting_text(self, spec: FieldSpec) -> str:
        text = self.text(spec.key)
        if spec.needed and not text.strip():
            raise SettingBad(key=spec.key, reason="empty")
        return spec.codec.to_setting_text(text)

    def _becomes_visible(self, spec: FieldSpec) -> bool:
        """A field that has just become visible is stored with the choice that made it visible."""
        return spec.only_if is not None and self.is_changed(spec.only_if[0])

    def _stored_text(self, key: str) -> str:
        return SPECS[key].codec.to_editor_text(self.stored.get(key))


def _dependent_first(section: SectionSpec) -> list[FieldSpec]:
    """If the address is not valid, the environment that needs it is not stored either."""
    return sorted(section.fields, key=lambda spec: spec.only_if is None)


class SectionSaver:
    """Stores a section's changes; an error is shown at its field, or at the foot of the section.

    `problems`: why a section could not be stored, by its id, where the error belongs to no field of it.
    """

    def __init__(self, draft: Draft, change: Change, read: Read, on_stored: Callable[[frozenset[str]], None]) -> None:
        """`change` stores in the core; `read` reloads the draft's stored values; `on_stored` gets the stored keys."""
        self._draft = draft
        self._change = change
        self._read = read
        self._on_stored = on_stored
        self.problems: dict[str, PaydeskError] = {}

    async def save(self, section: SectionSpec) -> bool:
        """Store a section's changes and return whether all of them were stored."""
        typed, changes = self._draft.typed(section), self._draft.changes(section)
        if not changes or any(spec.key in self._draft.errors for spec in section.fields):
            return False
        before = self._draft.stored
        refusal = await self._try_change(changes)
        await self._read()
        if refusal is None:
            stored = frozenset(changes)
            self.problems.pop(section.id, None)
        else:  # changes before the failed one may be stored
            stored = frozenset(key for key in changes if before.get(key) != self._draft.stored.get(key))
            self._assign(refusal, section, changes)
        self._draft.discard_stored({key: text for key, text in typed.items() if key in stored})
        if stored:
            self._on_stored(stored)
        return refusal is None

    async def _try_change(self, changes: dict[str, str]) -> PaydeskError | None:
        try:
            await self._change(changes)
        except PaydeskError as refusal:
            return refusal
        return None

    def _assign(self, refusal: PaydeskError, section: SectionSpec, changes: Mapping[str, str]) -> None:
        key = OPERATOR_KEY if isinstance(refusal, BadKey) else str(refusal.details.get("key", ""))
        if isinstance(refusal, SettingBad | BadKey) and key in changes:
            self._draft.errors[key] = refusal
        else:
            self.problems[section.id] = refusal
