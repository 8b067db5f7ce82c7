"""From the table, the draft and the reading to what a section shows. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.errors import PaydeskError, SettingBad
from app.domain.plain_text import one_line
from app.i18n.texts import Texts
from app.ui.front import Front
from app.ui.pages.settings.codec import SECRET
from app.ui.pages.settings.connection import callback_notes, checklist, key_pair
from app.ui.pages.settings.draft import ADDRESS, ENVIRONMENT, Draft
from app.ui.pages.settings.fields import SECTIONS
from app.ui.pages.settings.reading import Reading
from app.ui.pages.settings.specs import FieldSpec, SectionSpec
from app.ui.pages.settings.state import CheckupState, Choice, FieldKind, FieldState, Note, SectionState, SectionTab

OPERATOR, CALLBACKS, CHECKUP = "operator", "callbacks", "checkup"
DEMO_SPARES = frozenset({"callbacks.public_url"})
"""Warnings about the world outside, which the demo does not need."""


@dataclass(frozen=True, slots=True)
class Doing:
    """What runs or failed: the save of the open section, and what was done with the key pair; the check-up."""

    saving: bool = False
    problem: PaydeskError | None = None
    key_busy: bool = False
    key_problem: PaydeskError | None = None
    checkup: CheckupState | None = None


def section_tabs(draft: Draft, texts: Texts) -> tuple[SectionTab, ...]:
    """Return the buttons of the left column."""
    return tuple(
        SectionTab(section.id, texts.say(section.title), section.icon, draft.has_changes(section))
        for section in SECTIONS
    )


def section_state(spec: SectionSpec, draft: Draft, reading: Reading, front: Front, doing: Doing) -> SectionState:
    """Return a section with its fields; what is not a field is joined to it here."""
    operator, texts = spec.id == OPERATOR, front.texts
    key_problem = texts.error(doing.key_problem) if doing.key_problem else ""
    return SectionState(
        id=spec.id,
        title=texts.say(spec.title),
        notes=_notes(spec, reading, front),
        checklist=checklist(reading, texts) if operator else None,
        keys=key_pair(reading, texts, busy=doing.key_busy, problem=key_problem) if operator else None,
        checkup=doing.checkup if spec.id == CHECKUP else None,
        fields=tuple(_field(field, draft, reading, texts) for field in spec.fields),
        problem=texts.error(doing.problem) if doing.problem else "",
        instant=spec.instant,
        changed=draft.has_changes(spec),
        saving=doing.saving,
    )


def _notes(spec: SectionSpec, reading: Reading, front: Front) -> tuple[Note, ...]:
    if spec.id == CALLBACKS:
        return callback_notes(reading, front)
    if spec.id == OPERATOR and reading.is_demo:
        told = front.texts.say(
            "This is the demo: the operator is played by the program; changes last as long as the demo home."
        )
        return (Note(told, "waiting", "info"),)
    return ()


def _field(spec: FieldSpec, draft: Draft, reading: Reading, texts: Texts) -> FieldState:
    say, text = texts.say, draft.text(spec.key)
    return FieldState(
        key=spec.key,
        kind=spec.kind,
        label=say(spec.label),
        heading=say(spec.heading) if spec.heading else "",
        hint=_hint(spec, draft, reading, texts),
        warning=_warning(spec, text, reading, texts),
        value=text,
        placeholder=_placeholder(spec, draft, texts),
        unit=say(spec.unit) if spec.unit else "",
        choices=_choices(spec, text, texts),
        error=_error(draft.errors.get(spec.key) or _stored_error(spec, draft, reading), texts),
        changed=draft.is_changed(spec.key),
        visible=draft.is_visible(spec),
    )


def _hint(spec: FieldSpec, draft: Draft, reading: Reading, texts: Texts) -> str:
    if spec.preview and (meaning := spec.preview(draft.text(spec.key), texts)):
        return meaning
    if spec.key == ENVIRONMENT and not draft.is_changed(spec.key) and draft.text(spec.key) != "custom":
        return texts.say("Requests go to {address}", address=reading.values.get(ADDRESS))
    return texts.say(spec.hint) if spec.hint else ""


def _warning(spec: FieldSpec, text: str, reading: Reading, texts: Texts) -> str:
    if spec.warn_if is None or text.strip() != spec.warn_if[0]:
        return ""
    return "" if reading.is_demo and spec.key in DEMO_SPARES else texts.say(spec.warn_if[1])


def _placeholder(spec: FieldSpec, draft: Draft, texts: Texts) -> str:
    if spec.kind is FieldKind.PASSWORD and draft.stored.get(spec.key) == SECRET:
        return texts.say("Saved. Type here to replace it.")
    return spec.placeholder


def _choices(spec: FieldSpec, text: str, texts: Texts) -> tuple[Choice, ...]:
    """A stored value that the table does not offer is still a choice."""
    choices = tuple(Choice(value, texts.say(word)) for value, word in spec.choices)
    known = spec.kind is not FieldKind.CHOICE or text in (choice.value for choice in choices)
    return choices if known else (*choices, Choice(text, one_line(text)))


def _stored_error(spec: FieldSpec, draft: Draft, reading: Reading) -> PaydeskError | None:
    return None if draft.is_changed(spec.key) else reading.bad.get(spec.key)


def _error(error: PaydeskError | None, texts: Texts) -> str | None:
    """Beside its field, the name of the setting need not be said again."""
    if error is None:
        return None
    if not isinstance(error, SettingBad):
        return texts.error(error)
    reason = str(error.details.get("reason", ""))
    file = error.details.get("file")
    if reason == "unreadable_file":
        told = texts.say("This file cannot be read. Choose another one.")
    else:
        told = texts.reason(reason)
        told = told[:1].upper() + told[1:]
    return f"{told} ({file})" if file else told
