"""Names and numbers of units are typed where they stand: Enter and going elsewhere take them, Escape does not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from nnviz.app.start import example_start
from nnviz.engine.plain import MAX_UNITS
from nnviz.ui.canvas.in_place import InPlace, NameEditor, UnitsEditor
from nnviz.ui.editing import layers
from nnviz.ui.selection import Selection
from tests.ui.canvas.handling import Desk, opened


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    yield from opened(qtbot)


def field(desk: Desk, kind: type[InPlace]) -> QLineEdit:
    assert isinstance(desk.hands.panel, kind)
    return desk.hands.panel.field


def name(desk: Desk) -> str:
    return desk.network.layers[0].name


def test_a_double_click_on_the_title_renames(desk: Desk) -> None:
    desk.click(desk.title(1))
    QTest.mouseDClick(desk.viewport, Qt.MouseButton.LeftButton, pos=desk.title(1))
    shown = field(desk, NameEditor)
    assert shown.hasFocus()
    assert shown.selectedText() == name(desk)
    QTest.keyClicks(shown, "First")
    desk.key(Qt.Key.Key_Return)
    assert name(desk) == "First"
    assert desk.hands.panel is None
    assert desk.canvas.hasFocus()
    assert desk.undoable == 1


def test_a_double_click_on_the_size_counts_units(desk: Desk) -> None:
    at = desk.at(desk.column(1).units_box)
    desk.click(at)
    QTest.mouseDClick(desk.viewport, Qt.MouseButton.LeftButton, pos=at)
    assert field(desk, UnitsEditor).selectedText() == "4"
    QTest.keyClicks(field(desk, UnitsEditor), "7")
    desk.key(Qt.Key.Key_Return)
    assert desk.units(1) == 7
    assert desk.undoable == 1


def test_escape_leaves_the_name_and_going_elsewhere_takes_it(desk: Desk) -> None:
    before = name(desk)
    for leave, wanted in ((lambda: desk.key(Qt.Key.Key_Escape), before), (desk.canvas.setFocus, "Other")):
        desk.editor.rename_asked.emit(desk.column(1).id)
        QTest.keyClicks(field(desk, NameEditor), "Other")
        leave()
        assert desk.hands.panel is None
        assert name(desk) == wanted
    assert desk.undoable == 1


def test_a_name_that_is_not_changed_is_no_edit(desk: Desk) -> None:
    desk.hands.rename(desk.column(1).id)
    desk.key(Qt.Key.Key_Return)
    assert desk.undoable == 0


def test_a_name_of_nothing_is_refused_and_stays_to_be_typed(desk: Desk) -> None:
    before = name(desk)
    desk.hands.rename(desk.column(1).id)
    QTest.keyClicks(field(desk, NameEditor), "   ")
    desk.key(Qt.Key.Key_Return)
    assert desk.refusals == [desk.hint]
    assert field(desk, NameEditor).hasFocus()
    desk.key(Qt.Key.Key_Escape)
    assert name(desk) == before


@pytest.mark.parametrize("text", ["<b>bold</b> & more", "‮reversed", "名前", "x" * 200])
def test_a_name_is_taken_and_shown_literally(desk: Desk, text: str) -> None:
    desk.hands.rename(desk.column(1).id)
    shown = field(desk, NameEditor)
    shown.selectAll()
    shown.insert(text)
    desk.key(Qt.Key.Key_Return)
    assert name(desk) == text[:60]
    desk.hands.rename(desk.column(1).id)
    assert field(desk, NameEditor).text() == text[:60]
    desk.key(Qt.Key.Key_Escape)


@pytest.mark.parametrize("text", ["0", "-1", "1e9", "1.5", "many", str(MAX_UNITS + 1)])
def test_numbers_of_units_that_cannot_be_are_refused_in_words(desk: Desk, text: str) -> None:
    desk.editor.units_asked.emit(desk.column(1).id)
    shown = field(desk, UnitsEditor)
    QTest.keyClicks(shown, text)
    desk.key(Qt.Key.Key_Return)
    assert field(desk, UnitsEditor) is shown
    assert shown.note.isVisible()
    assert desk.viewport.rect().contains(desk.hands.panel.geometry())
    desk.key(Qt.Key.Key_Escape)
    assert desk.units(1) == 4
    assert desk.undoable == 0


def test_steps_of_units_show_at_once_and_escape_takes_all_of_them_back(desk: Desk) -> None:
    before = desk.network.layers[0]
    desk.hands.count_units(desk.column(1).id)
    for _ in range(3):
        desk.key(Qt.Key.Key_Up)
    assert desk.units(1) == 7
    assert isinstance(desk.hands.panel, UnitsEditor)
    desk.key(Qt.Key.Key_Escape)
    assert desk.network.layers[0] == before
    assert desk.undoable == 0


def test_steps_of_units_are_one_step_to_undo(desk: Desk) -> None:
    desk.hands.count_units(desk.column(1).id)
    for _ in range(3):
        desk.key(Qt.Key.Key_Down)
    desk.key(Qt.Key.Key_Return)
    assert (desk.units(1), desk.undoable) == (1, 1)


def test_the_output_keeps_its_size_and_says_why(desk: Desk) -> None:
    desk.hands.count_units(desk.column(2).id)
    QTest.keyClicks(field(desk, UnitsEditor), "5")
    desk.key(Qt.Key.Key_Return)
    assert desk.refusals == [desk.hint]
    assert desk.units(2) == 1
    desk.key(Qt.Key.Key_Escape)


def test_moving_the_view_closes_what_is_open(desk: Desk) -> None:
    desk.hands.rename(desk.column(1).id)
    desk.canvas.navigator.zoom(1.3)
    assert desk.hands.panel is None


def test_the_input_has_no_name_of_its_own_and_no_units(desk: Desk) -> None:
    desk.hands.rename("input")
    desk.hands.count_units("input")
    assert desk.hands.panel is None


def test_another_opening_closes_the_first(desk: Desk) -> None:
    desk.hands.rename(desk.column(1).id)
    QTest.keyClicks(field(desk, NameEditor), "Taken")
    desk.canvas.select(Selection("layer", desk.column(1).id))
    desk.hands.count_units(desk.column(1).id)
    assert isinstance(desk.hands.panel, UnitsEditor)
    assert name(desk) == "Taken"
    desk.key(Qt.Key.Key_Escape)


def test_a_second_opening_from_a_menu_holds_and_is_forgotten_when_it_closes(desk: Desk, qtbot: QtBot) -> None:
    layer = desk.column(1).id
    for second, wanted in ((desk.hands.count_units, UnitsEditor), (desk.hands.rename, NameEditor), (desk.hands.count_units, UnitsEditor)):
        before = desk.hands.panel
        second(layer)  # a menu leaves the focus in what was open
        panel = desk.hands.panel
        assert isinstance(panel, wanted)
        assert panel is not before
        assert panel.is_open
        assert panel.field.hasFocus()
    with qtbot.waitSignal(panel.destroyed):
        desk.key(Qt.Key.Key_Escape)
    assert desk.hands.panel is None
    assert desk.editor.do(layers.set_units(desk.document.spec, layer, 5))


def test_a_value_editor_takes_the_place_of_what_is_open_but_not_about_what_that_took_away(desk: Desk) -> None:
    desk.hands.count_units(desk.column(1).id)
    assert desk.hands.set_value(desk.neuron(0, 3)) is desk.hands.panel is not None
    desk.hands.count_units(desk.column(1).id)
    QTest.keyClicks(field(desk, UnitsEditor), "2")
    gone = desk.neuron(0, 3)
    assert desk.hands.set_value(gone) is None
    assert desk.units(1) == 2


def test_units_follow_an_undo_while_nobody_has_typed(desk: Desk) -> None:
    desk.hands.count_units(desk.column(1).id)
    for _ in range(2):
        desk.key(Qt.Key.Key_Up)
    assert field(desk, UnitsEditor).text() == "6"
    desk.document.undo_stack.undo()
    assert field(desk, UnitsEditor).text() == "4"
    QTest.keyClicks(field(desk, UnitsEditor), "4")
    desk.document.undo_stack.redo()
    assert field(desk, UnitsEditor).text() == "4"
    desk.key(Qt.Key.Key_Return)
    assert desk.units(1) == 4, "what was typed counts, also where it is what the field showed before"


def test_escape_puts_units_back_also_where_another_edit_came_in_between(desk: Desk) -> None:
    layer = desk.column(1).id
    desk.hands.count_units(layer)
    desk.key(Qt.Key.Key_Up)
    desk.editor.do(layers.rename(desk.document.spec, layer, "Other"))
    desk.key(Qt.Key.Key_Escape)
    assert (desk.units(1), name(desk), desk.undoable) == (4, "Other", 3)
    desk.hands.count_units(layer)
    desk.key(Qt.Key.Key_Up)
    desk.document.undo_stack.undo()
    desk.key(Qt.Key.Key_Escape)
    assert (desk.units(1), desk.undoable) == (4, 3), "what was undone is not put back once more"


def test_a_name_follows_an_edit_from_elsewhere_and_closes_without_its_layer(desk: Desk) -> None:
    layer = desk.column(1).id
    desk.hands.rename(layer)
    desk.editor.do(layers.rename(desk.document.spec, layer, "Other"))
    assert field(desk, NameEditor).selectedText() == "Other"
    desk.editor.do(layers.remove(desk.document.spec, [layer]))
    assert desk.hands.panel is None


@pytest.mark.parametrize("kind", ["name", "units", "value"])
def test_what_was_typed_for_one_document_is_not_taken_by_another(desk: Desk, kind: str) -> None:
    {"name": desk.hands.rename, "units": desk.hands.count_units}.get(kind, desk.hands.set_value)(
        desk.neuron(0, 1) if kind == "value" else desk.column(1).id
    )
    desk.key(Qt.Key.Key_7)
    other = example_start("circle")
    desk.document.open(other)
    assert desk.hands.panel is None
    assert desk.document.spec == other.project.spec
    assert desk.undoable == 0


@pytest.mark.parametrize("kind", [NameEditor, UnitsEditor])
def test_what_was_typed_for_a_layer_that_is_gone_is_let_go(desk: Desk, kind: type[InPlace]) -> None:
    layer = desk.column(1).id
    (desk.hands.rename if kind is NameEditor else desk.hands.count_units)(layer)
    desk.key(Qt.Key.Key_7)
    desk.editor.do(layers.remove(desk.document.spec, [layer]))
    assert desk.hands.panel is None
    assert desk.undoable == 1


def test_a_run_that_begins_again_closes_what_is_open_and_takes_it(desk: Desk) -> None:
    desk.hands.rename(desk.column(1).id)
    QTest.keyClicks(field(desk, NameEditor), "Taken")
    desk.document.reset()
    assert desk.hands.panel is None
    assert name(desk) == "Taken"


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=12))
def test_whatever_is_pasted_as_a_name_the_network_can_be_trained(desk: Desk, text: str) -> None:
    desk.hands.rename(desk.column(1).id)
    shown = field(desk, NameEditor)
    shown.selectAll()
    shown.insert(text)
    desk.hands.panel.leave()
    assert name(desk)
    assert not desk.document.problems(desk.document.spec)
