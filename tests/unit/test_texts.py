"""Every code has a text, every text a translation, and both name the same values."""

from __future__ import annotations

import ast
import copy
import re
import string
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import get_args

import pytest

from app.domain import errors
from app.domain.errors import OperatorRefused, PaydeskError, SettingBad
from app.domain.ids import LinkKey, TransactionId
from app.domain.journal.events import (
    FACTS,
    CallbackReceived,
    JournalEntry,
    LinkRefused,
    SignatureCheck,
    Source,
    StatusAnswered,
)
from app.domain.journal.fact_data import fact_from_data
from app.domain.payment import Attention, ConfirmedBy, PaymentStatus, RefundMark
from app.i18n import event_texts, formats
from app.i18n.catalogue import catalogue, read_po
from app.i18n.doctor_texts import check_result_texts
from app.i18n.error_texts import ERRORS, REASONS
from app.i18n.language import Language, chosen_language, system_language
from app.i18n.resources import resource
from app.i18n.texts import Texts
from tests import builders
from tests.hostile import acting, hostile

APP = Path(__file__).resolve().parents[2] / "app"
LANGUAGES = get_args(Language)
PO = read_po(resource("locale/uk/LC_MESSAGES/paydesk.po"))
AT = datetime(2026, 11, 21, 10, 15, tzinfo=UTC)


def _kinds(kind: type[PaydeskError]) -> Iterator[type[PaydeskError]]:
    yield kind
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from _kinds(child)


def _used_messages() -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted(APP.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                arguments = node.args[: {"say": 1, "_": 1, "n": 1}.get(name, 0)]
                for argument in arguments:
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        found[argument.value] = str(path.relative_to(APP))
    return found


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_used_sentence_is_in_ukrainian() -> None:
    translated = {entry["msgid"] for entry in PO if entry.get("msgstr") or entry.get("msgstr[0]")}
    missing = {text: where for text, where in _used_messages().items() if text not in translated}
    assert missing == {}


def test_the_catalogue_names_no_sentence_twice() -> None:
    sources = [entry["msgid"] for entry in PO]
    assert len(sources) == len(set(sources))


def test_both_sides_name_the_same_values() -> None:
    for entry in PO[1:]:
        sides = [text for name, text in entry.items() if name.startswith("msgstr")]
        assert all(_fields(side) == _fields(entry["msgid"]) for side in sides), entry["msgid"]


LOOKS = ("{n} thing needs a look.", "{n} things need a look.")


def test_ukrainian_has_three_plural_forms() -> None:
    assert all({"msgstr[0]", "msgstr[1]", "msgstr[2]"} <= entry.keys() for entry in PO if "msgid_plural" in entry)
    shown = [Texts("uk").n(*LOOKS, count) for count in (1, 2, 5, 11, 12, 21, 22, 100, 111)]
    assert shown == [
        "1 пункт потребує уваги.",
        "2 пункти потребують уваги.",
        "5 пунктів потребують уваги.",
        "11 пунктів потребують уваги.",
        "12 пунктів потребують уваги.",
        "21 пункт потребує уваги.",
        "22 пункти потребують уваги.",
        "100 пунктів потребують уваги.",
        "111 пунктів потребують уваги.",
    ]
    english = [Texts("en").n(*LOOKS, count) for count in (0, 1, 2)]
    assert english == ["0 things need a look.", "1 thing needs a look.", "2 things need a look."]


def test_money_is_told_with_how_many_paid_of_how_many_links() -> None:
    assert Texts("en").paid_of(3, 7) == "paid 3 of 7"
    assert Texts("uk").paid_of(3, 1042) == "сплачено 3 з 1\u00a0042"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(_kinds(PaydeskError)), ids=lambda kind: kind.code)
def test_every_error_has_a_sentence_of_one_line(kind: type[PaydeskError], language: Language) -> None:
    assert kind.code in ERRORS
    sentence = Texts(language).error(kind(limit_minor=10_000_000, message="two\nlines", key="ui.scale"))
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert len(sentence) > 20


