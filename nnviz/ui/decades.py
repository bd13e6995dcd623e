"""Numbers in fields: the shortest text that reads back as the same number, and steps that follow its size.

From 0.03 one step up is 0.04, from 0.1 one step down is 0.09. Near an end that cannot be reached
(a decay below 1) steps follow the distance to it: 0.9, 0.91 … 0.99, 0.991. Decimal arithmetic keeps
the steps free of 0.30000000000000004.
"""

from __future__ import annotations

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from nnviz.engine.table import Parameter

SMALLEST = Decimal("0.0001")
PLAIN_EXPONENTS = range(-5, 7)


def exact(value: float) -> str:
    """Return the shortest text that reads back as `value`: 0.03, 1e−7, −2."""
    number = Decimal(repr(float(value)))
    if not number:
        return "0"
    number = number.normalize()
    if number.adjusted() in PLAIN_EXPONENTS:
        return f"{number:f}".replace("-", "−")
    mantissa, exponent = f"{number:e}".split("e")
    return f"{mantissa}e{int(exponent)}".replace("-", "−")


def stepped(value: float, steps: int, parameter: Parameter, *, integer: bool = False) -> float:
    """Return `value` moved by so many steps, upward when positive, never leaving the parameter's range."""
    number = Decimal(repr(float(value)))
    for _ in range(abs(steps)):
        number = _kept(number, _one(number, steps > 0, parameter, integer), parameter)
    return float(number)


def _one(number: Decimal, up: bool, parameter: Parameter, integer: bool) -> Decimal:
    high, low = parameter.high, parameter.low
    if parameter.open_high and math.isfinite(high) and math.isfinite(low) and float(number) > (low + high) / 2:
        return Decimal(repr(high)) - _by_decade(Decimal(repr(high)) - number, not up, SMALLEST / 1000)
    smallest = Decimal(1) if integer else SMALLEST
    if not up and 0 < number <= smallest and parameter.allows(0.0):
        return Decimal(0)
    moved = _by_decade(number, up, smallest)
    return moved.to_integral_value(ROUND_CEILING if up else ROUND_FLOOR) if integer else moved


def _by_decade(number: Decimal, up: bool, smallest: Decimal) -> Decimal:
    """Return the next multiple of the number's own power of ten, upward or downward."""
    if not number:
        return smallest if up else -smallest
    exponent = number.adjusted()
    inward = (number > 0) != up
    if inward and abs(number) == Decimal(1).scaleb(exponent):
        exponent -= 1
    step = Decimal(1).scaleb(exponent)
    if up:
        return (number / step).to_integral_value(ROUND_FLOOR) * step + step
    return (number / step).to_integral_value(ROUND_CEILING) * step - step


def _kept(old: Decimal, new: Decimal, parameter: Parameter) -> Decimal:
    """Return the new number, the end of the range it would pass, or the old one where that end is not part of it."""
    if parameter.allows(float(new)):
        return new
    end = parameter.high if new > old else parameter.low
    return Decimal(repr(float(end))) if parameter.allows(end) else old
