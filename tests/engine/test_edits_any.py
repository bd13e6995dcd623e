"""Any sequence of edits: ids are never used again, and what should be good is good."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.engine import edits
from nnviz.engine.network_spec import LAYERS, Dense, Layer, Weighted
from nnviz.engine.spec import Spec, problems
from tests.engine.any_spec import specs
from tests.engine.build import conv, dense, flatten, max_pool, spec, stack, trained

DEEP = spec(2, 3, 2, 1)
IMAGES = trained(stack((6, 6, 1), conv(2, (3, 3), "relu"), max_pool(), flatten(), dense(3), dense(2)))
LAYER_STEPS = ["insert", "remove", "move", "duplicate", "paste", "freeze", "dropout", "undropout", "rename"]
PART_STEPS = ["units", "neuron", "fewer", "lesion", "heal", "prune", "restore"]


def every_id(made: Spec) -> list[str]:
    return [name for layer in made.network.layers for name in (layer.id, *(layer.neurons if isinstance(layer, Weighted) else ()))]


def order(made: Spec) -> list[str]:
    return [layer.id for layer in made.network.layers]


def step(made: Spec, draw: st.DrawFn, kinds: list[str]) -> Spec:
    """Do one edit that the window would offer."""
    network, what = made.network, draw(st.sampled_from(LAYER_STEPS + PART_STEPS))
    layer = draw(st.sampled_from(network.layers))
    hidden = [item.id for item in network.layers[:-1]]
    owners = [item for item in network.layers[:-1] if isinstance(item, Weighted)]
    owner: Weighted = draw(st.sampled_from(owners or [network.output]))
    index = draw(st.integers(-1, len(network.layers)))
    if what == "insert":
        return edits.insert_layer(made, index, draw(st.none() | st.integers(1, 4)), draw(st.sampled_from(kinds)))
    if what == "duplicate":
        return edits.duplicate_layers(made, draw(st.lists(st.sampled_from(order(made)), max_size=2)))
    if what == "paste":
        return edits.paste_layers(made, draw(st.lists(st.sampled_from([item for item in network.layers if item.kind in kinds]))), index)
    if what == "freeze":
        return edits.freeze(made, draw(st.lists(st.sampled_from(order(made)), max_size=2)), on=draw(st.booleans()))
    if what == "rename":
        return edits.rename(made, layer.id, draw(st.text(max_size=70)))
    if what in ("dropout", "undropout") and hidden:
        return edits.with_dropout(made, draw(st.sampled_from(hidden)), 0.25 if what == "dropout" else None)
    if what == "remove" and hidden:
        return edits.remove_layers(made, draw(st.lists(st.sampled_from(hidden), min_size=1, max_size=2)))
    if what == "move" and hidden:
        return edits.move_layer(made, draw(st.sampled_from(hidden)), draw(st.integers(0, len(hidden) - 1)))
    if what in ("lesion", "heal") and owners:
        return edits.lesion(made, owner.id, draw(st.lists(st.sampled_from(owner.neurons))), on=what == "lesion")
    if what in ("prune", "restore"):
        target = draw(st.sampled_from([item for item in network.layers if isinstance(item, Dense)]))
        sources = network.sources(network.index(target.id))
        edges = st.tuples(st.sampled_from(sources), st.sampled_from(target.neurons)) if sources else st.nothing()
        return edits.prune(made, target.id, draw(st.lists(edges, max_size=4)) if sources else [], on=what == "prune")
    if what == "neuron":
        return edits.add_neuron(made, owner.id, draw(st.none() | st.sampled_from(owner.neurons)))
    if what == "fewer" and owner.units > 1:
        return edits.remove_neurons(made, owner.id, draw(st.lists(st.sampled_from(owner.neurons), max_size=owner.units - 1, unique=True)))
    return edits.with_units(made, owner.id, draw(st.integers(1, 5)))


@st.composite
def histories(draw: st.DrawFn, start: Spec, kinds: list[str]) -> list[Spec]:
    """Return a spec and what becomes of it, edit by edit."""
    found = [start]
    for _ in range(draw(st.integers(1, 8))):
        if len(found[-1].network.layers) < 15:
            found.append(step(found[-1], draw, kinds))
    return found


def ids_hold(history: list[Spec]) -> None:
    """Every id stands once, comes from the counter, and is never given to something else later."""
    seen, gone = set(every_id(history[0])), set[str]()
    for before, after in pairwise(history):
        ids = every_id(after)
        assert len(ids) == len(set(ids))
        assert after.network.next_id >= before.network.next_id
        new = set(ids) - seen
        assert all(before.network.next_id <= int(name[1:]) < after.network.next_id for name in new)
        assert not gone & set(ids)
        gone |= set(every_id(before)) - set(ids)
        seen |= new


@settings(max_examples=60, deadline=None)
@given(histories(DEEP, ["dense", "dropout", "batchnorm", "flatten"]))
def test_whatever_is_edited_ids_stay_unique_and_the_spec_good(history: list[Spec]) -> None:
    ids_hold(history)
    for made in history:
        assert not problems(made)
        assert all(len(layer.name) <= edits.LONGEST_NAME for layer in made.network.layers)
    assert history[-1].network.layers[-1].id == "l3"


@settings(max_examples=60, deadline=None)
@given(histories(IMAGES, sorted(LAYERS)))
def test_of_images_too_and_what_is_wrong_then_is_only_that_shapes_do_not_meet(history: list[Spec]) -> None:
    ids_hold(history)
    meeting = {"needs-row", "needs-image", "kernel-too-large", "pool-too-large"}
    for made in history:
        assert {item.message.key.removeprefix("problem.") for item in problems(made)} <= meeting


@settings(max_examples=60, deadline=None)
@given(specs(), st.data())
def test_a_copy_of_any_layer_of_any_network_differs_in_id_name_and_masks_alone(made: Spec, data: st.DataObject) -> None:
    layer = data.draw(st.sampled_from(made.network.layers))
    twice = edits.duplicate_layers(made, [layer.id])
    (new,) = [item for item in twice.network.layers if item.id not in order(made)]
    assert new.name not in {item.name for item in made.network.layers}
    assert as_copied(new, layer) == as_copied(layer, layer)
    back = edits.remove_layers(twice, [new.id])
    assert order(back) == order(made)


def as_copied(layer: Layer, like: Layer) -> Layer:
    """Return the layer without what a copy has of its own."""
    layer = replace(layer, id="", name="")
    if isinstance(layer, Weighted) and isinstance(like, Weighted):
        assert layer.units == like.units
        layer = replace(layer, neurons=like.neurons, lesioned=())
    return replace(layer, pruned=(), role="") if isinstance(layer, Dense) else layer
