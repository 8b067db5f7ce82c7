"""The diagnostics file: what support needs to analyse an installation, without secret or personal data."""

from __future__ import annotations

import io
import json
import platform
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from app import __version__
from app.bootstrap.home import Home
from app.domain.errors import OwnFile
from app.domain.text.plain_text import escaped
from app.domain.text.redaction import redact_personal, redacted_value
from app.logs import redacted_log
from app.services.checks.check_result import CheckResult
from app.settings.home.atomic import write_for_person

PACKAGES = ("PySide6-Essentials", "qasync", "httpx", "sqlmodel", "SQLAlchemy", "aiohttp", "cryptography", "keyring")
LOG_TAIL_BYTES = 500_000
_HIDDEN_SETTINGS = ("operator.token",)


def write_diagnostics(home: Home, results: Sequence[CheckResult], target: Path) -> Path:
    """Write a zip with versions, settings, the doctor's results and the tails of the logs.

    Raises OwnFile, StorageError.

    The file is for its owner only and written atomically: a failure leaves the existing one. Every value is redacted
    separately, before composition: adjacent numbers in a list are no card number. Logs are redacted and sanitized
    when they are written, and again here by the rules of this version.
    """
    if home.paths.owns(target):
        raise OwnFile(path=str(target))
    parts = {
        "versions.json": json.dumps(_versions(), indent=2),
        "settings.json": _document(_settings(home)),
        "doctor.json": _document([asdict(result) for result in results]),
        "files.json": _document(_files(home)),
        **{f"logs/{path.name}": redacted_log(_tail(path)) for path in sorted(home.paths.log_dir.glob("*.log*"))},
    }
    packed = io.BytesIO()  # a few hundred kilobytes: the tails of the logs are bounded
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, escaped(redact_personal(text), keep="\n"))
    write_for_person(target, packed.getvalue())
    return target


def _document(value: object) -> str:
    plain = json.loads(json.dumps(value, default=str))
    return json.dumps(redacted_value(plain), indent=2, ensure_ascii=False)


def _versions() -> dict[str, str]:
    return {
        "paydesk": __version__,
        "python": sys.version,
        "system": platform.platform(),
        **{name: _version(name) for name in PACKAGES},
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _settings(home: Home) -> dict[str, object]:
    values = home.file.as_dict(home.settings, home.secrets)
    return {key: value for key, value in values.items() if key not in _HIDDEN_SETTINGS}


def _files(home: Home) -> dict[str, int]:
    """Return name and size of the home's files; their content is not included."""
    return {
        str(path.relative_to(home.paths.home)): path.stat().st_size
        for path in sorted(home.paths.home.rglob("*"))
        if path.is_file()
    }


def _tail(path: Path) -> str:
    try:
        with path.open("rb") as log:
            log.seek(max(0, path.stat().st_size - LOG_TAIL_BYTES))
            return log.read().decode("utf-8", "replace").replace("\r\n", "\n")
    except OSError as failure:
        return f"(cannot be read: {failure.strerror})"
