from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.engine import edits
from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.network_problems import MAX_LAYERS
from nnviz.engine.network_spec import LAYERS, BatchNorm, Conv2D, Dense, Dropout
from nnviz.engine.spec import Spec, problems
from nnviz.engine.table import choose
from tests.engine.build import batch_norm, conv, dense, dropout, flatten, max_pool, spec, stack, trained

MADE = spec(2, 3, 1)
DEEP = spec(2, 3, 2, 1)  # l1: n1 n2 n3, l2: n4 n5, l3: n6
IMAGES = trained(stack((6, 6, 1), conv(2, (3, 3), "relu"), max_pool(), flatten(), dense(3), dense(2)))


def order(made: Spec) -> list[str]:
    return [layer.id for layer in made.network.layers]


def named(made: Spec) -> list[str]:
    return [layer.name for layer in made.network.layers]


def called(made: Spec, *names: str) -> Spec:
    """Return the spec with its layers under these names."""
    for layer, name in zip(made.network.layers, names, strict=True):
        made = edits.rename(made, layer.id, name)
    return made


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


# -- adding layers ------------------------------------------------------------------------------------------------


def test_a_new_layer_has_the_units_of_its_neighbor_where_none_are_said() -> None:
    assert edits.insert_layer(DEEP, 2).network.layers[2].units == 2
    assert edits.insert_layer(DEEP, 1).network.layers[1].units == 3
    assert edits.insert_layer(spec(2, 1), 0).network.layers[0].units == edits.NEW_UNITS


def test_a_new_layer_looks_behind_itself_where_nothing_like_it_stands_before() -> None:
    made = edits.insert_layer(IMAGES, 3)
    assert (made.network.layers[3].units, made.network.layers[3].activation.kind) == (3, "tanh")
    assert not problems(made)


def test_a_new_convolution_is_like_the_nearest_and_leaves_the_shape_alone() -> None:
    chosen = replace(IMAGES.network.layers[0], initializer=choose(INITIALIZERS, "orthogonal"), stride=(2, 2), frozen=True)
    made = edits.insert_layer(edits.replace_layer(IMAGES, chosen), 1, kind="conv2d")
    new = made.network.layers[1]
    assert isinstance(new, Conv2D)
    assert (new.units, new.kernel, new.activation, new.initializer.kind) == (2, (3, 3), chosen.activation, "orthogonal")
    assert (new.stride, new.frozen) == ((1, 1), False)
    assert made.network.shapes[1] == made.network.shapes[0]
    assert not problems(made)


def test_a_convolution_before_a_lone_output_has_good_defaults() -> None:
    made = edits.insert_layer(trained(stack((2, 2, 1), flatten(), dense(3))), 0, 5, "conv2d")
    assert (made.network.layers[0].units, made.network.layers[0].activation.kind) == (5, "relu")
    assert not problems(made)


@pytest.mark.parametrize(
    ("kind", "index", "name"),
    [
        ("dense", 4, "Dense 3"),
        ("conv2d", 1, "Conv 2"),
        ("maxpool2d", 1, "Pool 2"),
        ("avgpool2d", 2, "Pool 2"),
        ("flatten", 2, "Flatten 2"),
        ("dropout", 3, "Dropout 1"),
        ("batchnorm", 1, "Batch norm 1"),
    ],
)
def test_every_kind_of_layer_can_be_added(kind: str, index: int, name: str) -> None:
    made = called(IMAGES, "Conv 1", "Pool 1", "Flatten", "Dense 1", "Dense 2")
    new = edits.insert_layer(made, index, kind=kind)
    assert (new.network.layers[index].kind, new.network.layers[index].name) == (kind, name)
    assert new.network.layers[index].id == f"l{made.network.next_id}"
    assert not problems(new)
    assert edits.NAMES.keys() == LAYERS.keys()


def test_the_first_flatten_needs_no_number() -> None:
    assert edits.insert_layer(MADE, 0, kind="flatten").network.layers[0].name == "Flatten"


def test_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(KeyError):
        edits.insert_layer(MADE, 0, kind="recurrent")


@given(st.integers(-1, 6), st.sampled_from(sorted(LAYERS)), st.none() | st.integers(1, 5))
def test_adding_and_removing_leaves_nothing_but_a_higher_counter(index: int, kind: str, units: int | None) -> None:
    added = edits.insert_layer(IMAGES, index, units, kind)
    (new,) = set(order(added)) - set(order(IMAGES))
    back = edits.remove_layers(added, [new])
    assert back.network.next_id > IMAGES.network.next_id
    assert replace(back, network=replace(back.network, next_id=IMAGES.network.next_id)) == IMAGES


