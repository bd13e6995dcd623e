"""What an edit takes from a run is kept under its token, within bounds, and handed back to the last bit when it is undone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from nnviz.app import crossings
from nnviz.data.prepare import prepare
from nnviz.engine.edits import add_neuron, insert_layer, lesion, prune, remove_layer, replace_layer, with_features, with_units
from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.patch import BIAS, single
from nnviz.engine.spec import Conv2D, Dense, Spec
from nnviz.engine.table import choose
from nnviz.formats.examples import load
from tests.app.desk import SPEC, Desk


def _first(spec: Spec) -> Dense:
    layer = spec.network.layers[0]
    assert isinstance(layer, Dense)
    return layer


EDITS: dict[str, Callable[[Spec], Spec]] = {
    "fewer units": lambda spec: with_units(spec, "h1", 5),
    "features": lambda spec: with_features(spec, ("x1", "x2")),
    "no bias": lambda spec: replace_layer(spec, replace(_first(spec), use_bias=False)),
    "pruned": lambda spec: prune(spec, "h1", (("x1", _first(spec).neurons[2]),), on=True),
    "lesion": lambda spec: lesion(spec, "h1", _first(spec).neurons[:1], on=True),
    "more neurons": lambda spec: add_neuron(spec, "h1"),
    "new layer": lambda spec: insert_layer(spec, 1),
    "no layer": lambda spec: remove_layer(spec, "h1"),
    "initializer": lambda spec: replace_layer(spec, replace(_first(spec), initializer=choose(INITIALIZERS, "he_normal"))),
    "seed": lambda spec: replace(spec, training=replace(spec.training, seed=99)),
    "optimizer": lambda spec: replace(spec, training=replace(spec.training, optimizer=choose(OPTIMIZERS, "rmsprop"))),
}


@pytest.mark.parametrize("steps", [0, 3])
@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_an_edit_undone_leaves_no_trace(edit: Callable[[Spec], Spec], steps: int) -> None:
    desk = Desk(steps=steps)
    before = desk.stands()
    desk.edit(edit(SPEC))
    changed = desk.stands()
    assert changed != before
    desk.undo()
    assert desk.stands() == before
    desk.redo()
    assert desk.stands() == changed
    desk.undo()
    assert desk.stands() == before


def test_what_a_convolution_loses_comes_back() -> None:
    digits = load("digits-cnn").spec
    layer = digits.network.layers[0]
    assert isinstance(layer, Conv2D)
    desk = Desk(digits, prepare(digits.data), steps=1)
    before = desk.stands()
    for change in ({"neurons": layer.neurons[:1]}, {"kernel": (2, 2)}, {"use_bias": False}):
        desk.edit(replace_layer(digits, replace(layer, **change)))  # type: ignore[arg-type]
        desk.undo()
        assert desk.stands() == before


class TestSettingByHand:
    """A number set by hand is one step to undo, and training goes on from it."""

    def weight(self, desk: Desk, neuron: int = 0, source: int = 0) -> float:
        return float(desk.trainer.network.views[0].weights[neuron, source])

    def test_sets_and_gives_back(self) -> None:
        desk = Desk()
        before, name = desk.stands(), _first(SPEC).neurons[0]
        desk.edit(None, single("h1", name, "x1", 0.5), single("h1", name, BIAS, -2.0))
        assert self.weight(desk) == 0.5 and desk.trainer.network.views[0].bias[0] == -2.0
        desk.undo()
        assert desk.stands() == before

    def test_undo_restores_the_number_and_nothing_else(self) -> None:
        desk, name = Desk(), _first(SPEC).neurons[0]
        was = self.weight(desk)
        desk.edit(None, single("h1", name, "x1", 0.5))
        desk.train(4)
        trained = desk.trainer.snapshot()
        desk.undo()
        now = desk.trainer.snapshot()
        assert self.weight(desk) == was and now.step_count == trained.step_count
        assert np.count_nonzero(now.parameters != trained.parameters) == 1
        assert all(np.array_equal(now.state[key], trained.state[key]) for key in now.state)

    def test_before_training_it_is_where_the_run_begins(self) -> None:
        desk, name = Desk(steps=0), _first(SPEC).neurons[0]
        desk.edit(None, single("h1", name, "x1", 0.5))
        desk.train(3)
        desk.trainer.reset()
        assert self.weight(desk) == 0.5
        desk.undo()
        desk.trainer.reset()
        assert desk.stands() == Desk(steps=0).stands()

    def test_after_training_has_begun_reset_forgets_it(self) -> None:
        desk, name = Desk(), _first(SPEC).neurons[0]
        desk.edit(None, single("h1", name, "x1", 0.5))
        desk.trainer.reset()
        assert desk.stands() == Desk(steps=0).stands()

    def test_a_pruned_edge_stays_cut(self) -> None:
        name = _first(SPEC).neurons[0]
        desk = Desk(prune(SPEC, "h1", (("x1", name),), on=True))
        desk.edit(None, single("h1", name, "x1", 0.5))
        assert self.weight(desk) == 0.0

    def test_training_goes_on_with_it_as_the_oracle_says(self) -> None:
        desk, name = Desk(), _first(SPEC).neurons[0]
        desk.edit(None, single("h1", name, "x1", 0.5))
        expected = desk.trainer.trace_next().parameters_after
        desk.train(1)
        assert np.allclose(desk.trainer.network.parameters, expected, rtol=0, atol=1e-12)

    def test_removed_and_brought_back_it_is_what_was_set(self) -> None:
        desk, name = Desk(steps=0), _first(SPEC).neurons[-1]
        desk.edit(None, single("h1", name, "x1", 0.5))
        before = desk.stands()
        desk.edit(with_units(SPEC, "h1", 3))
        desk.edit(replace_layer(desk.trainer.spec, replace(_first(desk.trainer.spec), initializer=choose(INITIALIZERS, "zeros"))))
        desk.undo()
        desk.undo()
        assert desk.stands() == before


class TestDrags:
    """A drag is one edit, whatever lies between its ends."""

    @pytest.mark.parametrize("steps", [0, 3])
    def test_undone_it_is_back_where_it_began(self, steps: int) -> None:
        desk, name = Desk(steps=steps), _first(SPEC).neurons[0]
        before = desk.stands()
        desk.edit(None, single("h1", name, "x1", 0.1))
        for value in (0.2, 0.3, 0.4):
            desk.drag(None, single("h1", name, "x1", value))
        after = desk.stands()
        desk.undo()
        assert desk.stands() == before
        desk.redo()
        assert desk.stands() == after

    def test_units_dragged_down_and_up_again_bring_their_weights_back(self) -> None:
        desk = Desk()
        before = desk.stands()
        desk.edit(with_units(SPEC, "h1", 10))
        for units in (5, 3):
            desk.drag(with_units(desk.trainer.spec, "h1", units))
        desk.undo()
        assert desk.stands() == before
        desk.edit(with_units(SPEC, "h1", 6))
        desk.drag(with_units(SPEC, "h1", 4))
        desk.drag(SPEC)
        assert not desk.done and desk.stands() == before

    def test_it_is_kept_once_however_long_it_is(self) -> None:
        desk, name = Desk(steps=0), _first(SPEC).neurons[0]
        desk.edit(None, single("h1", name, "x1", 0.0))
        once = desk.crossings.bytes
        for value in range(50):
            desk.drag(None, single("h1", name, "x1", value / 10))
        assert desk.crossings.bytes == once


def test_a_new_run_that_has_trained_is_not_given_up_for_the_old_one() -> None:
    desk = Desk()
    desk.edit(EDITS["seed"](SPEC))
    desk.train(5)
    desk.undo()
    assert desk.trainer.step_count == 0 and desk.stands() == Desk(steps=0).stands()


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Desk().trainer.snapshot()
    most = 3 * one.parameters.nbytes * (1 + len(one.state))
    monkeypatch.setattr(crossings, "MOST_BYTES", most)
    desk = Desk()
    for units in (8, 7, 6, 5, 4, 3, 2):
        desk.edit(with_units(desk.trainer.spec, "h1", units))
    assert 0 < desk.crossings.bytes <= most
    desk.undo()
    assert desk.trainer.spec.network.weighted("h1").units == 3
