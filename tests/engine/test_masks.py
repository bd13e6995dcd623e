"""Pruned edges, lesioned neurons, frozen layers: what they do to answers, slopes and steps, and that they heal."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nnviz.engine import edits
from nnviz.engine.network import Network, initialize, transfer, views
from nnviz.engine.network_spec import BatchNorm, Conv2D, Dense, Dropout, Flatten, InputSpec, MaxPool2D, NetworkSpec, default_names
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.spec import Spec
from nnviz.engine.trainer import Trainer
from nnviz.engine.update import rates
from tests.engine.build import parts, samples, spec

DATA = samples()
OPTIMIZER_NAMES = sorted(OPTIMIZERS)


def masked(made: Spec, index: int, **fields: object) -> Spec:
    return edits.replace_layer(made, replace(made.network.layers[index], **fields))


def test_a_pruned_edge_is_zero_from_the_start() -> None:
    made = masked(spec(2, 3, 1), 0, pruned=(("x2", "n1"), ("x1", "n3")))
    weights = views(made.network, initialize(made.network, 0))[0].weights
    assert weights[0, 1] == weights[2, 0] == 0 and np.count_nonzero(weights) == 4


@pytest.mark.parametrize("optimizer", OPTIMIZER_NAMES)
def test_what_is_masked_never_moves(optimizer: str) -> None:
    """Momentum, decay and penalties included; the neighbors do move."""
    made = spec(2, 4, 3, 1, optimizer=optimizer, l2=0.01, l1=0.001)
    run = Trainer(made, DATA)
    for _ in range(5):
        run.step()  # so that the moments are in motion
    cut = masked(masked(made, 0, lesioned=("n2",)), 1, pruned=(("n1", "n5"),), rate_multiplier=0.5)
    cut = masked(cut, 2, frozen=True)
    run.set_spec(cut, DATA)
    before = [view.weights.copy() for view in run.network.views], [view.bias.copy() for view in run.network.views]
    for _ in range(20):
        run.step()
    after = [view.weights for view in run.network.views], [view.bias for view in run.network.views]
    moved = [old != new for old, new in zip(before[0], after[0], strict=True)]
    assert not moved[0][1].any() and moved[0][[0, 2, 3]].all()
    assert not moved[1][:, 1].any() and not moved[1][0, 0] and after[0][1][0, 0] == 0 and moved[1][1:, 0].all()
    assert not moved[2].any() and np.array_equal(before[1][2], after[1][2])
    assert before[1][0][1] == after[1][0][1] and (before[1][0] != after[1][0]).sum() == 3


def test_a_lesioned_neuron_is_silent_and_heals_completely() -> None:
    made = spec(2, 4, 1)
    run = Trainer(made, DATA)
    run.run_epoch()
    whole = run.network.parameters.copy()
    run.set_spec(masked(made, 0, lesioned=("n3",)), DATA)
    passed = run.network.forward(DATA.train.x)
    assert not passed.a[0][:, 2].any() and passed.z[0][:, 2].all()
    assert run.network.parameters.tobytes() == whole.tobytes()
    run.set_spec(made, DATA)
    assert run.network.parameters.tobytes() == whole.tobytes()
    assert run.network.forward(DATA.train.x).a[0][:, 2].all()


def test_a_restored_edge_begins_anew_or_comes_back_from_what_was_kept() -> None:
    made = spec(2, 3, 1)
    run = Trainer(made, DATA)
    run.run_epoch()
    before = run.snapshot()
    cut = masked(made, 0, pruned=(("x1", "n2"),))
    run.set_spec(cut, DATA)
    assert run.network.views[0].weights[1, 0] == 0
    lost = run.snapshot()
    run.set_spec(made, DATA)
    assert run.network.views[0].weights[1, 0] == views(made.network, initialize(made.network, 0))[0].weights[1, 0]
    run.restore(lost)
    run.set_spec(cut, DATA)
    run.set_spec(made, DATA, before)
    assert run.network.parameters.tobytes() == before.parameters.tobytes()


def test_masks_that_lose_their_place_are_forgotten() -> None:
    made = masked(masked(spec(2, 4, 3, 1), 0, lesioned=("n4",)), 1, pruned=(("n4", "n6"), ("n1", "n5")))
    smaller = edits.with_units(made, "l1", 3)
    assert smaller.network.layers[0].lesioned == () and smaller.network.layers[1].pruned == (("n1", "n5"),)


def image() -> Spec:
    base = spec(2, 3, output="softmax", loss="categorical_crossentropy")
    layers = (
        Conv2D("c", "Conv", ("f1", "f2", "f3"), lesioned=("f2",)),
        BatchNorm("b", "Norm"),
        MaxPool2D("p", "Pool"),
        Flatten("f", "Flatten"),
        Dropout("d", "Dropout", 0.2),
        Dense("o", "Out", ("n7", "n8", "n9"), base.network.output.activation),
    )
    network = NetworkSpec(InputSpec((6, 6, 1), default_names((6, 6, 1))), layers, 10)
    return replace(base, network=network, data=replace(base.data, features=()))


def test_a_silent_filter_leaves_what_hears_it_alone() -> None:
    """Of a dense layer behind pooling and flattening, the columns that read the filter rest."""
    made = image()
    by_layer = views(made.network, rates(made.network))
    assert by_layer[0].weights.any(axis=1).tolist() == [True, False, True]
    heard = [source.startswith("f2@") for source in made.network.sources(5)]
    assert sum(heard) == 4 and not by_layer[5].weights[:, heard].any() and by_layer[5].weights[:, np.logical_not(heard)].all()
    assert not by_layer[1].statistics.any() and by_layer[1].weights[:, 0].tolist() == by_layer[1].bias.tolist() == [1, 0, 1]
    passed = Network(made.network, initialize(made.network, 0)).forward(np.random.default_rng(0).random((4, 36)))
    assert not passed.a[0].reshape(4, 4, 4, 3)[..., 1].any() and passed.z[0].reshape(4, 4, 4, 3)[..., 1].any()


def test_running_statistics_follow_the_batches_and_a_frozen_norm_stands_still() -> None:
    rng = np.random.default_rng(1)
    data = parts(rng.random((50, 36)), rng.integers(0, 3, 50), 40, 3)
    moving, frozen = image(), masked(image(), 1, frozen=True)
    runs = [Trainer(made, data) for made in (moving, frozen)]
    for run in runs:
        run.run_epoch()
    assert (runs[0].network.views[1].statistics != [[0.0], [1.0]]).any()
    assert (runs[1].network.views[1].statistics == [[0.0], [1.0]]).all()
    assert (runs[1].network.views[1].weights == 1).all()


def test_weights_of_image_layers_survive_an_edit_by_their_ids() -> None:
    made = image()
    flat = initialize(made.network, 0) + np.arange(made.network.weights)
    filters = replace(made.network.layers[0], neurons=("f3", "f9", "f1"), lesioned=())
    changed = edits.replace_layer(made, filters)
    fresh = initialize(changed.network, 0)
    old, begun = views(made.network, flat), views(changed.network, fresh)
    new = views(changed.network, transfer(made.network, flat, changed.network, fresh))
    assert np.array_equal(new[0].weights[[0, 2]], old[0].weights[[2, 0]]) and np.array_equal(new[0].weights[1], begun[0].weights[1])
    assert np.array_equal(new[1].statistics[:, [0, 2]], old[1].statistics[:, [2, 0]])
    columns = {source: place for place, source in enumerate(made.network.sources(5))}
    for place, source in enumerate(changed.network.sources(5)):
        expected = old[5].weights[:, columns[source]] if source in columns else begun[5].weights[:, place]
        assert np.array_equal(new[5].weights[:, place], expected)


def test_a_lesioned_neuron_comes_back_as_it_was_behind_a_batch_norm_too() -> None:
    made = spec(2, 4, 3, 1)
    first, *rest = made.network.layers
    norms = BatchNorm("b", "Norm"), Dropout("d", "Drop", 0.1)
    made = replace(made, network=replace(made.network, layers=(first, *norms, *rest)))
    run = Trainer(made, DATA)
    run.run_epoch()
    run.set_spec(masked(made, 0, lesioned=("n2",)), DATA)
    before = [[view.weights.copy(), view.bias.copy(), view.statistics.copy()] for view in run.network.views]
    for _ in range(30):
        run.run_epoch()
    after = run.network.views
    assert after[1].weights[1] == before[1][0][1] and after[1].bias[1] == before[1][1][1]
    assert (after[1].statistics[:, 1] == before[1][2][:, 1]).all() and (after[1].statistics[:, 0] != before[1][2][:, 0]).all()
    assert (after[3].weights[:, 1] == before[3][0][:, 1]).all() and (after[3].weights[:, 0] != before[3][0][:, 0]).all()


def test_ids_with_signs_in_them_are_silenced_all_the_same() -> None:
    made = image()
    strange = {"f1": "a@0,0", "f2": "a@0", "f3": "a"}
    layers = replace(made.network.layers[0], neurons=tuple(strange.values()), lesioned=("a@0",)), *made.network.layers[1:]
    named = replace(made, network=replace(made.network, layers=layers))
    assert np.array_equal(rates(named.network), rates(made.network))
