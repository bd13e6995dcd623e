"""Names with parameters: how the tables of activations, losses, optimizers and initializers are chosen from.

A table maps a name to an entry; an entry lists its `Parameter`s. What the user picked is a `Choice`:
the name and a value for every parameter, e.g. `Choice("adam", (("beta1", 0.9), ...))`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeVar

Result = TypeVar("Result")
LEAST_EPSILON = 1e-37  # of every ε that keeps a divisor above 0: a much smaller one is 0 itself in float32, whose least normal is 1.2e-38


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number an entry can be tuned by; `low` and `high` are allowed values themselves unless `open_*`."""

    name: str
    default: float
    low: float = -math.inf
    high: float = math.inf
    open_low: bool = False
    open_high: bool = False

    def allows(self, value: float) -> bool:
        """Tell whether `value` is finite and within the range."""
        above = value > self.low if self.open_low else value >= self.low
        below = value < self.high if self.open_high else value <= self.high
        return math.isfinite(value) and above and below

    @property
    def range(self) -> str:
        """The range as mathematics writes it, e.g. `[0, 1)`."""
        left = "(" if self.open_low or self.low == -math.inf else "["
        right = ")" if self.open_high or self.high == math.inf else "]"
        return f"{left}{_bound(self.low)}, {_bound(self.high)}{right}"


def _bound(value: float) -> str:
    text = f"{value:.0f}" if float(value).is_integer() and abs(value) < 1e15 else f"{value:g}"
    return text.replace("inf", "∞").replace("-", "−")


class Entry(Protocol):
    """What every table entry has."""

    @property
    def parameters(self) -> tuple[Parameter, ...]: ...


@dataclass(frozen=True, slots=True)
class Choice:
    """A name out of a table with a value for each of the entry's parameters."""

    kind: str
    parameters: tuple[tuple[str, float], ...] = ()

    def __getitem__(self, name: str) -> float:
        return dict(self.parameters)[name]

    def replace(self, name: str, value: float) -> Choice:
        """Return the choice with one parameter changed."""
        return Choice(self.kind, tuple((key, value if key == name else old) for key, old in self.parameters))


def choose(table: Mapping[str, Entry], kind: str, **parameters: float) -> Choice:
    """Return the choice of `kind` with the table's defaults, except for the parameters given.

    Raises:
        KeyError: no such kind or parameter.
    """
    entry = table[kind]
    unknown = set(parameters) - {item.name for item in entry.parameters}
    if unknown:
        raise KeyError(f"{kind} has no parameter {sorted(unknown)[0]!r}")
    return Choice(kind, tuple((item.name, float(parameters.get(item.name, item.default))) for item in entry.parameters))


def bind(function: Callable[..., Result], choice: Choice) -> Callable[..., Result]:
    """Return a function of an entry with the parameters of the choice filled in."""
    return partial(function, **dict(choice.parameters)) if choice.parameters else function
