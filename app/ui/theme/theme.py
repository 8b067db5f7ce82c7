"""The theme of the running application: applies the tokens to it, and provides colours, fonts and icons."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QDir, QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPixmap
from PySide6.QtWidgets import QApplication

from app.i18n.resources import resource
from app.ui.theme.icons import IconRenderer
from app.ui.theme.palette import palette
from app.ui.theme.qss import style_sheet
from app.ui.theme.tokens import SIZES, Tokens, load_tokens

CHOICES: Final = ("light", "dark", "system")
FAMILY: Final = "Paydesk Inter"
_FONT_FILES: Final = ("Regular", "Medium", "SemiBold", "Bold")


class Theme(QObject):
    """Light, dark, or following the system; `changed` comes once per real change of the tokens."""

    changed = Signal()

    def __init__(self, app: QApplication, choice: str = "system") -> None:
        """Apply the theme to the application; ValueError for a choice that is none of `CHOICES`."""
        super().__init__(app)
        self._app = app
        self._tokens = Tokens("", {})
        self._icons = IconRenderer(self._hex)
        app.setStyle("Fusion")
        _load_fonts()
        app.setFont(self.font("body"))
        self.choose(choice)
        app.styleHints().colorSchemeChanged.connect(self._on_system_changed)

    @property
    def tokens(self) -> Tokens:
        """The tokens in use."""
        return self._tokens

    def choose(self, choice: str) -> None:
        """Switch to "light", "dark" or "system"."""
        if choice not in CHOICES:
            raise ValueError(choice)
        self._choice = choice
        hints = self._app.styleHints()
        if choice == "system":
            hints.unsetColorScheme()
            self._apply(_name_of(hints.colorScheme()))
        else:  # window frame and system dialogs follow too, where supported
            hints.setColorScheme(Qt.ColorScheme.Dark if choice == "dark" else Qt.ColorScheme.Light)
            self._apply(choice)

    def colour(self, role: str) -> QColor:
        """The colour of a role; KeyError for an unknown one."""
        return QColor(self._hex(role))

    def icon(self, name: str, role: str = "text") -> QIcon:
        """An icon in the colour of a role, sharp at every size and ratio; it follows the theme when repainted."""
        return self._icons.icon(name, role)

    def pixmap(self, name: str, role: str, size: int, ratio: float) -> QPixmap:
        """An icon as a square of `size` logical pixels for a screen of this device pixel ratio."""
        return self._icons.pixmap(name, role, size, ratio)

    def font(self, size: str, weight: int = 400) -> QFont:
        """The bundled font in a size of `SIZES`; weights 400, 500, 600 and 700 are bundled."""
        made = QFont(FAMILY)
        made.setPixelSize(SIZES[size])
        made.setWeight(QFont.Weight(weight))
        return made

    def _on_system_changed(self, scheme: Qt.ColorScheme) -> None:
        if self._choice == "system":
            self._apply(_name_of(scheme))

    def _apply(self, name: str) -> None:
        if name == self._tokens.name:
            return
        first = not self._tokens.name
        self._tokens = load_tokens(name)
        QDir.setSearchPaths(name, [str(resource(f"themes/{name}"))])  # for the pictures of the style sheet
        self._app.setPalette(palette(self._tokens))
        self._app.setStyleSheet(style_sheet(self._tokens))
        if not first:
            self.changed.emit()

    def _hex(self, role: str) -> str:
        return self._tokens.colours[role]


def _name_of(scheme: Qt.ColorScheme) -> str:
    return "dark" if scheme == Qt.ColorScheme.Dark else "light"


def _load_fonts() -> None:
    if QFontDatabase.hasFamily(FAMILY):
        return
    for style in _FONT_FILES:
        QFontDatabase.addApplicationFont(str(resource(f"fonts/PaydeskInter-{style}.ttf")))
