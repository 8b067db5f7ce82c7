"""Widgets in a reference cycle are destroyed on the window's thread, however much another thread allocates.

It runs in its own process: a failure is a segmentation fault.
"""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys, threading, time, weakref
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from app.ui.garbage_collection import UiThreadCollector

app = QApplication(["window", "-platform", "offscreen"])
garbage = UiThreadCollector(app)
if sys.argv[1] == "taken over":
    garbage.start()
ended, threads = threading.Event(), set()

class Node:
    def __init__(self):
        self.itself = self

def allocate():
    while not ended.is_set():
        Node()

class Window(QWidget):
    def __init__(self):
        super().__init__()
        self.destroyed.connect(note)
        self.itself = self

def note():
    threads.add(threading.current_thread().name)
    ended.set()

weakref.finalize(Window(), note)
core = threading.Thread(target=allocate, name="core")
core.start()
until = time.monotonic() + 20
while not ended.is_set() and time.monotonic() < until:
    app.processEvents()
ended.set()
core.join()
print(sorted(threads))
"""


def threads_of_death(collector: str) -> str:
    ran = subprocess.run([sys.executable, "-c", PROGRAM, collector], capture_output=True, text=True, timeout=60)
    return ran.stdout.strip() or f"ended with {ran.returncode}"


def test_the_windows_collector_destroys_widgets_on_the_windows_thread() -> None:
    assert threads_of_death("taken over") == "['MainThread']"


def test_pythons_own_collector_destroys_them_where_somebody_allocates() -> None:
    """The fault that the test above guards against is real; otherwise that test could not fail."""
    assert threads_of_death("left alone") != "['MainThread']"
