from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from nnviz.engine.learner import SUSPECT
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.plan_optimizers import RULES
from nnviz.engine.plan_reach import REACHES
from nnviz.engine.plan_update import known
from nnviz.engine.table import Choice, choose
from tests.engine.build import dense, trained
from tests.engine.build import stack as network_of
from tests.engine.planned_updates import FACTOR, SETTINGS, Both, made_of, odd

Array = NDArray[Any]


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with np.errstate(all="ignore"):
        yield


def suspect(dtype: str) -> float:
    return math.pow(float(np.finfo(dtype).max), SUSPECT)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("setting", SETTINGS.values())
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e35, -1e38])
def test_not_calm(value: float, setting: dict[str, Any], dtype: str) -> None:
    both = Both(made_of("sgd", **setting), dtype)
    both.raw[3] = value
    assert not both.update.calm()
    both.raw[3] = 1.0
    assert both.update.calm()


@pytest.mark.parametrize("factor", [1e-6, 0.1, 1.0, 50.0])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("setting", [{}, {"l2": 1e-3}, {"clip_norm": 1.0}])
def test_calm_is_measured_after_the_factor(setting: dict[str, Any], dtype: str, factor: float) -> None:
    both = Both(made_of("sgd", **setting), dtype, at=0.0)
    both.update.set_factor(factor)
    for length, expected in ((0.7, True), (1.01, False)):
        both.raw[...] = length * math.sqrt(suspect(dtype) / both.raw.size) / factor
        assert both.update.calm() == expected


@pytest.mark.parametrize("factor", [1e-300, 1e-30])
def test_nothing_infinite_is_calm_whatever_the_factor(factor: float) -> None:
    for dtype in ("float64", "float32"):
        both = Both(made_of("sgd"), dtype)
        both.update.set_factor(factor)
        for value in (np.finfo(dtype).max, math.inf, math.nan):
            both.raw[...] = value
            assert not both.update.calm()


@given(st.lists(st.floats(width=32), min_size=25, max_size=25), st.sampled_from(["float64", "float32"]))
def test_what_is_calm_is_calm_to_the_oracle(numbers: list[float], dtype: str) -> None:
    with np.errstate(all="ignore"):
        both = Both(made_of("sgd", l2=0.1), dtype)
        both.raw[...] = numbers
        penalty = both.objective.penalty_gradient(both.theta)
        assert penalty is not None
        used = FACTOR * both.raw + penalty
        assert not both.update.calm() or used.dot(used) <= suspect(dtype)


def test_a_penalty_of_far_weights_is_not_calm() -> None:
    both = Both(made_of("sgd", l2=0.1), at=1e40)
    assert not both.update.calm()


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_every_usual_optimizer_is_tame(kind: str, dtype: str) -> None:
    for choice, rate, factor in product((choose(OPTIMIZERS, kind), odd(kind)), (1e-6, 0.001, 1.0), (1.0, 1e-3, 1e-5)):
        both = Both(made_of(choice, masked=True, learning_rate=rate), dtype)
        both.update.set_factor(factor)
        assert both.update.tame


def extremes(dtype: str, size: int) -> Iterator[Array]:
    """Yield gradients as long as calm ones may be, next to nothing, and turns from the one to the other."""
    longest = math.sqrt(suspect(dtype) / 2.1)
    alone = np.zeros(size)
    alone[2] = longest
    least = np.full(size, float(np.finfo(dtype).smallest_subnormal))
    wave = longest / math.sqrt(size) * np.sign(np.sin(np.arange(size)))
    for each in (alone, least, wave, -wave, 0 * wave, 1e-20 * wave):
        yield from (each, each, -each)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("rate", [1e-3, 1.0, 1e6, 1e12, 1e100])
@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_tame_updates_stay_finite_at_the_bound(kind: str, rate: float, dtype: str) -> None:
    tiny = choose(OPTIMIZERS, kind, **{item.name: 1e-30 for item in OPTIMIZERS[kind].parameters if item.name == "epsilon"})
    large = choose(OPTIMIZERS, kind, **{item.name: 1e30 for item in OPTIMIZERS[kind].parameters if item.name == "epsilon"})
    for choice in (choose(OPTIMIZERS, kind), odd(kind), tiny, large):
        both = Both(made_of(choice, learning_rate=rate), dtype)
        both.update.set_factor(1.0)
        if not both.update.tame:
            continue
        for count, gradient in enumerate([*extremes(dtype, both.raw.size)] * 3, 1):
            both.raw[...] = gradient
            before = both.planned.copy()
            assert both.update.calm()
            both.update.run(count)
            change = both.planned - before
            assert math.isfinite(change.dot(change))


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_no_update_is_tame_at_any_rate(kind: str) -> None:
    both = Both(made_of(kind))
    for rate in (1e200, 1e-320):
        both.update.learning_rate = rate
        assert not both.update.tame
    both.update.learning_rate = 0.1
    assert both.update.tame
    both.update.learning_rate = 0.0
    assert both.update.tame


def test_a_rate_multiplier_counts() -> None:
    wild = trained(network_of((2,), dense(4, rate_multiplier=1e200), dense(1)))
    assert not Both(wild).update.tame


@pytest.mark.parametrize(("kind", "moment"), [(kind, moment) for kind, entry in OPTIMIZERS.items() for moment in entry.moments])
@pytest.mark.parametrize("value", [math.nan, math.inf, 1e160])
def test_moments_that_a_wild_step_left_behind_are_not_tame(kind: str, moment: str, value: float) -> None:
    both = Both(made_of(kind))
    judged = [both.update.tame]
    for each in (value, -1.0):
        both.moments[moment][5] = each
        both.update.moved()
        judged.append(both.update.tame)
    assert judged == [True, False, "square" not in moment]


def test_far_weights_that_decay_are_not_tame() -> None:
    assert not Both(made_of("adamw"), at=1e160).update.tame
    assert Both(made_of("adam"), at=1e160).update.tame
    assert not Both(made_of("adamw", learning_rate=101.0)).update.tame  # ηλ > 1: a step leads to the other side


def test_numbers_too_small_for_the_precision_are_not_tame() -> None:
    """In single precision 1e-37·√(1 − 0.999) is no normal number: the least ε may become 0."""
    choice = choose(OPTIMIZERS, "adam", epsilon=1e-37)
    assert not Both(made_of(choice), "float32").update.tame
    assert Both(made_of(choice), "float64").update.tame


def test_only_the_nine_are_known() -> None:
    assert set(RULES) == set(REACHES) == set(OPTIMIZERS)
    assert all(known(choose(OPTIMIZERS, kind)) for kind in OPTIMIZERS)
    assert not known(Choice("mine"))