# -- removing, moving, copying ------------------------------------------------------------------------------------


def test_several_layers_go_at_once_and_what_hung_on_them_is_forgotten() -> None:
    cut = edits.prune(DEEP, "l3", [("n4", "n6")], on=True)
    gone = edits.remove_layers(cut, ["l2", "l1", "l2"])
    assert order(gone) == ["l3"]
    assert gone.network.output.pruned == ()
    assert not problems(gone)


@pytest.mark.parametrize(
    ("layer", "index", "expected"),
    [("l1", 0, "l1 l2 l3"), ("l1", 1, "l2 l1 l3"), ("l1", 2, "l2 l3 l1"), ("l2", 0, "l2 l1 l3"), ("l3", 0, "l3 l1 l2")],
)
def test_a_layer_moves_to_a_place_among_the_others(layer: str, index: int, expected: str) -> None:
    moved = edits.move_layer(DEEP, layer, index)
    assert order(moved) == expected.split()
    assert edits.move_layer(moved, layer, order(DEEP).index(layer)) == DEEP
    assert order(edits.move_layer(DEEP, "l1", 99)) == ["l2", "l3", "l1"]
    assert edits.move_layer(DEEP, "l2", -3) == edits.move_layer(DEEP, "l2", 0)


def test_a_moved_layer_keeps_only_cuts_of_edges_it_still_has() -> None:
    cut = edits.prune(edits.prune(spec(2, 3, 3, 1), "l1", [("x1", "n1")], on=True), "l3", [("n4", "n7")], on=True)
    moved = edits.move_layer(cut, "l1", 1)
    assert [layer.pruned for layer in moved.network.layers] == [(), (), ()]
    assert not problems(moved)


def test_a_copy_stands_right_behind_its_layer_with_ids_of_its_own() -> None:
    made = edits.lesion(edits.prune(DEEP, "l2", [("n1", "n4")], on=True), "l2", ["n5"], on=True)
    made = edits.replace_layer(made, replace(made.network.layer("l2"), role="code", l2=0.5, frozen=True))
    twice = edits.duplicate_layers(made, ["l2"])
    assert order(twice) == ["l1", "l2", "l7", "l3"]
    copy = twice.network.layers[2]
    assert copy.neurons == ("n8", "n9")
    assert (copy.pruned, copy.lesioned, copy.role) == ((), (), "")
    assert (copy.l2, copy.frozen) == (0.5, True)
    assert twice.network.layer("l2") == made.network.layer("l2")
    assert twice.network.next_id == 10
    assert not problems(twice)


def test_several_copies_each_stand_behind_their_own() -> None:
    twice = edits.duplicate_layers(DEEP, ["l2", "l1"])
    assert order(twice) == ["l1", "l7", "l2", "l11", "l3"]
    assert not problems(twice)


def test_the_outputs_copy_stands_before_it() -> None:
    twice = edits.duplicate_layers(MADE, ["l2"])
    assert order(twice) == ["l1", "l5", "l2"]
    assert not problems(twice)


@pytest.mark.parametrize(
    ("names", "copied"),
    [
        (("Dense 1", "Output"), "Dense 2"),
        (("Dense 1", "Dense 2"), "Dense 3"),
        (("hidden", "Output"), "hidden 2"),
        (("h1", "Output"), "h2"),
        (("Dense 9", "Dense 10"), "Dense 11"),
        (("12", "Output"), "13"),
        (("a\u202e\n1", "Output"), "a\u202e 2"),
        (("x" * 60, "Output"), "x" * 58 + " 2"),
    ],
)
def test_a_copy_counts_on_from_the_name_it_is_of(names: tuple[str, str], copied: str) -> None:
    assert named(edits.duplicate_layers(called(MADE, *names), ["l1"])) == [names[0].replace("\n", " "), copied, names[1]]


def test_layers_from_elsewhere_keep_names_that_are_free_and_get_new_ids() -> None:
    elsewhere = edits.lesion(edits.prune(called(DEEP, "Dense 1", "mine", "Dense 1"), "l2", [("n1", "n4")], on=True), "l2", ["n5"], on=True)
    pasted = edits.paste_layers(called(MADE, "Dense 1", "Output"), (*elsewhere.network.layers[:2], Dropout("l1", "", 0.2)), 1)
    assert named(pasted) == ["Dense 1", "Dense 2", "mine", "Dropout 1", "Output"]
    assert order(pasted) == ["l1", "l5", "l9", "l12", "l2"]
    mine = pasted.network.layers[2]
    assert (mine.neurons, mine.pruned, mine.lesioned) == (("n10", "n11"), (), ())
    assert pasted.network.next_id == 13
    assert not problems(pasted)


