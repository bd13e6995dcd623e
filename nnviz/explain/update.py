"""From a gradient to a new weight, line by line: mean over the batch, penalty, clipping, the optimizer's step.

The optimizer is explained from its own formula: each of its equations is shown in symbols and with the numbers of
one weight, its moments before and after.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nnviz.engine.network import views
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.problem import message
from nnviz.engine.samples import Array
from nnviz.engine.update import norm
from nnviz.explain.film import Moment, strengths
from nnviz.explain.formulas import formula
from nnviz.explain.latex import text
from nnviz.explain.loss import scale_text
from nnviz.explain.numbers import short_number
from nnviz.explain.reading import Reading
from nnviz.explain.symbols import LETTERS, parameters, put_in, sides, subscript
from nnviz.explain.tokens import (
    Factor,
    Line,
    Term,
    added,
    figure,
    plain,
    product_sign,
    result,
    scaled,
    sign,
    sum_lines,
)


def mean_lines(reading: Reading, index: int, unit: int, source: int) -> tuple[Line, ...]:
    """Return how the samples' gradients of one weight become one: added up, then scaled."""
    layer, digits, scale = reading.layer(index), reading.digits, reading.trace.batch_scale
    terms = mean_terms(reading, index, unit, source)
    total = sum(term.value for term in terms)
    shown = result("∂L/∂w", float(layer.grad_weights[unit, source]), digits, "gradient")[1]
    whole = Factor(total, "gradient")
    factors = scaled(scale_text(scale), whole, digits)
    return (
        (plain(f"∂L/∂w = {scale_text(scale)}{' · ' if scale != 1 else ''}Σᵢ δᵢ·{reading.source_letter(index)}ᵢ"),),
        *sum_lines(terms, "Σ", total, digits, "gradient", reading.language),
        (plain("∂L/∂w = "), *factors, plain(f" {sign(scale * whole.as_shown(digits), shown, digits)} "), shown),
    )


def mean_terms(reading: Reading, index: int, unit: int, source: int) -> list[Term]:
    """Return δ·x of one weight for every sample of the batch."""
    terms = []
    for row in range(reading.batch):
        delta = Factor(float(reading.layer(index).delta[row, unit]), "gradient", reading.unit(index, unit))
        read = reading.source(index, source, row)
        terms.append(Term(delta.value * read.value, (delta, read), f"{row + 1}: "))
    return terms


def penalty_lines(reading: Reading, index: int, unit: int, source: int) -> tuple[Line, ...]:
    """Return the gradient of one weight with that of its penalty added."""
    layer, digits = reading.layer(index), reading.digits
    first, second = strengths(reading.trace, layer)
    weight = reading.weight(index, unit, source).token(digits)
    gradient = Factor(float(layer.grad_weights[unit, source]), "gradient", None, reading.edge(index, unit, source))
    pull = Factor(float(layer.regularization_weights[unit, source]), "gradient")
    total = figure(gradient.value + pull.value, digits, "gradient")
    symbols = [*([f"{short_number(second)}·w"] if second else []), *([f"{short_number(first)}·sign(w)"] if first else [])]
    agrees = sign(gradient.as_shown(digits) + pull.as_shown(digits), total, digits)
    return (
        (plain(f"g = ∂L/∂w + {' + '.join(symbols) or '0'}"),),
        (plain("w = "), weight),
        (plain("g = "), gradient.token(digits), *added(pull, digits), plain(f" {agrees} "), total),
    )


def clip_lines(reading: Reading, index: int, unit: int, source: int) -> tuple[Line, ...]:
    """Return the gradient of one weight before and after clipping."""
    layer, digits, training = reading.layer(index), reading.digits, reading.trace.spec.training
    before = float(layer.grad_weights[unit, source]) + float(layer.regularization_weights[unit, source])
    after = figure(float(layer.used_weights[unit, source]), digits, "gradient")
    lines: list[Line] = [(plain(part),) for part in text(formula(reading, Moment("clip"))).split("; ")]
    if training.clip_value is not None:
        limit = training.clip_value
        held = max(-limit, min(limit, before))
        bound = short_number(limit)
        lines.append(
            (plain(f"−{bound} ≤ g ≤ {bound}: "), figure(before, digits, "gradient"), plain(" → "), figure(held, digits, "gradient"))
        )
        before = held
    if training.clip_norm is not None:
        factor = reading.trace.clip_factor
        lines.append((plain(f"‖g‖ ≤ {short_number(training.clip_norm)}: "), plain("‖g‖ = "), figure(gradient_norm(reading), digits)))
        parts = (figure(before, digits, "gradient"), figure(factor, digits))
        lines.append((plain("g = "), parts[0], plain(" × "), parts[1], plain(f" {product_sign(parts, after, digits)} "), after))
    return tuple(lines)


