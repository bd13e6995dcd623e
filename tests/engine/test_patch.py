"""Numbers set by hand land where their ids say and nowhere else."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.engine import edits
from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.network import initialize, views
from nnviz.engine.network_spec import SCALE, BatchNorm, NetworkSpec, Weighted
from nnviz.engine.patch import BIAS, Patch, patched, read, redrawn, single
from nnviz.engine.table import choose
from tests.engine.any_spec import networks
from tests.engine.build import batch_norm, conv, dense, dropout, flatten, max_pool, network, stack, trained

MADE = network(2, 3, 2)  # l1: n1 n2 n3, l2: n4 n5
FLAT = np.arange(1.0, MADE.weights + 1)
IMAGES = stack((4, 4, 2), conv(3, (2, 2)), batch_norm(), max_pool(), flatten(), dropout(), dense(2))
PIXELS = np.arange(1.0, IMAGES.weights + 1)


def changed(before: np.ndarray, after: np.ndarray) -> list[int]:
    return np.flatnonzero(before != after).tolist()


def test_a_weight_is_found_by_its_ids() -> None:
    made = patched(MADE, FLAT, [single("l1", "n2", "x2", -7.0)])
    assert views(MADE, made)[0].weights[1, 1] == -7
    assert changed(FLAT, made) == [3]
    assert FLAT[3] == 4  # what was given stays as it was


def test_the_empty_source_is_the_bias() -> None:
    made = patched(MADE, FLAT, [single("l2", "n5", BIAS, -7.0)])
    assert views(MADE, made)[1].bias.tolist() == [FLAT[-2], -7]
    assert changed(FLAT, made) == [MADE.weights - 1]


def test_rows_and_columns_may_come_in_any_order() -> None:
    patch = Patch("l1", ("n3", "n1"), (BIAS, "x2"), np.array([[-1.0, -2.0], [-3.0, -4.0]]))
    first = views(MADE, patched(MADE, FLAT, [patch]))[0]
    assert first.weights.tolist() == [[1, -4], [3, 4], [5, -2]]
    assert first.bias.tolist() == [-3, 8, -1]
    np.testing.assert_array_equal(read(MADE, patched(MADE, FLAT, [patch]), patch).values, patch.values)


def test_of_two_patches_of_one_place_the_later_holds() -> None:
    made = patched(MADE, FLAT, [single("l1", "n1", "x1", -1.0), single("l1", "n1", "x1", -2.0)])
    assert made[0] == -2


def test_reading_does_not_look_into_the_vector_later() -> None:
    flat = FLAT.copy()
    found = read(MADE, flat, single("l1", "n1", "x1", 0.0))
    flat[:] = 0
    assert found.values.tolist() == [[1]]


def test_what_the_network_does_not_have_is_left_out() -> None:
    patch = Patch("l1", ("n9", "n2"), ("x9", "x1", BIAS), np.array([[1.0, 2.0, 3.0], [-4.0, -5.0, -6.0]]))
    made = patched(MADE, FLAT, [patch, single("l9", "n1", "x1", 0.0)])
    first = views(MADE, made)[0]
    assert (first.weights[1, 0], first.bias[1]) == (-5, -6)
    assert len(changed(FLAT, made)) == 2
    found = read(MADE, made, patch)
    assert (found.neurons, found.sources, found.values.tolist()) == (("n2",), ("x1", BIAS), [[-5, -6]])
    nothing = read(MADE, made, single("l9", "n1", "x1", 0.0))
    assert (nothing.layer, nothing.neurons, nothing.sources, nothing.values.size) == ("l9", (), (), 0)


def test_a_layer_without_biases_takes_none() -> None:
    bare = network(2, 3, 1, use_bias=False)
    flat = np.arange(1.0, bare.weights + 1)
    patch = Patch("l1", ("n1",), ("x1", BIAS), np.array([[-1.0, -2.0]]))
    assert changed(flat, patched(bare, flat, [patch])) == [0]
    assert read(bare, flat, patch).sources == ("x1",)


def test_a_pruned_edge_stays_0() -> None:
    pruned = edits.prune(trained(MADE), "l1", [("x1", "n2")], on=True).network
    made = patched(pruned, FLAT, [Patch("l1", ("n2",), ("x1", "x2"), np.array([[-1.0, -2.0]]))])
    assert views(pruned, made)[0].weights[1].tolist() == [0, -2]


def test_a_kernel_is_set_place_by_place() -> None:
    made = patched(IMAGES, PIXELS, [single("l1", "n2", "2@0,1", -1.0), single("l1", "n3", BIAS, -2.0)])
    first = views(IMAGES, made)[0]
    assert first.weights[1].tolist() == [9, 10, 11, 12, 13, -1, 15, 16]  # channel by channel, row by row
    assert first.bias.tolist() == [25, 26, -2]
    assert len(changed(PIXELS, made)) == 2


def test_of_a_batch_norm_gamma_and_beta_are_set_and_the_statistics_stay() -> None:
    made = patched(IMAGES, PIXELS, [Patch("l2", ("n3", "n1"), (SCALE, BIAS), np.array([[-1.0, -2.0], [-3.0, -4.0]]))])
    second = views(IMAGES, made)[1]
    assert (second.weights[:, 0].tolist(), second.bias.tolist()) == ([-3, 29, -1], [-4, 32, -2])
    np.testing.assert_array_equal(second.statistics, views(IMAGES, PIXELS)[1].statistics)


def test_a_layer_without_weights_has_no_place_for_any() -> None:
    np.testing.assert_array_equal(patched(IMAGES, PIXELS, [single("l5", "n1", BIAS, 0.0)]), PIXELS)
    assert read(IMAGES, PIXELS, single("l5", "n1", BIAS, 0.0)).values.size == 0


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_the_vector_keeps_its_precision(precision: str) -> None:
    flat = FLAT.astype(precision)
    assert patched(MADE, flat, [single("l1", "n1", "x1", 0.1)]).dtype == precision
    assert read(MADE, flat, single("l1", "n1", "x1", 0.0)).values.dtype == precision


def whole(made: NetworkSpec, index: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return all rows and columns of a layer."""
    layer = made.layers[index]
    biased = isinstance(layer, BatchNorm) or (isinstance(layer, Weighted) and layer.use_bias)
    return made.rows(index), (*made.sources(index), *([BIAS] if biased else []))


