"""*Check connection* in the operator's section: one question to the operator, answered where it was asked."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.domain.errors import NotConfigured, OperatorRefused, StorageLocked
from app.i18n.texts import Texts
from app.services.checks.check_result import CheckResult
from app.ui.pages.settings.presenter import SettingsPresenter
from app.ui.pages.settings.state import Checklist, KeyAction, Note, SettingsState
from tests.fakes.context import FakeDoctor, make_context
from tests.fakes.ledger import FakeLedger
from tests.unit.test_settings_presenter import CheckedPreferences

ANSWERS = CheckResult("operator", True, "operator_ok", {"ms": 184})
ACCEPTS = CheckResult("token_accepted", True, "accepted_ok")
SILENT = CheckResult("operator", False, "operator_silent")
NOT_KNOWN = CheckResult("token_accepted", False, "accepted_unknown")
CLOCK = CheckResult("clock", True, "clock_ok", {"seconds": 1})
CLOCK_OFF = CheckResult("clock", False, "clock_off", {"seconds": 90})


class Page:
    """A presenter on a fake doctor, open on the operator's section."""

    def __init__(self) -> None:
        self.context = make_context(FakeLedger())
        assert self.context.core is not None
        self.api: Any = self.context.core.api
        self.api.preferences = CheckedPreferences()
        self.doctor: FakeDoctor = self.api.doctor
        self.shown: list[SettingsState] = []
        self.presenter = SettingsPresenter(self.context, self.shown.append, lambda _: None)

    async def open(self) -> None:
        self.presenter.open_section("operator")
        await self.presenter.wait_until_idle()

    async def check(self, *found: CheckResult) -> Note:
        self.doctor.connection = list(found)
        self.presenter.check_connection()
        await self.presenter.wait_until_idle()
        assert self.checklist.answer is not None
        return self.checklist.answer

    @property
    def checklist(self) -> Checklist:
        section = self.shown[-1].section
        assert section is not None
        assert section.checklist is not None
        return section.checklist


@pytest.fixture
async def page() -> Page:
    made = Page()
    await made.open()
    return made


async def test_nothing_is_asked_by_itself(page: Page) -> None:
    assert (page.checklist.check, page.checklist.answer) == ("Check connection", None)
    assert page.doctor.connections_checked == 0


async def test_an_operator_that_answers_and_accepts(page: Page) -> None:
    answer = await page.check(ANSWERS, ACCEPTS, CLOCK)
    assert answer.tone == "paid"
    assert answer.text == "The operator answers (in 184 ms). The operator accepts the token and the signature."
    assert page.doctor.run_count == 0, "no check-up runs"


async def test_silence_is_one_finding_with_its_advice(page: Page) -> None:
    answer = await page.check(SILENT, NOT_KNOWN)
    assert answer.tone == "failed"
    assert answer.text.startswith("The operator does not answer. Check the internet")
    assert "not known" not in answer.text


async def test_a_refusal_says_why(page: Page) -> None:
    refused = CheckResult("token_accepted", False, "accepted_refused", {"error": OperatorRefused(operator_code="401")})
    reached = CheckResult("operator", True, "operator_refusing")
    answer = await page.check(reached, refused, CLOCK)
    assert answer.tone == "failed"
    assert answer.text.startswith("The operator does not accept us.")


async def test_all_that_is_wrong_is_said(page: Page) -> None:
    answer = await page.check(ANSWERS, ACCEPTS, CLOCK_OFF)
    assert "90 s" in answer.text
    assert answer.tone == "failed"


async def test_without_a_token_it_says_what_is_missing(page: Page) -> None:
    missing = CheckResult("operator", False, "operator_not_asked", {"error": NotConfigured(setting="operator.token")})
    answer = await page.check(missing, NOT_KNOWN)
    assert answer.tone == "attention"
    assert answer.text.startswith("The operator was not asked. Not set yet: ")


async def test_it_shows_that_it_is_asking_and_asks_once(page: Page) -> None:
    page.doctor.gate = asyncio.Event()
    page.presenter.check_connection()
    page.presenter.check_connection()
    assert (page.checklist.check, page.checklist.checking) == ("Checking…", True)
    page.doctor.gate.set()
    await page.presenter.wait_until_idle()
    assert (page.checklist.check, page.checklist.checking) == ("Check connection", False)
    assert page.doctor.connections_checked == 1


async def test_what_is_typed_and_not_saved_is_not_what_would_be_checked(page: Page) -> None:
    page.presenter.edit("operator.token", "another")
    answer = await page.check(ANSWERS, ACCEPTS)
    assert answer.text == "Save first: the connection is checked with what is saved."
    assert page.doctor.connections_checked == 0
    page.presenter.save()
    await page.presenter.wait_until_idle()
    assert page.checklist.answer is None, "the question may be asked again"


async def test_an_answer_about_other_settings_is_not_left_standing(page: Page) -> None:
    await page.check(ANSWERS, ACCEPTS)
    page.presenter.edit("operator.token", "another")
    page.presenter.save()
    await page.presenter.wait_until_idle()
    assert page.checklist.answer is None
    await page.check(ANSWERS, ACCEPTS)
    page.presenter.do_with_keys(KeyAction.MAKE)
    await page.presenter.wait_until_idle()
    assert page.checklist.answer is None
    await page.check(ANSWERS, ACCEPTS)
    page.api.preferences.stored["operator.url"] = "https://other.example/xpay"  # by another process
    page.presenter.load()
    await page.presenter.wait_until_idle()
    assert page.checklist.answer is None


async def test_what_is_saved_while_it_asks_is_asked_with(page: Page) -> None:
    page.doctor.gate = asyncio.Event()
    page.doctor.connection = [ANSWERS, ACCEPTS]
    page.presenter.check_connection()
    page.presenter.edit("operator.token", "another")
    page.presenter.save()
    for _ in range(20):
        await asyncio.sleep(0)
    page.doctor.gate.set()
    await page.presenter.wait_until_idle()
    assert page.checklist.answer is not None
    assert page.doctor.connections_checked == 2


async def test_a_check_that_cannot_be_made_says_so(page: Page) -> None:
    page.doctor.refusal = StorageLocked()
    answer = await page.check()
    assert answer.tone == "failed"
    assert answer.text == Texts("en").error(StorageLocked())
