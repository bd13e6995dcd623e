"""Weights files are read back by the programs they are for, with every bit and PyTorch's names."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import load as load_safetensors

from nnviz.engine.network import Network, initialize
from nnviz.engine.spec import DataSpec, Dense, InputSpec, NetworkSpec, Spec, TrainingSpec
from nnviz.formats.weights import to_npz, to_safetensors

LAYERS = (Dense("h1", "Dense 1", ("n1", "n2", "n3")), Dense("out", "Output", ("n4",), use_bias=False))


def spec(precision: str) -> Spec:
    training = replace(TrainingSpec(), precision=precision)
    return Spec(NetworkSpec(InputSpec((2,), ("x1", "x2")), LAYERS, 5), training, DataSpec("circle"))


def load_npz(data: bytes) -> dict[str, np.ndarray]:
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        return dict(archive)


@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize(("write", "read"), [(to_npz, load_npz), (to_safetensors, load_safetensors)])
def test_weights_come_back_with_names_shapes_and_bits(precision: str, write, read) -> None:  # type: ignore[no-untyped-def]
    flat = (initialize(spec(precision).network, 3) + 0.125).astype(precision)
    found = read(write(spec(precision), flat))
    assert {name: array.shape for name, array in found.items()} == {
        "layers.0.weight": (3, 2),
        "layers.0.bias": (3,),
        "layers.1.weight": (1, 3),
    }
    assert {array.dtype for array in found.values()} == {np.dtype(precision)}
    hidden, output = Network(spec(precision).network, flat).views
    for name, array in (("layers.0.weight", hidden.weights), ("layers.0.bias", hidden.bias), ("layers.1.weight", output.weights)):
        assert found[name].tobytes() == np.ascontiguousarray(array).tobytes()


@pytest.mark.parametrize("write", [to_npz, to_safetensors])
def test_equal_weights_give_equal_bytes(write) -> None:  # type: ignore[no-untyped-def]
    flat = initialize(spec("float64").network, 3)
    assert write(spec("float64"), flat) == write(spec("float64"), flat.copy())
    other = flat.copy()
    other[0] = np.nextafter(other[0], 9)
    assert write(spec("float64"), flat) != write(spec("float64"), other)


def test_values_that_are_not_finite_are_kept_as_they_are() -> None:
    flat = initialize(spec("float64").network, 3)
    flat[:3] = np.nan, np.inf, -0.0
    assert load_npz(to_npz(spec("float64"), flat))["layers.0.weight"].ravel()[:3].tobytes() == flat[:3].tobytes()
