"""The numbers of a network by the names and in the shapes PyTorch gives them ("layers.0.weight")."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from nnviz.engine.network import views
from nnviz.engine.spec import BatchNorm, Conv2D, NetworkSpec, Weighted

Array = NDArray[Any]


def tensors(network: NetworkSpec, flat: Array) -> dict[str, Array]:
    """Return views of a flat vector, first layer first: writing to them changes it.

    A dense weight has the shape (units, sources), that of a convolution (filters, channels, height, width); batch norm has
    weight and bias, running_mean and running_var, (channels,) each. A layer without bias has no bias entry.
    """
    named = {}
    for index, (layer, view) in enumerate(zip(network.layers, views(network, flat), strict=True)):
        name = f"layers.{index}"
        if isinstance(layer, BatchNorm):
            named[f"{name}.weight"], named[f"{name}.bias"] = view.weights[:, 0], view.bias
            named[f"{name}.running_mean"], named[f"{name}.running_var"] = view.statistics
        elif isinstance(layer, Weighted):
            shape = (layer.units, -1, *layer.kernel) if isinstance(layer, Conv2D) else view.weights.shape
            named[f"{name}.weight"] = view.weights.reshape(shape)
            if layer.use_bias:
                named[f"{name}.bias"] = view.bias
    return named
