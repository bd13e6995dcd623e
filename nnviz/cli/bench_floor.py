"""What no program of NumPy calls can beat on this machine, measured beside nnviz: its calls, and its matrix products.

The call floor is the fewest calls a step can be made of, each as long as a sum of two 10×4 arrays takes. The product peak is
the time the step's products would take at the speed of one large product.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise

import numpy as np

from nnviz.cli.bench_work import Contender, Workload
from nnviz.engine.samples import Array

SIZE = 512
Calls = list[Callable[[], object]]


def product_megaflops() -> float:
    """Return the arithmetic of the large product."""
    return 2e-6 * SIZE**3


def call_floor(work: Workload, precision: str) -> Contender:
    """Return as many sums of 10×4 arrays as a step has calls at least."""
    add, calls = np.add, work.calls
    a, b, c = (np.ones((10, 4), precision) for _ in range(3))

    def run(steps: int) -> None:
        for _ in range(steps * calls):
            add(a, b, c)

    return Contender(run)


def product_peak(work: Workload, precision: str) -> Contender:
    """Return a large product; the time is what the workload's arithmetic would take as fast as that."""
    rng = np.random.default_rng(0)
    left, right = (rng.uniform(-1, 1, (SIZE, SIZE)).astype(precision) for _ in range(2))
    out = np.empty_like(left)

    def run(times: int) -> None:
        for _ in range(times):
            left.dot(right, out)

    return Contender(run, scale=work.megaflops / product_megaflops())


def least_calls(work: Workload, precision: str) -> Contender:
    """Return the calls themselves, straight in a row, on one fixed batch: what `Workload.calls` counts."""
    calls = listed_calls(work, precision)

    def run(steps: int) -> None:
        for _ in range(steps):
            for call in calls:
                call()

    return Contender(run)


def listed_calls(work: Workload, precision: str) -> Calls:
    """Return the calls of one step of a dense tanh network.

    Forward one product and one activation a layer; backward δ, two calls for the slopes of all layers, then a layer's chain
    and its two products (none to the inputs); the update. Biases ride inside the products on a row of ones.
    """
    rng = np.random.default_rng(0)
    sizes, batch = work.sizes, work.batch
    shapes = [(out, into + 1) for into, out in pairwise(sizes)]
    count = sum(rows * columns for rows, columns in shapes)
    flat, moments = rng.uniform(-0.5, 0.5, count).astype(precision), np.zeros((2, count), precision)
    both = np.zeros((2, count), precision)  # the gradient and its square
    weights, gradients = _views(flat, shapes), _views(both[0], shapes)
    everything = np.ones((sum(sizes) + len(sizes), batch), precision)
    wholes = np.split(everything, np.cumsum([size + 1 for size in sizes])[:-1])
    slopes = np.empty_like(everything)
    slope = np.split(slopes, np.cumsum([size + 1 for size in sizes])[:-1])
    deltas = [np.empty((size, batch), precision) for size in sizes]
    wholes[0][:-1] = rng.uniform(-1, 1, (sizes[0], batch))
    target, one = np.ones((sizes[-1], batch), precision), np.ones((), precision)
    calls: Calls = []
    for w, whole, after in zip(weights, wholes, wholes[1:], strict=False):
        calls += [partial(w.dot, whole, after[:-1]), partial(np.tanh, after[:-1], after[:-1])]
    calls += [partial(np.subtract, wholes[-1][:-1], target, deltas[-1])]
    calls += [partial(np.multiply, everything, everything, slopes), partial(np.subtract, one, slopes, slopes)]
    for k in range(len(weights), 0, -1):
        if k < len(weights):
            calls.append(partial(weights[k][:, :-1].T.dot, deltas[k + 1], deltas[k]))
        calls.append(partial(np.multiply, deltas[k], slope[k][:-1], deltas[k]))
        calls.append(partial(deltas[k].dot, wholes[k - 1].T, gradients[k - 1]))
    update = _adam if work.optimizer == "adam" else _sgd
    return calls + update(flat, both, moments, work.rate / batch)


def _views(flat: Array, shapes: list[tuple[int, int]]) -> list[Array]:
    ends = np.cumsum([rows * columns for rows, columns in shapes])
    return [part.reshape(shape) for part, shape in zip(np.split(flat, ends[:-1]), shapes, strict=True)]


def _sgd(flat: Array, both: Array, _moments: Array, rate: float) -> Calls:
    scaled, factor = np.empty_like(flat), np.full((), rate, flat.dtype)
    return [partial(np.multiply, both[0], factor, scaled), partial(np.subtract, flat, scaled, flat)]


def _adam(flat: Array, both: Array, moments: Array, rate: float) -> Calls:
    """Moments divided by 1 − β, so that a gradient is simply added; both corrections of bias are two powers."""
    change, factor, tiny = np.empty_like(flat), np.full((), rate, flat.dtype), np.full((), 1e-8, flat.dtype)
    decay = np.repeat(np.array([[0.9], [0.999]], flat.dtype), len(flat), axis=1)
    powers = [np.ones((), flat.dtype) for _ in range(2)]
    betas = [np.full((), beta, flat.dtype) for beta in (0.9, 0.999)]
    return [
        partial(np.multiply, both[0], both[0], both[1]),
        partial(np.multiply, moments, decay, moments),
        partial(np.add, moments, both, moments),
        *(partial(np.multiply, power, beta, power) for power, beta in zip(powers, betas, strict=True)),
        partial(np.sqrt, moments[1], change),
        partial(np.add, change, tiny, change),
        partial(np.divide, moments[0], change, change),
        partial(np.multiply, change, factor, change),
        partial(np.subtract, flat, change, flat),
    ]
