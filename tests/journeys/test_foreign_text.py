"""Foreign text in a terminal and in the file for support: plain text that is never interpreted (promise R15)."""

from __future__ import annotations

import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from app.bootstrap import open_core, open_home
from app.domain.ids import TransactionId
from app.domain.journal.events import CallbackMalformed, Fact, LinkUnanswered, PaymentSettled, Source, StatusAnswered
from app.services.ports.ledger_transaction import LedgerTransaction
from app.services.ports.statement_store import StatementLine
from app.storage.ledger import SqlLedger
from tests.contracts.sales import key_of, payment_of
from tests.gallery.sale_writer import MOMENT
from tests.gallery.sample_sales import FAILED, NOT_CREATED, OPEN, REFUNDED, UNDERPAID, nth, sample_ledger
from tests.hostile import acting, hostile, in_hostile_words
from tests.journeys.conftest import Shells

pytestmark = pytest.mark.timeout(180)
TEXT = hostile(Path("/picture.png")) + " " * 90 + "Paid"
TAG = "<b>PAID</b>"
ON_A_LINE = "<b>PAID</b>\u202egnp\u200b" + " " * 90 + "END"  # allowed in a setting
CONTROL = "\x9b31m"  # a terminal's command in one character: allowed by an older version, and in none now
FORGED = "FORGED"


def shown(shells: Shells, *verb: str, code: int = 0) -> list[str]:
    """Run a verb for people; return the lines of both streams, asserting that no character in them acts."""
    done = shells.done(*verb)
    out, err = done.stdout, done.stderr
    assert done.returncode == code, (out, err)
    assert "Traceback" not in err
    for line in (*out.split("\n"), *err.split("\n")):
        assert acting(line) == [], repr(line)
        assert not line.lstrip().startswith((FORGED, "2026-01-01")), repr(line)
    return [*out.splitlines(), *err.splitlines()]


async def remember(shells: Shells) -> None:
    """Put a day of an older version into the home: all foreign text as it was sent."""
    home = open_home(str(shells.home), lambda code: None)
    async with open_core(home) as core:
        await core.ledger.write(_write)
        line = StatementLine(12550, MOMENT, f"{TEXT}1", TEXT, TEXT, 10, TEXT, ((TEXT, TEXT),))
        assert isinstance(core.ledger, SqlLedger)
        await core.ledger.statement_store().keep([line], MOMENT, MOMENT)


def _write(tx: LedgerTransaction) -> None:
    tx.remember_contact(TEXT, TEXT)
    for entry in sample_ledger(14).journal:
        tx.next_number()
        fact = in_hostile_words(entry.fact, TEXT)
        tx.append(fact, payment_id=entry.payment_id, source=entry.source, at=entry.at)
    key, known = key_of("s0"), TransactionId(f"{key_of('s0')}-1")
    more: tuple[Fact, ...] = (
        LinkUnanswered(key, known, TEXT),
        StatusAnswered(key, known, 3, TEXT, nonce="1"),
        CallbackMalformed(key, "missing", TEXT, "1"),
        PaymentSettled((), TEXT, by=TEXT, nonce="1"),
    )
    for fact in more:
        tx.append(fact, payment_id=payment_of("s0"), source=Source.PROGRAM, at=MOMENT + timedelta(minutes=1))


async def test_every_verb_that_reads(shells: Shells, tmp_path: Path) -> None:
    await remember(shells)
    rows = shells.json("payments")
    assert {row["purpose"] for row in rows} == {TEXT}, "JSON holds what is stored"
    listed = shown(shells, "payments")
    assert len(listed) == len(rows)
    assert all(line.startswith("№ ") and TAG in line for line in listed)
    for place in (OPEN, FAILED, REFUNDED, UNDERPAID, NOT_CREATED):
        details = shells.json("payment", nth(place))
        output = shown(shells, "payment", nth(place))
        links, hints = sum(bool(link["url"]) for link in details["links"]), bool(details["attention"])
        assert len(output) == 1 + links + len(details["refunds"]) + len(details["events"]) + hints
        assert TAG in output[0]
        assert not any("   " in line.strip() for line in (*output, *listed)), "a gap would push the rest out of sight"
    assert len(shown(shells, "statement", "--kept")) == 1
    assert shown(shells, "rebuild", "--check")


async def test_settings_and_the_file_for_support(shells: Shells, tmp_path: Path) -> None:
    shells.run("config", "set", "shop.name", ON_A_LINE + CONTROL, code=2)
    shells.run("config", "set", "shop.name", ON_A_LINE)
    shells.run("config", "set", "shop.terminal_id", ON_A_LINE)
    assert shells.json("config", "get", "shop.name") == ON_A_LINE
    (name,) = shown(shells, "config", "get", "shop.name")
    assert name == "<b>PAID</b>gnp" + " " * 90 + "END", "a value keeps its own spacing"
    assert f"shop.name = {name}" in shown(shells, "config", "get")
    assert shown(shells, "config", "set", "shop.name", ON_A_LINE) == [f"shop.name = {name}"]
    log = shells.home / "logs" / "paydesk.log"
    with log.open("a", encoding="utf-8") as text:
        text.write(f"an older version wrote {ON_A_LINE}{CONTROL}\x1b[2J\n")
    file = tmp_path / "support.zip"
    shown(shells, "doctor", "--diagnostics", str(file), code=1)
    with zipfile.ZipFile(file) as archive:
        parts = {part: archive.read(part).decode() for part in archive.namelist()}
    assert json.loads(parts["settings.json"])["shop.name"] == ON_A_LINE
    assert "\\u001b[2J" in parts["logs/paydesk.log"]
    assert {char for text in parts.values() for char in acting(text)} == {"\n"}


def test_what_was_typed_comes_back_in_no_error(shells: Shells) -> None:
    """Each error is one line on stderr."""
    payload = "\x1b[2J\n2026-01-01 FORGED\x9b\u202e\u200b<b>x</b>"
    for code, verb in (
        (2, ("config", "get", payload)),
        (2, ("config", "set", payload, "1")),
        (2, ("config", "set", "shop.name", payload)),
        (2, ("config", "set", "shop.timezone", payload.replace("\x1b", "").replace("\n", ""))),
        (2, ("payments", "--status", payload)),
        (2, ("payments", "--from", payload)),
        (2, (payload,)),
        (2, ("payments", f"--{payload}")),
        (2, ("link", "--amount", payload)),
        (2, ("doctor", "--diagnostics", f"{payload}/x")),
        (5, ("payment", payload)),
        (5, ("check", payload)),
        (2, ("keys", "import", "--private", payload)),
    ):
        assert len(shown(shells, *verb, code=code)) == 1, verb


def test_a_broken_settings_file_is_reported_plainly(shells: Shells) -> None:
    shells.run("keys", "make")
    bad = ('shop.name = "\\u001b[2J\\u202e"', '"\\u001b[2J\\nFORGED" = "\\u009b"', 'ui.theme = "\\u009b\\u202e"')
    (shells.home / "settings.toml").write_text("\n".join(bad), "utf-8")
    output = shown(shells, "payments")
    assert output[-1] == "No payments." or output[0] == "No payments."
    shown(shells, "doctor", code=1)
