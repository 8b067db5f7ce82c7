"""The shop's key pair: what several processes decide at the same moment is decided in the vault's lock."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest

from app.bootstrap import Home, import_key, make_keys, open_home, show_key
from app.domain.errors import KeysExist
from app.operator_api.keys import make_private_key_pem
from app.services.ports.secret_store import Secrets


class LookTogether:
    """Secrets that let nobody go on after a first look before everybody has had one."""

    def __init__(self, secrets: Secrets, together: Barrier) -> None:
        self._secrets = secrets
        self._together = together
        self.stored_in = secrets.stored_in

    def get(self, name: str) -> str | None:
        found = self._secrets.get(name)
        self._together.wait(30)
        return found

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
