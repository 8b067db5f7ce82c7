"""One cause is one finding, and a finding that a setting mends leads to its field."""

from __future__ import annotations

import re

import pytest

from app.domain.errors import SettingBad
from app.i18n.doctor_texts import CHECK_RESULT_TEXTS
from app.i18n.texts import Texts
from app.services.checks.check_result import _CAUSES, _SETTINGS, KEY_PAIR, CheckResult, causes_only
from app.settings.schema import SPECS as STORED
from app.ui.pages.settings.fields import SECTIONS, SPECS


def codes(results: list[CheckResult]) -> list[str]:
    return [result.code for result in results]


def test_what_only_follows_is_not_told() -> None:
    no_address = [
        CheckResult("public_url", False, "public_url_missing"),
        CheckResult("address", False, "address_none"),
        CheckResult("reachable", False, "reach_untested"),
        CheckResult("tls", False, "tls_none"),
    ]
    assert codes(causes_only(no_address)) == ["public_url_missing"]
    no_operator = [
        CheckResult("operator", False, "operator_silent"),
        CheckResult("token_accepted", False, "accepted_unknown"),
        CheckResult("clock", True, "clock_unknown"),
    ]
    assert codes(causes_only(no_operator)) == ["operator_silent"]
    no_token = [CheckResult("token", False, "token_missing"), CheckResult("operator", False, "operator_not_asked")]
    assert codes(causes_only(no_token)) == ["token_missing"]


def test_what_has_no_other_cause_is_told() -> None:
    alone = [
        CheckResult("public_url", True, "public_url_ok"),
        CheckResult("tls", False, "tls_none"),
        CheckResult("operator", False, "operator_not_asked"),
        CheckResult("clock", True, "clock_unknown"),
    ]
    assert codes(causes_only(alone)) == ["public_url_ok", "tls_none", "operator_not_asked"]


def test_every_code_of_the_tables_is_one_of_the_doctors() -> None:
    assert CHECK_RESULT_TEXTS.keys() >= _SETTINGS.keys() | _CAUSES.keys()


@pytest.mark.parametrize("key", sorted(set(_SETTINGS.values()) - {KEY_PAIR}))
def test_every_setting_that_mends_has_a_field(key: str) -> None:
    assert key in SPECS
    assert key in STORED or key == "operator.token"


def test_a_bad_setting_leads_to_its_own_field() -> None:
    bad = CheckResult("settings", False, "settings_bad", {"error": SettingBad(key="callbacks.port", reason="range")})
    assert bad.setting == "callbacks.port"
    assert CheckResult("settings", True, "settings_ok").setting is None
    assert CheckResult("token", False, "token_missing").setting == "operator.token"


@pytest.mark.parametrize("language", ["en", "uk"])
@pytest.mark.parametrize("code", sorted(CHECK_RESULT_TEXTS))
def test_advice_speaks_of_screens(code: str, language: str) -> None:
    """No key of the settings file, and what it names in quotation marks stands on the settings page, or is a verb."""
    texts = Texts(language)
    said = " ".join(texts.say(sentence) for sentence in CHECK_RESULT_TEXTS[code] if sentence)
    assert not re.search(r"\b(operator|callbacks|shop|till|ui)\.[a-z_]+", said)
    labels = {texts.say(spec.label) for spec in SPECS.values()} | {texts.say(section.title) for section in SECTIONS}
    quoted = set(re.findall(r"[“«]([^”»]+)[”»]", said))
    unknown = {name for name in quoted if not name.startswith("paydesk ")} - labels
    assert {name for name in unknown if not any(_is_form_of(name, label) for label in labels)} == set()


def _is_form_of(name: str, label: str) -> bool:
    """Say whether a name is a label in another case of Ukrainian: the words begin alike."""
    label = label.partition(" (")[0]
    pairs = list(zip(name.split(), label.split(), strict=False))
    alike = all(one[:5].casefold() == other[:5].casefold() for one, other in pairs)
    return len(name.split()) == len(label.split()) and alike
