"""What the settings page shows, as frozen values with ready texts: a section is a table of fields."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.services.checks import check_result


class FieldKind(StrEnum):
    """How a setting is edited; the form has one editor for each. NUMBER: a short line for digits, perhaps a time."""

    TEXT = "text"
    NUMBER = "number"
    SUM = "sum"
    SUMS = "sums"
    PASSWORD = "password"
    CHOICE = "choice"
    SUGGEST = "suggest"
    FLAG = "flag"
    FILE = "file"
    LINES = "lines"


KEY_PAIR: Final = check_result.KEY_PAIR


class KeyAction(StrEnum):
    """The commands of the shop's own key pair."""

    MAKE = "make"
    IMPORT = "import"
    COPY = "copy"
    SAVE = "save"


class PageMode(StrEnum):
    """What the page shows: nothing read yet, why it cannot be read, or the open section."""

    LOADING = "loading"
    PROBLEM = "problem"
    FORM = "form"


@dataclass(frozen=True, slots=True)
class Choice:
    """`value` is stored, `word` is shown."""

    value: str
    word: str


@dataclass(frozen=True, slots=True)
class FieldState:
    """One setting in the form. `value` is the editor's text; a flag's is `true` or `false`."""

    key: str
    kind: FieldKind
    label: str
    heading: str = ""
    """Opens a group of fields."""
    hint: str = ""
    warning: str = ""
    value: str = ""
    placeholder: str = ""
    unit: str = ""
    choices: tuple[Choice, ...] = ()
    error: str | None = None
    changed: bool = False
    visible: bool = True


@dataclass(frozen=True, slots=True)
class Note:
    """A line about the current status: `tone` and `icon` of the theme."""

    text: str
    tone: str
    icon: str


@dataclass(frozen=True, slots=True)
class CheckItem:
    """A step of connecting, and the setting that it leads to. `done` None: only the owner knows."""

    text: str
    done: bool | None
    field: str = ""


@dataclass(frozen=True, slots=True)
class Checklist:
    """`check`: the word of the button that asks the operator; `answer`: what came of it."""

    title: str
    items: tuple[CheckItem, ...]
    check: str = ""
    checking: bool = False
    answer: Note | None = None


@dataclass(frozen=True, slots=True)
class KeyPairState:
    """The shop's own key pair. An empty `fingerprint`: none yet. `explanation`: what it is for."""

    explanation: str = ""
    fingerprint: str = ""
    kept: str = ""
    warning: str = ""
    problem: str = ""
    busy: bool = False


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check result. `spoken`: the icon as a word; `advice` is empty when the check passed.

    `field`: the setting that corrects it, which the button `open` leads to; both are empty where none does.
    """

    text: str
    advice: str
    icon: str
    tone: str
    spoken: str
    field: str = ""
    open: str = ""


@dataclass(frozen=True, slots=True)
class CheckupState:
    """The check-up: `checked` says when it was last run, `empty` replaces the results before the first run."""

    intro: str
    button: str
    diagnostics: str = ""
    running: bool = False
    checked: str = ""
    summary: Note | None = None
    rows: tuple[CheckRow, ...] = ()
    empty: str = ""


@dataclass(frozen=True, slots=True)
class SectionTab:
    """A button of the left column; `unsaved`: the section has edits not stored yet."""

    id: str
    title: str
    icon: str
    unsaved: bool = False


@dataclass(frozen=True, slots=True)
class SectionState:
    """The open section. `instant`: a choice is stored at once, with nothing to save or undo.

    `focus`: the field that a person was led to, or KEY_PAIR.
    """

    id: str
    title: str
    notes: tuple[Note, ...] = ()
    checklist: Checklist | None = None
    keys: KeyPairState | None = None
    checkup: CheckupState | None = None
    fields: tuple[FieldState, ...] = ()
    problem: str = ""
    instant: bool = False
    changed: bool = False
    saving: bool = False
    focus: str = ""


@dataclass(frozen=True, slots=True)
class SettingsState:
    """`problem` explains the mode PROBLEM; `can_retry`: reading again may help."""

    mode: PageMode = PageMode.LOADING
    problem: str = ""
    can_retry: bool = False
    tabs: tuple[SectionTab, ...] = ()
    section: SectionState | None = None
