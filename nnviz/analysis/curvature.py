"""How steep the loss can bend: the largest eigenvalue λmax of its Hessian H, and the learning rate it allows.

One step of gradient descent multiplies the distance from the lowest place of a parabola, along the eigenvector of λ, by
1 − ηλ. Beyond η = 2/λmax that is less than −1: every step lands farther off on the other side (LeCun, Simard & Pearlmutter
1993, Automatic learning rate maximization by on-line estimation of the Hessian's eigenvectors).

H itself is never made. Power iteration needs only products Hv, and each is two gradients (Pearlmutter 1994, Fast exact
multiplication by the Hessian; here by a central difference, which is exact up to rounding where the loss is a parabola):

    Hv ≈ (g(θ + εv) − g(θ − εv)) / 2ε        v ← Hv / ‖Hv‖        λ = vᵀHv
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.layers import TrainingMode
from nnviz.engine.network import Network
from nnviz.engine.objective import Objective
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.spec import Spec
from nnviz.engine.table import bind
from nnviz.engine.update import norm, rates

Array = NDArray[Any]
Gradient = Callable[[Array], Array]
ITERATIONS, SECONDS, CLOSE = 60, 0.05, 1e-6
ROOT = float(np.finfo(np.float64).eps) ** (1 / 3)  # errors of rounding and of the difference are then equally small


def largest_eigenvalue(
    spec: Spec, parameters: Array, x: Array, t: Array, mode: TrainingMode | None = None, seconds: float = SECONDS
) -> float:
    """Return λmax of the Hessian of the data loss on these samples, in float64; NaN where it cannot be had.

    Only parameters that are trained count. If the loss bends down more sharply than up, the iteration finds that
    eigenvalue μ < 0 first; then H − μ is iterated, none of whose eigenvalues is negative.

    Args:
        spec: network and loss.
        parameters: θ, flat.
        x: inputs, shape (samples, inputs).
        t: targets, shape (samples, outputs).
        mode: of the forward pass.
        seconds: after which the iteration ends with what it has.
    """
    theta, x, t = (np.asarray(item, np.float64) for item in (parameters, x, t))
    factors, end = rates(spec.network), time.perf_counter() + seconds
    trained = np.ones(len(theta)) if factors is None else (factors != 0).astype(float)
    gradient = _data_gradient(spec, x, t, mode)

    def product(v: Array) -> Array:
        return trained * times_hessian(gradient, theta, v)

    with np.errstate(all="ignore"):
        found = _power_iteration(product, trained, 0.0, end)
        return found if not found < 0 else found + _power_iteration(product, trained, found, end)


def _power_iteration(product: Callable[[Array], Array], trained: Array, shift: float, end: float) -> float:
    """Return the eigenvalue of H − shift with the largest size (von Mises & Pollaczek-Geiringer 1929)."""
    v = trained * np.random.default_rng(0).normal(size=len(trained))
    if not v.any():
        return math.nan
    v, found = v / norm(v), math.nan
    for _ in range(ITERATIONS):
        image = product(v) - shift * v
        before, found = found, float(v @ image)
        length = norm(image)
        if not 0 < length < math.inf or abs(found - before) <= CLOSE * abs(found) or time.perf_counter() > end:
            return found
        v = image / length
    return found


def times_hessian(gradient: Gradient, theta: Array, v: Array) -> Array:
    """Return Hv for a v of length 1, shapes (parameters,), from two gradients beside θ."""
    step = ROOT * max(1.0, norm(theta))
    found: Array = (gradient(theta + step * v) - gradient(theta - step * v)) / (2 * step)
    return found


def _data_gradient(spec: Spec, x: Array, t: Array, mode: TrainingMode | None) -> Gradient:
    """Return the function θ -> ∂L/∂θ of the data loss."""
    objective = Objective(spec)

    def gradient(theta: Array) -> Array:
        network = Network(spec.network, theta)
        passed = network.forward(x, mode)
        found: Array = objective.batch_scale(len(x)) * network.backward(passed, objective.delta(passed, t))
        return found

    return gradient


def rate_limit(spec: Spec, eigenvalue: float) -> float:
    """Return the learning rate beyond which steps along the steepest bend grow: the optimizer's limit over λ.

    NaN for optimizers that scale their steps, and where λ is no bend upward.
    """
    chosen = spec.training.optimizer
    limit = OPTIMIZERS[chosen.kind].limit
    if limit is None or not 0 < eigenvalue < math.inf:
        return math.nan
    return bind(limit, chosen)() / eigenvalue
