"""The doctor's check results for a home that the test configures; every code has texts in both languages."""

from __future__ import annotations

import ast
import inspect
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, get_args

import pytest

from app.domain.errors import (
    NotConfigured,
    OperatorRefused,
    OperatorUnreachable,
    PortTaken,
    SecretsUnreadable,
    SettingBad,
    StorageDamaged,
)
from app.domain.ids import LinkKey
from app.domain.web_addresses import host_kind
from app.i18n.doctor_texts import CHECK_RESULT_TEXTS, check_result_texts
from app.i18n.formats import shop_zone
from app.i18n.language import Language
from app.i18n.texts import Texts
from app.services.checks import callback_reachability as callback_way
from app.services.checks import doctor
from app.services.checks import operator_check as operator_visit
from app.services.checks.check_result import CheckResult
from app.services.checks.diagnostics_target import CallbackEndpoint, Certificate, LedgerReport, OperatorKey, ProbeFailed
from app.services.checks.doctor import Doctor
from app.services.ports.operator_gateway import ConnectionReport
from tests.builders import START
from tests.fakes.clock_and_operator import FakeClock, ScriptedOperator

LOCAL, PUBLIC = "http://127.0.0.1:8733", "https://pay.example.com"


@dataclass
class FakeSelfProbe:
    key: LinkKey
    received: list[str]

    def was_received(self) -> bool:
        return self.key in self.received


@dataclass
class FakeDiagnosticsTarget:
    """A live home without problems. `received` is what its listener received."""

    site: CallbackEndpoint = field(default_factory=lambda: CallbackEndpoint((LOCAL,), 8733, PUBLIC, is_demo=False))
    problems: tuple[SettingBad, ...] = ()
    key: str | Exception | None = "ab12"
    token: bool = True
    keys: tuple[OperatorKey, ...] = (OperatorKey(None, "ef56"),)
    ledger: LedgerReport | Exception = field(default_factory=LedgerReport)
    stored: Certificate | Exception | None = None
    gateway: ScriptedOperator | Exception = field(default_factory=ScriptedOperator)
    port_taken: bool = False
    received: list[str] = field(default_factory=list)
    standing_in: bool = False
    probes: int = 0

    def setting_problems(self) -> tuple[SettingBad, ...]:
        return self.problems

    def key_fingerprint(self) -> str | None:
        return _given(self.key)

    def has_token(self) -> bool:
        return self.token

    def operator_keys(self) -> tuple[OperatorKey, ...]:
        return self.keys

    async def inspect_ledger(self) -> LedgerReport:
        return _given(self.ledger)

    def callback_endpoint(self) -> CallbackEndpoint:
        return self.site

    def certificate(self) -> Certificate | None:
        return _given(self.stored)

    @contextmanager
    def self_probe(self) -> Iterator[FakeSelfProbe]:
        self.probes += 1
        yield FakeSelfProbe(LinkKey(f"probe-{self.probes}"), self.received)

    @asynccontextmanager
    async def temporary_listener(self) -> AsyncIterator[None]:
        if self.port_taken:
            raise PortTaken(port=8733)
        self.standing_in = True
        yield
        self.standing_in = False

    def operator(self) -> ScriptedOperator:
        return _given(self.gateway)


def _given(value: Any) -> Any:
    if isinstance(value, Exception):
        raise value
    return value


@dataclass
class FakeProbe:
    """`leads`: whether an address reaches the listener of the home; otherwise its HTTP status, or why it failed."""

    premises: FakeDiagnosticsTarget
    leads: dict[str, bool | int | str] = field(default_factory=lambda: {LOCAL: True, PUBLIC: True})
    asked: list[str] = field(default_factory=list)
    served: Certificate | None = None

    async def certificate(self, url: str, *, timeout_s: float) -> Certificate:
        assert url.startswith("https://127.0.0.1")
        if self.served is None:
            raise ProbeFailed("timeout")
        return self.served

    async def get(self, url: str, *, timeout_s: float, own_machine: bool) -> int:
        assert timeout_s <= 10
        self.asked.append(url)
        base, _, rest = url.partition("/xpay/")
        answer = self.leads[base]
        if answer == "stand-in":
            answer = True if self.premises.standing_in else "refused"
        if isinstance(answer, str):
            raise ProbeFailed(answer)
        if answer is True:
            self.premises.received.append(rest.partition("?")[0])
            return 404
        return int(answer)