@pytest.mark.parametrize("kind", list(_kinds(PaydeskError)))
def test_an_error_can_be_copied(kind: type[PaydeskError]) -> None:
    """The file for support holds check results, and those hold errors."""
    copied = copy.deepcopy(kind(key="shop.name", line=3))
    assert (type(copied), copied.details, str(copied)) == (
        kind,
        {"key": "shop.name", "line": 3},
        str(kind(**copied.details)),
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_of_silence_has_words_of_its_own(language: Language) -> None:
    texts = Texts(language)
    reasons = [code.partition(": ")[2] for code in ERRORS if code.startswith("operator_unreachable: ")]
    assert {"certificate_untrusted", "certificate_expired", "certificate_name", "tls"} < set(reasons)
    rendered = {texts.error(errors.OperatorUnreachable(reason=reason)) for reason in [*reasons, "connection"]}
    assert len(rendered) == len(reasons) + 1
    assert rendered == {texts.problem(f"operator_unreachable: {reason}") for reason in [*reasons, "connection"]}
    failures = {texts.failure(reason) for reason in reasons}
    assert len(failures) == len(reasons)
    assert not failures & set(reasons)


def test_error_names_its_details() -> None:
    texts = Texts("uk")
    assert "100\u00a0000,00\u00a0₴" in texts.error(errors.AmountOverLimit(limit_minor=10_000_000))
    refused = texts.error(errors.OperatorRefused(operator_code="403", message="ні"))
    assert "403" in refused
    assert "ні" in refused


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_nonsense_answer_is_reported_in_words(language: Language) -> None:
    """An operator behind a broken proxy answers HTML or 502: no code of ours belongs on the screen."""
    texts = Texts(language)
    rendered = [
        texts.error(errors.OperatorRefused(operator_code=None, message="bad_answer", reason="bad_answer")),
        texts.error(
            errors.OperatorRefused(operator_code=None, message="http_status", reason="http_status", status=502)
        ),
        texts.event(builders.entry(LinkRefused(LinkKey("k"), TransactionId("t"), None, "bad_answer"))),
        texts.event(builders.entry(LinkRefused(LinkKey("k"), TransactionId("t"), None, "http_status"))),
        texts.failure("bad_answer"),
    ]
    assert not [sentence for sentence in rendered if "_" in sentence or "()" in sentence or "код )" in sentence]
    assert "502" in rendered[1]


def test_a_bad_setting_is_reported_by_name_line_and_reason() -> None:
    rendered = Texts("en").error(errors.SettingBad(key="callbacks.port", reason="range:1..65535", line=7))
    assert rendered == (
        "The setting callbacks.port cannot be used (line 7 of settings.toml): it must lie within 1..65535."
        " Correct it and try again."
    )
    assert "рядок 7" in Texts("uk").error(errors.SettingBad(key="callbacks.port", reason="unknown", line=7))
    assert Texts("en").reason("what nobody foresaw") == "what nobody foresaw"


def test_every_reason_of_the_checks_has_words() -> None:
    codes: set[str] = set()
    for path in (APP / "settings").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "InvalidValue" and node.args:
                codes |= set(re.findall(r"['\"]([a-z][a-z_0-9]+)[:'\"]", ast.unparse(node.args[0])))
    assert codes
    assert codes <= REASONS.keys()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", sorted(FACTS))
def test_every_fact_has_a_sentence(kind: str, language: Language) -> None:
    values = {"expires_at": 0, "lease_until": 0, "signed": "verified", "amount_minor": 12550, "command": "pay"}
    entry = JournalEntry(1, AT, None, Source.PROGRAM, fact_from_data(kind, values))
    assert Texts(language).event(entry)


def _callback(command: str, **values: object) -> JournalEntry:
    data: dict[str, object] = {"link_key": "k", "command": command, "signed": "verified", "result": "10", **values}
    data.setdefault("sum_minor", 12550)
    return JournalEntry(1, AT, None, Source.CALLBACK, fact_from_data(CallbackReceived.type, data))


def test_callbacks_say_what_they_brought() -> None:
    texts = Texts("en")
    assert texts.event(_callback("pay", counts=True)) == "The operator reported the payment of 125,50\u00a0₴"
    unsigned = texts.event(_callback("pay", signed=SignatureCheck.MISSING.value))
    assert unsigned == "A callback about the payment of 125,50\u00a0₴ was not counted (without a signature)"
    assert "no money" in texts.event(_callback("error", error_text="no money"))
    assert "late" in texts.event(_callback("check", result="21", message="too late"))
    assert "{odd}" in texts.event(_callback("{odd}"))


def test_answers_say_what_they_prove() -> None:
    def rendered(**values: object) -> str:
        fact = StatusAnswered(LinkKey("k"), TransactionId("t"), **values)  # type: ignore[arg-type]
        return Texts("en").event(JournalEntry(1, AT, None, Source.INQUIRY, fact))

    assert rendered(operation_status=10, message="", proves=True) == "The operator was asked: paid"
    assert "a person must confirm" in rendered(operation_status=10, message="", hint=True)
    assert "failed" in rendered(operation_status=21, message="")
    assert "compare" in rendered(operation_status=1, message="", baseline=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_has_words(language: Language) -> None:
    texts = Texts(language)
    assert all(texts.status(status) for status in PaymentStatus)
    assert all(texts.attention(attention).count(".") >= 2 for attention in Attention)
    assert all(texts.confirmed_by(way) for way in ConfirmedBy)
    assert all(texts.refund(mark) for mark in RefundMark if mark is not RefundMark.NONE)
    assert texts.confirmed_by(None) == ""


def test_words_of_the_screens() -> None:
    uk = Texts("uk")
    assert uk.status(PaymentStatus.PAID, late=True) == "Оплачено із запізненням"
    assert uk.status(PaymentStatus.OPEN, last_error="ні") == "Спроба не вдалася, можна ще платити"
    assert uk.status(PaymentStatus.OPEN) == "Очікує оплати"
    assert Texts("en").status(PaymentStatus.UNDERPAID) == "Underpaid"


def test_unknown_sentences_and_missing_values_do_no_harm() -> None:
    assert Texts("uk").say("Never {seen}", seen=1) == "Never 1"
    assert Texts("uk").say("Never {seen}") == "Never ?"
    assert catalogue("uk").gettext("") == ""


@pytest.mark.parametrize(
    ("minor", "text"),
    [
        (125000, "1\u00a0250,00\u00a0₴"),
        (5, "0,05\u00a0₴"),
        (0, "0,00\u00a0₴"),
        (-100, "\u22121,00\u00a0₴"),
        (123456789012, "1\u00a0234\u00a0567\u00a0890,12\u00a0₴"),
    ],
)
def test_money(minor: int, text: str) -> None:
    assert formats.money_text(minor) == text


def test_times_are_the_shops() -> None:
    kyiv = formats.shop_zone("Europe/Kyiv")
    assert formats.moment_text(AT, kyiv) == "21.11.2026 12:15"
    assert formats.date_text(datetime(2026, 6, 30, 21, 30, tzinfo=UTC), kyiv) == "01.07.2026"
    assert formats.day_text(date(2026, 1, 2)) == "02.01.2026"


@pytest.mark.parametrize(
    ("values", "language"),
    [
        ({"LANG": "uk_UA.UTF-8"}, "uk"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANGUAGE": "uk:en", "LANG": "en_US.UTF-8"}, "uk"),
        ({"LC_ALL": "C", "LANG": "uk_UA.UTF-8"}, "en"),
    ],
)
def test_system_language(values: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    assert system_language() == language
    assert chosen_language("system") == language
    assert (chosen_language("uk"), chosen_language("en")) == ("uk", "en")


@pytest.mark.parametrize("language", ["uk", "en"])
def test_no_foreign_value_acts_in_a_sentence(language: Language) -> None:
    """Whatever the details of a code or a fact hold, and whichever sentence they are inserted into."""
    texts, foreign = Texts(language), hostile(Path("/file"))
    sentences = (*ERRORS.values(), *event_texts.EVENTS.values(), *event_texts.CALLBACKS.values())
    details: dict[str, object] = dict.fromkeys(set().union(*map(_fields, sentences)), foreign)
    rendered = [texts.say(sentence, **details) for sentence in sentences]
    rendered += [texts.problem(code, **details) for code in ERRORS]
    rendered += [texts.error(kind(**details)) for kind in _kinds(PaydeskError)]
    rendered += [texts.n("{n} row {x}", "{n} rows {x}", 2, x=foreign), texts.reason(foreign), texts.failure(foreign)]
    for command in ("pay", "error", "check", "refund", foreign):
        rendered.append(texts.event(_callback(command, error_text=foreign, message=foreign, result="21")))
    rendered += list(check_result_texts(texts, "ledger_damaged", {"reason": foreign}, UTC))
    rendered += list(check_result_texts(texts, "settings_bad", {"error": SettingBad(key=foreign, reason=foreign)}, UTC))
    assert any("<b>PAID</b>" in sentence for sentence in rendered)
    assert [sentence for sentence in rendered if acting(sentence)] == []


@pytest.mark.parametrize("message", ["unknown partner token", "Bad packet", "wrong signature.", "fail", "  DONE "])
def test_known_words_of_the_operator_are_said_in_the_language_of_the_screen(message: str) -> None:
    error = OperatorRefused(message=message, operator_code="401")
    said = Texts("uk").error(error)
    assert message.strip() not in said
    assert not re.search("[a-z]{3}", said), said
    assert Texts("uk").failure(message) in said


def test_other_words_of_the_operator_are_quoted_as_they_came() -> None:
    assert "Ліміт картки\\n" not in Texts("uk").failure("Ліміт картки\n")
    assert Texts("uk").failure("limit of the card") == "limit of the card"
