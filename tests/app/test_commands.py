"""Undo and redo of the one kind of edit, and the merging of a slider's drag."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtGui import QUndoStack
from pytestqt.qtbot import QtBot

from nnviz.app.commands import SetSpec
from nnviz.engine.spec import Spec
from nnviz.formats.examples import load


class Desk:
    """Holds a spec that commands replace."""

    def __init__(self) -> None:
        self.spec = load("xor").spec
        self.shown: list[int] = []
        self.stack = QUndoStack()

    def show(self, spec: Spec, token: int) -> None:
        self.spec = spec
        self.shown.append(token)

    def rate(self, rate: float, key: str | None = "rate") -> SetSpec:
        new = replace(self.spec, training=replace(self.spec.training, learning_rate=rate))
        command = SetSpec(self.show, self.spec, new, f"Set rate {rate}", key, int(rate * 10))
        self.stack.push(command)
        return command


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
    assert desk.shown == [7, 7, 7]
