"""Lines of a calculation as linked tokens, and the honesty of their digits.

A token knows its sign (for its color) and the neuron or connection its number came from. "=" stands only where
the digits shown agree, "≈" where rounding shows; the terms of a sum get as many more digits as they need to add up.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext

from nnviz.engine.problem import message
from nnviz.explain.numbers import MINUS, format_number, resolution, shown_value
from nnviz.explain.words import say

Node = tuple[str, int]
Edge = tuple[str, int, int]

MOST_TERMS = 10
MOST_EXTRA_DIGITS = 3
ROLES = {"value": ("positive", "negative"), "gradient": ("rising", "falling")}
INDENT = "  "


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a line.

    Attributes:
        text: what stands there.
        role: plain, strong, name (as somebody called it), positive or negative (a value), rising or falling (a gradient).
        node: the neuron the number came from, as (layer id, index); "input" is the id of the input.
        edge: the weight the number came from, as (layer id, unit, source).
    """

    text: str
    role: str = "plain"
    node: Node | None = None
    edge: Edge | None = None


Line = tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Factor:
    """A number in a calculation and where it came from; `kind` is value or gradient."""

    value: float
    kind: str = "value"
    node: Node | None = None
    edge: Edge | None = None

    def token(self, digits: int) -> Token:
        """Return the number as a token in the color of its sign."""
        return figure(self.value, digits, self.kind, self.node, self.edge)

    def as_shown(self, digits: int) -> float:
        """Return the number a reader sees, NaN and ∞ themselves."""
        token = self.token(digits)
        return float(shown_value(token.text)) if is_number(token) else self.value


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a sum: the product of its factors, or e to the power of its only factor.

    `prefix` is put before it; a `kept` term is shown however many others there are.
    """

    value: float
    factors: tuple[Factor, ...]
    prefix: str = ""
    power: bool = False
    kept: bool = False


def figure(value: float, digits: int, kind: str = "value", node: Node | None = None, edge: Edge | None = None) -> Token:
    """Return a number as a token; zero and NaN have no sign and no color."""
    role = "plain" if math.isnan(value) or value == 0 else ROLES[kind][0 if value > 0 else 1]
    return Token(format_number(value, digits), role, node, edge)


def plain(text: str) -> Token:
    """Return words or symbols as a token."""
    return Token(text)


def result(name: str, value: float, digits: int, kind: str = "value", node: Node | None = None) -> Line:
    """Return the line "name = value"; a value stands out in bold, a gradient in its color."""
    token = figure(value, digits, kind, node)
    return (plain(f"{name} = "), replace(token, role="strong") if kind == "value" else token)


def line_text(line: Line) -> str:
    """Return the line as plain text."""
    return "".join(token.text for token in line)


def sign(exact: float | Decimal, shown: Token, digits: int) -> str:
    """Return "=" if `exact`, computed from shown numbers, is the result shown with `digits`, else "≈"."""
    exact = Decimal(exact)
    if not exact.is_finite() or not is_number(shown):
        return "="
    return "=" if _agrees(exact, shown.text, digits) else "≈"


def product_sign(factors: Sequence[Token], shown: Token, digits: int) -> str:
    """Return "=" if the product of the shown factors is the shown number at its digits, else "≈"."""
    if not all(map(is_number, factors)):
        return "="
    with localcontext(prec=60):
        return sign(math.prod((shown_value(token.text) for token in factors), start=Decimal(1)), shown, digits)


def added(factor: Factor, digits: int) -> tuple[Token, Token]:
    """Return a number as something to add: " + 0.5" or " − 0.5"."""
    token = factor.token(digits)
    return plain(" − " if factor.value < 0 else " + "), replace(token, text=token.text.removeprefix(MINUS))


def scaled(scale: str, factor: Factor, digits: int) -> tuple[Token, ...]:
    """Return "scale · number", the number alone where the scale is nothing."""
    token = factor.token(digits)
    if not scale:
        return (token,)
    return (plain(f"{scale} · ("), token, plain(")")) if factor.value < 0 else (plain(f"{scale} · "), token)


def term_line(term: Term, digits: int, kind: str = "value", extra: int = 0, indent: str = INDENT) -> Line:
    """Return "factor × factor = value" or "e^(factor) = value"; the value has `extra` more digits than the factors."""
    shown = figure(term.value, digits + extra, kind)
    if len(term.factors) == 1 and not term.power:
        alone = term.factors[0]
        return (plain(indent + term.prefix), figure(term.value, digits + extra, alone.kind, alone.node, alone.edge))
    factors = [factor.token(digits) for factor in term.factors]
    if term.power:
        exact = math.exp(min(700.0, float(shown_value(factors[0].text)))) if is_number(factors[0]) else math.nan
        return (plain(f"{indent}{term.prefix}e^("), factors[0], plain(f") {sign(exact, shown, digits + extra)} "), shown)
    line = [plain(indent + term.prefix), factors[0]]
    for factor in factors[1:]:
        line += [plain(" × "), factor]
    return (*line, plain(f" {product_sign(factors, shown, digits + extra)} "), shown)


def sum_lines(terms: Sequence[Term], name: str, total: float, digits: int, kind: str, language: str) -> tuple[Line, ...]:
    """Return one line for each term and the line "name = total".

    Beyond `MOST_TERMS` terms those of largest size are shown and one line stands for the others with their exact sum.
    Where the shown terms do not add up to the shown total even with more digits, the last line says "rounded".
    """
    shown, others = most_telling(terms)
    rest = sum(term.value for term in others)
    values = [term.value for term in shown] + ([rest] if others else [])
    extra = extra_digits(values, total, digits)
    lines = [term_line(term, digits, kind, extra or 0) for term in shown]
    if others:
        words = say(message("card.more", count=len(others)), language)
        lines.append((plain(f"{INDENT}{words} = "), figure(rest, digits + (extra or 0), kind)))
    last = result(name, total, digits, kind)
    if extra is None:
        last = (*last, plain(" " + say(message("card.rounded"), language)))
    return (*lines, last)


def sum_text(terms: Sequence[Term], digits: int, language: str, more: int = 0) -> str:
    """Return the terms as one expression: 0.1500 × 0.0500 + 0.2000 × (−0.1000) + … + 3 more; `more` are not among the terms."""
    shown, others = most_telling(terms)
    parts: list[str] = []
    for term in shown:
        texts = [factor.token(digits).text for factor in term.factors]
        parts.append(" × ".join(f"({text})" if text.startswith(MINUS) and (parts or at) else text for at, text in enumerate(texts)))
    if others or more:
        parts.append(say(message("card.more", count=len(others) + more), language))
    return " + ".join(parts)


def extra_digits(values: Sequence[float], total: float, digits: int) -> int | None:
    """Return how many more digits the values need to add up to the shown total; None if a few are not enough."""
    if not all(map(math.isfinite, (*values, total))):
        return 0
    target = format_number(total, digits)
    with localcontext(prec=400):
        for extra in range(MOST_EXTRA_DIGITS + 1):
            if _agrees(sum((shown_value(format_number(value, digits + extra)) for value in values), Decimal(0)), target, digits):
                return extra
    return None


def most_telling(terms: Sequence[Term]) -> tuple[list[Term], list[Term]]:
    """Return the terms to show, which are the kept and the largest ones, and the others, both in order."""
    by_size = sorted(range(len(terms)), key=lambda index: (not terms[index].kept, -abs(terms[index].value)))
    shown = set(by_size[:MOST_TERMS]) if len(terms) > MOST_TERMS + 1 else set(by_size)
    return [term for index, term in enumerate(terms) if index in shown], [term for index, term in enumerate(terms) if index not in shown]


def is_number(token: Token) -> bool:
    """Tell whether the token shows a finite number."""
    return any(letter.isdigit() for letter in token.text)


def _agrees(exact: Decimal, shown: str, digits: int) -> bool:
    """Tell whether `exact` rounds to what is shown, ties either way."""
    return abs(exact - shown_value(shown)) * 2 <= resolution(shown, digits)