@given(networks(("a", "b", "c", "d")), st.data())
@settings(max_examples=60, deadline=None)
def test_what_is_put_anywhere_is_read_there_and_putting_back_gives_the_start(made: NetworkSpec, data: st.DataObject) -> None:
    flat = initialize(made, 1)
    index = data.draw(st.integers(0, len(made.layers) - 1))
    rows, columns = whole(made, index)
    if not rows:
        return
    neurons = tuple(data.draw(st.lists(st.sampled_from(rows), min_size=1, unique=True)))
    sources = tuple(data.draw(st.lists(st.sampled_from(columns), min_size=1, unique=True)))
    patch = Patch(made.layers[index].id, neurons, sources, np.random.default_rng(0).normal(size=(len(neurons), len(sources))))
    before, after = read(made, flat, patch), patched(made, flat, [patch])
    pruned = set(getattr(made.layers[index], "pruned", ()))
    expected = np.array([[0 if (source, neuron) in pruned else 1 for source in sources] for neuron in neurons]) * patch.values
    np.testing.assert_array_equal(read(made, after, patch).values, expected)
    assert len(changed(flat, after)) <= expected.size
    np.testing.assert_array_equal(patched(made, after, [before]), flat)


# -- redrawn ------------------------------------------------------------------------------------------------------


def drawn(made: NetworkSpec, layer: str, neurons: tuple[str, ...], seed: int = 0) -> Patch:
    return redrawn(made, layer, neurons, np.random.default_rng(seed))


def test_new_weights_lie_in_their_initializers_range_and_biases_are_0() -> None:
    made = network(50, 40, 1, initializer=choose(INITIALIZERS, "xavier_uniform"))
    patch = drawn(made, "l1", made.layers[0].neurons)
    limit = math.sqrt(6 / (50 + 40))
    weights, biases = patch.values[:, :-1], patch.values[:, -1]
    assert patch.sources == (*made.sources(0), BIAS)
    assert np.abs(weights).max() <= limit < np.abs(weights).max() * 1.05
    assert abs(weights.mean()) < 0.05 * limit
    assert not biases.any()


def test_a_kernels_range_counts_all_its_places() -> None:
    made = stack((9, 9, 4), conv(20, (5, 5), initializer=choose(INITIALIZERS, "xavier_uniform")), flatten(), dense(1))
    weights = drawn(made, "l1", made.layers[0].neurons).values[:, :-1]
    limit = math.sqrt(6 / (25 * 4 + 25 * 20))
    assert weights.shape == (20, 100)
    assert limit * 0.95 < np.abs(weights).max() <= limit


def test_the_same_generator_draws_the_same_and_another_does_not() -> None:
    assert drawn(MADE, "l1", ("n1", "n3")).values.tolist() == drawn(MADE, "l1", ("n1", "n3")).values.tolist()
    assert (drawn(MADE, "l1", ("n1",)).values[0, :2] != drawn(MADE, "l1", ("n1",), seed=1).values[0, :2]).all()


def test_some_neurons_get_what_they_would_get_among_all() -> None:
    everything = drawn(MADE, "l1", ("n1", "n2", "n3"))
    some = drawn(MADE, "l1", ("n3", "n1"))
    assert some.neurons == ("n3", "n1")
    np.testing.assert_array_equal(some.values, everything.values[[2, 0]])


def test_other_neurons_keep_their_weights() -> None:
    made = patched(MADE, FLAT, [drawn(MADE, "l1", ("n2",))])
    assert changed(FLAT, made) == [2, 3, 7]


def test_a_layer_without_biases_gets_none() -> None:
    assert drawn(network(2, 3, 1, use_bias=False), "l1", ("n1",)).sources == ("x1", "x2")


def test_a_batch_norm_begins_again() -> None:
    patch = drawn(IMAGES, "l2", ("n2", "n3"))
    assert (patch.sources, patch.values.tolist()) == ((SCALE, BIAS), [[1, 0], [1, 0]])
    second = views(IMAGES, patched(IMAGES, PIXELS, [patch]))[1]
    assert (second.weights[:, 0].tolist(), second.bias.tolist()) == ([28, 1, 1], [31, 0, 0])


@pytest.mark.parametrize(("layer", "neurons"), [("l9", ()), ("l1", ("n9",)), ("l4", ()), ("l5", ("n1",)), ("l2", ("n9",))])
def test_what_has_no_weights_cannot_be_drawn(layer: str, neurons: tuple[str, ...]) -> None:
    with pytest.raises(KeyError):
        drawn(IMAGES, layer, neurons)
