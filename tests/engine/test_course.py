from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from nnviz.engine import edits
from nnviz.engine.course import Best, Course, Past, Stop
from nnviz.engine.evaluation import Evaluation
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.schedules import SCHEDULES, Plateau
from nnviz.engine.spec import TrainingSpec
from nnviz.engine.table import choose
from nnviz.engine.trainer import Trainer
from tests.engine.build import samples, spec, values

DATA = samples()


def ends(training: TrainingSpec, losses: list[float], seconds: float = 0.0) -> tuple[Course, list[Stop | None]]:
    """Return the course and what each epoch's end decided; epochs count from 1, and their number is their only weight."""
    course, found = Course(training, Past(), None), []
    for number, loss in enumerate(losses, 1):
        found.append(course.end(number, Evaluation(9.0, loss, 0.1, 0.2), np.array([float(number)]), seconds))
    return course, found


def test_without_conditions_nothing_stops() -> None:
    assert ends(TrainingSpec(), [3.0, 1.0, math.nan, math.inf])[1] == [None] * 4


def test_patience_counts_epochs_that_are_no_better() -> None:
    course, found = ends(TrainingSpec(patience=2), [3.0, 2.0, 2.5, 1.9, 1.9, 2.2])
    assert found == [None] * 5 + [Stop("patience", 6, 4)]
    assert course.past.best == Best(1.9, 4, 2)
    weights = course.over()
    assert weights is not None and weights.tolist() == [4.0]
    assert course.past.best == Best() and course.weights is None


def test_weights_are_kept_only_to_be_restored() -> None:
    course, found = ends(TrainingSpec(patience=1, restore_best=False), [1.0, 2.0])
    assert found[-1] == Stop("patience", 2, 1) and course.over() is None


def test_what_is_no_number_is_never_better() -> None:
    assert ends(TrainingSpec(patience=2), [1.0, math.nan, math.nan])[1][-1] == Stop("patience", 3, 1)


def test_targets_look_at_the_validation_part_where_there_is_one() -> None:
    assert ends(TrainingSpec(target_loss=2.0), [2.1, 2.0])[1] == [None, Stop("target-loss", 2, 2)]
    assert ends(TrainingSpec(target_metric=0.2), [1.0])[1] == [Stop("target-metric", 1, 1)]
    assert ends(TrainingSpec(target_metric=0.21), [1.0])[1] == [None]
    alone = Evaluation(1.0, math.nan, 0.7, math.nan)
    assert Course(TrainingSpec(target_loss=1.0), Past(), None).end(1, alone, np.zeros(1), 0.0) == Stop("target-loss", 1, 1)
    assert Course(TrainingSpec(target_metric=0.7), Past(), None).end(1, alone, np.zeros(1), 0.0) == Stop("target-metric", 1, 1)


def test_time_is_up() -> None:
    assert ends(TrainingSpec(max_seconds=5.0), [1.0], seconds=4.9)[1] == [None]
    assert ends(TrainingSpec(max_seconds=5.0), [1.0], seconds=5.0)[1] == [Stop("max-seconds", 1, 1)]


def test_the_rate_follows_the_schedule() -> None:
    halving = TrainingSpec(learning_rate=0.4, schedule=choose(SCHEDULES, "exponential", factor=0.5))
    assert [Course(halving, Past(), None).rate(epoch) for epoch in range(3)] == pytest.approx([0.4, 0.2, 0.1])
    waiting = TrainingSpec(learning_rate=0.4, schedule=choose(SCHEDULES, "plateau", factor=0.1, patience=1))
    course, _ = ends(waiting, [1.0, 1.0, 1.0])
    assert course.past.plateau.factor == pytest.approx(0.1) and course.rate(3) == pytest.approx(0.04)
    assert Course(replace(waiting, schedule=choose(SCHEDULES, "constant")), Past(Plateau(factor=0.5)), None).rate(0) == 0.4


