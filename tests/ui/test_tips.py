"""Tips are plain text; every control of the window has a name, a tip, and an answer to "What is this?"."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QTextDocumentFragment
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QComboBox,
    QDockWidget,
    QLineEdit,
    QMenuBar,
    QPlainTextEdit,
    QScrollBar,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from nnviz.ui.selection import NETWORK, Selection
from nnviz.ui.tips import plain, set_tip
from tests.ui.conftest import OpenWindow

CONTROLS = (QAbstractButton, QAbstractSlider, QComboBox, QLineEdit, QAbstractItemView, QPlainTextEdit, QDockWidget)
MADE_BY_QT = (QScrollBar, QTabBar, QMenuBar)


@pytest.mark.parametrize("text", ["a", "<b>bold</b>", "x < y & z", "two\nlines", 'a "b"'])
def test_markup_is_shown_and_not_obeyed(text: str) -> None:
    assert QTextDocumentFragment.fromHtml(plain(text)).toPlainText() == text


def test_a_tip_is_also_the_answer_to_what_is_this(qtbot: QtBot) -> None:
    widget, action = QWidget(), QAction()
    qtbot.addWidget(widget)
    for target in (widget, action):
        set_tip(target, "Train")
        assert target.toolTip() == target.whatsThis() == plain("Train")
        set_tip(target, "")
        assert target.toolTip() == target.whatsThis() == ""


def speechless(window: QWidget) -> list[str]:
    """Return the controls that lack a name for screen readers, a tip, or an answer to "What is this?"."""
    found = []
    for widget in window.findChildren(QWidget):
        takes_part = isinstance(widget, CONTROLS) or (widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None)
        inner = widget.objectName().startswith("qt_") or isinstance(widget.parentWidget(), QComboBox | QTabBar)
        elsewhere = widget.window() is not window  # in a list that drops down, or in a menu pyqtgraph has and nobody sees
        if not takes_part or inner or elsewhere or isinstance(widget, MADE_BY_QT):
            continue
        dock = isinstance(widget, QDockWidget)
        words = widget.text() if isinstance(widget, QAbstractButton) else ""  # which screen readers read where there is no name
        name = widget.windowTitle() if dock else widget.accessibleName() or words
        tip = widget.handle.toolTip() if dock else widget.toolTip()
        lacks = [what for what, there in (("name", name), ("tip", tip), ("answer", widget.whatsThis())) if not there]
        if lacks:
            found.append(f"{type(widget).__name__} {name or widget.objectName() or widget.parentWidget()} lacks {', '.join(lacks)}")
    return found


# These show what is under the pointer there, or hold controls that say it, so they have an answer but no tip of their own.
WITHOUT_TIP = ("Canvas", "StageBar", "Column")


@pytest.mark.parametrize("example", ["spiral", "iris"])
def test_no_control_of_the_window_is_speechless(qtbot: QtBot, open_window: OpenWindow, example: str) -> None:
    window = open_window(example)
    layer = window.document.spec.network.layers[0]
    found: set[str] = set()
    for selection in (NETWORK, Selection("layer", layer.id), Selection("neuron", layer.id, "n1")):
        assert window.canvas.sheet.exists(selection)
        window.canvas.select(selection)
        found |= set(speechless(window))
    with qtbot.waitSignal(window.document.stepper.pass_changed):
        window.actions_by_name["step"].trigger()
    found |= set(speechless(window))
    assert {row for row in found if not (row.startswith(WITHOUT_TIP) and row.endswith("lacks tip"))} == set()