async def examine(premises: FakeDiagnosticsTarget, **leads: Any) -> dict[str, CheckResult]:
    probe = FakeProbe(premises)
    probe.leads |= leads.pop("leads", {})
    probe.served = leads.pop("served", None)
    clock = FakeClock()
    return {finding.check: finding for finding in await Doctor(premises, probe, clock).run_checks()}


def failed_checks(found: dict[str, CheckResult]) -> dict[str, str]:
    return {name: finding.code for name, finding in found.items() if not finding.ok}


async def test_all_is_well_in_a_live_home_that_works() -> None:
    found = await examine(FakeDiagnosticsTarget())
    assert failed_checks(found) == {}
    assert list(found) == [
        "settings", "key_pair", "token", "operator_key", "ledger", "mode", "last_callback", "strays",
        "listener", "public_url", "address", "fixed_address", "reach", "tls", "operator", "token_accepted", "clock",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("ledger", "settings", "code"),
    [
        (None, "live", "mode_none"),
        ("live", "live", "mode_live"),
        ("demo", "demo", "mode_demo"),
        ("live", "demo", "mode_live_only"),
        ("demo", "live", "mode_demo_only"),
    ],
)
async def test_settings_of_the_other_mode_than_the_ledger_are_a_finding(
    ledger: str | None, settings: str, code: str
) -> None:
    found = await examine(FakeDiagnosticsTarget(ledger=LedgerReport(mode=ledger, settings_mode=settings)))
    assert (found["mode"].code, found["mode"].ok) == (code, ledger in (None, settings))


@pytest.mark.parametrize(("public", "ok"), [("HTTPS://Pay.Example.com", True), ("HTTP://Pay.Example.com", False)])
async def test_whether_messages_come_over_https_is_read_from_the_address(public: str, ok: bool) -> None:
    site = CallbackEndpoint((LOCAL,), 8733, public, is_demo=False)
    assert (await examine(FakeDiagnosticsTarget(site=site), leads={public: True}))["tls"].ok is ok


async def test_the_demo_needs_no_public_address() -> None:
    site = CallbackEndpoint((LOCAL,), 8733, None, is_demo=True)
    found = await examine(FakeDiagnosticsTarget(site=site))
    assert failed_checks(found) == {}
    assert (found["reach"].code, found["tls"].code) == ("reach_local", "tls_demo")


async def test_an_empty_home_is_reported_what_it_needs() -> None:
    site = CallbackEndpoint((LOCAL,), 8733, None, is_demo=False)
    missing = NotConfigured(setting="keys")
    gateway = ScriptedOperator()
    gateway.connection = missing
    bare = FakeDiagnosticsTarget(site=site, key=None, token=False, keys=(), gateway=gateway)
    assert failed_checks(await examine(bare, leads={LOCAL: "stand-in"})) == {
        "key_pair": "key_missing",
        "token": "token_missing",
        "operator_key": "operator_key_missing",
        "listener": "listener_nobody",
        "public_url": "public_url_missing",
        "address": "address_none",
        "reach": "reach_untested",
        "tls": "tls_none",
        "operator": "operator_not_asked",
        "token_accepted": "accepted_unknown",
    }


async def test_whatever_breaks_is_a_finding_and_never_an_error() -> None:
    broken = FakeDiagnosticsTarget(
        problems=(SettingBad(key="callbacks.port", line=3, reason="range:1..65535"),),
        key=SecretsUnreadable(reason="key_lost"),
        ledger=StorageDamaged(reason="not a database"),
        stored=SettingBad(key="callbacks.tls_key_file", reason="unreadable_file"),
        gateway=RuntimeError("a defect"),
    )
    found = failed_checks(await examine(broken))
    assert found == {
        "settings": "settings_bad",
        "key_pair": "check_failed",
        "ledger": "check_failed",
        "tls": "check_failed",
        "operator": "check_failed",
    }


async def test_every_setting_that_cannot_be_used_is_a_finding_of_its_own() -> None:
    target = FakeDiagnosticsTarget(problems=(SettingBad(key="callbacks.port"), SettingBad(key="ui.scale")))
    found = await Doctor(target, FakeProbe(target), FakeClock()).run_checks()
    named = [result.details["error"].details["key"] for result in found if result.check == "settings"]
    assert named == ["callbacks.port", "ui.scale"]


