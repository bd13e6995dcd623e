"""The backward pass of one neuron, line by line: ∂L/∂a from the next layer, f′(z), and δ."""

from __future__ import annotations

import numpy as np

from nnviz.engine.network_spec import AvgPool2D, MaxPool2D, Weighted
from nnviz.engine.problem import message
from nnviz.explain import norm, unweighted
from nnviz.explain.latex import text
from nnviz.explain.loss import fused_lines
from nnviz.explain.naming import silent
from nnviz.explain.numbers import format_number
from nnviz.explain.reading import Reading
from nnviz.explain.softmax import SHARES, coupled_delta_lines
from nnviz.explain.symbols import by_cases, parameters, put_in, sides, where
from nnviz.explain.tokens import Factor, Line, Term, line_text, plain, result, sign, sum_lines, sum_text, term_line
from nnviz.explain.wiring import readers


def upstream_lines(reading: Reading, index: int, unit: int) -> tuple[Line, ...]:
    """Return ∂L/∂a of a number that is no output: what comes back to it from the layer behind."""
    if not isinstance(reading.spec(index + 1), Weighted):
        is_norm = bool(reading.layer(index + 1).weights.size)
        return norm.back_lines(reading, index + 1, unit) if is_norm else unweighted.back_lines(reading, index + 1, unit)
    name, total = f"∂{reading.loss_letter}/∂a", float(reading.layer(index).upstream[reading.sample, unit])
    lines = sum_lines(upstream_terms(reading, index, unit), name, total, reading.digits, "gradient", reading.language)
    return ((plain(f"{name} = Σⱼ wⱼ·δⱼ"),), *lines)


def upstream_terms(reading: Reading, index: int, unit: int) -> list[Term]:
    """Return the terms that ∂L/∂a adds up before a layer with weights: w·δ of every number the signal went to."""
    after, terms = reading.layer(index + 1), []
    for other, column in readers(reading.network, index + 1, unit):
        weight = reading.weight(index + 1, reading.row(index + 1, other), column)
        delta = reading.number(after.delta, index + 1, other, "gradient")
        terms.append(Term(weight.value * delta.value, (weight, delta)))
    return terms


def upstream_text(reading: Reading, index: int, unit: int) -> tuple[str, str]:
    """Return ∂L/∂a of a number on one line, and its value."""
    shown = format_number(float(reading.layer(index).upstream[reading.sample, unit]), reading.digits)
    if isinstance(reading.spec(index + 1), Weighted):
        return f"∂{reading.loss_letter}/∂a = {sum_text(upstream_terms(reading, index, unit), reading.digits, reading.language)}", shown
    if isinstance(reading.spec(index + 1), MaxPool2D | AvgPool2D):
        terms = unweighted.returned(reading, index + 1, unit)
        return f"∂{reading.loss_letter}/∂a = {sum_text(terms, reading.digits, reading.language) or '0'}", shown
    last = upstream_lines(reading, index, unit)[-1]
    return line_text(last[:-1]).strip().rstrip("=≈ "), last[-1].text


def delta_lines(reading: Reading, index: int, unit: int) -> tuple[Line, ...]:
    """Return δ = ∂L/∂z of a neuron."""
    layer = reading.layer(index)
    if silent(reading, index, unit):
        return ((plain(reading.say(message("card.lesioned"))),), result("δ", 0.0, reading.digits, "gradient"))
    if index == reading.last and reading.trace.fused:
        return fused_lines(reading, unit)
    if layer.derivative is None:
        known = layer.activation.kind in SHARES
        return coupled_delta_lines(reading, index, unit) if known else _coupled_lines(reading, index, unit)
    upstream = reading.number(layer.upstream, index, unit, "gradient")
    slope = reading.number(layer.derivative, index, unit)
    delta = Term(float(layer.delta[reading.sample, unit]), (upstream, slope), "δ = ")
    name = f"∂{reading.loss_letter}/∂{'ŷ' if index == reading.last else 'a'}"
    return (
        (plain(f"δ = {name} · f′(z)"),),
        *_derivative_lines(reading, index, unit, slope),
        term_line(delta, reading.digits, "gradient", indent=""),
    )


def _derivative_lines(reading: Reading, index: int, unit: int, slope: Factor) -> tuple[Line, ...]:
    """Return f′(z) in symbols and in numbers; on one line where no symbol stands in it."""
    layer, activation, digits = reading.layer(index), reading.activation(index), reading.digits
    formula, constants = sides(activation.derivative_formula)[0][1], parameters(layer.activation)
    z, a = reading.number(layer.z, index, unit), reading.number(layer.a, index, unit)
    shown, symbols, defined = slope.token(digits), text(formula, constants), where(activation.derivative_formula)
    if by_cases(formula):
        return ((plain(f"f′(z) = {symbols}{defined}"),), (plain("z = "), z.token(digits), plain(" → f′(z) = "), shown))
    numbers = put_in(formula, {"z": z, "a": a}, constants, digits)
    if "".join(token.text for token in numbers) == symbols:
        return ((plain(f"f′(z) = {symbols}"),),)
    at = [np.array([[factor.as_shown(digits)]]) for factor in (z, a)]
    with np.errstate(all="ignore"):
        value = float(activation.derivative(*at, **dict(layer.activation.parameters))[0, 0]) if activation.derivative else 0.0
    return ((plain(f"f′(z) = {symbols}{defined}"),), (plain("f′(z) = "), *numbers, plain(f" {sign(value, shown, digits)} "), shown))


def _coupled_lines(reading: Reading, index: int, unit: int) -> tuple[Line, ...]:
    """Return δ behind an activation that looks at the whole layer: its formula, the slope that came back, and δ."""
    layer, name = reading.layer(index), f"∂{reading.loss_letter}/∂{'ŷ' if index == reading.last else 'a'}"
    upstream, delta = (reading.number(values, index, unit, "gradient") for values in (layer.upstream, layer.delta))
    return (
        (plain(text(reading.activation(index).derivative_formula, parameters(layer.activation))),),
        (plain(f"{name} = "), upstream.token(reading.digits), plain(" → δ = "), delta.token(reading.digits)),
    )
