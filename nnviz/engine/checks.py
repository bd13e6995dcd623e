"""Is back-propagation right? Its gradient beside two that know nothing of it.

Complex step (Squire & Trapp 1998): ∂L/∂θ = Im L(θ + ih) / h, exact to rounding, since nothing is subtracted.
Central differences: ∂L/∂θ ≈ (L(θ + h) − L(θ − h)) / 2h, right to about ten digits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.network import Network, initialize, views
from nnviz.engine.objective import Objective
from nnviz.engine.samples import Samples, encode
from nnviz.engine.spec import Spec

Array = NDArray[Any]
COMPLEX_STEP = 1e-30
CENTRAL_STEP = 6e-6
KINK = 1e-4
KEPT = 0.9
NUDGES = 12
MAX_ROWS = 64
MAX_ENTRIES = 200
DIRECTIONS = 8


@dataclass(frozen=True, slots=True)
class LayerCheck:
    """The worst relative errors of one layer's gradient.

    Attributes:
        complex_step: ‖difference‖ / ‖gradient‖, the worse of weights and bias.
        central: the same by central differences, relative to the gradient of all layers, as differences know only its first digits.
        checked: how many directions were compared: every parameter of a small layer, a sample of a large one.
    """

    id: str
    name: str
    complex_step: float
    central: float
    checked: int


def check(spec: Spec, samples: Samples, seed: int = 0, parameters: Array | None = None) -> tuple[LayerCheck, ...]:
    """Compare the gradient of loss plus penalties on some training samples, always in float64.

    Args:
        spec: what to check.
        samples: its data.
        seed: of the choice of samples and directions.
        parameters: flat; those of the spec's own seed if None.
    """
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    parameters = initialize(spec.network, spec.training.seed) if parameters is None else parameters.astype(np.float64)
    output, part = spec.network.layers[-1], samples.train
    rows = rng.permutation(len(part))[:MAX_ROWS]
    targets = encode(part.y[rows], samples.classes, output.units, *ACTIVATIONS[output.activation.kind].range)
    x = part.x[rows].astype(np.float64)
    parameters, keep = step_around_kinks(spec, parameters, x, rng)
    return compare(spec, parameters, x[keep], targets[keep], rng)


def step_around_kinks(spec: Spec, parameters: Array, x: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Leave out the samples at a place where a derivative jumps, for which no difference tells the slope.

    Where these are many, as with weights that are all 0, the parameters are nudged first, by ever larger random amounts.

    Returns:
        The parameters, and which samples to keep, shape (samples,), bool.
    """
    keep = away_from_kinks(Network(spec.network, parameters), x)
    for nudge in range(NUDGES):
        if keep.mean() >= KEPT:
            break
        parameters = parameters + rng.normal(0, 1e-3 * 2**nudge, parameters.size)
        keep = away_from_kinks(Network(spec.network, parameters), x)
    return parameters, keep


def away_from_kinks(network: Network, x: Array) -> Array:
    """Tell which samples put no z close to a place where a derivative jumps; shape (samples,), bool."""
    keep, passed = np.ones(len(x), bool), network.forward(x)
    for layer, z in zip(network.layers, passed.z, strict=True):
        for kink in layer.activation.kinks:
            keep &= (np.abs(z - kink) > KINK).all(axis=1)
    return keep


def compare(spec: Spec, parameters: Array, x: Array, targets: Array, rng: np.random.Generator) -> tuple[LayerCheck, ...]:
    """Compare the gradient on these samples, layer by layer."""
    objective, network = Objective(spec), Network(spec.network, parameters)
    gradient = gradient_of(objective, network, x, targets)
    total = float(np.linalg.norm(gradient))

    def loss(point: Array) -> Any:
        return objective.loss(Network(spec.network, point).forward(x), targets) + objective.penalty(point)

    found = []
    for layer, view in zip(spec.network.layers, views(spec.network, np.arange(parameters.size)), strict=True):
        tensors = (view.weights.ravel(), view.bias) if layer.use_bias else (view.weights.ravel(),)
        errors = [_errors(loss, parameters, gradient, tensor, rng) for tensor in tensors]
        found.append(
            LayerCheck(
                layer.id,
                layer.name,
                max(_ratio(error.complex_step, error.size) for error in errors),
                max(_ratio(error.central, total) for error in errors),
                sum(error.checked for error in errors),
            )
        )
    return tuple(found)


def gradient_of(objective: Objective, network: Network, x: Array, targets: Array) -> Array:
    """Return the gradient of loss plus penalties by back-propagation, flat."""
    passed = network.forward(x)
    gradient = objective.batch_scale(len(x)) * network.backward(passed, objective.delta(passed, targets))
    penalty = objective.penalty_gradient(network.parameters)
    return gradient if penalty is None else gradient + penalty


@dataclass(frozen=True, slots=True)
class _Errors:
    """‖difference‖ of both methods and ‖gradient‖ over the directions compared."""

    complex_step: float
    central: float
    size: float
    checked: int


def _errors(loss: Callable[[Array], Any], parameters: Array, gradient: Array, tensor: Array, rng: np.random.Generator) -> _Errors:
    """Compare slopes along directions within one tensor, whose places in the flat vector are given."""
    slopes, exact, close = [], [], []
    for direction in _directions(parameters.size, tensor, rng):
        slopes.append(np.dot(gradient, direction))
        exact.append(loss(parameters + 1j * COMPLEX_STEP * direction).imag / COMPLEX_STEP)
        ahead, behind = (loss(parameters + step * direction) for step in (CENTRAL_STEP, -CENTRAL_STEP))
        close.append((ahead - behind) / (2 * CENTRAL_STEP))
    true = np.array(slopes)
    return _Errors(float(np.linalg.norm(true - exact)), float(np.linalg.norm(true - close)), float(np.linalg.norm(true)), len(slopes))


def _directions(size: int, tensor: Array, rng: np.random.Generator) -> Iterator[Array]:
    """Yield each parameter's own direction; for a large tensor those of some, and a few through all of it, of length 1."""
    large = len(tensor) > MAX_ENTRIES
    for place in rng.choice(tensor, MAX_ENTRIES, replace=False) if large else tensor:
        direction = np.zeros(size)
        direction[place] = 1
        yield direction
    for _ in range(DIRECTIONS if large else 0):
        direction = np.zeros(size)
        direction[tensor] = rng.normal(size=len(tensor))
        yield direction / np.linalg.norm(direction)


def _ratio(difference: float, size: float) -> float:
    if difference == 0:
        return 0.0
    return difference / size if size else math.inf
