"""From a gradient to a new weight, line by line: mean over the batch, penalty, clipping, the optimizer's step.

The optimizer is explained from its own formula: each of its equations is shown in symbols and with the numbers of
one weight, its moments before and after.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nnviz.engine.network import views
from nnviz.engine.network_spec import Dense, Weighted
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.problem import Message, message
from nnviz.engine.samples import Array
from nnviz.engine.schedules import SCHEDULES
from nnviz.engine.spec import TrainingSpec
from nnviz.engine.update import norm, rates
from nnviz.explain.film import Moment, strengths
from nnviz.explain.formulas import formula
from nnviz.explain.gradient import gradient_terms
from nnviz.explain.latex import text
from nnviz.explain.loss import scale_text
from nnviz.explain.naming import bias_letter, weight_letter
from nnviz.explain.numbers import short_number
from nnviz.explain.reading import Reading
from nnviz.explain.symbols import letter, parameters, put_in, sides, unnamed
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
from nnviz.explain.wiring import wires

CHANGE = "Δ"


def mean_lines(reading: Reading, index: int, row: int, column: int) -> tuple[Line, ...]:
    """Return how the samples' gradients of one weight become one: added up, then scaled."""
    layer, digits, scale = reading.layer(index), reading.digits, reading.trace.batch_scale
    terms = mean_terms(reading, index, row, column)
    total = sum(term.value for term in terms)
    shown = result("∂L/∂w", float(layer.grad_weights[row, column]), digits, "gradient")[1]
    whole = Factor(total, "gradient")
    factors = scaled(scale_text(scale), whole, digits)
    return (
        (plain(f"∂L/∂w = {mean_formula(reading, index)}"),),
        *sum_lines(terms, "Σ", total, digits, "gradient", reading.language),
        (plain("∂L/∂w = "), *factors, plain(f" {sign(scale * whole.as_shown(digits), shown, digits)} "), shown),
    )


def mean_formula(reading: Reading, index: int) -> str:
    """Return in symbols how the gradients of the samples become one."""
    scale = scale_text(reading.trace.batch_scale)
    one = f"δᵢ·{reading.source_letter(index)}ᵢ" if isinstance(reading.spec(index), Dense) else "∂ℓᵢ/∂w"
    return f"{scale}{' · ' if scale else ''}Σᵢ {one}"


def mean_terms(reading: Reading, index: int, row: int, column: int) -> list[Term]:
    """Return the gradient of one weight from every sample of the batch: δ·x, or the sum over all places where it is used."""
    terms = []
    for sample in range(reading.batch):
        found = gradient_terms(reading, index, row, column, sample)
        factors = found[0].factors if len(found) == 1 else (Factor(sum(term.value for term in found), "gradient"),)
        terms.append(Term(sum(term.value for term in found), factors, f"{sample + 1}: "))
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


def clip_lines(reading: Reading, index: int, row: int, column: int) -> tuple[Line, ...]:
    """Return the gradient of one weight before and after clipping and normalization."""
    layer, digits, training = reading.layer(index), reading.digits, reading.trace.spec.training
    before = float(layer.grad_weights[row, column]) + float(layer.regularization_weights[row, column])
    after = figure(float(layer.used_weights[row, column]), digits, "gradient")
    lines: list[Line] = [(plain(part),) for part in text(formula(reading, Moment("clip"))).split("; ")]
    if training.clip_value is not None:
        limit = training.clip_value
        held = max(-limit, min(limit, before))
        bound = short_number(limit)
        lines.append(
            (plain(f"−{bound} ≤ g ≤ {bound}: "), figure(before, digits, "gradient"), plain(" → "), figure(held, digits, "gradient"))
        )
        before = held
    if training.clip_norm is not None or training.normalize_gradients:
        lines.append((plain(f"{wanted_length(reading)}: "), plain("‖g‖ = "), figure(gradient_norm(reading), digits)))
        parts = (figure(before, digits, "gradient"), figure(reading.trace.clip_factor, digits))
        lines.append((plain("g = "), parts[0], plain(" × "), parts[1], plain(f" {product_sign(parts, after, digits)} "), after))
    return tuple(lines)


