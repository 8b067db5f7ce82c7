"""The demo as a stranger meets it: without a display it says so, plays the whole job and leaves pictures."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

from PySide6.QtGui import QImage

from app.cli.window import has_display
from tests.journeys.conftest import ENVIRONMENT, Shells
from tests.screen import virtual_screen

HEADLESS_PLATFORMS = {name: value for name, value in ENVIRONMENT.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
PICTURES = 9


def test_without_a_display_the_job_is_played_and_photographed(shells: Shells, tmp_path: Path) -> None:
    command = [part for part in shells.command("demo") if part not in ("--home", str(shells.home))]
    environment = {**HEADLESS_PLATFORMS, "TMPDIR": str(tmp_path)}  # a place that no other demo of this machine uses
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    first, *_ = done.stdout.splitlines()
    assert first == "There is no display here, so the desk is played offscreen."
    assert "The window has turned green by itself" in done.stdout
    assert "The operator reported the payment of 125,50" in done.stdout
    folder = Path(done.stdout.splitlines()[-1].rpartition(" ")[2])
    pictures = sorted(folder.glob("*.png"))
    assert len(pictures) == PICTURES
    assert all(QImage(str(picture)).width() == 1366 for picture in pictures)
    assert list(tmp_path.glob("paydesk-demo-*")) == [], "the demo home is thrown away"
    for picture in pictures:
        picture.unlink()
    folder.rmdir()


def test_a_tour_into_a_folder_of_the_persons_choice(shells: Shells, tmp_path: Path) -> None:
    out = shells.run("demo", "--tour", str(tmp_path / "pictures"), "--keep")
    assert out.rstrip().endswith(str(shells.home)), "a kept home is named"
    assert len(list((tmp_path / "pictures").glob("*.png"))) == PICTURES
    paid = shells.json("payments", "--status", "paid")
    assert [payment["amount_minor"] for payment in paid] == [25000, 12550]


def test_the_window_needs_a_display(shells: Shells) -> None:
    done = subprocess.run(shells.command("run"), env=HEADLESS_PLATFORMS, capture_output=True, text=True, timeout=30)
    assert done.returncode == 2
    assert "There is no display" in done.stderr


def test_the_window_ends_in_order_when_told_to(shells: Shells, tmp_path: Path) -> None:
    """Told to stop, the demo closes the ledger and throws its home away."""
    command = [part for part in shells.command("demo") if part not in ("--home", str(shells.home))]
    with virtual_screen() as screen:
        environment = {**ENVIRONMENT, **screen.environment, "TMPDIR": str(tmp_path)}
        process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        screen.find_window("Demo shop")
        assert len(list(tmp_path.glob("paydesk-demo-*"))) == 1
        process.send_signal(signal.SIGTERM)
        _, complaints = process.communicate(timeout=20)
    assert (process.returncode, complaints) == (0, "")
    assert list(tmp_path.glob("paydesk-demo-*")) == []


def test_a_display_counts_when_it_answers() -> None:
    assert not has_display({})
    assert not has_display({"DISPLAY": ":1999"}), "named, but nobody is there: Qt would end the process"
    assert not has_display({"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": "/nowhere"})
    assert has_display({"QT_QPA_PLATFORM": "vnc"})
    with virtual_screen() as screen:
        assert has_display(screen.environment)
        assert has_display({"DISPLAY": screen.environment["DISPLAY"]})
        assert not has_display({**screen.environment, "QT_QPA_PLATFORM": "offscreen"})
