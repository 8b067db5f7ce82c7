"""What every kind of test shares: no keyring, keys made once, a home in a temporary folder."""

from __future__ import annotations

import gc
import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.operator_api import keys
from tests.secrets_scan import findings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # without a display Qt would end the process


WHOLE_HEAP_EVERY = 40
_COUNT = itertools.count(1)


@pytest.hookimpl(trylast=True)
def pytest_runtest_setup() -> None:
    """Collect between the tests, on their thread: on a ledger's, the collector would destroy a test's old widgets."""
    gc.disable()
    gc.collect(2 if next(_COUNT) % WHOLE_HEAP_EVERY == 0 else 1)


@pytest.fixture(autouse=True)
def _no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAYDESK_KEYRING", "off")
    monkeypatch.setenv("LANGUAGE", "en")


@pytest.fixture(scope="session", autouse=True)
def _nothing_secret_on_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """After all tests: no file that the program wrote anywhere holds what must never be on disk (promise R8)."""
    yield
    found = findings(tmp_path_factory.getbasetemp())
    assert not found, "\n".join(found)


@pytest.fixture(scope="session")
def merchant_pem() -> str:
    return keys.make_private_key_pem()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"
