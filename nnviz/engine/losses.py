"""The table of losses, and how they are reduced over samples and outputs.

A loss gives one term for each sample and output; ℓᵢ is the sum of a sample's terms. With the reduction's two scales (DECISIONS 7)

    L = batch_scale · Σᵢ sample_scale·ℓᵢ      δᵢ = sample_scale · ∂ℓᵢ/∂zᵢ      ∂L/∂W = batch_scale · Σᵢ δᵢ aᵢᵀ

y are the outputs and t the targets, both (samples, outputs). A cross-entropy behind its own activation (sigmoid, softmax)
is computed from z directly: then it is exact for any |z| up to 1e300 and δ is y − t. The functions are in `loss_functions`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from nnviz.engine import loss_functions as f
from nnviz.engine.table import Choice, Parameter

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Loss:
    """One loss.

    Attributes:
        terms: (y, t, **parameters) -> what adds up to ℓ, shape (samples, outputs).
        gradient: (y, t, **parameters) -> ∂ℓ/∂y, shape (samples, outputs).
        needs_probabilities: whether y must lie in [0, 1].
        formula, gradient_formula: LaTeX, with ŷ for y and y for t.
        needs_classes: whether the targets must stand for classes, not for values.
        unit_targets: whether targets that are values will do as well, if all lie in [0, 1]; for a loss that needs classes.
        needs_outputs: whether it weighs outputs against each other, so that one alone says nothing.
        needs_teacher: whether t is (samples, 2·outputs): a teacher's softened probabilities beside the one-hot labels.
        kink: (y, t, **parameters) -> what is 0 where the gradient jumps, shape (samples, outputs); None where it never does.
    """

    name: str
    terms: Callable[..., Array]
    gradient: Callable[..., Array]
    needs_probabilities: bool
    formula: str
    gradient_formula: str
    summary: str
    source: str
    parameters: tuple[Parameter, ...] = ()
    needs_classes: bool = False
    unit_targets: bool = False
    needs_outputs: bool = False
    needs_teacher: bool = False
    kink: Callable[..., Array] | None = None


@dataclass(frozen=True, slots=True)
class Reduction:
    """How per-sample losses become one number; `sample_scale` takes the number of outputs, `batch_scale` of samples."""

    name: str
    sample_scale: Callable[[int], float]
    batch_scale: Callable[[int], float]
    formula: str


@dataclass(frozen=True, slots=True)
class Fused:
    """A loss together with the activation before it.

    The parameters of both functions are those of the loss. Where the activation first divides z by a temperature T, they are
    handed u = z/T for z, and ∂ℓ/∂z = 1/T · ∂ℓ/∂u.

    Attributes:
        terms: (u, t, **parameters) -> what adds up to ℓ, shape (samples, outputs).
        delta: (u, t, **parameters) -> ∂ℓ/∂u, shape (samples, outputs).
        delta_formula: LaTeX.
        divisor: the name of the activation's parameter that is T; empty where z is not divided.
    """

    terms: Callable[..., Array]
    delta: Callable[..., Array]
    delta_formula: str
    divisor: str = ""

    def temperature(self, activation: Choice) -> float:
        """Return T, 1 where z is not divided."""
        return activation[self.divisor] if self.divisor else 1.0


_LOSSES = (
    Loss(
        "mse",
        f.squared_error,
        f.squared_error_gradient,
        False,
        r"\ell = \sum_k (\hat y_k - y_k)^2",
        r"\frac{\partial \ell}{\partial \hat y_k} = 2\,(\hat y_k - y_k)",
        "The squared distance between output and target; far misses count most.",
        "Gauss 1809, Theoria motus",
    ),
    Loss(
        "mae",
        f.absolute_error,
        f.absolute_error_gradient,
        False,
        r"\ell = \sum_k |\hat y_k - y_k|",
        r"\frac{\partial \ell}{\partial \hat y_k} = \operatorname{sign}(\hat y_k - y_k)",
        "The distance between output and target; far misses count no more than they are far.",
        "Boscovich 1757, De litteraria expeditione per pontificiam ditionem",
        kink=f.difference,
    ),
    Loss(
        "huber",
        f.huber,
        f.huber_gradient,
        False,
        r"\ell = \sum_k \begin{cases} \frac{1}{2} (\hat y_k - y_k)^2 & |\hat y_k - y_k| \le d"
        r" \\ d\,\left(|\hat y_k - y_k| - \frac{d}{2}\right) & |\hat y_k - y_k| > d \end{cases}",
        r"\frac{\partial \ell}{\partial \hat y_k} = \max(-d, \min(d, \hat y_k - y_k))",
        "Squared for near misses, straight for far ones, so that a few wild targets do not rule the rest.",
        "Huber 1964, Robust estimation of a location parameter",
        (Parameter("delta", 1.0, 0.0, open_low=True),),
    ),
    Loss(
        "binary_crossentropy",
        f.binary_crossentropy,
        f.binary_crossentropy_gradient,
        True,
        r"\ell = -\sum_k \left(y_k \ln \hat y_k + (1 - y_k) \ln(1 - \hat y_k)\right)",
        r"\frac{\partial \ell}{\partial \hat y_k} = \frac{1 - y_k}{1 - \hat y_k} - \frac{y_k}{\hat y_k}",
        "How surprised one is by the answer when each output is the probability of a yes.",
        "Bishop 2006, Pattern recognition and machine learning, eq. 4.90",
        needs_classes=True,
        unit_targets=True,
    ),
    Loss(
        "categorical_crossentropy",
        f.categorical_crossentropy,
        f.categorical_crossentropy_gradient,
        True,
        r"\ell = -\sum_k y_k \ln \hat y_k",
        r"\frac{\partial \ell}{\partial \hat y_k} = -\frac{y_k}{\hat y_k}",
        "How surprised one is by the true class when the outputs are the classes' probabilities.",
        "Bishop 2006, Pattern recognition and machine learning, eq. 4.108",
        needs_classes=True,
        needs_outputs=True,
    ),
    Loss(
        "hinge",
        f.hinge,
        f.hinge_gradient,
        False,
        r"\ell = \sum_k \begin{cases} \max(0, 1 - \hat y_k) & y_k > 0 \\ \max(0, 1 + \hat y_k) & y_k \le 0 \end{cases}",
        r"\frac{\partial \ell}{\partial \hat y_k} = \begin{cases} -1 & y_k > 0 \text{ and } \hat y_k < 1"
        r" \\ 1 & y_k \le 0 \text{ and } \hat y_k > -1 \\ 0 & \text{otherwise} \end{cases}",
        "Asks each output to be beyond 1 for a yes and beyond −1 for a no, and for nothing more.",
        "Cortes & Vapnik 1995, Support-vector networks",
        needs_classes=True,
        kink=f.hinge_margin,
    ),
    Loss(
        "distillation",
        f.distillation,
        f.distillation_gradient,
        True,
        r"\ell = -\sum_k \left(\lambda\, T^2\, p_k \ln q_k + (1 - \lambda)\, y_k \ln \hat y_k\right)"
        r" \qquad q_k = \frac{\hat y_k^{1/T}}{\sum_j \hat y_j^{1/T}}",
        r"\frac{\partial \ell}{\partial \hat y_k} = \frac{\lambda\, T\, (q_k - p_k) - (1 - \lambda)\, y_k}{\hat y_k}",
        "How surprised one is by the true class and by how a trained teacher weighs all classes, the wrong ones too.",
        "Hinton, Vinyals & Dean 2015, Distilling the knowledge in a neural network",
        (Parameter("temperature", 2.0, 0.0, 1000.0, open_low=True), Parameter("mix", 0.5, 0.0, 1.0)),
        needs_classes=True,
        needs_outputs=True,
        needs_teacher=True,
    ),
)
LOSSES: dict[str, Loss] = {entry.name: entry for entry in _LOSSES}

_DIFFERENCE = r"\hat y - y"
FUSED: dict[tuple[str, str], Fused] = {
    ("binary_crossentropy", "sigmoid"): Fused(f.sigmoid_crossentropy, f.sigmoid_crossentropy_delta, _DIFFERENCE),
    ("categorical_crossentropy", "softmax"): Fused(f.softmax_crossentropy, f.softmax_crossentropy_delta, _DIFFERENCE, "temperature"),
    ("distillation", "softmax"): Fused(
        f.softmax_distillation,
        f.softmax_distillation_delta,
        r"\lambda\, T\, (q - p) + (1 - \lambda)\, (\hat y - y)",
        "temperature",
    ),
}


def _one(_count: int) -> float:
    return 1.0


def _half(_count: int) -> float:
    return 0.5


def _share(count: int) -> float:
    return 1.0 / count


_REDUCTIONS = (
    Reduction("mean", _one, _share, r"L = \frac{1}{n} \sum_i \ell_i"),
    Reduction("half-mean", _half, _share, r"L = \frac{1}{2n} \sum_i \ell_i"),
    Reduction("sum", _one, _one, r"L = \sum_i \ell_i"),
    Reduction("half-sum", _half, _one, r"L = \frac{1}{2} \sum_i \ell_i"),
    Reduction("mean-over-elements", _share, _share, r"L = \frac{1}{n\,m} \sum_i \ell_i"),
)
REDUCTIONS: dict[str, Reduction] = {entry.name: entry for entry in _REDUCTIONS}
