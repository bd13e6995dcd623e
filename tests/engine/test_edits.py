from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.engine import edits
from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.spec import Spec, problems
from nnviz.engine.table import choose
from tests.engine.build import spec

MADE = spec(2, 3, 1)


def every_id(made: Spec) -> list[str]:
    return [name for layer in made.network.layers for name in (layer.id, *layer.neurons)]


def test_growing_adds_neurons_with_new_ids_at_the_end() -> None:
    grown = edits.with_units(MADE, "l1", 5).network
    assert grown.layer("l1").neurons == ("n1", "n2", "n3", "n5", "n6")
    assert grown.next_id == MADE.network.next_id + 2


def test_shrinking_takes_the_last_away_and_ids_are_never_used_again() -> None:
    shrunk = edits.with_units(edits.with_units(MADE, "l1", 5), "l1", 2)
    assert shrunk.network.layer("l1").neurons == ("n1", "n2")
    assert edits.with_units(shrunk, "l1", 3).network.layer("l1").neurons[-1] == "n7"


def test_a_new_layer_is_like_the_one_before_it() -> None:
    relu = edits.replace_layer(MADE, replace(MADE.network.layers[0], activation=choose(ACTIVATIONS, "relu")))
    new = edits.insert_layer(relu, 1, 4)
    assert [layer.id for layer in new.network.layers] == ["l1", "l5", "l2"]
    layer = new.network.layers[1]
    assert (layer.units, layer.activation.kind, layer.name) == (4, "relu", "Dense 3")
    assert not problems(new)


@pytest.mark.parametrize("index", [-5, 0, 1, 9])
def test_a_new_layer_never_goes_behind_the_output(index: int) -> None:
    assert edits.insert_layer(MADE, index, 2).network.layers[-1].id == "l2"


def test_before_a_lonely_output_a_new_layer_is_a_plain_one() -> None:
    lonely = spec(2, 1, output="sigmoid")
    new = edits.insert_layer(lonely, 0, 3)
    assert [layer.activation.kind for layer in new.network.layers] == ["tanh", "sigmoid"]


def test_removing_a_layer() -> None:
    assert [layer.id for layer in edits.remove_layer(MADE, "l1").network.layers] == ["l2"]


@pytest.mark.parametrize("edit", [lambda made: edits.remove_layer(made, "l9"), lambda made: edits.with_units(made, "l9", 2)])
def test_an_unknown_layer_is_an_error(edit: object) -> None:
    with pytest.raises(KeyError):
        edit(MADE)


def test_features_change_data_and_input_together() -> None:
    new = edits.with_features(MADE, ("x1", "x2", "x1^2"))
    assert new.network.input.shape == (3,)
    assert new.network.input.names == new.data.features == ("x1", "x2", "x1^2")
    assert not problems(new)


@given(st.lists(st.tuples(st.sampled_from(["grow", "insert", "remove"]), st.integers(0, 4), st.integers(1, 5)), max_size=12))
def test_whatever_is_edited_ids_stay_unique_and_the_spec_good(changes: list[tuple[str, int, int]]) -> None:
    made, output = MADE, MADE.network.layers[-1]
    for kind, place, units in changes:
        hidden = made.network.layers[:-1]
        if kind == "insert":
            made = edits.insert_layer(made, place, units)
        elif hidden and kind == "grow":
            made = edits.with_units(made, hidden[place % len(hidden)].id, units)
        elif hidden:
            made = edits.remove_layer(made, hidden[place % len(hidden)].id)
    ids = every_id(made)
    assert len(ids) == len(set(ids))
    assert not problems(made)
    assert made.network.layers[-1] == output
    assert all(int(name[1:]) < made.network.next_id for name in ids)


def test_no_edit_touches_the_spec_it_was_given() -> None:
    before = repr(MADE)
    edits.with_units(MADE, "l1", 9)
    edits.insert_layer(MADE, 0, 2)
    edits.with_features(MADE, ("x1",))
    assert repr(MADE) == before
