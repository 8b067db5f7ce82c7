"""A change of the operator's key on the command line: two files are set, shown and checked one by one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.journeys.conftest import Shells

KEY = "operator.public_key_file"


def test_two_key_files_on_the_command_line(shells: Shells, tmp_path: Path) -> None:
    shells.start_operator()
    old = str(shells.operator_dir / "operator_public.pem")
    assert shells.json("config", "get", KEY) == old
    new = str(tmp_path / "new, of 2027.pem")
    shutil.copy(old, new)
    both = json.dumps([old, new])
    assert shells.json("config", "set", KEY, both) == {KEY: [old, new]}
    assert shells.json("config", "get", KEY) == [old, new]
    assert shells.json("config", "get")[KEY] == [old, new]
    assert shells.run("config", "get", KEY) == f"{old}, {new}\n"
    shells.run("config", "set", KEY, f"{old},{tmp_path / 'gone.pem'}", code=2)
    Path(new).unlink()
    found = [one for one in shells.json("doctor", code=1) if one["check"] == "operator_key"]
    assert [(one["ok"], old in one["text"], new in one["text"]) for one in found] == [
        (True, True, False),
        (False, False, True),
    ]
    assert shells.json("link", "--amount", "12,50")["status"] == "open"  # encrypted for the key that is readable
    assert shells.json("config", "set", KEY, old) == {KEY: old}
