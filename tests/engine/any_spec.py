"""Any valid spec at all, for hypothesis: sizes, names, choices with odd parameters, settings on and off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import strategies as st

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.losses import LOSSES, REDUCTIONS
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.spec import PRECISIONS, PROBLEMS, SCALINGS, DataSpec, Dense, InputSpec, NetworkSpec, Spec, Split, TrainingSpec, problems
from nnviz.engine.table import Choice, Entry, Parameter

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
    layers, count = [], 1
    for layer_id in draw(st.lists(NAMES.filter(lambda name: name[0] not in "nl"), min_size=1, max_size=3, unique=True)):
        units = draw(st.integers(1, 4))
        layers.append(
            Dense(
                id=layer_id,
                name=draw(NAMES),
                neurons=tuple(f"n{count + index}" for index in range(units)),
                activation=draw(choices(ACTIVATIONS)),
                initializer=draw(choices(INITIALIZERS)),
                use_bias=draw(st.booleans()),
                train_bias=draw(st.booleans()),
                frozen=draw(st.booleans()),
                rate_multiplier=draw(POSITIVE),
                l1=draw(PENALTIES),
                l2=draw(PENALTIES),
            )
        )
        count += units
    return NetworkSpec(InputSpec((len(features),), features), tuple(layers), count + draw(st.integers(0, 9)))


@st.composite
def specs(draw: st.DrawFn) -> Spec:
    """Return specs in which `spec.problems` finds nothing."""
    features = tuple(draw(st.lists(NAMES, min_size=1, max_size=3, unique=True)))
    training = TrainingSpec(
        loss=draw(choices(LOSSES)),
        reduction=draw(st.sampled_from(sorted(REDUCTIONS))),
        optimizer=draw(choices(OPTIMIZERS)),
        learning_rate=draw(POSITIVE),
        clip_value=draw(st.none() | POSITIVE),
        clip_norm=draw(st.none() | POSITIVE),
        l1=draw(st.floats(0, 1)),
        l2=draw(st.floats(0, 1)),
        batch_size=draw(COUNTS),
        epochs=draw(COUNTS),
        seed=draw(COUNTS),
        precision=draw(st.sampled_from(PRECISIONS)),
    )
    validation = draw(st.floats(0, 1))
    data = DataSpec(
        source=draw(NAMES),
        problem=draw(st.sampled_from(PROBLEMS)),
        samples=draw(st.integers(1, 10**6)),
        noise=draw(st.floats(0, 1)),
        seed=draw(COUNTS),
        features=features,
        scaling=draw(st.sampled_from(SCALINGS)),
        split=Split(1 - validation, validation, 0.0, draw(st.booleans())),
    )
    spec = Spec(draw(networks(features)), training, data)
    return spec if not problems(spec) else _with_mse(spec)


def _with_mse(spec: Spec) -> Spec:
    """A cross-entropy behind outputs that are no probabilities is the one thing that can be wrong."""
    return replace(spec, training=replace(spec.training, loss=Choice("mse")))
