"""A heading that folds rows away, and says what they hold."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from nnviz.ui.fold import Fold
from nnviz.ui.form import Fact


@pytest.fixture
def fold(qtbot: QtBot) -> Fold:
    made = Fold("Rarely needed")
    made.form.row("Inside", Fact("1"))
    made.head.show_summary("a, b and <b>c</b>")
    qtbot.addWidget(made)
    made.resize(200, 100)
    made.show()
    return made


def test_it_folds_and_unfolds_by_mouse_and_by_key(qtbot: QtBot, fold: Fold) -> None:
    seen: list[bool] = []
    fold.toggled.connect(seen.append)
    assert not fold.body.isVisible()
    qtbot.mouseClick(fold.head, Qt.MouseButton.LeftButton)
    assert fold.body.isVisible()
    fold.head.setFocus()
    qtbot.keyClick(fold.head, Qt.Key.Key_Space)
    assert not fold.body.isVisible() and seen == [True, False]


def test_unfolding_from_outside_tells_nobody(fold: Fold) -> None:
    seen: list[bool] = []
    fold.toggled.connect(seen.append)
    fold.unfold(True)
    assert fold.body.isVisible() and fold.head.isChecked() and seen == []


def test_what_is_folded_away_is_said(fold: Fold) -> None:
    assert fold.head.accessibleName() == "Rarely needed: a, b and <b>c</b>"
    assert "&lt;b&gt;c" in fold.head.toolTip() and "unfold" in fold.head.toolTip()
    fold.unfold(True)
    assert "fold it away" in fold.head.toolTip()


def test_a_long_summary_never_widens_it(fold: Fold) -> None:
    narrow = fold.minimumSizeHint().width()
    fold.head.show_summary("many words " * 20)
    assert fold.minimumSizeHint().width() == narrow
    assert not fold.grab().isNull()
