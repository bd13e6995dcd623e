from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nnviz.engine.activations import ACTIVATIONS, Activation
from nnviz.engine.table import Parameter, choose
from tests.engine.tables.make_functions import OPTIONS, TABLE, sums, upstream

EVERY = pytest.mark.parametrize("entry", ACTIVATIONS.values(), ids=ACTIVATIONS)
SLOPED = [item for item in ACTIVATIONS.values() if item.derivative]
ELEMENTWISE = pytest.mark.parametrize("entry", SLOPED, ids=lambda item: item.name)
STABLE = pytest.mark.parametrize(
    "entry", [item for item in ACTIVATIONS.values() if item.name != "naive_softmax"], ids=lambda item: item.name
)
Z = np.array([[-3.5, -0.5, 0.25], [1.0, 2.0, -0.1]])
CASES = (
    *(name for name in ACTIVATIONS if name in OPTIONS or not ACTIVATIONS[name].parameters),
    "leaky_relu-steep",
    "elu-half",
    "softmax-warm",
)
STEP = 1e-30
PLACES = 40
MODERATE = st.floats(-50, 50, allow_subnormal=False)
HUGE = st.floats(-1e300, 1e300)
EXTREMES = np.array([[0.0, -0.0, 1e300, -1e300, 1e17, -1e17, 710.0, -710.0, 5e-324, 38.0, -38.0]])


def tuned(entry: Activation) -> dict[str, float]:
    return dict(choose(ACTIVATIONS, entry.name).parameters)


@st.composite
def tunings(draw: st.DrawFn, entry: Activation) -> dict[str, float]:
    """Draw any values of the entry's parameters, within their ranges and not absurdly large or small."""

    def value(item: Parameter) -> float:
        return draw(st.floats(max(item.low, 0.05 if item.open_low else 0.0), min(item.high, 20.0)))

    return {item.name: value(item) for item in entry.parameters}


def smooth(entry: Activation, z: np.ndarray) -> np.ndarray:
    """Return z with what lies exactly on a kink moved off it."""
    return np.where(np.isin(z, entry.kinks), z + 0.5, z)


def slopes(function: Callable[..., Any], z: np.ndarray, **parameters: float) -> np.ndarray:
    """Return f'(z) by complex steps."""
    return function(z + STEP * 1j, **parameters).imag / STEP


@pytest.mark.parametrize(
    ("name", "z", "expected"),
    [
        ("linear", -2.5, -2.5),
        ("sigmoid", 0.0, 0.5),
        ("sigmoid", 0.3775, 0.593269992107187),
        ("sigmoid", -40.0, math.exp(-40) / (1 + math.exp(-40))),
        ("hard_sigmoid", -3.0, 0.0),
        ("hard_sigmoid", 1.5, 0.75),
        ("hard_sigmoid", 7.0, 1.0),
        ("tanh", 0.5, math.tanh(0.5)),
        ("relu", -1.0, 0.0),
        ("relu", 2.0, 2.0),
        ("leaky_relu", -2.0, -0.02),
        ("leaky_relu", 2.0, 2.0),
        ("elu", -1e-20, -1e-20),
        ("elu", -1.0, math.exp(-1) - 1),
        ("selu", 1.0, 1.0507009873554805),
        ("selu", -1e300, -1.7580993408473766),
        ("gelu", 1.0, 0.5 * (1 + math.erf(math.sqrt(0.5)))),
        ("gelu", -10.0, -5 * math.erfc(10 / math.sqrt(2))),
        ("silu", -2.0, -2 / (1 + math.exp(2))),
        ("mish", 1.0, math.tanh(math.log(1 + math.e))),
        ("mish", -40.0, -40 * math.exp(-40)),
        ("softplus", 0.0, math.log(2)),
        ("softplus", -40.0, math.exp(-40)),
        ("softplus", 1e300, 1e300),
        ("sine", 1.0, math.sin(1)),
    ],
)
def test_known_values(name: str, z: float, expected: float) -> None:
    a = ACTIVATIONS[name].value(np.array([[z]]), **tuned(ACTIVATIONS[name]))
    assert a[0, 0] == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("case", CASES)
