"""Small specs and samples for the tests of the engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.losses import LOSSES
from nnviz.engine.network_spec import (
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
    default_names,
)
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.samples import Array, Part, Samples
from nnviz.engine.spec import DataSpec, Spec, TrainingSpec
from nnviz.engine.table import Choice, Entry, choose


def network(*sizes: int, hidden: str = "tanh", output: str = "tanh", **fields: Any) -> NetworkSpec:
    """Return a network of dense layers of the given sizes, inputs first; ids as in `stack`."""
    names = [hidden] * (len(sizes) - 2) + [output]
    return stack((sizes[0],), *(dense(units, name, **fields) for units, name in zip(sizes[1:], names, strict=True)))


def stack(shape: Shape, *layers: Layer) -> NetworkSpec:
    """Return a network of any layers on inputs of a shape; layers become l1, l2, …, neurons and filters n1, n2, … throughout."""
    made, count = list[Layer](), 1
    for index, layer in enumerate(layers, 1):
        layer = replace(layer, id=f"l{index}", name=f"{type(layer).__name__} {index}")
        if isinstance(layer, Weighted):
            layer = replace(layer, neurons=tuple(f"n{count + unit}" for unit in range(layer.units)))
            count += layer.units
        made.append(layer)
    return NetworkSpec(InputSpec(shape, default_names(shape)), tuple(made), count)


def dense(units: int, activation: str | Choice = "tanh", **fields: Any) -> Dense:
    """Return a dense layer for `stack`."""
    return Dense("", "", ("",) * units, chosen(ACTIVATIONS, activation), **fields)


def conv(filters: int, kernel: tuple[int, int] = (3, 3), activation: str | Choice = "tanh", **fields: Any) -> Conv2D:
    """Return a convolution for `stack`."""
    return Conv2D("", "", ("",) * filters, kernel, activation=chosen(ACTIVATIONS, activation), **fields)


def chosen(table: Mapping[str, Entry], choice: str | Choice) -> Choice:
    """Return the choice itself, or that of a name with the defaults."""
    return choose(table, choice) if isinstance(choice, str) else choice


def max_pool(size: tuple[int, int] = (2, 2), stride: tuple[int, int] = (2, 2)) -> MaxPool2D:
    """Return a max pooling for `stack`."""
    return MaxPool2D("", "", size, stride)


def avg_pool(size: tuple[int, int] = (2, 2), stride: tuple[int, int] = (2, 2)) -> AvgPool2D:
    """Return an average pooling for `stack`."""
    return AvgPool2D("", "", size, stride)


def flatten() -> Flatten:
    """Return a flatten for `stack`."""
    return Flatten("", "")


def dropout(rate: float = 0.5) -> Dropout:
    """Return a dropout for `stack`."""
    return Dropout("", "", rate)


def batch_norm(momentum: float = 0.1, epsilon: float = 1e-5, **fields: Any) -> BatchNorm:
    """Return a batch norm for `stack`."""
    return BatchNorm("", "", momentum, epsilon, **fields)


def spec(
    *sizes: int,
    hidden: str = "tanh",
    output: str = "tanh",
    **training: Any,
) -> Spec:
    """Return a spec for `samples` or `values`, as `trained` takes it."""
    return trained(network(*sizes, hidden=hidden, output=output), **training)


def trained(
    made: NetworkSpec,
    loss: str | Choice = "mse",
    optimizer: str | Choice = "sgd",
    problem: str = "classification",
    **training: Any,
) -> Spec:
    """Return a spec for a network."""
    settings = TrainingSpec(loss=chosen(LOSSES, loss), optimizer=chosen(OPTIMIZERS, optimizer), **training)
    return Spec(made, settings, DataSpec("circle", problem, features=made.input.names))


def samples(train: int = 40, validation: int = 10, inputs: int = 2, classes: int = 2, seed: int = 0) -> Samples:
    """Return points whose class is their distance from 0, no test part."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(train + validation, inputs))
    rank = np.argsort(np.argsort((x * x).sum(axis=1)))
    return parts(x, rank * classes // len(x), train, classes)


def values(train: int = 40, validation: int = 10, inputs: int = 2, targets: int = 1, seed: int = 0) -> Samples:
    """Return points with values to meet."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(train + validation, inputs))
    return parts(x, np.sin(x @ rng.normal(size=(inputs, targets))), train, 0)


def parts(x: Array, y: Array, train: int, classes: int) -> Samples:
    """Return the first samples as training part, the others as validation part."""
    rows = np.arange(len(x))
    cut = [Part(x[part], y[part], rows[part]) for part in (slice(train), slice(train, None), slice(0))]
    return Samples(*cut, classes)


def xor() -> Samples:
    """Return the four points of exclusive or."""
    return parts(np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 0]), 4, 2)
