"""The check-up of the settings: the results of the last one in words, and the file for support. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from app.domain.errors import PaydeskError
from app.i18n.doctor_texts import doctor_words
from app.i18n.formats import date_text, time_text
from app.services.findings import Finding
from app.ui.front import Front
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
"""Not well, but nothing is broken by it either: it could not be looked at, or a person must compare."""
NOT_YET: Final = frozenset({"callback_never", "clock_unknown"})
"""Well as far as is known."""
_WELL, _WRONG, _UNSURE, _NOTE = ("check", "paid"), ("cross", "failed"), ("warning", "attention"), ("info", "ended")


class Checkup:
    """`results` None: not run yet. `problem`: why the last one could not be run."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self.results: Sequence[Finding] | None = None
        self.checked_at: datetime | None = None
        self.problem: PaydeskError | None = None

    async def run(self) -> None:
        """Check everything, the operator and this shop's own address as well, which takes some seconds."""
        if (link := self._front.link) is None:
            return
        try:
            self.results = await link.bridge.query(link.desk.doctor.examine)
        except PaydeskError as refusal:
            self.problem = refusal
        else:
            self.problem, self.checked_at = None, self._front.now()

    async def save_diagnostics(self) -> None:
        """Let the person choose where the file for support goes, and have it written. Raises StorageError."""
        front, say = self._front, self._front.texts.say
        target = await front.desktop.save_path(say("The file for support"), DIAGNOSTICS_NAME)
        if front.link is not None and target is not None:
            desk = front.link.desk
            await front.link.bridge.command(lambda: desk.write_diagnostics(target))
            front.notices.toast(say("The file for support is saved"), "paid")

    def state(self, *, running: bool) -> CheckupState:
        """Return what the section shows."""
        say = self._front.texts.say
        # what is to be mended stands on top, otherwise in the order of the checks
        results = sorted(self.results or (), key=_is_well)
        return CheckupState(
            intro=say(
                "Paydesk looks at its settings, keys and data, asks the operator, and sends a test message to its own"
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

    def _row(self, result: Finding) -> CheckRow:
        texts = self._front.texts
        text, advice = doctor_words(texts, result.code, result.details, self._front.shop.zone)
        icon, tone = icon_and_tone(result)
        spoken = {
            _WELL[0]: texts.say("Well"), _WRONG[0]: texts.say("Wrong"), _UNSURE[0]: texts.say("Look here"),
            _NOTE[0]: texts.say("For your information"),
        }  # fmt: skip
        return CheckRow(text, advice, icon, tone, spoken[icon])

    def _summary(self) -> Note | None:
        texts = self._front.texts
        if self.problem is not None:
            return Note(texts.error(self.problem), "failed", "warning")
        if self.results is None:
            return None
        count = sum(not result.ok for result in self.results)
        if not count:
            return Note(texts.say("Everything is well."), "paid", "check")
        return Note(texts.n("{n} thing needs a look.", "{n} things need a look.", count), "attention", "warning")

    def _checked(self) -> str:
        if self.checked_at is None:
            return ""
        zone, now, at = self._front.shop.zone, self._front.now(), self.checked_at
        day, time = date_text(at, zone), time_text(at, zone)
        return self._front.texts.say("Checked at {time}", time=time if day == date_text(now, zone) else f"{day} {time}")


def _is_well(result: Finding) -> bool:
    return result.ok


def icon_and_tone(result: Finding) -> tuple[str, str]:
    """Return the icon and the tone of a result."""
    if result.ok:
        return _NOTE if result.code in NOT_YET else _WELL
    return _UNSURE if result.code in UNSURE else _WRONG
