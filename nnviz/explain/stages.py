"""A recorded pass as a list of stages: what happened, in symbols, in numbers, as a result, and in one sentence.

Each stage shows one neuron or weight in full: the one whose number is largest, or the first that is not finite.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from nnviz.engine.problem import Message
from nnviz.engine.trace import Trace
from nnviz.explain.backward import delta_lines, upstream_text
from nnviz.explain.film import Moment
from nnviz.explain.focus import Focus, focus
from nnviz.explain.formulas import formula
from nnviz.explain.forward import a_lines, z_terms
from nnviz.explain.gradient import chain_text
from nnviz.explain.loss import output_gradient_lines, scale_text, total_scale, total_terms
from nnviz.explain.norm import normalized_lines, running_lines, statistics_text
from nnviz.explain.numbers import format_number, with_comma
from nnviz.explain.reading import Reading
from nnviz.explain.sentences import label, sentence, title
from nnviz.explain.symbols import feature, few, listed
from nnviz.explain.tokens import Line, Term, line_text, sum_text
from nnviz.explain.update import clip_lines, mean_terms, new_line, penalty_lines, step_line


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a pass.

    Attributes:
        index: its position, from 0.
        phase: input, forward, loss, backward, batch, regularization, clipping, update or check.
        quantity: input, z, statistics, normalized, a, loss, output_gradient, delta, grad, back, mean, penalty, clip, step, new,
            running or again.
        layer: the id of the layer it belongs to, None for the whole network.
        label: two or three letters for the transport bar.
        title, sentence: what it is, and what just happened with the real figures.
        formula: LaTeX. numbers: the same with numbers put in. result: what came out.
        shown: the number that `numbers` shows, as (layer id, its place in the layer's row, None), or the weight, as (layer id, row,
            column); None for all of the network.
    """

    index: int
    phase: str
    quantity: str
    layer: str | None
    label: str
    title: Message
    sentence: Message
    formula: str
    numbers: str
    result: str
    shown: tuple[str, int, int | None] | None = None


def stages(trace: Trace, sample: int = 0, digits: int = 4, language: str = "en", comma: bool = False) -> tuple[Stage, ...]:
    """Return the stages of a pass in their order; `sample` is the one of a batch that numbers are shown of."""
    reading = Reading(trace, sample, digits, language, comma)
    found, finite = [], True
    for index, moment in enumerate(reading.plan()):
        place = focus(reading, moment)
        found.append(_stage(reading, index, moment, place, finite))
        finite = finite and math.isfinite(place.value)
    return tuple(found)


def _stage(reading: Reading, index: int, moment: Moment, place: Focus, finite: bool) -> Stage:
    numbers, result = _numbers(reading, moment, place)
    whole = moment.quantity in ("input", "loss", "again")
    return Stage(
        index=index,
        phase=moment.phase,
        quantity=moment.quantity,
        layer=None if moment.layer is None else reading.layer(moment.layer).id,
        label=label(reading, moment),
        title=title(reading, moment),
        sentence=sentence(reading, moment, place, finite),
        formula=formula(reading, moment),
        numbers=with_comma(numbers) if reading.comma else numbers,
        result=with_comma(result) if reading.comma else result,
        shown=None if whole else (reading.layer(place.layer).id, place.unit, place.source),
    )


def _numbers(reading: Reading, moment: Moment, place: Focus) -> tuple[str, str]:
    """Return the number a stage shows as an expression, and what comes out of it."""
    index, unit, source, digits = place.layer, place.unit, place.source or 0, reading.digits
    match moment.quantity:
        case "input":
            return _inputs(reading)
        case "z":
            return f"z = {sum_text(z_terms(reading, index, unit), digits, reading.language)}", format_number(place.value, digits)
        case "statistics":
            return statistics_text(reading, index, unit)
        case "normalized":
            return _halves(normalized_lines(reading, index, unit)[-1])
        case "a":
            return _halves(a_lines(reading, index, unit)[-1])
        case "loss":
            numbers = _scaled(scale_text(total_scale(reading)), total_terms(reading), reading)
            return f"L = {numbers}", format_number(reading.trace.loss, digits)
        case "output_gradient":
            return _halves(output_gradient_lines(reading, unit)[-1])
        case "delta":
            return _halves(delta_lines(reading, index, unit)[-1])
        case "grad":
            return chain_text(reading, index, unit, source)
        case "back":
            return upstream_text(reading, index, unit)
        case "mean":
            numbers = _scaled(scale_text(reading.trace.batch_scale), mean_terms(reading, index, unit, source), reading)
            return f"∂L/∂w = {numbers}", format_number(place.value, digits)
        case "penalty":
            return _halves(penalty_lines(reading, index, unit, source)[-1])
        case "clip":
            return _halves(clip_lines(reading, index, unit, source)[-1])
        case "step":
            return _halves(step_line(reading, index, unit, source))
        case "new":
            return _halves(new_line(reading, index, unit, source))
        case "running":
            return _halves(running_lines(reading, index, unit)[-1])
        case _:
            return f"L = {format_number(reading.trace.loss, digits)} → {format_number(reading.trace.loss_after, digits)}", ""


def _scaled(scale: str, terms: list[Term], reading: Reading) -> str:
    """Return "scale · (sum of the terms)", with no more brackets than needed."""
    expression = sum_text(terms, reading.digits, reading.language)
    if not scale:
        return expression
    return f"{scale} · ({expression})" if len(terms) > 1 else f"{scale} · {expression}"


def _halves(line: Line) -> tuple[str, str]:
    """Return a line up to its last sign, and the number behind it."""
    return line_text(line[:-1]).strip().rstrip("=≈→ "), line[-1].text


def _inputs(reading: Reading) -> tuple[str, str]:
    """Return the inputs of the sample, and its target."""
    names, row = reading.network.input.names, reading.sample
    values = reading.trace.inputs[row]
    given = ["…" if at is None else f"{feature(names[at])} = {format_number(values[at], reading.digits)}" for at in few(len(names))]
    targets = [format_number(value, reading.digits) for value in reading.labels[row]]
    return ", ".join(given), f"y = {listed(targets) if len(targets) > 1 else targets[0]}"
