"""About: what a report of a fault needs, as plain text, without asking any network."""

from __future__ import annotations

import platform

import numpy as np
import pyqtgraph
import PySide6
import pytest
from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from nnviz import __version__
from nnviz.ui.about_dialog import AboutDialog
from nnviz.ui.theme import LIGHT, apply
from tests.ui.scaling import scaled


@pytest.fixture
def about(qtbot: QtBot) -> AboutDialog:
    dialog = AboutDialog(LIGHT)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_the_versions_are_those_that_run(about: AboutDialog) -> None:
    rows = dict(about.rows)
    assert rows["nnviz"] == __version__ and rows["Python"].startswith(platform.python_version())
    assert (rows["PySide6"], rows["Qt"]) == (PySide6.__version__, qVersion())
    assert (rows["NumPy"], rows["pyqtgraph"]) == (np.__version__, pyqtgraph.__version__)
    assert rows["Display"] == "offscreen" and "scaled 100 %; type 100 %" in rows["Screen"]
    shown = [tuple(about.table.topLevelItem(at).text(column) for column in (0, 1)) for at in range(about.table.topLevelItemCount())]
    assert shown == list(about.rows)


def test_copy_gives_plain_text(qtbot: QtBot, about: AboutDialog) -> None:
    qtbot.mouseClick(about.copy, Qt.MouseButton.LeftButton)
    found = QApplication.clipboard()
    assert found.text() == about.text() and not found.mimeData().hasHtml()
    assert found.text().splitlines()[0] == f"nnviz: {__version__}"
    assert about.note.text() == "Copied."


def test_it_says_what_it_is_and_under_which_licence(about: AboutDialog) -> None:
    words = " ".join(label.text() for label in about.findChildren(QLabel))
    assert f"nnviz {__version__}" in words and "See a neural network learn" in words and "MIT" in words


def test_keys_and_names(qtbot: QtBot, about: AboutDialog) -> None:
    for button in about.findChildren(QPushButton):
        assert button.accessibleName() and button.toolTip() and button.whatsThis()
    assert about.table.accessibleName()
    qtbot.keyClick(about, Qt.Key.Key_Escape)
    assert not about.isVisible()


def test_it_fits_a_small_screen_with_large_type(qtbot: QtBot, qapp: QApplication) -> None:
    try:
        apply(qapp, scaled(LIGHT, 2.0))
        dialog = AboutDialog(scaled(LIGHT, 2.0))
        qtbot.addWidget(dialog)
        least = dialog.minimumSizeHint()
        assert least.width() <= 1024 - 8 and least.height() <= 600 - 40, least
    finally:
        apply(qapp, LIGHT)
