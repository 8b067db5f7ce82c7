"""The shop's key pair: concurrent decisions of several processes are made under the vault's lock."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest

from app.bootstrap import Home, change_setting, import_key, make_keys, open_home, show_key
from app.bootstrap.doctor import HomeDiagnostics
from app.bootstrap.setup import operator_key_pem, own_key_fingerprint
from app.domain.errors import KeysExist, SettingBad
from app.i18n.texts import Texts
from app.operator_api.key_files import WatchedKeys
from app.operator_api.keys import TEST_OPERATOR_KEY_PEM, make_private_key_pem
from app.services.ports.secret_store import Secrets
from app.services.unconfigured_operator import UnconfiguredOperator
from app.settings.file_stamp import stamp_of


class LookTogether:
    """Secrets whose first read returns only when every process has made its own."""

    def __init__(self, secrets: Secrets, together: Barrier) -> None:
        self._secrets = secrets
        self._together = together
        self.stored_in = secrets.stored_in

    def get(self, name: str) -> str | None:
        found = self._secrets.get(name)
        self._together.wait(30)
        return found

    def is_available(self) -> bool:
        return self._secrets.is_available()

    def put(self, name: str, value: str) -> None:
        self._secrets.put(name, value)

    def edit(self) -> AbstractContextManager[dict[str, str]]:
        return self._secrets.edit()


def made(home: Home) -> bool:
    try:
        make_keys(home)
    except KeysExist:
        return False
    return True


def test_of_those_that_all_saw_no_key_one_makes_it(home: Path) -> None:
    together = Barrier(4)
    homes = [open_home(str(home), lambda code: None) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(made, [replace(one, secrets=LookTogether(one.secrets, together)) for one in homes]))
    assert sorted(done) == [False, False, False, True]
    assert show_key(homes[0])["fingerprint"]


def test_a_key_made_meanwhile_is_not_replaced_by_an_import(home: Path, tmp_path: Path) -> None:
    private = tmp_path / "private.pem"
    private.write_text(make_private_key_pem())
    opened = open_home(str(home), lambda code: None)
    make_keys(open_home(str(home), lambda code: None))
    first = show_key(opened)
    with pytest.raises(KeysExist):
        import_key(opened, private)
    assert show_key(opened) == first
    private.unlink()


@pytest.fixture
def own_key_file(home: Path, tmp_path: Path) -> Path:
    """The shop's own public key, as it was to be sent to XPAY."""
    opened = open_home(str(home), lambda code: None)
    make_keys(opened)
    file = tmp_path / "public.pem"
    file.write_text(show_key(opened)["public_key_pem"], encoding="utf-16")
    return file


def test_our_own_public_key_is_refused_as_the_operators(home: Path, own_key_file: Path) -> None:
    opened = open_home(str(home), lambda code: None)
    with pytest.raises(SettingBad) as refused:
        change_setting(opened, "operator.public_key_file", str(own_key_file))
    assert refused.value.details["reason"] == "own_key"
    assert str(own_key_file) in Texts("uk").error(refused.value)


def test_our_own_public_key_that_stands_in_the_settings_is_told_and_not_used(home: Path, own_key_file: Path) -> None:
    (home / "settings.toml").write_text(f"[operator]\npublic_key_file = ['{own_key_file}']\n")
    opened = open_home(str(home), lambda code: None)
    with pytest.raises(SettingBad) as refused:
        operator_key_pem(opened)
    assert refused.value.details["reason"] == "own_key"
    (described,) = HomeDiagnostics(lambda: opened, lambda: UnconfiguredOperator("")).operator_keys()
    assert described.problem is not None
    assert described.problem.details["reason"] == "own_key"


def test_a_key_file_that_becomes_our_own_key_leaves_the_last_good_one_in_use(home: Path, tmp_path: Path) -> None:
    opened = open_home(str(home), lambda code: None)
    make_keys(opened)
    file = tmp_path / "operator.pem"
    file.write_text(TEST_OPERATOR_KEY_PEM)
    change_setting(opened, "operator.public_key_file", str(file))
    opened = open_home(str(home), lambda code: None)
    watched = WatchedKeys(lambda: opened.settings.operator, stamp_of, own=lambda: own_key_fingerprint(opened))
    good = watched.pems
    file.write_text(show_key(opened)["public_key_pem"] * 2)
    assert not watched.refresh()
    file.write_text(show_key(opened)["public_key_pem"])
    assert not watched.refresh()
    assert watched.pems == good != ()
