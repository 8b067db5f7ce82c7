"""Icons: the line drawings of `resources/icons/`, coloured by a role of the theme and rendered at the requested size.

A new icon: an SVG of 24 by 24 in `resources/icons/`, drawn with `currentColor`, lines 1.75 wide with round ends.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap

from app.i18n.resources import resource

INK: Final = "currentColor"
SIZES: Final = (16, 20, 24, 32, 48)  # the sizes listed for a tray; every other size is rendered as well
_PLAIN_ROLES: Final = frozenset({"text", "muted"})


class IconRenderer:
    """The drawings by name, and the cache of rendered ones."""

    def __init__(self, colour_of: Callable[[str], str]) -> None:
        """`colour_of` returns the current colour "#RRGGBB" of a role."""
        self._colour_of = colour_of
        self._sources: dict[str, str] = {}
        self._rendered: dict[tuple[str, str, int, float], QPixmap] = {}
        self._clones: list[QIconEngine] = []

    def icon(self, name: str, role: str) -> QIcon:
        """An icon that follows the theme: its colour is looked up on every paint."""
        self.source(name)
        return QIcon(_ThemedIconEngine(self, name, role))

    def pixmap(self, name: str, role: str, size: int, ratio: float) -> QPixmap:
        """A square of `size` logical pixels in the current colour of the role."""
        key = (name, self._colour_of(role), size, ratio)
        if key not in self._rendered:
            self._rendered[key] = _render(self.coloured(name, role), size, ratio)
        return self._rendered[key]

    def coloured(self, name: str, role: str) -> str:
        """The SVG text of a drawing in the current colour of the role."""
        return self.source(name).replace(INK, self._colour_of(role))

    def source(self, name: str) -> str:
        """The SVG text as drawn; FileNotFoundError for an unknown name."""
        if name not in self._sources:
            self._sources[name] = resource(f"icons/{name}.svg").read_text(encoding="utf-8")
        return self._sources[name]

    def keep(self, clone: QIconEngine) -> QIconEngine:
        """Keep a reference to a clone: Qt owns it, yet the binding would free it on return from `clone`."""
        self._clones.append(clone)
        return clone


class _ThemedIconEngine(QIconEngine):
    """Draws one icon at any size and ratio; disabled ones are pale, checked ones of a plain role use the accent."""

    def __init__(self, renderer: IconRenderer, name: str, role: str) -> None:
        super().__init__()
        self._icons = renderer
        self._name = name
        self._role = role

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        side = min(size.width(), size.height())
        return self._icons.pixmap(self._name, self._role_in(mode, state), side, scale)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        side = min(rect.width(), rect.height())
        square = QRect(0, 0, side, side)
        square.moveCenter(rect.center())
        ratio = painter.device().devicePixelRatioF()
        painter.drawPixmap(square, self.scaledPixmap(square.size(), mode, state, ratio))

    def availableSizes(self, mode: QIcon.Mode = QIcon.Mode.Normal, state: QIcon.State = QIcon.State.Off) -> list[QSize]:
        return [QSize(side, side) for side in SIZES]

    def actualSize(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QSize:
        side = min(size.width(), size.height())
        return QSize(side, side)

    def isNull(self) -> bool:
        return False

    def clone(self) -> QIconEngine:
        return self._icons.keep(_ThemedIconEngine(self._icons, self._name, self._role))

    def _role_in(self, mode: QIcon.Mode, state: QIcon.State) -> str:
        if mode is QIcon.Mode.Disabled:
            return "disabled"
        if state is QIcon.State.On and self._role in _PLAIN_ROLES:
            return "accent"
        return self._role


def _render(svg: str, size: int, ratio: float) -> QPixmap:
    from PySide6.QtSvg import QSvgRenderer  # imported with the first icon

    side = max(1, round(size * ratio))
    made = QPixmap(side, side)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, side, side))
    painter.end()
    made.setDevicePixelRatio(ratio)
    return made
