"""The scan at the end of the whole suite finds what it must find."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.secrets_scan import findings

CARD = "4242" * 4


@pytest.mark.parametrize(
    "content",
    [
        f"pan={CARD}",
        f"card {CARD[:4]} {CARD[4:8]} {CARD[8:12]} {CARD[12:]}",
        "/".join(CARD),
        "%20".join([CARD[:4], CARD[4:10], CARD[10:]]),
        "&nbsp;".join([CARD[:1], CARD[1:15], CARD[15:]]),
        " \u2013 _".join([CARD[:8], CARD[8:]]),
        "%252D%2D".join([CARD[:8], CARD[8:]]),
        '{"tavv": "AAABBBCCCDDD="}',
        "-----BEGIN RSA " + "PRIVATE KEY-----\n",
    ],
)
def test_each_kind_is_found(tmp_path: Path, content: str) -> None:
    folder = tmp_path / "operator" / "look"  # the suite's own scan passes over an operator's folder
    folder.mkdir(parents=True)
    file = folder / "paydesk.log"
    file.write_text(content)
    moved = Path(str(folder))
    assert _scan(moved) == 1
    archive = folder / "diagnostics.zip"
    with zipfile.ZipFile(archive, "w") as target:
        target.writestr("logs/paydesk.log", content)
    assert _scan(moved) == 2
    file.write_text("card 424242******4242, tavv=***")
    assert _scan(moved) == 1


def _scan(folder: Path) -> int:
    return len(findings(folder, passed_over=()))
