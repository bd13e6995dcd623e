"""What a person can do (issue 2, stories 2 to 6), by mouse and keys on a shown window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QComboBox, QFileDialog

from nnviz.app.document import RunState
from nnviz.app.start import example_start
from nnviz.explain.numbers import format_number
from nnviz.formats.examples import names
from nnviz.formats.weights import copies
from nnviz.ui.editing import layers
from nnviz.ui.export_dialog import CANVAS, NETWORK_WEIGHTS, ExportDialog, suffixes
from nnviz.ui.theme import DARK, LIGHT
from tests.acceptance.conftest import PICTURES, Person

OFTEN = ("xor", "circle", "spiral", "iris", "mazur", "digits-cnn", "digits-autoencoder")  # one of each sort; the others in test-all
on_examples = pytest.mark.parametrize(
    "person", [pytest.param((name, LIGHT), marks=() if name in OFTEN else pytest.mark.slow) for name in names()], indirect=True, ids=names()
)
on_both_themes = pytest.mark.parametrize("person", [("spiral", LIGHT), ("spiral", DARK)], indirect=True, ids=("light", "dark"))
on_mazur = pytest.mark.parametrize("person", [("mazur", LIGHT)], indirect=True)
on_circle = pytest.mark.parametrize("person", [("circle", LIGHT)], indirect=True)


@on_examples
def test_2_every_example_trains_pauses_and_resets(person: Person) -> None:
    start = person.document.frame
    person.focus_canvas()
    person.press(Qt.Key.Key_Space)
    person.until_epoch(5)
    if person.document.state is RunState.TRAINING:  # some end with epoch 5 by themselves
        person.press(Qt.Key.Key_Space)
    person.until_at_rest()
    trained = person.document.frame
    assert start is not None and trained is not None
    assert not np.array_equal(trained.parameters, start.parameters)
    assert person.window.top_bar.metrics.epoch.number.text() == format_number(trained.epoch)
    person.see(f"run-{person.document.name}")
    person.press(Qt.Key.Key_E)
    person.until(lambda: person.document.frame.epoch == trained.epoch + 1)
    person.press(Qt.Key.Key_R)
    person.until(lambda: person.document.frame.step == 0)
    assert np.array_equal(person.document.frame.parameters, start.parameters)


@on_both_themes
def test_2_the_same_seed_is_the_same_run(person: Person) -> None:
    ends = []
    for _ in range(2):
        person.document.train(until_step=220)
        person.until(lambda: person.document.frame.step == 220)
        ends.append(person.document.frame.parameters)
        person.see("run")
        person.click(person.window.top_bar.reset)
        person.until(lambda: person.document.frame.step == 0)
    assert np.array_equal(*ends)


@on_circle
def test_2_the_window_opens_another_example_from_the_picker(person: Person) -> None:
    (iris,) = (action for action in person.window.top_bar.examples.actions() if action.data() == "iris")
    iris.trigger()
    person.until(lambda: person.document.data is not None and len(person.document.data.class_names) == 3)
    person.until_state(RunState.PAUSED)
    assert person.document.spec.data.source == "iris" and "iris" in person.window.windowTitle().lower()


@on_circle
def test_3_settings_change_while_it_runs_with_undo_and_redo(person: Person) -> None:
    training, document = person.window.training_panel, person.document
    person.focus_canvas()
    person.press(Qt.Key.Key_Space)
    person.until_epoch(3)
    start = document.spec
    person.type(training.rate.rate.field, "0,01")
    assert document.spec.training.learning_rate == 0.01
    person.click_neuron("h1", 0)
    document.edit(start, "Back")
    before = document.frame.layers[0].weights.copy()
    person.window.editor.do(layers.set_units(person.document.spec, "h1", 6))
    person.until(lambda: len(document.frame.layers[0].bias) == 6)
    assert document.state is RunState.TRAINING
    assert document.frame.layers[0].weights.shape[0] == 6 and before.shape[0] == 4
    person.see("edited-while-training")
    person.window.setFocus()
    for _ in range(document.undo_stack.count()):
        document.undo_stack.undo()
    assert document.spec == start
    while document.undo_stack.canRedo():
        document.undo_stack.redo()
    assert document.spec.network.layer("h1").units == 6
    person.until(lambda: len(document.frame.layers[0].bias) == 6)
    assert document.state is RunState.TRAINING


@on_circle
def test_3_surviving_weights_survive(person: Person) -> None:
    document = person.document
    document.train(until_step=100)
    person.until(lambda: document.frame.step == 100)
    before = document.frame
    person.window.editor.do(layers.set_units(person.document.spec, "h1", 6))
    person.until(lambda: len(document.frame.layers[0].bias) == 6)
    after = document.frame
    assert after.step == 100
    assert np.array_equal(after.layers[0].weights[:4], before.layers[0].weights)
    assert np.array_equal(after.layers[1].weights[:, :4], before.layers[1].weights)
    assert np.array_equal(after.layers[2].weights, before.layers[2].weights)


@pytest.mark.parametrize(("typed", "read"), [("1e-3", 0.001), ("0,001", 0.001), (".5", 0.5)])
@on_circle
def test_3_a_rate_is_read_right(person: Person, typed: str, read: float) -> None:
    person.type(person.window.training_panel.rate.rate.field, typed)
    assert person.document.spec.training.learning_rate == read


@pytest.mark.parametrize("typed", ["abc", "", "-1", "1e400", "nan"])
@on_circle
def test_3_a_rate_that_cannot_be_is_refused_with_the_reason_beside_the_field(person: Person, typed: str) -> None:
    field, start = person.window.training_panel.rate.rate.field, person.document.spec
    person.type(field, typed)
    assert person.document.spec is start
    assert field.note.isVisible() and field.note.text(), "no reason is shown"
    person.see(f"refused-{typed or 'empty'}")


@on_circle
def test_4_slow_motion_plays_each_real_step(person: Person) -> None:
    slider = person.window.top_bar.speed.slider
    slider.setFocus()
    person.press(Qt.Key.Key_Home)
    assert person.window.top_bar.speed.speed() == 4.0
    person.focus_canvas()
    seen = []
    person.document.frame_changed.connect(seen.append)
    person.press(Qt.Key.Key_Space)
    person.until(lambda: sum(frame.played is not None for frame in seen) >= 2)
    person.until(lambda: person.canvas.player.running)
    person.see("slow-motion")
    person.press(Qt.Key.Key_Space)
    person.until_state(RunState.PAUSED)
    steps = [frame.step for frame in seen if frame.played is not None]
    assert steps == list(range(1, len(steps) + 1))


@on_mazur
def test_5_a_pass_is_stepped_forward_and_back(person: Person) -> None:
    stepper = person.document.stepper
    person.click(person.window.top_bar.step)
    person.until(lambda: stepper.trace is not None)
    person.focus_canvas()
    pictures = []
    for index in range(len(stepper.stages)):
        assert stepper.index == index
        person.until(lambda: not person.canvas.player.running)
        pictures.append(person.see(f"step-{index:02d}").toImage())
        person.press(Qt.Key.Key_Right)
    for index in reversed(range(len(stepper.stages) - 1)):
        person.press(Qt.Key.Key_Left)
        assert stepper.index == index
    person.press(Qt.Key.Key_End)
    assert stepper.index == len(stepper.stages) - 1
    person.press(Qt.Key.Key_Home)
    assert stepper.index == 0
    assert len({picture.constBits().tobytes() for picture in pictures}) == len(pictures), "two stages look the same"


@on_mazur
def test_5_the_card_shows_the_textbooks_numbers(person: Person) -> None:
    person.click(person.window.top_bar.step)
    person.until(lambda: person.document.stepper.trace is not None)
    person.click_neuron("h1", 0)
    person.focus_canvas()
    person.click_neuron("h1", 0)
    person.press(Qt.Key.Key_End)
    shown = " ".join(section.text() for section in person.window.card.sections if section.isVisibleTo(person.window.card))
    for number in ("0.3775", "0.5933", "0.0088"):
        assert number in shown, f"{number} is not on the card: {shown}"


@on_mazur
def test_5_discard_leaves_the_weights_and_apply_changes_them(person: Person) -> None:
    document, before = person.document, person.document.frame.parameters
    person.click(person.window.top_bar.step)
    person.until(lambda: document.stepper.trace is not None)
    person.click(person.window.transport.discard)
    person.until_state(RunState.PAUSED)
    assert np.array_equal(document.frame.parameters, before)
    person.click(person.window.top_bar.step)
    person.until(lambda: document.stepper.trace is not None)
    after = document.stepper.trace.parameters_after
    person.click(person.window.transport.apply)
    person.until(lambda: document.frame.step == 1)
    assert np.array_equal(document.frame.parameters, after)


@on_mazur
def test_5_space_plays_the_pass_to_its_end(person: Person) -> None:
    person.click(person.window.top_bar.step)
    person.until(lambda: person.document.stepper.trace is not None)
    person.window.transport.speed.setFocus()
    person.press(Qt.Key.Key_End)
    assert person.window.transport.speed.key() == "8.0" and person.document.stepper.index == 0
    person.focus_canvas()
    person.press(Qt.Key.Key_Space)
    stepper = person.document.stepper
    person.until(lambda: stepper.index == len(stepper.stages) - 1)
    assert person.document.state is RunState.STEPPING


@on_circle
def test_6_everything_is_exported_in_every_format(person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    person.document.train(until_step=50)
    person.until(lambda: person.document.frame.step == 50)
    person.until_state(RunState.PAUSED)
    target = {"path": ""}
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (target["path"], ""))
    written: dict[str, bytes] = {}
    plots = [name for name, plot in person.window.plots.plots.items() if plot.fits(person.document.data)]
    for what in (CANVAS, *plots, NETWORK_WEIGHTS):
        for suffix in suffixes(what):
            person.window.actions_by_name["export"].trigger()
            dialog = person.window.findChild(ExportDialog)
            pick(dialog.what, what)
            pick(dialog.kind, suffix)
            path = tmp_path / f"{what}{suffix}"
            target["path"] = str(path)
            person.click(dialog.export)
            person.until(lambda path=path: path.exists() and person.window.findChild(ExportDialog) is None)
            written[path.name] = path.read_bytes()
    frame = person.document.frame
    stored = np.load(tmp_path / f"{NETWORK_WEIGHTS}.npz")
    for name, array in copies(frame.spec, frame.parameters).items():
        assert np.array_equal(stored[name], array)
    assert set(suffixes_of(written, "canvas")) == {".png", ".svg", ".pdf"}
    assert set(suffixes_of(written, "loss")) == {".png", ".svg", ".pdf", ".csv"}
    assert set(suffixes_of(written, NETWORK_WEIGHTS)) == {".npz", ".safetensors", ".json", ".csv"}
    begins = {".png": b"\x89PNG", ".pdf": b"%PDF", ".svg": b"<?xml", ".npz": b"PK"}
    for name, content in written.items():
        assert content.startswith(begins.get(Path(name).suffix, b"")) and len(content) > 30, name
    for name in ("canvas.png", "loss.png", "surface.png"):
        PICTURES.joinpath(f"export-{name}").write_bytes(written[name])


def pick(box: QComboBox, key: str) -> None:
    """Choose by key as a person does."""
    box.setCurrentIndex(box.findData(key))
    box.activated.emit(box.currentIndex())


def suffixes_of(written: dict[str, bytes], what: str) -> list[str]:
    return [Path(name).suffix for name in written if Path(name).stem == what]


@on_circle
def test_6_a_folder_that_cannot_be_written_is_said(person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "nowhere" / "w.npz"), ""))
    person.window.actions_by_name["export_npz"].trigger()
    person.until(lambda: person.window.banner.isVisible() and "nowhere" in person.window.banner.words.text())
    person.see("export-refused")


def test_a_divergence_is_named_with_its_remedies(person: Person) -> None:
    person.document.open(example_start("one-neuron"))
    person.until_state(RunState.PAUSED)
    person.type(person.window.training_panel.rate.rate.field, "900")
    person.focus_canvas()
    person.press(Qt.Key.Key_Space)
    person.until_state(RunState.FAILED)
    banner = person.window.banner
    person.until(banner.isVisible)
    person.see("diverged")
    person.click(banner.slower, QPoint(5, 5))
    person.until_state(RunState.PAUSED)
    assert person.document.spec.training.learning_rate == 90
    assert np.isfinite(person.document.frame.parameters).all()
