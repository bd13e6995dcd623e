"""The plan of a convolution beside the oracle: every geometry, with and without the pooling behind it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.engine import plan_windows
from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.buffers import Buffers
from nnviz.engine.network_spec import NetworkSpec
from nnviz.engine.plan_convolution import RISING, cache_rows, fuses, sides_read
from nnviz.engine.table import choose
from tests.engine.build import avg_pool, batch_norm, conv, dense, dropout, flatten, max_pool, network, stack
from tests.engine.plan_images import Planned, assert_equal_to_oracle, by_oracle, growth, inputs

W5 = stack(
    (28, 28, 1), conv(32, (3, 3), "relu"), max_pool(), conv(64, (3, 3), "relu"), max_pool(), flatten(), dense(64), dense(10, "softmax")
)
BANDS = (1, 1500, 1 << 19)
SIDES = st.tuples(st.integers(1, 4), st.integers(1, 4))
STEPS = st.tuples(st.integers(1, 3), st.integers(1, 3))
GEOMETRIES = {
    "shape": st.tuples(st.integers(4, 9), st.integers(4, 9), st.integers(1, 10)),
    "filters": st.integers(1, 4),
    "kernel": SIDES,
    "stride": STEPS,
    "padding": st.sampled_from(["valid", "same"]),
    "use_bias": st.booleans(),
    "rows": st.integers(1, 12),
}


@pytest.fixture(params=BANDS, ids=["a row a band", "some rows a band", "one band"])
def _bands(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_windows, "BAND", request.param)


@given(**GEOMETRIES)
@settings(deadline=None)
def test_every_geometry_is_the_oracles(shape: Any, filters: int, kernel: Any, rows: int, **fields: Any) -> None:
    assert_equal_to_oracle(stack(shape, conv(filters, kernel, "tanh", **fields)), rows)


@given(**GEOMETRIES, size=st.tuples(st.integers(1, 3), st.integers(1, 3)), band=st.sampled_from(BANDS))
@settings(deadline=None, max_examples=150)
def test_every_geometry_with_its_pooling_is_the_oracles(
    shape: Any, filters: int, kernel: Any, rows: int, size: Any, band: int, **fields: Any
) -> None:
    made = stack(shape, conv(filters, kernel, "relu", **fields), max_pool(size, size))
    if min(made.shapes[1][:2]) < 1:
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan_windows, "BAND", band)
        planned = assert_equal_to_oracle(made, rows)
    assert len(planned.pieces) == 1


LAYERS = st.one_of(
    st.builds(
        conv,
        st.integers(1, 5),
        st.sampled_from([(3, 3), (1, 1), (2, 3), (4, 2)]),
        st.sampled_from(["relu", "tanh", "softmax", "silu"]),
        stride=st.sampled_from([(1, 1), (1, 1), (2, 1)]),
        padding=st.sampled_from(["valid", "valid", "same"]),
    ),
    st.builds(max_pool, STEPS, STEPS),
    st.builds(avg_pool, STEPS, STEPS),
    st.just(max_pool()),
)


@given(st.tuples(st.integers(6, 15), st.integers(6, 15), st.integers(1, 5)), st.lists(LAYERS, min_size=2, max_size=5), st.integers(1, 4))
@settings(deadline=None, max_examples=100)
def test_stacks_of_layers_cut_to_what_is_read_are_the_oracles(shape: Any, layers: Any, rows: int) -> None:
    made = stack(shape, *layers)
    if min(min(sides[:2]) for sides in made.shapes) >= 1:
        assert_equal_to_oracle(made, rows)


@pytest.mark.usefixtures("_bands")
@pytest.mark.parametrize("pool", [(), (max_pool(),)], ids=["alone", "pooled"])
@pytest.mark.parametrize("kind", ACTIVATIONS)
def test_every_activation_is_the_oracles(kind: str, pool: Any) -> None:
    planned = assert_equal_to_oracle(stack((6, 7, 2), conv(3, (2, 2), kind, lesioned=("n2",)), *pool), 3)
    assert len(planned.pieces) == (1 if not pool or kind in RISING else 2)


@pytest.mark.parametrize("pool", [(), (max_pool(),), (avg_pool(),)], ids=["alone", "max", "mean"])
def test_lesioned_filters_are_silent(pool: Any) -> None:
    made = stack((6, 6, 4), conv(4, (3, 3), "sigmoid", lesioned=("n1", "n4")), *pool)
    planned = assert_equal_to_oracle(made, 2)
    assert not planned.output.value[..., [0, 3]].any() and planned.output.value[..., [1, 2]].all()


@pytest.mark.parametrize("slope", [0.0, 0.3, 1.0])
def test_a_leaky_relu_rises_whatever_its_slope(slope: float) -> None:
    choice = choose(ACTIVATIONS, "leaky_relu", slope=slope)
    assert len(assert_equal_to_oracle(stack((6, 6, 2), conv(2, (3, 3), choice), max_pool()), 2).pieces) == 1


def test_only_windows_that_do_not_overlap_are_pooled_with_the_convolution() -> None:
    layer = conv(2, (3, 3), "relu")
    assert fuses(layer, max_pool((2, 3), (2, 3)), (4, 4))
    assert not fuses(layer, max_pool((3, 3), (2, 2)), (4, 4))
    assert not fuses(layer, max_pool((5, 1), (5, 1)), (4, 4))
    assert not fuses(conv(2, (3, 3), "sine"), max_pool(), (4, 4))


@pytest.mark.parametrize("filters", [1, 2])
@pytest.mark.parametrize("channels", [1, 5])
def test_of_equal_numbers_the_first_wins(channels: int, filters: int) -> None:
    made = stack((9, 9, channels), conv(filters, (3, 3), "linear"), max_pool())
    _, _, upstream = inputs(made, 2, 0)
    parameters, x = np.ones(made.weights), np.ones((2, 81 * channels))
    found, wanted = Planned(made, parameters, 2).run(x, upstream), by_oracle(made, parameters, x, upstream)
    np.testing.assert_allclose(found.upstream, wanted.upstream, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("channels", [2, 5])
def test_nothing_is_computed_that_nobody_wants(channels: int) -> None:
    made = stack((8, 8, channels), conv(3, (3, 3), "relu"), max_pool())
    parameters, x, upstream = inputs(made, 2, 0)
    whole = Planned(made, parameters, 2)
    wanted, without = whole.run(x, upstream), Planned(made, parameters, 2, upstream=False)
    found, ahead = without.run(x, upstream), Planned(made, parameters, 2, backward=False)
    np.testing.assert_array_equal(found.answers, wanted.answers)
    np.testing.assert_array_equal(found.gradient, wanted.gradient)
    np.testing.assert_array_equal(ahead.run(x, upstream).answers, wanted.answers)
    assert ahead.pieces[0].backward == () and ahead.output.slope is None
    assert ahead.buffers.bytes < without.buffers.bytes < whole.buffers.bytes


@pytest.mark.parametrize("pool", [(), (max_pool(),), (avg_pool((3, 3), (2, 2)),), (max_pool((3, 3), (1, 1)),)])
@pytest.mark.parametrize("kind", ["relu", "tanh", "softmax"])
def test_a_step_takes_no_memory(kind: str, pool: Any) -> None:
    made = stack((12, 12, 4), conv(8, (3, 3), kind, padding="same"), *pool, conv(8, (2, 2), kind))
    planned = Planned(made, inputs(made, 8, 0)[0], 8)
    assert growth(planned.calls) < 4000


def test_linking_anew_takes_no_memory() -> None:
    made = stack((8, 8, 2), conv(8, (3, 3), "relu", padding="same"), max_pool(), conv(3, (2, 2), "tanh"), max_pool((2, 2), (1, 1)))
    parameters, x, upstream = inputs(made, 4, 0)
    buffers = Buffers(float)
    first = Planned(made, parameters, 4, buffers=buffers)
    wanted, taken = first.run(x, upstream), buffers.bytes
    again = Planned(made, parameters, 4, buffers=buffers).run(x, upstream)
    assert buffers.bytes == taken
    np.testing.assert_array_equal(again.gradient, wanted.gradient)


def test_float32_stays_float32() -> None:
    made = stack((13, 13, 8), conv(16, (5, 5), "relu"), max_pool((3, 3), (3, 3)))
    parameters, x, upstream = inputs(made, 8, 0, np.float32)
    found = Planned(made, parameters, 8).run(x, upstream)
    wanted = by_oracle(made, *(array.astype(float) for array in (parameters, x, upstream)))
    assert found.answers.dtype == found.gradient.dtype == np.float32
    np.testing.assert_allclose(found.answers, wanted.answers, rtol=1e-4, atol=1e-4)


SIDES_READ = {
    "W5": (W5, [(24, 24), (12, 12), (10, 10), (5, 5), (1, 1), (1, 1), (1, 1)]),
    "same": (stack((9, 9, 1), max_pool(), conv(1, padding="same"), max_pool((3, 3), (3, 3))), [(4, 4), (3, 3), (1, 1)]),
    "softmax": (stack((9, 9, 1), conv(1), conv(1, (2, 2), "softmax"), max_pool((4, 4), (4, 4))), [(7, 7), (6, 6), (1, 1)]),
    "norm": (stack((9, 9, 1), conv(1), batch_norm(), max_pool()), [(7, 7), (6, 6), (3, 3)]),
    "dropout": (stack((9, 9, 1), conv(1), dropout(), max_pool()), [(7, 7), (6, 6), (3, 3)]),
    "strides": (stack((9, 10, 1), conv(1, (1, 1)), avg_pool((2, 1), (3, 4)), conv(1, (2, 2), stride=(2, 2))), [(5, 5), (2, 2), (1, 1)]),
}


@pytest.mark.parametrize("name", SIDES_READ)
def test_what_of_the_answers_is_read(name: str) -> None:
    made, wanted = SIDES_READ[name]
    assert list(sides_read(made)) == wanted


CHUNKS: list[tuple[NetworkSpec, Any, int]] = [
    (W5, np.float32, 32),
    (W5, np.float64, 16),
    (network(2, 4, 1), np.float64, 1024),
    (stack((4, 4, 1), max_pool(), flatten(), dense(2)), np.float64, 1024),
    (stack((14, 14, 32), conv(16), flatten(), dense(2)), np.float32, 8),
    (stack((200, 200, 3), conv(64), flatten(), dense(2)), np.float64, 4),
]


@pytest.mark.parametrize(("made", "dtype", "wanted"), CHUNKS)
def test_a_chunk_fits_the_cache(made: NetworkSpec, dtype: Any, wanted: int) -> None:
    assert cache_rows(made, dtype) == wanted
