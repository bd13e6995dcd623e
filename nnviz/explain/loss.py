"""The loss of the output, line by line: each output's share, the whole, and ∂L/∂ŷ."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.losses import REDUCTIONS
from nnviz.engine.samples import Array
from nnviz.explain.latex import text
from nnviz.explain.numbers import short_number
from nnviz.explain.reading import Reading
from nnviz.explain.softmax import temperature
from nnviz.explain.symbols import by_cases, parameters, put_in, sides, subscript, unnamed
from nnviz.explain.tokens import Factor, Line, Term, Token, figure, plain, result, scaled, sign, sum_lines

SUM = r"\sum_k"
DIFFERENCE = r"\hat y - y"  # the δ of a cross-entropy behind its own activation


def output_losses(reading: Reading) -> Array:
    """Return each output's share of ℓ before any scale, shape (samples, outputs); the shares add up to ℓ."""
    trace, last, parameters = reading.trace, reading.trace.layers[-1], dict(reading.trace.spec.training.loss.parameters)
    fused = reading.fused
    with np.errstate(all="ignore"):
        if fused is not None:
            return fused.terms(last.z / temperature(reading, reading.last), trace.targets, **parameters)
        return reading.loss.terms(trace.outputs, trace.targets, **parameters)


def loss_lines(reading: Reading, unit: int) -> tuple[Line, ...]:
    """Return what one output adds to the loss, in symbols and in numbers."""
    (_, formula), *others = sides(reading.loss.formula)
    choice, digits, factors = reading.trace.spec.training.loss, reading.digits, symbols(reading, unit)
    constants, name = parameters(choice), f"ℓ{subscript(unit + 1)}"
    shown = figure(float(output_losses(reading)[reading.sample, unit]), digits)
    with np.errstate(all="ignore"):
        value = float(reading.loss.terms(*_as_shown(reading), **dict(choice.parameters))[0, unit])
    heads = [(plain(f"ℓ = {text(formula, constants)}{unnamed(choice, reading.loss.formula)}"),)]
    heads += [(plain(f"{text(left)} = {text(right, constants)}"),) for left, right in others]
    numbers = put_in(formula.replace(SUM, "").strip(), factors, constants, digits)
    if by_cases(formula):
        return (*heads, (*_given(factors, digits), plain(f" → {name} = "), shown))
    return (*heads, (plain(f"{name} = "), *numbers, plain(f" {sign(value, shown, digits)} "), shown))


def output_gradient_lines(reading: Reading, unit: int) -> tuple[Line, ...]:
    """Return ∂L/∂ŷ of one output, in symbols and in numbers; the scale of the reduction is written before it."""
    formula, choice, digits = sides(reading.loss.gradient_formula)[0][1], reading.trace.spec.training.loss, reading.digits
    constants, name, factors = parameters(choice), f"∂{reading.loss_letter}/∂ŷ", symbols(reading, unit)
    scale = scale_text(reading.sample_scale)
    last = result(name, float(reading.trace.output_gradient[reading.sample, unit]), digits, "gradient")[1]
    with np.errstate(all="ignore"):
        value = reading.sample_scale * float(reading.loss.gradient(*_as_shown(reading), **dict(choice.parameters))[0, unit])
    before, after = (f"{scale} · (", ")") if scale else ("", "")
    head = (plain(f"{name} = {before}{text(formula, constants)}{after}"),)
    if by_cases(formula):
        return (head, (*_given(factors, digits), plain(f" → {name} = "), last))
    numbers = put_in(formula, factors, constants, digits)
    return (head, (plain(f"{name} = {before}"), *numbers, plain(f"{after} {sign(value, last, digits)} "), last))


def fused_lines(reading: Reading, unit: int) -> tuple[Line, ...]:
    """Return δ = ŷ − y, or what else it simplifies to when loss and activation belong together."""
    assert reading.fused is not None
    formula, digits, choice = reading.fused.delta_formula, reading.digits, reading.trace.spec.training.loss
    constants, scale = parameters(choice), scale_text(fused_scale(reading))
    last = result("δ", float(reading.trace.layers[-1].delta[reading.sample, unit]), digits, "gradient")[1]
    factors = {symbol.rstrip("ₖ"): factor for symbol, factor in symbols(reading, unit).items()}
    y, t = _as_shown(reading)
    with np.errstate(all="ignore"):
        value = fused_scale(reading) * float(reading.fused.delta(np.log(y), t, **dict(choice.parameters))[0, unit])
    if formula == DIFFERENCE:
        value = fused_scale(reading) * (factors["ŷ"].as_shown(digits) - factors["y"].as_shown(digits))
    before, after = (f"{scale} · (", ")") if scale else ("", "")
    numbers = put_in(formula, factors, constants, digits)
    return (
        (plain(f"δ = {before}{text(formula, constants)}{after}"),),
        (plain(f"δ = {before}"), *numbers, plain(f"{after} {sign(value, last, digits)} "), last),
    )