async def test_a_damaged_file_and_unmatched_callbacks_of_this_week() -> None:
    assert (
        failed_checks(await examine(FakeDiagnosticsTarget(ledger=LedgerReport(damage="row 7 missing"))))["ledger"]
        == "ledger_damaged"
    )
    older = FakeDiagnosticsTarget(ledger=LedgerReport(newest_number=2, given_number=5))
    assert failed_checks(await examine(older))["ledger"] == "ledger_older"
    assert "ledger" not in failed_checks(
        await examine(FakeDiagnosticsTarget(ledger=LedgerReport(newest_number=6, given_number=5)))
    )
    old, new = START - timedelta(days=8), START - timedelta(days=1)
    found = await examine(FakeDiagnosticsTarget(ledger=LedgerReport(last_callback_at=new, unmatched_at=(new, old))))
    assert failed_checks(found) == {"strays": "strays_some"}
    assert found["strays"].details == {"count": 1}
    assert found["last_callback"].code == "callback_last"


GONE = SettingBad(key="operator.public_key_file", reason="unreadable_file", file="new.pem")
TEXT = SettingBad(key="operator.public_key_file", reason="not_a_key", file="old.pem")


@pytest.mark.parametrize(
    ("keys", "codes"),
    [
        ((OperatorKey("one.pem", "ab"),), ["operator_key_ok"]),
        ((OperatorKey("one.pem", "ab"), OperatorKey("two.pem", "cd")), ["operator_key_read"] * 2),
        (
            (OperatorKey("new.pem", problem=GONE), OperatorKey("one.pem", "ab")),
            ["operator_key_read", "operator_key_bad"],
        ),
        ((OperatorKey("old.pem", problem=TEXT),), ["operator_key_bad"]),
    ],
)
async def test_each_key_of_a_rotation_is_reported_by_its_file(keys: tuple[OperatorKey, ...], codes: list[str]) -> None:
    premises = FakeDiagnosticsTarget(keys=keys)
    found = [
        finding
        for finding in await Doctor(premises, FakeProbe(premises), FakeClock()).run_checks()
        if finding.check == "operator_key"
    ]
    assert [finding.code for finding in found] == codes
    assert [finding.ok for finding in found] == [not code.endswith("bad") for code in codes]
    sentences = [check_result_texts(Texts("en"), one.code, one.details, shop_zone("Europe/Kyiv"))[0] for one in found]
    for key in keys:
        if len(keys) > 1 or key.problem:
            assert any(str(key.file) in text for text in sentences)
    if keys[0].problem is GONE:
        assert sentences[1] == "The operator's public key in new.pem cannot be used: the file cannot be read."


# callback reachability


async def test_without_a_listener_one_stands_in_for_the_round_trip() -> None:
    found = await examine(FakeDiagnosticsTarget(), leads={LOCAL: "stand-in", PUBLIC: "stand-in"})
    assert failed_checks(found) == {"listener": "listener_nobody"}
    assert found["reach"].code == "reach_ok"


@pytest.mark.parametrize("answer", [200, 404, "timeout", "connection"])
async def test_a_port_of_somebody_else_is_reported(answer: int | str) -> None:
    assert failed_checks(await examine(FakeDiagnosticsTarget(), leads={LOCAL: answer}))["listener"] == "listener_taken"


async def test_a_port_that_is_held_without_an_answer_is_taken() -> None:
    found = failed_checks(await examine(FakeDiagnosticsTarget(port_taken=True), leads={LOCAL: "refused"}))
    assert found == {"listener": "listener_taken", "reach": "reach_untested"}


async def test_the_listeners_own_note_comes_before_the_settings() -> None:
    other = "http://127.0.0.1:9999"
    site = CallbackEndpoint((other, LOCAL), 8733, PUBLIC, is_demo=False)
    found = await examine(FakeDiagnosticsTarget(site=site), leads={other: True, LOCAL: "refused"})
    assert (found["listener"].ok, found["listener"].details["address"]) == (True, other)
    found = await examine(FakeDiagnosticsTarget(site=site), leads={other: 200, LOCAL: True})
    assert (found["listener"].ok, found["listener"].details["address"]) == (True, LOCAL)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("timeout", "reach_lost"),
        ("refused", "reach_lost"),
        ("name", "reach_lost"),
        ("tls", "reach_lost"),
        ("certificate", "reach_certificate"),
        ("certificate_untrusted", "reach_certificate"),
        ("certificate_expired", "reach_certificate_expired"),
        ("certificate_name", "reach_certificate_name"),
        (200, "reach_other"),
        (404, "reach_other"),
        (403, "reach_other"),
    ],
)
async def test_a_request_that_does_not_come_back(answer: int | str, code: str) -> None:
    assert failed_checks(await examine(FakeDiagnosticsTarget(), leads={PUBLIC: answer})) == {"reach": code}


