"""The window is painted before anything heavy is loaded (house.md 6); this test lists what may be loaded by then."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = {"app", "PySide6", "shiboken6", "shibokensupport", "signature_bootstrap", "qasync", "platformdirs"}
"""Everything outside the standard library that the first paint may wait for."""
QT_MODULES = {"PySide6.QtCore", "PySide6.QtGui", "PySide6.QtWidgets", "PySide6.QtSvg"}
ROOMS = {"bootstrap", "domain", "gui", "i18n", "lifecycle", "logs", "services", "settings", "ui"}
ROOMS |= {"process_hooks", "system"}
PAGES = {"till"}
NOT_OURS = {"tests", "sitecustomize"}


def _loaded(home: Path) -> set[str]:
    """Return the modules that a real start has loaded when the core begins, after the first paint."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.window_probe", str(home)],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout)["modules"])


def test_what_is_loaded_before_the_first_paint(home: Path) -> None:
    loaded = _loaded(home)
    packages = {name.partition(".")[0] for name in loaded} - set(sys.stdlib_module_names) - NOT_OURS
    assert {name for name in packages if not name.startswith("_")} == PACKAGES
    assert {name for name in loaded if name.startswith("PySide6.Qt")} <= QT_MODULES
    assert {name.split(".")[1] for name in loaded if name.startswith("app.")} == ROOMS
    pages = {name.split(".")[3] for name in loaded if name.startswith("app.ui.pages.")}
    assert pages == PAGES, "the other pages are made when somebody opens them"
