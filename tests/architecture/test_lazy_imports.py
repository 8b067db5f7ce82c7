"""The command line starts quickly: importing it loads nothing heavy; each verb imports what it needs."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from app.storage.tables.schema import upgrade_schema

ROOT = Path(__file__).parents[2]
HEAVY = {"aiohttp", "alembic", "cryptography", "httpx", "keyring", "PySide6", "qasync", "sqlalchemy", "sqlmodel"}
HEAVY |= {"certifi", "truststore", "pydantic", "tomlkit", "segno"}
OTHER_VERBS = {
    f"app.{room}"
    for room in (
        "gui", "tour", "listener", "operator_api", "simulator", "storage.rows", "storage.upgrade", "bootstrap.core",
        "bootstrap.core_runner", "bootstrap.doctor", "bootstrap.launch_plans", "bootstrap.listening", "bootstrap.setup",
        "services.background_jobs", "services.refunds", "services.till", "services.doctor",
    )
}  # fmt: skip
"""Modules that a reading verb does not need: importing them would take a third of its time."""
SEARCH = {
    "app.domain.search_words",
    "app.domain.text.typed_day",
    "app.storage.history.search",
    "app.storage.history.totals",
}
"""Modules that only searches and totals need."""
RUN = """
import json, sys
from app.cli import main
try:
    main()
finally:
    sys.stderr.write(json.dumps(sorted(sys.modules)))
"""


def loaded_by(home: Path, verb: Sequence[str]) -> tuple[int, set[str]]:
    """Run a verb as a separate process; return its exit code and the names of all modules that it loaded."""
    command = [sys.executable, "-c", RUN, "--home", str(home), *verb]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, set(json.loads(done.stderr.splitlines()[-1]))


def test_the_command_line_imports_nothing_heavy() -> None:
    code = "import sys, app.cli; print(*sorted({name.partition('.')[0] for name in sys.modules}), sep='\\n')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert "app" in loaded
    assert not loaded & (HEAVY | {"asyncio", "sqlite3"})


@pytest.mark.parametrize(
    "verb",
    [["payments", "--json"], ["payments", "--status", "paid", "--attention"], ["payment", "1"], ["rebuild", "--check"]],
)
def test_the_language_of_searches_is_loaded_by_a_search_only(home: Path, verb: list[str]) -> None:
    home.mkdir()
    upgrade_schema(home / "ledger.sqlite3")
    _, loaded = loaded_by(home, verb)
    assert "app.storage.projection" in loaded
    assert not loaded & SEARCH
    _, loaded = loaded_by(home, ["payments", "--search", "100"])
    assert loaded >= SEARCH - {"app.storage.history.totals"}


@pytest.mark.parametrize(
    ("verb", "code"),
    [
        (["payments", "--json"], 0),
        (["payments", "--search", "100", "--attention"], 0),
        (["payment", "1", "--json"], 5),
        (["rebuild", "--check"], 0),
        (["config", "get", "--json"], 0),
        (["config", "get", "till.sound"], 0),
    ],
)
def test_a_verb_that_reads_loads_nothing_that_it_does_not_need(home: Path, verb: list[str], code: int) -> None:
    home.mkdir()
    upgrade_schema(home / "ledger.sqlite3")
    left, loaded = loaded_by(home, verb)
    assert left == code
    assert "app.bootstrap.home" in loaded
    assert not {name.partition(".")[0] for name in loaded} & HEAVY
    assert not loaded & OTHER_VERBS


def test_the_operators_client_loads_neither_httpx_nor_certificates_before_its_first_request() -> None:
    code = "import sys, app.operator_api.client; print(*sys.modules, sep='\\n')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert "app.operator_api.client" in loaded
    assert not loaded & {"certifi", "httpx", "truststore"}
