from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.buffers import Buffers
from nnviz.engine.plan_activations import SMALL, answer, chain, keeps_only_answer, known, slopes
from nnviz.engine.plan_elementwise import FEW
from nnviz.engine.table import Choice, bind, choose

EVERY = pytest.mark.parametrize("name", ACTIVATIONS)
FINITE = pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "naive_softmax"])
DTYPES = pytest.mark.parametrize("dtype", [np.float64, np.float32])
ELEMENTWISE = [name for name, entry in ACTIVATIONS.items() if entry.derivative]
STEPPED = ("linear", "relu", "leaky_relu", "hard_sigmoid", "elu", "selu", "softplus", "sine")  # whose slopes never lose a digit
FROM_ANSWER = {"linear", "sigmoid", "tanh", "relu", "leaky_relu", "softplus", "softmax", "naive_softmax"}
EXTREMES = [0.0, -0.0, 1e-300, -1e-300, 5e-324, -5e-324, 3.0, -3.0, 709.0, -709.0, 710.0, -710.0, 1e17, -1e17, 1e300, -1e300]
MODERATE = st.floats(-60, 60)
HUGE = st.floats(-1e300, 1e300)
SHAPES = [(1, 1), (3, 5), (SMALL + 6, 40)]


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with np.errstate(all="ignore"):
        yield


