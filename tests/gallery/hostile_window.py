"""A gallery window with hostile text in every foreign field: sales, shop, settings, check results."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from PySide6.QtWidgets import QWidget

from app.domain.errors import PaydeskError
from app.domain.journal.events import Fact
from app.i18n.language import Language
from app.services.ports.ledger_transaction import Contact
from app.ui.theme import Theme
from tests.fakes.ledger import FakeTransaction
from tests.gallery.gallery_window import SIZES, GalleryWindow
from tests.hostile import in_hostile_words

FOREIGN_SETTINGS: Final = (
    "shop.name", "shop.terminal_id", "operator.url", "operator.public_key_file", "callbacks.public_url",
    "callbacks.host", "callbacks.success_url", "callbacks.fail_url", "shop.payer_locale", "shop.timezone",
)  # fmt: skip


class OldTransaction(FakeTransaction):
    """Facts of a version that redacted nothing; redacting long texts would take most of the tests' time."""

    def written(self, fact: Fact) -> Fact:
        return fact


class HostileGalleryWindow(GalleryWindow):
    """Every foreign field contains `text`; a case is built on it as on any other gallery window, in the least size."""

    def __init__(self, theme: Theme, language: Language, text: str) -> None:
        super().__init__(theme, language, min(SIZES.values()))
        self.text = text
        self.tooltips_shown: set[str] = set()

    async def open(self, page: str) -> Any:
        """Put the hostile text into what the case has prepared, then open."""
        self._spoil()
        return await super().open(page)

    def everything(self) -> list[QWidget]:
        """Return every widget, visible or not, with those that Qt creates."""
        return [self.window, *self.window.findChildren(QWidget)]

    def _spoil(self) -> None:
        self.set_shop(name=self.text)
        if self.context.core_problem:
            self.context.core_problem = f"{self.context.core_problem} {self.text}"
        if self.operator.answer is not None:
            self.operator.answer.details |= dict.fromkeys(("message", "operator_code"), self.text)
        if self.context.core is None:
            return
        self.ledger.kept = self._spoiled(self.ledger.kept)
        self.api.state = replace(self.api.state, listener_address=self.text)
        stored = self.api.preferences.stored
        stored |= {key: self.text for key in FOREIGN_SETTINGS if key in stored}
        self.api.doctor.findings = [
            replace(finding, details={name: self._hostile(value) for name, value in finding.details.items()})
            for finding in self.api.doctor.findings
        ]

    def _hostile(self, value: object) -> object:
        if isinstance(value, PaydeskError):
            return type(value)(**value.details | {"setting": self.text})
        return self.text if isinstance(value, str) else value

    def _spoiled(self, kept: FakeTransaction) -> FakeTransaction:
        """Return the same journal with hostile texts."""
        spoiled = OldTransaction(last_number=kept.last_number)
        spoiled.contacts = [Contact(self.text, self.text) for _ in kept.contacts]
        for entry in kept.journal:
            spoiled.append(
                in_hostile_words(entry.fact, self.text), payment_id=entry.payment_id, source=entry.source, at=entry.at
            )
        spoiled.finish()
        return spoiled
