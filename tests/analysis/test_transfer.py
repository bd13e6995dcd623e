"""Which layers of a network can be taken over into another one: by id, by name, whole or not at all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nnviz.analysis.transfer import NO_SUCH, OTHER_ANSWERS, OTHER_SHAPE, TAKEN, take
from nnviz.engine.network import initialize, views
from nnviz.engine.spec import BatchNorm, Conv2D, Dense, Flatten, InputSpec, NetworkSpec

NAMES = tuple(f"p{number}" for number in range(36))
NETWORK = NetworkSpec(
    InputSpec((6, 6, 1), NAMES),
    (
        Conv2D("c", "Conv 1", ("n1", "n2"), kernel=(1, 3)),
        BatchNorm("b", "Norm"),
        Flatten("f", "Flatten"),
        Dense("h", "Dense 1", ("n3", "n4", "n5")),
        Dense("out", "Output", ("n6", "n7")),
    ),
    8,
)


def changed(index: int, **fields: object) -> NetworkSpec:
    """Return the network with one layer changed."""
    layers = list(NETWORK.layers)
    layers[index] = replace(layers[index], **fields)  # type: ignore[arg-type]
    return replace(NETWORK, layers=tuple(layers))


def taken(network: NetworkSpec, same_answers: bool = True) -> dict[str, str]:
    """Return the fate of each layer; those taken have the donor's numbers, the others their own."""
    rng = np.random.default_rng(0)
    given, fresh = rng.normal(size=NETWORK.weights), initialize(network, 1)
    kept = fresh.copy()
    flat, fates = take(NETWORK, given, network, fresh, same_answers)
    assert np.array_equal(fresh, kept)
    theirs, own, before = views(NETWORK, given), views(network, flat), views(network, fresh)
    for fate in fates:
        index = network.index(fate.layer)
        source = theirs[index] if fate.reason == TAKEN else before[index]
        for name in ("weights", "bias", "statistics"):
            assert np.array_equal(getattr(own[index], name), getattr(source, name)), (fate, name)
    return {fate.layer: fate.reason for fate in fates}


def test_the_same_network_is_taken_whole() -> None:
    assert taken(NETWORK) == dict.fromkeys(("c", "b", "h", "out"), TAKEN)


def test_other_neuron_ids_do_not_matter() -> None:
    assert taken(changed(3, neurons=("n8", "n9", "n10")))["h"] == TAKEN


def test_a_layer_is_found_by_name_where_its_id_is_new() -> None:
    assert taken(changed(3, id="other"))["other"] == TAKEN
    assert taken(changed(3, name="Other"))["h"] == TAKEN
    assert taken(changed(3, id="other", name="Other"))["other"] == NO_SUCH


@pytest.mark.parametrize(
    ("index", "fields", "shapes"),
    [
        (3, {"neurons": ("n3", "n4")}, ("3 × 48", "2 × 48")),
        (3, {"use_bias": False}, ("3 × 48", "3 × 48 without bias")),
        (0, {"kernel": (3, 1)}, ("2 × 1 × 1 × 3", "2 × 1 × 3 × 1")),
    ],
)
def test_a_layer_of_another_shape_begins_anew(index: int, fields: dict[str, object], shapes: tuple[str, str]) -> None:
    network = changed(index, **fields)
    name = network.layers[index].id
    assert taken(network)[name] == OTHER_SHAPE
    _, fates = take(NETWORK, initialize(NETWORK, 0), network, initialize(network, 0))
    assert next(fate.shapes for fate in fates if fate.layer == name) == shapes


def test_the_head_begins_anew_where_it_means_something_else() -> None:
    assert taken(NETWORK, same_answers=False) == {"c": TAKEN, "b": TAKEN, "h": TAKEN, "out": OTHER_ANSWERS}


def test_kinds_are_not_mixed() -> None:
    layers = (*NETWORK.layers[:3], Dense("c", "Conv 1", ("n3", "n4", "n5")), NETWORK.layers[4])
    _, fates = take(NETWORK, initialize(NETWORK, 0), mixed := replace(NETWORK, layers=layers[2:]), initialize(mixed, 0))
    assert next(fate.reason for fate in fates if fate.layer == "c") == NO_SUCH
