"""The names of things in formulas: z₁, x₂², ∂L/∂w₃; as plain text and as LaTeX."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from nnviz.engine.table import Choice
from nnviz.explain.latex import text
from nnviz.explain.numbers import short_number
from nnviz.explain.tokens import MOST_TERMS, Factor, Token, plain

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_POWERS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
# How the formulas of the tables call the parameters and moments of their entries.
LETTERS: Mapping[str, str] = {
    "momentum": "μ",
    "beta1": "β₁",
    "beta2": "β₂",
    "epsilon": "ε",
    "slope": "s",
    "velocity": "v",
    "mean": "m",
    "square": "v",
}
_FIRST_MARK, _LAST_MARK = 0xE000, "\ue0ff"


def subscript(number: int) -> str:
    """Return a number as subscript: 12 is ₁₂."""
    return str(number).translate(_SUBSCRIPTS)


def feature(name: str) -> str:
    """Return an input feature as formulas write it: x1^2 is x₁², sin(x1) is sin x₁; other names stay as they are."""
    if not re.fullmatch(r"x[0-9]+(\^[0-9]+|\*x[0-9]+)?|(sin|cos)\(x[0-9]+\)", name):
        return name
    name = re.sub(r"x([0-9]+)", lambda found: "x" + subscript(int(found[1])), name)
    name = re.sub(r"\^([0-9]+)", lambda found: found[1].translate(_POWERS), name)
    return name.replace("*", "").replace("(", " ").replace(")", "")


def sides(formula: str) -> tuple[tuple[str, str], ...]:
    r"""Return the equations of a formula of a table, which `\qquad` separates, as (left, right) in LaTeX."""
    found = []
    for part in formula.split(r"\qquad"):
        left, _, right = part.partition(r"\leftarrow") if r"\leftarrow" in part else part.partition("=")
        found.append((left.strip(), right.strip()))
    return tuple(found)


def parameters(choice: Choice) -> dict[str, str]:
    """Return the parameters of a choice by the letters its formula uses."""
    return {LETTERS.get(name, name): short_number(value) for name, value in choice.parameters}


def by_cases(formula: str) -> bool:
    """Tell whether a formula distinguishes cases, so that putting numbers in would not make it clearer."""
    return r"\begin{cases}" in formula


def put_in(latex: str, factors: Mapping[str, Factor], constants: Mapping[str, str], digits: int) -> tuple[Token, ...]:
    """Return the formula with numbers put in for its symbols, each number a token with its color and place."""
    shown = [factor.token(digits) for factor in factors.values()]
    marked = {
        symbol: f"{chr(_FIRST_MARK + at)}{token.text}{_LAST_MARK}" for at, (symbol, token) in enumerate(zip(factors, shown, strict=True))
    }
    pieces = re.split(f"([\ue000-\ue0fe][^{_LAST_MARK}]*{_LAST_MARK})", text(latex, {**constants, **marked}))
    return tuple(shown[ord(piece[0]) - _FIRST_MARK] if piece.endswith(_LAST_MARK) else plain(piece) for piece in pieces if piece)


def listed(names: Sequence[str], most: int = MOST_TERMS) -> str:
    """Return names or numbers in brackets, the middle left out where there are many: (1, 2, …, 9); one stands alone."""
    if len(names) == 1:
        return names[0]
    if len(names) > most:
        names = (*names[: most - 1], "…", names[-1])
    return f"({', '.join(names)})"
