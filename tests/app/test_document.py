"""The document: one door for edits, frames in order, stale ones dropped, the run's states."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import SignalInstance
from pytestqt.qtbot import QtBot

from nnviz.app.document import Document, RunState
from nnviz.app.frame import Frame, Wanted
from nnviz.app.start import Start, example_start
from nnviz.data.prepare import prepare
from nnviz.engine.edits import insert_layer, with_units
from nnviz.engine.patch import BIAS, single
from nnviz.engine.trainer import Trainer
from nnviz.formats.examples import load
from nnviz.formats.project import Project
from tests.app.conftest import Open


def train_to(qtbot: QtBot, document: Document, step: int) -> Frame:
    """Train to exactly this step and return the frame of it."""
    with qtbot.waitSignal(document.state_changed, check_params_cb=lambda state: state is RunState.PAUSED):
        document.train(step)
    qtbot.waitUntil(lambda: document.frame is not None and document.frame.step == step)
    assert document.frame is not None
    return document.frame


def with_rate(document: Document, rate: float) -> bool:
    spec = document.spec
    return document.edit(replace(spec, training=replace(spec.training, learning_rate=rate)), "Set rate")


def collect(signal: SignalInstance) -> list[object]:
    seen: list[object] = []
    signal.connect(seen.append)
    return seen


def test_training_in_the_worker_equals_training_here(qtbot: QtBot, open_document: Open) -> None:
    document = open_document("circle")
    assert document.data is not None
    frame = train_to(qtbot, document, 200)
    here = Trainer(document.spec, document.data.samples)
    while here.step_count < 200:
        here.advance()
    assert np.array_equal(frame.parameters, here.network.parameters)


def test_an_edit_in_the_middle_changes_only_what_it_says(qtbot: QtBot, open_document: Open) -> None:
    document = open_document("circle")
    assert document.data is not None
    train_to(qtbot, document, 90)
    start, new = document.spec, with_units(document.spec, "h1", 6)
    assert document.edit(new, "Add units")
    frame = train_to(qtbot, document, 130)
    here = Trainer(start, document.data.samples)
    while here.step_count < 90:
        here.advance()
    here.set_spec(new, document.data.samples)
    while here.step_count < 130:
        here.advance()
    assert np.array_equal(frame.parameters, here.network.parameters)


def test_undo_gives_the_spec_back(open_document: Open) -> None:
    document = open_document("xor")
    start = document.spec
    assert document.edit(insert_layer(start, 1, 3), "Add layer")
    assert document.spec != start
    assert document.undo_stack.undoText() == "Add layer"
    document.undo_stack.undo()
    assert document.spec == start


def test_what_cannot_be_is_refused_and_changes_nothing(open_document: Open) -> None:
    document = open_document("xor")
    start, refused = document.spec, collect(document.refused)
    assert not document.edit(with_units(start, "h1", 0), "No units")
    assert not with_rate(document, -1.0)
    assert not document.edit(replace(start, training=replace(start.training, batch_size=5000)), "Huge batch")
    assert not document.edit(replace(start, data=replace(start.data, source="nowhere")), "No data")
    assert document.spec is start and document.undo_stack.count() == 0
    assert len(refused) == 4


def test_a_frame_of_an_older_generation_is_dropped(qtbot: QtBot, open_document: Open) -> None:
    document = open_document("xor")
    old = document.frame
    assert old is not None
    with qtbot.waitSignal(document.frame_changed):
        with_rate(document, 0.5)
    newest, shown = document.frame, collect(document.frame_changed)
    document._show_frame(old)
    assert document.frame is newest
    assert old not in shown


def test_frames_are_read_only(qtbot: QtBot, open_document: Open) -> None:
    document = open_document("xor")
    with qtbot.waitSignal(document.frame_changed, check_params_cb=lambda frame: bool(frame.maps)):
        document.host.want.emit(Wanted(maps=True, surface=True, batch_activations=True))
    frame = document.frame
    assert frame is not None and frame.surface is not None
    for array in (frame.parameters, frame.layers[0].weights, frame.layers[0].activations, frame.surface, *frame.maps.values()):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


def test_one_epoch_and_reset(qtbot: QtBot, open_document: Open) -> None:
    document = open_document("circle")
    start = document.frame
    assert start is not None and document.data is not None
    with qtbot.waitSignal(document.state_changed, check_params_cb=lambda state: state is RunState.PAUSED):
        document.run_epoch()
    qtbot.waitUntil(lambda: document.frame is not None and document.frame.epoch == 1)
    assert document.frame is not None
    train, batch = len(document.data.samples.train), document.spec.training.batch_size
    assert document.frame.step == -(-train // batch)
    with qtbot.waitSignal(document.frame_changed, check_params_cb=lambda frame: frame.step == 0):
        document.reset()
    assert document.frame is not None
    assert np.array_equal(document.frame.parameters, start.parameters)


def test_pause_stops_between_steps(qtbot: QtBot, open_document: Open) -> None:
    document = open_document("spiral")
    document.train()
    qtbot.waitUntil(lambda: document.frame is not None and document.frame.step > 20)
    with qtbot.waitSignal(document.state_changed, check_params_cb=lambda state: state is RunState.PAUSED):
        document.pause()
    qtbot.waitUntil(lambda: document.state is RunState.PAUSED)
    assert document.frame is not None
    document.set_probe(3)
    qtbot.waitUntil(lambda: document.frame.probe.row == 3)
    step = document.frame.step
    document.set_probe(4)
    qtbot.waitUntil(lambda: document.frame.probe.row == 4)
    assert document.frame.step == step


def test_slow_steps_are_sent_with_their_pass(qtbot: QtBot, open_document: Open) -> None:
    document = open_document("xor")
    document.host.set_speed.emit(16.0)
    frames: list[Frame] = []
    document.frame_changed.connect(frames.append)
    document.train()
    qtbot.waitUntil(lambda: sum(frame.played is not None for frame in frames) >= 3)
    document.pause()
    played = [frame for frame in frames if frame.played is not None]
    assert [frame.step for frame in played] == list(range(1, len(played) + 1))
    for frame in played:
        assert frame.played is not None
        np.testing.assert_allclose(frame.parameters, frame.played.parameters_after, rtol=1e-12, atol=1e-14)


def test_divergence_stops_with_the_step_named_and_good_weights_kept(qtbot: QtBot, open_document: Open) -> None:
    document = open_document("one-neuron")
    with_rate(document, 1e3)
    with qtbot.waitSignal(document.failed) as failure:
        document.train()
    assert document.state is RunState.FAILED
    (problem,) = failure.args[0]
    assert problem.message.key == "problem.diverged"
    qtbot.waitUntil(lambda: document.frame is not None and document.frame.step > 0)
    assert document.frame is not None and np.isfinite(document.frame.parameters).all()
    document.go_back()
    with_rate(document, 0.01)
    frame = train_to(qtbot, document, 50)
    assert np.isfinite(frame.train_loss)


def test_removed_weights_come_back_with_undo_and_go_again_with_redo(qtbot: QtBot, open_document: Open) -> None:
    document = open_document("circle")
    before = train_to(qtbot, document, 60)
    assert document.edit(with_units(document.spec, "h1", 2), "Two units")
    assert document.edit(with_units(document.spec, "h1", 3), "Three units")
    document.undo_stack.undo()
    document.undo_stack.undo()
    with qtbot.waitSignal(document.frame_changed):
        document.set_probe(1)
    assert document.frame is not None
    assert np.array_equal(document.frame.parameters, before.parameters)
    document.undo_stack.redo()
    document.undo_stack.redo()
    qtbot.waitUntil(lambda: document.frame is not None and len(document.frame.layers[0].bias) == 3)
    third = document.frame.layers[0].weights[2].copy()
    document.undo_stack.undo()
    document.undo_stack.redo()
    qtbot.waitUntil(lambda: document.frame is not None and len(document.frame.layers[0].bias) == 3)
    assert np.array_equal(document.frame.layers[0].weights[2], third)


class TestOvertaking:
    """What the worker says of a command that another has overtaken does not count."""

    def test_an_edit_right_after_pause_still_pauses(self, qtbot: QtBot, open_document: Open) -> None:
        document = open_document("spiral")
        document.train()
        qtbot.waitUntil(lambda: document.frame is not None and document.frame.step > 5)
        document.pause()
        with_rate(document, 0.005)
        qtbot.waitUntil(lambda: document.state is RunState.PAUSED)

    def test_training_right_after_stepping_trains(self, qtbot: QtBot, open_document: Open) -> None:
        document = open_document("spiral")
        document.train()
        qtbot.waitUntil(lambda: document.frame is not None and document.frame.step > 5)
        document.step_through()
        document.train()
        step = document.frame.step
        qtbot.waitUntil(lambda: document.frame.step > step + 50)
        assert document.state is RunState.TRAINING
        document.pause()
        qtbot.waitUntil(lambda: document.state is RunState.PAUSED)

    def test_a_failure_before_a_reset_is_forgotten(self, qtbot: QtBot, open_document: Open) -> None:
        document = open_document("one-neuron")
        document._show_failed((), document._order)
        assert document.state is RunState.FAILED
        document.reset()
        document._show_failed((), document._order - 1)
        qtbot.waitUntil(lambda: document.state is RunState.PAUSED)

    def test_going_back_stops_training(self, qtbot: QtBot, open_document: Open) -> None:
        document = open_document("circle")
        document.train()
        qtbot.waitUntil(lambda: document.frame is not None and document.frame.epoch > 2)
        document.go_back()
        assert document.state is RunState.PAUSED
        frame = train_to(qtbot, document, 5000)
        assert frame.step == 5000


def test_applying_a_step_into_infinity_is_a_named_failure(qtbot: QtBot, open_document: Open) -> None:
    document = open_document("one-neuron")
    with_rate(document, 1e308)
    with qtbot.waitSignal(document.stepper.pass_changed):
        document.step_through()
    with qtbot.waitSignal(document.failed) as failure:
        document.apply_pass()
    assert failure.args[0][0].message.key == "problem.diverged"
    assert document.frame is not None and not document.frame.hand_stepped


def test_a_run_goes_on_from_a_snapshot(qtbot: QtBot) -> None:
    spec = load("spiral").spec
    samples = prepare(spec.data).samples
    here = Trainer(spec, samples)
    while here.step_count < 70:
        here.advance()
    document = Document(Start(Project(spec, None, here.snapshot()), "spiral"))
    qtbot.waitUntil(lambda: document.state is RunState.PAUSED)
    frame = train_to(qtbot, document, 150)
    while here.step_count < 150:
        here.advance()
    assert np.array_equal(frame.parameters, here.network.parameters)
    document.close()
    document.deleteLater()


def test_an_edit_in_the_middle_is_noted(qtbot: QtBot, open_document: Open) -> None:
    document = open_document("circle")
    train_to(qtbot, document, 30)
    with_rate(document, 0.02)
    with qtbot.waitSignal(document.frame_changed):
        document.set_probe(2)
    assert document.frame is not None and document.frame.edited_at == 30
    with qtbot.waitSignal(document.frame_changed, check_params_cb=lambda frame: frame.step == 0):
        document.reset()
    assert document.frame.edited_at == -1


class TestPass:
    """Step mode: a pass from a copy; discard leaves every bit, apply is exactly the shown step."""

    def test_discard_leaves_every_bit(self, qtbot: QtBot, open_document: Open) -> None:
        document = open_document("mazur")
        before = document.frame
        with qtbot.waitSignal(document.stepper.pass_changed):
            document.step_through()
        for index in range(len(document.stepper.stages)):
            document.stepper.go_to(index)
        document.discard_pass()
        assert document.state is RunState.PAUSED and document.stepper.trace is None
        with qtbot.waitSignal(document.frame_changed):
            document.set_probe(0)
        assert before is not None and document.frame is not None
        assert np.array_equal(before.parameters, document.frame.parameters) and document.frame.step == 0

    def test_apply_makes_the_shown_step(self, qtbot: QtBot, open_document: Open) -> None:
        document = open_document("mazur")
        with qtbot.waitSignal(document.stepper.pass_changed):
            document.step_through()
        shown = document.stepper.trace
        assert shown is not None
        with qtbot.waitSignal(document.frame_changed, check_params_cb=lambda frame: frame.step == 1):
            document.apply_pass()
        assert document.frame is not None and document.frame.hand_stepped
        assert np.array_equal(document.frame.parameters, shown.parameters_after)

    def test_an_edit_while_stepping_records_the_pass_anew_at_the_same_stage(self, qtbot: QtBot, open_document: Open) -> None:
        document = open_document("xor")
        with qtbot.waitSignal(document.stepper.pass_changed):
            document.step_through()
        document.stepper.go_to(4)
        with qtbot.waitSignal(document.stepper.pass_changed):
            with_rate(document, 0.5)
        assert document.stepper.trace is not None
        assert document.stepper.trace.learning_rate == 0.5 and document.stepper.index == 4

    def test_beyond_the_ends_is_the_first_and_the_last(self, qtbot: QtBot, open_document: Open) -> None:
        document = open_document("xor")
        with qtbot.waitSignal(document.stepper.pass_changed):
            document.step_through()
        document.stepper.go_to(-5)
        assert document.stepper.index == 0
        document.stepper.go_to(10_000)
        assert document.stepper.stage is document.stepper.stages[-1]


def test_opening_another_example_begins_a_new_document(qtbot: QtBot, open_document: Open) -> None:
    document = open_document("xor")
    with_rate(document, 0.5)
    with qtbot.waitSignal(document.data_changed):
        document.open(example_start("iris"))
    qtbot.waitUntil(lambda: document.state is RunState.PAUSED)
    assert document.spec == load("iris").spec and document.undo_stack.count() == 0
    assert document.frame is not None and len(document.frame.layers) == len(document.spec.network.layers)


class TestSettingByHand:
    """Weights and biases set by hand go to the run, are one step to undo, and are gone with Esc."""

    def set(self, document: Document, value: float, key: str | None = None) -> None:
        layer = document.spec.network.output
        document.set_weights((single(layer.id, layer.neurons[0], BIAS, value),), f"Set bias to {value}", key)

    def bias(self, document: Document) -> float:
        assert document.frame is not None
        return float(document.frame.layers[-1].bias[0])

    def test_the_next_picture_has_it_and_undo_gives_the_old_one_back(self, qtbot: QtBot, open_document: Open) -> None:
        document = open_document("xor")
        before = self.bias(document)
        self.set(document, 0.25)
        qtbot.waitUntil(lambda: self.bias(document) == 0.25)
        assert document.undo_stack.undoText() == "Set bias to 0.25" and document.file.unsaved
        document.undo_stack.undo()
        qtbot.waitUntil(lambda: self.bias(document) == before)

    def test_while_training_the_run_goes_on(self, qtbot: QtBot, open_document: Open) -> None:
        document = open_document("xor")
        document.train()
        qtbot.waitUntil(lambda: document.frame is not None and document.frame.step > 0)
        for value in (1.0, 2.0, 3.0):
            self.set(document, value, "drag")
        assert document.undo_stack.count() == 1
        step = document.frame.step if document.frame else 0
        qtbot.waitUntil(lambda: document.frame is not None and document.frame.step > step + 20)
        assert document.state is RunState.TRAINING and document.frame is not None and document.frame.edited_at > 0
        document.pause()
        qtbot.waitUntil(lambda: document.state is RunState.PAUSED)

    def test_a_drag_given_up_leaves_nothing_behind(self, qtbot: QtBot, open_document: Open) -> None:
        document = open_document("xor")
        before = self.bias(document)
        self.set(document, 0.5)
        for value in (1.0, 2.0):
            self.set(document, value, "drag")
        document.take_back("drag")
        qtbot.waitUntil(lambda: self.bias(document) == 0.5)
        assert (document.undo_stack.count(), document.undo_stack.canRedo()) == (1, False)
        document.take_back("drag")
        assert document.undo_stack.count() == 1
        document.undo_stack.undo()
        qtbot.waitUntil(lambda: self.bias(document) == before)

    def test_while_stepping_the_pass_is_recorded_anew(self, qtbot: QtBot, open_document: Open) -> None:
        document = open_document("xor")
        document.step_through()
        qtbot.waitUntil(lambda: document.stepper.trace is not None)
        first = document.stepper.trace
        self.set(document, 0.25)
        qtbot.waitUntil(lambda: document.stepper.trace is not None and document.stepper.trace is not first)
        assert document.stepper.trace is not None and document.stepper.trace.layers[-1].bias[0] == 0.25
