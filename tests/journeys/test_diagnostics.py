"""The file for support: what it must contain, and what it must not."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from tests.journeys.conftest import Shells
from tests.secrets_scan import findings


def test_the_file_for_support(shells: Shells, tmp_path: Path) -> None:
    shells.start_operator()
    shells.start("listen", "--port", "0")
    made = shells.json("link", "--amount", "125,50", "--phone", "0671234567", "--email", "anna@shop.ua")
    log = shells.home / "logs" / "paydesk.log"
    with log.open("a", encoding="utf-8") as text:
        text.write("an older version wrote pan=4242424242424242\n")
        text.write("2026-11-21T10:15:00.123+00:00 INFO app 4242/4242/4242/4242\n")
    file = tmp_path / "support.zip"
    shells.run("doctor", "--diagnostics", str(file))
    log.write_text("", encoding="utf-8")
    token = (shells.operator_dir / "token").read_text().strip()
    with zipfile.ZipFile(file) as archive:
        names = set(archive.namelist())
        everything = "\n".join(archive.read(name).decode() for name in names)
        settings = json.loads(archive.read("settings.json"))
        doctor = json.loads(archive.read("doctor.json"))
    assert {"versions.json", "settings.json", "doctor.json", "files.json", "logs/paydesk.log"} <= names
    assert settings["operator.url"].startswith("http://127.0.0.1")
    assert "operator.token" not in settings
    assert settings["till.presets"] == [5000, 10000, 20000, 50000]
    assert "2026-11-21T10:15:00.123+00:00 INFO app 424242******4242" in everything
    assert {finding["check"] for finding in doctor} >= {"token", "ledger"}
    for secret in (token, "380671234567", "anna@shop.ua", "PRIVATE KEY", "4242424242424242"):
        assert secret not in everything
    key = made["callback_url"].rpartition("/")[2]
    assert key not in everything
    log.write_text("", encoding="utf-8")
    assert findings(tmp_path) == []
