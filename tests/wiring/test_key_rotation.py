"""During a change of the operator's key, signatures of both keys are trusted; an unusable key file is reported."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from app.bootstrap import change_setting, missing_for_operator, open_home, operator_key_pem
from app.domain.errors import SettingBad
from app.domain.payment import PaymentStatus
from app.operator_api.key_files import RETRY_S, WatchedKeys
from app.settings.file_stamp import stamp_of
from app.settings.schema import OperatorSection
from tests.wiring.shop import Shop, public_pem

KEY = "operator.public_key_file"


@pytest.fixture(scope="session")
def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="session")
def strange_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def files(tmp_path: Path, operator_key: rsa.RSAPrivateKey, new_key: rsa.RSAPrivateKey) -> tuple[Path, Path]:
    old, new = tmp_path / "old.pem", tmp_path / "new.pem"
    old.write_text(public_pem(operator_key))
    new.write_text(public_pem(new_key))
    return old, new


async def pays(shop: Shop, key: rsa.RSAPrivateKey, txn_id: str) -> int:
    shop.key = key
    return (await shop.get(shop.query(txn_id=txn_id))).status_code


async def test_either_key_signs_and_no_third_one(
    shop: Shop, files: tuple[Path, Path], new_key: rsa.RSAPrivateKey, strange_key: rsa.RSAPrivateKey
) -> None:
    old_key = shop.key
    await shop.change(operator__public_key_file=",".join(map(str, files)))
    assert await pays(shop, strange_key, "1") == 503
    assert (await shop.payment()).state is PaymentStatus.OPEN
    assert await pays(shop, new_key, "2") == 200
    assert (await shop.payment()).state is PaymentStatus.PAID
    assert await pays(shop, old_key, "3") == 200
    assert (await shop.payment()).received_minor == 2 * 12550
    await shop.change(operator__public_key_file=str(files[1]))  # the change of keys is over
    assert await pays(shop, old_key, "4") == 503


@pytest.mark.parametrize("broken", [0, 1])
async def test_one_bad_file_takes_nothing_from_the_other(
    shop: Shop,
    files: tuple[Path, Path],
    new_key: rsa.RSAPrivateKey,
    caplog: pytest.LogCaptureFixture,
    broken: int,
) -> None:
    good_key = (new_key, shop.key)[broken]
    files[broken].write_text("no key")
    await shop.change(operator__public_key_file=json.dumps([str(file) for file in files]))
    assert await pays(shop, good_key, "1") == 200
    assert str(files[broken]) in caplog.text
    opened = open_home(str(shop.home), lambda code: None)
    assert operator_key_pem(opened) == files[1 - broken].read_text()


async def test_a_key_file_that_is_replaced_counts_without_a_restart(
    shop: Shop, files: tuple[Path, Path], new_key: rsa.RSAPrivateKey, caplog: pytest.LogCaptureFixture
) -> None:
    """The operator's new key replaces the old file: the doctor reads it, and so must the listener."""
    old_key, file = shop.key, shop.home.parent / "operator.pem"
    file.write_text("half a k")
    assert await pays(shop, old_key, "1") == 200  # the last good key of the file stays in use
    assert "half a k" not in caplog.text
    assert caplog.text.count("cannot be read") == 1
    file.write_text(files[1].read_text())
    assert await pays(shop, new_key, "2") == 200
    assert await pays(shop, old_key, "3") == 503


def test_requests_are_sealed_for_the_first_of_several(home: Path, files: tuple[Path, Path]) -> None:
    opened = open_home(str(home), lambda code: None)
    for order in (files, files[::-1]):
        change_setting(opened, KEY, ", ".join(map(str, order)))
        assert operator_key_pem(open_home(str(home), lambda code: None)) == order[0].read_text()


@pytest.mark.parametrize("write", [lambda paths: ",".join(paths), json.dumps])
def test_a_bad_file_of_two_is_refused_by_name(
    home: Path, files: tuple[Path, Path], write: Callable[[list[str]], str], tmp_path: Path
) -> None:
    opened = open_home(str(home), lambda code: None)
    change_setting(opened, KEY, str(files[0]))
    (tmp_path / "text.pem").write_text("hello")
    for bad, reason in (("gone.pem", "missing_file"), ("text.pem", "not_a_key")):
        with pytest.raises(SettingBad) as refused:
            change_setting(opened, KEY, write([str(files[0]), str(tmp_path / bad)]))
        assert refused.value.details == {"key": KEY, "reason": reason, "file": str(tmp_path / bad)}
    assert opened.file.load().operator.public_key_file == str(files[0])


def test_only_without_any_good_file_is_the_key_missing(home: Path, files: tuple[Path, Path]) -> None:
    opened = open_home(str(home), lambda code: None)
    change_setting(opened, KEY, ",".join(map(str, files)))
    files[0].unlink()
    assert operator_key_pem(open_home(str(home), lambda code: None)) == files[1].read_text()
    files[1].unlink()
    with pytest.raises(SettingBad) as refused:
        operator_key_pem(open_home(str(home), lambda code: None))
    assert refused.value.details["file"] == str(files[0])
    assert missing_for_operator(opened) is not None


def test_a_key_that_could_not_be_read_for_a_moment_is_read_later(
    files: tuple[Path, Path], caplog: pytest.LogCaptureFixture
) -> None:
    """A folder that reappears, as a network share does: read again after a while, reported once."""
    now = [100.0]
    section = OperatorSection(public_key_file=tuple(map(str, files)))
    keys = WatchedKeys(lambda: section, stamp_of, lambda: now[0])
    both = keys.pems
    assert not keys.refresh()
    aside = files[0].rename(files[0].with_suffix(".aside"))
    assert not keys.refresh()
    assert keys.pems == both
    now[0] += 3 * RETRY_S
    assert not keys.refresh()
    assert len([record for record in caplog.records if record.levelno == logging.WARNING]) == 1
    aside.write_text(files[1].read_text())
    aside.rename(files[0])
    assert keys.refresh()
    assert keys.pems == (both[1], both[1])
