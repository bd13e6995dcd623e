"""The words on the canvas: headers, names of inputs and classes, and how wide they are in the theme's fonts."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QFont, QFontMetricsF

from nnviz.engine.network_spec import Dense, NetworkSpec, Shape
from nnviz.engine.spec import Spec
from nnviz.explain.numbers import format_number
from nnviz.ui.canvas.columns import ColumnText
from nnviz.ui.canvas.inks import Inks
from nnviz.ui.canvas.kinds import is_block, kind_word, shape_words, sides, size_words
from nnviz.ui.canvas.layout import FOLD_ABOVE
from nnviz.ui.names import entry_name, feature_name

ImageSides = tuple[int, int]
INPUT = "input"
LONGEST_NAME = 170.0
BAR = 76.0
MOVING_EDGES = 300
STILL_EDGES = 20_000
PIXEL_EDGES = 3


@dataclass(frozen=True, slots=True)
class ColumnWords:
    """The words of one column.

    Attributes:
        halves: the header as "name" and "size · activation"; on one line they are joined by a dot.
        second: what stands under it. before, after: a name a neuron, or nothing.
        inside: what stands in a block, "" for a column of neurons.
        edges: how many edges arrive at the layer; `noted` when not all are drawn at all times.
        unseen: how many weights each neuron has when none of its edges can be drawn, since they come from a block.
    """

    id: str
    halves: tuple[str, str]
    second: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    inside: str = ""
    bars: bool = False
    edges: int = 0
    noted: bool = False
    unseen: int = 0

    @property
    def title(self) -> str:
        """The header on one line."""
        return " · ".join(self.halves)

    def note(self, drawn: int) -> str:
        """Return the header's last line, of so many edges drawn; "" when there is nothing to be noted."""
        if self.unseen:
            return _tr("{count} weights each, not drawn").format(count=format_number(self.unseen))
        return edge_note(drawn, self.edges) if self.noted else ""


def words(spec: Spec, row: int | None, class_names: tuple[str, ...], image: ImageSides | None, inks: Inks) -> tuple[ColumnWords, ...]:
    """Return the words of all columns; `row` is the sample that is shown, None before there is one; `image` as `image_sides`."""
    network, edges, last = spec.network, _edges(spec.network), len(spec.network.layers) - 1
    found = [_input_words(network, row, image, inks)]
    for index, (layer, shape) in enumerate(zip(network.layers, network.shapes, strict=True)):
        if isinstance(layer, Dense):
            loss = spec.training.loss.kind if index == last else ""
            found.append(_dense_words(layer, edges, index, loss, class_names, inks))
        else:
            halves = elided(layer.name, inks.fonts["title"]), size_words(layer, shape)
            found.append(ColumnWords(layer.id, halves, shape_words(shape), inside=kind_word(layer)))
    return tuple(found)


def _edges(network: NetworkSpec) -> list[tuple[int, int]]:
    """Return how many edges arrive at each layer, none at a block or from one, and how many weights a neuron has."""
    blocks = [False, *map(is_block, network.layers)]
    pairs = zip(blocks[:-1], blocks[1:], network.weight_shapes(), strict=True)
    return [(0 if left or right else rows * columns, columns) for left, right, (rows, columns) in pairs]


def _input_words(network: NetworkSpec, row: int | None, image: ImageSides | None, inks: Inks) -> ColumnWords:
    count = len(network.input.names)
    features = _tr("1 feature") if count == 1 else _tr("{count} features").format(count=format_number(count))
    if image is not None:
        features = _tr("{sides} pixels").format(sides=sides(image))
    sample = "" if row is None else _tr("sample {row}").format(row=row)
    names = () if image is not None else tuple(elided(feature_name(name), inks.fonts["name"]) for name in network.input.names)
    return ColumnWords(INPUT, (_tr("Input"), features), sample, before=names)


def _dense_words(
    layer: Dense, all_edges: list[tuple[int, int]], index: int, loss: str, class_names: tuple[str, ...], inks: Inks
) -> ColumnWords:
    """Return the words of a dense layer; the output is told by its loss."""
    edges, sources = all_edges[index]
    many = sum(count for count, _ in all_edges) > MOVING_EDGES or max(layer.units, sources) > FOLD_ABOVE
    named = loss and len(class_names) == layer.units > 1
    return ColumnWords(
        layer.id,
        (elided(layer.name, inks.fonts["title"]), f"{format_number(layer.units)} · {entry_name(layer.activation.kind)}"),
        _tr("loss: {loss}").format(loss=entry_name(loss)) if loss else "",
        after=tuple(elided(name, inks.fonts["name"]) for name in class_names) if named else (),
        bars=bool(loss) and layer.activation.kind == "softmax" and layer.units > 1,
        edges=edges,
        noted=edges > 0 and many,
        unseen=0 if edges else sources,
    )


def image_sides(spec: Spec, shape: Shape) -> ImageSides | None:
    """Return (height, width) when the input is one picture in grey: by its own shape, or by that of the data it is fed."""
    own, count = spec.network.input.shape, len(spec.network.input.names)
    seen = own if len(own) > 1 else shape
    return (seen[0], seen[1]) if len(seen) in (2, 3) and math.prod(seen) == seen[0] * seen[1] == count else None


def column_texts(columns: tuple[ColumnWords, ...], spec: Spec, image: ImageSides | None, inks: Inks) -> tuple[ColumnText, ...]:
    """Measure the words; besides the input, the output of an autoencoder is a picture too."""
    network = spec.network
    sizes = [len(network.input.names), *(math.prod(shape) for shape in network.shapes)]
    last = len(sizes) - 1
    seen = {0, last} if spec.data.problem == "autoencoder" and sizes[last] == sizes[0] else {0}
    return tuple(
        _column_text(column, units, inks, image if index in seen else None, 0 < index < last and not column.inside)
        for index, (column, units) in enumerate(zip(columns, sizes, strict=True))
    )


def _column_text(column: ColumnWords, units: int, inks: Inks, image: ImageSides | None, buttons: bool) -> ColumnText:
    after = max((width(name, inks.fonts["name"]) for name in column.after), default=0.0)
    return ColumnText(
        id=column.id,
        units=units,
        title=width(column.title, inks.fonts["title"]),
        stacked=max(width(half, inks.fonts["title"]) for half in column.halves),
        second=width(column.second, inks.fonts["small"]),
        note=width(column.note(column.edges), inks.fonts["small"]),
        before=max((width(name, inks.fonts["name"]) for name in column.before), default=0.0),
        after=max(after, BAR) if column.bars else after,
        buttons=buttons,
        image=image,
        block=bool(column.inside),
    )


def edge_note(drawn: int, total: int) -> str:
    """Return how many of a layer's edges are drawn."""
    if drawn == total:
        return _tr("{count} edges").format(count=format_number(total))
    return _tr("{drawn} of {count} edges").format(drawn=format_number(drawn), count=format_number(total))


def hidden_note(count: int) -> str:
    """Return how many neurons of a wide layer have no place of their own."""
    return _tr("⋯ {count} more").format(count=format_number(count))


def width(text: str, font: QFont) -> float:
    """Return how wide a text is, 0 for none."""
    return QFontMetricsF(font).horizontalAdvance(text) + 2.0 if text else 0.0


def elided(text: str, font: QFont) -> str:
    """Return the text as one line, cut with … where it is too long."""
    return QFontMetricsF(font).elidedText(" ".join(text.split()), Qt.TextElideMode.ElideRight, LONGEST_NAME)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Canvas", text)
