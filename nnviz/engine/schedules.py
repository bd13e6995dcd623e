"""Learning-rate schedules: the rate η of every epoch e = 0, 1, … from the base rate the user chose.

    η(e) = η · warm-up(e) · factor(e)

Everything goes by epochs, counted from the start of the run, those of the warm-up included. A schedule is a pure
function of e, unless it follows the losses: what it has seen of them is a `Plateau`, with a further factor.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from nnviz.engine.table import Choice, Parameter


@dataclass(frozen=True, slots=True)
class Schedule:
    """One schedule.

    Attributes:
        factor: (epoch, **parameters) -> what the base rate is multiplied by; `epoch` is 0 for the first.
        after: (plateau, loss, **parameters) -> the `Plateau` after one more epoch with this loss; None where losses do not matter.
    """

    name: str
    factor: Callable[..., float]
    formula: str
    summary: str
    source: str
    parameters: tuple[Parameter, ...] = ()
    after: Callable[..., Plateau] | None = None

    @property
    def by_loss(self) -> bool:
        """Whether the losses move it."""
        return self.after is not None


@dataclass(frozen=True, slots=True)
class Plateau:
    """What a schedule remembers of the losses; a run begins with `Plateau()`.

    Attributes:
        best: the lowest loss so far.
        waited: for how many epochs the loss has not been lower.
        factor: what the base rate is multiplied by now.
    """

    best: float = math.inf
    waited: int = 0
    factor: float = 1.0

    def after(self, loss: float, factor: float, patience: float, threshold: float, floor: float) -> Plateau:
        """Return the memory after one more epoch with this loss, as PyTorch's ReduceLROnPlateau has it (mode min, relative).

        A loss below best·(1 − threshold) is better. When it has not been better for more than `patience` epochs the rate is
        multiplied by `factor`, but never falls below `floor`·η. A loss that is NaN is never better.
        """
        if loss < self.best * (1 - threshold):
            return Plateau(loss, 0, self.factor)
        if self.waited + 1 <= patience:
            return Plateau(self.best, self.waited + 1, self.factor)
        return Plateau(self.best, 0, max(self.factor * factor, floor))


class Rated(Protocol):
    """What the rate depends on: a `TrainingSpec`."""

    @property
    def learning_rate(self) -> float: ...
    @property
    def schedule(self) -> Choice: ...
    @property
    def warmup_epochs(self) -> int: ...


def rate(training: Rated, epoch: int, plateau: Plateau) -> float:
    """Return the learning rate of an epoch, 0 for the first."""
    schedule, parameters = SCHEDULES[training.schedule.kind], dict(training.schedule.parameters)
    reduced = plateau.factor if schedule.by_loss else 1.0
    return training.learning_rate * warm_up(epoch, training.warmup_epochs) * schedule.factor(epoch, **parameters) * reduced


def warm_up(epoch: int, epochs: int) -> float:
    """Return min(1, (e + 1)/(w + 1)): w epochs rise in equal steps to the full rate, the first of them above 0.

    Goyal et al. 2017, Accurate, large minibatch SGD; the same as PyTorch's LinearLR(start_factor=1/(w + 1), total_iters=w).
    """
    return min(1.0, (epoch + 1) / (epochs + 1))


def constant(_epoch: int) -> float:
    """Return 1."""
    return 1.0


def step(epoch: int, size: float, factor: float) -> float:
    """Return fᵏ with k = ⌊e/s⌋."""
    return float(factor ** (epoch // size))


def exponential(epoch: int, factor: float) -> float:
    """Return fᵉ."""
    return float(factor**epoch)


def inverse_time(epoch: int, decay: float) -> float:
    """Return 1/(1 + d·e)."""
    return 1 / (1 + decay * epoch)


def cosine(epoch: int, epochs: float, floor: float) -> float:
    """Return c + (1 − c)(1 + cos(πe/E))/2, from 1 at e = 0 to the floor c at e = E, where it stays (PyTorch's would rise again)."""
    return floor + (1 - floor) * (1 + math.cos(math.pi * min(epoch / epochs, 1.0))) / 2


def plateau(_epoch: int, **_parameters: float) -> float:
    """Return 1; what the losses make of it is the factor of a `Plateau`."""
    return 1.0


def cyclic(epoch: int, low: float, period: float) -> float:
    """Return c + (1 − c)(1 − |1 − 2(e/p − k)|) with k = ⌊e/p⌋: a straight way from c up to 1 and down again."""
    return low + (1 - low) * (1 - abs(1 - 2 * (epoch / period % 1.0)))


_FLOOR = Parameter("floor", 0.0, 0.0, 1.0)
_ENTRIES = (
    Schedule(
        "constant",
        constant,
        r"\eta_e = \eta",
        "Every epoch has the same rate.",
        "Widrow & Hoff 1960, Adaptive switching circuits",
    ),
    Schedule(
        "step",
        step,
        r"\eta_e = \eta f^k \quad k \le \frac{e}{s} < k + 1",
        "Cuts the rate at once after every so many epochs.",
        "Ge, Kakade, Kidambi & Netrapalli 2019, The step decay schedule",
        (Parameter("size", 30.0, 1.0), Parameter("factor", 0.1, 0.0, 1.0, open_low=True)),
    ),
    Schedule(
        "exponential",
        exponential,
        r"\eta_e = \eta f^e",
        "Makes the rate smaller by the same share in every epoch.",
        "Senior, Heigold, Ranzato & Yang 2013, An empirical study of learning rates in deep neural networks for speech recognition",
        (Parameter("factor", 0.95, 0.0, 1.0, open_low=True),),
    ),
    Schedule(
        "inverse-time",
        inverse_time,
        r"\eta_e = \frac{\eta}{1 + d e}",
        "Lets the rate fall like one over the time: quickly at first, then ever more slowly.",
        "Robbins & Monro 1951, A stochastic approximation method",
        (Parameter("decay", 0.1, 0.0),),
    ),
    Schedule(
        "cosine",
        cosine,
        r"\eta_e = \eta \left(c + (1 - c) \frac{1 + \cos(\pi \min(1, e / E))}{2}\right)",
        "Lets the rate glide down to a floor, slowly at both ends.",
        "Loshchilov & Hutter 2017, SGDR: Stochastic gradient descent with warm restarts",
        (Parameter("epochs", 100.0, 1.0), _FLOOR),
    ),
    Schedule(
        "plateau",
        plateau,
        r"\eta_{e+1} = \begin{cases} \max(f \eta_e, c \eta) & w > p \\ \eta_e & w \le p \end{cases}"
        r" \qquad w = \text{epochs without a better loss}",
        "Cuts the rate when the loss has not become lower for more epochs than its patience lasts.",
        "Krizhevsky, Sutskever & Hinton 2012, ImageNet classification with deep convolutional neural networks",
        (
            Parameter("factor", 0.1, 0.0, 1.0, open_low=True, open_high=True),
            Parameter("patience", 10.0, 0.0),
            Parameter("threshold", 1e-4, 0.0, 1.0, open_high=True),
            _FLOOR,
        ),
        after=Plateau.after,
    ),
    Schedule(
        "cyclic",
        cyclic,
        r"\eta_e = \eta \left(c + (1 - c) (1 - |1 - 2 (e / p - k)|)\right) \quad k \le \frac{e}{p} < k + 1",
        "Lets the rate rise and fall again and again, in straight lines between a low share and the full rate.",
        "Smith 2017, Cyclical learning rates for training neural networks",
        (Parameter("low", 0.1, 0.0, 1.0), Parameter("period", 20.0, 2.0)),
    ),
)
SCHEDULES: dict[str, Schedule] = {entry.name: entry for entry in _ENTRIES}
