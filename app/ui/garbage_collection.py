"""Cyclic garbage is collected on the window's thread only: Qt objects must not be destroyed on another one.

Python collects on whichever thread happens to allocate; the core's thread allocates all the time, and a dialog that
was part of a cycle would die there. When the window's thread is delivering an event to it at that moment, the program
ends with a segmentation fault; `tests/ui/test_garbage.py` shows on which thread they die.
"""

from __future__ import annotations

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer

EVERY_MS: Final = 250


class UiThreadCollector(QObject):
    """Runs the collector on the window's thread from `start` on; automatic collection stays off after `close`."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._collect)

    def start(self) -> None:
        """Turn automatic collection off and collect on this thread from now on."""
        gc.disable()
        self._timer.start(EVERY_MS)

    def freeze(self) -> None:
        """Exclude all present objects, mostly modules: they stay for ever, and scanning them stalls the screen."""
        gc.collect()
        gc.freeze()

    def close(self) -> None:
        """Collect the window's objects on its thread. Automatic collection stays off: a core may still be running."""
        self._timer.stop()
        gc.unfreeze()
        gc.collect()

    def _collect(self) -> None:
        """Collect the oldest generation that is due, as Python's automatic collection would."""
        counts, limits = gc.get_count(), gc.get_threshold()
        for generation in (2, 1, 0):
            if counts[generation] > limits[generation]:
                gc.collect(generation)
                return