def wanted_length(reading: Reading) -> str:
    """Return how long the gradient is to be: ‖g‖ = 1, or ‖g‖ ≤ 5."""
    training = reading.trace.spec.training
    return "‖g‖ → 1" if training.normalize_gradients or training.clip_norm is None else f"‖g‖ ≤ {short_number(training.clip_norm)}"


def gradient_norm(reading: Reading) -> float:
    """Return ‖g‖ of the whole gradient as the clipping by norm meets it."""
    limit = reading.trace.spec.training.clip_value
    parts = []
    with np.errstate(all="ignore"):
        for layer in reading.trace.layers:
            parts += [(layer.grad_weights + layer.regularization_weights).ravel(), layer.grad_bias + layer.regularization_bias]
        gradient = np.concatenate(parts)
        return norm(gradient if limit is None else np.clip(gradient, -limit, limit))


def step_lines(reading: Reading, index: int, row: int, column: int | None) -> tuple[Line, ...]:
    """Return the optimizer's equations for one weight (the bias where `column` is None), in symbols and in numbers."""
    trace, digits, choice = reading.trace, reading.digits, reading.trace.spec.training.optimizer
    numbers, after = _moments(reading, index, row, column)
    at_shown, rate = _computed_from_shown(reading, numbers), rate_of(reading, index, row, column)
    constants = parameters(choice) | {"η": short_number(trace.learning_rate), "t": str(trace.count)}
    lines: list[Line] = rate_lines(reading)
    entry = OPTIMIZERS[choice.kind]
    for left, right in sides(entry.formula):
        mark, moment = text(left), text(left) in after
        if not moment and mark != CHANGE:
            lines.append((plain(f"{mark} = {text(right, parameters(choice))}"),))
            continue
        name, arrow, scale = (mark, "←", 1.0) if moment else (_change(column), "=", rate)
        shown = figure(after[mark] if moment else step_of(reading, index, row, column), digits, "gradient")
        put = put_in(right, numbers, constants, digits)
        moved = put if scale == 1 else (plain(f"{short_number(scale)} · ("), *put, plain(")"))
        lines.append((plain(f"{name} {arrow} {text(right)}{'' if moment else unnamed(choice, entry.formula)}"),))
        lines.append((plain(f"{name} = "), *moved, plain(f" {sign(scale * at_shown[mark], shown, digits)} "), shown))
        if moment:
            numbers = {**numbers, mark: Factor(after[mark], "gradient")}
    if rate == 0:
        lines.append((plain(reading.say(stillness(reading, index, row, column))),))
    return tuple(lines)


def step_line(reading: Reading, index: int, row: int, column: int) -> Line:
    """Return the one equation that gives Δw, with its numbers."""
    lines = step_lines(reading, index, row, column)
    return next(line for line in reversed(lines) if len(line) > 1 and line[0].text == f"{_change(column)} = ")


def _change(column: int | None) -> str:
    return f"{CHANGE}{'b' if column is None else 'w'}"


def rate_lines(reading: Reading) -> list[Line]:
    """Return the formula of the schedule and the rate it gives this step; nothing where the rate is just the one that was set."""
    training, rate = reading.trace.spec.training, reading.trace.learning_rate
    if training.schedule == TrainingSpec().schedule and not training.warmup_epochs and rate == training.learning_rate:
        return []
    entry, constants = SCHEDULES[training.schedule.kind], parameters(training.schedule)
    head = text(entry.formula, constants) + unnamed(training.schedule, entry.formula)
    given = f"η = {short_number(training.learning_rate)} → "
    return [(plain(head),), (plain(given), figure(rate, reading.digits))]