def test_values_and_slopes_are_those_of_pytorch(case: str) -> None:
    entry, options, z, g = ACTIVATIONS[case.split("-")[0]], OPTIONS.get(case, {}), sums(), upstream()
    with np.load(TABLE) as file:
        value, delta = file[f"activation/{case}/value"], file[f"activation/{case}/delta"]
    a = entry.value(z, **options)
    np.testing.assert_allclose(a, value, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(entry.backward(z, a, g, **options), delta, rtol=1e-12, atol=1e-15)
    if entry.derivative:
        np.testing.assert_allclose(entry.derivative(z, a, **options) * g, delta, rtol=1e-12, atol=1e-15)


def test_pytorch_was_asked_about_every_entry() -> None:
    assert {case.split("-")[0] for case in CASES} == set(ACTIVATIONS)


def slope_error(entry: Activation, z: np.ndarray, **parameters: float) -> float:
    """Return the largest difference to the complex step, relative where the slope is above 1."""
    assert entry.derivative is not None
    found, true = entry.derivative(z, entry.value(z, **parameters), **parameters), slopes(entry.value, z, **parameters)
    return float((np.abs(found - true) / np.maximum(1, np.abs(true))).max())


@ELEMENTWISE
@settings(max_examples=60)
@given(data=st.data(), z=arrays(np.float64, (2, PLACES), elements=MODERATE))
def test_the_derivative_is_that_of_the_value(entry: Activation, data: st.DataObject, z: np.ndarray) -> None:
    assert slope_error(entry, smooth(entry, z), **data.draw(tunings(entry))) <= 1e-12


@ELEMENTWISE
def test_the_derivative_is_that_of_the_value_all_along(entry: Activation) -> None:
    z = np.random.default_rng(0).uniform(-60, 60, (4, 5000))
    assert slope_error(entry, z, **tuned(entry)) <= 1e-12


@ELEMENTWISE
def test_a_derivative_with_a_wrong_sign_is_noticed(entry: Activation) -> None:
    assert entry.derivative is not None
    right = entry.derivative
    wrong = replace(entry, derivative=lambda z, a, **parameters: -right(z, a, **parameters))
    assert slope_error(wrong, Z, **tuned(entry)) > 0.01
    near = replace(entry, derivative=lambda z, a, **parameters: right(z, a, **parameters) * (1 + 1e-9))
    assert slope_error(near, Z, **tuned(entry)) > 1e-12


@EVERY
@settings(max_examples=40)
@given(data=st.data(), rows=arrays(np.float64, (2, 4), elements=MODERATE), g=arrays(np.float64, (2, 4), elements=st.floats(-10, 10)))
def test_backward_is_the_slope_of_any_weighted_sum(entry: Activation, data: st.DataObject, rows: np.ndarray, g: np.ndarray) -> None:
    parameters, z = data.draw(tunings(entry)), smooth(entry, rows)
    delta = entry.backward(z, entry.value(z, **parameters), g, **parameters)
    for place in np.ndindex(z.shape):
        moved = z.astype(complex)
        moved[place] += STEP * 1j
        slope = (g * entry.value(moved, **parameters)).sum().imag / STEP
        # A row of softmax subtracts what its units have in common: rounding is relative to what is subtracted.
        scale = max(1.0, *np.abs(g).ravel()) * max([1.0, *(1 / value for name, value in parameters.items() if name == "temperature")])
        assert abs(delta[place] - slope) <= 1e-12 * max(scale, abs(slope))


@EVERY
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.complex128])
def test_the_dtype_stays(entry: Activation, dtype: type) -> None:
    z, g = Z.astype(dtype), np.ones_like(Z, dtype)
    a = entry.value(z, **tuned(entry))
    assert a.dtype == dtype and a.shape == z.shape
    assert entry.backward(z, a, g, **tuned(entry)).dtype == dtype
    if entry.derivative:
        assert entry.derivative(z, a, **tuned(entry)).dtype == dtype


@EVERY
def test_single_precision_is_right_to_its_last_digits(entry: Activation) -> None:
    z = np.random.default_rng(1).uniform(-8, 8, (50, 4)).astype(np.float32)
    single, double = entry.value(z, **tuned(entry)), entry.value(z.astype(np.float64), **tuned(entry))
    np.testing.assert_allclose(single, double, rtol=2e-6, atol=2e-7)


@STABLE
@given(row=st.lists(HUGE, min_size=3, max_size=3))
def test_nothing_overflows(entry: Activation, row: list[float]) -> None:
    stands(entry, np.array([row]))


@STABLE
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
def test_extreme_sums_are_stood(entry: Activation, dtype: type) -> None:
    stands(entry, np.clip(EXTREMES, -1e37, 1e37).astype(dtype) if dtype is np.float32 else EXTREMES.astype(dtype))


