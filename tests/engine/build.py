"""Small specs and samples for the tests of the engine."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.losses import LOSSES
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.samples import Array, Part, Samples
from nnviz.engine.spec import DataSpec, Dense, InputSpec, NetworkSpec, Spec, TrainingSpec
from nnviz.engine.table import choose


def network(*sizes: int, hidden: str = "tanh", output: str = "tanh", **fields: Any) -> NetworkSpec:
    """Return a network of the given sizes, inputs first; layers l1, l2, …, neurons n1, n2, … throughout."""
    layers, count = [], 1
    for index, units in enumerate(sizes[1:], 1):
        neurons = tuple(f"n{count + unit}" for unit in range(units))
        name = output if index == len(sizes) - 1 else hidden
        layers.append(Dense(f"l{index}", f"Dense {index}", neurons, choose(ACTIVATIONS, name), **fields))
        count += units
    names = tuple(f"x{number}" for number in range(1, sizes[0] + 1))
    return NetworkSpec(InputSpec((sizes[0],), names), tuple(layers), count)


def spec(
    *sizes: int,
    hidden: str = "tanh",
    output: str = "tanh",
    loss: str = "mse",
    optimizer: str = "sgd",
    problem: str = "classification",
    **training: Any,
) -> Spec:
    """Return a spec for `samples` or `values`."""
    made = network(*sizes, hidden=hidden, output=output)
    settings = TrainingSpec(loss=choose(LOSSES, loss), optimizer=choose(OPTIMIZERS, optimizer), **training)
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
