"""Which neuron or weight a stage shows in full: the one with the largest number, or the first that is not finite."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnviz.engine.samples import Array
from nnviz.engine.trace import LayerTrace
from nnviz.explain.film import Moment
from nnviz.explain.gradient import sample_gradients
from nnviz.explain.norm import normalized, spread_of
from nnviz.explain.reading import Reading


@dataclass(frozen=True, slots=True)
class Focus:
    """A neuron, or a weight where `source` is given, and its number; `layer` is a position."""

    layer: int
    unit: int
    source: int | None
    value: float


def focus(reading: Reading, moment: Moment) -> Focus:
    """Return the neuron or weight whose number is the most telling at this moment."""
    trace, row, last = reading.trace, reading.sample, reading.last
    if moment.quantity in ("mean", "penalty", "clip", "step", "new"):
        return _weight(reading, moment.quantity)
    if moment.layer is None:
        with np.errstate(invalid="ignore", over="ignore"):
            miss = _neuron(last, trace.outputs[row] - reading.labels[row])
        return Focus(last, miss.unit, None, {"loss": trace.loss, "again": trace.loss_after}.get(moment.quantity, 0.0))
    layer = reading.layer(moment.layer)
    if moment.quantity == "grad":
        (unit, source), value = _largest(sample_gradients(reading, moment.layer))
        return Focus(moment.layer, unit, source, value)
    if moment.quantity == "back":
        return _neuron(moment.layer - 1, reading.layer(moment.layer - 1).upstream[row])
    if moment.quantity in ("statistics", "normalized", "running"):
        return _normal(reading, moment.layer, moment.quantity)
    values = {"z": layer.z, "a": layer.a, "delta": layer.delta, "output_gradient": trace.output_gradient}
    return _neuron(moment.layer, values[moment.quantity][row])


def _normal(reading: Reading, index: int, quantity: str) -> Focus:
    """Return the channel of a batch norm, or the number of x̂, to show."""
    layer = reading.layer(index)
    if quantity == "normalized":
        return _neuron(index, normalized(reading, index))
    if quantity == "statistics":
        return _neuron(index, spread_of(reading, index))
    with np.errstate(all="ignore"):
        moved = _neuron(index, layer.new_statistics[0] - layer.statistics[0])
    return Focus(index, moved.unit, None, float(layer.new_statistics[0, moved.unit]))


def weight_values(layer: LayerTrace, quantity: str) -> Array:
    """Return the number every weight of a layer has at one of the moments of the update."""
    if quantity == "penalty":
        with np.errstate(all="ignore"):
            return np.asarray(layer.grad_weights + layer.regularization_weights)
    return {"mean": layer.grad_weights, "clip": layer.used_weights, "step": layer.step_weights, "new": layer.new_weights}[quantity]


def _weight(reading: Reading, quantity: str) -> Focus:
    """Return the weight that changes most, so that one weight is followed through the whole update."""
    followed = "mean" if quantity == "mean" else "step"
    found = []
    for index, layer in enumerate(reading.trace.layers):
        if not layer.weights.size:
            continue
        (unit, source), value = _largest(weight_values(layer, followed))
        found.append((_size(value), index, unit, source))
    _, index, unit, source = max(found, key=_first)
    return Focus(index, unit, source, float(weight_values(reading.layer(index), quantity)[unit, source]))


def _first(place: tuple[float, int, int, int]) -> float:
    return place[0]


def _neuron(index: int, values: Array) -> Focus:
    (unit,), value = _largest(values)
    return Focus(index, unit, None, value)


def _largest(values: Array) -> tuple[tuple[int, ...], float]:
    """Return where the largest size stands, and the number there; what is not finite counts as largest."""
    sizes = np.where(np.isfinite(values), np.abs(values), np.inf)
    place = tuple(int(at) for at in np.unravel_index(int(np.argmax(sizes)), values.shape))
    return place, float(values[place])


def _size(value: float) -> float:
    return abs(value) if np.isfinite(value) else np.inf
