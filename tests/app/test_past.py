"""The past of a run: what is kept of it, what is forgotten, and that any weight can be followed by its ids."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.app.frame import Frame, Wanted
from nnviz.app.framing import make_frame, planes
from nnviz.app.past import MOST, Past
from nnviz.data.prepare import prepare
from nnviz.engine.edits import replace_layer, with_units
from nnviz.engine.patch import BIAS
from nnviz.engine.spec import Spec
from nnviz.engine.trainer import Trainer
from nnviz.formats.examples import load

SPEC = load("xor").spec
DATA = prepare(SPEC.data)
TRAINER = Trainer(SPEC, DATA.samples)
FRAME = make_frame(TRAINER, DATA, planes(DATA), 0, Wanted(), 0)
FIRST, SECOND = SPEC.network.layers[0], SPEC.network.layers[1]


def frame(step: int, spec: Spec = SPEC, value: float | None = None) -> Frame:
    """A frame whose parameters all are its step, or another value."""
    numbers = np.full(spec.network.weights, float(step if value is None else value))
    return replace(FRAME, step=step, spec=spec, parameters=numbers)


def steps(past: Past) -> list[int]:
    return [moment.step for moment in past.moments]


def first_weight(past: Past) -> tuple[list[int], list[float]]:
    found = past.weight(FIRST.id, FIRST.neurons[0], SPEC.network.input.names[0])
    return found[0].tolist(), found[1].tolist()


def test_nothing_is_known_of_a_run_that_did_not_begin() -> None:
    assert first_weight(Past()) == ([], [])


def test_a_weight_is_followed_from_the_first_frame_to_the_newest() -> None:
    past = Past()
    for step in (0, 3, 10):
        past.add(frame(step))
    assert first_weight(past) == ([0, 3, 10], [0.0, 3.0, 10.0])


def test_every_weight_and_bias_is_the_one_of_its_frame() -> None:
    past = Past()
    past.add(FRAME)
    network = SPEC.network
    for index, layer in enumerate(network.layers):
        for row, neuron in enumerate(network.rows(index)):
            for column, source in enumerate(network.sources(index)):
                assert past.weight(layer.id, neuron, source)[1].tolist() == [FRAME.layers[index].weights[row, column]]
            assert past.weight(layer.id, neuron, BIAS)[1].tolist() == [FRAME.layers[index].bias[row]]


def test_a_number_that_is_set_while_the_run_stands_replaces_what_it_was() -> None:
    past = Past()
    past.add(frame(0))
    past.add(frame(5, value=1.0))
    past.add(frame(5, value=2.0))
    assert first_weight(past) == ([0, 5], [0.0, 2.0])


@pytest.mark.parametrize("back", [0, 4, 6, 9])
def test_a_jump_back_forgets_what_lay_ahead(back: int) -> None:
    past = Past()
    for step in range(10):
        past.add(frame(step))
    past.add(frame(back, value=-1.0))
    assert first_weight(past) == ([*range(back + 1)], [*map(float, range(back)), -1.0])
    past.add(frame(back + 1))
    assert steps(past) == [*range(back + 2)]


def test_another_run_begins_with_nothing() -> None:
    past = Past()
    past.add(frame(7))
    past.clear()
    assert past.moments == ()


def test_a_part_is_absent_where_the_network_did_not_have_it() -> None:
    wider = with_units(SPEC, FIRST.id, len(FIRST.neurons) + 1)
    added = wider.network.weighted(FIRST.id).neurons[-1]
    past = Past()
    past.add(frame(0))
    past.add(frame(1, wider))
    past.add(frame(2, wider))
    past.add(frame(3))
    assert past.weight(FIRST.id, added, "x1")[0].tolist() == [1, 2]
    assert past.weight(SECOND.id, SECOND.neurons[0], added)[0].tolist() == [1, 2]
    assert past.weight("nobody", added, "x1")[0].tolist() == []
    assert past.weight(FIRST.id, FIRST.neurons[0], "nobody")[0].tolist() == []


def test_a_layer_without_biases_has_no_past_of_them() -> None:
    past = Past()
    past.add(frame(0, replace_layer(SPEC, replace(FIRST, use_bias=False))))
    assert past.weight(FIRST.id, FIRST.neurons[0], BIAS)[0].tolist() == []


def test_a_long_run_is_thinned_evenly_and_keeps_both_its_ends() -> None:
    past = Past()
    for step in range(5000):
        past.add(frame(step))
        assert len(past.moments) <= MOST
    kept = steps(past)
    assert kept[0] == 0 and kept[-1] == 4999 and len(kept) > MOST / 3
    assert max(np.diff(kept)) <= 2 * min(np.diff(kept[:-1]))


def test_large_networks_keep_fewer_moments() -> None:
    size = FRAME.parameters.nbytes
    past = Past(most_bytes=10 * size)
    for step in range(500):
        past.add(frame(step))
        assert sum(moment.parameters.nbytes for moment in past.moments[:-1]) <= 10 * size
    assert steps(past)[0] == 0 and steps(past)[-1] == 499 and len(steps(past)) >= 5


def test_where_even_one_is_too_large_the_newest_is_all_there_is() -> None:
    past = Past(most_bytes=1)
    for step in range(50):
        past.add(frame(step))
        assert steps(past) == [step]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 40), max_size=60), st.integers(3, 12))
def test_whatever_comes_the_steps_rise_to_the_newest(order: list[int], most: int) -> None:
    past = Past(most=most)
    for step in order:
        past.add(frame(step))
        found, values = first_weight(past)
        assert found == sorted(set(found)) and found[-1] == step and values == [float(at) for at in found]
        assert len(found) <= most
