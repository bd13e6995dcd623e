"""Weights as files other programs read: npz, safetensors, JSON and CSV, named as PyTorch names them ("layers.0.weight").

Names and shapes are those of `tensors`. Values have the precision of the run, and equal weights give equal bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.spec import Spec
from nnviz.formats.archive import pack
from nnviz.formats.strict import write_npy
from nnviz.formats.table import to_csv as table_to_csv
from nnviz.formats.tensors import tensors

Array = NDArray[Any]
Row = tuple[str | int | float | None, ...]


def copies(spec: Spec, parameters: Array) -> dict[str, Array]:
    """Return the tensors of a flat parameter vector by name, in the precision of the run."""
    named = tensors(spec.network, parameters)
    return {name: np.array(array, dtype=spec.training.precision, order="C") for name, array in named.items()}


def to_npz(spec: Spec, parameters: Array) -> bytes:
    """Return the weights as NumPy's archive: `numpy.load(file)["layers.0.weight"]`."""
    return pack({f"{name}.npy": write_npy(array) for name, array in copies(spec, parameters).items()})


def to_safetensors(spec: Spec, parameters: Array) -> bytes:
    """Return the weights as safetensors: `safetensors.torch.load_file(path)` fits the generated PyTorch model."""
    from safetensors.numpy import save

    return save(copies(spec, parameters))


def to_json(spec: Spec, parameters: Array) -> bytes:
    """Return the weights as JSON people can read: by name the shape and the values, a line for each row of a matrix.

    Raises:
        ValueError: a value is not finite.
    """
    blocks, between = [], ",\n   "
    for name, array in copies(spec, parameters).items():
        shape, values = json.dumps(array.shape), json.dumps(array.tolist(), allow_nan=False)
        if array.ndim > 1:
            values = f"[\n   {between.join(json.dumps(row, allow_nan=False) for row in array.tolist())}\n  ]"
        blocks.append(f' "{name}": {{\n  "shape": {shape},\n  "values": {values}\n }}')
    return ("{\n" + ",\n".join(blocks) + "\n}\n").encode("utf-8")


def to_csv(spec: Spec, parameters: Array) -> bytes:
    """Return the weights as one table, a line for each (DECISIONS 20), with as many indices as the tensor has sides."""
    named = copies(spec, parameters)
    sides = max(2, *(array.ndim for array in named.values()))
    return table_to_csv(csv_header(sides), _rows(named, sides))


def csv_header(sides: int) -> tuple[str, ...]:
    """Return the first line of a table of weights: the parameter, its indices, the value."""
    return "parameter", *(f"index{side}" for side in range(sides)), "value"


def _rows(named: dict[str, Array], sides: int) -> Iterator[Row]:
    for name, array in named.items():
        empty = (None,) * (sides - array.ndim)
        for place, value in np.ndenumerate(array):
            yield name, *place, *empty, float(value)


# By suffix: (spec, flat parameters) -> bytes of a file.
WEIGHTS: dict[str, Callable[[Spec, Array], bytes]] = {
    "npz": to_npz,
    "safetensors": to_safetensors,
    "json": to_json,
    "csv": to_csv,
}