def gradient_norm(reading: Reading) -> float:
    """Return ‖g‖ of the whole gradient as the clipping by norm meets it."""
    limit = reading.trace.spec.training.clip_value
    parts = []
    with np.errstate(all="ignore"):
        for layer in reading.trace.layers:
            parts += [(layer.grad_weights + layer.regularization_weights).ravel(), layer.grad_bias + layer.regularization_bias]
        gradient = np.concatenate(parts)
        return norm(gradient if limit is None else np.clip(gradient, -limit, limit))


def step_lines(reading: Reading, index: int, unit: int, source: int | None) -> tuple[Line, ...]:
    """Return the optimizer's equations for one weight (the bias where `source` is None), in symbols and in numbers."""
    trace, digits = reading.trace, reading.digits
    numbers, after = _moments(reading, index, unit, source)
    at_shown = _computed_from_shown(reading, numbers)
    rate = rate_of(reading, index, source)
    constants = parameters(trace.spec.training.optimizer) | {"η": short_number(trace.learning_rate), "t": str(trace.count)}
    lines: list[Line] = []
    for left, right in sides(OPTIMIZERS[trace.spec.training.optimizer.kind].formula):
        letter, moment = text(left), text(left) in after
        name, arrow, scale = (letter, "←", 1.0) if moment else (f"Δ{'b' if source is None else 'w'}", "=", rate)
        shown = figure(after.get(letter, step_of(reading, index, unit, source)), digits, "gradient")
        put = put_in(right, numbers, constants, digits)
        moved = put if scale == 1 else (plain(f"{short_number(scale)} · ("), *put, plain(")"))
        lines.append((plain(f"{name} {arrow} {text(right)}"),))
        lines.append((plain(f"{name} = "), *moved, plain(f" {sign(scale * at_shown[letter], shown, digits)} "), shown))
        if moment:
            numbers = {**numbers, letter: Factor(after[letter], "gradient")}
    if rate == 0:
        lines.append((plain(reading.say(message("card.frozen"))),))
    return tuple(lines)


def _moments(reading: Reading, index: int, unit: int, source: int | None) -> tuple[dict[str, Factor], dict[str, float]]:
    """Return by their letters the gradient and the moments of one parameter before the step, and the moments after it."""
    trace, layer = reading.trace, reading.layer(index)
    gradient = layer.used_bias[unit] if source is None else layer.used_weights[unit, source]
    edge = None if source is None else reading.edge(index, unit, source)
    before = {"g": Factor(float(gradient), "gradient", reading.unit(index, unit), edge)}
    after = {}
    for name, vector in trace.state_before.items():
        letter = LETTERS.get(name, name)
        before[letter] = Factor(_entry(reading, vector, index, unit, source), "gradient")
        after[letter] = _entry(reading, trace.state_after[name], index, unit, source)
    return before, after


def _computed_from_shown(reading: Reading, numbers: Mapping[str, Factor]) -> dict[str, float]:
    """Return what the optimizer's equations give for the numbers as they are shown, by letter."""
    trace, digits = reading.trace, reading.digits
    choice = trace.spec.training.optimizer
    state = {name: np.array([numbers[LETTERS.get(name, name)].as_shown(digits)]) for name in trace.state_before}
    with np.errstate(all="ignore"):
        step = OPTIMIZERS[choice.kind].step
        change, new = step(np.array([numbers["g"].as_shown(digits)]), state, trace.count, trace.learning_rate, **dict(choice.parameters))
    return {"Δ": float(change[0]), **{LETTERS.get(name, name): float(vector[0]) for name, vector in new.items()}}


def _entry(reading: Reading, flat: Array, index: int, unit: int, source: int | None) -> float:
    """Return the number of a flat vector that belongs to one weight or bias."""
    view = views(reading.trace.spec.network, flat)[index]
    return float(view.bias[unit] if source is None else view.weights[unit, source])


def step_of(reading: Reading, index: int, unit: int, source: int | None) -> float:
    """Return what the optimizer adds to one weight, or to the bias."""
    layer = reading.layer(index)
    return float(layer.step_bias[unit] if source is None else layer.step_weights[unit, source])


def rate_of(reading: Reading, index: int, source: int | None) -> float:
    """Return what the optimizer's change is multiplied by: 0 for what is not trained."""
    layer = reading.trace.spec.network.layers[index]
    return 0.0 if layer.frozen or (source is None and not layer.train_bias) else layer.rate_multiplier


def new_line(reading: Reading, index: int, unit: int, source: int | None) -> Line:
    """Return w + Δw = the new weight (or the bias)."""
    layer, digits = reading.layer(index), reading.digits
    if source is None:
        name, old, new, edge = "b", layer.bias[unit], layer.new_bias[unit], None
    else:
        name, old, new = f"w{subscript(source + 1)}", layer.weights[unit, source], layer.new_weights[unit, source]
        edge = reading.edge(index, unit, source)
    first = Factor(float(old), "value", None, edge)
    change = Factor(step_of(reading, index, unit, source), "gradient", None, edge)
    shown = result(name, float(new), digits)[1]
    agrees = sign(first.as_shown(digits) + change.as_shown(digits), shown, digits)
    return (plain(f"{name}: "), first.token(digits), *added(change, digits), plain(f" {agrees} "), shown)
