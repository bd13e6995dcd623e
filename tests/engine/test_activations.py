from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.engine.activations import ACTIVATIONS, Activation
from nnviz.engine.table import choose

EVERY = pytest.mark.parametrize("entry", ACTIVATIONS.values(), ids=ACTIVATIONS)
ELEMENTWISE = pytest.mark.parametrize("entry", [item for item in ACTIVATIONS.values() if item.derivative], ids=lambda item: item.name)
Z = np.array([[-3.0, -0.5, 0.25], [1.0, 2.0, -0.1]])


def tuned(entry: Activation) -> dict[str, float]:
    return dict(choose(ACTIVATIONS, entry.name).parameters)


@pytest.mark.parametrize(
    ("name", "z", "expected"),
    [
        ("linear", -2.5, -2.5),
        ("sigmoid", 0.0, 0.5),
        ("sigmoid", 0.3775, 0.593269992107187),
        ("sigmoid", -40.0, math.exp(-40) / (1 + math.exp(-40))),
        ("tanh", 0.5, math.tanh(0.5)),
        ("relu", -1.0, 0.0),
        ("relu", 2.0, 2.0),
        ("leaky_relu", -2.0, -0.02),
        ("leaky_relu", 2.0, 2.0),
    ],
)
def test_known_values(name: str, z: float, expected: float) -> None:
    a = ACTIVATIONS[name].value(np.array([[z]]), **tuned(ACTIVATIONS[name]))
    assert a[0, 0] == pytest.approx(expected, rel=1e-15)


def test_softmax_shares_out_one() -> None:
    a = ACTIVATIONS["softmax"].value(np.log([[1.0, 2.0, 5.0]]))
    np.testing.assert_allclose(a, [[0.125, 0.25, 0.625]], rtol=1e-15)


@ELEMENTWISE
def test_the_derivative_is_that_of_the_value(entry: Activation) -> None:
    a = entry.value(Z, **tuned(entry))
    slopes = entry.value(Z + 1e-30j, **tuned(entry)).imag / 1e-30
    np.testing.assert_allclose(entry.derivative(Z, a, **tuned(entry)), slopes, rtol=1e-13)


@EVERY
def test_backward_is_the_slope_of_any_weighted_sum(entry: Activation) -> None:
    upstream = np.array([[0.3, -1.0, 2.0], [1.5, 0.7, -0.2]])
    delta = entry.backward(Z, entry.value(Z, **tuned(entry)), upstream, **tuned(entry))
    for place in np.ndindex(Z.shape):
        moved = Z.astype(complex)
        moved[place] += 1e-30j
        slope = (upstream * entry.value(moved, **tuned(entry))).sum().imag / 1e-30
        assert delta[place] == pytest.approx(slope, rel=1e-12)


@EVERY
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
def test_the_dtype_stays(entry: Activation, dtype: type) -> None:
    z = Z.astype(dtype)
    a = entry.value(z, **tuned(entry))
    assert a.dtype == dtype
    if entry.derivative:
        assert entry.derivative(z, a, **tuned(entry)).dtype == dtype


@EVERY
@given(st.lists(st.floats(-1e300, 1e300), min_size=3, max_size=3))
def test_nothing_overflows(entry: Activation, row: list[float]) -> None:
    z = np.array([row])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        a = entry.value(z, **tuned(entry))
    assert np.isfinite(a).all()
    if entry.probabilities:
        assert ((a >= 0) & (a <= 1)).all()


@EVERY
def test_every_entry_can_be_taught(entry: Activation) -> None:
    assert entry.formula and entry.derivative_formula and entry.source
    assert entry.summary.endswith(".")
    assert entry.range[0] < entry.range[1]


@EVERY
def test_kinks_are_where_the_derivative_jumps(entry: Activation) -> None:
    def slope(z: float) -> float:
        return float(entry.value(np.array([[z + 1e-30j, 0.0]]), **tuned(entry))[0, 0].imag / 1e-30)

    jumps = abs(slope(1e-9) - slope(-1e-9)) > 1e-6
    assert jumps == (0.0 in entry.kinks)
