"""What is stored, what was typed over it, and what is wrong with it. Typed texts last until stored or undone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.domain.errors import PaydeskError, SettingBad
from app.ui.pages.settings.fields import SECTIONS
from app.ui.pages.settings.specs import FieldSpec, SectionSpec

SPECS: Mapping[str, FieldSpec] = {spec.key: spec for section in SECTIONS for spec in section.fields}

ENVIRONMENT, ADDRESS = "operator.environment", "operator.url"


class Draft:
    """Texts of the editors over the values of the core. `errors`: by key, until the field is edited again."""

    def __init__(self) -> None:
        self.stored: Mapping[str, object] = {}
        self.errors: dict[str, PaydeskError] = {}
        self._typed: dict[str, str] = {}

    def text(self, key: str) -> str:
        """Return what the editor shows."""
        return self._typed.get(key, self._shown(key))

    def type(self, key: str, text: str) -> None:
        """Take what was typed; back at the stored text it is no change any more."""
        self.errors.pop(key, None)
        if text == self._shown(key):
            self._typed.pop(key, None)
        else:
            self._typed[key] = text

    def is_changed(self, key: str) -> bool:
        return key in self._typed

    def is_visible(self, spec: FieldSpec) -> bool:
        return spec.only_if is None or self.text(spec.only_if[0]) == spec.only_if[1]

    def has_changes(self, section: SectionSpec) -> bool:
        return any(self.is_changed(spec.key) and self.is_visible(spec) for spec in section.fields)

    def forget(self, keys: Iterable[str]) -> None:
        """Show the stored values of these keys again."""
        for key in tuple(keys):
            self._typed.pop(key, None)
            self.errors.pop(key, None)

    def settle(self, sent: Mapping[str, str]) -> None:
        """Forget what was stored as typed; what was typed since then stays."""
        self.forget(key for key, text in sent.items() if self._typed.get(key) == text)

    def typed(self, section: SectionSpec) -> dict[str, str]:
        """Return what was typed in a section, to `settle` later."""
        return {spec.key: self._typed[spec.key] for spec in section.fields if spec.key in self._typed}

    def to_store(self, section: SectionSpec) -> dict[str, str]:
        """Return the changed settings as the core takes them; what cannot be understood becomes an error."""
        told: dict[str, str] = {}
        for field in section.fields:
            self.errors.pop(field.key, None)
        for spec in _in_order(section):
            if not self.is_visible(spec) or not (self.is_changed(spec.key) or self._follows(spec)):
                continue
            try:
                told[spec.key] = self._told(spec)
            except PaydeskError as refusal:
                self.errors[spec.key] = refusal
        if self.is_changed(ENVIRONMENT) and ENVIRONMENT in told and ADDRESS not in told:
            # an address that was set once would win over the one that the environment brings along
            told = {ADDRESS: "", **told}
        return told

    def _told(self, spec: FieldSpec) -> str:
        text = self.text(spec.key)
        if spec.needed and not text.strip():
            raise SettingBad(key=spec.key, reason="empty")
        return spec.codec.tell(text)

    def _follows(self, spec: FieldSpec) -> bool:
        """A field that has just become visible is stored with the choice that made it so."""
        return spec.only_if is not None and self.is_changed(spec.only_if[0])

    def _shown(self, key: str) -> str:
        return SPECS[key].codec.show(self.stored.get(key))


def _in_order(section: SectionSpec) -> list[FieldSpec]:
    """Dependent fields first: if the address is no good, the environment that needs it is not stored either."""
    return sorted(section.fields, key=lambda spec: spec.only_if is None)
