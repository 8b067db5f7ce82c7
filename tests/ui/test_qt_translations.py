"""Qt's own texts follow the window's language: menus of input fields, the file dialog."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from app.ui.desktop_services import file_dialog
from app.ui.qt_translations import QtTranslations


@pytest.fixture
def translations(qapp: QApplication) -> Iterator[QtTranslations]:
    before = QLocale()
    made = QtTranslations(qapp)
    yield made
    made.set_language("en")
    QLocale.setDefault(before)


def menu_of(qtbot: QtBot) -> list[str]:
    edit = QLineEdit()
    qtbot.addWidget(edit)
    menu = edit.createStandardContextMenu()
    qtbot.addWidget(menu)
    return [action.text().replace("&", "").partition("\t")[0] for action in menu.actions() if action.text()]


def labels_of_file_dialog(qtbot: QtBot) -> set[str]:
    dialog = file_dialog(None, "Choose", "name")
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    qtbot.addWidget(dialog)
    return {label.text().replace("&", "") for label in dialog.findChildren(QLabel)}


def test_menus_follow_the_language(qtbot: QtBot, translations: QtTranslations) -> None:
    before = menu_of(qtbot)
    translations.set_language("uk")
    assert "Копіювати" in menu_of(qtbot)
    translations.set_language("en")
    assert menu_of(qtbot) == before
    translations.set_language("uk")
    assert "Виділити все" in menu_of(qtbot)
    translations.close()
    assert menu_of(qtbot) == before


def test_the_file_dialog_follows_the_language(qtbot: QtBot, translations: QtTranslations) -> None:
    before = labels_of_file_dialog(qtbot)
    translations.set_language("uk")
    assert labels_of_file_dialog(qtbot) == {"Перегляд в:", "Ім'я файлу:", "Тип файлів:"}
    translations.set_language("en")
    assert labels_of_file_dialog(qtbot) == before
