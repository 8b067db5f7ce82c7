"""The core's settings as read for the settings page, and the state of a section made from them and the draft. No Qt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.domain.errors import HomeTaken, PaydeskError, SettingBad
from app.domain.text.plain_text import one_line
from app.domain.web_addresses import base_url, is_same_address, scheme_of
from app.i18n.formats import moment_text
from app.i18n.marks import _
from app.i18n.texts import Texts
from app.services.checks.check_result import KEY_PAIR
from app.services.core_api import CoreApi, Health, Preferences
from app.ui.context import UiContext
from app.ui.pages.settings.codecs import SECRET
from app.ui.pages.settings.draft import Draft
from app.ui.pages.settings.fields import (
    ADDRESS,
    ENVIRONMENT,
    OPERATOR_KEY,
    SECTIONS,
    SPECS,
    TOKEN,
    FieldSpec,
    SectionSpec,
)
from app.ui.pages.settings.state import (
    CheckItem,
    Checklist,
    CheckupState,
    Choice,
    FieldKind,
    FieldState,
    KeyPairState,
    Note,
    SectionState,
    SectionTab,
)

OPERATOR, CALLBACKS, CHECKUP = "operator", "callbacks", "checkup"
NOT_IN_DEMO = frozenset({"callbacks.public_url"})
"""Fields whose warning is about a real installation and not shown in the demo."""
BAD_LISTENER_SETTINGS = {
    "callbacks.host": _("This computer has no address {host}."),
    "callbacks.tls_certificate_file": _(
        "The TLS certificate of this desk (callbacks.tls_certificate_file) cannot be used: {why}."
    ),
    "callbacks.tls_key_file": _("The key of the TLS certificate (callbacks.tls_key_file) cannot be used: {why}."),
}
"""The files have no field on the page, so their settings are named in the text."""


@dataclass(frozen=True, slots=True)
class Reading:
    """`missing`: the first setting XPAY still needs. `key`: the public key. `bad`: stored settings that are invalid."""

    values: Mapping[str, object] = field(default_factory=dict)
    missing: str | None = None
    key: Mapping[str, str] | None = None
    key_problem: PaydeskError | None = None
    bad: Mapping[str, PaydeskError] = field(default_factory=dict)
    health: Health = field(default_factory=Health)
    is_demo: bool = False

    @property
    def replaced(self) -> Iterable[str]:
        """The settings that are bad in the file, so that other values are in use."""
        return (str(problem.details.get("key", "")) for problem in self.health.setting_problems)


def read_settings(api: CoreApi) -> Reading:
    """Read the settings. Raises StorageError; the error of a broken key or file is part of the result."""
    preferences = api.preferences
    missing, bad = _missing(preferences)
    key, key_problem = _key(preferences)
    health = api.health()
    bad |= {str(problem.details.get("key", "")): problem for problem in health.setting_problems}
    return Reading(dict(preferences.values()), missing, key, key_problem, bad, health, api.is_demo)


def _missing(preferences: Preferences) -> tuple[str | None, dict[str, PaydeskError]]:
    try:
        return preferences.missing(), {}
    except SettingBad as refusal:
        key = str(refusal.details.get("key", ""))
        return key, {key: refusal}
    except PaydeskError:
        return "keys", {}  # the key pair box shows why it cannot be read


def _key(preferences: Preferences) -> tuple[Mapping[str, str] | None, PaydeskError | None]:
    try:
        return preferences.public_key(), None
    except PaydeskError as refusal:
        return None, refusal


@dataclass(frozen=True, slots=True)
class Activity:
    """What is running or failed in the open section, and the states of the key pair and of the check-up."""

    saving: bool = False
    problem: PaydeskError | None = None
    keys: KeyPairState | None = None
    checkup: CheckupState | None = None
    checking: bool = False
    answer: Note | None = None
    """Of *Check connection*, which runs while `checking`."""


def section_tabs(draft: Draft, texts: Texts) -> tuple[SectionTab, ...]:
    """Return the buttons of the left column."""
    return tuple(
        SectionTab(section.id, texts.say(section.title), section.icon, draft.has_changes(section))
        for section in SECTIONS
    )


def section_state(
    spec: SectionSpec, draft: Draft, reading: Reading, context: UiContext, activity: Activity
) -> SectionState:
    """Return a section with its fields; what is not a field is added here."""
    operator, texts = spec.id == OPERATOR, context.texts
    return SectionState(
        id=spec.id,
        title=texts.say(spec.title),
        notes=_notes(spec, reading, context),
        checklist=_checklist(reading, draft, activity, texts) if operator else None,
        keys=activity.keys if operator else None,
        checkup=activity.checkup if spec.id == CHECKUP else None,
        fields=tuple(_field(field, draft, reading, texts) for field in spec.fields),
        problem=texts.error(activity.problem) if activity.problem else "",
        instant=spec.instant,
        changed=draft.has_changes(spec),
        saving=activity.saving,
    )


def _notes(spec: SectionSpec, reading: Reading, context: UiContext) -> tuple[Note, ...]:
    if spec.id == CALLBACKS:
        return _callback_notes(reading, context)
    if spec.id == OPERATOR and reading.is_demo:
        text = context.texts.say(
            "This is the demo: the operator is played by the program; changes last as long as the demo home."
        )
        return (Note(text, "waiting", "info"),)
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
    return "" if reading.is_demo and spec.key in NOT_IN_DEMO else texts.say(spec.warn_if[1])


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
    """Return the error's text; at its field it omits the name of the setting."""
    if error is None:
        return None
    if not isinstance(error, SettingBad):
        return texts.error(error)
    reason = str(error.details.get("reason", ""))
    file = error.details.get("file")
    if reason == "unreadable_file":
        why = texts.say("This file cannot be read. Choose another one.")
    else:
        why = texts.reason(reason)
        why = why[:1].upper() + why[1:]
    return f"{why} ({file})" if file else why


