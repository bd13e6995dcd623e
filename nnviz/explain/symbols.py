"""The names of things in formulas: z₁, x₂², ∂L/∂w₃; as plain text and as LaTeX."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from nnviz.engine.table import Choice
from nnviz.explain.latex import SYMBOLS, text
from nnviz.explain.numbers import short_number
from nnviz.explain.tokens import MOST_TERMS, Factor, Token, plain

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_POWERS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
# How the formulas of the tables call the parameters and moments of their entries, where not by their own or their Greek name.
LETTERS: Mapping[str, str] = {
    **{"momentum": "μ", "beta1": "β₁", "beta2": "β₂", "weight_decay": "λ", "momentum_decay": "γ"},
    **{"velocity": "v", "mean": "m", "square": "v", "step_square": "u"},
    **{"slope": "s", "temperature": "T", "mix": "λ", "delta": "d"},
    **{"size": "s", "factor": "f", "decay": "d", "epochs": "E", "floor": "c", "low": "c", "period": "p", "patience": "p"},
}
GREEK = {letter: f"\\{name}" for name, letter in reversed(SYMBOLS.items())}
_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
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


def where(formula: str) -> str:
    """Return what a formula says of its own letters, to stand behind its first equation: "; α ≈ 1.6733"."""
    rest = formula.partition(r"\qquad")[2]
    return f"; {text(rest)}" if rest else ""


def letter(name: str) -> str:
    """Return how formulas call a parameter or a moment: "beta1" is β₁, "alpha" is α, others are called by their name."""
    return LETTERS.get(name, SYMBOLS.get(name, name))


def parameters(choice: Choice) -> dict[str, str]:
    """Return the parameters of a choice by the letters its formula uses."""
    return {letter(name): short_number(value) for name, value in choice.parameters}


def settings(choice: Choice) -> str:
    r"""Return the parameters of a choice with their values, as LaTeX to stand behind its formula: \qquad T = 2."""
    found = ""
    for key, value in parameters(choice).items():
        symbol = GREEK.get(key[0], key[0]) + (f"_{key[1:].translate(_DIGITS)}" if len(key) > 1 else "")
        mantissa, _, power = value.replace("−", "-").partition("e")
        named = symbol if len(key) == 1 or key[1:].translate(_DIGITS).isdigit() else rf"\operatorname{{{key.replace('_', ' ')}}}"
        found += rf" \qquad {named} = {mantissa}" + (rf" \cdot 10^{{{power}}}" if power else "")
    return found


def unnamed(choice: Choice, formula: str) -> str:
    """Return the parameters that a formula does not name, as text to stand behind it: "; patience = 10"."""
    mark = chr(_FIRST_MARK)
    return "".join(f"; {key} = {value}" for key, value in parameters(choice).items() if mark not in text(formula, {key: mark}))


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
    return f"({', '.join('…' if at is None else names[at] for at in few(len(names), most))})"


def few(count: int, most: int = MOST_TERMS) -> list[int | None]:
    """Return the places of so many things, or where they are many the first ones, None for the middle, and the last."""
    return [*range(count)] if count <= most else [*range(most - 1), None, count - 1]
