"""Numbers for people: one way to show them, one strict way to read what a person typed.

Shown numbers keep `digits` decimals while they are below ten and `digits + 1` significant digits above, so that a
column of them lines up; whole numbers are shown whole, very small and very large ones with a power of ten.
Typed numbers are read the same everywhere; whether a point or a comma is shown before the decimals is the reader's
choice and never the locale's.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal

from nnviz.engine.problem import ProblemError, problem

MINUS = "−"
GROUP = "\u00a0"  # a space that does not break: 12 345
LARGE_EXPONENT = 7

_POINT = re.compile(r"(?<![\w.])([0-9\u00a0]+)\.(?=[0-9])")  # of a number, not of a name such as v1.2
_LISTED = re.compile(r"(?<=[0-9…]), (?=[−0-9…])")
_NUMBER = re.compile(r"[+-]?([0-9]+[.,]?[0-9]*|[.,][0-9]+)(e[+-]?[0-9]+)?", re.IGNORECASE)
_ALMOST_NUMBER = re.compile(r"[+-]?[0-9.,e\s+-]+", re.IGNORECASE)
# True minus, dashes that pass for it, and the full-width forms that Chinese keyboards type.
_TYPED = str.maketrans("−–－＋．，ｅＥ０１２３４５６７８９", "---+.,eE0123456789")
_NOT_FINITE = {"nan", "inf", "infinity", "∞"}


def format_number(value: float, digits: int = 4, comma: bool = False) -> str:
    """Return `value` as text: 0.0093, −7.3824, 1.2e−5, 12 345, NaN, ∞.

    Args:
        value: any number; whole ones are shown without decimals.
        digits: decimals of numbers below ten.
        comma: put a comma before the decimals, not a point.
    """
    return with_comma(_formatted(value, digits)) if comma else _formatted(value, digits)


def with_comma(text: str) -> str:
    """Return a text with a comma before the decimals of its numbers, and a semicolon between numbers that are listed."""
    return _POINT.sub(r"\1,", _LISTED.sub("; ", text))


def _formatted(value: float, digits: int) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    value = value if isinstance(value, int) else float(value)
    exponent = _exponent(value, digits)
    if value == int(value) and (isinstance(value, int) or exponent < max(LARGE_EXPONENT, digits + 1)):
        return _signed(_grouped(str(abs(int(value)))), value)
    if exponent < smallest_exponent(digits):
        return _with_power(value, max(1, digits // 2 - 1))
    if exponent >= max(LARGE_EXPONENT, digits + 1):
        return _with_power(value, digits)
    return _signed(_grouped(f"{abs(value):.{decimals(exponent, digits)}f}"), value)


def smallest_exponent(digits: int) -> int:
    """Return the power of ten below which fewer than two digits (one, where few are wanted) would be left."""
    return 1 - digits if digits > 2 else -digits


def decimals(exponent: int, digits: int) -> int:
    """Return how many decimals a number of this power of ten is shown with."""
    return max(0, digits - max(0, exponent))


def short_number(value: float, comma: bool = False) -> str:
    """Return `value` with at most six significant digits and no trailing zeros, for sentences: 0.3, −1, 1e−9."""
    if isinstance(value, int) or not math.isfinite(value):
        return format_number(value)
    mantissa, _, power = f"{abs(value):.6g}".partition("e")
    text = _signed(f"{mantissa}e{_signed(str(abs(int(power))), int(power))}" if power else mantissa, value)
    return with_comma(text) if comma else text


def shown_value(text: str) -> Decimal:
    """Return what a finite number shown by `format_number` says, exactly, with a point or a comma."""
    return Decimal(text.replace(MINUS, "-").replace(GROUP, "").replace(",", "."))


def resolution(text: str, digits: int) -> Decimal:
    """Return the smallest difference a text of `format_number` with so many digits can tell; "1" stands for 1.0000."""
    value = shown_value(text)
    places = int(value.as_tuple().exponent)
    if not any(mark in text for mark in ".,e"):
        places = -decimals(value.adjusted(), digits)
    return Decimal(1).scaleb(places)


def parse_number(text: str) -> float:
    """Return the number a person typed: 1e-3, 0.001, 0,001, .5, −3; point and comma both mark the decimals.

    Raises:
        ProblemError: it is no number, or one that cannot be held; the problem says which.
    """
    return float(_typed(text))


def parse_integer(text: str) -> int:
    """Return the whole number a person typed: 12, −3, 1e3, 5.0.

    Raises:
        ProblemError: it is no number, or not a whole one.
    """
    typed = _typed(text)
    if not float(typed):
        return 0
    if Decimal(typed) != Decimal(typed).to_integral_value():
        raise ProblemError(problem("", "number-not-whole", text=text.strip()))
    return int(Decimal(typed))


def _typed(text: str) -> str:
    """Return what was typed as Python writes numbers, once it is sure that a float can hold it."""
    plain = text.strip().translate(_TYPED)
    if not _NUMBER.fullmatch(plain):
        raise ProblemError(problem("", _why_not(plain), text=text.strip()) if plain else problem("", "number-empty"))
    plain = plain.replace(",", ".")
    if math.isinf(float(plain)):
        raise ProblemError(problem("", "number-too-large", text=text.strip()))
    if float(plain) == 0.0 and re.search("[1-9]", plain.lower().partition("e")[0]):
        raise ProblemError(problem("", "number-too-small", text=text.strip()))
    return plain


def _why_not(plain: str) -> str:
    """Return the key of the problem with a text that is no number."""
    if plain.lstrip("+-").lower() in _NOT_FINITE:
        return "number-not-finite"
    if not _ALMOST_NUMBER.fullmatch(plain) or not re.search("[0-9]", plain):
        return "number-not"
    if re.search(r"\s", plain):
        return "number-spaces"
    if len(re.findall("[.,]", plain)) > 1:
        return "number-marks"
    return "number-not"


def _exponent(value: float, digits: int) -> int:
    """Return the power of ten of `value` once it is rounded for showing."""
    return 0 if value == 0 else int(f"{value:.{digits}e}".partition("e")[2])


def _with_power(value: float, digits: int) -> str:
    mantissa, _, power = f"{abs(value):.{digits}e}".partition("e")
    return _signed(f"{mantissa}e{_signed(str(abs(int(power))), int(power))}", value)


def _signed(magnitude: str, value: float) -> str:
    return f"{MINUS}{magnitude}" if value < 0 else magnitude


def _grouped(magnitude: str) -> str:
    """Return digits with a space before each group of three ahead of the decimal point."""
    whole, point, rest = magnitude.partition(".")
    if len(whole) < 4:
        return magnitude
    return re.sub(r"(?<=[0-9])(?=([0-9]{3})+$)", GROUP, whole) + point + rest
