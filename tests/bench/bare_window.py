"""The reference for S1: the smallest PySide6 window. Prints the wall clock time of its first paint."""

import sys
import time

from PySide6.QtWidgets import QApplication, QLabel


class Bare(QLabel):
    def paintEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        super().paintEvent(event)  # type: ignore[arg-type]
        sys.stdout.write(f"{time.time()}")
        sys.stdout.flush()
        QApplication.quit()


if __name__ == "__main__":
    app = QApplication([])
    window = Bare("Paydesk")
    window.resize(1280, 768)
    window.show()
    app.exec()
