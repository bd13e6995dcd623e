"""Weights files are read back by the programs they are for, with every bit and PyTorch's names."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import load as load_safetensors

from nnviz.engine.network import Network, initialize
from nnviz.engine.spec import DataSpec, Dense, InputSpec, NetworkSpec, Spec, TrainingSpec
from nnviz.formats.weights import WEIGHTS, to_csv, to_json, to_npz, to_safetensors

LAYERS = (Dense("h1", "Dense 1", ("n1", "n2", "n3")), Dense("out", "Output", ("n4",), use_bias=False))


def spec(precision: str) -> Spec:
    training = replace(TrainingSpec(), precision=precision)
    return Spec(NetworkSpec(InputSpec((2,), ("x1", "x2")), LAYERS, 5), training, DataSpec("circle"))


def load_npz(data: bytes) -> dict[str, np.ndarray]:
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        return dict(archive)


def load_json(data: bytes) -> dict[str, np.ndarray]:
    found = json.loads(data)
    assert all(np.shape(entry["values"]) == tuple(entry["shape"]) for entry in found.values())
    return {name: np.array(entry["values"]) for name, entry in found.items()}


def load_csv(data: bytes) -> dict[str, np.ndarray]:
    """Put every line's value where the line says."""
    places: dict[str, dict[tuple[int, ...], float]] = {}
    for line in csv.DictReader(io.StringIO(data.decode())):
        place = tuple(int(line[name]) for name in ("index0", "index1") if line[name])
        places.setdefault(line["parameter"], {})[place] = float(line["value"])
    arrays = {}
    for name, values in places.items():
        arrays[name] = np.zeros(np.max(list(values), axis=0) + 1)
        for place, value in values.items():
            arrays[name][place] = value
    return arrays


@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize(
    ("write", "read"), [(to_npz, load_npz), (to_safetensors, load_safetensors), (to_json, load_json), (to_csv, load_csv)]
)
def test_weights_come_back_with_names_shapes_and_bits(precision: str, write, read) -> None:  # type: ignore[no-untyped-def]
    flat = (initialize(spec(precision).network, 3) + 0.125).astype(precision)
    found = read(write(spec(precision), flat))
    assert {name: array.shape for name, array in found.items()} == {
        "layers.0.weight": (3, 2),
        "layers.0.bias": (3,),
        "layers.1.weight": (1, 3),
    }
    if write in (to_npz, to_safetensors):
        assert {array.dtype for array in found.values()} == {np.dtype(precision)}
    found = {name: array.astype(precision) for name, array in found.items()}  # text has no type; all digits are there
    hidden, output = Network(spec(precision).network, flat).views
    for name, array in (("layers.0.weight", hidden.weights), ("layers.0.bias", hidden.bias), ("layers.1.weight", output.weights)):
        assert found[name].tobytes() == np.ascontiguousarray(array).tobytes()


@pytest.mark.parametrize("write", WEIGHTS.values())
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


def test_json_and_csv_are_for_people_too() -> None:
    flat = np.arange(12.0)
    assert to_json(spec("float64"), flat).decode() == (
        '{\n "layers.0.weight": {\n  "shape": [3, 2],\n  "values": [\n   [0.0, 1.0],\n   [2.0, 3.0],\n   [4.0, 5.0]\n  ]\n },\n'
        ' "layers.0.bias": {\n  "shape": [3],\n  "values": [6.0, 7.0, 8.0]\n },\n'
        ' "layers.1.weight": {\n  "shape": [1, 3],\n  "values": [\n   [9.0, 10.0, 11.0]\n  ]\n }\n}\n'
    )
    lines = to_csv(spec("float64"), flat).decode().splitlines()
    assert lines[:2] == ["parameter,index0,index1,value", "layers.0.weight,0,0,0.0"]
    assert lines[7] == "layers.0.bias,0,,6.0" and len(lines) == 13


def test_json_has_no_words_for_what_is_not_finite() -> None:
    with pytest.raises(ValueError, match="JSON"):
        to_json(spec("float64"), np.full(12, np.nan))
