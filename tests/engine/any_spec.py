"""Any valid spec at all, for hypothesis: sizes, names, choices with odd parameters, settings on and off."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from typing import Any

from hypothesis import strategies as st

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.losses import LOSSES, REDUCTIONS
from nnviz.engine.network_spec import (
    PADDINGS,
    ROLES,
    AvgPool2D,
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    InputSpec,
    Layer,
    MaxPool2D,
    NetworkSpec,
    Shape,
    Weighted,
    output_shape,
)
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.schedules import SCHEDULES
from nnviz.engine.spec import MISSING, PRECISIONS, PROBLEMS, SCALINGS, DataSpec, Spec, Split, TrainingSpec, problems
from nnviz.engine.table import LEAST_EPSILON, Choice, Entry, Parameter, choose

NAMES = st.text(min_size=1, max_size=6)
POSITIVE = st.floats(1e-300, 1e300)
PENALTIES = st.none() | st.floats(0, 2.0**32)
COUNTS = st.integers(0, 2**32)


def values(parameter: Parameter) -> st.SearchStrategy[float]:
    """Return the values a parameter allows."""
    low, high = max(parameter.low, -1e9), min(parameter.high, 1e9)
    return st.floats(low, high, exclude_min=parameter.open_low, exclude_max=parameter.open_high)


@st.composite
def choices(draw: st.DrawFn, table: Mapping[str, Entry]) -> Choice:
    kind = draw(st.sampled_from(sorted(table)))
    return Choice(kind, tuple((item.name, draw(st.just(item.default) | values(item))) for item in table[kind].parameters))


@st.composite
def networks(draw: st.DrawFn, features: tuple[str, ...]) -> NetworkSpec:
    """Return networks of any layers that read these features, as a row or as an image."""
    first = shape = draw(st.sampled_from(shapes(len(features))))
    ids = draw(st.lists(NAMES.filter(lambda name: name[0] not in "nl"), min_size=2, max_size=6, unique=True))
    layers, count = list[Layer](), 1
    for layer_id in ids[:-2]:
        layers.append(replace(draw(readers(shape, count)), id=layer_id, name=draw(NAMES)))
        count += layers[-1].units if isinstance(layers[-1], Weighted) else 0
        shape = output_shape(layers[-1], shape)
    if len(shape) == 3:
        layers.append(Flatten(ids[-2], draw(NAMES)))
    layers.append(replace(draw(denses(count)), id=ids[-1], name=draw(NAMES)))
    count += layers[-1].units
    made = NetworkSpec(InputSpec(first, features), tuple(layers), count + draw(st.integers(0, 9)))
    return replace(made, layers=tuple(draw(masked(made, index)) for index in range(len(layers))))


def shapes(count: int) -> list[Shape]:
    """Return all shapes of so many numbers."""
    sides = range(1, count + 1)
    return [(count,), *(shape for shape in product(sides, sides, sides) if math.prod(shape) == count)]


def readers(shape: Shape, count: int) -> st.SearchStrategy[Layer]:
    """Return the layers that can read a shape; their neurons are counted from `count`."""
    common = {"id": st.just(""), "name": st.just(""), "frozen": st.booleans(), "rate_multiplier": POSITIVE}
    anywhere = (
        st.builds(Flatten, **common)
        | st.builds(Dropout, **common, rate=st.floats(0, 1, exclude_max=True))
        | st.builds(BatchNorm, **common, momentum=st.floats(0, 1), epsilon=st.floats(LEAST_EPSILON, 1))
    )
    if len(shape) == 1:
        return anywhere | denses(count)
    window, strides = st.tuples(*(st.integers(1, side) for side in shape[:2])), st.tuples(st.integers(1, 3), st.integers(1, 3))
    pools = (st.builds(kind, **common, size=window, stride=strides) for kind in (MaxPool2D, AvgPool2D))
    return st.one_of(anywhere, *pools, convolutions(count, window, strides))


@st.composite
def convolutions(draw: st.DrawFn, count: int, window: st.SearchStrategy, strides: st.SearchStrategy) -> Conv2D:
    padding = draw(st.sampled_from(PADDINGS))
    kernel = draw(window if padding == "valid" else st.tuples(st.integers(1, 9), st.integers(1, 9)))
    elementwise = {name: entry for name, entry in ACTIVATIONS.items() if entry.derivative}
    return Conv2D(kernel=kernel, stride=draw(strides), padding=padding, **draw(weighted(count, elementwise)))


@st.composite
def denses(draw: st.DrawFn, count: int) -> Dense:
    return Dense(role=draw(st.sampled_from(ROLES)), **draw(weighted(count, ACTIVATIONS)))


def weighted(count: int, activations: Mapping[str, Entry]) -> st.SearchStrategy[dict[str, Any]]:
    """Return the fields that dense layers and convolutions share."""
    return st.fixed_dictionaries(
        {
            "id": st.just(""),
            "name": st.just(""),
            "neurons": st.integers(1, 4).map(lambda units: tuple(f"n{count + index}" for index in range(units))),
            "activation": choices(activations),
            "initializer": choices(INITIALIZERS),
            "use_bias": st.booleans(),
            "train_bias": st.booleans(),
            "frozen": st.booleans(),
            "rate_multiplier": POSITIVE,
            "l1": PENALTIES,
            "l2": PENALTIES,
        }
    )


@st.composite
def masked(draw: st.DrawFn, network: NetworkSpec, index: int) -> Layer:
    """Return a layer of the network, perhaps with lesioned neurons and pruned edges."""
    layer = network.layers[index]
    if isinstance(layer, Weighted) and index < len(network.layers) - 1:
        layer = replace(layer, lesioned=tuple(draw(st.lists(st.sampled_from(layer.neurons), max_size=2, unique=True))))
    if isinstance(layer, Dense):
        edges = st.tuples(st.sampled_from(network.sources(index)), st.sampled_from(layer.neurons))
        layer = replace(layer, pruned=tuple(draw(st.lists(edges, max_size=2, unique=True))))
    return layer


@st.composite
def trainings(draw: st.DrawFn) -> TrainingSpec:
    return TrainingSpec(
        loss=draw(choices(LOSSES)),
        reduction=draw(st.sampled_from(sorted(REDUCTIONS))),
        optimizer=draw(choices(OPTIMIZERS)),
        learning_rate=draw(POSITIVE),
        schedule=draw(choices(SCHEDULES)),
        warmup_epochs=draw(COUNTS),
        clip_value=draw(st.none() | POSITIVE),
        clip_norm=draw(st.none() | POSITIVE),
        normalize_gradients=draw(st.booleans()),
        l1=draw(st.floats(0, 1)),
        l2=draw(st.floats(0, 1)),
        batch_size=draw(COUNTS),
        epochs=draw(COUNTS),
        target_loss=draw(st.none() | st.floats(-1e9, 1e9)),
        target_metric=draw(st.none() | st.floats(-1, 1)),
        max_seconds=draw(st.none() | st.floats(1e-3, 1e9)),
        patience=draw(COUNTS),
        restore_best=draw(st.booleans()),
        seed=draw(COUNTS),
        precision=draw(st.sampled_from(PRECISIONS)),
    )


@st.composite
def specs(draw: st.DrawFn) -> Spec:
    """Return specs in which `spec.problems` finds nothing."""
    features = tuple(draw(st.lists(NAMES, min_size=1, max_size=8, unique=True)))
    validation = draw(st.floats(0, 1))
    data = DataSpec(
        source=draw(NAMES),
        problem=draw(st.sampled_from(PROBLEMS)),
        samples=draw(st.integers(1, 10**6)),
        noise=draw(st.floats(0, 1)),
        seed=draw(COUNTS),
        targets=tuple(draw(st.lists(NAMES, max_size=2, unique=True))),
        features=draw(st.sampled_from([(), features])),
        scaling=draw(st.sampled_from(SCALINGS)),
        missing=draw(st.sampled_from(MISSING)),
        split=Split(1 - validation, validation, 0.0, draw(st.booleans())),
    )
    spec = Spec(draw(networks(features)), draw(trainings()), data)
    return spec if not problems(spec) else _calmed(spec)


def _calmed(spec: Spec) -> Spec:
    """Two things can be wrong: a cross-entropy behind outputs that are no probabilities, and a decay too strong for the rate."""
    return replace(spec, training=replace(spec.training, loss=Choice("mse"), optimizer=choose(OPTIMIZERS, "adam")))
