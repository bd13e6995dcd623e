"""Convolution and pooling: beside PyTorch (tables/make_layers.py), by hand, and there and back again."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.engine.convolution import margins, put_back, windows
from nnviz.engine.network import Network
from nnviz.engine.network_spec import NetworkSpec
from tests.engine.build import avg_pool, conv, max_pool, stack
from tests.engine.tables.make_layers import CONVOLUTIONS, FILTERS, POOLINGS, TABLE, Array, Window, numbers

WANTED = np.load(TABLE)
TOLERANCE = 1e-10


def rows(images: Array) -> Array:
    return images.reshape(len(images), -1)


def everything(name: str, case: Window, made: NetworkSpec) -> Array:
    """Return what the table has of a case."""
    filled = [numbers(name, "weights", (FILTERS, case.images[3], *case.size)), numbers(name, "bias", (FILTERS,))]
    net = Network(made, np.concatenate([part.ravel() for part in filled]) if made.weights else np.empty(0))
    passed = net.forward(rows(numbers(name, "x", case.images)))
    delta = rows(numbers(name, "delta", (case.images[0], *made.shapes[0])))
    upstream = net.layers[0].upstream(delta, passed.memory[0])
    return np.concatenate([passed.z[0].ravel(), upstream.ravel(), net.backward(passed, delta)])


@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_a_convolution_is_pytorchs(name: str) -> None:
    case = CONVOLUTIONS[name]
    made = stack(case.images[1:], conv(FILTERS, case.size, "linear", stride=case.stride, padding=case.padding))
    np.testing.assert_allclose(everything(name, case, made), WANTED[name], rtol=TOLERANCE, atol=TOLERANCE)


@pytest.mark.parametrize("name", POOLINGS)
def test_a_pooling_is_pytorchs(name: str) -> None:
    case = POOLINGS[name]
    made = stack(case.images[1:], (avg_pool if name.startswith("avg") else max_pool)(case.size, case.stride))
    np.testing.assert_allclose(everything(name, case, made), WANTED[name], rtol=TOLERANCE, atol=TOLERANCE)


def test_a_filter_slides_over_the_image() -> None:
    made = stack((2, 3, 1), conv(1, (2, 2), "linear"))
    image = np.array([[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]])
    np.testing.assert_array_equal(Network(made, np.array([1.0, 10.0, 100.0, 1000.0, 0.5])).forward(image).outputs, [[5421.5, 6532.5]])


def test_a_filter_without_bias() -> None:
    made = stack((1, 2, 1), conv(1, (1, 1), "linear", use_bias=False))
    net = Network(made, np.array([3.0]))
    passed = net.forward(np.array([[1.0, 2.0]]))
    np.testing.assert_array_equal(passed.outputs, [[3.0, 6.0]])
    np.testing.assert_array_equal(net.backward(passed, np.array([[1.0, 10.0]])), [21.0])


def test_a_lesioned_filter_is_silent_everywhere() -> None:
    made = stack((3, 3, 1), conv(2, (2, 2), "sigmoid", lesioned=("n1",)))
    net = Network(made, np.linspace(-1, 1, made.weights))
    passed = net.forward(np.arange(9.0)[None])
    maps = passed.outputs.reshape(2, 2, 2)
    assert not maps[..., 0].any() and maps[..., 1].all()
    gradient = net.backward(passed, net.layers[0].delta(passed.z[0], passed.a[0], np.ones((1, 8)), passed.memory[0]))
    assert not gradient[:4].any() and gradient[4:8].all() and gradient[8] == 0 != gradient[9]


def test_the_first_of_equal_numbers_wins() -> None:
    made = stack((2, 2, 1), max_pool())
    net = Network(made, np.empty(0))
    passed = net.forward(np.array([[1.0, 7.0, 7.0, 7.0]]))
    assert passed.memory[0].item() == 1
    np.testing.assert_array_equal(net.layers[0].upstream(np.array([[5.0]]), passed.memory[0]), [[0.0, 5.0, 0.0, 0.0]])


def test_every_channel_is_pooled_by_itself() -> None:
    image = np.array([[1.0, -1.0, 2.0, -2.0, 3.0, -3.0, 4.0, -4.0]])
    np.testing.assert_array_equal(Network(stack((2, 2, 2), max_pool()), np.empty(0)).forward(image).outputs, [[4.0, -1.0]])
    np.testing.assert_array_equal(Network(stack((2, 2, 2), avg_pool()), np.empty(0)).forward(image).outputs, [[2.5, -2.5]])


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (3, 2), (5, 4)])
@pytest.mark.parametrize("stride", [(1, 1), (2, 1), (3, 3)])
def test_putting_back_is_the_transpose_of_cutting_out(size: tuple[int, int], stride: tuple[int, int]) -> None:
    """Cutting out windows is linear, x ↦ Ax, so that ⟨Ax, p⟩ = ⟨x, Aᵀp⟩ for all x and p."""
    rng = np.random.default_rng(0)
    images = rng.normal(size=(2, 5, 6, 3))
    cut = windows(images, size, stride)
    parts = rng.normal(size=cut.shape)
    assert np.vdot(cut, parts) == pytest.approx(np.vdot(images, put_back(parts, images.shape, stride)), rel=1e-13)


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "wanted"),
    [(5, 3, 1, (1, 1)), (5, 2, 1, (0, 1)), (6, 3, 2, (0, 1)), (7, 3, 2, (1, 1)), (5, 1, 2, (0, 0)), (5, 2, 4, (0, 1)), (4, 1, 3, (0, 0))],
)
def test_the_larger_half_of_the_margins_is_behind(size: int, kernel: int, stride: int, wanted: tuple[int, int]) -> None:
    made = conv(1, (kernel, 1), stride=(stride, 1), padding="same")
    assert margins((size, 4, 1), made) == (wanted, (0, 0))


@pytest.mark.parametrize("dtype", [np.float32, np.complex128])
def test_the_kind_of_number_is_kept(dtype: type) -> None:
    made = stack((5, 5, 2), conv(2, (3, 3), "relu", padding="same"), max_pool(), avg_pool((1, 1), (1, 1)))
    x = np.random.default_rng(0).normal(size=(3, 50)).astype(dtype)
    net = Network(made, np.ones(made.weights, dtype))
    passed = net.forward(x)
    assert {array.dtype for array in (*passed.z, *passed.a, *net.deltas(passed, passed.outputs))} == {np.dtype(dtype)}
    assert net.backward(passed, passed.outputs).dtype == dtype