async def test_our_own_list_of_addresses_may_turn_us_away() -> None:
    site = CallbackEndpoint((LOCAL,), 8733, PUBLIC, is_demo=False, is_filtered=True)
    found = await examine(FakeDiagnosticsTarget(site=site), leads={LOCAL: 403, PUBLIC: 403})
    assert failed_checks(found) == {}
    assert (found["listener"].code, found["reach"].code) == ("listener_filtered", "reach_filtered")


@pytest.mark.parametrize(
    ("host", "kind"),
    [
        ("10.1.2.3", "private"),
        ("172.16.0.1", "private"),
        ("172.31.255.255", "private"),
        ("172.32.0.1", "public"),
        ("192.168.1.10", "private"),
        ("100.64.0.1", "carrier"),
        ("100.127.255.254", "carrier"),
        ("100.128.0.1", "public"),
        ("169.254.7.7", "link_local"),
        ("127.0.0.1", "loopback"),
        ("0.0.0.0", "loopback"),
        ("localhost", "loopback"),
        ("8.8.8.8", "public"),
        ("192.0.2.1", "private"),
        ("224.0.0.1", "odd"),
        ("[::1]", "loopback"),
        ("[fe80::1]", "link_local"),
        ("[fd00::1]", "private"),
        ("[::ffff:10.0.0.1]", "private"),
        ("[2a00:1450:4001::1]", "public"),
        ("pay.example.com", "name"),
    ],
)
def test_where_an_address_leads(host: str, kind: str) -> None:
    assert host_kind(f"https://{host}:8443/base") == kind


@pytest.mark.parametrize("host", ["192.168.1.10", "100.70.0.1", "169.254.0.1", "127.0.0.1"])
async def test_an_address_that_nobody_outside_can_call(host: str) -> None:
    url = f"https://{host}"
    found = await examine(
        FakeDiagnosticsTarget(site=CallbackEndpoint((LOCAL,), 1, url, is_demo=False)), leads={url: True}
    )
    assert list(failed_checks(found)) == ["address"]


# certificate, operator, clock


@pytest.mark.parametrize(("days", "code"), [(1, "tls_file_ok"), (-1, "tls_expired"), (0, "tls_expired")])
async def test_a_certificate_has_an_end(days: int, code: str) -> None:
    found = await examine(FakeDiagnosticsTarget(stored=Certificate("ab", START + timedelta(days=days))))
    assert (found["tls"].code, found["tls"].ok) == (code, code == "tls_file_ok")


LOCAL_TLS = "https://127.0.0.1:8733"
STORED, SERVED = Certificate("ab", START + timedelta(days=60)), Certificate("cd", START + timedelta(days=2))
UNREADABLE = SettingBad(key="callbacks.tls_key_file", reason="unreadable_file")


@pytest.mark.parametrize(
    ("stored", "served", "lead", "code"),
    [
        (STORED, STORED, True, "tls_file_ok"),
        (STORED, SERVED, True, "tls_other_served"),
        (STORED, None, True, "tls_file_ok"),  # it could not be read: no problem is known
        (STORED, SERVED, "stand-in", "tls_file_ok"),  # nothing is served there
        (STORED, SERVED, 200, "tls_file_ok"),  # the server is not our listener
        (UNREADABLE, SERVED, True, "tls_files_bad"),
        (UNREADABLE, None, True, "check_failed"),
        (UNREADABLE, SERVED, "stand-in", "check_failed"),
    ],
)
async def test_what_is_served_is_compared_with_what_is_in_the_files(
    stored: Certificate | SettingBad, served: Certificate | None, lead: Any, code: str
) -> None:
    site = CallbackEndpoint((LOCAL_TLS,), 8733, PUBLIC, is_demo=False)
    found = await examine(FakeDiagnosticsTarget(site=site, stored=stored), leads={LOCAL_TLS: lead}, served=served)
    assert (found["tls"].code, found["tls"].ok) == (code, code == "tls_file_ok")
    if code in ("tls_other_served", "tls_files_bad"):
        assert found["tls"].details["at"] == SERVED.ends_at


async def test_tls_that_was_switched_on_under_a_running_listener_waits_for_its_next_start() -> None:
    site = CallbackEndpoint((LOCAL,), 8733, PUBLIC, is_demo=False, tls_is_for_next_start=True)
    found = await examine(FakeDiagnosticsTarget(site=site, stored=STORED))
    assert (found["tls"].code, found["tls"].ok) == ("tls_not_begun", False)
    found = await examine(FakeDiagnosticsTarget(site=site, stored=STORED), leads={LOCAL: "stand-in"})
    assert found["tls"].code == "tls_file_ok"


