"""The training panel: everything from the tables, every change one named edit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.losses import LOSSES, REDUCTIONS
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.schedules import SCHEDULES
from nnviz.engine.spec import Spec, Weighted
from nnviz.engine.table import choose
from nnviz.formats.examples import load, names
from nnviz.ui.fields import NumberField
from nnviz.ui.form import ChoiceBox
from nnviz.ui.panels.training import TrainingPanel
from nnviz.ui.theme import LIGHT, apply
from tests.ui.panels.conftest import run_of
from tests.ui.scaling import scaled


@pytest.fixture
def panel(qtbot: QtBot, document: object) -> TrainingPanel:
    made = TrainingPanel(document)  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.resize(212, 700)
    made.show()
    return made


def pick(box: ChoiceBox, key: str) -> None:
    index = box.findData(key)
    box.setCurrentIndex(index)
    box.activated.emit(index)


def typed(qtbot: QtBot, field: NumberField, text: str) -> None:
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def shown(panel: TrainingPanel, spec: Spec) -> None:
    panel.document.spec = spec
    panel.show_spec(spec)


def test_showing_any_example_makes_no_edit(panel: TrainingPanel) -> None:
    for name in names():
        shown(panel, load(name).spec)
    assert panel.document.edits == []


def test_the_tables_are_offered_in_full(panel: TrainingPanel) -> None:
    for box, table in (
        (panel.loss.box, LOSSES),
        (panel.optimizer.box, OPTIMIZERS),
        (panel.initializer.box, INITIALIZERS),
        (panel.rate.schedule.box, SCHEDULES),
        (panel.reduction, REDUCTIONS),
    ):
        assert [box.itemData(at) for at in range(box.count())] == list(table)


@pytest.mark.parametrize("kind", list(OPTIMIZERS))
def test_an_optimizer_brings_a_field_for_each_of_its_parameters(panel: TrainingPanel, kind: str) -> None:
    pick(panel.optimizer.box, "sgd" if kind != "sgd" else "adam")
    panel.show_spec(panel.document.spec)
    pick(panel.optimizer.box, kind)
    panel.show_spec(panel.document.spec)
    assert panel.document.spec.training.optimizer.kind == kind
    assert list(panel.optimizer.rows) == [item.name for item in OPTIMIZERS[kind].parameters]
    for item in OPTIMIZERS[kind].parameters:
        assert panel.optimizer.rows[item.name].field.value() == item.default


def test_a_parameter_of_the_optimizer_is_edited(qtbot: QtBot, panel: TrainingPanel) -> None:
    pick(panel.optimizer.box, "adam")
    panel.show_spec(panel.document.spec)
    typed(qtbot, panel.optimizer.rows["beta1"].field, "0,8")
    assert panel.document.spec.training.optimizer["beta1"] == 0.8
    assert panel.document.edits[-1][0] == "Tune Adam"
    typed(qtbot, panel.optimizer.rows["beta1"].field, "1")
    assert panel.document.spec.training.optimizer["beta1"] == 0.8
    assert "below 1" in panel.optimizer.rows["beta1"].note.text()


@pytest.mark.parametrize(("text", "rate"), [("1e-3", 0.001), ("0,001", 0.001), ("abc", None), ("-1", None), ("1e400", None), ("0", None)])
def test_the_learning_rate_is_read_right_or_refused(qtbot: QtBot, panel: TrainingPanel, text: str, rate: float | None) -> None:
    before = panel.document.spec.training.learning_rate
    typed(qtbot, panel.rate.rate.field, text)
    assert panel.document.spec.training.learning_rate == (rate or before)
    assert panel.rate.rate.field.note.isVisible() == (rate is None)
    assert len(panel.document.edits) == (rate is not None)


def test_a_rate_beyond_the_slider_is_kept_exactly(qtbot: QtBot, panel: TrainingPanel) -> None:
    typed(qtbot, panel.rate.rate.field, "1e-9")
    assert panel.document.spec.training.learning_rate == 1e-9
    panel.show_spec(panel.document.spec)
    assert panel.rate.rate.slider.value() == 0
    assert panel.rate.rate.value() == 1e-9
    assert len(panel.document.edits) == 1


def test_a_loss_that_cannot_be_is_refused_beside_its_box(panel: TrainingPanel) -> None:
    before = panel.document.spec
    pick(panel.loss.box, "binary_crossentropy")
    assert panel.document.spec == before
    assert panel.loss.box.key() == before.training.loss.kind
    assert panel.loss.row.note.isVisible()
    assert "cannot be used" in panel.loss.row.note.text()
    panel.show_spec(before)
    assert not panel.loss.row.note.isVisible()


def test_the_reduction_shows_its_formula(panel: TrainingPanel) -> None:
    for key in REDUCTIONS:
        pick(panel.reduction, key)
        panel.show_spec(panel.document.spec)
        assert panel.document.spec.training.reduction == key
        assert panel.reduction_formula.latex == REDUCTIONS[key].formula


@pytest.mark.parametrize(
    ("kinds", "value", "norm"), [("value", 1.0, None), ("norm", None, 1.0), ("value norm", 1.0, 1.0), ("", None, None)]
)
def test_clipping_is_off_by_entry_by_norm_or_both(panel: TrainingPanel, kinds: str, value: float | None, norm: float | None) -> None:
    training = replace(panel.document.spec.training, clip_value=None if value else 2.0, clip_norm=None if norm else 2.0)
    shown(panel, replace(panel.document.spec, training=training))
    pick(panel.clipping.box, kinds)
    panel.show_spec(panel.document.spec)
    now = panel.document.spec.training
    assert (now.clip_value is None, now.clip_norm is None) == (value is None, norm is None)
    assert panel.clipping.value_row.isVisibleTo(panel) == (value is not None)
    assert panel.clipping.norm_row.isVisibleTo(panel) == (norm is not None)


def test_a_clip_limit_is_typed(qtbot: QtBot, panel: TrainingPanel) -> None:
    pick(panel.clipping.box, "norm")
    panel.show_spec(panel.document.spec)
    typed(qtbot, panel.clipping.norm, "0.5")
    assert panel.document.spec.training.clip_norm == 0.5
    typed(qtbot, panel.clipping.norm, "0")
    assert panel.document.spec.training.clip_norm == 0.5
    assert panel.clipping.norm.note.isVisible()


def test_the_initializer_is_set_for_all_layers_and_says_when_they_differ(panel: TrainingPanel) -> None:
    pick(panel.initializer.box, "he_normal")
    assert {layer.initializer.kind for layer in panel.document.spec.network.layers} == {"he_normal"}
    network = panel.document.spec.network
    mixed = replace(network.layers[0], initializer=load("spiral").spec.network.layers[0].initializer)
    shown(panel, replace(panel.document.spec, network=replace(network, layers=(mixed, *network.layers[1:]))))
    assert panel.initializer.box.currentIndex() == -1
    pick(panel.initializer.box, "he_normal")
    assert {layer.initializer.kind for layer in panel.document.spec.network.layers} == {"he_normal"}


def test_penalties_seed_and_precision(qtbot: QtBot, panel: TrainingPanel) -> None:
    typed(qtbot, panel.l1, "1e-4")
    typed(qtbot, panel.l2, ".01")
    typed(qtbot, panel.seed, "42")
    pick(panel.precision, "float32")
    training = panel.document.spec.training
    assert (training.l1, training.l2, training.seed, training.precision) == (1e-4, 0.01, 42, "float32")
    typed(qtbot, panel.seed, "1.5")
    assert panel.document.spec.training.seed == 42


@pytest.mark.parametrize("scale", [1.0, 1.5])
@pytest.mark.parametrize("example", ["spiral", "iris", "mnist-cnn"])
def test_nothing_is_clipped_in_a_narrow_dock(
    qtbot: QtBot, qapp: QApplication, panel: TrainingPanel, scale: float, example: str
) -> None:
    theme = scaled(LIGHT, scale)
    apply(qapp, theme)
    panel.set_theme(theme)
    shown(panel, load(example).spec)
    panel.stops.unfold(True)
    panel.rate.rate.refuse("“abc” is not a number. Only digits, one sign and one decimal point can be read. Still 0.03.")
    panel.resize(212, 1400)
    for widget in panel.findChildren(QWidget):
        if widget.isVisibleTo(panel) and widget.width():
            assert widget.mapTo(panel, widget.rect().topRight()).x() < 212, widget
    note = panel.rate.rate.field.note
    qtbot.waitUntil(lambda: note.height() >= note.heightForWidth(note.width()))
    apply(qapp, LIGHT)


def test_a_schedule_brings_its_parameters_and_says_the_rate_now(qtbot: QtBot, panel: TrainingPanel) -> None:
    assert not panel.rate.now_row.isVisibleTo(panel)
    pick(panel.rate.schedule.box, "step")
    panel.show_spec(panel.document.spec)
    assert panel.document.spec.training.schedule == choose(SCHEDULES, "step")
    assert list(panel.rate.schedule.rows) == ["size", "factor"]
    typed(qtbot, panel.rate.schedule.rows["size"].field, "5")
    assert panel.document.spec.training.schedule["size"] == 5.0
    assert panel.document.edits[-1][0] == "Tune the step schedule"
    panel.show_frame(replace(run_of("spiral").frame, learning_rate=0.0125))
    assert panel.rate.now_row.isVisibleTo(panel) and panel.rate.now.text() == "0.0125"


def test_warm_up_is_typed_and_said(qtbot: QtBot, panel: TrainingPanel) -> None:
    assert panel.rate.warmup.text() == "none"
    typed(qtbot, panel.rate.warmup, "4")
    assert panel.document.spec.training.warmup_epochs == 4
    panel.show_spec(panel.document.spec)
    assert "first 4 epochs" in panel.rate.warmup.toolTip()
    assert panel.rate.now_row.isVisibleTo(panel)
    typed(qtbot, panel.rate.warmup, "1.5")
    assert panel.document.spec.training.warmup_epochs == 4 and panel.rate.warmup.note.isVisible()


def test_gradients_are_normalized(panel: TrainingPanel) -> None:
    panel.normalize.click()
    assert panel.document.spec.training.normalize_gradients
    panel.show_spec(panel.document.spec)
    assert panel.normalize.isChecked() and panel.document.edits[-1][0] == "Normalize gradients"


def test_stop_conditions_are_folded_away_but_said(qtbot: QtBot, panel: TrainingPanel) -> None:
    stops = panel.stops
    assert not stops.body.isVisible() and stops.head.accessibleName() == "Stops by itself: never"
    qtbot.mouseClick(stops.head, Qt.MouseButton.LeftButton)
    assert stops.body.isVisible()
    typed(qtbot, stops.epochs, "50")
    panel.show_spec(panel.document.spec)
    typed(qtbot, stops.patience, "7")
    panel.show_spec(panel.document.spec)
    training = panel.document.spec.training
    assert (training.epochs, training.patience) == (50, 7)
    assert "50 epochs, patience 7" in stops.head.accessibleName()
    panel.set_theme(scaled(LIGHT, 1.25))
    assert panel.stops is not stops and panel.stops.head.isChecked()  # stays unfolded when it is made anew
    panel.set_theme(LIGHT)


@pytest.mark.parametrize(("name", "typed_in", "bad"), [("loss", "0.2", "x"), ("metric", "0.9", "nan"), ("seconds", "5", "0")])
def test_a_goal_is_switched_on_typed_and_switched_off(
    qtbot: QtBot, panel: TrainingPanel, name: str, typed_in: str, bad: str
) -> None:
    field_name = {"loss": "target_loss", "metric": "target_metric", "seconds": "max_seconds"}[name]
    panel.stops.unfold(True)
    editor = getattr(panel.stops, field_name)

    def now() -> float | None:
        panel.show_spec(panel.document.spec)
        found: float | None = getattr(panel.document.spec.training, field_name)
        return found

    assert not editor.field_row.isVisibleTo(panel)
    editor.tick.click()
    assert now() is not None and editor.field_row.isVisibleTo(panel)
    typed(qtbot, editor.field, typed_in)
    assert now() == float(typed_in)
    typed(qtbot, editor.field, bad)
    assert now() == float(typed_in) and editor.field.note.text()
    editor.tick.click()
    assert now() is None


def test_restoring_the_best_is_offered_with_patience(panel: TrainingPanel) -> None:
    panel.stops.unfold(True)
    assert not panel.stops.restore_row.isVisibleTo(panel)
    shown(panel, replace(panel.document.spec, training=replace(panel.document.spec.training, patience=5)))
    assert panel.stops.restore_row.isVisibleTo(panel) and panel.stops.restore.isChecked()
    panel.stops.restore.click()
    assert not panel.document.spec.training.restore_best


def test_a_loss_without_a_teacher_is_refused_in_words(panel: TrainingPanel) -> None:
    shown(panel, load("iris").spec)
    pick(panel.loss.box, "distillation")
    assert panel.document.spec.training.loss.kind != "distillation"
    assert panel.loss.row.note.isVisible() and panel.loss.row.note.text()


def test_the_initializer_leaves_layers_without_weights_alone(panel: TrainingPanel) -> None:
    shown(panel, load("digits-cnn").spec)
    pick(panel.initializer.box, "lecun_normal")
    layers = panel.document.spec.network.layers
    assert {layer.initializer.kind for layer in layers if isinstance(layer, Weighted)} == {"lecun_normal"}
    assert [layer.kind for layer in layers] == [layer.kind for layer in load("digits-cnn").spec.network.layers]
