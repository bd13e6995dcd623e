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
    default_names,
)
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.samples import Array
from nnviz.engine.spec import DataSpec, Spec, TrainingSpec, problems
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
    rate: float | None = None,
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
    targets = make_targets(rng, loss, samples, sizes[-1])
    recorded = trace(spec, parameters, OPTIMIZERS[optimizer].state(network.weights), 1, x, targets, rate=rate)
    for step in range(warm):
        recorded = trace(spec, recorded.parameters_after, recorded.state_after, step + 2, x, targets)
    return recorded


def make_targets(rng: np.random.Generator, loss: str, samples: int, outputs: int) -> Array:
    """Return random targets as the loss sees them: values, labels, or a teacher's shares beside the labels."""
    if not LOSSES[loss].needs_classes:
        return rng.standard_normal((samples, outputs))
    if outputs == 1:
        return rng.integers(2, size=(samples, 1)).astype(float)
    labels = np.eye(outputs)[rng.integers(outputs, size=samples)]
    return np.hstack([rng.dirichlet(np.ones(outputs), samples), labels]) if LOSSES[loss].needs_teacher else labels


def make_image_trace(
    layers: tuple[Layer, ...],
    shape: tuple[int, ...] = (6, 6, 2),
    samples: int = 1,
    seed: int = 0,
    warm: int = 0,
    far: float = 1.0,
    **training: Any,
) -> Trace:
    """Return one recorded step of a network of any layers."""
    network = NetworkSpec(InputSpec(shape, default_names(shape)), layers)
    chosen = replace(TrainingSpec(learning_rate=0.1), **training)
    spec = Spec(network, chosen, DataSpec("test", features=()))
    assert not problems(spec)
    rng = np.random.default_rng(seed)
    flat = initialize(network, seed)
    x = far * rng.standard_normal((samples, len(network.input.names)))
    targets = make_targets(rng, chosen.loss.kind, samples, network.output.units)
    recorded = trace(spec, flat, OPTIMIZERS[chosen.optimizer.kind].state(network.weights), 1, x, targets)
    for step in range(warm):
        recorded = trace(spec, recorded.parameters_after, recorded.state_after, step + 2, x, targets)
    return recorded


def neurons(layer: str, count: int) -> tuple[str, ...]:
    """Return ids for the neurons of a layer."""
    return tuple(f"{layer}n{unit}" for unit in range(count))


def image_layers() -> tuple[Layer, ...]:
    """Return one layer of every kind, for images."""
    return (
        Conv2D("c1", "Conv 1", neurons("c1", 3), padding="same"),
        BatchNorm("b1", "Norm 1"),
        MaxPool2D("m1", "Max 1"),
        Conv2D("c2", "Conv 2", neurons("c2", 2), kernel=(2, 2), activation=choose(ACTIVATIONS, "tanh"), use_bias=False),
        AvgPool2D("a1", "Average 1", stride=(1, 1), size=(1, 2)),
        Flatten("f1", "Flatten 1"),
        Dropout("d1", "Dropout 1"),
        Dense("d2", "Dense 1", neurons("d2", 4), choose(ACTIVATIONS, "sigmoid")),
        BatchNorm("b2", "Norm 2"),
        Dense("o1", "Output", neurons("o1", 3), choose(ACTIVATIONS, "softmax")),
    )


@pytest.fixture(scope="session")
def pictured() -> MakeTrace:
    """The maker of passes through layers of any kind; without layers, one of each."""

    def make(layers: tuple[Layer, ...] | None = None, **options: Any) -> Trace:
        if layers is None:
            options = {"loss": choose(LOSSES, "categorical_crossentropy"), "reduction": "mean", "samples": 3} | options
        return make_image_trace(layers or image_layers(), **options)

    return make


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
