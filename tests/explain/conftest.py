"""Passes to explain: the textbook's, and small networks of every kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.losses import LOSSES
from nnviz.engine.network import initialize
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.spec import DataSpec, Dense, InputSpec, NetworkSpec, Spec, TrainingSpec
from nnviz.engine.table import choose
from nnviz.engine.trace import Trace, trace

MakeTrace = Callable[..., Trace]


def make_trace(
    sizes: tuple[int, ...] = (2, 3, 1),
    hidden: str = "tanh",
    output: str = "linear",
    loss: str = "mse",
    optimizer: str = "sgd",
    samples: int = 1,
    seed: int = 0,
    scale: float = 1.0,
    bias: bool = True,
    warm: int = 0,
    frozen: bool = False,
    **training: Any,
) -> Trace:
    """Return one recorded step of a small random network, after `warm` steps of the optimizer."""
    names = tuple(f"x{index + 1}" for index in range(sizes[0]))
    layers = tuple(
        Dense(
            id=f"l{index}",
            name="Output" if index == len(sizes) - 1 else f"Dense {index}",
            neurons=tuple(f"l{index}n{unit}" for unit in range(units)),
            activation=choose(ACTIVATIONS, output if index == len(sizes) - 1 else hidden),
            use_bias=bias,
            frozen=frozen,
        )
        for index, units in enumerate(sizes[1:], start=1)
    )
    network = NetworkSpec(InputSpec((sizes[0],), names), layers)
    chosen = TrainingSpec(loss=choose(LOSSES, loss), optimizer=choose(OPTIMIZERS, optimizer), learning_rate=0.1)
    spec = Spec(network, replace(chosen, **training), DataSpec("test", features=names))
    rng = np.random.default_rng(seed)
    parameters = initialize(network, seed) + scale * 0.1 * rng.standard_normal(network.weights)
    x = scale * rng.standard_normal((samples, sizes[0]))
    targets = np.eye(sizes[-1])[rng.integers(sizes[-1], size=samples)] if loss != "mse" else rng.standard_normal((samples, sizes[-1]))
    if sizes[-1] == 1 and loss != "mse":
        targets = rng.integers(2, size=(samples, 1)).astype(float)
    recorded = trace(spec, parameters, OPTIMIZERS[optimizer].state(network.weights), 1, x, targets)
    for step in range(warm):
        recorded = trace(spec, recorded.parameters_after, recorded.state_after, step + 2, x, targets)
    return recorded


@pytest.fixture(scope="session")
def traced() -> MakeTrace:
    """The maker of small passes."""
    return make_trace


@pytest.fixture(scope="session")
def mazur() -> Trace:
    """Matt Mazur's example: 2-2-2, sigmoid, E = ½Σ(t − o)²."""
    layers = tuple(
        Dense(id=name, name=title, neurons=(f"{name}1", f"{name}2"), activation=choose(ACTIVATIONS, "sigmoid"), train_bias=False)
        for name, title in (("h1", "Dense 1"), ("out", "Output"))
    )
    network = NetworkSpec(InputSpec((2,), ("x1", "x2")), layers)
    spec = Spec(network, TrainingSpec(reduction="half-sum", learning_rate=0.5, batch_size=0), DataSpec("mazur"))
    flat = np.array([0.15, 0.20, 0.25, 0.30, 0.35, 0.35, 0.40, 0.45, 0.50, 0.55, 0.60, 0.60])
    return trace(spec, flat, {}, 1, np.array([[0.05, 0.10]]), np.array([[0.01, 0.99]]))
