from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.buffers import Buffers
from nnviz.engine.losses import FUSED, LOSSES
from nnviz.engine.network import Pass
from nnviz.engine.objective import Objective
from nnviz.engine.plan_activations import answer, keeps_only_answer
from nnviz.engine.plan_losses import SMALL, known_loss, loss, needs_z
from nnviz.engine.table import Choice, bind, choose
from tests.engine.build import dense, stack, trained

ALLOWED = [
    (name, activation)
    for name, entry in LOSSES.items()
    for activation in ACTIVATIONS
    if ACTIVATIONS[activation].probabilities or not entry.needs_probabilities
]
EVERY = pytest.mark.parametrize(("name", "activation"), ALLOWED)
PAIRS = pytest.mark.parametrize(("name", "activation"), FUSED)
DTYPES = pytest.mark.parametrize("dtype", [np.float64, np.float32])
HUGE = st.floats(-1e300, 1e300)
MANY = SMALL + 6


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with np.errstate(all="ignore"):
        yield


def planned(name: Choice, activation: Choice, z: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Return δ as the plan has it, a in the memory of z where it may be."""
    buffers, kept = Buffers(z.dtype), needs_z(name, activation)
    sums, delta = z.copy(), np.full_like(z, np.nan)
    a = np.full_like(z, np.nan) if kept else sums
    forward, ((run, more), factor) = answer(activation, sums, a, buffers), loss(name, activation, sums, a, delta, buffers.within("loss"))
    for _ in range(2):  # the second time all buffers have been used
        np.copyto(sums, z)
        forward()
        run(t, *more)
    return factor * delta


def true(name: Choice, activation: Choice, z: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Return δ of the oracle."""
    objective = Objective(trained(stack((2,), dense(len(z), activation)), name), z.dtype)
    z = z.T.copy()
    a = bind(ACTIVATIONS[activation.kind].value, activation)(z)
    return objective.delta(Pass([z], [z], [a], [None]), t.T.copy()).T / objective.sample_scale


def alike(name: Choice, activation: Choice, z: np.ndarray, t: np.ndarray) -> None:
    """Compare δ, each number relative to itself; where parts of it are subtracted, to the largest slope of its sample."""
    found, expected = planned(name, activation, z, t), true(name, activation, z, t)
    eps, tiny = np.finfo(z.dtype).eps, np.finfo(z.dtype).tiny
    assert found.dtype == z.dtype
    exact = (name.kind, activation.kind) in FUSED and name.kind != "distillation"
    several = 200 + 10 * len(z) + 4 * np.minimum(np.ptp(z, axis=0), 1e3)
    lost = np.zeros(1) if exact else several * eps * np.abs(slope(name, activation, z, t)).max(axis=0)
    assert (np.abs(found - expected) <= several * eps * np.abs(expected) + lost + 4 * tiny).all()


def slope(name: Choice, activation: Choice, z: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Return how large the terms are that δ is made of."""
    warmths = [value for key, value in (*name.parameters, *activation.parameters) if key == "temperature"]
    if (name.kind, activation.kind) in FUSED or name.kind == "distillation":
        return np.full_like(z, max([1.0, *warmths]) / min([1.0, *warmths]))
    y = bind(ACTIVATIONS[activation.kind].value, activation)(z.T)
    gradient = np.abs(bind(LOSSES[name.kind].gradient, name)(y, t.T))
    coupled = ACTIVATIONS[activation.kind].derivative is None
    return ((gradient * y).max(axis=1, keepdims=True) + 0 * gradient if coupled else gradient).T


def targets(name: str, rng: np.random.Generator, shape: tuple[int, int], hard: bool = True) -> np.ndarray:
    """Return what the loss is for: values, classes (or soft ones), a teacher's answers above the classes."""
    outputs, rows = shape
    soft = rng.exponential(size=shape) ** 3
    labels = np.eye(outputs)[rng.integers(outputs, size=rows)].T.copy() if hard else soft / soft.sum(axis=0)
    if LOSSES[name].needs_teacher:
        taught = rng.exponential(size=shape)
        return np.vstack([taught / taught.sum(axis=0), labels])
    return labels if LOSSES[name].needs_classes else rng.normal(size=shape)


@st.composite
def tuned(draw: st.DrawFn, table: dict, name: str) -> Choice:
    items = table[name].parameters
    low = {"temperature": 0.3, "delta": 0.05}
    drawn = {item.name: draw(st.floats(low.get(item.name, item.low), min(item.high, 20.0))) for item in items}
    return choose(table, name, **(drawn if draw(st.booleans()) else {}))


@EVERY
@settings(max_examples=15)
@given(data=st.data(), seed=st.integers(0, 2**32 - 1), spread=st.sampled_from([0.3, 2.0, 8.0]), hard=st.booleans())
def test_it_is_what_the_oracle_says(name: str, activation: str, data: st.DataObject, seed: int, spread: float, hard: bool) -> None:
    rng = np.random.default_rng(seed)
    shape = data.draw(st.sampled_from([(2, 1), (3, 7), (10, 4)]))
    z = spread * rng.normal(size=shape)
    alike(data.draw(tuned(LOSSES, name)), data.draw(tuned(ACTIVATIONS, activation)), z, targets(name, rng, shape, hard))


@EVERY
@DTYPES
@pytest.mark.parametrize("outputs", [1, 3, MANY])
def test_any_number_of_outputs_in_both_precisions(name: str, activation: str, dtype: type, outputs: int) -> None:
    rng = np.random.default_rng(3)
    z, t = (2 * rng.normal(size=(outputs, 6))).astype(dtype), targets(name, rng, (outputs, 6)).astype(dtype)
    alike(choose(LOSSES, name), choose(ACTIVATIONS, activation), z, t)


@PAIRS
@pytest.mark.parametrize("outputs", [2, 3, MANY])
@pytest.mark.parametrize("spread", [1.0, 40.0, 1e5, 1e300])
@DTYPES
def test_a_pair_is_exact_however_sure_it_is(name: str, activation: str, outputs: int, spread: float, dtype: type) -> None:
    """Where y is t but for 1e-30, δ is not 0 but ±1e-30."""
    rng = np.random.default_rng(4)
    spread = min(spread, 1e37) if dtype is np.float32 else spread
    z, t = (spread * rng.uniform(-1, 1, size=(outputs, 30))).astype(dtype), targets(name, rng, (outputs, 30)).astype(dtype)
    alike(choose(LOSSES, name), choose(ACTIVATIONS, activation), z, t)


@pytest.mark.parametrize("outputs", [2, MANY])
def test_softmax_keeps_every_digit_near_its_target(outputs: int) -> None:
    z, t = np.zeros((outputs, 1)), np.zeros((outputs, 1))
    z[0], t[0] = 100, 1
    others = np.exp(-100.0)
    expected = np.full((outputs, 1), others)
    expected[0] = -(outputs - 1) * others
    found = planned(choose(LOSSES, "categorical_crossentropy"), choose(ACTIVATIONS, "softmax"), z, t)
    np.testing.assert_allclose(found, expected, rtol=1e-13)


@pytest.mark.parametrize("z", [-800.0, -40.0, -1e-9, 0.0, 1e-9, 40.0, 800.0, 1e300, -1e300])
@pytest.mark.parametrize("t", [0.0, 1.0, 0.25])
def test_sigmoid_keeps_every_digit_near_its_target(z: float, t: float) -> None:
    z_array, t_array = np.array([[z]]), np.array([[t]])
    expected = true(choose(LOSSES, "binary_crossentropy"), choose(ACTIVATIONS, "sigmoid"), z_array, t_array)
    found = planned(choose(LOSSES, "binary_crossentropy"), choose(ACTIVATIONS, "sigmoid"), z_array, t_array)
    np.testing.assert_allclose(found, expected, rtol=1e-15, atol=1e-307)


@PAIRS
@settings(max_examples=40)
@given(z=arrays(np.float64, (3, 4), elements=HUGE), label=st.integers(0, 2))
def test_pairs_stand_any_number(name: str, activation: str, z: np.ndarray, label: int) -> None:
    t = np.repeat(np.eye(3)[:, [label]], 4, axis=1)
    t = np.vstack([np.full((3, 4), 1 / 3), t]) if LOSSES[name].needs_teacher else t
    alike(choose(LOSSES, name), choose(ACTIVATIONS, activation), z, t)


@pytest.mark.parametrize("name", ["mae", "huber", "hinge", "mse"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_where_branches_meet_it_is_the_oracles(name: str, dtype: type) -> None:
    z, t = np.meshgrid(np.array([-1, -0.0, 0.0, 1, 2, 1e30, -1e30], dtype), np.array([-1, -0.0, 0.0, 1e-30, 0.5, 1, 3], dtype))
    choice, linear = choose(LOSSES, name), choose(ACTIVATIONS, "linear")
    np.testing.assert_array_equal(planned(choice, linear, z, t), true(choice, linear, z, t))


@pytest.mark.parametrize(("name", "activation"), [pair for pair in ALLOWED if pair[0].endswith("entropy") and pair not in FUSED])
@DTYPES
def test_certain_answers_are_finite(name: str, activation: str, dtype: type) -> None:
    z, t = np.array([[-80.0, 80.0], [80.0, -80.0]], dtype), np.array([[1.0, 1.0], [0.0, 0.0]], dtype)
    assert np.isfinite(planned(choose(LOSSES, name), choose(ACTIVATIONS, activation), z, t)).all()


@EVERY
def test_z_is_needed_where_it_is_read(name: str, activation: str) -> None:
    """Where it is not, all other tests let the answers overwrite it."""
    behind = choose(ACTIVATIONS, activation)
    read = (name, activation) in (("binary_crossentropy", "sigmoid"), ("distillation", "softmax"))
    assert needs_z(choose(LOSSES, name), behind) == (read or not keeps_only_answer(behind))


@pytest.mark.parametrize("name", LOSSES)
def test_behind_linear_it_is_the_slope_of_the_answer(name: str) -> None:
    rng = np.random.default_rng(6)
    y, t = rng.uniform(0.1, 0.9, size=(3, 4)), targets(name, rng, (3, 4))
    choice = choose(LOSSES, name)
    expected = bind(LOSSES[name].gradient, choice)(y.T, t.T.copy()).T
    np.testing.assert_allclose(planned(choice, choose(ACTIVATIONS, "linear"), y, t), expected, rtol=1e-13, atol=1e-14)


def test_every_entry_is_known_and_no_other() -> None:
    assert all(known_loss(choose(LOSSES, name)) for name in LOSSES)
    assert not known_loss(Choice("added"))


@EVERY
@DTYPES
@pytest.mark.parametrize("shape", [(10, 32), (MANY, 32)])
def test_nothing_is_allocated(name: str, activation: str, dtype: type, shape: tuple[int, int]) -> None:
    rng, buffers = np.random.default_rng(7), Buffers(dtype)
    z, t = rng.normal(size=shape).astype(dtype), targets(name, rng, shape).astype(dtype)
    a, delta = bind(ACTIVATIONS[activation].value, choose(ACTIVATIONS, activation))(z.T).T.copy(), np.empty_like(z)
    (run, more), _ = loss(choose(LOSSES, name), choose(ACTIVATIONS, activation), z, a, delta, buffers)
    run(t, *more)
    tracemalloc.start()
    try:
        run(t, *more)
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        for _ in range(5):
            run(t, *more)
        assert tracemalloc.get_traced_memory()[1] - before < 1024
    finally:
        tracemalloc.stop()
