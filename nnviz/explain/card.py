"""The formula card: one neuron, connection or the whole pass at a stage, line by line with its true numbers.

A section is done, now or next. What is done or now shows its numbers; what comes next shows only its formula, so
that a class can guess first. Every number links to the neuron or connection it came from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from nnviz.engine.network_spec import Dense
from nnviz.engine.problem import Message, message
from nnviz.engine.trace import Trace
from nnviz.explain.backward import delta_lines, upstream_lines
from nnviz.explain.changes import new_lines, unit_mean_lines, unit_step_lines
from nnviz.explain.film import Moment
from nnviz.explain.forward import a_lines, term_lines, z_lines
from nnviz.explain.gradient import chain_lines, weight_gradient_lines
from nnviz.explain.loss import loss_lines, output_gradient_lines, total_lines
from nnviz.explain.naming import place_name, weight_name
from nnviz.explain.norm import normalized_lines, running_lines, statistics_lines
from nnviz.explain.numbers import with_comma
from nnviz.explain.passes import again_lines, clipping_lines, input_lines, overview_lines
from nnviz.explain.reading import INPUT, Reading
from nnviz.explain.stages import Stage
from nnviz.explain.symbols import feature
from nnviz.explain.tokens import Line
from nnviz.explain.update import clip_lines, mean_lines, penalty_lines, step_lines

Part = tuple[Moment, Callable[[], Sequence[Line]]]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a card; `state` is done, now or next."""

    title: Message
    state: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """What the formula card shows."""

    title: Message
    sections: tuple[Section, ...]


def card(
    trace: Trace, stage: Stage, layer_id: str, neuron: int, sample: int = 0, digits: int = 4, language: str = "en", comma: bool = False
) -> Card:
    """Return the card of a number at a stage, told by its place in the layer's row of numbers: of a dense layer, a neuron.

    "input" is the id of the input. Of a convolution the first numbers are those of its filters at the first place.

    Raises:
        KeyError: there is no such layer.
    """
    reading = Reading(trace, sample, digits, language, comma)
    if layer_id == INPUT:
        name = feature(reading.network.input.names[neuron])
        parts: list[tuple[Message, list[Part]]] = [
            (message("card.input"), [(Moment("input"), partial(input_lines, reading, neuron))]),
        ]
        return Card(message("card.input-neuron", name=name), _sections(reading, stage, parts))
    index = reading.index(layer_id)
    layer = reading.layer(index).name
    if len(reading.network.shapes[index]) == 1:
        heading = message("card.neuron", layer=layer, neuron=neuron + 1)
    else:
        heading = message("card.number", layer=layer, place=place_name(reading, index, neuron))
    return Card(heading, _sections(reading, stage, _neuron_parts(reading, index, neuron)))


def edge_card(
    trace: Trace,
    stage: Stage,
    layer_id: str,
    unit: int,
    source: int,
    sample: int = 0,
    digits: int = 4,
    language: str = "en",
    comma: bool = False,
) -> Card:
    """Return the card of the connection into a neuron from one of its sources: ∂L/∂w as a product, and its update."""
    reading = Reading(trace, sample, digits, language, comma)
    index = reading.index(layer_id)
    place = (reading, index, unit, source)
    update = [(Moment("penalty"), penalty_lines), (Moment("clip"), clip_lines), (Moment("step"), step_lines), (Moment("new"), new_lines)]
    parts: list[tuple[Message, list[Part]]] = [
        (message("card.forward"), [(Moment("z", index), partial(term_lines, *place))]),
        (message("card.chain"), [(Moment("grad", index), partial(chain_lines, *place))]),
        (message("card.batch"), [(Moment("mean"), partial(mean_lines, *place))]),
        (message("card.update"), [(moment, partial(lines, *place)) for moment, lines in update]),
    ]
    if isinstance(reading.spec(index), Dense):
        heading = message("card.edge", layer=reading.layer(index).name, neuron=unit + 1, source=source + 1)
    else:
        heading = message("card.number", layer=reading.layer(index).name, place=weight_name(reading, index, unit, source))
    return Card(heading, _sections(reading, stage, parts))


def pass_card(trace: Trace, stage: Stage, sample: int = 0, digits: int = 4, language: str = "en", comma: bool = False) -> Card:
    """Return the card of the whole pass: for when no neuron or connection is selected."""
    reading = Reading(trace, sample, digits, language, comma)
    parts: list[tuple[Message, list[Part]]] = [
        (message("card.forward"), [(Moment("a", reading.last), partial(overview_lines, reading))]),
        (message("card.loss"), [(Moment("loss"), partial(total_lines, reading))]),
        (message("card.clip"), [(Moment("clip"), partial(clipping_lines, reading))]),
        (message("card.again"), [(Moment("again"), partial(again_lines, reading))]),
    ]
    return Card(message("card.pass", step=trace.step), _sections(reading, stage, parts))


def _neuron_parts(reading: Reading, index: int, unit: int) -> list[tuple[Message, list[Part]]]:
    """Return all parts that a number of any layer could have; `_sections` leaves out those that this layer has not."""
    place = (reading, index, unit)
    forward: list[Part] = [
        (Moment("z", index), partial(z_lines, *place)),
        (Moment("statistics", index), partial(statistics_lines, *place)),
        (Moment("normalized", index), partial(normalized_lines, *place)),
        (Moment("a", index), partial(a_lines, *place)),
    ]
    parts: list[tuple[Message, list[Part]]] = [(message("card.forward"), forward)]
    backward: list[Part] = [(Moment("delta", index), partial(delta_lines, *place))]
    if index == reading.last:
        loss: list[Part] = [
            (Moment("loss"), partial(loss_lines, reading, unit)),
            (Moment("output_gradient", index), partial(output_gradient_lines, reading, unit)),
        ]
        parts.append((message("card.loss"), loss))
    else:
        backward.insert(0, (Moment("back", index + 1), partial(upstream_lines, *place)))
    parts.append((message("card.backward"), backward))
    if not reading.layer(index).weights.size:
        return parts
    row = (reading, index, reading.row(index, unit))
    update: list[Part] = [
        (Moment("step"), partial(unit_step_lines, *row)),
        (Moment("new"), partial(new_lines, *row)),
        (Moment("running", index), partial(running_lines, *place)),
    ]
    parts.append((message("card.gradient"), [(Moment("grad", index), partial(weight_gradient_lines, *place))]))
    parts.append((message("card.batch"), [(Moment("mean"), partial(unit_mean_lines, *row))]))
    parts.append((message("card.update"), update))
    return parts


def _sections(reading: Reading, stage: Stage, parts: list[tuple[Message, list[Part]]]) -> tuple[Section, ...]:
    """Return the sections as they stand at a stage; parts that this pass does not have are left out."""
    film = reading.plan()
    found = []
    for title, section in parts:
        present = [(film.index(moment), make) for moment, make in section if moment in film]
        if not present:
            continue
        reached = [make for at, make in present if at <= stage.index]
        if not reached:
            found.append(Section(title, "next", _written(reading, present[0][1]()[:1])))
            continue
        state = "now" if present[0][0] <= stage.index <= present[-1][0] else "done"
        found.append(Section(title, state, _written(reading, [line for make in reached for line in make()])))
    return tuple(found)


def _written(reading: Reading, lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return finished lines with the reader's decimal mark in all that they calculate, but not in names."""
    if not reading.comma:
        return tuple(lines)
    return tuple(tuple(token if token.role == "name" else replace(token, text=with_comma(token.text)) for token in line) for line in lines)
