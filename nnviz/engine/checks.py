"""Is back-propagation right? Its gradient beside two that know nothing of it.

Complex step (Squire & Trapp 1998): ∂L/∂θ = Im L(θ + ih) / h, exact to rounding, since nothing is subtracted. Every branch (which
side of a kink, which number of a window is the largest) looks at real parts only, so it is taken as in back-propagation.
Central differences: ∂L/∂θ ≈ (L(θ + h) − L(θ − h)) / 2h, right to about ten digits where no branch changes between the two points.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.encoding import targets
from nnviz.engine.layers import TrainingMode
from nnviz.engine.losses import LOSSES
from nnviz.engine.network import Network, Pass, initialize, views
from nnviz.engine.objective import Objective
from nnviz.engine.samples import Samples
from nnviz.engine.spec import BatchNorm, Dropout, MaxPool2D, NetworkSpec, Spec, Weighted
from nnviz.engine.table import bind

Array = NDArray[Any]
COMPLEX_STEP = 1e-30
CENTRAL_STEPS = (6e-6, 6e-7, 6e-8)  # the first leaves most digits, the others step past fewer kinks
KEPT = 0.9
NUDGE = 1e-3
MAX_ROWS, FEW_ROWS = 64, 3
MAX_NUMBERS = 100_000  # all rows may take in all layers, so that a large network is checked within a minute
MAX_ENTRIES = 200
DIRECTIONS = 8
FAINT = 1e-4


@dataclass(frozen=True, slots=True)
class LayerCheck:
    """The worst relative errors of one layer's gradient.

    Attributes:
        complex_step: ‖difference‖ / ‖gradient‖, the worse of weights and bias. A gradient below FAINT of the whole is measured by
            that: of what cancels out, as a bias before a batch norm does, only rounding is left.
        central: the same by central differences, relative to the gradient of all layers, as differences know only its first digits.
        checked: how many directions were compared: every parameter of a small layer, a sample of a large one.
        kept: in how many of them no branch changed, so that a central difference could be taken.
    """

    id: str
    name: str
    complex_step: float
    central: float
    checked: int
    kept: int


def check(spec: Spec, samples: Samples, seed: int = 0, parameters: Array | None = None) -> tuple[LayerCheck, ...]:
    """Compare the gradient of loss plus penalties on some training samples, always in float64; layers without weights are left out.

    A network with dropout or batch norm is checked twice, as it is in training and as it is in evaluation.

    Args:
        spec: what to check.
        samples: its data.
        seed: of the choice of samples and directions.
        parameters: flat; those of the spec's own seed if None.
    """
    rng, part = np.random.default_rng(np.random.SeedSequence(seed)), samples.train
    parameters = initialize(spec.network, spec.training.seed) if parameters is None else parameters.astype(np.float64)
    rows = rng.permutation(len(part))[: _affordable_rows(spec.network)]
    x, t = part.x[rows].astype(np.float64), targets(spec, samples, part.y[rows], part.rows[rows])
    moody = any(isinstance(layer, Dropout | BatchNorm) for layer in spec.network.layers)
    modes = (TrainingMode(spec.training.seed, 1), None) if moody else (None,)
    with np.errstate(all="ignore"):
        found = [compare(spec, parameters, x, t, rng, mode) for mode in modes]
    return tuple(reduce(_both, layers) for layers in zip(*found, strict=True))


def _affordable_rows(network: NetworkSpec) -> int:
    return min(MAX_ROWS, max(FEW_ROWS, MAX_NUMBERS // sum(map(math.prod, network.shapes))))


def _both(one: LayerCheck, other: LayerCheck) -> LayerCheck:
    """Return the worse errors of two checks of a layer."""
    complex_step, central = np.maximum((one.complex_step, one.central), (other.complex_step, other.central)).tolist()
    return LayerCheck(one.id, one.name, complex_step, central, one.checked + other.checked, one.kept + other.kept)


def compare(
    spec: Spec, parameters: Array, x: Array, t: Array, rng: np.random.Generator, mode: TrainingMode | None = None
) -> tuple[LayerCheck, ...]:
    """Compare the gradient on these samples, layer by layer.

    Where too many branches change however small the step, as at a bias of 0 below inputs of 0, the central differences of a
    tensor are taken beside that point.
    """
    here, beside, found = Surroundings(spec, parameters, x, t, mode), None, dict[int, LayerCheck]()
    for index, places in tensors(spec.network):
        one = compare_tensor(here, index, places, rng)
        if one.kept < KEPT * one.checked:
            beside = beside or Surroundings(spec, _nudged(spec.network, parameters, rng), x, t, mode)
            other = compare_tensor(beside, index, places, rng)
            one = replace(_both(one, other), checked=other.checked, kept=other.kept)
        found[index] = _both(found[index], one) if index in found else one
    return tuple(found.values())


def _nudged(network: NetworkSpec, parameters: Array, rng: np.random.Generator) -> Array:
    """Return the parameters moved a little; running statistics stay."""
    moved = parameters.copy()
    for _, places in tensors(network):
        moved[places] += rng.normal(0, NUDGE, len(places))
    return moved


def compare_tensor(around: Surroundings, index: int, places: Array, rng: np.random.Generator) -> LayerCheck:
    """Return the errors of one tensor of layer `index`, given its places in the flat vector."""
    layer, total = around.network.spec.layers[index], float(np.linalg.norm(around.gradient))
    slopes = np.array([_slopes(around, index, *direction) for direction in _directions(places, rng)])
    back, exact, near = slopes.T
    kept, size = ~np.isnan(near), max(float(np.linalg.norm(back)), FAINT * total)
    errors = _ratio(back - exact, size), _ratio((back - near)[kept], total)
    return LayerCheck(layer.id, layer.name, *errors, len(slopes), int(kept.sum()))


def tensors(network: NetworkSpec) -> Iterator[tuple[int, Array]]:
    """Yield the weights and then the bias of every layer that has them: its index, and their places in the flat vector."""
    for index, (layer, view) in enumerate(zip(network.layers, views(network, np.arange(network.weights)), strict=True)):
        if view.weights.size:
            yield index, view.weights.ravel()
        if isinstance(layer, BatchNorm) or (isinstance(layer, Weighted) and layer.use_bias):
            yield index, view.bias


def _directions(places: Array, rng: np.random.Generator) -> Iterator[tuple[Array, Array]]:
    """Yield each parameter's own direction; for a large tensor those of some, and a few through all of it, of length 1.

    A direction is where in the flat vector it points, and how far.
    """
    large = len(places) > MAX_ENTRIES
    for place in rng.choice(places, MAX_ENTRIES, replace=False) if large else places:
        yield np.array([place]), np.ones(1)
    for _ in range(DIRECTIONS if large else 0):
        values = rng.normal(size=len(places))
        yield places, values / np.linalg.norm(values)


def _slopes(around: Surroundings, index: int, places: Array, values: Array) -> tuple[float, float, float]:
    """Return the slope along a direction by back-propagation, by complex step and by central difference; NaN where there is none."""
    exact = around.loss(index, places, 1j * COMPLEX_STEP * values)[0].imag / COMPLEX_STEP
    return float(around.gradient[places] @ values), exact, _central_difference(around, index, places, values)


def _central_difference(around: Surroundings, index: int, places: Array, values: Array) -> float:
    for step in CENTRAL_STEPS:
        ahead, branches_ahead = around.loss(index, places, step * values)
        behind, branches_behind = around.loss(index, places, -step * values)
        if all(map(np.array_equal, branches_ahead, branches_behind)):
            return float((ahead - behind) / (2 * step))
    return math.nan


def _ratio(differences: Array, size: float) -> float:
    difference = float(np.linalg.norm(differences))
    if difference == 0:
        return 0.0
    return difference / size if size else math.inf


def gradient_of(objective: Objective, network: Network, passed: Pass, t: Array) -> Array:
    """Return the gradient of loss plus penalties by back-propagation, flat."""
    gradient = objective.batch_scale(len(t)) * network.backward(passed, objective.delta(passed, t))
    penalty = objective.penalty_gradient(network.parameters)
    return gradient if penalty is None else gradient + penalty


class Surroundings:
    """The loss plus penalties at a point of parameter space and around it, for x (samples, inputs) and t as the loss has it.

    Attributes:
        gradient: that at the point, by back-propagation, flat.
    """

    def __init__(self, spec: Spec, parameters: Array, x: Array, t: Array, mode: TrainingMode | None) -> None:
        self.objective, self._point, self._t, self._mode = Objective(spec), parameters, t, mode
        self.network = Network(spec.network, parameters.copy())
        self._complex = Network(spec.network, parameters.astype(np.complex128))
        self._passed = self.network.forward(x, mode)
        kink = LOSSES[spec.training.loss.kind].kink
        self._kink = kink and bind(kink, spec.training.loss)
        self.gradient = gradient_of(self.objective, self.network, self._passed, t)

    def loss(self, index: int, places: Array, change: Array) -> tuple[Any, list[Array]]:
        """Return the loss, and which branches were taken, with some parameters of layer `index` changed; those before stay as they are."""
        network = self._complex if np.iscomplexobj(change) else self.network
        network.parameters[places] = self._point[places] + change
        passed = network.forward(self._passed.inputs[index], self._mode, index)
        loss = self.objective.loss(passed, self._t) + self.objective.penalty(network.parameters)
        branches = [] if network is self._complex else list(self._branches(index, passed))
        network.parameters[places] = self._point[places]
        return loss, branches

    def _branches(self, first: int, passed: Pass) -> Iterator[Array]:
        """Yield on which side of every kink everything stands, and who wins in every window."""
        for layer, z, memory in zip(self.network.spec.layers[first:], passed.z, passed.memory, strict=True):
            if isinstance(layer, Weighted):
                for kink in ACTIVATIONS[layer.activation.kind].kinks:
                    yield np.sign(z - kink)
            elif isinstance(layer, MaxPool2D):
                yield memory
        if self._kink:
            yield np.sign(self._kink(passed.outputs, self._t))
        if self.objective.l1 is not None:
            yield np.sign(self.network.parameters)
