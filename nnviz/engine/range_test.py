"""The learning-rate range test: training for a few steps while the rate grows tells which rates are worth trying.

Smith 2017, Cyclical learning rates for training neural networks. The rate grows by the same factor from step to step, one
batch a step. The loss stands still while the rate is too small, then falls, and at last the steps are too long and it rises.
Rates where it falls fastest are good ones. The test works on a copy of the weights.

Some batches are easier than others, which would hide a small fall. So every loss is compared with that of the weights the
test began with, on the same batch: ΔL = L(θ) − L(θ₀) stays 0 until training really changes something.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.batches import Batches, Feed, step_rows
from nnviz.engine.encoding import encoded
from nnviz.engine.learner import Learner
from nnviz.engine.network import Network, initialize
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.problem import Message, message
from nnviz.engine.samples import Samples
from nnviz.engine.spec import Spec

Array = NDArray[Any]
LOW, HIGH, STEPS = 1e-5, 10.0, 200
LEAST_STEPS = 20
WORST = 4.0  # the test ends where the smoothed loss is so many times its best
LEAST_FALL = 0.1  # of the loss at the start; a smaller fall says too little
ERRORS = 3.0  # a fall of fewer standard errors may be chance


@dataclass(frozen=True, slots=True)
class RangeTest:
    """What a range test found.

    Attributes:
        rates: of the steps made, shape (steps,).
        losses: of their batches, each before its step, shape (steps,); `smoothed` is their moving mean.
        change: the moving mean of ΔL, shape (steps,).
        diverged: the rate at which the test ended because the loss had risen far or was not finite; None if it never did.
        suggestion: the rate where `change` falls fastest; None where nothing can be suggested.
        reason: why nothing can be.
    """

    rates: Array
    losses: Array
    smoothed: Array
    change: Array
    diverged: float | None
    suggestion: float | None
    reason: Message | None = None


def range_test(
    spec: Spec, samples: Samples, initial: Array | None = None, low: float = LOW, high: float = HIGH, steps: int = STEPS
) -> RangeTest:
    """Train with rates that grow from `low` to `high`, and suggest one.

    Args:
        spec: what is trained; its own rate, schedule and warm-up do not matter.
        samples: on what.
        initial: the weights θ₀ to start from, flat; what the seed gives if None. They stay as they are.
        low: the first rate, above 0.
        high: the last one, above `low`.
        steps: how many rates are tried, at least 20.

    Raises:
        ValueError: there can be no such test.
    """
    if not (0 < low < high < math.inf and steps >= LEAST_STEPS and len(samples.train)):
        raise ValueError(f"no range test goes from {low} to {high} in {steps} steps on {len(samples.train)} samples")
    half, rates = steps // 10, np.geomspace(low, high, steps)
    starts, losses, smoothed, diverged = np.empty(0), np.empty(0), np.empty(0), None
    for rate, (start, loss) in zip(rates, _losses(spec, samples, initial, rates), strict=True):
        if not math.isfinite(loss):
            diverged = float(rate)
            break
        starts, losses = np.append(starts, start), np.append(losses, loss)
        smoothed = smooth(losses, half)
        if smoothed[-1] > WORST * smoothed.min():
            diverged = float(rate)
            break
    rates, change = rates[: len(losses)], smooth(losses - starts, half)
    if len(losses) <= half:
        return RangeTest(rates, losses, smoothed, change, diverged, None, message("range-test.too-short", low=low))
    if not _clear(starts, losses, change, half):
        return RangeTest(rates, losses, smoothed, change, diverged, None, message("range-test.no-fall", low=low, high=high))
    return RangeTest(rates, losses, smoothed, change, diverged, steepest(rates, change))


def _losses(spec: Spec, samples: Samples, initial: Array | None, rates: Array) -> Iterator[tuple[float, float]]:
    """Yield of every batch L(θ₀) and, before its step, L(θ); L(θ) is NaN where the loss or the step is not finite."""
    training = spec.training
    flat = np.array(initialize(spec.network, training.seed) if initial is None else initial, training.precision)
    state = OPTIMIZERS[training.optimizer.kind].state(flat.size, training.precision)
    first, learner = (Learner(spec, Network(spec.network, flat.copy()), state, wary=True) for _ in range(2))
    batches = _batches(*encoded(spec, samples)["train"], spec)
    for step, rate in enumerate(rates, 1):
        batch = next(batches)
        with np.errstate(all="ignore"):
            for one in (first, learner):  # the first never makes its step
                one.begin(step)
                for x, t in batch:
                    one.add(x, t)
            learner.update.learning_rate = float(rate)
            start, loss = first.loss, learner.loss
            made = learner.finish(step)
        yield start, loss if made else math.nan


def _batches(x: Array, t: Array, spec: Spec) -> Iterator[list[tuple[Array, Array]]]:
    """Yield the batches of one epoch after the other, in the order of training, each in the chunks it is learned from."""
    batches, rows = Batches(len(x), spec.training.batch_size, spec.training.seed), step_rows(spec.network)
    for epoch in count():
        feed, position = Feed(x, t, batches.order(epoch, 0)), 0
        while position < len(x):
            end = batches.end(position)
            yield list(feed.chunks(position, end, rows))
            position = end


def smooth(values: Array, half: int) -> Array:
    """Return the mean of every value and its `half` neighbors on either side, near ones counting more (Hann); same shape.

    Symmetric, so that a fall is seen where it is and not later; at the ends there are fewer neighbors.
    """
    if not values.size:
        return values
    sums, totals = (np.convolve(row, _weights(half))[half : half + len(values)] for row in (values, np.ones(len(values))))
    smoothed: Array = sums / totals
    return smoothed


def _weights(half: int) -> Array:
    """Return 2·half + 1 weights, highest in the middle."""
    weights: Array = np.hanning(2 * half + 3)[1:-1]
    return weights


def steepest(rates: Array, change: Array) -> float:
    """Return the rate where ΔL, on its way to its lowest place, falls fastest for equal factors of the rate."""
    slopes = np.gradient(change)[: int(change.argmin()) + 1]
    return float(rates[slopes.argmin()])


def _clear(starts: Array, losses: Array, change: Array, half: int) -> bool:
    """Tell whether ΔL falls far, and farther than chance explains: the standard error of a moving mean is σ·√Σw²/Σw."""
    lowest, weights = int(change.argmin()), _weights(half)
    scatter = float(np.std((losses - starts - change)[: lowest + 1]))
    error = scatter * math.sqrt(float(np.square(weights).sum())) / float(weights.sum())
    return bool(-change[lowest] > max(LEAST_FALL * starts.mean(), ERRORS * error))