def stands(entry: Activation, z: np.ndarray) -> None:
    parameters = tuned(entry)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        a = entry.value(z, **parameters)
        delta = entry.backward(z, a, np.ones_like(a), **parameters)
        slope = entry.derivative(z, a, **parameters) if entry.derivative else delta
    assert np.isfinite(a).all() and np.isfinite(delta).all()
    assert (np.abs(slope) <= 2).all()
    if entry.probabilities and z.dtype != complex:
        assert ((a >= 0) & (a <= 1)).all()


@ELEMENTWISE
def test_far_out_the_slope_is_that_of_the_asymptote(entry: Activation) -> None:
    z = np.array([[-1e300, 1e300]])
    slope = entry.derivative(z, entry.value(z, **tuned(entry)), **tuned(entry)) if entry.derivative else z
    known = {"sine": np.cos(z), "linear": [[1, 1]], "leaky_relu": [[0.01, 1]], "selu": [[0, 1.0507009873554805]]}
    flat = entry.name in ("sigmoid", "hard_sigmoid", "tanh")
    np.testing.assert_array_equal(slope, known.get(entry.name, [[0, 0 if flat else 1]]))


def test_softmax_shares_out_one() -> None:
    a = ACTIVATIONS["softmax"].value(np.log([[1.0, 2.0, 5.0]]), temperature=1)
    np.testing.assert_allclose(a, [[0.125, 0.25, 0.625]], rtol=1e-15)


@given(st.floats(0.01, 1e6), st.lists(HUGE, min_size=2, max_size=4))
def test_softmax_with_a_temperature_is_softmax_of_a_part(temperature: float, row: list[float]) -> None:
    z, softmax = np.array([row]) / 2, ACTIVATIONS["softmax"].value
    a = softmax(z, temperature=temperature)
    assert np.isfinite(a).all() and a.sum() == pytest.approx(1, rel=1e-15)
    np.testing.assert_array_equal(a, softmax((z - z.max()) / temperature, temperature=1))


def test_heat_makes_shares_even_and_cold_makes_them_sure() -> None:
    z, softmax = np.array([[1.0, 2.0, 3.0]]), ACTIVATIONS["softmax"].value
    tops = [softmax(z, temperature=temperature).max() for temperature in (0.01, 0.5, 1, 2, 1e6)]
    assert tops == sorted(tops, reverse=True)
    assert tops[0] == 1 and tops[-1] == pytest.approx(1 / 3, rel=1e-5)


def test_naive_softmax_agrees_until_it_overflows() -> None:
    naive, softmax = ACTIVATIONS["naive_softmax"].value, ACTIVATIONS["softmax"].value
    z = np.array([[700.0, 709.0, 3.0], [-1.0, 0.0, 2.0]])
    np.testing.assert_allclose(naive(z), softmax(z, temperature=1), rtol=1e-13)
    assert np.isnan(naive(np.array([[710.0, 0.0]]))[0, 0])
    assert np.isnan(naive(np.array([[-800.0, -800.0]]))).all()


def test_selu_keeps_mean_and_variance_of_normal_sums() -> None:
    z = np.linspace(-12, 12, 400_001)
    bell = np.exp(-z * z / 2) / math.sqrt(2 * math.pi) * (z[1] - z[0])
    a = ACTIVATIONS["selu"].value(z)
    assert abs((a * bell).sum()) <= 1e-8
    assert (a * a * bell).sum() == pytest.approx(1, abs=1e-8)


@EVERY
def test_every_entry_can_be_taught(entry: Activation) -> None:
    assert entry.formula and entry.derivative_formula and entry.source
    assert entry.summary.endswith(".") and entry.summary.count(".") == 1
    assert entry.range[0] < entry.range[1]
    assert all(item.allows(item.default) for item in entry.parameters)


@EVERY
def test_kinks_are_where_the_derivative_jumps(entry: Activation) -> None:
    """At least for odd values of the parameters."""
    odd = {item.name: 0.3 for item in entry.parameters}

    def slope(z: float) -> float:
        return float(entry.value(np.array([[z + STEP * 1j, 0.0]]), **odd)[0, 0].imag / STEP)

    jumps = [float(z) for z in np.arange(-12, 13) / 2 if abs(slope(z + 1e-9) - slope(z - 1e-9)) > 1e-6]
    assert jumps == list(entry.kinks)
