from __future__ import annotations

import numpy as np

from nnviz.engine.layers import DenseLayer, LayerParameters
from tests.engine.build import network

X = np.array([[1.0, 2.0], [3.0, -1.0], [0.5, 0.0]])
W = np.array([[0.5, -1.0], [2.0, 1.0]])
B = np.array([0.25, -0.5])


def layer(use_bias: bool = True) -> DenseLayer:
    spec = network(2, 2, output="linear", use_bias=use_bias).layers[0]
    return DenseLayer(spec, LayerParameters(W, B))


def test_forward_is_x_times_w_transposed_plus_b() -> None:
    z, a = layer().forward(X)
    np.testing.assert_allclose(z, [[-1.25, 3.5], [2.75, 4.5], [0.5, 0.5]])
    np.testing.assert_array_equal(a, z)


def test_a_layer_without_bias_adds_none() -> None:
    np.testing.assert_allclose(layer(use_bias=False).forward(X)[0], X @ W.T)


def test_gradient_sums_over_samples() -> None:
    delta, out = np.array([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]]), LayerParameters(np.empty((2, 2)), np.empty(2))
    layer().gradient(X, delta, np.ones(3), out)
    np.testing.assert_allclose(out.weights, [[1.5, 2.0], [6.5, -2.0]])
    np.testing.assert_allclose(out.bias, [2.0, 3.0])


def test_upstream_goes_back_through_the_weights() -> None:
    np.testing.assert_allclose(layer().upstream(np.array([[1.0, 2.0]])), [[4.5, 1.0]])
