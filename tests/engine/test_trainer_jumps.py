"""Snapshots, restores, edits in the middle of everything, and steps applied by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.engine import edits
from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.history import BUCKETS, CurveState
from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.network import initialize, views
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.samples import Samples
from nnviz.engine.spec import Spec
from nnviz.engine.table import choose
from nnviz.engine.trainer import Trainer
from tests.engine.build import samples, spec

DATA = samples()


def stepped(trainer: Trainer, steps: int) -> Trainer:
    for _ in range(steps):
        trainer.step()
    return trainer


def bits(trainer: Trainer) -> bytes:
    return b"".join([trainer.network.parameters.tobytes(), *(trainer.state[name].tobytes() for name in sorted(trainer.state))])


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_snapshot_100_steps_restore_100_steps(optimizer: str, precision: str) -> None:
    made = spec(2, 4, 1, optimizer=optimizer, precision=precision, batch_size=7)
    trainer = stepped(Trainer(made, DATA), 33)
    snapshot = trainer.snapshot()
    first = bits(stepped(trainer, 100))
    trainer.restore(snapshot)
    assert bits(stepped(trainer, 100)) == first
    assert bits(stepped(Trainer(made, DATA, snapshot=snapshot), 100)) == first
    assert bits(stepped(Trainer(made, DATA), 133)) == first


def test_a_snapshot_does_not_change_when_training_goes_on() -> None:
    trainer = stepped(Trainer(spec(2, 4, 1, optimizer="adam"), DATA), 3)
    snapshot = trainer.snapshot()
    before = snapshot.parameters.tobytes(), {name: moment.tobytes() for name, moment in snapshot.state.items()}
    stepped(trainer, 20)
    assert before == (snapshot.parameters.tobytes(), {name: moment.tobytes() for name, moment in snapshot.state.items()})


@given(st.lists(st.tuples(st.integers(1, 9), st.sampled_from(["restore", "reopen", "same spec", "watch"])), max_size=8))
@settings(max_examples=25)
def test_a_run_interrupted_anywhere_is_the_same_run(breaks: list[tuple[int, str]]) -> None:
    """Also in the middle of a step that takes several pieces, and of an evaluation."""
    made = spec(2, 4, 1, optimizer="momentum", batch_size=15)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nnviz.engine.planned.plan_rows", lambda *_words, **_more: 4)
        patch.setattr("nnviz.engine.trace.step_rows", lambda _spec: 4)
        straight, broken = stepped(Trainer(made, DATA), 20), Trainer(made, DATA)
        for pieces, kind in breaks:
            for _ in range(pieces):
                broken.advance()
            if kind == "restore":
                broken.restore(broken.snapshot())
            elif kind == "reopen":
                broken = Trainer(made, DATA, snapshot=broken.snapshot())
            elif kind == "same spec":
                broken.set_spec(made, DATA)
            else:
                broken.refresh()
        while broken.step_count < 20:
            broken.advance()
    assert bits(broken) == bits(straight)


def test_restoring_cuts_the_curves() -> None:
    trainer = Trainer(spec(2, 4, 1), DATA, keep_history=True)
    trainer.run_epoch()
    snapshot = trainer.snapshot()
    for _ in range(3):
        trainer.run_epoch()
    trainer.restore(snapshot)
    assert trainer.curves.series["train_loss"][0].tolist() == [0, 1]
    assert [row.epoch for row in trainer.history] == [0, 1]
    assert trainer.stale
    trainer.run_epoch()
    assert [row.epoch for row in trainer.history] == [0, 1, 2]


@pytest.mark.parametrize("keep", [True, False])
def test_a_run_that_is_opened_again_remembers_its_curves(keep: bool) -> None:
    trainer = Trainer(spec(2, 4, 1), DATA, keep_history=True)
    for _ in range(3):
        trainer.run_epoch()
    opened = Trainer(trainer.spec, DATA, trainer.snapshot(), keep_history=keep, history=trainer.history)
    rows = list(trainer.history)
    assert opened.history == rows
    for one in (trainer, opened):
        one.run_epoch()
    for name, (epochs, values) in trainer.curves.series.items():
        np.testing.assert_array_equal(opened.curves.series[name], (epochs, values))
    assert opened.history == (trainer.history if keep else rows)
    opened.reset()
    assert opened.history == [] and not opened.curves.series


@pytest.mark.parametrize("epochs", [0, 1, BUCKETS - 3])
def test_curves_that_were_put_away_go_on_as_if_they_never_had_been(epochs: int) -> None:
    trainer = Trainer(spec(2, 4, 1), DATA)
    for _ in range(epochs):
        trainer.run_epoch()
    opened = Trainer(trainer.spec, DATA, trainer.snapshot(), curves=trainer.store.state())
    for _ in range(9):
        trainer.run_epoch()
        opened.run_epoch()
    one, other = trainer.store.state().series, opened.store.state().series
    assert {name: state.tobytes() for name, state in one.items()} == {name: state.tobytes() for name, state in other.items()}


def test_impossible_curves_are_refused() -> None:
    trainer = Trainer(spec(2, 4, 1), DATA)
    with pytest.raises(ValueError, match="curve"):
        Trainer(trainer.spec, DATA, curves=CurveState({"train_loss": np.zeros((4, 2))}))


def test_an_edit_carries_weights_and_moments_by_id() -> None:
    trainer = stepped(Trainer(spec(2, 3, 1, optimizer="adam"), DATA), 6)
    before, moments, position = trainer.network.parameters.copy(), dict(trainer.state), trainer.position
    old, new = trainer.spec, edits.with_units(trainer.spec, "l1", 4)
    trainer.set_spec(new, DATA)
    assert (trainer.step_count, trainer.position) == (6, position)
    for name, flat in (("parameters", before), *moments.items()):
        now = trainer.network.parameters if name == "parameters" else trainer.state[name]
        (hidden, output), (old_hidden, old_output) = views(new.network, now), views(old.network, flat)
        np.testing.assert_array_equal(hidden.weights[:3], old_hidden.weights)
        np.testing.assert_array_equal(hidden.bias[:3], old_hidden.bias)
        np.testing.assert_array_equal(output.weights[:, :3], old_output.weights)
        np.testing.assert_array_equal(output.bias, old_output.bias)
        fresh = views(new.network, initialize(new.network, 0) if name == "parameters" else np.zeros(17))
        np.testing.assert_array_equal(hidden.weights[3], fresh[0].weights[3])
        np.testing.assert_array_equal(output.weights[:, 3], fresh[1].weights[:, 3])


PARTS = {"train": DATA.train, "validation": DATA.validation, "test": DATA.test}
ONE_INPUT = replace(DATA, **{name: replace(part, x=part.x[:, :1]) for name, part in PARTS.items()})


@pytest.mark.parametrize(
    ("edited", "fewer"),
    [
        (edits.with_units(spec(2, 4, 3, 1, optimizer="adam"), "l1", 3), DATA),
        (edits.remove_layer(spec(2, 4, 3, 1, optimizer="adam"), "l2"), DATA),
        (edits.with_features(spec(2, 4, 3, 1, optimizer="adam"), ("x1",)), ONE_INPUT),
        (spec(2, 4, 3, 1, optimizer="momentum"), DATA),
    ],
    ids=["unit", "layer", "input", "optimizer"],
)
@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_what_an_edit_removed_is_given_back(edited: Spec, fewer: Samples, precision: str) -> None:
    whole = spec(2, 4, 3, 1, optimizer="adam", precision=precision)
    trainer = stepped(Trainer(whole, DATA), 6)
    kept, before = trainer.snapshot(), bits(trainer)
    edited = with_training(edited, precision=precision)
    trainer.set_spec(edited, fewer)
    trainer.set_spec(whole, DATA)
    assert bits(trainer) != before
    trainer.restore(kept)
    trainer.set_spec(edited, fewer)
    trainer.set_spec(whole, DATA, kept)
    assert bits(trainer) == before
    assert trainer.snapshot().moments_since == kept.moments_since


def test_what_is_given_back_does_not_touch_what_was_trained_on() -> None:
    whole = spec(2, 4, 1, optimizer="adam")
    trainer = stepped(Trainer(whole, DATA), 6)
    kept = trainer.snapshot()
    trainer.set_spec(edits.with_units(whole, "l1", 3), DATA)
    now = views(trainer.spec.network, stepped(trainer, 5).network.parameters.copy())
    trainer.set_spec(whole, DATA, kept)
    new, old = trainer.network.views, views(whole.network, kept.parameters)
    np.testing.assert_array_equal(new[0].weights, np.vstack([now[0].weights, old[0].weights[3:]]))
    np.testing.assert_array_equal(new[1].weights, np.hstack([now[1].weights, old[1].weights[:, 3:]]))
    np.testing.assert_array_equal(new[1].bias, now[1].bias)


def test_moments_of_a_run_that_was_begun_anew_are_not_given_back() -> None:
    whole = spec(2, 4, 1, optimizer="adam")
    trainer = stepped(Trainer(whole, DATA), 6)
    kept = trainer.snapshot()
    trainer.set_spec(with_training(whole, optimizer=choose(OPTIMIZERS, "sgd")), DATA)
    trainer.reset()
    trainer.set_spec(whole, DATA, kept)
    assert not any(moment.any() for moment in trainer.state.values())


def test_an_edit_in_the_middle_is_as_good_in_the_middle_of_a_chunk() -> None:
    runs = []
    for pieces in (0, 1, 2):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("nnviz.engine.planned.plan_rows", lambda *_words, **_more: 4)
            trainer = stepped(Trainer(spec(2, 3, 1, optimizer="adam", batch_size=20), DATA), 5)
            for _ in range(pieces):
                trainer.advance()
            trainer.set_spec(edits.with_units(trainer.spec, "l1", 5), DATA)
            runs.append(bits(stepped(trainer, 10)))
    assert runs[0] == runs[1] == runs[2]


def with_training(made: Spec, **fields: object) -> Spec:
    return replace(made, training=replace(made.training, **fields))


def test_a_new_rate_takes_effect_with_the_next_step() -> None:
    trainer = stepped(Trainer(spec(2, 4, 1), DATA), 3)
    trainer.set_spec(with_training(trainer.spec, learning_rate=0.3), DATA)
    before = trainer.network.parameters.copy()
    shown = trainer.trace_next()
    trainer.step()
    np.testing.assert_allclose(trainer.network.parameters - before, -0.3 * trainer.gradient, rtol=1e-9)
    assert shown.learning_rate == 0.3


def test_another_optimizer_begins_with_moments_of_its_own() -> None:
    trainer = stepped(Trainer(spec(2, 4, 1, optimizer="momentum"), DATA), 50)
    trainer.set_spec(with_training(trainer.spec, optimizer=choose(OPTIMIZERS, "adam")), DATA)
    assert not any(moment.any() for moment in trainer.state.values())
    before = trainer.network.parameters.copy()
    trainer.step()
    changed = np.abs(trainer.network.parameters - before)
    np.testing.assert_allclose(changed, trainer.spec.training.learning_rate, rtol=1e-3), "the first step of Adam is the rate"


def test_its_own_parameters_leave_the_moments_alone() -> None:
    trainer = stepped(Trainer(spec(2, 4, 1, optimizer="momentum"), DATA), 5)
    velocity = trainer.state["velocity"].copy()
    trainer.set_spec(with_training(trainer.spec, optimizer=choose(OPTIMIZERS, "momentum", momentum=0.5)), DATA)
    np.testing.assert_array_equal(trainer.state["velocity"], velocity)


def test_precision_can_change_on_the_way() -> None:
    trainer = stepped(Trainer(spec(2, 4, 1, optimizer="adam"), DATA), 5)
    before = trainer.network.parameters.copy()
    trainer.set_spec(with_training(trainer.spec, precision="float32"), DATA)
    np.testing.assert_array_equal(trainer.network.parameters, before.astype(np.float32))
    stepped(trainer, 5)
    assert trainer.network.parameters.dtype == trainer.state["mean"].dtype == np.float32


def test_another_seed_starts_a_new_run() -> None:
    trainer = stepped(Trainer(spec(2, 4, 1), DATA), 9)
    trainer.set_spec(with_training(trainer.spec, seed=5), DATA)
    assert (trainer.step_count, trainer.epoch, trainer.position) == (0, 0, 0)
    np.testing.assert_array_equal(trainer.network.parameters, initialize(trainer.spec.network, 5))


def test_another_initializer_starts_a_new_run_and_replaces_weights_that_were_given() -> None:
    made = spec(2, 4, 1)
    trainer = stepped(Trainer(made, DATA, initial=np.full(17, 0.5)), 9)
    first = replace(made.network.layers[0], initializer=choose(INITIALIZERS, "he_normal"))
    trainer.set_spec(edits.replace_layer(made, first), DATA)
    assert trainer.step_count == 0
    drawn = views(trainer.spec.network, initialize(trainer.spec.network, 0))[0].weights
    np.testing.assert_array_equal(trainer.network.views[0].weights, drawn)
    np.testing.assert_array_equal(trainer.network.views[1].weights, np.full((1, 4), 0.5))


def test_weights_that_were_given_follow_edits_into_the_next_reset() -> None:
    made = spec(2, 2, 1)
    trainer = stepped(Trainer(made, DATA, initial=np.full(9, 0.5)), 9)
    trainer.set_spec(edits.with_units(made, "l1", 3), DATA)
    trainer.reset()
    hidden = trainer.network.views[0]
    assert (hidden.weights[:2] == 0.5).all() and (hidden.weights[2] != 0.5).all()


def test_weights_that_were_given_stay_the_start_when_only_the_training_is_edited() -> None:
    trainer = stepped(Trainer(spec(2, 2, 1), DATA, initial=np.full(9, 0.5)), 9)
    trainer.set_spec(with_training(trainer.spec, learning_rate=0.5, seed=4), DATA)
    assert trainer.step_count == 0
    np.testing.assert_array_equal(trainer.network.parameters, np.full(9, 0.5))


def test_other_data_of_another_size_begins_the_epoch_anew() -> None:
    trainer = stepped(Trainer(spec(2, 4, 1), DATA), 6)
    weights = trainer.network.parameters.copy()
    trainer.set_spec(trainer.spec, samples(train=30, seed=9))
    assert (trainer.step_count, trainer.epoch, trainer.position) == (6, 1, 0)
    np.testing.assert_array_equal(trainer.network.parameters, weights)
    trainer.run_epoch()
    assert (trainer.step_count, trainer.epoch) == (9, 2)


def test_other_data_of_the_same_size_goes_on_in_place() -> None:
    trainer = stepped(Trainer(spec(2, 4, 1), DATA), 6)
    trainer.set_spec(trainer.spec, samples(seed=9))
    assert trainer.position == 20


def test_targets_follow_the_output_activation() -> None:
    trainer = Trainer(spec(2, 4, 1), DATA)
    assert set(trainer.trace_next().targets.ravel()) == {-1.0, 1.0}
    output = replace(trainer.spec.network.layers[1], activation=choose(ACTIVATIONS, "sigmoid"))
    trainer.set_spec(edits.replace_layer(trainer.spec, output), DATA)
    assert set(trainer.trace_next().targets.ravel()) == {0.0, 1.0}


def test_best_is_forgotten_when_losses_can_no_longer_be_compared() -> None:
    trainer = Trainer(spec(2, 4, 1), DATA)
    for _ in range(3):
        trainer.run_epoch()
    trainer.step()
    trainer.set_spec(with_training(trainer.spec, learning_rate=0.1), DATA)
    assert trainer.best().epoch == 3 and trainer.best().step_count == 12
    trainer.set_spec(with_training(trainer.spec, reduction="sum"), DATA)
    assert trainer.best().step_count == 13


def test_a_snapshot_of_another_network_is_fitted_by_id() -> None:
    trainer = stepped(Trainer(spec(2, 3, 1), DATA), 6)
    snapshot = trainer.snapshot()
    trainer.set_spec(edits.with_units(trainer.spec, "l1", 4), DATA)
    stepped(trainer, 6)
    trainer.restore(snapshot)
    assert trainer.step_count == 6
    np.testing.assert_array_equal(trainer.network.views[0].weights[:3], views(snapshot.network, snapshot.parameters)[0].weights)


def test_apply_makes_the_step_that_was_shown_and_consumes_nothing() -> None:
    trainer = stepped(Trainer(spec(2, 4, 1, optimizer="adam"), DATA), 6)
    upcoming, place = trainer.trace_next().rows, (trainer.epoch, trainer.position)
    shown = trainer.trace(DATA.validation.x[:1], np.array([[1.0]]), DATA.validation.rows[:1])
    trainer.apply(shown)
    np.testing.assert_array_equal(trainer.network.parameters, shown.parameters_after)
    np.testing.assert_array_equal(trainer.state["mean"], shown.state_after["mean"])
    assert (trainer.step_count, trainer.hand_stepped, trainer.stale) == (7, True, True)
    assert (trainer.epoch, trainer.position) == place
    np.testing.assert_array_equal(trainer.trace_next().rows, upcoming)
    assert trainer.snapshot().hand_stepped


def test_a_step_shown_earlier_cannot_be_applied() -> None:
    trainer = Trainer(spec(2, 4, 1), DATA)
    shown = trainer.trace_next()
    trainer.step()
    with pytest.raises(ValueError, match="step 1"):
        trainer.apply(shown)
