"""Where a run begins, and what of it an edit carries over."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.engine import edits
from nnviz.engine.network import initialize, views
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.snapshot import Snapshot, begin, carry
from nnviz.engine.spec import Spec
from nnviz.engine.table import choose
from tests.engine.build import spec

ADAM = spec(2, 4, 3, 1, optimizer="adam")


def counted(made: Spec, **counts: int) -> Snapshot:
    """Return a snapshot in which every number is another one."""
    start, size = begin(made), made.network.weights
    state = {name: np.arange(size) + 1000.0 * place for place, name in enumerate(start.state, 1)}
    return replace(start, parameters=np.arange(size) + 0.5, state=state, **counts)


def with_optimizer(made: Spec, name: str) -> Spec:
    return replace(made, training=replace(made.training, optimizer=choose(OPTIMIZERS, name)))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_run_begins_at_the_seed_or_at_what_is_given(optimizer: str) -> None:
    made = with_optimizer(ADAM, optimizer)
    start, own = begin(made), begin(made, np.ones(made.network.weights))
    np.testing.assert_array_equal(start.parameters, initialize(made.network, made.training.seed))
    assert own.parameters.tolist() == [1.0] * made.network.weights
    assert tuple(start.state) == OPTIMIZERS[optimizer].moments
    assert not any(moment.any() for moment in start.state.values())
    assert (start.step_count, start.epoch, start.position, start.moments_since, start.hand_stepped) == (0, 0, 0, 0, False)


def test_the_same_layout_keeps_every_bit() -> None:
    snapshot = counted(ADAM, step_count=7, epoch=2, position=3)
    carried = carry(snapshot, replace(ADAM, training=replace(ADAM.training, learning_rate=0.5)), counted(edits.remove_layer(ADAM, "l2")))
    assert carried.parameters is snapshot.parameters
    assert carried.state == snapshot.state
    assert (carried.step_count, carried.epoch, carried.position) == (7, 2, 3)


def test_another_optimizer_begins_with_zeros_and_counts_from_here() -> None:
    carried = carry(counted(ADAM, step_count=7), with_optimizer(ADAM, "momentum"))
    assert carried.moments_since == 7
    assert [moment.any() for moment in carried.state.values()] == [False]


@pytest.mark.parametrize(("now", "since"), [(9, 2), (5, 2), (4, 4)])
def test_moments_kept_from_later_than_now_are_not_given_back(now: int, since: int) -> None:
    kept = counted(ADAM, step_count=5, moments_since=2)
    carried = carry(counted(with_optimizer(ADAM, "sgd"), step_count=now), ADAM, kept)
    assert carried.moments_since == since
    assert any(moment.any() for moment in carried.state.values()) == (now >= 5)


def test_a_moment_that_was_not_kept_is_zero() -> None:
    """Kept by gradient descent, filled in for Adam: the weights come back, their moments begin."""
    kept, fewer = counted(with_optimizer(ADAM, "sgd")), edits.with_units(ADAM, "l1", 3)
    carried = carry(counted(fewer), ADAM, kept)
    hidden, _, _ = views(ADAM.network, carried.parameters)
    np.testing.assert_array_equal(hidden.weights[3], views(ADAM.network, kept.parameters)[0].weights[3])
    for moment in carried.state.values():
        assert not views(ADAM.network, moment)[0].weights[3].any()


@given(st.lists(st.integers(1, 6), min_size=1, max_size=4), st.booleans())
def test_whatever_was_removed_comes_back(units: list[int], layer: bool) -> None:
    whole, fewer = counted(ADAM, step_count=3), ADAM
    for place, count in enumerate(units):
        fewer = edits.with_units(fewer, ("l1", "l2")[place % 2], count)
    if layer:
        fewer = edits.remove_layer(fewer, "l2")
    back = carry(carry(whole, fewer), ADAM, whole)
    assert back.parameters.tobytes() == whole.parameters.tobytes()
    assert all(back.state[name].tobytes() == whole.state[name].tobytes() for name in whole.state)