@pytest.mark.parametrize(("index", "place"), [(-4, 0), (0, 0), (1, 1), (2, 1), (99, 1)])
def test_nothing_is_pasted_behind_the_output(index: int, place: int) -> None:
    pasted = edits.paste_layers(MADE, [Dense("q", "new", ("a", "b"))], index)
    assert named(pasted).index("new") == place


def test_a_pasted_code_is_the_code_only_where_there_is_no_other() -> None:
    code = Dense("q", "code", ("a",), role="code")
    pasted = edits.paste_layers(MADE, [code, code], 1)
    assert [layer.role for layer in pasted.network.layers] == ["", "code", "", ""]


# -- settings of layers -------------------------------------------------------------------------------------------


def test_layers_are_frozen_and_thawed_together() -> None:
    frozen = edits.freeze(DEEP, ["l1", "l3"], on=True)
    assert [layer.frozen for layer in frozen.network.layers] == [True, False, True]
    assert edits.freeze(frozen, ["l1", "l3"], on=False) == DEEP


def test_dropout_is_added_changed_and_removed_behind_its_layer() -> None:
    assert edits.dropout_of(DEEP.network, "l1") is None
    added = edits.with_dropout(DEEP, "l1", 0.3)
    assert order(added) == ["l1", "l7", "l2", "l3"]
    assert added.network.layers[1] == Dropout("l7", "Dropout 1", 0.3)
    changed = edits.with_dropout(added, "l1", 0.4)
    assert changed.network.layers[1] == Dropout("l7", "Dropout 1", 0.4)
    assert [edits.dropout_of(changed.network, layer) for layer in order(changed)] == [0.4, None, None, None]
    removed = edits.with_dropout(changed, "l1", None)
    assert removed.network.layers == DEEP.network.layers
    assert edits.with_dropout(removed, "l1", None) == removed


def test_a_dropout_leaves_cut_edges_and_lesions_alone() -> None:
    made = edits.lesion(edits.prune(DEEP, "l2", [("n1", "n4")], on=True), "l1", ["n2"], on=True)
    added = edits.with_dropout(made, "l1", 0.3)
    assert added.network.layer("l2") == made.network.layer("l2")
    assert added.network.layer("l1") == made.network.layer("l1")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("hidden", "hidden"),
        ("<b>a&amp;b</b>", "<b>a&amp;b</b>"),
        ("\u202eabc\u200b", "\u202eabc\u200b"),
        ("a\nb\tc\x00d\x1be\x85f", "a b c d e f"),
        ("a\u2028b\u2029c\ud800d", "a b c d"),
        ("x" * 200, "x" * 60),
    ],
)
def test_a_name_is_one_short_line_and_else_taken_literally(name: str, shown: str) -> None:
    assert edits.rename(MADE, "l1", name).network.layer("l1").name == shown


# -- neurons and edges --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("after", "place"), [(None, 3), ("n1", 1), ("n3", 3)])
def test_a_neuron_is_added_behind_another(after: str | None, place: int) -> None:
    made = edits.add_neuron(MADE, "l1", after)
    neurons = made.network.weighted("l1").neurons
    assert neurons[place] == "n5"
    assert neurons[:place] + neurons[place + 1 :] == ("n1", "n2", "n3")
    assert made.network.next_id == 6
    back = edits.remove_neurons(made, "l1", ["n5"])
    assert back.network.layers == MADE.network.layers


def test_with_a_neuron_all_that_hung_on_it_goes() -> None:
    made = edits.prune(edits.lesion(DEEP, "l1", ["n2", "n3"], on=True), "l2", [("n2", "n4"), ("n1", "n5")], on=True)
    made = edits.prune(made, "l1", [("x1", "n2")], on=True)
    gone = edits.remove_neurons(made, "l1", ["n2"])
    assert (gone.network.layer("l1").neurons, gone.network.layer("l1").lesioned) == (("n1", "n3"), ("n3",))
    assert (gone.network.layer("l1").pruned, gone.network.layer("l2").pruned) == ((), (("n1", "n5"),))
    assert not problems(gone)


