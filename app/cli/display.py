"""Whether a window can be opened, tried before Qt is: Qt ends the whole process where none can. No Qt in here.

Imports stay inside: every verb loads this file.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

HEADLESS_PLATFORMS: Final = ("offscreen", "minimal", "minimalegl", "vkkhrdisplay")
ANSWER_S: Final = 5.0
"""So long a display on another computer may take to answer."""
QT_STARTS_S: Final = 20.0
START_QT: Final = """
import os
from PySide6.QtCore import QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication
qInstallMessageHandler(lambda kind, *_: os._exit(1) if kind is QtMsgType.QtFatalMsg else None)
os._exit(QGuiApplication(["paydesk"]).primaryScreen() is None)
"""


def has_display(environment: Mapping[str, str] | None = None) -> bool:
    """Return whether a window can be opened: always on Windows and macOS, else when X11 or Wayland really answers.

    A platform of Qt that we do not know is believed: only Qt can tell.
    """
    known = os.environ if environment is None else environment
    if sys.platform in ("win32", "darwin"):
        return True
    named = [one.partition(":")[0] for one in known.get("QT_QPA_PLATFORM", "").split(";") if one]
    return any(_platform_answers(known, platform) for platform in named or ("wayland", "xcb"))


def qt_starts() -> bool:
    """Return whether Qt starts with what surrounds us, tried in a process of its own: it takes as long as a start."""
    import subprocess

    command = (sys.executable, "-c", START_QT)
    try:
        tried = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=QT_STARTS_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return tried.returncode == 0


def _platform_answers(known: Mapping[str, str], platform: str) -> bool:
    if platform in HEADLESS_PLATFORMS:
        return False
    if platform.startswith("wayland"):
        return _wayland_answers(known)
    return _x_answers(known.get("DISPLAY", "")) if platform == "xcb" else True


def _wayland_answers(known: Mapping[str, str]) -> bool:
    if known.get("WAYLAND_SOCKET"):
        return True  # an open connection: trying it would use it up
    named = known.get("WAYLAND_DISPLAY", "")
    return bool(named) and _socket_accepts(str(Path(known.get("XDG_RUNTIME_DIR", "")) / named))


def _socket_accepts(path: str) -> bool:
    import socket

    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(path)
        except OSError:
            return False
        return True


def _x_answers(display: str) -> bool:
    """Log in at the X server as Qt will, with the same library: address, cookie and all."""
    if not display:
        return False
    import threading

    from app.process_hooks import silent_stderr

    answers: list[bool] = []
    thread = threading.Thread(target=lambda: answers.append(_x_accepts(display)), name="display", daemon=True)
    with silent_stderr():  # the library writes the server's refusal there, in words of its own
        thread.start()
        thread.join(ANSWER_S)  # the library itself would wait for minutes
    return answers == [True]


def _x_accepts(display: str) -> bool:
    import ctypes

    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True  # without it only Qt can tell
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = (ctypes.c_char_p, ctypes.c_void_p)
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = (ctypes.c_void_p,)
    connection = xcb.xcb_connect(os.fsencode(display), None)
    accepted = xcb.xcb_connection_has_error(connection) == 0
    xcb.xcb_disconnect(connection)
    return bool(accepted)
