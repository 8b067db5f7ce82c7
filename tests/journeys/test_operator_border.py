"""R9 through the command line: an operator with unparsable answers or an untrusted certificate."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from app.operator_api.keys import TEST_OPERATOR_KEY_PEM
from tests.adapters.test_operator_client import GOOD, LINK, Operator, http
from tests.certificates import ELSEWHERE, Authority, make_authority
from tests.independent_operator import TOKEN, IndependentOperator
from tests.journeys import conftest
from tests.journeys.conftest import Shells
from tests.loopback import loopback

pytestmark = pytest.mark.timeout(180)
ODD_HEADERS = {"Date": "Fri, 31 Dec 9999 23:59:59 -1200", "Set-Cookie": "сесія=1; Path=/"}


async def in_shell(shells: Shells, *verb: str, code: int = 0) -> Any:
    return await asyncio.to_thread(lambda: shells.json(*verb, code=code))


async def words(shells: Shells, *verb: str, code: int) -> str:
    """Return what a verb writes to stderr."""
    process = await asyncio.create_subprocess_exec(
        *shells.command(*verb),
        env=conftest.ENVIRONMENT,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, stderr_text = await process.communicate()
    assert process.returncode == code, stderr_text
    return stderr_text.decode()


def under_odd_headers(operator: IndependentOperator, data: dict[str, Any]) -> web.Response:
    answer = operator.packet(data)
    answer.headers.update(ODD_HEADERS)
    return answer


async def test_odd_headers_and_odd_answers_lose_no_refund(shells: Shells, tmp_path: Path) -> None:
    async with IndependentOperator(shells.make_keys()) as operator:
        (tmp_path / "operator.pem").write_text(operator.public_pem)
        await asyncio.to_thread(shells.connect, operator.url, tmp_path / "operator.pem", TOKEN)
        await asyncio.to_thread(shells.start, "listen", "--port", "0")
        for number in ("1", "2"):
            made = await in_shell(shells, "link", "--amount", "125,50")
            query = operator.query("pay", txn_id=f"70{number}", uuid=made["uuid"])
            assert (await operator.send(made["callback_url"], query)).json()["result"] == "10"
        operator.answer_with = lambda _: under_odd_headers(operator, {"OperationID": 8, "OperationStatus": 1})
        first = await in_shell(shells, "refund", "1", "--reason", "returned")
        assert (first["refund"], len(operator.refunds)) == ("requested", 1)
        checks = {item["check"]: item for item in await in_shell(shells, "doctor")}
        assert (checks["operator"]["ok"], checks["clock"]["ok"]) == (True, True)

        nonsense = b'{"Code": 200, "Message": "\\ud800", "Data": {"OperationStatus": ' + b"9" * 5000 + b"}}"
        operator.answer_with = lambda _: web.Response(body=nonsense, content_type="application/json")
        second = await in_shell(shells, "refund", "2", "--reason", "returned", code=4)
        assert (second["refund"], second["refunded_minor"]) == ("requested", 0)
        details = await in_shell(shells, "payment", "2")
        assert [refund["status"] for refund in details["refunds"]] == ["unknown"]
        shells.forget_asking()
        await in_shell(shells, "check", "2", code=3)
        await in_shell(shells, "link", "--amount", "10", code=3)
        assert len(operator.refunds) == 2, "an unknown refund is never sent again"


def certificates(authority: Authority) -> dict[str, tuple[ssl.SSLContext, str, str]]:
    """Return each kind of bad certificate, a word that identifies it, and the payment's text for it."""
    return {
        "expired": (
            authority.serve(starts_in_days=-9, ends_in_days=-2),
            "date and time",
            "the operator's certificate has expired or is not valid yet",
        ),
        "name": (authority.serve(names=ELSEWHERE), "another name", "the operator's certificate is for another name"),
        "untrusted": (
            make_authority(authority.folder / "other").serve(),
            "antivirus",
            "this computer does not trust the operator's certificate",
        ),
    }


@pytest.mark.parametrize("kind", ["expired", "name", "untrusted"])
async def test_a_certificate_that_is_refused_is_reported_by_every_verb(
    shells: Shells, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    authority = make_authority(tmp_path / "authority")
    monkeypatch.setitem(conftest.ENVIRONMENT, "SSL_CERT_FILE", str(authority.file))
    bad, word, failure = certificates(authority)[kind]

    async def good(_: bytes) -> bytes:
        return http(GOOD)

    played = Operator(good)
    async with loopback(played.serve, bad) as port:
        shells.make_keys()
        (tmp_path / "operator.pem").write_text(TEST_OPERATOR_KEY_PEM)  # any key will do: nothing is opened
        await asyncio.to_thread(shells.connect, f"https://localhost:{port}/xpay", tmp_path / "operator.pem", TOKEN)
        stderr_text = await words(shells, "link", "--amount", "10", code=4)
        assert word in stderr_text
        assert "Check the internet" not in stderr_text
        details = await in_shell(shells, "payment", "1")
        assert (details["status"], details["last_error"]) == ("creating", failure)
        checks = {item["check"]: item for item in await in_shell(shells, "doctor", code=1)}
        assert not checks["operator"]["ok"]
        assert word in checks["operator"]["text"] + checks["operator"]["advice"]
    assert played.packets == []


async def test_a_company_whose_own_authority_signs_is_served(
    shells: Shells, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = make_authority(tmp_path / "authority")
    monkeypatch.setitem(conftest.ENVIRONMENT, "SSL_CERT_FILE", str(authority.file))

    async def good(_: bytes) -> bytes:
        return http(GOOD)

    played = Operator(good)
    async with loopback(played.serve, authority.serve()) as port:
        shells.make_keys()
        (tmp_path / "operator.pem").write_text(TEST_OPERATOR_KEY_PEM)
        await asyncio.to_thread(shells.connect, f"https://localhost:{port}/xpay", tmp_path / "operator.pem", TOKEN)
        made = await in_shell(shells, "link", "--amount", "10")
    assert (made["status"], made["url"]) == ("open", LINK)
