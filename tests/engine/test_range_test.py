"""The range test: what it measures, what it suggests, where it ends, and that it leaves everything as it was."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nnviz.engine.batches import Batches
from nnviz.engine.network import Network, initialize
from nnviz.engine.objective import Objective
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.range_test import RangeTest, range_test, smooth, steepest
from nnviz.engine.samples import Array, Samples
from nnviz.engine.spec import PRECISIONS, BatchNorm, Dropout, Spec
from nnviz.engine.trainer import Trainer
from tests.engine.build import parts, samples, spec, values


def linear(**training: Any) -> tuple[Spec, Samples, float]:
    """Return linear regression on the full batch, and the rate 2/λmax beyond which descent diverges."""
    made = spec(3, 2, output="linear", problem="regression", batch_size=0, **training)
    data = values(inputs=3, targets=2)
    x = np.hstack([data.train.x, np.ones((len(data.train), 1))])
    return made, data, float(2 / np.linalg.eigvalsh(x.T @ x / len(x)).max())


def hard() -> Samples:
    """Return points whose classes nobody can foresee."""
    rng = np.random.default_rng(5)
    return parts(rng.normal(size=(4000, 2)), rng.integers(0, 2, 4000), 3990, 2)


def final_loss(made: Spec, data: Samples, rate: float, steps: int) -> float:
    trainer = Trainer(replace(made, training=replace(made.training, learning_rate=rate)), data)
    for _ in range(steps):
        trainer.step()
    return trainer.evaluate("train")["loss"]


def same(one: RangeTest, other: RangeTest) -> bool:
    return all(getattr(one, name).tobytes() == getattr(other, name).tobytes() for name in ("rates", "losses", "smoothed", "change"))


def test_it_ends_beyond_the_limit_of_stability_and_suggests_a_rate_below() -> None:
    made, data, limit = linear()
    found = range_test(made, data, high=1e3)
    assert found.diverged is not None and found.suggestion is not None and found.reason is None
    assert limit < found.diverged < 20 * limit
    assert limit / 1000 < found.suggestion < limit
    assert found.losses[-1] < 1e6


def test_the_suggestion_learns_well_where_much_less_and_much_more_do_not() -> None:
    made, data, limit = linear()
    best = final_loss(made, data, limit / 2, 2000)
    suggestion = range_test(made, data).suggestion
    assert suggestion is not None
    before, after = final_loss(made, data, 1e-12, 1), final_loss(made, data, suggestion, 200)
    assert after - best < 0.05 * (before - best)
    assert final_loss(made, data, suggestion / 100, 200) - best > 0.3 * (before - best)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_rate_is_suggested_for_every_optimizer(optimizer: str) -> None:
    """On two clouds of points, batch by batch."""
    rng = np.random.default_rng(1)
    y = rng.integers(0, 2, 200)
    data = parts(rng.normal(size=(200, 2)) * 0.5 + 2.0 * y[:, None] - 1, y, 190, 2)
    for seed in range(3):
        made = spec(2, 4, 1, output="sigmoid", loss="binary_crossentropy", reduction="mean", optimizer=optimizer, seed=seed)
        found = range_test(made, data, high=100.0)
        assert found.suggestion is not None, seed
        assert final_loss(made, data, found.suggestion, 200) < 0.15, (seed, found.suggestion)


def test_rates_grow_by_the_same_factor() -> None:
    made, data, _ = linear()
    found = range_test(made, data, low=1e-5, high=1e-3, steps=21)
    np.testing.assert_allclose(found.rates, 10.0 ** np.linspace(-5, -3, 21), rtol=1e-12)
    assert found.losses.shape == found.smoothed.shape == found.change.shape == (21,)
    assert found.diverged is None


def test_losses_are_those_of_the_batches_of_training() -> None:
    made, data = spec(2, 4, 1, batch_size=15, learning_rate=0.5), samples(40)
    found = range_test(made, data, low=1e-300, high=1e-299, steps=20)
    network, objective, batches = Network(made.network, initialize(made.network, 0)), Objective(made), Batches(40, 15, 0)
    t = np.where(data.train.y == 1, 1.0, -1.0)[:, None]
    expected = []
    for epoch in range(7):
        order, first = batches.order(epoch, 0), 0
        assert order is not None
        while first < 40:
            rows = order[first : batches.end(first)]
            expected.append(float(objective.loss(network.forward(data.train.x[rows]), t[rows])))
            first = batches.end(first)
    np.testing.assert_allclose(found.losses, expected[:20], rtol=1e-13)
    np.testing.assert_array_equal(found.change, 0)


def test_steps_are_those_of_gradient_descent() -> None:
    made, data, limit = linear()
    found = range_test(made, data, low=limit / 100, high=limit / 10, steps=20)
    x, y = np.hstack([data.train.x, np.ones((40, 1))]), data.train.y
    flat = initialize(made.network, 0)
    weights = np.hstack([flat[:6].reshape(2, 3), flat[6:, None]])
    for rate, loss in zip(found.rates, found.losses, strict=True):
        miss = x @ weights.T - y
        assert loss == pytest.approx(float((miss**2).sum() / 80), rel=1e-12)
        weights -= rate * miss.T @ x / 40


def test_the_same_question_has_the_same_answer_and_nothing_is_touched() -> None:
    made, data = spec(2, 4, 1, optimizer="adam"), samples()
    initial = initialize(made.network, 3)
    before = initial.tobytes(), data.train.x.tobytes()
    one, other = (range_test(made, data, initial, steps=50) for _ in range(2))
    assert same(one, other)
    assert (initial.tobytes(), data.train.x.tobytes()) == before
    assert not same(one, range_test(made, data, steps=50))
    assert same(range_test(made, data, initialize(made.network, 0), steps=50), range_test(made, data, steps=50))


def test_the_rate_of_the_spec_does_not_matter() -> None:
    made, data = spec(2, 4, 1), samples()
    other = replace(made, training=replace(made.training, learning_rate=77.0, warmup_epochs=9))
    assert same(range_test(made, data), range_test(other, data))


@pytest.mark.parametrize("precision", PRECISIONS)
def test_both_precisions_agree(precision: str) -> None:
    made, data, _ = linear(precision=precision)
    found = range_test(made, data)
    assert found.suggestion == pytest.approx(range_test(linear()[0], data).suggestion, rel=0.2)


def test_dropout_and_batch_norm_work_as_in_training() -> None:
    made, data = spec(2, 8, 1, batch_size=20), samples(200)
    first, last = made.network.layers
    layers = (first, BatchNorm("norm", "Norm"), Dropout("drop", "Dropout", rate=0.25), last)
    made = replace(made, network=replace(made.network, layers=layers))
    found = range_test(made, data, low=1e-300, high=1e-299, steps=20)
    np.testing.assert_array_equal(found.change, 0)  # the same numbers fall silent with both weights
    assert len(np.unique(found.losses)) == 20
    assert math.isfinite(range_test(made, data).losses[-1])


def test_when_even_the_lowest_rates_are_too_high_it_says_so() -> None:
    made, data, _ = linear()
    found = range_test(made, data, low=1e3, high=1e4)
    assert found.suggestion is None and found.reason is not None and found.diverged is not None
    assert (found.reason.key, dict(found.reason.values)) == ("range-test.too-short", {"low": 1e3})


@pytest.mark.parametrize("low", [1e200, 1.7e308 / 2])
def test_numbers_that_overflow_at_once_end_it_without_a_warning(low: float) -> None:
    made, data, _ = linear()
    found = range_test(made, data, low=low, high=1.7e308)
    assert found.diverged is not None and found.suggestion is None
    assert np.isfinite(found.losses).all()


def test_a_gradient_that_overflows_at_the_start_leaves_nothing_to_show() -> None:
    made, data, _ = linear()
    found = range_test(made, data, np.full(8, 1e200))
    assert found.diverged == pytest.approx(1e-5)
    assert found.losses.size == found.smoothed.size == found.change.size == 0


def nothing_to_train() -> tuple[Spec, Samples]:
    made, data, _ = linear()
    return replace(made, network=replace(made.network, layers=(replace(made.network.layers[0], frozen=True),))), data


@pytest.mark.parametrize("case", ["frozen", "too low", "hard", "hard, one by one"])
def test_where_no_loss_falls_clearly_nothing_is_suggested(case: str) -> None:
    options = {"low": 1e-12, "high": 1e-9} if case == "too low" else {}
    if case == "frozen":
        made, data = nothing_to_train()
    elif case == "too low":
        made, data, _ = linear()
    else:
        made, data = spec(2, 2, 1, batch_size=1 if "one" in case else 10), hard()
    # A guess that no class is likelier cannot be improved.
    initial = np.zeros(made.network.weights) if case.startswith("hard") else None
    found = range_test(made, data, initial, **options)
    assert found.suggestion is None and found.reason is not None
    assert found.reason.key == "range-test.no-fall"


@pytest.mark.parametrize(
    ("low", "high", "steps"),
    [(0.0, 1.0, 100), (-1.0, 1.0, 100), (1.0, 1.0, 100), (2.0, 1.0, 100), (1e-3, math.inf, 100), (math.nan, 1.0, 100), (1e-3, 1.0, 19)],
)
def test_what_cannot_be_tested_is_refused(low: float, high: float, steps: int) -> None:
    with pytest.raises(ValueError, match="no range test"):
        range_test(spec(2, 4, 1), samples(), low=low, high=high, steps=steps)


def test_without_samples_it_does_not_wait_for_them() -> None:
    with pytest.raises(ValueError, match="on 0 samples"):
        range_test(spec(2, 4, 1), samples(train=0))


@pytest.mark.parametrize("half", [1, 4, 10])
@pytest.mark.parametrize("size", [1, 2, 5, 40])
def test_smoothing_keeps_levels_and_lines_and_is_symmetric(half: int, size: int) -> None:
    line = np.arange(size, dtype=float)
    np.testing.assert_allclose(smooth(np.full(size, 3.0), half), 3.0, rtol=1e-14)
    np.testing.assert_allclose(smooth(line, half)[half : size - half], line[half : size - half], rtol=1e-12)
    rough = np.sin(7 * line)
    np.testing.assert_allclose(smooth(rough, half), smooth(rough[::-1], half)[::-1], atol=1e-14)


def test_smoothing_by_hand() -> None:
    """One neighbor on either side counts half."""
    np.testing.assert_allclose(smooth(np.array([4.0, 0.0, 8.0]), 1), [(4 + 0) / 1.5, (2 + 0 + 4) / 2, 8 / 1.5])


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ([0, 0, -1, -5, -6, -6, 9], 2),  # slopes by central differences: −2.5 at both 2 and 3, the first counts
        ([0, -1, -2, -6, -7, 5, 1, -3], 2),  # a fall after the lowest place does not count
        ([0, 0, 0, -4], 3),
    ],
)
def test_the_steepest_fall(change: list[float], expected: int) -> None:
    rates: Array = np.geomspace(1e-3, 1.0, len(change))
    assert steepest(rates, np.array(change, float)) == rates[expected]
