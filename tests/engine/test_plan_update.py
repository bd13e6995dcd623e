from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from nnviz.engine import plan_rule
from nnviz.engine.buffers import Buffers
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.plan_update import room
from nnviz.engine.update import Update, norm
from tests.engine.build import dense, spec, trained
from tests.engine.build import stack as network_of
from tests.engine.planned_updates import FACTOR, SETTINGS, Both, made_of, odd, slopes

Array = NDArray[Any]


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with np.errstate(all="ignore"):
        yield


# -- equal to the oracle ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_a_thousand_steps_as_the_oracle_makes_them(kind: str, setting: str, masked: bool) -> None:
    both = Both(made_of(kind, masked=masked, learning_rate=0.01, **SETTINGS[setting]))
    for count, raw in enumerate(slopes(1000, both.raw.size), 1):
        both.step(raw, count)
    both.equal()


@pytest.fixture(params=[True, False], ids=["in a room", "apart"])
def places(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Return whether the vectors, of 25 numbers, lie together."""
    if not request.param:
        monkeypatch.setattr(plan_rule, "STACKED", 24)
    return bool(request.param)


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_other_options_in_a_room_and_apart(kind: str, places: bool) -> None:
    both = Both(made_of(odd(kind), learning_rate=0.05))
    assert (both.room.rows is not None) == places
    for count, raw in enumerate(slopes(1000, both.raw.size, 1), 1):
        both.step(raw, count)
    both.equal()


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_single_precision(kind: str) -> None:
    both = Both(made_of(kind, learning_rate=0.01, l2=0.01, clip_norm=1.1), "float32")
    for count, raw in enumerate(slopes(200, both.raw.size), 1):
        both.step(raw, count)
    assert both.planned.dtype == np.float32
    both.equal(2e-4)


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_long_vectors_are_done_block_by_block(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_rule, "BLOCK", 8)
    monkeypatch.setattr(plan_rule, "STACKED", 4)
    both = Both(made_of(kind, masked=True, clip_norm=1.0))
    before = both.buffers.bytes
    both.update = both.link()
    both.update.set_factor(FACTOR)
    for count, raw in enumerate(slopes(50, both.raw.size), 1):
        both.update.learning_rate = both.oracle.learning_rate = 0.1 / count
        both.step(raw, count)
    both.equal()
    assert both.buffers.bytes == before


def test_nadam_far_behind_its_table_of_factors() -> None:
    both = Both(made_of("nadam", learning_rate=0.01))
    for count, raw in zip((1, 2, 999, 1000, 1001, 5000, 10**6), slopes(7, both.raw.size), strict=True):
        both.step(raw, count)
    both.equal()


def test_the_sum_of_gradients_is_never_written_to() -> None:
    for kind, setting in product(OPTIMIZERS, SETTINGS.values()):
        both = Both(made_of(kind, masked=True, **setting))
        both.step(slopes(1, both.raw.size)[0], 1)
        np.testing.assert_array_equal(both.raw, slopes(1, both.raw.size)[0])


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_what_is_frozen_stays_bit_by_bit(kind: str) -> None:
    both = Both(made_of(kind, masked=True, l1=0.1))
    before, still = both.planned.copy(), both.oracle.rates == 0
    for count, raw in enumerate(slopes(20, both.raw.size), 1):
        both.step(raw, count)
    np.testing.assert_array_equal(both.planned[still], before[still])
    assert (both.planned[~still] != before[~still]).any()


@pytest.mark.parametrize("size", [1e-300, 1e-160, 1e-30, 1.0, 1e25])
@pytest.mark.parametrize("setting", [{"normalize_gradients": True}, {"clip_norm": 1e-3}, {"clip_norm": 1e-200}])
def test_lengths_of_any_size(size: float, setting: dict[str, Any]) -> None:
    both = Both(made_of("sgd", **setting), at=0.0)
    both.step(size * slopes(1, both.raw.size)[0], 1)
    np.testing.assert_allclose(both.planned, both.theta, rtol=1e-12, atol=0)


@pytest.mark.parametrize("setting", SETTINGS.values())
def test_no_slope_no_step(setting: dict[str, Any]) -> None:
    both = Both(made_of("sgd", **setting), at=0.0)
    both.step(np.zeros(both.raw.size), 1)
    np.testing.assert_array_equal(both.planned, 0)


# -- the same bits again ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", OPTIMIZERS)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_restored_numbers_go_on_with_the_same_bits(kind: str, dtype: str) -> None:
    made, raws = made_of(kind, l2=0.01, clip_norm=1.0), slopes(60, made_of(kind).network.weights)
    first = Both(made, dtype)
    for count, raw in enumerate(raws[:30], 1):
        first.step(raw, count)
    theta, moments = first.planned.copy(), {name: moment.copy() for name, moment in first.moments.items()}
    for count, raw in enumerate(raws[30:], 31):
        first.step(raw, count)
    again, same = Both(made, dtype), first.planned.copy()
    for both in (again, first):  # in new arrays, and back in the old ones
        both.planned[...] = theta
        for name, moment in moments.items():
            both.moments[name][...] = moment
        for count, raw in enumerate(raws[30:], 31):
            both.step(raw, count)
        np.testing.assert_array_equal(both.planned, same)
    assert all((again.moments[name] == first.moments[name]).all() for name in moments)


def test_linking_anew_allocates_no_vectors() -> None:
    made = trained(network_of((200,), dense(200), dense(1)), optimizer="adam", l1=0.01, clip_norm=1.0)
    both = Both(made)
    before = both.buffers.bytes
    tracemalloc.start()
    both.link()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert both.buffers.bytes == before
    assert peak < both.raw.nbytes / 4


@pytest.mark.parametrize("size", [5, plan_rule.STACKED, plan_rule.STACKED + 1])
def test_a_room_has_its_gradient_amid_the_moments(size: int) -> None:
    buffers = Buffers("float32")
    made = room(size, buffers, "raw")
    assert made.gradient.shape == (size,) and made.gradient.dtype == np.float32 and made.gradient.flags.c_contiguous
    assert made.moments((), buffers) == {}
    moments = made.moments(("mean", "square"), buffers)
    assert list(moments) == ["mean", "square"]
    apart = [made.gradient, *moments.values()]
    assert not any(np.may_share_memory(one, other) for one, other in combinations(apart, 2))
    assert (made.rows is not None) == (size <= plan_rule.STACKED)
    again = room(size, buffers, "raw")
    assert again.gradient.ctypes.data == made.gradient.ctypes.data
    assert made.rows is None or all(np.shares_memory(made.rows, each) for each in apart)


# -- live settings ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_rate_factor_and_thresholds_change_without_linking(kind: str) -> None:
    for setting in SETTINGS.values():
        both = Both(made_of(kind, masked=True, **setting))
        for count, raw in enumerate(slopes(60, both.raw.size), 1):
            rate, factor = 0.01 * (1 + count % 5), 1 / (1 + count % 3)
            both.update.learning_rate = both.oracle.learning_rate = rate
            both.update.set_factor(factor)
            if count == 30:
                limits = {name: value / 2 for name, value in setting.items() if name.startswith("clip")}
                assert both.update.set_limits(limits.get("clip_value"), limits.get("clip_norm"))
                changed = replace(both.spec, training=replace(both.spec.training, **limits))
                both.oracle = Update(changed, rate=rate)
            both.step(raw, count, factor)
        assert both.update.learning_rate == rate
        both.equal()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((None, None), (1.0, None)),
        ((None, None), (None, 1.0)),
        ((1.0, 2.0), (None, 2.0)),
        ((1.0, 2.0), (1.0, None)),
        ((1.0, None), (None, 1.0)),
    ],
)
def test_clipping_that_goes_on_or_off_needs_a_new_link(before: tuple[float | None, ...], after: tuple[float | None, ...]) -> None:
    both = Both(made_of("sgd", clip_value=before[0], clip_norm=before[1]))
    assert not both.update.set_limits(after[0], after[1])
    assert both.update.set_limits(before[0], before[1])
    both.step(slopes(1, both.raw.size)[0], 1)
    both.equal()


# -- nothing new --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_a_step_allocates_nothing(kind: str, setting: str) -> None:
    made = trained(network_of((40,), dense(40, rate_multiplier=0.5), dense(1)), optimizer=kind, **SETTINGS[setting])
    both = Both(made)
    both.raw[...] = slopes(1, both.raw.size)[0]
    update = both.update
    for count in (1, 2):
        update.calm()
        update.run(count)
    tracemalloc.start()
    for count in range(3, 20):
        assert update.calm()
        update.run(count)
        update.learning_rate = 0.01 / count
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1024


def test_clipped_steps_are_as_long_as_they_may_be() -> None:
    both = Both(made_of("sgd", clip_norm=0.25, learning_rate=1.0))
    before = both.planned.copy()
    both.step(np.ones(both.raw.size), 1)
    assert norm(both.planned - before) == pytest.approx(0.25, rel=1e-14)


def test_the_first_spec_of_all() -> None:
    both = Both(spec(2, 4, 2, 1, learning_rate=0.03))
    both.step(np.ones(both.raw.size), 1)
    np.testing.assert_allclose(both.planned, np.linspace(-1, 1, both.raw.size) - 0.003, rtol=1e-14, atol=1e-16)
