"""The check-up of the settings: the doctor's findings in words, as they were when he was asked last. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from app.domain.errors import PaydeskError
from app.i18n.doctor_texts import doctor_words
from app.i18n.formats import date_text, time_text
from app.services.findings import Finding
from app.ui.front import Front
from app.ui.pages.settings.state import CheckupState, FindingRow, Note

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
_GOOD, _BAD, _ODD, _OPEN = ("check", "paid"), ("cross", "failed"), ("warning", "attention"), ("info", "ended")


class Checkup:
    """`findings` None: not looked yet. `running` is set by whoever lets it look."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self.findings: Sequence[Finding] | None = None
        self.examined_at: datetime | None = None
        self.problem: PaydeskError | None = None

    async def examine(self) -> None:
        """Ask the doctor; he asks the operator and this shop's own address, which takes some seconds."""
        if (link := self._front.link) is None:
            return
        try:
            self.findings = await link.bridge.query(link.desk.doctor.examine)
        except PaydeskError as refusal:
            self.problem = refusal
        else:
            self.problem, self.examined_at = None, self._front.now()

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
        # what is to be mended stands on top, in the doctor's order
        findings = sorted(self.findings or (), key=_is_well)
        return CheckupState(
            intro=say(
                "Paydesk looks at its settings, keys and data, asks the operator, and sends a test message to its own"
                " address. No money moves."
            ),
            button=say("Checking…") if running else say("Check now"),
            diagnostics=say("Save the file for support…"),
            running=running,
            examined=self._examined(),
            summary=self._summary(),
            findings=tuple(self._row(finding) for finding in findings),
            empty="" if self.findings is not None or running else say("Not checked yet"),
        )

    def _row(self, finding: Finding) -> FindingRow:
        texts = self._front.texts
        text, advice = doctor_words(texts, finding.code, finding.details, self._front.shop.zone)
        icon, tone = look_of(finding)
        spoken = {
            _GOOD[0]: texts.say("Well"), _BAD[0]: texts.say("Wrong"), _ODD[0]: texts.say("Look here"),
            _OPEN[0]: texts.say("For your information"),
        }  # fmt: skip
        return FindingRow(text, advice, icon, tone, spoken[icon])

    def _summary(self) -> Note | None:
        texts = self._front.texts
        if self.problem is not None:
            return Note(texts.error(self.problem), "failed", "warning")
        if self.findings is None:
            return None
        count = sum(not finding.ok for finding in self.findings)
        if not count:
            return Note(texts.say("Everything is well."), "paid", "check")
        return Note(texts.n("{n} thing needs a look.", "{n} things need a look.", count), "attention", "warning")

    def _examined(self) -> str:
        if self.examined_at is None:
            return ""
        zone, now, at = self._front.shop.zone, self._front.now(), self.examined_at
        day, time = date_text(at, zone), time_text(at, zone)
        return self._front.texts.say("Checked at {time}", time=time if day == date_text(now, zone) else f"{day} {time}")


def _is_well(finding: Finding) -> bool:
    return finding.ok


def look_of(finding: Finding) -> tuple[str, str]:
    """Return the icon and the tone of a finding."""
    if finding.ok:
        return _OPEN if finding.code in NOT_YET else _GOOD
    return _ODD if finding.code in UNSURE else _BAD
