"""Converts codes and facts to sentences: the only source of the program's texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from app.domain.errors import PaydeskError
from app.domain.journal.events import (
    CallbackReceived,
    JournalEntry,
    PaymentSettled,
    RefundAnswered,
    SignatureCheck,
    Source,
    StatusAnswered,
    UnknownFact,
)
from app.domain.operator_codes import FINAL_COMMANDS, JUDGED_COMMANDS, CallbackCommand, CallbackResult, OperationStatus
from app.domain.payment import Attention, ConfirmedBy, Payment, PaymentFlag, PaymentStatus, RefundMark, RefundStatus
from app.domain.payment_fold.received import NO_REASON
from app.domain.text.plain_text import one_line
from app.i18n import event_texts
from app.i18n.attention_texts import ATTENTION_TITLES, attention_sentences
from app.i18n.catalogue import catalogue
from app.i18n.error_texts import ERRORS, MISSING, REASONS, WARNINGS
from app.i18n.formats import count_text, money_text
from app.i18n.language import Language

_ANSWERS: dict[int | None, str] = {OperationStatus.DONE: "done", OperationStatus.DECLINED: "failed"}


class _Placeholders(dict[str, object]):
    """The values of placeholders: every text as plain text on one line, whatever its source."""

    def __init__(self, values: Mapping[str, object]) -> None:
        super().__init__({name: _plain(value) for name, value in values.items()})

    def __missing__(self, key: str) -> str:
        return "?"  # a missing value must not turn a message into a crash


class Texts:
    """Sentences in one language."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language
        self._catalogue = catalogue(language)

    def say(self, sentence: str, /, **values: object) -> str:
        """Return the translation of an English sentence, its `{placeholders}` filled in."""
        return self._catalogue.gettext(sentence).format_map(_Placeholders(values))

    def n(self, singular: str, plural: str, n: int, /, **values: object) -> str:
        """Return the plural form for `n`, which fills `{n}`: 1 платіж, 2 платежі, 5 платежів."""
        return self._catalogue.ngettext(singular, plural, n).format_map(_Placeholders({**values, "n": n}))

    def paid_of(self, paid: int, count: int) -> str:
        """Return `paid 3 of 7`: how many of the links the sum next to it came from."""
        return self.say("paid {paid} of {all}", paid=count_text(paid), all=count_text(count))

    def error(self, error: PaydeskError) -> str:
        """Return one line: what is wrong and what to do."""
        values = _shown(error.details)
        if error.code in ("setting_bad", "bad_key"):
            values.setdefault("key", values.get("setting", "?"))
            values["why"] = self.reason(str(error.details.get("reason", "")))
            if "file" in values:  # one of several files, so it must be named
                values["why"] = f"{values['why']}: {values['file']}"
            line = error.details.get("line")
            values["where"] = self.say(" (line {line} of settings.toml)", line=line) if line else ""
        if error.code == "not_configured":
            setting = str(error.details.get("setting", "?"))
            values["what"] = self.say(MISSING.get(setting) or MISSING[""], setting=setting)
        if error.code == "operator_refused":
            values["message"] = self.operator_message(str(error.details.get("message", "")))
        reason, _, values["limits"] = str(error.details.get("reason")).partition(":")
        particular = ERRORS.get(f"{error.code}: {reason}")
        return self.say(particular or ERRORS.get(error.code) or ERRORS[_parent_code(type(error))], **values)

    def problem(self, code: str, **details: object) -> str:
        """Return the sentence of an error of which only the code, or `code: reason`, is known."""
        sentence = ERRORS.get(code) or ERRORS.get(code.partition(": ")[0]) or ERRORS["error"]
        return self.say(sentence, **_shown(details))

    def warning(self, code: str) -> str:
        """Return the sentence of a warning's code."""
        return self.say(WARNINGS[code]) if code in WARNINGS else code

    def reason(self, reason: str) -> str:
        """Return why a setting's value is invalid, from its code such as `range:1..65535`."""
        code, _, limits = reason.partition(":")
        return self.say(REASONS[code], limits=limits) if code in REASONS else one_line(reason)

    def status(self, status: PaymentStatus, late: bool = False, last_error: str | None = None) -> str:
        if status is PaymentStatus.PAID and late:
            return self.say(event_texts.PAID_LATE)
        if status is PaymentStatus.OPEN and last_error:
            return self.say(event_texts.CAN_RETRY)
        return self.say(event_texts.STATUSES[status])

    def flag(self, flag: PaymentFlag) -> str:
        """Return the word of a flag."""
        return self.say(event_texts.FLAGS[flag])

    def failure(self, last_error: str | None) -> str:
        """Return why the last attempt failed on one line: the operator's own message, or ours where there is none."""
        if last_error == NO_REASON:
            return self.say(event_texts.NO_REASON)
        return self.operator_message(last_error or "")

    def refund(self, refund: RefundMark) -> str:
        """Return the text of the refund state; empty for no refund."""
        return self.say(event_texts.REFUNDS[refund]) if event_texts.REFUNDS[refund] else ""

    def attention(
        self, attention: Attention, payment: Payment | None = None, entries: Sequence[JournalEntry] = ()
    ) -> str:
        """Return what happened and what to do about it; with a payment, in the words that hold for it now."""
        return " ".join(self.say(sentence) for sentence in attention_sentences(attention, payment, entries))

    def attention_title(self, attention: Attention) -> str:
        """Return the reason in a few words."""
        return self.say(ATTENTION_TITLES[attention])

    def attention_texts(self, payment: Payment, entries: Sequence[JournalEntry] = ()) -> tuple[str, ...]:
        """Return one text for each reason of a payment. `entries`: its journal, where it is known."""
        return tuple(self.attention(code, payment, entries) for code in payment.attention)

    def confirmed_by(self, way: ConfirmedBy | None) -> str:
        return self.say(event_texts.CONFIRMED[way]) if way else ""

    def confirmed_by_short(self, way: ConfirmedBy | None) -> str:
        """Return one or two words: `message`, `inquiry`."""
        return self.say(event_texts.CONFIRMED_SHORT[way]) if way else ""

    def event(self, entry: JournalEntry) -> str:
        """Return one line about a fact of the journal."""
        fact = entry.fact
        if isinstance(fact, CallbackReceived):
            return self._callback(fact)
        if isinstance(fact, UnknownFact):
            return self.say(event_texts.UNKNOWN_FACT)
        sentence = event_texts.EVENTS[fact.type]
        if isinstance(fact, StatusAnswered):
            sentence = event_texts.ANSWERS.get(_answer(fact), sentence)
        elif isinstance(fact, PaymentSettled) and fact.paid:
            sentence = event_texts.SETTLED_PAID
        elif isinstance(fact, RefundAnswered) and fact.status in tuple(RefundStatus):
            status = RefundStatus(fact.status)
            by_person = event_texts.REFUND_BY_PERSON.get(status) if entry.source is Source.PERSON else None
            sentence = by_person or event_texts.REFUND_ANSWERS[status]
        values = _shown(asdict(fact))
        values["message"] = self.operator_message(str(values.get("message", "")))
        return self.say(sentence, **values)

    def operator_message(self, message: str) -> str:
        """Return what the operator said on one line: our words where they are known, or where its answer held none."""
        known = event_texts.KNOWN_MESSAGES.get(message.strip().rstrip(".!").casefold())
        sentence = event_texts.FAILURE_TEXTS.get(message) or known
        return self.say(sentence) if sentence else one_line(message)

    def _callback(self, fact: CallbackReceived) -> str:
        values = _shown(asdict(fact))
        values["sum"] = "?" if fact.sum_minor is None else money_text(fact.sum_minor)
        values["error_text"] = self.failure(fact.error_text or NO_REASON)
        if fact.message in event_texts.REFUSALS:
            values["message"] = self.say(event_texts.REFUSALS[fact.message])
        sentence = event_texts.CALLBACKS.get(_callback_kind(fact), event_texts.EVENTS[fact.type])
        notes = [self.say(event_texts.CALLBACK_NOTES[note], **values) for note in _notes(fact)]
        text = self.say(sentence, **values)
        return f"{text} ({'; '.join(notes)})" if notes else text


