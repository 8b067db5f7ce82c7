"""The demo on a machine without a display: it says so, runs the whole sale and leaves pictures."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import httpx
import pytest
from PySide6.QtGui import QImage

from app.cli.display import has_display
from tests.journeys.conftest import ENVIRONMENT, Shells
from tests.screen import guarded_screen, virtual_screen

HEADLESS_PLATFORMS = {name: value for name, value in ENVIRONMENT.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
PICTURES = 9


def test_without_a_display_the_job_is_played_and_photographed(shells: Shells, tmp_path: Path) -> None:
    command = [part for part in shells.command("demo") if part not in ("--home", str(shells.home))]
    environment = {**HEADLESS_PLATFORMS, "TMPDIR": str(tmp_path)}  # a folder that no other demo of this machine uses
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
    """On a signal to stop the demo closes the ledger and deletes its home."""
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


REFUSING: dict[str, dict[str, str]] = {
    "another computer that is none": {"DISPLAY": "localhost:55"},
    "a number that nobody has": {"DISPLAY": ":1999"},
    "no display's name": {"DISPLAY": "nonsense"},
    "a platform that is none": {"QT_QPA_PLATFORM": "nonsense"},
    "several that are none": {"QT_QPA_PLATFORM": "nonsense;wayland;xcb", "DISPLAY": ":1999"},
    "a platform without a screen": {"QT_QPA_PLATFORM": "linuxfb:fb=/nowhere"},
    "a platform without a device": {"QT_QPA_PLATFORM": "eglfs"},
    "a wayland that is gone": {"QT_QPA_PLATFORM": "wayland", "WAYLAND_DISPLAY": "/nowhere"},
}


@pytest.mark.parametrize("case", REFUSING)
def test_a_display_that_refuses_is_one_line_and_two(shells: Shells, case: str) -> None:
    environment = {**HEADLESS_PLATFORMS, **REFUSING[case]}
    if "QT_QPA_PLATFORM" not in REFUSING[case]:
        environment.pop("QT_QPA_PLATFORM", None)
    done = subprocess.run(shells.command("run"), env=environment, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1), done.stderr


def test_a_display_that_knows_no_cookie_of_ours_is_one_line_and_two(
    shells: Shells, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with guarded_screen(tmp_path / "authority") as screen:
        environment = {**ENVIRONMENT, **screen.environment, "XAUTHORITY": str(tmp_path / "none")}
        for name, value in screen.environment.items():
            monkeypatch.setenv(name, value)
        assert has_display()
        done = subprocess.run(shells.command("run"), env=environment, capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1), done.stderr


def test_the_demo_is_played_offscreen_where_qt_does_not_start(shells: Shells) -> None:
    environment = {**HEADLESS_PLATFORMS, "QT_QPA_PLATFORM": "nonsense"}
    done = subprocess.run(shells.command("demo"), env=environment, capture_output=True, text=True, timeout=100)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("There is no display here")


def test_links_of_a_kept_demo_live_on_after_a_restart(shells: Shells, tmp_path: Path) -> None:
    for at in range(2):
        shells.run("demo", "--tour", str(tmp_path / f"pictures{at}"), "--keep")
    urls = {link["url"] for number in range(1, 7) for link in shells.json("payment", str(number))["links"]}
    assert len({url.split("/uk/")[0].split("/en/")[0] for url in urls}) == 1, "the second start took another port"
    url = shells.json("config", "get", "operator.url")
    _, again = shells.start(
        "simulator", "--port", url.split(":")[2].split("/")[0], "--dir", str(shells.home / "operator")
    )
    assert again == url
    for link in urls:
        assert httpx.get(link, trust_env=False).status_code == 200
