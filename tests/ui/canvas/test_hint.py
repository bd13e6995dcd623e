"""The sentence beside the pointer stays in its view, shows words literally, and goes by itself."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from nnviz.ui.canvas.hint import WIDEST, Hint
from nnviz.ui.theme import grown


@pytest.fixture
def home(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(600, 400)
    made.show()
    return made


WORDS = st.lists(st.sampled_from(["a", "layer", "cannot", "output"]), min_size=1, max_size=30)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(x=st.integers(0, 599), y=st.integers(0, 399), words=WORDS)
def test_it_stays_in_the_view_beside_the_pointer_and_wraps(home: QWidget, x: int, y: int, words: list[str]) -> None:
    hint = Hint(home)
    hint.say(" ".join(words), QPoint(x, y))
    assert home.rect().contains(hint.geometry())
    assert not hint.geometry().contains(QPoint(x, y))
    assert hint.width() < grown(WIDEST) + 40
    hint.hide()
    hint.deleteLater()


def test_it_goes_when_the_pointer_moves_on_and_not_before(home: QWidget) -> None:
    hint = Hint(home)
    hint.say("No.", QPoint(50, 50))
    hint.pass_by(QPoint(54, 52))
    assert hint.isVisible()
    hint.pass_by(QPoint(120, 90))
    assert not hint.isVisible()


def test_it_goes_by_itself(home: QWidget, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnviz.ui.canvas.hint.STAYS", 20)
    hint = Hint(home)
    hint.say("No.", QPoint(50, 50))
    qtbot.waitUntil(lambda: not hint.isVisible())


def test_words_are_shown_and_told_literally(home: QWidget) -> None:
    hint = Hint(home)
    hint.say("<b>h1</b> & more", QPoint(50, 50))
    assert hint.text() == hint.accessibleName() == "<b>h1</b> & more"
    assert hint.textFormat() is Qt.TextFormat.PlainText
    hint.hide()
