"""The backward pass of one neuron, line by line: ∂L/∂a from the next layer, f′(z), and δ."""

from __future__ import annotations

import numpy as np

from nnviz.explain.latex import text
from nnviz.explain.loss import output_pair, scale_text
from nnviz.explain.reading import Reading
from nnviz.explain.symbols import by_cases, parameters, put_in, sides
from nnviz.explain.tokens import Factor, Line, Term, figure, plain, result, sign, sum_lines, term_line


def upstream_lines(reading: Reading, index: int, unit: int) -> tuple[Line, ...]:
    """Return ∂L/∂a of a hidden neuron: what comes back along each of its outgoing connections."""
    name, total = f"∂{reading.loss_letter}/∂a", float(reading.layer(index).upstream[reading.sample, unit])
    lines = sum_lines(upstream_terms(reading, index, unit), name, total, reading.digits, "gradient", reading.language)
    return ((plain(f"{name} = Σⱼ wⱼ·δⱼ"),), *lines)


def upstream_terms(reading: Reading, index: int, unit: int) -> list[Term]:
    """Return the terms that ∂L/∂a adds up: w·δ of every neuron the signal went to."""
    after, terms = reading.layer(index + 1), []
    for other in range(after.weights.shape[0]):
        weight, delta = reading.weight(index + 1, other, unit), reading.number(after.delta, index + 1, other, "gradient")
        terms.append(Term(weight.value * delta.value, (weight, delta)))
    return terms


def delta_lines(reading: Reading, index: int, unit: int) -> tuple[Line, ...]:
    """Return δ = ∂L/∂z of a neuron."""
    layer = reading.layer(index)
    if index == reading.last and reading.trace.fused:
        return _fused_lines(reading, unit)
    if layer.derivative is None:
        return _coupled_lines(reading, index, unit)
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
    shown, symbols = slope.token(digits), text(formula, constants)
    if by_cases(formula):
        return ((plain(f"f′(z) = {symbols}"),), (plain("z = "), z.token(digits), plain(" → f′(z) = "), shown))
    numbers = put_in(formula, {"z": z, "a": a}, constants, digits)
    if "".join(token.text for token in numbers) == symbols:
        return ((plain(f"f′(z) = {symbols}"),),)
    at = [np.array([[factor.as_shown(digits)]]) for factor in (z, a)]
    with np.errstate(all="ignore"):
        value = float(activation.derivative(*at, **dict(layer.activation.parameters))[0, 0]) if activation.derivative else 0.0
    return ((plain(f"f′(z) = {symbols}"),), (plain("f′(z) = "), *numbers, plain(f" {sign(value, shown, digits)} "), shown))


def _fused_lines(reading: Reading, unit: int) -> tuple[Line, ...]:
    """Return δ = ŷ − y, to which loss and activation simplify when they belong together."""
    digits, scale = reading.digits, scale_text(reading.sample_scale)
    y, t = output_pair(reading, unit)
    first, second = y.token(digits), t.token(digits)
    last = result("δ", float(reading.trace.layers[-1].delta[reading.sample, unit]), digits, "gradient")[1]
    value = reading.sample_scale * (y.as_shown(digits) - t.as_shown(digits))
    before, after = (f"{scale} · (", ")") if scale else ("", "")
    return (
        (plain(f"δ = {before}ŷ − y{after}"),),
        (plain(f"δ = {before}"), first, plain(" − "), second, plain(f"{after} {sign(value, last, digits)} "), last),
    )


def _coupled_lines(reading: Reading, index: int, unit: int) -> tuple[Line, ...]:
    """Return δₖ = aₖ·(gₖ − Σⱼ gⱼ·aⱼ), softmax's δ from g = ∂L/∂a."""
    layer, digits = reading.layer(index), reading.digits
    slopes = [reading.number(layer.upstream, index, other, "gradient") for other in range(layer.a.shape[1])]
    shares = [reading.number(layer.a, index, other) for other in range(layer.a.shape[1])]
    terms = [Term(slope.value * share.value, (slope, share)) for slope, share in zip(slopes, shares, strict=True)]
    mean = sum(term.value for term in terms)
    rest = Factor(slopes[unit].value - mean, "gradient")
    delta = Term(float(layer.delta[reading.sample, unit]), (shares[unit], rest), "δ = ")
    difference = rest.token(digits)
    exact = slopes[unit].as_shown(digits) - Factor(mean).as_shown(digits)
    return (
        (plain("δₖ = aₖ·(gₖ − Σⱼ gⱼ·aⱼ)"),),
        *sum_lines(terms, "Σ", mean, digits, "gradient", reading.language),
        (
            plain("g − Σ = "),
            slopes[unit].token(digits),
            plain(" − "),
            figure(mean, digits, "gradient"),
            plain(f" {sign(exact, difference, digits)} "),
            difference,
        ),
        term_line(delta, digits, "gradient", indent=""),
    )
