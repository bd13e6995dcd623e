"""Undo and redo of the one kind of edit, and the merging of a slider's drag."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtGui import QUndoStack
from pytestqt.qtbot import QtBot

from nnviz.app.commands import Edit
from nnviz.app.crossings import Change
from nnviz.engine.patch import single
from nnviz.formats.examples import load


class Desk:
    """Holds a spec that commands replace."""

    def __init__(self) -> None:
        self.spec = load("xor").spec
        self.shown: list[Change] = []
        self.stack = QUndoStack()

    def cross(self, change: Change) -> None:
        self.spec = change.spec
        self.shown.append(change)

    def rate(self, rate: float, key: str | None = "rate") -> None:
        new = replace(self.spec, training=replace(self.spec.training, learning_rate=rate))
        self.stack.push(Edit(self.cross, self.spec, new, (), f"Set rate {rate}", key, int(rate * 10)))

    def weight(self, value: float, key: str | None = "weight") -> None:
        patch = single("h1", "n1", "x1", value)
        self.stack.push(Edit(self.cross, self.spec, self.spec, (patch,), f"Set weight to {value}", key, int(value * 10)))


def test_undo_and_redo_give_the_specs_back(qapp: object) -> None:
    desk = Desk()
    start = desk.spec
    desk.rate(0.5, key=None)
    changed = desk.spec
    desk.stack.undo()
    assert desk.spec == start
    desk.stack.redo()
    assert desk.spec == changed


def test_a_drag_is_one_step(qapp: object) -> None:
    desk = Desk()
    start = desk.spec
    for rate in (0.1, 0.2, 0.3):
        desk.rate(rate)
    assert desk.stack.count() == 1
    assert desk.spec.training.learning_rate == 0.3
    desk.stack.undo()
    assert desk.spec == start


def test_another_drag_is_a_step_of_its_own(qapp: object) -> None:
    desk = Desk()
    desk.rate(0.1)
    desk.rate(0.2, key="another")
    desk.rate(0.3, key=None)
    desk.rate(0.4, key=None)
    assert desk.stack.count() == 4


def test_a_drag_back_to_its_start_is_no_step(qtbot: QtBot) -> None:
    desk = Desk()
    start = desk.spec.training.learning_rate
    desk.rate(start * 2)
    desk.rate(start)
    assert desk.stack.count() == 0


def test_undo_and_redo_come_with_the_token_of_the_edit(qapp: object) -> None:
    desk = Desk()
    desk.rate(0.7, key=None)
    desk.stack.undo()
    desk.stack.redo()
    assert [(change.token, change.undone) for change in desk.shown] == [(7, False), (7, True), (7, False)]


def test_a_number_dragged_is_one_step_called_by_its_last_value(qapp: object) -> None:
    desk = Desk()
    for value in (0.1, 0.2, 0.3):
        desk.weight(value)
    assert (desk.stack.count(), desk.stack.undoText()) == (1, "Set weight to 0.3")
    desk.stack.undo()
    assert (desk.shown[-1].token, desk.shown[-1].undone) == (1, True)
    desk.stack.redo()
    assert desk.shown[-1].patches[0].values == 0.3


def test_a_drag_of_a_number_and_one_of_the_spec_do_not_merge(qapp: object) -> None:
    desk = Desk()
    desk.rate(0.5)
    desk.weight(0.5)
    desk.rate(0.6, key="another")
    assert desk.stack.count() == 3
