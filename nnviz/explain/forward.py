"""The forward pass of one neuron, line by line: the terms and their sum z, then the activation a."""

from __future__ import annotations

import numpy as np

from nnviz.explain.latex import text
from nnviz.explain.reading import Reading
from nnviz.explain.symbols import by_cases, parameters, put_in, sides
from nnviz.explain.tokens import Factor, Line, Term, figure, plain, result, sign, sum_lines, term_line


def z_lines(reading: Reading, index: int, unit: int) -> tuple[Line, ...]:
    """Return z = Σ w·x + b term by term."""
    head = f"z = Σ wᵢ·{reading.source_letter(index)}ᵢ{' + b' if reading.trace.spec.network.layers[index].use_bias else ''}"
    total = float(reading.layer(index).z[reading.sample, unit])
    return ((plain(head),), *sum_lines(z_terms(reading, index, unit), "z", total, reading.digits, "value", reading.language))


def z_terms(reading: Reading, index: int, unit: int) -> list[Term]:
    """Return the terms that z adds up: one for each connection, and the bias where one is used."""
    layer = reading.layer(index)
    terms = [_term(reading, index, unit, source) for source in range(layer.weights.shape[1])]
    if reading.trace.spec.network.layers[index].use_bias:
        value = float(layer.bias[unit])
        terms.append(Term(value, (Factor(value, "value", reading.unit(index, unit)),), "+ b ", kept=True))
    return terms


def term_lines(reading: Reading, index: int, unit: int, source: int) -> tuple[Line, ...]:
    """Return the one term that a connection adds to z."""
    letter = reading.source_letter(index)
    return ((plain(f"w·{letter}"),), term_line(_term(reading, index, unit, source), reading.digits))


def _term(reading: Reading, index: int, unit: int, source: int) -> Term:
    weight, read = reading.weight(index, unit, source), reading.source(index, source)
    return Term(weight.value * read.value, (weight, read))


def a_lines(reading: Reading, index: int, unit: int) -> tuple[Line, ...]:
    """Return a = f(z) in symbols, then with the number put in."""
    activation, digits = reading.activation(index), reading.digits
    if activation.derivative is None:
        return _softmax_lines(reading, index, unit)
    choice = reading.layer(index).activation
    formula = sides(activation.formula)[0][1]
    z = reading.number(reading.layer(index).z, index, unit)
    head, name = text(formula, parameters(choice)), reading.answer_letter(index)
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


def _softmax_lines(reading: Reading, index: int, unit: int) -> tuple[Line, ...]:
    """Return softmax in its four moves: largest z, powers of e, their sum, the share of this neuron."""
    layer, digits = reading.layer(index), reading.digits
    z = layer.z[reading.sample]
    top = int(np.argmax(z))
    with np.errstate(all="ignore"):
        powers = np.exp(z - z[top])
    terms = []
    for other, power in enumerate(powers):
        exponent = Factor(float(z[other]) - float(z[top]), "value", reading.unit(index, other))
        terms.append(Term(float(power), (exponent,), power=True, kept=other in (unit, top)))
    total = float(powers.sum())
    own, whole = Factor(float(powers[unit]), "value", reading.unit(index, unit)), Factor(total)
    name = reading.answer_letter(index)
    share = result(name, float(layer.a[reading.sample, unit]), digits)[1]
    agrees = sign(own.as_shown(digits) / whole.as_shown(digits), share, digits)
    return (
        (plain(f"{name} = e^(z − max z) / Σⱼ e^(zⱼ − max z)"),),
        (plain("max z = "), figure(float(z[top]), digits, "value", reading.unit(index, top))),
        *sum_lines(terms, "Σ", total, digits, "value", reading.language),
        (plain(f"{name} = "), own.token(digits), plain(" / "), whole.token(digits), plain(f" {agrees} "), share),
    )
