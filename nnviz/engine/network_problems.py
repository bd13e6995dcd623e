"""Judges a network by itself: ids, shapes that must meet, and every field of every layer."""

from __future__ import annotations

import math
from collections.abc import Iterator

from nnviz.engine import judging
from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.network_spec import (
    PADDINGS,
    ROLES,
    AvgPool2D,
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Layer,
    MaxPool2D,
    NetworkSpec,
    Shape,
    Weighted,
    output_shape,
    weight_shape,
)
from nnviz.engine.problem import Problem, problem
from nnviz.engine.table import LEAST_EPSILON, Parameter

MAX_LAYERS = 200
MAX_WEIGHTS = 20_000_000
MAX_NUMBERS = 4_000_000  # a sample may take in one layer
MAX_WINDOWS = 20_000_000  # numbers of all windows of a convolution, laid out
SIDE = Parameter("side", 1, 1, 1024)
RATE = Parameter("rate", 0.5, 0.0, 1.0, open_high=True)
MOMENTUM = Parameter("momentum", 0.1, 0.0, 1.0)
EPSILON = Parameter("epsilon", 1e-5, LEAST_EPSILON, 1.0)


def network_problems(network: NetworkSpec) -> Iterator[Problem]:
    """Yield all that is wrong with a network, each with its path."""
    if not network.layers:
        yield problem("network.layers", "no-layers")
    elif not isinstance(network.layers[-1], Dense):
        last = len(network.layers) - 1
        yield problem(f"network.layers.{last}", "no-output-layer", layer=network.layers[-1].name, kind=network.layers[-1].kind)
    if len(network.layers) > MAX_LAYERS:
        yield problem("network.layers", "too-many-layers", count=len(network.layers), limit=MAX_LAYERS)
    shape, names = network.input.shape, network.input.names
    if not names or math.prod(shape) != len(names) or len(shape) not in (1, 3) or min(shape) < 1:
        yield problem("network.input", "no-inputs")
    yield from judging.repeated("network.layers", ["", *(layer.id for layer in network.layers)])
    yield from judging.repeated("network.input.names", names)
    for index, layer in enumerate(network.layers):
        path = f"network.layers.{index}"
        yield from layer_problems(path, layer)
        yield from _meeting(path, layer, shape)
        shape = output_shape(layer, shape)
    if network.weights > MAX_WEIGHTS:
        yield problem("network", "too-many-weights", count=network.weights, limit=MAX_WEIGHTS)
    yield from _masks(network)


def layer_problems(path: str, layer: Layer) -> Iterator[Problem]:
    """Yield all that is wrong with a layer by itself, wherever it stands."""
    yield from judging.number(f"{path}.rate_multiplier", layer.rate_multiplier, Parameter("rate_multiplier", 1.0, 0.0))
    if isinstance(layer, Weighted):
        yield from _weighted(path, layer)
    if isinstance(layer, Dense):
        yield from judging.member(f"{path}.role", layer.role, ROLES)
    if isinstance(layer, Conv2D):
        yield from _sides(path, kernel=layer.kernel, stride=layer.stride)
        yield from judging.member(f"{path}.padding", layer.padding, PADDINGS)
        if layer.activation.kind in ACTIVATIONS and ACTIVATIONS[layer.activation.kind].derivative is None:
            yield problem(f"{path}.activation", "coupled-units", layer=layer.name, activation=layer.activation.kind)
    if isinstance(layer, MaxPool2D | AvgPool2D):
        yield from _sides(path, size=layer.size, stride=layer.stride)
    if isinstance(layer, Dropout):
        yield from judging.number(f"{path}.rate", layer.rate, RATE)
    if isinstance(layer, BatchNorm):
        yield from judging.number(f"{path}.momentum", layer.momentum, MOMENTUM)
        yield from judging.number(f"{path}.epsilon", layer.epsilon, EPSILON)


def _weighted(path: str, layer: Weighted) -> Iterator[Problem]:
    if not layer.neurons:
        yield problem(f"{path}.{'units' if isinstance(layer, Dense) else 'filters'}", "no-units", layer=layer.name)
    yield from judging.repeated(f"{path}.neurons", layer.neurons)
    yield from judging.choice(f"{path}.activation", layer.activation, ACTIVATIONS)
    yield from judging.choice(f"{path}.initializer", layer.initializer, INITIALIZERS)
    for name in ("l1", "l2"):
        if getattr(layer, name) is not None:
            yield from judging.number(f"{path}.{name}", getattr(layer, name), Parameter(name, 0.0, 0.0, judging.MOST))


def _sides(path: str, **windows: tuple[int, int]) -> Iterator[Problem]:
    for name, window in windows.items():
        for side in window:
            yield from judging.number(f"{path}.{name}", side, SIDE)


def _meeting(path: str, layer: Layer, shape: Shape) -> Iterator[Problem]:
    """Judge whether a layer can read what comes to it."""
    shown = "×".join(map(str, shape))
    if isinstance(layer, Dense) and len(shape) != 1:
        yield problem(path, "needs-row", layer=layer.name, shape=shown)
    elif isinstance(layer, Conv2D | MaxPool2D | AvgPool2D) and len(shape) != 3:
        yield problem(path, "needs-image", layer=layer.name, shape=shown)
    elif isinstance(layer, Conv2D) and layer.padding == "valid" and min(shape) > 0 and _larger(layer.kernel, shape):
        yield problem(f"{path}.kernel", "kernel-too-large", layer=layer.name, kernel="×".join(map(str, layer.kernel)), shape=shown)
    elif isinstance(layer, MaxPool2D | AvgPool2D) and min(shape) > 0 and _larger(layer.size, shape):
        yield problem(f"{path}.size", "pool-too-large", layer=layer.name, size="×".join(map(str, layer.size)), shape=shown)
    after = output_shape(layer, shape)
    if math.prod(after) > MAX_NUMBERS:
        yield problem(path, "too-many-numbers", layer=layer.name, count=math.prod(after), limit=MAX_NUMBERS)
    elif isinstance(layer, Conv2D) and math.prod(after[:2]) * weight_shape(layer, shape)[1] > MAX_WINDOWS:
        count = math.prod(after[:2]) * weight_shape(layer, shape)[1]
        yield problem(f"{path}.kernel", "too-many-numbers", layer=layer.name, count=count, limit=MAX_WINDOWS)


def _larger(window: tuple[int, int], shape: Shape) -> bool:
    return window[0] > shape[0] or window[1] > shape[1]


def _masks(network: NetworkSpec) -> Iterator[Problem]:
    """Pruned edges and lesioned neurons must be there, and an output cannot be silenced: its loss would be infinite."""
    for index, layer in enumerate(network.layers):
        if not isinstance(layer, Weighted):
            continue
        path, neurons = f"network.layers.{index}", set(layer.neurons)
        yield from judging.repeated(f"{path}.lesioned", layer.lesioned)
        for name in layer.lesioned:
            if name not in neurons:
                yield problem(f"{path}.lesioned", "unknown-neuron", layer=layer.name, neuron=name)
        if layer.lesioned and index == len(network.layers) - 1:
            yield problem(f"{path}.lesioned", "lesioned-output", layer=layer.name)
        if isinstance(layer, Dense) and layer.pruned:
            sources = set(network.sources(index))
            for source, name in layer.pruned:
                if name not in neurons or source not in sources:
                    yield problem(f"{path}.pruned", "unknown-edge", layer=layer.name, edge=f"{source} → {name}")