def _checklist(reading: Reading, draft: Draft, activity: Activity, texts: Texts) -> Checklist:
    """Return the steps of connecting; only the owner knows whether the public key was sent."""
    say, values = texts.say, reading.values
    items = [
        CheckItem(say("Make or import the shop's key pair"), reading.key is not None, KEY_PAIR),
        CheckItem(say("Send the public key to XPAY (you do this yourself)"), None, KEY_PAIR),
        CheckItem(say("Enter the token"), values.get(TOKEN) == SECRET, TOKEN),
        CheckItem(say("Choose the operator's public key"), _has_operator_key(reading), OPERATOR_KEY),
    ]
    if values.get(ENVIRONMENT) == "custom":
        field = ADDRESS if draft.is_visible(SPECS[ADDRESS]) else ENVIRONMENT
        items.append(CheckItem(say("Enter the operator's address"), bool(values.get(ADDRESS)), field))
    complete = reading.missing is None
    return Checklist(
        title=say("XPAY can be asked for links") if complete else say("What is still missing"),
        items=tuple(items),
        check=say("Checking…") if activity.checking else say("Check connection"),
        checking=activity.checking,
        answer=activity.answer,
    )


def _callback_notes(reading: Reading, context: UiContext) -> tuple[Note, ...]:
    """Return how callbacks arrive now: where, or why not; when the last one came."""
    say, health = context.texts.say, reading.health
    if health.listener_problem:
        return (_listener_problem(reading, context.texts),)
    if health.listener_address is None:
        return (Note(say("Not receiving yet."), "ended", "clock"),)
    notes = [Note(say("Received at {address}.", address=health.listener_address), "paid", "check")]
    if health.callback_at is None:
        notes.append(Note(say("No callback since the start."), "ended", "bell"))
    else:
        at = moment_text(health.callback_at, context.shop.zone)
        notes.append(Note(say("The last callback came on {time}.", time=at), "ended", "bell"))
    if not _is_stored_address(health.listener_address, reading):
        notes.append(Note(say("The new address will be used after the next start."), "waiting", "refresh"))
    return tuple(notes)


def _listener_problem(reading: Reading, texts: Texts) -> Note:
    code, values = str(reading.health.listener_problem), reading.values
    if code == HomeTaken.code:
        return Note(texts.say("Another Paydesk receives callbacks for this home."), "ended", "info")
    if code == SettingBad.code and reading.health.listener_setting is not None:
        return Note(_bad_setting(reading.health.listener_setting, reading, texts), "failed", "warning")
    port = reading.health.listener_port or values.get("callbacks.port")
    return Note(texts.problem(code, port=port), "failed", "warning")


def _bad_setting(error: SettingBad, reading: Reading, texts: Texts) -> str:
    sentence = BAD_LISTENER_SETTINGS.get(str(error.details.get("key")))
    if sentence is None:
        return texts.error(error)
    why = texts.reason(str(error.details.get("reason", "")))
    return texts.say(sentence, host=reading.values.get("callbacks.host"), why=why)


def _is_stored_address(received_at: str, reading: Reading) -> bool:
    host, port = reading.values.get("callbacks.host"), reading.values.get("callbacks.port")
    if not isinstance(host, str) or not isinstance(port, int):
        return True  # nothing is known to differ
    return is_same_address(received_at, base_url(scheme_of(received_at), host, port))


def _has_operator_key(reading: Reading) -> bool:
    if OPERATOR_KEY in reading.bad or reading.missing == OPERATOR_KEY:
        return False
    return bool(reading.values.get(OPERATOR_KEY)) or reading.values.get(ENVIRONMENT) != "custom"