def test_a_run_is_stopped_at_the_right_epoch_with_the_best_weights_back() -> None:
    made = spec(2, 16, 1, optimizer="adam", learning_rate=0.05, batch_size=8, patience=5)
    trainer, kept = Trainer(made, DATA, keep_history=True), {}
    while trainer.stopped is None:
        trainer.run_epoch()
        if trainer.stopped is None:
            kept[trainer.epoch] = trainer.network.parameters.copy()
        assert trainer.epoch < 500
    stop = trainer.stopped
    losses = {row.epoch: row.validation_loss for row in trainer.history if row.epoch}
    assert stop.reason == "patience" and stop.epoch == trainer.epoch == stop.best_epoch + 5
    assert min(losses, key=losses.__getitem__) == stop.best_epoch
    assert np.array_equal(trainer.network.parameters, kept[stop.best_epoch])
    assert trainer.evaluate("validation")["loss"] == pytest.approx(losses[stop.best_epoch], rel=1e-12)
    trainer.step()
    assert trainer.stopped is None and trainer.step_count == 5 * stop.epoch + 1


@pytest.mark.parametrize("field", [{"target_loss": 0.45}, {"target_metric": 0.8}, {"max_seconds": 0.05}])
def test_a_run_stops_at_its_target(field: dict[str, float]) -> None:
    trainer = Trainer(spec(2, 8, 1, optimizer="adam", learning_rate=0.02, **field), DATA)
    while trainer.stopped is None:
        trainer.advance()
        assert trainer.epoch < 2000
    assert trainer.stopped.epoch == trainer.epoch > 0
    if "target_loss" in field:
        assert trainer.latest.validation_loss <= 0.45


def test_the_rate_of_every_epoch_stands_in_the_history() -> None:
    made = spec(2, 4, 1, learning_rate=0.4, schedule=choose(SCHEDULES, "exponential", factor=0.5), warmup_epochs=0)
    trainer = Trainer(made, DATA, keep_history=True)
    for _ in range(4):
        trainer.run_epoch()
    assert [row.learning_rate for row in trainer.history] == pytest.approx([0.4, 0.4, 0.2, 0.1, 0.05])


def test_a_schedule_is_what_changes_the_steps() -> None:
    """Two epochs under a schedule are an epoch at each rate."""
    made = spec(2, 4, 1, learning_rate=0.4, schedule=choose(SCHEDULES, "exponential", factor=0.5))
    run, by_hand = Trainer(made, DATA), Trainer(spec(2, 4, 1, learning_rate=0.4), DATA)
    for rate in (0.4, 0.2):
        run.run_epoch()
        by_hand.set_spec(spec(2, 4, 1, learning_rate=rate), DATA)
        by_hand.run_epoch()
    assert np.array_equal(run.network.parameters, by_hand.network.parameters)


@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
def test_the_next_step_is_foretold(optimizer: str) -> None:
    made = spec(2, 5, 1, optimizer=optimizer, batch_size=16, schedule=choose(SCHEDULES, "plateau", patience=1), warmup_epochs=2)
    trainer = Trainer(made, values(inputs=2))
    for _ in range(12):
        shown = trainer.trace_next()
        trainer.step()
        np.testing.assert_allclose(trainer.network.parameters, shown.parameters_after, rtol=1e-12, atol=1e-14)
        for name, moment in trainer.state.items():
            np.testing.assert_allclose(moment, shown.state_after[name], rtol=1e-12, atol=1e-14)


def test_an_edit_that_changes_what_is_measured_waits_anew() -> None:
    """Otherwise the loss of another measure would be the best for ever, and its weights would come back."""
    made = spec(2, 8, 1, optimizer="adam", learning_rate=0.01, batch_size=8, patience=20, reduction="mean")
    trainer = Trainer(made, DATA)
    for _ in range(3):
        trainer.run_epoch()
    summed = replace(made, training=replace(made.training, reduction="sum"))
    trainer.set_spec(summed, DATA)
    assert trainer.snapshot().past == Past() and trainer.snapshot().best is None
    trainer.run_epoch()
    assert trainer.snapshot().past.best.epoch == 4, "the first epoch of the new measure is its best so far"
    frozen = edits.replace_layer(summed, replace(summed.network.layers[0], frozen=True))
    trainer.set_spec(frozen, DATA)
    assert trainer.snapshot().best is None
    faster = replace(frozen, training=replace(frozen.training, learning_rate=0.02))
    trainer.run_epoch()
    before = trainer.snapshot().past
    trainer.set_spec(faster, DATA)
    assert trainer.snapshot().past == before != Past()


def test_a_first_loss_that_is_no_number_is_not_the_best() -> None:
    course, found = ends(TrainingSpec(patience=3), [math.nan, math.inf, 2.0, 1.0, 1.5])
    assert found == [None] * 5 and course.past.best == Best(1.0, 4, 1)
