"""Fixtures of all tests: no keyring, keys made once, a home in a temporary folder."""

from __future__ import annotations

import gc
import itertools
import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from app.operator_api import keys
from tests.ports import free_port
from tests.secrets_scan import findings
from tests.sendable import sendable

# The default number of examples a property: fewer in `make test`, all that are promised in `make soak` (R2).
settings.register_profile("usual", max_examples=200, deadline=None)
settings.register_profile("soak", max_examples=10_000, deadline=None)
settings.load_profile("usual")

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # without a display Qt aborts the process


WHOLE_HEAP_EVERY = 40
_COUNT = itertools.count(1)


def pytest_collection_finish() -> None:
    """Run the garbage collector explicitly from now on, between the tests and on their thread.

    The automatic collector runs on whichever thread allocates. On a ledger's it destroyed the old widgets of a test
    while Qt delivered an event to them: a segmentation fault in a later test's event loop. Objects made before
    the first test are frozen, so that the collector does not walk all modules each time.
    """
    gc.collect()
    gc.freeze()
    gc.disable()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    gc.collect(2 if next(_COUNT) % WHOLE_HEAP_EVERY == 0 else 1)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """No test may enable the automatic collector: another test would crash."""
    assert not gc.isenabled(), f"{item.nodeid} switched the collector on"


GROUPS = {
    "tests/ui/test_every_page": "pages",
    "tests/ui/": "window",
    "tests/wiring/test_window": "window on a core",
    "tests/journeys/test_window": "screen",
    "tests/journeys/test_demo": "screen",
    "tests/journeys/test_four_shells": "screen",
    "tests/journeys/test_payer_pages": "screen",
}
"""Path prefixes, and the group whose tests run one after another in one process of `pytest -n`.

Qt's tests share an application and a theme; programs on a screen and browsers would compete for the processor. The
first beginning that fits counts. The walk over every page is as long as all other tests of the window.
"""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give pytest-xdist the groups of tests that may not run at the same time; all others go to any free process."""
    for item in items:
        for beginning, group in GROUPS.items():
            if item.nodeid.startswith(beginning):
                item.add_marker(pytest.mark.xdist_group(group))
                break


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, Any, Any]:
    """Escape lone surrogates, which tests of foreign text log: the pipe between two processes refuses them."""
    return sendable((yield))


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
def unused_tcp_port() -> int:
    """Instead of pytest-asyncio's: no connection of another process can take it meanwhile."""
    return free_port()


@pytest.fixture
def unused_tcp_port_factory() -> Callable[[], int]:
    return free_port


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"