def _parent_code(kind: type[PaydeskError]) -> str:
    """Return the nearest parent's code with a sentence, for a code without its own."""
    codes = (parent.code for parent in kind.__mro__ if issubclass(parent, PaydeskError))
    return next(code for code in codes if code in ERRORS)


def _shown(details: Mapping[str, object]) -> dict[str, object]:
    """Return sums formatted, under the name without `_minor`; texts on one line; absent values as empty text."""
    values: dict[str, object] = {}
    for name, value in details.items():
        if name.endswith("_minor") and isinstance(value, int):
            values[name.removesuffix("_minor")] = money_text(value)
        else:
            values[name] = "" if value is None else one_line(str(value))
    return values


def _plain(value: object) -> object:
    """Return numbers unchanged; a clean text keeps its outer spaces: it may be a part of a sentence of ours."""
    text = str(value)
    return value if isinstance(value, int | float) or (text.isprintable() and "  " not in text) else one_line(text)


def _answer(fact: StatusAnswered) -> str:
    if fact.baseline:
        return "baseline"
    if fact.hint:
        return "hint"
    return _ANSWERS.get(fact.operation_status, "")


def _callback_kind(fact: CallbackReceived) -> str:
    if fact.at_fixed_address and fact.command in FINAL_COMMANDS:
        return f"{fact.command}_at_fixed_address"
    if fact.command == CallbackCommand.PAY:
        counted = fact.counts
    elif fact.command == CallbackCommand.REFUND:
        counted = fact.signed is SignatureCheck.VERIFIED and not fact.replay
    else:
        counted = fact.command != CallbackCommand.ERROR or not fact.replay
    return fact.command if counted else f"{fact.command}_not_counted"


def _notes(fact: CallbackReceived) -> list[str]:
    notes = [name for name in ("late", "txn_reused", "replay") if getattr(fact, name)]
    if fact.command in FINAL_COMMANDS and fact.signed is not SignatureCheck.VERIFIED:
        notes.insert(0, fact.signed.value)
    if fact.command in JUDGED_COMMANDS and fact.result == CallbackResult.REFUSED:
        notes.append("refused")
    return notes
