"""Files that the window writes for a person: written completely, or the existing one stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.errors import StorageError
from app.ui.desktop_services import write_whole


def test_a_text_replaces_the_old_one_whole(tmp_path: Path) -> None:
    target = tmp_path / "public.pem"
    target.write_text("the old one")
    with target.open() as old:
        write_whole(target, "новий ключ")
        assert old.read() == "the old one"
    assert target.read_text("utf-8") == "новий ключ"
    assert [path.name for path in tmp_path.iterdir()] == ["public.pem"]


def test_a_place_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    with pytest.raises(StorageError) as refused:
        write_whole(tmp_path / "nowhere" / "public.pem", "key")
    assert refused.value.details["path"] == str(tmp_path / "nowhere" / "public.pem")
    assert list(tmp_path.iterdir()) == []
