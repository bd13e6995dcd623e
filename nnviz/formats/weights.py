"""Weights as files other programs read: npz and safetensors, named as PyTorch names them ("layers.0.weight").

A dense weight has shape (units, sources), as in PyTorch; a layer without bias has no bias entry. Values have the
precision of the run, and equal weights give equal bytes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.network import Network
from nnviz.engine.spec import Spec
from nnviz.formats.archive import pack
from nnviz.formats.strict import write_npy

Array = NDArray[Any]


def tensors(spec: Spec, parameters: Array) -> dict[str, Array]:
    """Return the weights and biases of a flat parameter vector by name, first layer first."""
    named = {}
    for index, (layer, view) in enumerate(zip(spec.network.layers, Network(spec.network, parameters).views, strict=True)):
        named[f"layers.{index}.weight"] = view.weights
        if layer.use_bias:
            named[f"layers.{index}.bias"] = view.bias
    return {name: np.array(array, dtype=spec.training.precision, order="C") for name, array in named.items()}


def to_npz(spec: Spec, parameters: Array) -> bytes:
    """Return the weights as NumPy's archive: `numpy.load(file)["layers.0.weight"]`."""
    return pack({f"{name}.npy": write_npy(array) for name, array in tensors(spec, parameters).items()})


def to_safetensors(spec: Spec, parameters: Array) -> bytes:
    """Return the weights as safetensors: `safetensors.torch.load_file(path)` fits the generated PyTorch model."""
    from safetensors.numpy import save

    return save(tensors(spec, parameters))
