"""The program as people use it: a real window on a virtual screen, real keys, a real browser for the payer."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage

from app.ui.theme.tokens import load_tokens
from tests.journeys.conftest import ENVIRONMENT, Shells
from tests.screen import Screen, read_qr, virtual_screen
from tests.webdriver import chromium

TIMEOUT_S = 20.0
LOOK_EVERY_S = 0.1


@pytest.fixture(scope="module")
def screen() -> Iterator[Screen]:
    with virtual_screen() as shown:
        yield shown


@pytest.fixture
def window_id(shells: Shells, screen: Screen) -> Iterator[str]:
    """Run the demo on the screen; yield its window's id."""
    environment = {**ENVIRONMENT, **screen.environment}
    command = shells.command("demo", "--keep", "--speed", "20")
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        window = screen.find_window("Paydesk")
        screen.find_window("Demo shop")  # the title contains the shop's name once the core is running
        yield window
    finally:
        process.terminate()
        _, complaints = process.communicate(timeout=20)
        assert "Traceback" not in complaints
        assert "QThread" not in complaints


def until(condition: Callable[[], object], what: str) -> object:
    """Poll until the condition gives a true value; return that value."""
    deadline = time.monotonic() + TIMEOUT_S
    pause = threading.Event()
    while not (seen := condition()):
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        pause.wait(LOOK_EVERY_S)
    return seen


def share_of(picture: Path, colour: str) -> float:
    """Return the share of a picture's pixels with exactly this colour."""
    image = QImage(str(picture))
    target = QColor(colour).rgb()
    step = 8
    points = [(x, y) for x in range(0, image.width(), step) for y in range(0, image.height(), step)]
    return sum(image.pixel(x, y) == target for x, y in points) / len(points)


def test_digits_enter_qr_browser_green(shells: Shells, screen: Screen, window_id: str, tmp_path: Path) -> None:
    screen.type("125,50")
    screen.press("Return")

    def scan() -> str:
        return read_qr(screen.picture(window_id, tmp_path / "link.png"))

    url = str(until(scan, "a QR code that a phone can read"))
    [waiting] = shells.json("payments")
    assert (waiting["url"], waiting["amount_minor"], waiting["status"]) == (url, 12550, "open")
    green = load_tokens("light").colours["paid_ground"]
    assert share_of(screen.picture(window_id, tmp_path / "before.png"), green) < 0.01

    with chromium(tmp_path / "profile") as browser:
        browser.open(url)
        browser.fill("#card", "4242424242424242")
        browser.click("#pay")
        assert browser.attribute("#result", "data-status") == "paid"

    def turned_green() -> bool:
        return share_of(screen.picture(window_id, tmp_path / "paid.png"), green) > 0.06

    until(turned_green, "the window to turn green by itself")
    [paid] = shells.json("payments")
    assert (paid["status"], paid["confirmed_by"]) == ("paid", "callback")
    for keys, name in (("ctrl+2", "payments"), ("F9", "history")):
        screen.press(keys)
        picture = tmp_path / f"{name}.png"

        def pill(file: Path = picture) -> bool:
            return 0.0 < share_of(screen.picture(window_id, file), green) < 0.05

        until(pill, f"the row with its green pill on the page {name}")