def ran(choice: Choice, z: np.ndarray, g: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a and δ of the plan's calls, z overwritten where it may be."""
    buffers = Buffers(z.dtype)
    z = z.copy()
    a = z if keeps_only_answer(choice) else np.full_like(z, np.nan)
    delta = g.copy()
    forward, back = answer(choice, z, a, buffers), chain(choice, z, a, delta, buffers)
    forward()
    back()
    return a, delta


def true(choice: Choice, z: np.ndarray, g: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a and δ of the oracle, in double precision."""
    entry, z, g = ACTIVATIONS[choice.kind], z.T.astype(float), g.T.astype(float)
    a = bind(entry.value, choice)(z)
    return a.T, bind(entry.backward, choice)(z, a, g).T


def alike(choice: Choice, z: np.ndarray, g: np.ndarray) -> None:
    """Compare both, each number relative to itself, and to what is subtracted where slopes are differences."""
    eps, tiny = np.finfo(z.dtype).eps, np.finfo(z.dtype).tiny
    (a, delta), (true_a, true_delta) = ran(choice, z, g), true(choice, z, g)
    assert a.dtype == delta.dtype == z.dtype
    wide = 8 if choice.kind not in ("softmax", "naive_softmax") else 8 + len(z) + 2 * np.minimum(np.ptp(z, axis=0), 1000) / warmth(choice)
    least = 4 * tiny * np.maximum(1, np.abs(z.astype(float)))
    assert (np.abs(a - true_a) <= wide * eps * np.abs(true_a) + least).all()
    size = np.abs(g) if choice.kind in ELEMENTWISE else np.abs(g).max(axis=0) / min(1, warmth(choice))
    lost = 0 if choice.kind in STEPPED else 40 * wide * eps * size
    assert (np.abs(delta - true_delta) <= wide * eps * np.abs(true_delta) + lost + least * np.maximum(1, np.abs(g))).all()


def warmth(choice: Choice) -> float:
    return dict(choice.parameters).get("temperature", 1.0)


@st.composite
def choices(draw: st.DrawFn, name: str) -> Choice:
    """Draw any parameters within their ranges, or the defaults."""
    items = ACTIVATIONS[name].parameters
    drawn = {item.name: draw(st.floats(max(item.low, 0.05 if item.open_low else 0.0), min(item.high, 20.0))) for item in items}
    return choose(ACTIVATIONS, name, **(drawn if draw(st.booleans()) else {}))


@EVERY
@DTYPES
@settings(max_examples=40)
@given(data=st.data())
def test_it_is_what_the_oracle_says(name: str, dtype: type, data: st.DataObject) -> None:
    shape = data.draw(st.sampled_from(SHAPES[:2]))
    z, g = (data.draw(arrays(dtype, shape, elements=st.floats(-60, 60, width=32))) for _ in range(2))
    alike(data.draw(choices(name)), z, g)


@EVERY
@DTYPES
@pytest.mark.parametrize("shape", [*SHAPES, (2, 3, 4, 5), (70, 40, 2, 1)])
@pytest.mark.parametrize("spread", [0.3, 8.0])
def test_every_shape_will_do(name: str, dtype: type, shape: tuple[int, ...], spread: float) -> None:
    """Images too, where units are apart."""
    if len(shape) == 2 or name in ELEMENTWISE:
        z, g = np.random.default_rng(0).normal(size=(2, *shape)).astype(dtype)
        alike(choose(ACTIVATIONS, name), spread * z, g) if len(shape) == 2 else alike_flat(name, spread * z, g)


def alike_flat(name: str, z: np.ndarray, g: np.ndarray) -> None:
    found, expected = ran(choose(ACTIVATIONS, name), z, g), ran(choose(ACTIVATIONS, name), z.reshape(len(z), -1), g.reshape(len(g), -1))
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one.ravel(), other.ravel(), rtol=8 * np.finfo(z.dtype).eps, atol=8 * np.finfo(z.dtype).eps)


@FINITE
@DTYPES
def test_extreme_sums_are_stood(name: str, dtype: type) -> None:
    z = np.clip(EXTREMES, -1e37, 1e37).astype(dtype).reshape(2, -1)
    alike(choose(ACTIVATIONS, name), z, np.ones_like(z))


@FINITE
@settings(max_examples=40)
@given(z=arrays(np.float64, (3, 2), elements=HUGE))
def test_nothing_overflows(name: str, z: np.ndarray) -> None:
    alike(choose(ACTIVATIONS, name), z, np.ones_like(z))


@pytest.mark.parametrize("name", ["sigmoid", "softplus", "softmax"])
def test_small_answers_keep_all_their_digits(name: str) -> None:
    z = np.array([[-700.0, -40.0, -37.5], [0.0, 0.0, 0.0]])
    a, _ = ran(choose(ACTIVATIONS, name), z, np.ones_like(z))
    np.testing.assert_allclose(a[0], np.exp(z[0]), rtol=1e-15)


@pytest.mark.parametrize("name", STEPPED)
@DTYPES
def test_at_a_kink_the_slope_is_the_oracles(name: str, dtype: type) -> None:
    edges = np.array([0, -3, 3, 1, -1], dtype)
    z = np.stack([edges, np.nextafter(edges, dtype(-9)), np.nextafter(edges, dtype(9))])
    alike(choose(ACTIVATIONS, name), z, np.ones_like(z))


@pytest.mark.parametrize("alpha", [0.0, 0.3, 1.0, 7.0, 1e20])
def test_an_elu_of_any_depth_has_the_slope_one_on_the_right(alpha: float) -> None:
    z = np.array([[0.0, 1e-9, 5.0, 1e300]])
    np.testing.assert_array_equal(ran(choose(ACTIVATIONS, "elu", alpha=alpha), z, np.ones_like(z))[1], [[alpha, 1, 1, 1]])


def test_naive_softmax_overflows_as_it_is_meant_to() -> None:
    a, _ = ran(choose(ACTIVATIONS, "naive_softmax"), np.array([[710.0], [0.0]]), np.ones((2, 1)))
    assert np.isnan(a[0, 0]) and a[1, 0] == 0


@EVERY
def test_nan_is_not_hidden(name: str) -> None:
    a, delta = ran(choose(ACTIVATIONS, name), np.array([[np.nan], [1.0]]), np.ones((2, 1)))
    assert np.isnan(a[0, 0])
    assert np.isnan(delta[0, 0]) or name == "linear"


@EVERY
@DTYPES
@pytest.mark.parametrize("rows", [7, FEW])
def test_slopes_of_many_layers_come_from_their_answers(name: str, dtype: type, rows: int) -> None:
    """In one array with rows of ones, whose slopes nobody reads."""
    choice, rng = choose(ACTIVATIONS, name), np.random.default_rng(1)
    z, slope = (3 * rng.normal(size=(6, rows))).astype(dtype), np.full((6, rows), np.nan, dtype)
    a = bind(ACTIVATIONS[name].value, choice)(z.T).T.copy()
    a[2] = a[5] = 1
    call = slopes(choice, a, slope)
    assert (call is not None) == (name in FROM_ANSWER and name in ELEMENTWISE and name != "linear")
    if call:
        call()
        expected = bind(ACTIVATIONS[name].derivative, choice)(z, a)
        eps = np.finfo(dtype).eps
        np.testing.assert_allclose(slope[[0, 1, 3, 4]], expected[[0, 1, 3, 4]], rtol=8 * eps, atol=4 * eps)
        assert np.isfinite(slope).all()


@EVERY
def test_z_may_be_overwritten_where_the_answer_says_all(name: str) -> None:
    assert keeps_only_answer(choose(ACTIVATIONS, name)) == (name in FROM_ANSWER)


def test_every_entry_is_known_and_no_other() -> None:
    assert all(known(choose(ACTIVATIONS, name)) for name in ACTIVATIONS)
    assert not known(Choice("added"))


def growth(call: Callable[[], object]) -> int:
    """Return how many bytes calls take at most at a time."""
    call()
    tracemalloc.start()
    try:
        call()
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        for _ in range(5):
            call()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


@EVERY
@DTYPES
@pytest.mark.parametrize("shape", [(10, 32), (128, 64)])
def test_nothing_is_allocated(name: str, dtype: type, shape: tuple[int, int]) -> None:
    choice, buffers, (z, delta) = choose(ACTIVATIONS, name), Buffers(dtype), np.random.default_rng(0).normal(size=(2, *shape)).astype(dtype)
    a = z if keeps_only_answer(choice) else z.copy()
    for call in (answer(choice, z, a, buffers), chain(choice, z, a, delta, buffers), slopes(choice, a, delta)):
        assert call is None or growth(call) < 1024


@EVERY
def test_linking_anew_takes_no_memory(name: str) -> None:
    choice, buffers, z, a = choose(ACTIVATIONS, name), Buffers(np.float32), np.ones((80, 9), np.float32), np.ones((80, 9), np.float32)

    def link() -> int:
        answer(choice, z, a, buffers)
        chain(choice, z, a, a, buffers)
        return buffers.bytes

    first = link()
    arrays_then = dict(buffers._arrays)
    assert link() == first
    assert all(buffers._arrays[key] is array for key, array in arrays_then.items())
