"""A network: all parameters in one flat vector, layers that hold views of it, forward and backward.

Parameters lie layer by layer, the weights (units, sources) row by row, then the bias (units,) where one is used.
The arithmetic has the dtype of the vector and the inputs; complex vectors pass through.

    network = Network(spec, initialize(spec, seed=0))
    passed = network.forward(x)                     # x: (samples, inputs)
    gradient = network.backward(passed, delta)      # delta: ∂ℓ/∂z of the output layer, (samples, outputs)
"""

from __future__ import annotations

import zlib
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.layers import DenseLayer, LayerParameters
from nnviz.engine.spec import NetworkSpec

Array = NDArray[Any]


class Pass(NamedTuple):
    """One forward pass: what every layer read, summed up and answered, first to last, (samples, ·) each."""

    inputs: list[Array]
    z: list[Array]
    a: list[Array]

    @property
    def outputs(self) -> Array:
        """What the network answered, shape (samples, outputs)."""
        return self.a[-1]


class Network:
    """The function a spec and a parameter vector make.

    Attributes:
        parameters: the flat vector; writing to it changes the network.
        views: the same numbers by layer.
    """

    def __init__(self, spec: NetworkSpec, parameters: Array | None = None) -> None:
        self.spec = spec
        self.parameters = np.zeros(spec.weights) if parameters is None else parameters
        self.views = views(spec, self.parameters)
        self.layers = tuple(DenseLayer(layer, view) for layer, view in zip(spec.layers, self.views, strict=True))
        self._ones = np.ones(0)

    def forward(self, x: Array) -> Pass:
        """Answer x, shape (samples, inputs), and keep everything on the way."""
        inputs, sums, answers = [], [], []
        for layer in self.layers:
            inputs.append(x)
            z, x = layer.forward(x)
            sums.append(z)
            answers.append(x)
        return Pass(inputs, sums, answers)

    def deltas(self, passed: Pass, delta: Array) -> list[Array]:
        """Return δ = ∂ℓ/∂z of every layer, first to last, from that of the output layer."""
        found = [delta]
        for index in range(len(self.layers) - 1, 0, -1):
            upstream = self.layers[index].upstream(delta)
            delta = self.layers[index - 1].delta(passed.z[index - 1], passed.a[index - 1], upstream)
            found.append(delta)
        found.reverse()
        return found

    def _row_of_ones(self, samples: int) -> Array:
        if len(self._ones) != samples:
            self._ones = np.ones(samples, self.parameters.dtype)
        return self._ones

    def backward(self, passed: Pass, delta: Array, out: Gradient | None = None) -> Array:
        """Return Σᵢ ∂ℓᵢ/∂θ as a flat vector, from δ of the output layer, by back-propagation (Rumelhart et al. 1986).

        Args:
            passed: the forward pass.
            delta: ∂ℓ/∂z of the output layer, shape (samples, outputs).
            out: where to write it, to be used again and again; a new vector if None.
        """
        if out is None:
            out = Gradient(self.spec, np.empty(self.parameters.size, np.result_type(delta, passed.inputs[0], self.parameters)))
        ones = self._row_of_ones(len(delta))
        for index in range(len(self.layers) - 1, -1, -1):
            layer = self.layers[index]
            layer.gradient(passed.inputs[index], delta, ones, out.views[index])
            if index:
                delta = self.layers[index - 1].delta(passed.z[index - 1], passed.a[index - 1], layer.upstream(delta))
        return out.flat


class Gradient:
    """A flat vector laid out like the parameters, with its views."""

    def __init__(self, spec: NetworkSpec, flat: Array) -> None:
        self.flat, self.views = flat, views(spec, flat)


def views(spec: NetworkSpec, flat: Array) -> tuple[LayerParameters, ...]:
    """Return the parts of a flat vector by layer.

    Raises:
        ValueError: the vector has another length than the network needs.
    """
    if flat.shape != (spec.weights,):
        raise ValueError(f"a vector of {spec.weights} parameters is needed, not one of shape {flat.shape}")
    parts, start = [], 0
    for index, layer in enumerate(spec.layers):
        shape = (layer.units, len(spec.sources(index)))
        middle = start + shape[0] * shape[1]
        stop = middle + layer.units * layer.use_bias
        bias = flat[middle:stop] if layer.use_bias else _no_bias(layer.units, flat.dtype)
        parts.append(LayerParameters(flat[start:middle].reshape(shape), bias))
        start = stop
    return tuple(parts)


def _no_bias(units: int, dtype: np.dtype[Any]) -> Array:
    zero = np.zeros(units, dtype)
    zero.flags.writeable = False
    return zero


def initialize(spec: NetworkSpec, seed: int) -> Array:
    """Return the initial parameters, float64.

    Each layer has its own random stream, named by the seed and the ids of the layer, its neurons and its sources: a layer
    that an edit leaves alone keeps its initial weights, and a new neuron never repeats the weights of another one.
    """
    flat = np.zeros(spec.weights)
    for index, (layer, view) in enumerate(zip(spec.layers, views(spec, flat), strict=True)):
        sources = spec.sources(index)
        name = "\n".join((layer.id, *layer.neurons, "", *sources))
        rng = np.random.default_rng(np.random.SeedSequence((seed, zlib.crc32(name.encode()))))
        initializer = INITIALIZERS[layer.initializer.kind]
        view.weights[...] = initializer.draw(rng, layer.units, len(sources), **dict(layer.initializer.parameters))
    return flat


def same_layout(one: NetworkSpec, other: NetworkSpec) -> bool:
    """Tell whether every number of a flat vector means the same weight in both networks."""
    return one.input.names == other.input.names and [(layer.id, layer.neurons, layer.use_bias) for layer in one.layers] == [
        (layer.id, layer.neurons, layer.use_bias) for layer in other.layers
    ]


def transfer(old_spec: NetworkSpec, old_flat: Array, new_spec: NetworkSpec, fresh_flat: Array) -> Array:
    """Return `fresh_flat` with every number that survives put in its place, found by layer id, neuron id and source id.

    Works for parameters and for moments alike; the result has the dtype of `fresh_flat`.
    """
    flat = fresh_flat.copy()
    old_places = {layer.id: index for index, layer in enumerate(old_spec.layers)}
    old_views, new_views = views(old_spec, old_flat), views(new_spec, flat)
    for index, layer in enumerate(new_spec.layers):
        place = old_places.get(layer.id)
        if place is None:
            continue
        old, new = old_views[place], new_views[index]
        old_rows, new_rows = _matches(old_spec.layers[place].neurons, layer.neurons)
        old_columns, new_columns = _matches(old_spec.sources(place), new_spec.sources(index))
        new.weights[np.ix_(new_rows, new_columns)] = old.weights[np.ix_(old_rows, old_columns)]
        if layer.use_bias and old_spec.layers[place].use_bias:
            new.bias[new_rows] = old.bias[old_rows]
    return flat


def _matches(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[list[int], list[int]]:
    """Return where the ids that both tuples have stand in the old and in the new one."""
    places = {name: index for index, name in enumerate(old)}
    pairs = [(places[name], index) for index, name in enumerate(new) if name in places]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]
