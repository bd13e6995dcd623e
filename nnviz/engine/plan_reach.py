"""How far a step of an optimizer may go: what `PlannedUpdate.tame` goes by.

Each function takes the rate η (times the largest rate of a parameter), the greatest length of a gradient, and the lengths of moments and
parameters as they are now; it returns a length that ‖Δ‖/η stays below if the run goes on FOREVER. Bounds are rough, as there is room:
in double precision a calm gradient is shorter than 10³¹ and a change must not reach 10¹⁵⁴; in single precision it is 7·10³ and 10¹⁹.
"""

from __future__ import annotations

import math
from collections.abc import Callable

Reach = Callable[..., float]
ROUNDED = 32  # a mean of slopes is at most so many times as long as the longest of them, whatever its β becomes when it is rounded
FOREVER = 1e12  # steps, more than any run makes


def sgd_reach(_rate: float, slope: float, _sizes: dict[str, float]) -> float:
    """Return ‖g‖."""
    return slope


def momentum_reach(_rate: float, slope: float, sizes: dict[str, float], momentum: float) -> float:
    """Return more than ‖v‖ and than ‖g + μv‖: no step adds more than a slope to the velocity."""
    return sizes["velocity"] + FOREVER * slope + momentum * slope


def root_reach(_rate: float, slope: float, sizes: dict[str, float], epsilon: float, **_options: float) -> float:
    """Return ‖g‖/ε, as √v ≥ 0; infinite if v is no sum of squares."""
    return slope / epsilon if math.isfinite(sizes["square"]) else math.inf


def adadelta_reach(_rate: float, slope: float, sizes: dict[str, float], rho: float, epsilon: float) -> float:
    """Return ‖g‖ √A/√ε with the largest A = u + ε that steps can lead to.

    With B = v + ε and y = (1 − ρ)g²/B′ (primes: after the step) B′ ≥ ρB/(1 − y) and A′ ≤ (ρ + y)A + (1 − ρ)ε. The logarithm of ρ + y,
    concave in ln(1 − y), lies below its tangent at y = 1 − ρ, which is ρ ln(ρ/(1 − y)); so A′ ≤ A(B′/B)^ρ + (1 − ρ)ε, and A/B^ρ
    grows by ε^(1−ρ) a step at most, from A/ε^ρ at most.
    """
    highest = sizes["square"] + slope * slope + epsilon
    grown = (sizes["step_square"] + epsilon) / epsilon**rho + FOREVER * epsilon ** (1 - rho)
    return slope * math.sqrt(highest**rho) * math.sqrt(2 * grown) / math.sqrt(epsilon)


def adam_reach(
    rate: float,
    slope: float,
    sizes: dict[str, float],
    beta1: float,
    beta2: float,
    epsilon: float,
    weight_decay: float = 0.0,
    **_options: float,
) -> float:
    """Return (‖m‖ + ‖g‖) / (1 − β₁) / (ε√(1 − β₂)), and λ‖θ‖ where weights decay; where ε is large, what is divided before it is.

    As long as ηλ ≤ 1 weights only grow by Adam's own steps, and no more of them than one step is lost again by decay.
    """
    if not math.isfinite(sizes["square"]) or rate * weight_decay > 1:
        return math.inf
    own = (sizes["mean"] + ROUNDED * slope) / (1 - beta1) / min(1.0, epsilon * math.sqrt(1 - beta2))
    return 2 * own + weight_decay * sizes["parameters"] if weight_decay else own


REACHES: dict[str, Reach] = {
    "sgd": sgd_reach,
    "momentum": momentum_reach,
    "nesterov": momentum_reach,
    "adagrad": root_reach,
    "rmsprop": root_reach,
    "adadelta": adadelta_reach,
    "adam": adam_reach,
    "adamw": adam_reach,
    "nadam": adam_reach,
}
