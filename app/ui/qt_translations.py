"""Qt's own texts (file dialog, menus of input fields, standard buttons) in the language of the window."""

from __future__ import annotations

import logging

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from app.i18n.language import Language

log = logging.getLogger(__name__)


class QtTranslations:
    """Translates for one application. Qt speaks English by itself."""

    def __init__(self, app: QApplication) -> None:
        self._app = app
        self._installed: QTranslator | None = None

    def close(self) -> None:
        """Take the translation back: the application may outlive the window."""
        if self._installed is not None:
            self._app.removeTranslator(self._installed)
            self._installed = None

    def set_language(self, language: Language) -> None:
        """Translate Qt's texts from now on; what is open already keeps its texts."""
        self.close()
        QLocale.setDefault(QLocale(language))
        if language == "en":
            return
        translator = QTranslator(self._app)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if not translator.load(f"qtbase_{language}", folder):
            log.warning("Qt's own texts are not there in the language %s", language)
            return
        self._app.installTranslator(translator)
        self._installed = translator