def fused_scale(reading: Reading) -> float:
    """Return the factor of a fused δ: that of every loss, divided by the temperature of the softmax."""
    return reading.sample_scale / temperature(reading, reading.last)


def symbols(reading: Reading, unit: int) -> dict[str, Factor]:
    """Return by their symbols the output, its target, and with a teacher its share p and the softened share q of the output."""
    y, t = output_pair(reading, unit)
    found = {"ŷₖ": y, "yₖ": t}
    if reading.loss.needs_teacher:
        place, choice = reading.unit(reading.last, unit), reading.trace.spec.training.loss
        found["pₖ"] = Factor(float(reading.trace.targets[reading.sample, unit]), "value", place)
        with np.errstate(all="ignore"):
            logarithms = np.log(reading.trace.outputs[reading.sample : reading.sample + 1])
            softened = ACTIVATIONS["softmax"].value(logarithms, choice["temperature"])
        found["qₖ"] = Factor(float(softened[0, unit]), "value", place)
    return found


def _given(factors: Mapping[str, Factor], digits: int) -> Line:
    """Return "ŷ = 0.3, y = 1"."""
    tokens: list[Token] = []
    for symbol, factor in factors.items():
        tokens += [plain(f"{', ' if tokens else ''}{symbol.rstrip('ₖ')} = "), factor.token(digits)]
    return tuple(tokens)


def _as_shown(reading: Reading) -> tuple[Array, Array]:
    """Return outputs and targets of the reader's sample as they are shown, shapes (1, outputs) and as the loss has them."""
    rows = reading.trace.outputs[reading.sample], reading.trace.targets[reading.sample]
    y, t = (np.array([[Factor(float(value)).as_shown(reading.digits) for value in row]]) for row in rows)
    return y, t


def total_lines(reading: Reading) -> tuple[Line, ...]:
    """Return the whole loss: of one sample its outputs' shares, of a batch its samples' losses, added up and scaled."""
    trace, digits, terms, scale = reading.trace, reading.digits, total_terms(reading), total_scale(reading)
    total = sum(term.value for term in terms)
    lines = sum_lines(terms, "Σ", total, digits, "value", reading.language)
    shown, whole = result("L", float(trace.loss), digits)[1], Factor(total)
    factors, value = scaled(scale_text(scale), whole, digits), scale * whole.as_shown(digits)
    head = text(REDUCTIONS[trace.spec.training.reduction].formula)
    return ((plain(head),), *lines, (plain("L = "), *factors, plain(f" {sign(value, shown, digits)} "), shown))


def total_terms(reading: Reading) -> list[Term]:
    """Return what the loss adds up before it is scaled: losses of the samples of a batch, or of the outputs."""
    if reading.batch > 1:
        values = [float(value) for value in reading.trace.sample_losses / reading.sample_scale]
        return [Term(value, (Factor(value),), f"ℓ{subscript(row + 1)} = ") for row, value in enumerate(values)]
    shares = [Factor(float(share), "value", reading.unit(reading.last, unit)) for unit, share in enumerate(output_losses(reading)[0])]
    return [Term(share.value, (share,), f"ŷ{subscript(unit + 1)}: ") for unit, share in enumerate(shares)]


def total_scale(reading: Reading) -> float:
    """Return the factor between the sum of all ℓ and L."""
    return reading.trace.batch_scale * reading.sample_scale


def output_pair(reading: Reading, unit: int) -> tuple[Factor, Factor]:
    """Return ŷ and its target y; both stand at the output neuron."""
    last = reading.last
    return reading.number(reading.trace.outputs, last, unit), reading.number(reading.labels, last, unit)


def scale_text(scale: float) -> str:
    """Return a scale as a fraction, 1/32, where it is one; nothing for 1."""
    if scale == 1:
        return ""
    parts = round(1 / scale) if scale else 0
    return f"1/{parts}" if parts and abs(1 / scale - parts) < 1e-9 * parts else short_number(scale)
