"""What the update does to all weights of one neuron, line by line: gradients over the batch, steps, new weights."""

from __future__ import annotations

from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.problem import message
from nnviz.explain.latex import text
from nnviz.explain.naming import bias_letter, weight_letter
from nnviz.explain.reading import Reading
from nnviz.explain.symbols import sides, unnamed
from nnviz.explain.tokens import INDENT, Line, Term, figure, most_telling, plain
from nnviz.explain.update import CHANGE, mean_formula, new_line, rate_lines, rate_of, step_of, stillness


def new_lines(reading: Reading, index: int, row: int, column: int | None = None) -> tuple[Line, ...]:
    """Return how one weight changes; without `column` all of the row and its bias, the most changed first of many."""
    head = (plain("w ← w + Δw"),)
    if column is not None:
        return (head, new_line(reading, index, row, column))
    shown, others = _most_changed(reading, index, row)
    lines = [new_line(reading, index, row, place) for place in shown]
    lines += _more(reading, others)
    if reading.uses_bias(index):
        lines.append(new_line(reading, index, row, None))
    return (head, *lines)


def unit_step_lines(reading: Reading, index: int, row: int) -> tuple[Line, ...]:
    """Return the optimizer's formula and the steps of all weights of a row and of its bias."""
    choice = reading.trace.spec.training.optimizer
    entry, lines = OPTIMIZERS[choice.kind], rate_lines(reading)
    for left, right in sides(entry.formula):
        own = text(left) == CHANGE
        name, arrow = (f"{CHANGE}w", "=") if own else (text(left), "←" if text(left) in text(right) else "=")
        lines.append((plain(f"{name} {arrow} {text(right)}{unnamed(choice, entry.formula) if own else ''}"),))
    shown, others = _most_changed(reading, index, row)
    for column in shown:
        step = figure(step_of(reading, index, row, column), reading.digits, "gradient", None, reading.edge(index, row, column))
        lines.append((plain(f"{INDENT}Δ{weight_letter(reading, index, column)} = "), step))
    lines += _more(reading, others)
    places: list[int | None] = [*shown]
    if reading.uses_bias(index):
        places.append(None)
        step = figure(step_of(reading, index, row, None), reading.digits, "gradient")
        lines.append((plain(f"{INDENT}Δ{bias_letter(reading, index)} = "), step))
    still = [column for column in places if rate_of(reading, index, row, column) == 0]
    reasons = dict.fromkeys(reading.say(stillness(reading, index, row, column)) for column in still)
    return (*lines, *((plain(reason),) for reason in reasons))


def unit_mean_lines(reading: Reading, index: int, row: int) -> tuple[Line, ...]:
    """Return the gradient of each weight of a row, and of its bias, over the whole batch."""
    layer = reading.layer(index)
    lines: list[Line] = [(plain(f"∂L/∂w = {mean_formula(reading, index)}"),)]
    shown, others = _most_changed(reading, index, row)
    for column in shown:
        gradient = figure(float(layer.grad_weights[row, column]), reading.digits, "gradient", None, reading.edge(index, row, column))
        lines.append((plain(f"{INDENT}∂L/∂{weight_letter(reading, index, column)} = "), gradient))
    lines += _more(reading, others)
    if reading.uses_bias(index):
        gradient = figure(float(layer.grad_bias[row]), reading.digits, "gradient")
        lines.append((plain(f"{INDENT}∂L/∂{bias_letter(reading, index)} = "), gradient))
    return tuple(lines)


def _more(reading: Reading, count: int) -> list[Line]:
    return [(plain(INDENT + reading.say(message("card.more", count=count))),)] if count else []


def _most_changed(reading: Reading, index: int, row: int) -> tuple[list[int], int]:
    """Return which weights of a row to show, and how many are left out."""
    terms = [Term(float(step), (), prefix=str(source)) for source, step in enumerate(reading.layer(index).step_weights[row])]
    shown, others = most_telling(terms)
    return [int(term.prefix) for term in shown], len(others)
