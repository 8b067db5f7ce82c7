"""*Check connection* in the operator's section: one question to the operator, and its answer as a note. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from app.domain.errors import PaydeskError
from app.i18n.doctor_texts import check_result_texts
from app.services.checks.check_result import CheckResult, causes_only
from app.ui.context import UiContext
from app.ui.pages.settings.checkup import UNSURE
from app.ui.pages.settings.state import Note

WELL: Final = frozenset({"operator_ok", "accepted_ok"})
"""Codes that are told when all is well."""


class ConnectionCheck:
    """Keeps the last answer until the settings that it is about change."""

    def __init__(self, context: UiContext, has_unsaved: Callable[[], bool]) -> None:
        """`has_unsaved`: whether edits of the operator's section are not stored, so would not be asked with."""
        self._context = context
        self._has_unsaved = has_unsaved
        self._results: Sequence[CheckResult] | None = None
        self._problem: PaydeskError | None = None
        self._changes = 0
        self._was_refused = False

    def refuses(self) -> bool:
        """Say whether nothing is asked because of unsaved edits; the answer tells so."""
        if self._has_unsaved():
            self._forget()
            self._was_refused = True
        return self._has_unsaved()

    async def run(self) -> None:
        """Ask with the settings in use; once more where they were changed meanwhile."""
        asked_with = -1
        while asked_with != self._changes and (core := self._context.core) is not None:
            self._forget()
            asked_with = self._changes
            try:
                self._results = await core.bridge.query(core.api.doctor.check_connection)
            except PaydeskError as refusal:
                self._problem = refusal

    def settings_changed(self) -> None:
        """Forget the answer: it is about other settings."""
        self._changes += 1
        self._forget()

    def answer(self) -> Note | None:
        """Return what is shown below the button; None before the first question."""
        texts = self._context.texts
        if self._was_refused and self._has_unsaved():
            return Note(texts.say("Save first: the connection is checked with what is saved."), "attention", "warning")
        if self._problem is not None:
            return Note(texts.error(self._problem), "failed", "warning")
        if self._results is None:
            return None
        wrong = [result for result in causes_only(self._results) if not result.ok]
        if not wrong:
            return Note(self._sentences([one for one in self._results if one.code in WELL]), "paid", "check")
        is_unsure = all(result.code in UNSURE for result in wrong)
        return Note(self._sentences(wrong), "attention" if is_unsure else "failed", "warning")

    def _forget(self) -> None:
        self._results, self._problem, self._was_refused = None, None, False

    def _sentences(self, results: Sequence[CheckResult]) -> str:
        """One after the other: what is well in short, what is wrong with its advice."""
        zone, texts = self._context.shop.zone, self._context.texts
        told = [check_result_texts(texts, one.code, one.details, zone) for one in results]
        return " ".join(part for sentences in told for part in sentences if part)
