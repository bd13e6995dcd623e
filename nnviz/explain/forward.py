"""The forward pass of one number, line by line: the terms and their sum z, then the activation a."""

from __future__ import annotations

import numpy as np

from nnviz.engine.network_spec import Conv2D, Weighted
from nnviz.engine.problem import message
from nnviz.explain.latex import text
from nnviz.explain.naming import silent
from nnviz.explain.norm import scaled_lines
from nnviz.explain.reading import Reading
from nnviz.explain.softmax import SHARES, share_lines
from nnviz.explain.symbols import by_cases, parameters, put_in, sides, unnamed, where
from nnviz.explain.tokens import Factor, Line, Term, plain, result, sign, sum_lines, term_line
from nnviz.explain.unweighted import answer_lines
from nnviz.explain.wiring import wires


def z_lines(reading: Reading, index: int, unit: int) -> tuple[Line, ...]:
    """Return z = Σ w·x + b term by term."""
    head = f"z = Σ wᵢ·{reading.source_letter(index)}ᵢ{' + b' if reading.uses_bias(index) else ''}"
    total = float(reading.layer(index).z[reading.sample, unit])
    return ((plain(head),), *sum_lines(z_terms(reading, index, unit), "z", total, reading.digits, "value", reading.language))


def z_terms(reading: Reading, index: int, unit: int) -> list[Term]:
    """Return the terms that z adds up: one for each weight that meets a source, and the bias where one is used."""
    row = reading.row(index, unit)
    terms = [_term(reading, index, row, column, source) for column, source in wires(reading.network, index, unit)]
    if reading.uses_bias(index):
        value = float(reading.layer(index).bias[row])
        terms.append(Term(value, (Factor(value, "value", reading.unit(index, unit)),), "+ b ", kept=True))
    return terms


def term_lines(reading: Reading, index: int, row: int, column: int) -> tuple[Line, ...]:
    """Return what a weight does on the way forward: the one term a connection adds to z; of a kernel the weight itself."""
    letter = reading.source_letter(index)
    if isinstance(reading.spec(index), Conv2D):
        return ((plain(f"w·{letter}"),), (plain("w = "), reading.weight(index, row, column).token(reading.digits)))
    return ((plain(f"w·{letter}"),), term_line(_term(reading, index, row, column, column), reading.digits))


def _term(reading: Reading, index: int, row: int, column: int, source: int) -> Term:
    weight, read = reading.weight(index, row, column), reading.source(index, source)
    return Term(weight.value * read.value, (weight, read))


def a_lines(reading: Reading, index: int, unit: int) -> tuple[Line, ...]:
    """Return what a number of a layer becomes: in symbols, then with the numbers put in."""
    if not isinstance(reading.spec(index), Weighted):
        is_norm = bool(reading.layer(index).weights.size)
        return scaled_lines(reading, index, unit) if is_norm else answer_lines(reading, index, unit)
    name = reading.answer_letter(index)
    if silent(reading, index, unit):
        return ((plain(reading.say(message("card.lesioned"))),), result(name, 0.0, reading.digits))
    if reading.activation(index).derivative is None:
        coupled = reading.layer(index).activation.kind in SHARES
        return share_lines(reading, index, unit) if coupled else _coupled_lines(reading, index, unit)
    return _activated_lines(reading, index, unit)


def _activated_lines(reading: Reading, index: int, unit: int) -> tuple[Line, ...]:
    """Return a = f(z)."""
    activation, choice, digits = reading.activation(index), reading.layer(index).activation, reading.digits
    formula, name = sides(activation.formula)[0][1], reading.answer_letter(index)
    z = reading.number(reading.layer(index).z, index, unit)
    head = text(formula, parameters(choice)) + where(activation.formula) + unnamed(choice, activation.formula)
    if head == "z":
        return ((plain(f"{name} = z"),), result(name, z.value, digits))
    if by_cases(formula):
        answer = result(f" → {name}", float(reading.layer(index).a[reading.sample, unit]), digits)
        return ((plain(f"{name} = {head}"),), (plain("z = "), z.token(digits), *answer))
    shown = result(name, float(reading.layer(index).a[reading.sample, unit]), digits)
    with np.errstate(all="ignore"):
        value = float(activation.value(np.array([[z.as_shown(digits)]]), **dict(choice.parameters))[0, 0])
    numbers = put_in(formula, {"z": z}, parameters(choice), digits)
    return ((plain(f"{name} = {head}"),), (plain(f"{name} = "), *numbers, plain(f" {sign(value, shown[1], digits)} "), shown[1]))


def _coupled_lines(reading: Reading, index: int, unit: int) -> tuple[Line, ...]:
    """Return the answer of an activation that looks at the whole layer, with its formula."""
    entry, choice = reading.activation(index), reading.layer(index).activation
    formula, name = sides(entry.formula)[0][1], reading.answer_letter(index)
    z, a = reading.number(reading.layer(index).z, index, unit), reading.number(reading.layer(index).a, index, unit)
    answer = result(f" → {name}", a.value, reading.digits)
    head = text(formula, parameters(choice)) + where(entry.formula) + unnamed(choice, entry.formula)
    return ((plain(f"{name} = {head}"),), (plain("z = "), z.token(reading.digits), *answer))
