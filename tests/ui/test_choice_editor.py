"""A choice out of a table."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.table import Choice, Parameter, choose
from nnviz.ui.choice_editor import ChoiceEditor


@dataclass(frozen=True)
class Entry:
    summary: str
    parameters: tuple[Parameter, ...] = ()


TABLE = {"plain": Entry("Plain."), "brand_new": Entry("<b>New</b>.", (Parameter("gain", 2.0, 0.0), Parameter("beta3", 0.5, 0.0, 1.0)))}


@pytest.fixture
def editor(qtbot: QtBot) -> ChoiceEditor:
    made = ChoiceEditor("Gadget", TABLE)
    qtbot.addWidget(made)
    made.show_choice(Choice("plain"))
    made.show()
    return made


def pick(editor: ChoiceEditor, key: str) -> None:
    editor.box.setCurrentIndex(editor.box.findData(key))
    editor.box.activated.emit(editor.box.findData(key))


def test_a_new_entry_appears_with_its_parameters_by_itself(editor: ChoiceEditor) -> None:
    seen: list[tuple[object, str]] = []
    editor.edited.connect(lambda choice, key: seen.append((choice, key)))
    pick(editor, "brand_new")
    assert seen == [(Choice("brand_new", (("gain", 2.0), ("beta3", 0.5))), "")]
    editor.show_choice(Choice("brand_new", (("gain", 3.0), ("beta3", 0.5))))
    assert editor.box.currentText() == "brand new"
    assert [row.label.text() for row in editor.rows.values()] == ["gain", "β₃"]
    assert editor.rows["gain"].field.value() == 3.0
    assert len(seen) == 1


def test_its_summary_is_its_tip_literally(editor: ChoiceEditor) -> None:
    editor.show_choice(choose(TABLE, "brand_new"))
    assert "&lt;b&gt;New" in editor.box.toolTip()


def test_a_parameter_is_one_edit_with_a_merge_key(qtbot: QtBot, editor: ChoiceEditor) -> None:
    editor.show_choice(choose(TABLE, "brand_new"))
    seen: list[tuple[Choice, str]] = []
    editor.edited.connect(lambda choice, key: seen.append((choice, key)))
    field = editor.rows["gain"].field
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert seen[0][0] == Choice("brand_new", (("gain", 3.0), ("beta3", 0.5)))
    assert seen[0][1]


def test_the_fields_stay_while_their_entry_stays(editor: ChoiceEditor) -> None:
    editor.show_choice(choose(TABLE, "brand_new"))
    field = editor.rows["gain"].field
    editor.show_choice(choose(TABLE, "brand_new", gain=5.0))
    assert editor.rows["gain"].field is field
    assert field.value() == 5.0
    editor.show_choice(Choice("plain"))
    assert editor.rows == {}


def test_picking_the_same_again_is_no_edit(editor: ChoiceEditor) -> None:
    seen: list[object] = []
    editor.edited.connect(lambda *_: seen.append(1))
    pick(editor, "plain")
    assert seen == []


def test_several_that_differ_show_none(editor: ChoiceEditor) -> None:
    editor.show_choice(None)
    assert editor.box.currentIndex() == -1
    assert editor.box._words() == "various"
    seen: list[object] = []
    editor.edited.connect(lambda choice, _: seen.append(choice))
    pick(editor, "plain")
    assert seen == [Choice("plain")]


def test_a_refusal_stands_below_until_something_is_shown(editor: ChoiceEditor) -> None:
    editor.refuse("not with this loss")
    assert editor.row.note.isVisible()
    editor.show_choice(Choice("plain"))
    assert not editor.row.note.isVisible()


@pytest.mark.parametrize("kind", list(OPTIMIZERS))
def test_the_optimizers_of_the_engine_fit(qtbot: QtBot, kind: str) -> None:
    made = ChoiceEditor("Optimizer", OPTIMIZERS)
    qtbot.addWidget(made)
    made.show_choice(choose(OPTIMIZERS, kind))
    assert {name: row.field.value() for name, row in made.rows.items()} == dict(choose(OPTIMIZERS, kind).parameters)
