from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nnviz.engine.optimizers import OPTIMIZERS, Array, State, nadam_momentum, nadam_product
from nnviz.engine.table import LEAST_EPSILON, choose
from tests.engine.tables.make_optimizers import EVERY, SIZE, TABLE, gradients

CASES = [
    *["sgd", "momentum", "momentum-half", "nesterov", "nesterov-half", "adagrad", "adagrad-odd", "rmsprop", "rmsprop-odd"],
    *["adadelta", "adadelta-odd", "adam", "adam-odd", "adamw", "adamw-odd", "nadam", "nadam-odd", "nadam-slow"],
]


def default_step(
    name: str, gradient: Array, state: State | None = None, count: int = 1, rate: float = 0.1, parameters: Array | None = None
) -> tuple[Array, State]:
    """Make a step with the defaults of the table, from zeros if nothing else is given."""
    optimizer, zeros = OPTIMIZERS[name], np.zeros_like(gradient)
    state = optimizer.state(gradient.size, gradient.dtype) if state is None else state
    options = dict(choose(OPTIMIZERS, name).parameters)
    return optimizer.step(gradient, state, count, rate, zeros if parameters is None else parameters, **options)


@pytest.mark.parametrize("case", CASES)
def test_1000_steps_as_pytorch_makes_them(case: str) -> None:
    with np.load(TABLE) as file:
        table = {key.split("/")[1]: file[key] for key in file.files if key.startswith(f"{case}/")}
    expected, rate = table.pop("parameters"), float(table.pop("rate"))
    optimizer, options = OPTIMIZERS[case.split("-")[0]], {name: float(value) for name, value in table.items()}
    options = dict(choose(OPTIMIZERS, optimizer.name, **options).parameters)
    parameters, state, seen = np.linspace(-1.0, 1.0, SIZE), optimizer.state(SIZE), []
    for count, gradient in enumerate(gradients(), 1):
        change, state = optimizer.step(gradient, state, count, rate, parameters, **options)
        parameters = parameters + change
        if count % EVERY == 0:
            seen.append(parameters)
    np.testing.assert_allclose(seen, expected, rtol=1e-12, atol=1e-15)


def test_the_table_has_every_optimizer() -> None:
    with np.load(TABLE) as file:
        assert {key.split("/")[0] for key in file.files} == set(CASES)
    assert {case.split("-")[0] for case in CASES} == set(OPTIMIZERS)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_step_changes_nothing_it_was_given(name: str) -> None:
    gradient, parameters = np.array([1.0, -2.0]), np.array([3.0, 4.0])
    state = {moment: np.array([0.5, 0.25]) for moment in OPTIMIZERS[name].moments}
    before = {moment: values.copy() for moment, values in state.items()}
    default_step(name, gradient, state, 3, parameters=parameters)
    np.testing.assert_array_equal(gradient, [1.0, -2.0])
    np.testing.assert_array_equal(parameters, [3.0, 4.0])
    assert all((state[moment] == before[moment]).all() for moment in before)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_single_precision_stays_single(name: str) -> None:
    change, after = default_step(name, np.ones(2, np.float32))
    assert change.dtype == np.float32
    assert set(after) == set(OPTIMIZERS[name].moments)
    assert all(moment.dtype == np.float32 and moment.shape == (2,) for moment in after.values())


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_first_step_goes_down_the_slope(name: str) -> None:
    change, _ = default_step(name, np.array([2.0, -3.0]))
    assert (np.sign(change) == [-1, 1]).all()


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_weight_without_slope_stays_where_it_is(name: str) -> None:
    change, _ = default_step(name, np.zeros(2))
    np.testing.assert_array_equal(change, 0)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_finds_the_bottom_of_a_bowl(name: str) -> None:
    parameters, state = np.array([1.0, -0.5]), OPTIMIZERS[name].state(2)
    for count in range(1, 2001):
        change, state = default_step(name, parameters, state, count, 1.0 if name in ("adagrad", "adadelta") else 0.01, parameters)
        parameters = parameters + change
    assert np.abs(parameters).max() < 0.02


def farthest(name: str, rate: float, options: dict[str, float]) -> float:
    """Return how far from the bottom of a parabola of curvature 1 the last of many steps are."""
    place, state, found = np.ones(1), OPTIMIZERS[name].state(1), []
    for count in range(1, 4001):
        change, state = OPTIMIZERS[name].step(place, state, count, rate, place, **options)
        place = place + change
        found.append(float(abs(place[0])))
        if found[-1] > 1e6:
            return found[-1]
    return max(found[-100:])