def _moments(reading: Reading, index: int, row: int, column: int | None) -> tuple[dict[str, Factor], dict[str, float]]:
    """Return by their letters gradient, weight and moments of one parameter before the step, and the moments after it."""
    trace, layer = reading.trace, reading.layer(index)
    gradient, weight = (layer.used_bias, layer.bias) if column is None else (layer.used_weights[:, column], layer.weights[:, column])
    edge = None if column is None else reading.edge(index, row, column)
    own = Factor(float(gradient[row]), "gradient", reading.unit(index, row), edge)
    before, after = {"g": own, "w": Factor(float(weight[row]), "value", None, edge)}, {}
    for name, vector in trace.state_before.items():
        before[letter(name)] = Factor(_entry(reading, vector, index, row, column), "gradient")
        after[letter(name)] = _entry(reading, trace.state_after[name], index, row, column)
    return before, after


def _computed_from_shown(reading: Reading, numbers: Mapping[str, Factor]) -> dict[str, float]:
    """Return what the optimizer's equations give for the numbers as they are shown, by letter."""
    trace, choice = reading.trace, reading.trace.spec.training.optimizer
    at = {mark: np.array([factor.as_shown(reading.digits)]) for mark, factor in numbers.items()}
    state = {name: at[letter(name)] for name in trace.state_before}
    with np.errstate(all="ignore"):
        step = OPTIMIZERS[choice.kind].step
        change, new = step(at["g"], state, trace.count, trace.learning_rate, at["w"], **dict(choice.parameters))
    return {CHANGE: float(change[0]), **{letter(name): float(vector[0]) for name, vector in new.items()}}


def _entry(reading: Reading, flat: Array, index: int, row: int, column: int | None) -> float:
    """Return the number of a flat vector that belongs to one weight or bias."""
    view = views(reading.network, flat)[index]
    return float(view.bias[row] if column is None else view.weights[row, column])


def step_of(reading: Reading, index: int, row: int, column: int | None) -> float:
    """Return what the optimizer adds to one weight, or to the bias."""
    layer = reading.layer(index)
    return float(layer.step_bias[row] if column is None else layer.step_weights[row, column])


def rate_of(reading: Reading, index: int, row: int, column: int | None) -> float:
    """Return what the optimizer's change is multiplied by: 0 for what is not trained."""
    found = rates(reading.network)
    return 1.0 if found is None else _entry(reading, found, index, row, column)


def stillness(reading: Reading, index: int, row: int, column: int | None) -> Message:
    """Return why a weight or a bias does not move."""
    layer = reading.spec(index)
    if layer.frozen:
        return message("card.frozen")
    if isinstance(layer, Weighted) and layer.neurons[row] in layer.lesioned:
        return message("card.lesioned-weight")
    if column is None:
        return message("card.frozen-bias")
    gone = isinstance(layer, Dense) and column not in [source for source, _ in wires(reading.network, index, row)]
    return message("card.pruned") if gone else message("card.frozen") if layer.rate_multiplier == 0 else message("card.lesioned-weight")


def new_line(reading: Reading, index: int, row: int, column: int | None) -> Line:
    """Return w + Δw = the new weight (or the bias)."""
    layer, digits = reading.layer(index), reading.digits
    if column is None:
        name, old, new, edge = bias_letter(reading, index), layer.bias[row], layer.new_bias[row], None
    else:
        name, old, new = weight_letter(reading, index, column), layer.weights[row, column], layer.new_weights[row, column]
        edge = reading.edge(index, row, column)
    first = Factor(float(old), "value", None, edge)
    change = Factor(step_of(reading, index, row, column), "gradient", None, edge)
    shown = result(name, float(new), digits)[1]
    agrees = sign(first.as_shown(digits) + change.as_shown(digits), shown, digits)
    return (plain(f"{name}: "), first.token(digits), *added(change, digits), plain(f" {agrees} "), shown)
