"""The check-up section of the settings: the doctor's check results as rows, without Qt."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.domain.errors import NotConfigured, StorageLocked
from app.i18n.doctor_texts import CHECK_RESULT_TEXTS
from app.i18n.texts import Texts
from app.services.checks.check_result import CheckResult
from app.ui.pages.settings.checkup import NOT_YET, UNSURE, icon_and_tone
from app.ui.pages.settings.presenter import SettingsPresenter
from app.ui.pages.settings.state import CheckupState, SettingsState
from tests.builders import START
from tests.fakes.context import FakeDoctor, make_context
from tests.fakes.ledger import FakeLedger
from tests.unit.test_settings_presenter import CheckedPreferences

STRAYS = CheckResult("strays", False, "strays_some", {"count": 3})
LOST = CheckResult("reach", False, "reach_lost", {"url": "https://shop.example", "reason": "timeout"})
NEVER = CheckResult("last_callback", True, "callback_never")
WELL = CheckResult("settings", True, "settings_ok")


class Page:
    """A presenter on a fake doctor, open on the check-up section."""

    def __init__(self, language: str = "en") -> None:
        self.context = make_context(FakeLedger(), language=language)
        assert self.context.core is not None
        self.api: Any = self.context.core.api
        self.api.preferences = CheckedPreferences()
        self.doctor: FakeDoctor = self.api.doctor
        self.shown: list[SettingsState] = []
        self.presenter = SettingsPresenter(self.context, self.shown.append, lambda _: None)

    async def open(self) -> CheckupState:
        self.presenter.open_section("checkup")
        await self.presenter.wait_until_idle()
        return self.checkup

    async def check(self, *findings: CheckResult) -> CheckupState:
        self.doctor.findings = list(findings)
        self.presenter.check_up()
        await self.presenter.wait_until_idle()
        return self.checkup

    @property
    def checkup(self) -> CheckupState:
        section = self.shown[-1].section
        assert section is not None
        assert section.checkup is not None
        return section.checkup


@pytest.fixture
async def page() -> Page:
    made = Page()
    await made.open()
    return made


async def test_before_the_first_one_it_says_so(page: Page) -> None:
    checkup = page.checkup
    assert (checkup.rows, checkup.summary, checkup.checked) == ((), None, "")
    assert (checkup.empty, checkup.button, checkup.running) == ("Not checked yet", "Check now", False)
    assert page.doctor.run_count == 0, "opening a section sends nothing anywhere"


async def test_there_is_nothing_to_save(page: Page) -> None:
    section = page.shown[-1].section
    assert section is not None
    assert (section.fields, section.instant, section.problem) == ((), True, "")


async def test_findings_are_rows_with_advice(page: Page) -> None:
    checkup = await page.check(WELL, NEVER, STRAYS, LOST)
    assert [(row.icon, row.tone) for row in checkup.rows] == [
        ("warning", "attention"),
        ("cross", "failed"),
        ("check", "paid"),
        ("info", "ended"),
    ], "what is to be mended stands on top"
    assert checkup.rows[1].text == "A request to https://shop.example got no answer (no answer in time)."
    assert checkup.rows[1].advice.startswith("Check the router")
    assert checkup.rows[2].advice == ""
    assert checkup.rows[0].text.endswith("unknown here: 3.")
    assert checkup.empty == ""
    assert checkup.checked == "Checked at 12:15"


async def test_the_summary_counts_what_needs_a_look(page: Page) -> None:
    checkup = await page.check(WELL, STRAYS, LOST)
    assert checkup.summary is not None
    assert (checkup.summary.text, checkup.summary.tone) == ("2 things need a look.", "attention")
    checkup = await page.check(WELL, NEVER)
    assert checkup.summary is not None
    assert (checkup.summary.text, checkup.summary.tone) == ("Everything is well.", "paid")


async def test_while_it_looks_it_says_so_and_a_second_press_does_nothing(page: Page) -> None:
    page.doctor.gate = asyncio.Event()
    for _ in range(2):
        page.presenter.check_up()
        await asyncio.sleep(0)
    assert (page.checkup.button, page.checkup.running, page.checkup.empty) == ("Checking…", True, "")
    page.doctor.gate.set()
    await page.presenter.wait_until_idle()
    assert (page.checkup.button, page.checkup.running) == ("Check now", False)
    assert page.doctor.run_count == 1


async def test_another_section_meanwhile_does_not_stop_it(page: Page) -> None:
    page.doctor.gate = asyncio.Event()
    page.presenter.check_up()
    page.presenter.open_section("shop")
    page.doctor.gate.set()
    await page.presenter.wait_until_idle()
    assert len((await page.open()).rows) == 1


async def test_a_doctor_that_cannot_be_asked_leaves_the_last_findings(page: Page) -> None:
    await page.check(WELL)
    page.doctor.refusal = StorageLocked()
    checkup = await page.check(WELL)
    assert checkup.summary is not None
    assert checkup.summary.text == Texts("en").error(StorageLocked())
    assert len(checkup.rows) == 1
    page.doctor.refusal = None
    assert (await page.check(WELL)).summary != checkup.summary


async def test_a_check_of_another_day_carries_its_date(page: Page) -> None:
    await page.check(WELL)
    page.api.clock.moment = START.replace(day=23)
    page.presenter.on_tick()
    assert page.checkup.checked == "Checked at 21.11.2026 12:15"


async def test_errors_in_findings_are_reported_in_words(page: Page) -> None:
    missing = CheckResult("operator", False, "operator_not_asked", {"error": NotConfigured(setting="operator_token")})
    [row] = (await page.check(missing)).rows
    assert "token" in row.text
    assert "not_configured" not in row.text


@pytest.mark.parametrize("code", sorted(CHECK_RESULT_TEXTS))
def test_every_finding_has_a_look(code: str) -> None:
    text, advice = CHECK_RESULT_TEXTS[code]
    assert text
    icon, _tone = icon_and_tone(CheckResult("any", not advice, code))
    assert icon in (("check", "info") if not advice else ("cross", "warning"))


def test_the_exceptions_are_codes_of_the_doctor() -> None:
    assert CHECK_RESULT_TEXTS.keys() >= UNSURE | NOT_YET


async def test_results_from_before_a_save_are_marked_as_old(page: Page) -> None:
    await page.check(WELL)
    page.presenter.open_section("shop")
    await page.presenter.wait_until_idle()
    page.presenter.edit("shop.name", "Renamed")
    page.presenter.save()
    await page.presenter.wait_until_idle()
    old = await page.open()
    assert old.checked.endswith("before the last change of the settings")
    fresh = await page.check(WELL)
    assert not fresh.checked.endswith("before the last change of the settings")


async def test_a_finding_opens_the_section_and_the_field_that_mend_it(page: Page) -> None:
    checkup = await page.check(CheckResult("public_url", False, "public_url_missing"), NEVER)
    assert [(row.field, row.open) for row in checkup.rows] == [("callbacks.public_url", "Open"), ("", "")]
    page.presenter.open_field("callbacks.public_url")
    section = page.shown[-1].section
    assert section is not None
    assert (section.id, section.focus) == ("callbacks", "callbacks.public_url")
    page.presenter.open_field("keys")
    section = page.shown[-1].section
    assert section is not None
    assert (section.id, section.focus) == ("operator", "keys")
