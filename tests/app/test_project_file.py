"""What counts as unsaved, and that what is taken is the run as it stands, to the last bit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from nnviz.app.document import Document, RunState
from nnviz.app.start import Start, example_start
from nnviz.engine.edits import with_units
from nnviz.engine.problem import ProblemError, problem
from nnviz.engine.snapshot import checksum
from nnviz.engine.trainer import Trainer
from nnviz.formats.examples import load
from nnviz.formats.project import Project, read_project, write_project

Open = Callable[[str], Document]
HERE = Path("here.nnviz")


def train_to(qtbot: QtBot, document: Document, step: int) -> None:
    document.train(step)
    qtbot.waitUntil(lambda: document.state is RunState.PAUSED and document.frame is not None and document.frame.step == step)


def taken(qtbot: QtBot, document: Document) -> tuple[int, Project]:
    with qtbot.waitSignal(document.file.taken) as blocker:
        request = document.file.take()
    assert blocker.args[0] == request
    return request, blocker.args[1]


def save(qtbot: QtBot, document: Document) -> Project:
    request, project = taken(qtbot, document)
    document.file.mark_saved(request, HERE, checksum(project.snapshot))
    return project


def rate(document: Document, value: float) -> None:
    spec = document.spec
    assert document.edit(replace(spec, training=replace(spec.training, learning_rate=value)), "Rate")


def test_what_was_opened_is_saved(open_document: Open) -> None:
    assert not open_document("circle").file.unsaved


def test_training_is_unsaved_until_it_is_saved(qtbot: QtBot, open_document: Open) -> None:
    document = open_document("circle")
    train_to(qtbot, document, 30)
    assert document.file.unsaved
    save(qtbot, document)
    assert not document.file.unsaved and document.file.path == HERE
    train_to(qtbot, document, 31)
    assert document.file.unsaved


def test_an_edit_is_unsaved_and_undoing_it_is_not(qtbot: QtBot, open_document: Open) -> None:
    document = open_document("circle")
    rate(document, 0.5)
    assert document.file.unsaved
    document.undo_stack.undo()
    assert not document.file.unsaved
    document.undo_stack.redo()
    save(qtbot, document)
    assert not document.file.unsaved
    document.undo_stack.undo()
    assert document.file.unsaved


def test_an_edit_made_while_the_file_was_written_is_unsaved(qtbot: QtBot, open_document: Open) -> None:
    document = open_document("circle")
    rate(document, 0.5)
    request, project = taken(qtbot, document)
    rate(document, 0.6)
    document.file.mark_saved(request, HERE, checksum(project.snapshot))
    assert document.file.unsaved


def test_the_same_step_of_another_run_is_unsaved_and_of_the_same_run_is_not(qtbot: QtBot, open_document: Open) -> None:
    document = open_document("circle")
    train_to(qtbot, document, 30)
    save(qtbot, document)
    for other, unsaved in ((None, False), (0.5, True)):
        document.reset()
        qtbot.waitUntil(lambda: document.state is RunState.PAUSED)
        assert document.file.unsaved
        if other is not None:
            rate(document, other)
        train_to(qtbot, document, 30)
        if other is not None:
            document.undo_stack.undo()
        qtbot.waitUntil(lambda unsaved=unsaved: document.file.unsaved is unsaved)


def test_an_edit_that_costs_the_run_something_is_not_taken_back_by_undo(qtbot: QtBot, open_document: Open) -> None:
    document = open_document("circle")
    fresh = document.spec
    train_to(qtbot, document, 3)  # in the middle of an epoch, which other data begin anew
    save(qtbot, document)
    assert document.edit(replace(fresh, data=replace(fresh.data, samples=100)), "Samples")
    document.undo_stack.undo()
    assert not document.undo_stack.canUndo()
    qtbot.waitUntil(lambda: document.file.unsaved)
    _, project = taken(qtbot, document)
    assert project.spec == fresh and project.snapshot is not None and project.snapshot.position == 0


def test_reset_of_what_was_never_trained_changes_nothing(qtbot: QtBot, open_document: Open) -> None:
    document = open_document("circle")
    document.reset()
    qtbot.waitUntil(lambda: document.state is RunState.PAUSED)
    assert not document.file.unsaved


def test_what_the_run_could_not_take_over_is_not_saved(qtbot: QtBot, open_document: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    document = open_document("circle")

    def fail(*_: object) -> None:
        raise ProblemError(problem("training", "unexpected", error="MemoryError"))

    monkeypatch.setattr(Trainer, "set_spec", fail)
    with qtbot.waitSignal(document.failed):
        rate(document, 0.5)
    request, project = taken(qtbot, document)
    assert not document.file.is_whole(request, project)


def test_a_step_made_by_hand_is_unsaved(qtbot: QtBot, open_document: Open) -> None:
    document = open_document("mazur")
    with qtbot.waitSignal(document.stepper.pass_changed):
        document.step_through()
    document.apply_pass()
    qtbot.waitUntil(lambda: document.file.unsaved)


def test_a_recovered_document_is_unsaved_from_the_beginning(qtbot: QtBot, open_document: Open) -> None:
    document = open_document("circle")
    document.open(Start(Project(load("xor").spec, None), "xor", HERE, unsaved=True))
    qtbot.waitUntil(lambda: document.state is RunState.PAUSED)
    assert document.file.unsaved and document.file.path == HERE
    save(qtbot, document)
    assert not document.file.unsaved


def test_a_save_that_ends_after_its_document_has_made_way_is_not_the_new_ones(qtbot: QtBot, open_document: Open) -> None:
    document = open_document("circle")
    with qtbot.waitSignal(document.file.taken) as brought:
        request = document.file.take()
        document.open(example_start("xor"))
    assert brought.args[0] == request and brought.args[1].spec == load("circle").spec
    assert document.file.is_whole(*brought.args)
    document.file.mark_saved(request, HERE, checksum(brought.args[1].snapshot))
    assert document.file.path is None and document.name == "xor"


def test_a_file_that_another_program_changed_is_noticed(qtbot: QtBot, open_document: Open, tmp_path: Path) -> None:
    document, path = open_document("circle"), tmp_path / "a.nnviz"
    path.write_bytes(b"1")
    request, project = taken(qtbot, document)
    document.file.mark_saved(request, path, checksum(project.snapshot))
    assert not document.file.changed_on_disk()
    path.write_bytes(b"12")
    assert document.file.changed_on_disk()
    path.unlink()
    assert not document.file.changed_on_disk()


def test_a_reopened_run_goes_on_with_equal_bits_and_curves(qtbot: QtBot, open_document: Open) -> None:
    document = open_document("spiral")
    train_to(qtbot, document, 70)
    document.edit(with_units(document.spec, "h1", 6), "Units")
    train_to(qtbot, document, 100)
    _, project = taken(qtbot, document)
    train_to(qtbot, document, 333)
    assert document.frame is not None
    straight = document.frame
    document.open(Start(read_project(write_project(project)), "again"))
    qtbot.waitUntil(lambda: document.state is RunState.PAUSED)
    assert document.frame is not None and document.frame.edited_at == 70
    train_to(qtbot, document, 333)
    assert np.array_equal(document.frame.parameters, straight.parameters)
    for name, (epochs, values) in straight.curves.series.items():
        assert np.array_equal(document.frame.curves.series[name][0], epochs)
        assert np.array_equal(document.frame.curves.series[name][1], values)


def test_an_edited_network_that_was_never_trained_keeps_its_weights(qtbot: QtBot, open_document: Open) -> None:
    document = open_document("spiral")
    document.edit(with_units(document.spec, "h1", 6), "Units")
    _, project = taken(qtbot, document)
    qtbot.waitUntil(lambda: document.frame is not None and document.frame.spec == document.spec)
    assert document.frame is not None
    before = document.frame.parameters
    document.open(Start(read_project(write_project(project)), "again"))
    qtbot.waitUntil(lambda: document.state is RunState.PAUSED)
    assert np.array_equal(document.frame.parameters, before)
