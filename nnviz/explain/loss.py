"""The loss of the output, line by line: each output's share, the whole, and ∂L/∂ŷ."""

from __future__ import annotations

import numpy as np

from nnviz.engine.losses import FUSED, REDUCTIONS
from nnviz.engine.samples import Array
from nnviz.explain.latex import text
from nnviz.explain.reading import Reading
from nnviz.explain.symbols import parameters, put_in, sides, subscript
from nnviz.explain.tokens import Factor, Line, Term, figure, plain, result, scaled, sign, sum_lines

SUM = r"\sum_k"


def output_losses(reading: Reading) -> Array:
    """Return each output's share of ℓ before any scale, shape (samples, outputs); the shares add up to ℓ."""
    trace, last = reading.trace, reading.trace.layers[-1]
    fused = FUSED.get((reading.loss.name, last.activation.kind))
    with np.errstate(all="ignore"):
        if fused is not None:
            return fused.terms(last.z, trace.targets)
        return reading.loss.terms(trace.outputs, trace.targets, **dict(trace.spec.training.loss.parameters))


def loss_lines(reading: Reading, unit: int) -> tuple[Line, ...]:
    """Return what one output adds to the loss, in symbols and in numbers."""
    formula, digits = sides(reading.loss.formula)[0][1], reading.digits
    constants = parameters(reading.trace.spec.training.loss)
    y, t = output_pair(reading, unit)
    shown = figure(float(output_losses(reading)[reading.sample, unit]), digits)
    with np.errstate(all="ignore"):
        at = [np.array([[factor.as_shown(digits)]]) for factor in (y, t)]
        value = float(reading.loss.terms(*at, **dict(reading.trace.spec.training.loss.parameters))[0, 0])
    numbers = put_in(formula.replace(SUM, "").strip(), {"ŷₖ": y, "yₖ": t}, constants, digits)
    return (
        (plain(f"ℓ = {text(formula, constants)}"),),
        (plain(f"ℓ{subscript(unit + 1)} = "), *numbers, plain(f" {sign(value, shown, digits)} "), shown),
    )


def output_gradient_lines(reading: Reading, unit: int) -> tuple[Line, ...]:
    """Return ∂L/∂ŷ of one output, in symbols and in numbers; the scale of the reduction is written before it."""
    formula, digits = sides(reading.loss.gradient_formula)[0][1], reading.digits
    constants, name = parameters(reading.trace.spec.training.loss), f"∂{reading.loss_letter}/∂ŷ"
    y, t = output_pair(reading, unit)
    scale = scale_text(reading.sample_scale)
    last = result(name, float(reading.trace.output_gradient[reading.sample, unit]), digits, "gradient")[1]
    with np.errstate(all="ignore"):
        at = [np.array([[factor.as_shown(digits)]]) for factor in (y, t)]
        value = reading.sample_scale * float(reading.loss.gradient(*at, **dict(reading.trace.spec.training.loss.parameters))[0, 0])
    numbers = put_in(formula, {"ŷₖ": y, "yₖ": t}, constants, digits)
    before, after = (f"{scale} · (", ")") if scale else ("", "")
    return (
        (plain(f"{name} = {before}{text(formula, constants)}{after}"),),
        (plain(f"{name} = {before}"), *numbers, plain(f"{after} {sign(value, last, digits)} "), last),
    )


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
    trace, last = reading.trace, reading.last
    return reading.number(trace.outputs, last, unit), reading.number(trace.targets, last, unit)


def scale_text(scale: float) -> str:
    """Return a scale as a fraction, 1/32; nothing for 1."""
    return "" if scale == 1 else f"1/{round(1 / scale)}"
