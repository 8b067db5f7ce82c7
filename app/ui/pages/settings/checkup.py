"""The check-up section: the results of the last check-up as texts, and the diagnostics file for support. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from app.domain.errors import PaydeskError
from app.i18n.doctor_texts import check_result_texts
from app.i18n.formats import date_text, time_text
from app.services.checks.check_result import KEY_PAIR, CheckResult, causes_only
from app.ui.context import UiContext
from app.ui.pages.settings.fields import SPECS
from app.ui.pages.settings.state import CheckRow, CheckupState, Note

DIAGNOSTICS_NAME: Final = "paydesk-diagnostics.zip"
UNSURE: Final = frozenset(
    {
        "accepted_unknown",
        "address_none",
        "check_failed",
        "operator_not_asked",
        "reach_untested",
        "strays_named",
        "strays_some",
    }
)
"""Codes that are neither passed nor failed: the check was not possible, or a person must compare."""
NOT_YET: Final = frozenset({"callback_never", "clock_unknown"})
"""Codes that count as passed as far as is known."""
_WELL, _WRONG, _UNSURE, _NOTE = ("check", "paid"), ("cross", "failed"), ("warning", "attention"), ("info", "ended")


class Checkup:
    """`results` None: not run yet. `problem`: why the last check-up could not be run."""

    def __init__(self, context: UiContext) -> None:
        self._context = context
        self.results: Sequence[CheckResult] | None = None
        self.checked_at: datetime | None = None
        self.problem: PaydeskError | None = None
        self._is_old = False

    async def run(self) -> None:
        """Run all checks, including the operator and this shop's callback address; takes some seconds."""
        if (core := self._context.core) is None:
            return
        try:
            self.results = await core.bridge.query(core.api.doctor.run_checks)
        except PaydeskError as refusal:
            self.problem = refusal
        else:
            self.problem, self.checked_at, self._is_old = None, self._context.now(), False

    def settings_changed(self) -> None:
        """Mark the results as those of before: they are about other settings."""
        self._is_old = True

    async def save_diagnostics(self) -> None:
        """Let the user choose the path of the diagnostics file and write it. Raises StorageError."""
        context, say = self._context, self._context.texts.say
        target = await context.desktop.save_path(say("The file for support"), DIAGNOSTICS_NAME)
        if context.core is not None and target is not None:
            api = context.core.api
            await context.core.bridge.command(lambda: api.write_diagnostics(target))
            context.notices.toast(say("The file for support is saved"), "paid")

    def state(self, *, running: bool) -> CheckupState:
        """Return what the section shows."""
        say = self._context.texts.say
        # failures first, otherwise in the order of the checks
        results = sorted(causes_only(self.results or ()), key=_is_well)
        return CheckupState(
            intro=say(
                "Paydesk looks at its settings, keys and data, asks the operator, and sends a test callback to its own"
                " address. No money moves."
            ),
            button=say("Checking…") if running else say("Check now"),
            diagnostics=say("Save the file for support…"),
            running=running,
            checked=self._checked(),
            summary=self._summary(),
            rows=tuple(self._row(result) for result in results),
            empty="" if self.results is not None or running else say("Not checked yet"),
        )

    def _row(self, result: CheckResult) -> CheckRow:
        texts = self._context.texts
        text, advice = check_result_texts(texts, result.code, result.details, self._context.shop.zone)
        icon, tone = icon_and_tone(result)
        spoken = {
            _WELL[0]: texts.say("Well"), _WRONG[0]: texts.say("Wrong"), _UNSURE[0]: texts.say("Look here"),
            _NOTE[0]: texts.say("For your information"),
        }  # fmt: skip
        setting = result.setting if result.setting in SPECS or result.setting == KEY_PAIR else None
        return CheckRow(text, advice, icon, tone, spoken[icon], setting or "", texts.say("Open") if setting else "")

    def _summary(self) -> Note | None:
        texts = self._context.texts
        if self.problem is not None:
            return Note(texts.error(self.problem), "failed", "warning")
        if self.results is None:
            return None
        count = sum(not result.ok for result in causes_only(self.results))
        if not count:
            return Note(texts.say("Everything is well."), "paid", "check")
        return Note(texts.n("{n} thing needs a look.", "{n} things need a look.", count), "attention", "warning")

    def _checked(self) -> str:
        if self.checked_at is None:
            return ""
        zone, now, at = self._context.shop.zone, self._context.now(), self.checked_at
        day, time = date_text(at, zone), time_text(at, zone)
        moment = time if day == date_text(now, zone) else f"{day} {time}"
        if self._is_old:
            return self._context.texts.say("Checked at {time}, before the last change of the settings", time=moment)
        return self._context.texts.say("Checked at {time}", time=moment)


def _is_well(result: CheckResult) -> bool:
    return result.ok


def icon_and_tone(result: CheckResult) -> tuple[str, str]:
    """Return the icon and the tone of a result."""
    if result.ok:
        return _NOTE if result.code in NOT_YET else _WELL
    return _UNSURE if result.code in UNSURE else _WRONG
