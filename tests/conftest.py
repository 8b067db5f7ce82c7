"""What every kind of test shares: no keyring, keys made once, a home in a temporary folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.operator_api import keys


@pytest.fixture(autouse=True)
def _no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAYDESK_KEYRING", "off")
    monkeypatch.setenv("LANGUAGE", "en")


@pytest.fixture(scope="session")
def merchant_pem() -> str:
    return keys.make_private_key_pem()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"
