"""A virtual screen with real input events: Xvfb, xdotool, screenshots and a QR code reader."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TOOLS = {"Xvfb": "xvfb", "xdotool": "xdotool", "import": "imagemagick", "zbarimg": "zbar-tools"}


class Screen:
    """One display. `environment` holds the variables that a program needs to appear on it."""

    def __init__(self, display: str, **more: str) -> None:
        self.environment = {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb", **more}
        self._all = {**os.environ, **self.environment}

    def find_window(self, title: str) -> str:
        """Wait for a visible window whose title contains the text, give it the focus, return its id."""
        found = self._xdotool("search", "--sync", "--onlyvisible", "--name", title).split()[0]
        self._xdotool("windowfocus", "--sync", found)
        return found

    def type(self, text: str) -> None:
        self._xdotool("type", "--delay", "40", text)

    def press(self, *keys: str) -> None:
        self._xdotool("key", "--delay", "40", *keys)

    def click(self, x: int, y: int) -> None:
        self._xdotool("mousemove", str(x), str(y), "click", "1")

    def picture(self, window: str, file: Path) -> Path:
        subprocess.run(["import", "-window", window, str(file)], env=self._all, check=True, capture_output=True)
        return file

    def _xdotool(self, *arguments: str) -> str:
        done = subprocess.run(
            ["xdotool", *arguments], env=self._all, capture_output=True, text=True, timeout=30, check=True
        )
        return done.stdout


@contextmanager
def guarded_screen(authority: Path) -> Iterator[Screen]:
    """Start Xvfb that lets in whoever knows the cookie in `authority`, as a person's own X server does."""
    authority.write_bytes(_cookie())
    with virtual_screen(options=("-auth", str(authority))) as screen:
        yield Screen(screen.environment["DISPLAY"], XAUTHORITY=str(authority))


def _cookie() -> bytes:
    """Return an X authority file with one entry for every display: family, then four counted texts."""
    texts = (b"", b"", b"MIT-MAGIC-COOKIE-1", os.urandom(16))
    return b"\xff\xff" + b"".join(len(text).to_bytes(2, "big") + text for text in texts)


@contextmanager
def virtual_screen(size: str = "1366x768x24", options: tuple[str, ...] = ()) -> Iterator[Screen]:
    """Start Xvfb on a display that it chooses itself."""
    for tool, package in TOOLS.items():
        assert shutil.which(tool), f"{tool} is missing: apt-get install {package}"
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-nolisten", "tcp", "-noreset", *options],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as output:
            number = output.readline().strip()
        assert number, "Xvfb did not start"
        yield Screen(f":{number}")
    finally:
        server.terminate()
        server.wait(10)


def read_qr(picture: Path) -> str:
    """Return the text of the QR code in a picture, or an empty text when none is found."""
    done = subprocess.run(["zbarimg", "--quiet", "--raw", str(picture)], capture_output=True, text=True, check=False)
    return done.stdout.strip()
