"""Softmax in its four moves, forward, and the one move back: units that share one whole."""

from __future__ import annotations

import numpy as np

from nnviz.explain.numbers import short_number
from nnviz.explain.reading import Reading
from nnviz.explain.tokens import Factor, Line, Term, figure, plain, result, sign, sum_lines, term_line

# The activations whose answers are shares of powers of e, and whether the largest z is subtracted first.
SHARES = {"softmax": True, "naive_softmax": False}


def temperature(reading: Reading, index: int) -> float:
    """Return T of a layer's softmax, by which every z is divided; 1 where there is none."""
    return dict(reading.layer(index).activation.parameters).get("temperature", 1.0)


def share_lines(reading: Reading, index: int, unit: int) -> tuple[Line, ...]:
    """Return softmax in its four moves: largest z, powers of e, their sum, the share of this neuron."""
    layer, digits, heat = reading.layer(index), reading.digits, temperature(reading, index)
    z, below = layer.z[reading.sample], SHARES[layer.activation.kind]
    top = int(np.argmax(z))
    with np.errstate(all="ignore"):
        exponents = ((z - z[top]) if below else z) / heat
        powers = np.exp(exponents)
        total = float(powers.sum())
    terms = []
    for other, power in enumerate(powers):
        exponent = Factor(float(exponents[other]), "value", reading.unit(index, other))
        terms.append(Term(float(power), (exponent,), power=True, kept=other in (unit, top)))
    own, whole = Factor(float(powers[unit]), "value", reading.unit(index, unit)), Factor(total)
    name = reading.answer_letter(index)
    share = result(name, float(layer.a[reading.sample, unit]), digits)[1]
    with np.errstate(all="ignore"):
        agrees = sign(float(np.divide(own.as_shown(digits), whole.as_shown(digits))), share, digits)
    largest = (plain("max z = "), figure(float(z[top]), digits, "value", reading.unit(index, top)))
    return (
        (plain(f"{name} = {_power('z', below, heat)} / Σⱼ {_power('zⱼ', below, heat)}"),),
        *([largest] if below else []),
        *sum_lines(terms, "Σ", total, digits, "value", reading.language),
        (plain(f"{name} = "), own.token(digits), plain(" / "), whole.token(digits), plain(f" {agrees} "), share),
    )


def _power(symbol: str, below: bool, heat: float) -> str:
    """Return e^(z − max z), with what it is divided by."""
    exponent = f"{symbol} − max z" if below else symbol
    if heat != 1:
        exponent = f"({exponent}) / {short_number(heat)}" if below else f"{exponent} / {short_number(heat)}"
    return f"e^({exponent})"


def coupled_delta_lines(reading: Reading, index: int, unit: int) -> tuple[Line, ...]:
    """Return δₖ = aₖ·(gₖ − Σⱼ gⱼ·aⱼ), softmax's δ from g = ∂L/∂a."""
    layer, digits, heat = reading.layer(index), reading.digits, temperature(reading, index)
    slopes = [reading.number(layer.upstream, index, other, "gradient") for other in range(layer.a.shape[1])]
    shares = [reading.number(layer.a, index, other) for other in range(layer.a.shape[1])]
    terms = [Term(slope.value * share.value, (slope, share)) for slope, share in zip(slopes, shares, strict=True)]
    mean = sum(term.value for term in terms)
    rest = Factor(slopes[unit].value - mean, "gradient")
    before, factors = ("", (shares[unit], rest)) if heat == 1 else (f"1/{short_number(heat)} · ", (Factor(1 / heat), shares[unit], rest))
    delta = Term(float(layer.delta[reading.sample, unit]), factors, "δ = ")
    difference = rest.token(digits)
    exact = slopes[unit].as_shown(digits) - Factor(mean).as_shown(digits)
    return (
        (plain(f"δₖ = {before}aₖ·(gₖ − Σⱼ gⱼ·aⱼ)"),),
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
