"""A network: all parameters in one flat vector, layers that hold views of it, forward and backward.

Parameters lie layer by layer, the weights (units, sources) row by row, then the bias (units,) where one is used, then
the running statistics of a batch norm.
The arithmetic has the dtype of the vector and the inputs; complex vectors pass through.

    network = Network(spec, initialize(spec, seed=0))
    passed = network.forward(x)                     # x: (samples, inputs)
    gradient = network.backward(passed, delta)      # delta: ∂ℓ/∂z of the output layer, (samples, outputs)
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.convolution import AvgPoolLayer, Conv2DLayer, MaxPoolLayer
from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.layers import (
    BatchNormLayer,
    ComputingLayer,
    DenseLayer,
    DropoutLayer,
    FlattenLayer,
    LayerParameters,
    TrainingMode,
)
from nnviz.engine.network_spec import (
    AvgPool2D,
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Layer,
    MaxPool2D,
    NetworkSpec,
    Pooling,
    Weighted,
    layer_size,
)

Array = NDArray[Any]
COMPUTING: dict[type, Callable[..., ComputingLayer]] = {
    Dense: DenseLayer,
    Conv2D: Conv2DLayer,
    MaxPool2D: MaxPoolLayer,
    AvgPool2D: AvgPoolLayer,
    Flatten: FlattenLayer,
    Dropout: DropoutLayer,
    BatchNorm: BatchNormLayer,
}


class Pass(NamedTuple):
    """One forward pass: what every layer read, summed up and answered, first to last, (samples, ·) each; and remembered."""

    inputs: list[Array]
    z: list[Array]
    a: list[Array]
    memory: list[Any]

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
        shapes = (spec.input.shape, *spec.shapes)
        made = zip(spec.layers, self.views, shapes[:-1], strict=True)
        self.layers = tuple(COMPUTING[type(layer)](layer, view, shape) for layer, view, shape in made)
        self._ones = np.ones(0)

    def forward(self, x: Array, mode: TrainingMode | None = None, first: int = 0) -> Pass:
        """Answer x, shape (samples, inputs), as in evaluation or as in training, and keep everything on the way.

        x is what layer `first` reads; the layers before it are left out of the pass.
        """
        inputs, sums, answers, memories = [], [], [], []
        for layer in self.layers[first:]:
            inputs.append(x)
            z, x, memory = layer.forward(x, mode)
            sums.append(z)
            answers.append(x)
            memories.append(memory)
        return Pass(inputs, sums, answers, memories)

    def deltas(self, passed: Pass, delta: Array) -> list[Array]:
        """Return δ = ∂ℓ/∂z of every layer, first to last, from that of the output layer."""
        found = [delta]
        for index in range(len(self.layers) - 1, 0, -1):
            delta = self._delta_before(index, passed, delta)
            found.append(delta)
        found.reverse()
        return found

    def _delta_before(self, index: int, passed: Pass, delta: Array) -> Array:
        """Return δ of the layer before `index`, from that of layer `index`."""
        upstream, before = self.layers[index].upstream(delta, passed.memory[index]), index - 1
        return self.layers[before].delta(passed.z[before], passed.a[before], upstream, passed.memory[before])

    def follow(self, passed: Pass) -> None:
        """Move the running statistics of batch norms towards those of a training pass; frozen and lesioned ones stay."""
        for index, (layer, memory) in enumerate(zip(self.layers, passed.memory, strict=True)):
            if isinstance(layer, BatchNormLayer):
                layer.follow(memory, self.spec.silent(index))

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
            self.layers[index].gradient(passed.inputs[index], delta, passed.memory[index], ones, out.views[index])
            if index:
                delta = self._delta_before(index, passed, delta)
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
    for layer, shape in zip(spec.layers, spec.weight_shapes(), strict=True):
        rows, stop = shape[0], start + layer_size(layer, shape)
        middle = start + shape[0] * shape[1]
        weights = flat[start:middle].reshape(shape)
        if isinstance(layer, BatchNorm):
            parts.append(LayerParameters(weights, flat[middle : middle + rows], flat[middle + rows : stop].reshape(2, rows)))
        else:
            bias = flat[middle:stop] if _has_bias(layer) else _no_bias(rows, flat.dtype)
            parts.append(LayerParameters(weights, bias, _NO_STATISTICS))
        start = stop
    return tuple(parts)


_NO_STATISTICS = np.zeros((2, 0))


def _has_bias(layer: Layer) -> bool:
    return isinstance(layer, BatchNorm) or (isinstance(layer, Weighted) and layer.use_bias)


def _no_bias(units: int, dtype: np.dtype[Any]) -> Array:
    zero = np.zeros(units, dtype)
    zero.flags.writeable = False
    return zero


def initialize(spec: NetworkSpec, seed: int) -> Array:
    """Return the initial parameters, float64; batch norm begins with γ = 1, β = 0, mean 0 and variance 1.

    Each layer has its own random stream, named by the seed and the ids of the layer, its neurons and its sources: a layer
    that an edit leaves alone keeps its initial weights, and a new neuron never repeats the weights of another one.
    """
    flat = np.zeros(spec.weights)
    for index, (layer, view) in enumerate(zip(spec.layers, views(spec, flat), strict=True)):
        if isinstance(layer, BatchNorm):
            view.weights[...] = view.statistics[1] = 1
        elif isinstance(layer, Weighted):
            sources = spec.sources(index)
            name = "\n".join((layer.id, *layer.neurons, "", *sources))
            rng = np.random.default_rng(np.random.SeedSequence((seed, zlib.crc32(name.encode()))))
            initializer, targets = INITIALIZERS[layer.initializer.kind], layer.units
            if isinstance(layer, Conv2D):
                targets *= layer.kernel[0] * layer.kernel[1]
            view.weights[...] = initializer.draw(rng, layer.units, len(sources), targets, **dict(layer.initializer.parameters))
    cut(spec, flat)
    return flat


def cut(spec: NetworkSpec, flat: Array) -> None:
    """Make the weights of pruned edges 0, in place."""
    for index, (layer, view) in enumerate(zip(spec.layers, views(spec, flat), strict=True)):
        if isinstance(layer, Dense) and layer.pruned:
            view.weights[pruned_places(spec, index)] = 0


def pruned_places(spec: NetworkSpec, index: int) -> tuple[list[int], list[int]]:
    """Return rows and columns of a dense layer's pruned edges."""
    layer = spec.layers[index]
    assert isinstance(layer, Dense)
    rows = {name: place for place, name in enumerate(layer.neurons)}
    columns = {name: place for place, name in enumerate(spec.sources(index))}
    return [rows[neuron] for _, neuron in layer.pruned], [columns[source] for source, _ in layer.pruned]


