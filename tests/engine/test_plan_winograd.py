"""Winograd's convolution beside its formula and beside the oracle."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.engine import plan_convolution, plan_windows
from nnviz.engine.plan_winograd import ANSWER, KERNEL, TILE, winograd_pays
from tests.engine.build import conv, max_pool, stack
from tests.engine.plan_images import Planned, assert_equal_to_oracle, by_oracle, growth, inputs

BANDS = (1, 3000, 1 << 19)


def names(planned: Planned) -> set[str]:
    """Return the names of the functions a plan calls."""
    return {call.__module__.rpartition(".")[2] for call in planned.calls}


def test_the_three_matrices_convolve() -> None:
    answer, kernel, tile = map(np.array, (ANSWER, KERNEL, TILE))
    rng = np.random.default_rng(0)
    d, g = rng.normal(size=(4, 4)), rng.normal(size=(3, 3))
    found = answer @ ((kernel @ g @ kernel.T) * (tile @ d @ tile.T)) @ answer.T
    wanted = [[np.sum(d[row : row + 3, column : column + 3] * g) for column in range(2)] for row in range(2)]
    np.testing.assert_allclose(found, wanted, rtol=1e-14)


def test_the_corners_of_a_spread_answer_are_the_answer() -> None:
    answer, y = np.array(ANSWER), np.array([[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_array_equal((answer.T @ y @ answer)[::3, ::3], y)


@given(
    shape=st.tuples(st.integers(4, 12), st.integers(4, 12), st.integers(1, 6)),
    filters=st.integers(1, 5),
    rows=st.integers(1, 7),
    padding=st.sampled_from(["valid", "same"]),
    use_bias=st.booleans(),
    kind=st.sampled_from(["relu", "tanh", "elu"]),
    band=st.sampled_from(BANDS),
    seed=st.integers(0, 1000),
)
@settings(deadline=None, max_examples=60)
def test_every_size_is_the_oracles(shape: Any, filters: int, rows: int, kind: str, band: int, seed: int, **fields: Any) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan_windows, "BAND", band)
        patch.setattr(plan_convolution, "winograd_pays", bool)  # from one channel on
        planned = assert_equal_to_oracle(stack(shape, conv(filters, (3, 3), kind, **fields), max_pool()), rows, seed)
    assert "plan_winograd" in names(planned)


@pytest.mark.parametrize("band", BANDS)
def test_two_in_a_row_are_the_oracles(band: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_windows, "BAND", band)
    layers = conv(8, (3, 3), "relu"), max_pool(), conv(5, (3, 3), "relu", lesioned=("n10",)), max_pool()
    assert_equal_to_oracle(stack((21, 20, 4), *layers), 3)


@pytest.mark.parametrize("wanted", [*product([False, True], repeat=2)], ids=str)
def test_only_what_is_wanted_is_computed(wanted: tuple[bool, bool]) -> None:
    backward, upstream = wanted
    made = stack((9, 8, 5), conv(6, (3, 3), "tanh"), max_pool())
    parameters, x, slope = inputs(made, 3, 0)
    planned = Planned(made, parameters, 3, backward=backward, upstream=upstream)
    found, whole = planned.run(x, slope), by_oracle(made, parameters, x, slope)
    np.testing.assert_allclose(found.answers, whole.answers, rtol=1e-12, atol=1e-12)
    if backward:
        np.testing.assert_allclose(found.gradient, whole.gradient, rtol=1e-12, atol=1e-11)
    else:
        assert not planned.pieces[0].backward


def test_it_is_taken_where_it_pays() -> None:
    def way(channels: int, layer: Any, pool: Any) -> bool:
        made = stack((8, 8, channels), layer, pool)
        return "plan_winograd" in names(Planned(made, inputs(made, 2, 0)[0], 2))

    assert way(4, conv(2, (3, 3), "relu"), max_pool())
    assert not way(3, conv(2, (3, 3), "relu"), max_pool())
    assert not way(4, conv(2, (3, 2), "relu"), max_pool())
    assert not way(4, conv(2, (3, 3), "relu", stride=(1, 2)), max_pool())
    assert not way(4, conv(2, (3, 3), "relu"), max_pool((3, 3), (3, 3)))
    assert not way(4, conv(2, (3, 3), "sine"), max_pool())
    assert not winograd_pays(3) and winograd_pays(4)


def test_float32_is_nearly_as_exact_as_the_direct_product(monkeypatch: pytest.MonkeyPatch) -> None:
    made = stack((13, 13, 32), conv(64, (3, 3), "linear"), max_pool())
    parameters, x, slope = inputs(made, 16, 0, np.float32)
    parameters *= np.float32(0.1)
    wanted = by_oracle(made, *(array.astype(float) for array in (parameters, x, slope)))
    found = Planned(made, parameters, 16).run(x, slope)
    assert found.answers.dtype == np.float32
    assert np.abs(found.answers - wanted.answers).max() < 1e-5 * np.abs(wanted.answers).max()
    # A tie that rounds the other way moves a whole slope; such are one in a million.
    assert np.median(np.abs(found.gradient - wanted.gradient)) < 1e-5 * np.abs(wanted.gradient).max()


def test_a_step_takes_no_memory() -> None:
    made = stack((13, 13, 8), conv(8, (3, 3), "relu"), max_pool())
    assert growth(Planned(made, inputs(made, 16, 0)[0], 16).calls) < 4000
