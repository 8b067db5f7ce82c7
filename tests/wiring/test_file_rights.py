"""Files of the home and files made for the user: readable by their owner only, written whole or not at all."""

from __future__ import annotations

import asyncio
import json
import os
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap import make_keys, open_core, open_home, remember_address, remembered_address
from app.bootstrap.diagnostics import write_diagnostics
from app.domain.errors import StorageError, StorageFull
from app.logs import set_up_logging, stop_logging
from app.services.sales.till import Sale
from app.settings.home.self_probe import self_probe
from app.simulator.server import Simulator

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")


@pytest.fixture(autouse=True)
def _open_umask() -> Iterator[None]:
    """With an empty umask, a file created without an explicit mode is readable by all."""
    before = os.umask(0)
    yield
    os.umask(before)
    stop_logging()


def open_to_others(folder: Path) -> list[str]:
    return [
        f"{path.relative_to(folder)} {stat.S_IMODE(path.stat().st_mode):o}"
        for path in sorted(folder.rglob("*"))
        if stat.S_IMODE(path.stat().st_mode) & 0o077
    ]


async def test_every_file_of_a_home_is_for_its_owner_only(home: Path) -> None:
    opened = open_home(str(home), lambda code: None)
    set_up_logging(opened.paths.log_dir)
    make_keys(opened)
    opened.file.set("shop.name", "Kava", secrets=opened.secrets)
    async with open_core(opened) as core, core.storage.running():
        await core.till.request_payment(Sale(100))
        remember_address(opened, "127.0.0.1", 8733)
        with self_probe(opened.paths.home):
            assert open_to_others(home) == []
    assert open_to_others(home) == []
    assert remembered_address(opened) == ("127.0.0.1", 8733)


def test_the_listeners_note_is_replaced_whole_and_loses_old_rights(home: Path) -> None:
    opened = open_home(str(home), lambda code: None)
    opened.paths.state_file.write_text("{}")
    with opened.paths.state_file.open() as old:
        remember_address(opened, "127.0.0.1", 8733)
        assert old.read() == "{}"  # a concurrent reader sees the old note or the new one, never half of it
    assert json.loads(opened.paths.state_file.read_text())["port"] == 8733
    assert open_to_others(home) == []


def test_the_diagnostics_file_is_private_and_whole(home: Path, tmp_path: Path) -> None:
    opened = open_home(str(home), lambda code: None)
    log = opened.paths.log_dir / "paydesk.log"
    log.parent.mkdir(mode=0o700)
    log.write_text("older: [parameters: ('olena@example.com', '+380671234567')]\n")
    target = tmp_path / "support" / "support.zip"
    target.parent.mkdir()
    target.write_bytes(b"the one of before")
    with target.open("rb") as old:
        write_diagnostics(opened, [], target)
        assert old.read() == b"the one of before"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [path.name for path in target.parent.iterdir()] == ["support.zip"]
    with zipfile.ZipFile(target) as archive:
        log_text = archive.read("logs/paydesk.log").decode()
    assert "older" in log_text
    assert "olena" not in log_text
    assert "380671234567" not in log_text
    log.unlink()


def test_a_diagnostics_file_that_cannot_be_written_leaves_the_old_one(home: Path, tmp_path: Path) -> None:
    opened = open_home(str(home), lambda code: None)
    with pytest.raises(StorageError):
        write_diagnostics(opened, [], tmp_path / "nowhere" / "support.zip")
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_device_is_written_to_and_never_replaced(home: Path) -> None:
    opened = open_home(str(home), lambda code: None)
    with pytest.raises(StorageFull):
        write_diagnostics(opened, [], Path("/dev/full"))
    assert Path("/dev/full").is_char_device()


def test_a_link_is_followed(home: Path, tmp_path: Path) -> None:
    opened = open_home(str(home), lambda code: None)
    (tmp_path / "real").mkdir()
    link, real = tmp_path / "support.zip", tmp_path / "real" / "support.zip"
    link.symlink_to(real)
    write_diagnostics(opened, [], link)
    assert link.is_symlink()
    assert zipfile.is_zipfile(real)


async def test_the_demo_operators_files_are_whole_and_its_secrets_private(tmp_path: Path) -> None:
    folder = tmp_path / "operator"
    first = Simulator(port=0, directory=folder)
    assert {line.split()[0] for line in open_to_others(folder)} <= {"operator_public.pem"}
    with (folder / "operator_public.pem").open() as old:
        again = Simulator(port=0, directory=folder)
        assert old.read() == first.public_pem
    assert (again.token, again.public_pem) == (first.token, first.public_pem)
    (folder / "token").write_text("")  # left by a killed start of an older version
    assert await asyncio.to_thread(lambda: Simulator(port=0, directory=folder).token)


@pytest.mark.parametrize("mode", [0o2775, 0o750, 0o700, 0o1777])
@pytest.mark.parametrize("umask", [0, 0o022, 0o077])
def test_a_folder_that_was_there_keeps_its_rights(tmp_path: Path, mode: int, umask: int) -> None:
    given = tmp_path / "shared"
    given.mkdir()
    given.chmod(mode)
    os.umask(umask)
    make_keys(open_home(str(given), lambda code: None))
    assert stat.S_IMODE(given.stat().st_mode) == mode
    assert stat.S_IMODE((given / "vault.bin").stat().st_mode) == 0o600


@pytest.mark.parametrize("umask", [0, 0o022, 0o077, 0o277])
def test_a_home_that_is_made_is_for_its_owner_whatever_is_masked(tmp_path: Path, umask: int) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o2775)
    os.umask(umask)
    open_home(str(folder / "home"), lambda code: None)
    assert stat.S_IMODE((folder / "home").stat().st_mode) & 0o777 == 0o700
    assert stat.S_IMODE(folder.stat().st_mode) == 0o2775


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give a file to others")
def test_what_root_changes_still_belongs_to_the_shop(home: Path) -> None:
    opened = open_home(str(home), lambda code: None)
    make_keys(opened)
    opened.file.set("shop.name", "Kava", secrets=opened.secrets)
    files = [opened.paths.vault_file, opened.paths.home / "settings.toml", opened.paths.secrets_file]
    for path in (home, *home.rglob("*")):
        os.chown(path, 12345, 23456)
    opened.secrets.put("operator_token", "another token")
    opened.file.set("shop.name", "Chai", secrets=opened.secrets)
    owners = {path.name: (path.stat().st_uid, path.stat().st_gid) for path in files}
    assert owners == {path.name: (12345, 23456) for path in files}


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give a file to others")
async def test_what_root_makes_belongs_to_the_shop(home: Path) -> None:
    home.mkdir()
    os.chown(home, 12345, 23456)
    opened = open_home(str(home), lambda code: None)
    make_keys(opened)
    opened.file.set("shop.name", "Kava", secrets=opened.secrets)
    async with open_core(opened) as core, core.storage.running():
        await core.till.request_payment(Sale(100))
        remember_address(opened, "127.0.0.1", 8733)
        others = {path.relative_to(home).as_posix() for path in home.rglob("*") if path.stat().st_uid != 12345}
    assert others == set()
