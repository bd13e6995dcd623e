"""How values become places on an axis, and which ticks stand there.

A plot's view always spans 0 to 1; a `Scale` maps values to it. Qt and pyqtgraph therefore never meet
1e308, 1e-310 or NaN, which would break a scene for good (ARCHITECTURE.md, trap 6).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

LARGEST = float(np.finfo(np.float64).max)
SMALLEST = float(np.finfo(np.float64).smallest_subnormal)
OUTSIDE = 4.0
"""Places further out than this many view widths are drawn at that distance: they cannot be seen anyway."""
GROWTH = 1.5
LEAST_SHARE = 0.3
"""A range of which less than this share is used is too wide, as after a reset."""
MANTISSAS = ((1.0,), (1.0, 3.0), (1.0, 2.0, 5.0), tuple(float(k) for k in range(1, 10)))
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Scale:
    """A range of values, both ends finite, `low < high`; a logarithmic one is positive."""

    low: float
    high: float
    log: bool = False

    def place(self, values: Array | float) -> Array:
        """Return where values stand, 0 at `low` and 1 at `high`; NaN for what is not finite.

        What is not positive stands at the lower edge of a logarithmic scale.
        """
        given = np.asarray(values, dtype=np.float64)
        finite = np.where(np.isfinite(given), given, np.nan)
        if self.log:
            low, high = math.log10(self.low), math.log10(self.high)
            with np.errstate(divide="ignore", invalid="ignore"):
                places = (np.log10(np.where(finite <= 0, self.low, finite)) - low) / (high - low)
        else:
            with np.errstate(over="ignore"):
                # A quarter of everything: the difference of two large numbers must not overflow.
                places = (finite / 4 - self.low / 4) / (self.high / 4 - self.low / 4)
        return np.clip(places, -OUTSIDE, 1 + OUTSIDE)

    def value(self, place: float) -> float:
        """Return the value that stands at a place, the inverse of `place`."""
        if self.log:
            low, high = math.log10(self.low), math.log10(self.high)
            return _power(low + place * (high - low))
        quarter = self.low / 4 + place * (self.high / 4 - self.low / 4)
        return 4 * min(max(quarter, -LARGEST / 4), LARGEST / 4)

    def part(self, start: float, stop: float) -> Scale:
        """Return the scale of what is seen between two places, as after zooming in."""
        low, high = self.value(start), self.value(stop)
        return Scale(low, high, self.log) if low < high else self

    def ticks(self, count: int) -> tuple[tuple[float, str], ...]:
        """Return about `count` round values (never more than twice that) with their labels."""
        values = tuple(sorted(set(_log_ticks(self.low, self.high, count)))) if self.log else ()
        if len(values) < 2:
            values = _linear_ticks(self.low, self.high, count)
            return tuple(zip(values, _linear_labels(values), strict=True))
        return tuple((value, log_label(value)) for value in values)


def extent(arrays: Iterable[Array], log: bool = False) -> tuple[float, float] | None:
    """Return the smallest and largest finite (for `log`: positive) value, None where there is none."""
    low, high = math.inf, -math.inf
    for array in arrays:
        good = array[np.isfinite(array) & (array > 0)] if log else array[np.isfinite(array)]
        if good.size:
            low, high = min(low, float(good.min())), max(high, float(good.max()))
    return (low, high) if low <= high else None


def cover(before: Scale | None, reach: tuple[float, float], *, floor: float | None = None, tight: bool = False, log: bool = False) -> Scale:
    """Return a scale that shows all of `reach`: the one before as long as it will do.

    Laying out an axis costs as much as drawing the curve, so a range that is outgrown grows by half
    of itself, not to the newest point (DECISIONS 28).

    Args:
        before: the scale shown until now.
        reach: smallest and largest value.
        floor: a value the scale starts at exactly, such as 0 for a count.
        tight: fit closely and do not look back, as when training stands.
        log: logarithmic; `reach` must be positive.
    """
    low, high = _apart(float(reach[0] if floor is None else min(floor, reach[0])), float(reach[1]), log)
    if before is None or tight or before.log != log:
        return _padded(low, high, log, 0.0 if floor == low else 0.04, 0.04)
    if before.low <= low and high <= before.high and _share(before, low, high) >= LEAST_SHARE:
        return before
    if _share(before, low, high) < LEAST_SHARE:
        return _padded(low, high, log, 0.0 if floor == low else 0.04, 0.04)
    kept = replace(before, low=min(low, before.low), high=max(high, before.high))
    down = 0.0 if floor == low or before.low <= low else GROWTH - 1
    return _padded(kept.low, kept.high, log, down, GROWTH - 1 if high > before.high else 0.0)


def _apart(low: float, high: float, log: bool) -> tuple[float, float]:
    """Return the range, widened where it is empty or finer than float64 can tell apart."""
    if log:
        return (low, high) if high > low * 1.05 else (_power(math.log10(low) - 0.5), _power(math.log10(high) + 0.5))
    least = max(abs(low), abs(high)) * 1e-9
    if high / 4 - low / 4 > least / 4:
        return low, high
    half = max(abs(high) * 0.25, 16 * SMALLEST) if high else 0.5
    return max(low - half, -LARGEST), min(high + half, LARGEST)


def _padded(low: float, high: float, log: bool, down: float, up: float) -> Scale:
    """Return a scale with these shares of its width added below and above."""
    exact = Scale(low, high, log)
    bottom, top = (exact.value(-down) if down else low), (exact.value(1 + up) if up else high)
    return Scale(bottom, top, log) if bottom < top else exact


def _share(scale: Scale, low: float, high: float) -> float:
    bottom, top = scale.place(np.array([low, high]))
    return float(top - bottom)


def _power(exponent: float) -> float:
    return SMALLEST if exponent < -323 else LARGEST if exponent > 308.25 else 10.0**exponent


def _linear_ticks(low: float, high: float, count: int) -> tuple[float, ...]:
    """Steps of 1, 2 or 5 times a power of ten; the ends themselves where float64 knows no such step."""
    rough = (high / 4 - low / 4) / max(count, 1) * 4
    if not math.isfinite(rough) or rough <= 1e-300:
        return (low, high)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next((factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= rough * 0.999), 10 * power)
    if not math.isfinite(step):
        return (low, high)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return tuple(float(min(max(index * step, -LARGEST), LARGEST)) for index in range(first, min(last, first + 2 * count) + 1))


def _linear_labels(values: tuple[float, ...]) -> list[str]:
    """Label ticks with as many digits as tell neighbors apart."""
    largest = max(map(abs, values), default=0.0)
    step = min((b / 4 - a / 4 for a, b in pairwise(values)), default=largest / 4) * 4
    if not largest or step <= 0 or not math.isfinite(step):
        return [number_label(value, 2) for value in values]
    finest = math.floor(math.log10(step) + 1e-9)
    if largest < 1e5 and finest >= -4:
        return [_spaced(f"{value + 0.0:.{max(0, -finest)}f}") for value in values]
    digits = min(max(math.floor(math.log10(largest)) - finest, 0), 15)
    return [number_label(value, digits) for value in values]


def _log_ticks(low: float, high: float, count: int) -> tuple[float, ...]:
    """Powers of ten, every so many; over less than a few decades, with round mantissas between."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    decades = math.floor(math.log10(high) + 1e-9) - math.ceil(math.log10(low) - 1e-9) + 1
    stride = max(1, math.ceil(decades / max(count, 1)))
    if stride > 1:
        exponents = range(-(-first // stride) * stride, last + 1, stride)
        return _within([_power(exponent) for exponent in exponents], low, high)
    for mantissas in MANTISSAS:
        ticks = _within([m * _power(exponent) for exponent in range(first, last + 1) for m in mantissas], low, high)
        if len(ticks) >= min(count, 3):
            return ticks if len(ticks) <= 2 * count else ()
    return ()


def _within(values: list[float], low: float, high: float) -> tuple[float, ...]:
    return tuple(value for value in values if low * (1 - 1e-9) <= value <= high * (1 + 1e-9) and math.isfinite(value))


def log_label(value: float) -> str:
    """Return the label of a tick of a logarithmic axis: 0.01, 1, 500, 10⁻⁵, 2·10⁻⁵."""
    return _spaced(f"{value:.10g}") if 1e-4 < value < 1e5 else number_label(value, 0)


def number_label(value: float, digits: int) -> str:
    """Return a value as a mantissa of so many decimals and a power of ten: 2.5·10⁻⁵."""
    if not value:
        return "0"
    mantissa, exponent = f"{value:.{digits}e}".split("e")
    power = f"10{str(int(exponent)).translate(SUPERSCRIPTS)}"
    if float(mantissa) == 1:
        return power
    return f"{mantissa}·{power}".replace("-", "−")


def _spaced(text: str) -> str:
    """Return a number with thin spaces between thousands and a true minus; −0 is 0."""
    whole, point, rest = text.partition(".")
    sign, whole = ("−", whole[1:]) if whole.startswith("-") else ("", whole)
    if not (whole + rest).strip("0"):
        sign = ""
    grouped = f"{int(whole):,}".replace(",", " ") if len(whole) > 3 else whole
    return f"{sign}{grouped}{point}{rest}"
