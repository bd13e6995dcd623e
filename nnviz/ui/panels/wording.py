"""Layers in a few words: what they are, what comes out of them, what the numbers they read are called, how many of them learn."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from nnviz.engine.network_spec import BatchNorm, Conv2D, Dense, Dropout, NetworkSpec, Pooling, Shape, Weighted
from nnviz.engine.spec import Spec
from nnviz.explain.numbers import format_number
from nnviz.ui.names import entry_name, feature_name


def shape_words(shape: Shape) -> str:
    """Return a shape as it is read aloud: 28 × 28 × 1."""
    return " × ".join(map(format_number, shape))


def layer_words(network: NetworkSpec, index: int, shape: Shape) -> str:
    """Return what a layer that puts out this shape does, in a line: its weights and activation, or what it makes of what it reads."""
    layer, out = network.layers[index], shape_words(shape)
    if isinstance(layer, Dense):
        units = format_number(layer.units)
        bias = f" + {units}" if layer.use_bias else ""
        return f"{units} × {format_number(len(network.sources(index)))}{bias} · {entry_name(layer.activation.kind)}"
    if isinstance(layer, Conv2D):
        kernel = shape_words((*layer.kernel, len(network.channels(index - 1))))
        words = QCoreApplication.translate("LayerWords", "{filters} of {kernel} · {activation} → {out}")
        activation = entry_name(layer.activation.kind)
        return words.format(filters=format_number(layer.units), kernel=kernel, activation=activation, out=out)
    if isinstance(layer, Pooling):
        return f"{entry_name(layer.kind)} {shape_words(layer.size)} → {out}"
    if isinstance(layer, Dropout):
        return QCoreApplication.translate("LayerWords", "{share} % silent").format(share=format_number(round(100 * layer.rate, 6)))
    if isinstance(layer, BatchNorm):
        count = format_number(len(network.rows(index)))
        return QCoreApplication.translate("LayerWords", "normalizes {count} units").format(count=count)
    return f"→ {out}"


def source_names(spec: Spec, index: int) -> tuple[str, ...]:
    """Return what the columns of a layer's weights are called: input features, or the layer before and a number.

    Of a convolution these are the channel it reads and the row and column in its kernel; of batch norm there is one, γ.
    """
    network = spec.network
    layer = network.layers[index]
    if isinstance(layer, Conv2D):
        rows, columns = layer.kernel
        channels = len(network.channels(index - 1))
        places = [f"{row + 1},{column + 1}" for row in range(rows) for column in range(columns)]
        return tuple(f"{channel + 1}: {place}" for channel in range(channels) for place in places)
    if isinstance(layer, BatchNorm):
        return ("γ",)
    if index == 0:
        return tuple(feature_name(name) for name in network.input.names)
    before = network.layers[index - 1]
    return tuple(f"{before.name}·{number + 1}" for number in range(len(network.sources(index))))


def trainable(network: NetworkSpec) -> int:
    """Return how many numbers training changes: none of frozen layers, no pruned weights, no biases that are not trained."""
    count = 0
    for layer, (rows, columns) in zip(network.layers, network.weight_shapes(), strict=True):
        if layer.frozen:
            continue
        if isinstance(layer, BatchNorm):
            count += 2 * rows  # γ and β; mean and variance are measured
        elif isinstance(layer, Weighted):
            pruned = len(layer.pruned) if isinstance(layer, Dense) else 0
            count += rows * (columns + (layer.use_bias and layer.train_bias)) - pruned
    return count
