"""The words of layers that stand as one plain block: what they are, how large, and what shape they put out."""

from __future__ import annotations

import math

from PySide6.QtCore import QCoreApplication

from nnviz.engine.network_spec import AvgPool2D, BatchNorm, Conv2D, Dense, Dropout, Flatten, Layer, MaxPool2D, Shape, Weighted
from nnviz.explain.numbers import format_number, short_number
from nnviz.ui.names import entry_name


def is_block(layer: Layer) -> bool:
    """Tell whether a layer is drawn as one block, none of its numbers having a place of its own."""
    return not isinstance(layer, Dense)


def header_buttons(layer: Layer, *, last: bool) -> tuple[str, ...]:
    """Return the buttons of a layer's header: how many units the output has is not free, and only what learns can be frozen."""
    if isinstance(layer, Weighted) and not last:
        return ("minus", "plus", "lock", "more")
    return ("lock", "more") if isinstance(layer, Weighted | BatchNorm) else ("more",)


def kind_word(layer: Layer) -> str:
    """Return what a layer does in one or two words; they stand in its block."""
    words = {
        Dense: _tr("dense"),
        Conv2D: _tr("convolution"),
        MaxPool2D: _tr("max pooling"),
        AvgPool2D: _tr("mean pooling"),
        Flatten: _tr("flatten"),
        Dropout: _tr("dropout"),
        BatchNorm: _tr("batch norm"),
    }
    return words[type(layer)]


def size_words(layer: Layer, shape: Shape) -> str:
    """Return what the header of a block says after the layer's name: its kind in words, how large, how much; `shape` is its output's."""
    if isinstance(layer, Conv2D):
        count = format_number(layer.units)
        filters = _tr("1 filter {sides}") if layer.units == 1 else _tr("{count} filters {sides}")
        return f"{filters.format(count=count, sides=sides(layer.kernel))} · {entry_name(layer.activation.kind)}"
    if isinstance(layer, MaxPool2D):
        return _tr("max {sides}").format(sides=sides(layer.size))
    if isinstance(layer, AvgPool2D):
        return _tr("mean {sides}").format(sides=sides(layer.size))
    if isinstance(layer, Dropout):
        return _tr("silences {share} %").format(share=short_number(100 * layer.rate))
    if isinstance(layer, BatchNorm):
        said = _tr("normalizes {count} channels") if len(shape) == 3 else _tr("normalizes {count} numbers")
        return said.format(count=format_number(shape[-1]))
    return _tr("as one row")


def shape_words(shape: Shape) -> str:
    """Return an output's shape: 26×26×32, or so many numbers."""
    if len(shape) > 1:
        return sides(shape)
    return _tr("1 number") if shape == (1,) else _tr("{count} numbers").format(count=format_number(math.prod(shape)))


def sides(lengths: tuple[int, ...]) -> str:
    """Return lengths as 26×26×32."""
    return "×".join(str(length) for length in lengths)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Canvas", text)