def test_with_a_filter_its_whole_map_goes() -> None:
    cut = edits.prune(IMAGES, "l4", [("n1@1,0", "n3"), ("n2@1,0", "n3")], on=True)
    gone = edits.remove_neurons(cut, "l1", ["n1"])
    assert gone.network.layer("l4").pruned == (("n2@1,0", "n3"),)
    assert not problems(gone)


def test_a_layer_without_neurons_is_a_problem_and_no_error() -> None:
    assert [item.message.key for item in problems(edits.remove_neurons(MADE, "l1", ["n1", "n2", "n3"]))] == ["problem.no-units"]


def test_lesions_are_kept_in_the_layers_order_without_repeats() -> None:
    made = edits.lesion(edits.lesion(MADE, "l1", ["n3"], on=True), "l1", ["n1", "n3", "n1"], on=True)
    assert made.network.weighted("l1").lesioned == ("n1", "n3")
    assert edits.lesion(made, "l1", ["n3", "n2"], on=False).network.weighted("l1").lesioned == ("n1",)
    assert not problems(made)


def test_a_filter_can_be_silenced() -> None:
    made = edits.lesion(IMAGES, "l1", ["n2"], on=True)
    assert made.network.weighted("l1").lesioned == ("n2",)
    assert not problems(made)


def test_cut_edges_are_kept_neuron_by_neuron_without_repeats() -> None:
    made = edits.prune(DEEP, "l2", [("n3", "n5"), ("n1", "n5"), ("n2", "n4"), ("n3", "n5")], on=True)
    assert made.network.layer("l2").pruned == (("n2", "n4"), ("n1", "n5"), ("n3", "n5"))
    more = edits.prune(made, "l2", [("n1", "n4")], on=True)
    assert more.network.layer("l2").pruned == (("n1", "n4"), ("n2", "n4"), ("n1", "n5"), ("n3", "n5"))
    assert edits.prune(more, "l2", [("n1", "n4"), ("n3", "n4")], on=False) == made
    assert not problems(more)


@pytest.mark.parametrize(
    "edit",
    [
        lambda made: edits.remove_layers(made, ["l1", "l9"]),
        lambda made: edits.move_layer(made, "l9", 0),
        lambda made: edits.duplicate_layers(made, ["l9"]),
        lambda made: edits.freeze(made, ["l1", "l9"], on=True),
        lambda made: edits.with_dropout(made, "l9", 0.5),
        lambda made: edits.with_dropout(made, "l9", None),
        lambda made: edits.dropout_of(made.network, "l9"),
        lambda made: edits.rename(made, "l9", "a"),
        lambda made: edits.add_neuron(made, "l9"),
        lambda made: edits.add_neuron(made, "l1", "n4"),
        lambda made: edits.add_neuron(edits.with_dropout(made, "l1", 0.5), "l7"),
        lambda made: edits.remove_neurons(made, "l1", ["n1", "n4"]),
        lambda made: edits.lesion(made, "l1", ["n4"], on=True),
        lambda made: edits.lesion(made, "l1", ["n4"], on=False),
        lambda made: edits.prune(made, "l1", [("n1", "n1")], on=True),
        lambda made: edits.prune(made, "l1", [("x1", "n9")], on=False),
        lambda made: edits.prune(edits.with_dropout(made, "l1", 0.5), "l7", [], on=True),
    ],
)
def test_what_is_not_there_is_an_error(edit: Callable[[Spec], Any]) -> None:
    with pytest.raises(KeyError):
        edit(DEEP)


def test_no_edit_touches_the_spec_it_was_given() -> None:
    before = repr(DEEP)
    edits.with_units(DEEP, "l1", 9)
    edits.insert_layer(DEEP, 0, 2)
    edits.with_features(DEEP, ("x1",))
    edits.duplicate_layers(DEEP, ["l1"])
    edits.prune(DEEP, "l2", [("n1", "n4")], on=True)
    assert repr(DEEP) == before


def test_two_hundred_layers_are_copied_at_once() -> None:
    made = trained(stack((2,), *(dense(8) for _ in range(MAX_LAYERS // 2 - 1)), batch_norm(), dropout(), dense(1)))
    twice = edits.duplicate_layers(made, order(made))
    assert len(set(named(twice))) == len(twice.network.layers) == 2 * len(made.network.layers)
    assert sum(isinstance(layer, BatchNorm) for layer in twice.network.layers) == 2
