"""The vault on a real disk, with fake keyrings."""

from __future__ import annotations

import json
import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.errors import SecretsUnreadable
from app.settings.home.marker import HomeMarker
from app.settings.home.paths import HomePaths
from app.settings.vault.secrets import VaultSecrets


class FakeKeyring:
    """Works; its subclasses do not."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


class RefusingKeyring(FakeKeyring):
    def set_password(self, service: str, username: str, password: str) -> None:
        raise RuntimeError("locked")


class ForgetfulKeyring(FakeKeyring):
    def set_password(self, service: str, username: str, password: str) -> None:
        return


class HangingKeyring(FakeKeyring):
    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()

    def set_password(self, service: str, username: str, password: str) -> None:
        self.gate.wait()


@pytest.fixture
def paths(tmp_path: Path) -> HomePaths:
    return HomePaths(tmp_path)


@pytest.fixture
def warnings() -> list[str]:
    return []


@pytest.fixture
def hanging() -> Iterator[HangingKeyring]:
    keyring = HangingKeyring()
    yield keyring
    keyring.gate.set()


def test_the_keyring_holds_one_key_and_the_home_the_rest(paths: HomePaths, warnings: list[str]) -> None:
    keyring = FakeKeyring()
    secrets = VaultSecrets(paths, warn=warnings.append, backend=keyring)
    assert secrets.get("operator_token") is None
    assert keyring.kept == {}
    secrets.put("operator_token", "токен")
    secrets.put("private_key_pem", "PEM" * 1000)
    again = VaultSecrets(paths, warn=warnings.append, backend=keyring)
    assert again.get("operator_token") == "токен"
    assert again.get("private_key_pem") == "PEM" * 1000
    assert again.get("other") is None
    assert again.stored_in == secrets.stored_in == "keyring"
    assert len(keyring.kept) == 1
    assert not paths.secrets_file.exists()
    assert warnings == []
    content = paths.vault_file.read_bytes()
    assert "токен".encode() not in content
    assert b"PEMPEM" not in content


@pytest.mark.parametrize("kind", [RefusingKeyring, ForgetfulKeyring])
def test_without_a_keyring_the_key_lies_beside_with_one_warning(
    paths: HomePaths, warnings: list[str], kind: type[FakeKeyring]
) -> None:
    secrets = VaultSecrets(paths, warn=warnings.append, backend=kind())
    secrets.put("operator_token", "t")
    secrets.put("operator_token", "u")
    again = VaultSecrets(paths, warn=warnings.append, backend=kind())
    again.put("more", "v")
    assert (again.get("operator_token"), again.get("more")) == ("u", "v")
    assert again.stored_in == secrets.stored_in == "file"
    assert warnings == ["secrets_in_file"]
    if os.name != "nt":
        for file in (paths.secrets_file, paths.vault_file):
            assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_keyring_that_hangs_is_left(paths: HomePaths, warnings: list[str], hanging: HangingKeyring) -> None:
    secrets = VaultSecrets(paths, warn=warnings.append, backend=hanging, timeout_s=0.05)
    secrets.put("operator_token", "t")
    assert secrets.get("operator_token") == "t"
    assert secrets.stored_in == "file"
    assert warnings == ["secrets_in_file"]


def test_the_environment_turns_the_keyring_off(
    paths: HomePaths, warnings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAYDESK_KEYRING", "off")
    secrets = VaultSecrets(paths, warn=warnings.append)
    assert secrets.stored_in == "file"
    secrets.put("operator_token", "t")
    assert VaultSecrets(paths, warn=warnings.append).get("operator_token") == "t"
    assert warnings == ["secrets_in_file"]


def test_a_lost_key_is_reported_and_nothing_is_overwritten(paths: HomePaths, warnings: list[str]) -> None:
    keyring = FakeKeyring()
    VaultSecrets(paths, warn=warnings.append, backend=keyring).put("operator_token", "t")
    before = paths.vault_file.read_bytes()
    lost = VaultSecrets(paths, warn=warnings.append, backend=FakeKeyring())
    with pytest.raises(SecretsUnreadable):
        lost.get("operator_token")
    with pytest.raises(SecretsUnreadable):
        lost.put("operator_token", "new")
    assert paths.vault_file.read_bytes() == before
    assert not paths.secrets_file.exists()
    assert VaultSecrets(paths, warn=warnings.append, backend=keyring).get("operator_token") == "t"


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b'{"version": 2, "id": "x", "secrets": {}}'])
def test_a_damaged_vault_is_reported(paths: HomePaths, warnings: list[str], content: bytes) -> None:
    paths.vault_file.write_bytes(content)
    secrets = VaultSecrets(paths, warn=warnings.append, backend=FakeKeyring())
    with pytest.raises(SecretsUnreadable):
        secrets.get("operator_token")
    with pytest.raises(SecretsUnreadable):
        secrets.put("operator_token", "t")
    assert paths.vault_file.read_bytes() == content


def test_a_strange_or_damaged_key_file_is_reported(paths: HomePaths, warnings: list[str]) -> None:
    VaultSecrets(paths, warn=warnings.append, backend=RefusingKeyring()).put("operator_token", "t")
    for text in ("", "not base64!", "AAAA", "A" * 43 + "="):
        paths.secrets_file.write_text(text)
        secrets = VaultSecrets(paths, warn=warnings.append, backend=FakeKeyring())
        with pytest.raises(SecretsUnreadable):
            secrets.get("operator_token")
        with pytest.raises(SecretsUnreadable):
            secrets.put("other", "x")


def test_a_secret_cannot_take_anothers_place(paths: HomePaths, warnings: list[str]) -> None:
    secrets = VaultSecrets(paths, warn=warnings.append, backend=FakeKeyring())
    secrets.put("a", "1")
    secrets.put("b", "2")
    vault = json.loads(paths.vault_file.read_bytes())
    vault["secrets"]["a"] = vault["secrets"]["b"]
    paths.vault_file.write_text(json.dumps(vault))
    with pytest.raises(SecretsUnreadable):
        secrets.get("a")


def test_many_writers_lose_nothing(paths: HomePaths, warnings: list[str]) -> None:
    keyring = FakeKeyring()
    secrets = [VaultSecrets(paths, warn=warnings.append, backend=keyring) for _ in range(8)]
    threads = [threading.Thread(target=one.put, args=(f"s{at}", "v")) for at, one in enumerate(secrets)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reader = VaultSecrets(paths, warn=warnings.append, backend=keyring)
    assert [reader.get(f"s{at}") for at in range(8)] == ["v"] * 8


def test_an_edit_is_stored_whole_or_not_at_all(paths: HomePaths, warnings: list[str]) -> None:
    secrets = VaultSecrets(paths, warn=warnings.append, backend=FakeKeyring())

    def half() -> None:
        with secrets.edit() as kept:
            kept["a"] = "1"
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        half()
    assert not paths.vault_file.exists()
    with secrets.edit() as kept:
        kept |= {"a": "1", "b": "2"}
    before = paths.vault_file.read_bytes()
    with secrets.edit() as kept:
        assert kept == {"a": "1", "b": "2"}
    assert paths.vault_file.read_bytes() == before
    with secrets.edit() as kept:
        kept["c"] = kept.pop("a")
    assert [secrets.get(name) for name in "abc"] == [None, "2", "1"]


def test_a_vault_that_is_gone_from_a_used_home_is_reported_and_not_made_anew(
    paths: HomePaths, warnings: list[str]
) -> None:
    keyring = FakeKeyring()
    secrets = VaultSecrets(paths, warn=warnings.append, backend=keyring)
    secrets.put("a", "1")
    HomeMarker(paths).note_ledger(0)
    secrets.put("b", "2")
    whole = paths.vault_file.read_bytes()
    paths.vault_file.unlink()
    for attempt in (lambda: secrets.get("a"), lambda: secrets.put("a", "3")):
        with pytest.raises(SecretsUnreadable) as refused:
            attempt()
        assert refused.value.details["reason"] == "vault_gone"
    assert not paths.vault_file.exists()
    paths.vault_file.write_bytes(whole)
    assert VaultSecrets(paths, warn=warnings.append, backend=keyring).get("a") == "1"


class LockableKeyring(FakeKeyring):
    """A keyring whose collection is locked: every question asks a person, who is not there."""

    def __init__(self) -> None:
        super().__init__()
        self.is_locked = False
        self.asked = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.asked += 1
        if self.is_locked:
            raise RuntimeError("the collection is locked")
        return super().get_password(service, username)


def test_a_locked_keyring_is_asked_again_after_a_pause_only(paths: HomePaths, warnings: list[str]) -> None:
    keyring, now = LockableKeyring(), [0.0]
    VaultSecrets(paths, warn=warnings.append, backend=keyring).put("operator_token", "t")
    secrets = VaultSecrets(paths, warn=warnings.append, backend=keyring, clock=lambda: now[0])
    keyring.is_locked, keyring.asked = True, 0
    for _ in range(3):
        with pytest.raises(SecretsUnreadable):
            secrets.get("operator_token")
    assert keyring.asked == 1, "each question may cost two seconds, or show a dialog"
    keyring.is_locked = False
    now[0] = 4.9
    assert not secrets.is_available()
    now[0] = 5.1
    assert secrets.is_available()
    assert secrets.get("operator_token") == "t"


def test_a_keyring_that_says_it_is_locked_is_not_asked_for_its_key(paths: HomePaths, warnings: list[str]) -> None:
    keyring, now, locked = LockableKeyring(), [0.0], [True]
    VaultSecrets(paths, warn=warnings.append, backend=keyring).put("operator_token", "t")
    secrets = VaultSecrets(
        paths, warn=warnings.append, backend=keyring, clock=lambda: now[0], is_locked=lambda: locked[0]
    )
    keyring.asked = 0
    assert not secrets.is_available()
    assert keyring.asked == 0, "the question would show a dialog, again and again"
    locked[0], now[0] = False, 10.0
    assert secrets.is_available()


def test_without_a_vault_nothing_has_to_be_unlocked(paths: HomePaths, warnings: list[str]) -> None:
    keyring = LockableKeyring()
    assert VaultSecrets(paths, warn=warnings.append, backend=keyring).is_available()
    assert keyring.asked == 0


def test_a_vault_that_is_damaged_is_not_available(paths: HomePaths, warnings: list[str]) -> None:
    paths.vault_file.write_text("{")
    assert not VaultSecrets(paths, warn=warnings.append, backend=FakeKeyring()).is_available()
