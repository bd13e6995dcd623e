"""Features are computed from raw coordinates, scaling from the training part; constant columns are safe."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from nnviz.data.features import available, compute, constant, fit

RAW = np.array([[0.5, -2.0], [3.0, 0.25]])
EXPECTED = {
    "x1": [0.5, 3.0],
    "x2": [-2.0, 0.25],
    "x1^2": [0.25, 9.0],
    "x2^2": [4.0, 0.0625],
    "x1*x2": [-1.0, 0.75],
    "sin(x1)": np.sin([0.5, 3.0]),
    "sin(x2)": np.sin([-2.0, 0.25]),
}


def test_the_plane_offers_all_features() -> None:
    assert available(("x1", "x2")) == tuple(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_each_planar_feature(name: str) -> None:
    assert compute((name,), ("x1", "x2"), RAW).T.tolist() == [list(EXPECTED[name])]


def test_a_line_offers_its_own() -> None:
    assert available(("x1",)) == ("x1", "x1^2", "sin(x1)")
    line = np.array([[2.0], [-1.0]])
    assert compute(("x1^2", "sin(x1)", "x1"), ("x1",), line).tolist() == [[4.0, np.sin(2.0), 2.0], [1.0, np.sin(-1.0), -1.0]]


def test_a_table_offers_its_columns_and_nothing_derived() -> None:
    columns = ("height", "weight", "age")
    assert available(columns) == columns
    table = np.arange(6.0).reshape(2, 3)
    assert compute(("age", "height"), columns, table).tolist() == [[2.0, 0.0], [5.0, 3.0]]


def test_features_do_not_share_memory_with_the_raw_data() -> None:
    raw = RAW.copy()
    for columns in (("x1", "x2"), ("a", "b")):
        compute(columns, columns, raw)[:] = 0.0
        assert raw.tolist() == RAW.tolist()


def test_features_lie_row_by_row_in_memory() -> None:
    for names in (("a", "b"), ("b",), ("b", "a")):
        assert compute(names, ("a", "b"), RAW).flags.c_contiguous


def test_standard_and_minmax_do_what_they_say() -> None:
    x = np.random.default_rng(0).normal(3.0, 5.0, (50, 4))
    standard, minmax = fit("standard", x)(x), fit("minmax", x)(x)
    np.testing.assert_allclose(standard.mean(axis=0), 0.0, atol=1e-14)
    np.testing.assert_allclose(standard.std(axis=0), 1.0)
    assert minmax.min(axis=0).tolist() == [0.0] * 4
    assert minmax.max(axis=0).tolist() == [1.0] * 4
    assert fit("none", x)(x).tobytes() == x.tobytes()


@pytest.mark.parametrize("kind", ["standard", "minmax"])
@pytest.mark.parametrize("value", [0.0, 0.1, -7.3, 1e-300, 1e15])
def test_a_constant_column_becomes_zero(kind: str, value: float) -> None:
    x = np.full((30, 1), value)
    scaling = fit(kind, x)
    assert np.abs(scaling(x)).max() <= 1e-12 * max(1.0, value)
    assert scaling.scale.tolist() == [1.0]


def test_one_sample_is_a_constant_column() -> None:
    assert fit("standard", np.array([[4.0, -1.0]]))(np.array([[5.0, -1.0]])).tolist() == [[1.0, 0.0]]


@given(
    arrays(np.float64, array_shapes(min_dims=2, max_dims=2, max_side=6), elements=st.floats(-1e9, 1e9)),
    st.sampled_from(["none", "standard", "minmax"]),
)
def test_scaling_is_finite_for_any_data(x: np.ndarray, kind: str) -> None:
    assert np.isfinite(fit(kind, x)(x)).all()


NAN = float("nan")


@pytest.mark.parametrize(("missing", "filling"), [("mean", [4.0, 2.0]), ("median", [2.0, 2.0])])
def test_empty_cells_are_filled_before_scaling(missing: str, filling: list[float]) -> None:
    x = np.array([[1.0, NAN], [2.0, 2.0], [9.0, NAN]])
    plain = fit("none", x, missing)
    assert plain.filling is not None
    assert plain.filling.tolist() == filling
    assert plain(np.array([[NAN, 5.0], [7.0, NAN]])).tolist() == [[filling[0], 5.0], [7.0, filling[1]]]
    for kind in ("standard", "minmax"):
        scaling, filled = fit(kind, x, missing), np.where(np.isnan(x), filling, x)
        assert scaling(x).tolist() == fit(kind, filled)(filled).tolist()
        assert scaling(x)[:, 1].tolist() == [0.0] * 3


def test_filling_and_scaling_leave_what_they_are_given_alone() -> None:
    x = np.array([[1.0, NAN], [2.0, 2.0]])
    before = x.tobytes()
    fit("standard", x, "mean")(x)
    assert x.tobytes() == before
    whole = RAW.copy()
    fit("none", whole)(whole)[:] = 9.0
    assert whole.tolist() == RAW.tolist()


def test_a_column_is_constant_up_to_rounding_and_an_empty_cell_is_no_value() -> None:
    x = np.array([[0.1 + 0.2, 1.0, NAN, NAN, 0.0], [0.3, 1.0 + 1e-9, 4.0, NAN, 0.0], [0.3, 1.0, 4.0, NAN, 0.0]])
    assert constant(x).tolist() == [True, False, True, False, True]