@pytest.mark.parametrize(("off_s", "ok"), [(0, True), (60, True), (-60, True), (61, False), (-3600, False)])
async def test_the_clock_is_compared_with_the_operators(off_s: int, ok: bool) -> None:
    gateway = ScriptedOperator()
    gateway.connection = ConnectionReport(12.0, START + timedelta(seconds=off_s), "done")
    found = await examine(FakeDiagnosticsTarget(gateway=gateway))
    assert (found["clock"].ok, found["clock"].details["seconds"]) == (ok, abs(off_s))


async def test_a_wrong_token_leaves_the_operator_reachable_and_the_clock_known() -> None:
    gateway = ScriptedOperator()
    gateway.connection = OperatorRefused(operator_code="401", message="no", operator_time=START - timedelta(hours=1))
    found = await examine(FakeDiagnosticsTarget(gateway=gateway))
    assert failed_checks(found) == {"token_accepted": "accepted_refused", "clock": "clock_off"}


async def test_the_connection_alone_is_one_question_to_the_operator() -> None:
    premises = FakeDiagnosticsTarget()
    probe = FakeProbe(premises)
    doctor = Doctor(premises, probe, FakeClock())
    assert [result.check for result in await doctor.check_connection()] == ["operator", "token_accepted", "clock"]
    assert (probe.asked, doctor.last_results) == ([], ())
    broken = Doctor(FakeDiagnosticsTarget(gateway=RuntimeError("a defect")), probe, FakeClock())
    assert [result.code for result in await broken.check_connection()] == ["check_failed"]


@pytest.mark.parametrize("failure", [OperatorUnreachable(reason="timeout"), TimeoutError()])
async def test_a_silent_operator(failure: Exception) -> None:
    gateway = ScriptedOperator()
    gateway.connection = failure
    found = await examine(FakeDiagnosticsTarget(gateway=gateway))
    assert failed_checks(found) == {"operator": "operator_silent", "token_accepted": "accepted_unknown"}


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("connection", "operator_silent"),
        ("certificate_untrusted", "operator_untrusted"),
        ("certificate_expired", "operator_expired"),
        ("certificate_name", "operator_other_name"),
        ("tls", "operator_no_tls"),
        ("connection_refused", "operator_closed"),
        ("name_unknown", "operator_not_found"),
    ],
)
async def test_why_the_operator_cannot_be_reached(reason: str, code: str) -> None:
    gateway = ScriptedOperator()
    gateway.connection = OperatorUnreachable(reason=reason)
    found = await examine(FakeDiagnosticsTarget(gateway=gateway))
    assert failed_checks(found) == {"operator": code, "token_accepted": "accepted_unknown"}


# texts


def _codes() -> set[str]:
    sources = [ast.parse(inspect.getsource(module)) for module in (doctor, callback_way, operator_visit)]
    constants = [node for source in sources for node in ast.walk(source) if isinstance(node, ast.Constant)]
    texts = {node.value for node in constants if isinstance(node.value, str)}
    kinds = ("name", "public", "private", "carrier", "link_local", "loopback", "odd")
    return {text for text in texts if text in CHECK_RESULT_TEXTS} | {f"address_{kind}" for kind in kinds}


def test_every_code_is_used_and_has_words() -> None:
    assert _codes() == CHECK_RESULT_TEXTS.keys()


@pytest.mark.parametrize("language", get_args(Language))
@pytest.mark.parametrize("code", sorted(CHECK_RESULT_TEXTS))
def test_every_finding_can_be_told(code: str, language: Language) -> None:
    details = {"error": NotConfigured(setting="keys"), "at": START, "reason": "timeout", "url": PUBLIC, "count": 3}
    text, advice = check_result_texts(Texts(language), code, details, shop_zone("Europe/Kyiv"))
    assert text
    assert "\n" not in text + advice
    assert bool(advice) == bool(CHECK_RESULT_TEXTS[code][1])


async def test_what_is_not_well_comes_with_an_advice() -> None:
    gateway = ScriptedOperator()
    gateway.connection = OperatorUnreachable(reason="timeout")
    ill = FakeDiagnosticsTarget(
        site=CallbackEndpoint((LOCAL,), 1, None, is_demo=False), key=None, token=False, gateway=gateway
    )
    found = await examine(ill, leads={LOCAL: 200})
    assert all(CHECK_RESULT_TEXTS[finding.code][1] for finding in found.values() if not finding.ok)
