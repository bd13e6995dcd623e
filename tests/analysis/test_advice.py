"""Advice is given where curves give reason for it, and following it helps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nnviz.analysis.advice import advice, falls, measured
from nnviz.analysis.evidence import Evidence, examine
from nnviz.analysis.finding import Finding
from nnviz.data.prepare import prepare
from nnviz.engine.spec import Spec
from nnviz.engine.trainer import Trainer
from nnviz.formats.examples import load
from tests.analysis.planted import PLANTS, classified, run
from tests.engine.build import samples, spec

SEEDS = (0, 1, 2)


@pytest.fixture(scope="module")
def looked_at() -> Evidence:
    trainer = Trainer(spec(2, 6, 1), samples())
    run(trainer, 3)
    return examine(trainer)


def of_curves(seen: Evidence, train: list[float], validation: list[float] | None = None, metric: float = 0.9) -> str | None:
    """Return the advice given where the losses went like this."""
    epochs = np.arange(len(train), dtype=float)
    series = {"train_loss": (epochs, np.array(train))}
    if validation is not None:
        series["validation_loss"] = (epochs, np.array(validation))
    present = replace(seen.present, epoch=len(train) - 1)
    found = list(advice(replace(seen, series=series, present=present, latest=replace(seen.latest, train_metric=metric))))
    assert len(found) <= 1
    return found[0].kind if found else None


def advised(name: str, seed: int) -> tuple[Trainer, Finding]:
    plant = PLANTS[name]
    trainer = plant.trainer(seed)
    run(trainer, plant.epochs)
    return trainer, next(item for item in advice(examine(trainer)) if item.kind == name)


def afresh(edited: Spec, trainer: Trainer, epochs: int) -> Trainer:
    new = Trainer(edited, trainer.samples)
    run(new, epochs)
    return new


def test_a_falling_loss_gives_no_reason(looked_at: Evidence) -> None:
    fall = [0.9**epoch for epoch in range(40)]
    assert of_curves(looked_at, fall) is None
    assert of_curves(looked_at, fall, [0.01 + loss for loss in fall]) is None
    assert of_curves(looked_at, [1.0]) is None and of_curves(looked_at, []) is None


def test_small_ups_and_downs_on_the_way_down_give_no_reason(looked_at: Evidence) -> None:
    rng = np.random.default_rng(0)
    fall = [0.95**epoch * (1 + 0.1 * rng.normal()) for epoch in range(60)]
    assert of_curves(looked_at, fall, [loss * 1.05 for loss in fall]) is None


def test_a_loss_far_above_its_start_or_its_best_is_rising(looked_at: Evidence) -> None:
    assert of_curves(looked_at, [1.0, 1.5, 2.5]) == "loss-rising"
    assert of_curves(looked_at, [1.0, 0.05, 0.2, 0.9, 1.4]) == "loss-rising"
    assert of_curves(looked_at, [1.0, 0.05, 0.2, 0.4]) is None


def test_a_loss_that_goes_up_as_much_as_down_swings(looked_at: Evidence) -> None:
    assert of_curves(looked_at, [1.0, *[0.6, 1.1] * 8]) == "rate-too-high"
    assert of_curves(looked_at, [1.0, *[0.006, 0.011] * 8]) is None  # far below the start it does no harm


def test_a_validation_loss_that_turns_while_training_goes_on_falling_is_overfitting(looked_at: Evidence) -> None:
    train = [0.9**epoch for epoch in range(40)]
    turned = [max(loss, 0.3) + 0.02 * max(0, epoch - 12) for epoch, loss in enumerate(train)]
    assert of_curves(looked_at, train, turned) == "overfitting"
    assert of_curves(looked_at, train, [0.3 + loss for loss in train]) is None  # it has stopped falling, and does not rise
    assert of_curves(looked_at, train[:14], turned[:14]) is None  # too early to say
    assert of_curves(looked_at, [0.5] * 40, turned) != "overfitting"  # training falls no further


def test_a_loss_that_rests_with_a_bad_metric_is_underfitting(looked_at: Evidence) -> None:
    flat = replace(looked_at, gradient=np.zeros_like(looked_at.gradient))
    rest = [0.6 + 0.4 * 0.5**epoch for epoch in range(60)]
    assert of_curves(flat, rest, metric=0.6) == "underfitting"
    assert of_curves(flat, rest, metric=0.95) is None
    assert of_curves(flat, rest[:15], metric=0.6) is None


def test_a_step_that_is_far_too_short_leads_straight_down_still_a_hundred_times_as_long() -> None:
    slow = Trainer(spec(2, 6, 1, learning_rate=1e-6), samples())
    one, many = falls(examine(slow), 100)
    assert one > 0 and many == pytest.approx(100 * one, rel=1e-2)
    quick = Trainer(spec(2, 6, 1, learning_rate=1.0), samples())
    one, many = falls(examine(quick), 100)
    assert many < 50 * one


def test_the_bend_of_a_sum_grows_with_the_batch_that_of_a_mean_does_not() -> None:
    mean = measured(examine(Trainer(spec(2, 6, 1, reduction="mean", batch_size=10), samples())))
    for size in (5, 10, 40):
        total = measured(examine(Trainer(spec(2, 6, 1, reduction="sum", batch_size=size), samples())))
        assert total == pytest.approx(size * mean, rel=1e-3)


def test_a_slow_direction_is_no_reason_for_a_rate_that_steep_ones_forbid() -> None:
    known = load("linear-3-4").spec
    trainer = Trainer(known, prepare(known.data).samples)
    for _ in range(8):
        run(trainer, 3)
        assert "rate-too-low" not in [item.kind for item in advice(examine(trainer))]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_faster_rate_learns_more(seed: int) -> None:
    trainer, found = advised("rate-too-low", seed)
    losses = [afresh(item.spec, trainer, 10).latest.train_loss for item in found.remedies]
    assert losses[1] < losses[0] < trainer.latest.train_loss


@pytest.mark.parametrize("seed", SEEDS)
def test_early_stopping_ends_with_a_lower_validation_loss(seed: int) -> None:
    trainer, found = advised("overfitting", seed)
    stopped = afresh(found.remedies[0].spec, trainer, 400)
    assert stopped.stopped is not None and stopped.stopped.reason == "patience"
    assert stopped.evaluate("validation")["loss"] < trainer.evaluate("validation")["loss"]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_penalty_and_dropout_narrow_the_gap(seed: int) -> None:
    trainer, found = advised("overfitting", seed)
    gap = trainer.latest.validation_loss - trainer.latest.train_loss
    for item in found.remedies[1:3]:
        new = afresh(item.spec, trainer, PLANTS["overfitting"].epochs)
        assert new.latest.validation_loss - new.latest.train_loss < gap, item.message


@pytest.mark.parametrize("seed", SEEDS)
def test_a_hidden_layer_ends_underfitting(seed: int) -> None:
    trainer, found = advised("underfitting", seed)
    larger = afresh(found.remedies[0].spec, trainer, 3 * PLANTS["underfitting"].epochs)
    assert larger.latest.train_metric > trainer.latest.train_metric + 0.1


def test_what_the_penalty_holds_back_is_offered_without_it() -> None:
    trainer = Trainer(spec(2, 2, 1, l2=0.2, learning_rate=0.1, epochs=60), classified(spec(2, 2, 1), 0))
    run(trainer, 60)
    found = [item for item in advice(examine(trainer)) if item.kind == "underfitting"]
    assert found
    assert {item.message.key for item in found[0].remedies} == {
        "remedy.more-units",
        "remedy.hidden-layer",
        "remedy.no-decay",
        "remedy.epochs",
    }