@pytest.mark.parametrize("momentum", [0.0, 0.4, 0.9])
@pytest.mark.parametrize("name", [name for name, entry in OPTIMIZERS.items() if entry.limit is not None])
def test_steps_settle_below_the_limit_and_grow_above_it(name: str, momentum: float) -> None:
    optimizer = OPTIMIZERS[name]
    options = dict(choose(OPTIMIZERS, name, **({"momentum": momentum} if optimizer.parameters else {})).parameters)
    assert optimizer.limit is not None
    limit = optimizer.limit(**options)
    assert farthest(name, 0.99 * limit, options) < 1e-3
    assert farthest(name, 1.01 * limit, options) > 1e6


@pytest.mark.parametrize("name", [name for name, entry in OPTIMIZERS.items() if entry.limit is None])
def test_without_a_limit_even_large_steps_do_not_grow_without_end(name: str) -> None:
    assert farthest(name, 10.0, dict(choose(OPTIMIZERS, name).parameters)) < 1e3


@pytest.mark.parametrize("name", [name for name, entry in OPTIMIZERS.items() if any(item.name == "epsilon" for item in entry.parameters)])
@pytest.mark.parametrize("slope", [0.0, 1e-30, 1.0, 1e18])
def test_the_least_epsilon_is_no_zero_in_single_precision(name: str, slope: float) -> None:
    options = dict(choose(OPTIMIZERS, name, epsilon=LEAST_EPSILON).parameters)
    gradient, state = np.array([slope], np.float32), OPTIMIZERS[name].state(1, np.float32)
    with np.errstate(invalid="raise", divide="raise"):
        for count in (1, 2, 3):
            change, state = OPTIMIZERS[name].step(gradient, state, count, 0.01, np.zeros(1, np.float32), **options)
            assert np.isfinite(change).all() and change[0] <= 0
    assert not next(item for item in OPTIMIZERS[name].parameters if item.name == "epsilon").allows(LEAST_EPSILON / 10)


@pytest.mark.parametrize("name", ["adam", "adamw"])
def test_adams_first_step_is_the_rate_whatever_the_slope(name: str) -> None:
    change, _ = default_step(name, np.array([1e-3, 5.0, -1e3]), rate=0.01)
    np.testing.assert_allclose(change, [-0.01, -0.01, 0.01], rtol=2e-5)


def test_nesterov_looks_ahead() -> None:
    """After a turn of the slope it brakes harder than plain momentum."""
    state = {"velocity": np.array([1.0])}
    plain, ahead = (default_step(name, np.array([-1.0]), state, 2)[0] for name in ("momentum", "nesterov"))
    np.testing.assert_allclose([plain[0], ahead[0]], [0.1 * 0.1, 0.1 * (1 + 0.9 * 0.1)])


def test_adagrads_steps_shrink_like_the_root_of_the_time() -> None:
    state = {"square": np.array([99.0])}
    change, state = default_step("adagrad", np.array([1.0]), state, 100)
    assert change[0] == pytest.approx(-0.1 / 10)
    assert state["square"][0] == 100.0


def test_weight_decay_is_apart_from_the_gradient() -> None:
    """Every parameter loses the share ηλ, however its slopes are."""
    parameters, gradient = np.array([1.0, -2.0, 4.0]), np.array([1e-3, 0.0, 50.0])
    adam, _ = default_step("adam", gradient, parameters=parameters)
    adamw, _ = default_step("adamw", gradient, parameters=parameters)
    np.testing.assert_allclose(adamw - adam, -0.1 * 0.01 * parameters, rtol=1e-12)


@given(st.integers(1, 6000), st.floats(0, 0.99999), st.floats(0, 1e4))
@example(6000, 0.99999, 0.38)  # of all γ the one for which the factors left out matter most
@example(6000, 0.99999, 0.5)
@example(355, 0.9, 0.004)
def test_nadams_product_leaves_out_only_what_does_not_matter(count: int, beta1: float, momentum_decay: float) -> None:
    whole = math.prod(nadam_momentum(step, beta1, momentum_decay) for step in range(1, count + 1))
    assert nadam_product(count, beta1, momentum_decay) == pytest.approx(whole, rel=1e-11, abs=1e-17)


def test_nadams_product_of_a_million_steps_is_as_quick() -> None:
    assert nadam_product(10**6, 0.9, 0.004) == 0
    assert nadam_product(10**6, 0.999999, 1e9) == pytest.approx(math.exp(-1), rel=1e-6)
