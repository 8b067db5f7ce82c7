"""The file of how the window shows things: kept over a start, and of no consequence when it is damaged."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from app.domain.errors import StorageError
from app.settings.view_choices import MOST_BYTES, ViewChoicesFile


async def test_what_is_kept_is_there_at_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "window.json"
    await ViewChoicesFile(path).keep("history_table", "їжак")
    await ViewChoicesFile(path).keep("other", "x")
    assert await ViewChoicesFile(path).get("history_table") == "їжак"
    assert await ViewChoicesFile(path).get("nothing") is None
    if os.name != "nt":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[1]", b'{"history_table": 3}', b"[" * 5000, b"7"])
async def test_a_damaged_file_is_as_none_and_can_be_written(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "window.json"
    path.write_bytes(content)
    file = ViewChoicesFile(path)
    assert await file.get("history_table") is None
    await file.keep("history_table", "y")
    assert await file.get("history_table") == "y"


async def test_a_huge_file_is_not_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "window.json"
    path.write_bytes(b'{"a": "' + b"x" * MOST_BYTES + b'"}')
    assert await ViewChoicesFile(path).get("a") is None


async def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        await ViewChoicesFile(tmp_path / "no" / "window.json").keep("a", "b")
