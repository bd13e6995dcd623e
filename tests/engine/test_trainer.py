"""The run: determinism, learning, history, evaluation. Edits, jumps and faults have files of their own."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nnviz.engine.network import initialize
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.planned import PlannedLearner
from nnviz.engine.spec import PRECISIONS, Spec
from nnviz.engine.trainer import Trainer
from tests.engine.build import samples, spec, values, xor

DATA = samples()
ROOT = Path(__file__).parents[2]


def trained(made: Spec, steps: int) -> Trainer:
    trainer = Trainer(made, DATA)
    for _ in range(steps):
        trainer.step()
    return trainer


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("precision", PRECISIONS)
def test_the_same_spec_gives_the_same_bits(optimizer: str, precision: str) -> None:
    made = spec(2, 4, 1, optimizer=optimizer, precision=precision)
    one, other = trained(made, 50), trained(made, 50)
    assert one.network.parameters.dtype == precision
    assert one.network.parameters.tobytes() == other.network.parameters.tobytes()
    assert all(one.state[name].tobytes() == other.state[name].tobytes() for name in one.state)
    assert all(moment.dtype == precision for moment in one.state.values())


def test_another_seed_gives_another_run() -> None:
    assert (trained(spec(2, 4, 1), 5).network.parameters != trained(spec(2, 4, 1, seed=1), 5).network.parameters).any()


def test_who_watches_changes_nothing() -> None:
    made = spec(2, 4, 1, optimizer="adam")
    watched, alone = Trainer(made, DATA), trained(made, 30)
    while watched.step_count < 30:
        watched.advance()
        watched.refresh()
        watched.evaluate("validation")
        watched.trace_next()
        watched.trace(DATA.train.x[:1], np.ones((1, 1)))
        watched.snapshot()
        assert watched.curves is not None
    assert watched.network.parameters.tobytes() == alone.network.parameters.tobytes()


@pytest.mark.parametrize("batch", [0, 7, 10, 40])
def test_chunks_only_divide_the_work(monkeypatch: pytest.MonkeyPatch, batch: int) -> None:
    made = spec(2, 4, 1, batch_size=batch)
    whole = trained(made, 12)
    monkeypatch.setattr("nnviz.engine.planned.plan_rows", lambda *_words, **_more: 3)
    cut, pieces = Trainer(made, DATA), 0
    while cut.step_count < 12:
        cut.advance()
        pieces += 1
    assert pieces > 12 * math.ceil(min(batch or 40, 40) / 3) - 12
    np.testing.assert_allclose(cut.network.parameters, whole.network.parameters, rtol=1e-12)
    for name in ("train_loss", "validation_loss", "train_metric", "validation_metric"):
        assert getattr(cut.latest, name) == pytest.approx(getattr(whole.latest, name), rel=1e-12)


def test_every_epoch_learns_from_every_sample_once_in_an_order_of_its_own() -> None:
    trainer, seen = Trainer(spec(2, 4, 1, batch_size=7), DATA), []
    for epoch in range(3):
        rows: list[int] = []
        while len(rows) < 40:
            rows += trainer.trace_next().rows.tolist()
            trainer.step()
        assert sorted(rows) == list(range(40)), f"epoch {epoch}"
        seen.append(rows)
    assert seen[0] != seen[1] != seen[2]
    assert trainer.step_count == 3 * 6


@pytest.mark.parametrize("batch", [0, 7, 40])
def test_the_next_step_is_known(batch: int) -> None:
    trainer = Trainer(spec(2, 4, 1, optimizer="adam", batch_size=batch, l1=0.001, l2=0.01, clip_value=0.1, clip_norm=0.2), DATA)
    for _ in range(15):
        shown = trainer.trace_next()
        trainer.step()
        assert shown.step == trainer.step_count
        np.testing.assert_allclose(trainer.network.parameters, shown.parameters_after, rtol=1e-12, atol=1e-14)
        for name, moment in trainer.state.items():
            np.testing.assert_allclose(moment, shown.state_after[name], rtol=1e-12, atol=1e-14)


def test_single_precision_steps_are_known_too() -> None:
    trainer = trained(spec(2, 4, 1, optimizer="momentum", precision="float32"), 3)
    shown = trainer.trace_next()
    trainer.step()
    np.testing.assert_allclose(trainer.network.parameters, shown.parameters_after, rtol=1e-6, atol=1e-7)


def test_other_processes_give_the_same_bits() -> None:
    """Nothing depends on the hash seed, the address of an object, or the time."""
    script = (
        "from tests.engine.build import samples, spec; from nnviz.engine.trainer import Trainer; import zlib\n"
        "trainer = Trainer(spec(2, 4, 1, optimizer='adam'), samples())\n"
        "for _ in range(5): trainer.run_epoch()\n"
        "print(zlib.crc32(trainer.network.parameters.tobytes()))"
    )
    found = {subprocess.check_output([sys.executable, "-c", script], env={**os.environ, "PYTHONHASHSEED": seed}, cwd=ROOT) for seed in "12"}
    assert found == {f"{zlib.crc32(trained(spec(2, 4, 1, optimizer='adam'), 20).network.parameters.tobytes())}\n".encode()}


def test_training_goes_on_after_an_exception(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer, expected = trained(spec(2, 4, 1), 3), trained(spec(2, 4, 1), 9)
    with monkeypatch.context() as patch:
        patch.setattr(PlannedLearner, "begin", None)
        patch.setattr(PlannedLearner, "run", None)
        with pytest.raises(TypeError):
            trainer.step()
        patch.setattr(PlannedLearner, "answer", None)
        trainer.restore(trainer.snapshot())
        with pytest.raises(TypeError):
            trainer.refresh()
    while trainer.refresh():
        continue
    assert not math.isnan(trainer.latest.train_loss)
    while trainer.step_count < 9:
        trainer.step()
    assert trainer.network.parameters.tobytes() == expected.network.parameters.tobytes()


def test_xor_is_learned() -> None:
    made = spec(2, 4, 1, output="sigmoid", loss="binary_crossentropy", reduction="mean", learning_rate=0.5, batch_size=0)
    trainer = Trainer(made, xor())
    while trainer.epoch < 500:
        trainer.advance()
    assert trainer.latest.train_metric == 1.0
    assert trainer.latest.train_loss < 0.1


@pytest.mark.parametrize(
    ("output", "outputs", "loss"), [("tanh", 1, "mse"), ("sigmoid", 1, "binary_crossentropy"), ("softmax", 2, "categorical_crossentropy")]
)
def test_the_circle_is_learned(output: str, outputs: int, loss: str) -> None:
    made = spec(2, 6, outputs, output=output, loss=loss, optimizer="adam", learning_rate=0.05)
    trainer = Trainer(made, DATA)
    for _ in range(60):
        trainer.run_epoch()
    assert trainer.latest.train_metric >= 0.95
    assert trainer.latest.metric_name == "accuracy"


def test_values_are_learned_and_judged_by_r_squared() -> None:
    made = spec(2, 8, 2, output="linear", optimizer="adam", learning_rate=0.02, problem="regression")
    trainer = Trainer(made, values(targets=2))
    for _ in range(150):
        trainer.run_epoch()
    assert trainer.latest.metric_name == "r2"
    assert trainer.latest.train_metric > 0.95
    assert set(trainer.evaluate("train")) == {"loss", "r2"}


def test_history_has_the_start_and_every_epoch() -> None:
    trainer = Trainer(spec(2, 4, 1), DATA, keep_history=True)
    for _ in range(3):
        trainer.run_epoch()
    assert [(row.epoch, row.step) for row in trainer.history] == [(0, 0), (1, 4), (2, 8), (3, 12)]
    last, train, validation = trainer.history[-1], trainer.evaluate("train"), trainer.evaluate("validation")
    assert (last.train_loss, last.train_metric) == (train["loss"], train["accuracy"])
    assert (last.validation_loss, last.validation_metric) == (validation["loss"], validation["accuracy"])
    epochs, losses = trainer.curves.series["train_loss"]
    assert epochs.tolist() == [0, 1, 2, 3]
    assert losses.tolist() == [row.train_loss for row in trainer.history]
    assert all(math.isnan(value) for value in trainer.evaluate("test").values())


def test_rows_are_kept_only_when_asked_for() -> None:
    trainer = Trainer(spec(2, 4, 1), DATA)
    trainer.run_epoch()
    assert trainer.history == []


def test_the_start_is_evaluated_before_the_first_step() -> None:
    trainer = Trainer(spec(2, 4, 1), DATA)
    before = trainer.evaluate("train")["loss"]
    trainer.step()
    assert trainer.curves.series["train_loss"][1].tolist() == [before]


def test_refresh_tells_the_losses_of_a_run_that_stands() -> None:
    trainer = Trainer(spec(2, 4, 1), DATA)
    assert trainer.stale and math.isnan(trainer.latest.train_loss)
    while trainer.refresh():
        continue
    assert not trainer.stale
    assert trainer.latest.train_loss == trainer.evaluate("train")["loss"]
    assert trainer.step_count == 0


def test_best_is_the_epoch_with_the_lowest_training_loss() -> None:
    trainer = Trainer(spec(2, 4, 1, learning_rate=3.0, reduction="sum"), DATA, keep_history=True)
    for _ in range(8):
        trainer.run_epoch()
    lowest = min(trainer.history, key=lambda row: row.train_loss)
    assert trainer.best().epoch == lowest.epoch < 8
    trainer.restore(trainer.best())
    assert trainer.evaluate("train")["loss"] == lowest.train_loss


def test_best_before_any_evaluation_is_where_the_run_stands() -> None:
    trainer = Trainer(spec(2, 4, 1), DATA)
    np.testing.assert_array_equal(trainer.best().parameters, initialize(trainer.spec.network, 0))


def test_reset_repeats_the_run() -> None:
    trainer = trained(spec(2, 4, 1, optimizer="momentum"), 30)
    first = trainer.network.parameters.copy()
    trainer.reset()
    assert (trainer.step_count, trainer.epoch, trainer.position) == (0, 0, 0)
    np.testing.assert_array_equal(trainer.network.parameters, initialize(trainer.spec.network, 0))
    for _ in range(30):
        trainer.step()
    assert trainer.network.parameters.tobytes() == first.tobytes()
    assert trainer.curves.series["train_loss"][0].tolist() == list(range(8))


def test_weights_that_were_given_are_the_start() -> None:
    initial = np.linspace(-1, 1, 17)
    trainer = Trainer(spec(2, 4, 1), DATA, initial=initial)
    trainer.run_epoch()
    assert (trainer.network.parameters != initial).any()
    trainer.reset()
    np.testing.assert_array_equal(trainer.network.parameters, initial)
    np.testing.assert_array_equal(initial, np.linspace(-1, 1, 17))


def test_frozen_layers_and_untrained_biases_stay() -> None:
    made = spec(2, 4, 1, optimizer="adam", l2=0.1)
    first, last = made.network.layers
    made = replace(made, network=replace(made.network, layers=(replace(first, frozen=True), replace(last, train_bias=False))))
    trainer = Trainer(made, DATA)
    start = trainer.network.parameters.copy()
    trainer.run_epoch()
    moved = trainer.network.parameters != start
    assert not moved[:12].any() and moved[12:16].all() and not moved[16]
