"""What the update does to all weights of one neuron, line by line: gradients over the batch, steps, new weights."""

from __future__ import annotations

from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.problem import message
from nnviz.explain.latex import text
from nnviz.explain.loss import scale_text
from nnviz.explain.reading import Reading
from nnviz.explain.symbols import sides, subscript
from nnviz.explain.tokens import INDENT, Line, Term, figure, most_telling, plain
from nnviz.explain.update import new_line, rate_of, step_of


def new_lines(reading: Reading, index: int, unit: int, source: int | None = None) -> tuple[Line, ...]:
    """Return how one weight changes; without `source` all weights of the neuron and its bias, the most changed first of many."""
    head = (plain("w ← w + Δw"),)
    if source is not None:
        return (head, new_line(reading, index, unit, source))
    shown, others = _most_changed(reading, index, unit)
    lines = [new_line(reading, index, unit, place) for place in shown]
    if others:
        lines.append((plain(INDENT + reading.say(message("card.more", count=others))),))
    if reading.trace.spec.network.layers[index].use_bias:
        lines.append(new_line(reading, index, unit, None))
    return (head, *lines)


def unit_step_lines(reading: Reading, index: int, unit: int) -> tuple[Line, ...]:
    """Return the optimizer's formula and the steps of all weights of a neuron and of its bias."""
    equations = sides(OPTIMIZERS[reading.trace.spec.training.optimizer.kind].formula)
    lines: list[Line] = [
        (plain(f"{text(left).replace('Δ', 'Δw')} {'=' if text(left) == 'Δ' else '←'} {text(right)}"),) for left, right in equations
    ]
    shown, others = _most_changed(reading, index, unit)
    for source in shown:
        step = figure(step_of(reading, index, unit, source), reading.digits, "gradient", None, reading.edge(index, unit, source))
        lines.append((plain(f"{INDENT}Δw{subscript(source + 1)} = "), step))
    if others:
        lines.append((plain(INDENT + reading.say(message("card.more", count=others))),))
    if reading.trace.spec.network.layers[index].use_bias:
        lines.append((plain(f"{INDENT}Δb = "), figure(step_of(reading, index, unit, None), reading.digits, "gradient")))
    if rate_of(reading, index, None) == 0:
        frozen = reading.trace.spec.network.layers[index].frozen
        lines.append((plain(reading.say(message("card.frozen") if frozen else message("card.frozen-bias"))),))
    return tuple(lines)


def unit_mean_lines(reading: Reading, index: int, unit: int) -> tuple[Line, ...]:
    """Return the gradient of each weight of a neuron, and of its bias, over the whole batch."""
    layer, scale = reading.layer(index), scale_text(reading.trace.batch_scale)
    lines: list[Line] = [(plain(f"∂L/∂w = {scale}{' · ' if scale else ''}Σᵢ δᵢ·{reading.source_letter(index)}ᵢ"),)]
    shown, others = _most_changed(reading, index, unit)
    for source in shown:
        gradient = figure(float(layer.grad_weights[unit, source]), reading.digits, "gradient", None, reading.edge(index, unit, source))
        lines.append((plain(f"{INDENT}∂L/∂w{subscript(source + 1)} = "), gradient))
    if others:
        lines.append((plain(INDENT + reading.say(message("card.more", count=others))),))
    if reading.trace.spec.network.layers[index].use_bias:
        lines.append((plain(f"{INDENT}∂L/∂b = "), figure(float(layer.grad_bias[unit]), reading.digits, "gradient")))
    return tuple(lines)


def _most_changed(reading: Reading, index: int, unit: int) -> tuple[list[int], int]:
    """Return which weights of a neuron to show, and how many are left out."""
    terms = [Term(float(step), (), prefix=str(source)) for source, step in enumerate(reading.layer(index).step_weights[unit])]
    shown, others = most_telling(terms)
    return [int(term.prefix) for term in shown], len(others)
