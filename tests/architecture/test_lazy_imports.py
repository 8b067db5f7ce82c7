"""The command line answers at once: importing it loads nothing heavy; the verbs import what they need themselves."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
HEAVY = {"aiohttp", "alembic", "cryptography", "httpx", "keyring", "PySide6", "qasync", "sqlalchemy", "sqlmodel"}
HEAVY |= {"certifi", "truststore"}


def test_the_command_line_imports_nothing_heavy() -> None:
    code = "import sys, app.cli; print(*sorted({name.partition('.')[0] for name in sys.modules}), sep='\\n')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert "app" in loaded
    assert not loaded & HEAVY


def test_the_operators_client_loads_no_certificates_before_its_first_request() -> None:
    code = "import sys, app.operator_api.client; print(*sys.modules, sep='\\n')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert "app.operator_api.client" in loaded
    assert not loaded & {"certifi", "truststore"}