def same_layout(one: NetworkSpec, other: NetworkSpec) -> bool:
    """Tell whether every number of a flat vector means the same weight in both networks."""
    return one.input == other.input and [_layout(layer) for layer in one.layers] == [_layout(layer) for layer in other.layers]


def _layout(layer: Layer) -> tuple[object, ...]:
    """Return what the places of a layer's numbers, and those of the layers behind it, depend on."""
    fixed = layer.kind, layer.id
    if isinstance(layer, Dense):
        return *fixed, layer.neurons, layer.use_bias, layer.pruned
    if isinstance(layer, Conv2D):
        return *fixed, layer.neurons, layer.use_bias, layer.kernel, layer.stride, layer.padding
    return (*fixed, layer.size, layer.stride) if isinstance(layer, Pooling) else fixed


def transfer(old_spec: NetworkSpec, old_flat: Array, new_spec: NetworkSpec, fresh_flat: Array) -> Array:
    """Return `fresh_flat` with every number that survives put in its place, found by layer id, neuron id and source id.

    Works for parameters and for moments alike; the result has the dtype of `fresh_flat`. A pruned edge has nothing to carry:
    restored, it takes the number of `fresh_flat`.
    """
    flat = fresh_flat.copy()
    old_places = {layer.id: index for index, layer in enumerate(old_spec.layers)}
    old_views, new_views = views(old_spec, old_flat), views(new_spec, flat)
    for index, layer in enumerate(new_spec.layers):
        place = old_places.get(layer.id)
        if place is None or old_spec.layers[place].kind != layer.kind:
            continue
        old, new, before = old_views[place], new_views[index], old_spec.layers[place]
        old_rows, new_rows = _matches(old_spec.rows(place), new_spec.rows(index))
        old_columns, new_columns = _matches(old_spec.sources(place), new_spec.sources(index))
        carried = new.weights.copy()
        carried[np.ix_(new_rows, new_columns)] = old.weights[np.ix_(old_rows, old_columns)]
        if isinstance(before, Dense) and before.pruned:
            gone = np.zeros(old.weights.shape, bool)
            gone[pruned_places(old_spec, place)] = True
            healed = np.zeros(new.weights.shape, bool)
            healed[np.ix_(new_rows, new_columns)] = gone[np.ix_(old_rows, old_columns)]
            carried[healed] = new.weights[healed]
        new.weights[...] = carried
        if _has_bias(layer) and _has_bias(before):
            new.bias[new_rows] = old.bias[old_rows]
        if new.statistics.size:
            new.statistics[:, new_rows] = old.statistics[:, old_rows]
    cut(new_spec, flat)
    return flat


def _matches(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[list[int], list[int]]:
    """Return where the ids that both tuples have stand in the old and in the new one."""
    places = {name: index for index, name in enumerate(old)}
    pairs = [(places[name], index) for index, name in enumerate(new) if name in places]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]
