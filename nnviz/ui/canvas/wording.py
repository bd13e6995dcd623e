"""The words on the canvas: headers, names of inputs and classes, and how wide they are in the theme's fonts."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass, replace

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QFont, QFontMetricsF

from nnviz.engine.network_spec import Dense, Layer, NetworkSpec, Shape
from nnviz.engine.spec import Spec
from nnviz.explain.numbers import format_number
from nnviz.ui.canvas.columns import ColumnText
from nnviz.ui.canvas.inks import Inks
from nnviz.ui.canvas.kinds import header_buttons, is_block, kind_word, shape_words, sides, size_words
from nnviz.ui.canvas.spacing import FOLD_ABOVE
from nnviz.ui.names import entry_name, feature_name
from nnviz.ui.part_names import INPUT

ImageSides = tuple[int, int]
LONGEST_NAME, MOST_LETTERS = 170.0, 200
BAR = 76.0
DOT, SLACK = " · ", 2.0
MOVING_EDGES = 300
STILL_EDGES = 20_000
PIXEL_EDGES = 3
UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # categories of characters that steer and show nothing
JOINERS = "\u200c\u200d"  # these belong to the spelling of Persian, Hindi and emoji
ISOLATE, ISOLATED = "\u2068", "\u2069"


@dataclass(frozen=True, slots=True)
class ColumnWords:
    """The words of one column.

    Attributes:
        halves: the header as "name" and "size · activation"; on one line they are joined by a dot.
        second: what stands under it. before, after: a name a neuron, or nothing.
        inside: what stands in a block, "" for a column of neurons.
        edges: how many edges arrive at the layer; `noted` when not all are drawn at all times.
        unseen: how many weights each neuron has when none of its edges can be drawn, since they come from a block.
        buttons: which buttons the header has. frozen: whether its lock is closed.
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
    buttons: tuple[str, ...] = ()
    frozen: bool = False

    @property
    def title(self) -> str:
        """The header on one line."""
        return DOT.join(self.halves)

    def note(self, drawn: int) -> str:
        """Return the header's last line, of so many edges drawn; "" when there is nothing to be noted."""
        if self.unseen:
            return _tr("{count} weights each, not drawn").format(count=format_number(self.unseen))
        return edge_note(drawn, self.edges) if self.noted else ""


def words(spec: Spec, row: int | None, class_names: tuple[str, ...], image: ImageSides | None, inks: Inks) -> tuple[ColumnWords, ...]:
    """Return the words of all columns; `row` is the sample that is shown, None before there is one; `image` as `image_sides`."""
    network, edges, last = spec.network, _edges(spec.network), len(spec.network.layers) - 1
    crowded = sum(count for count, _ in edges) > MOVING_EDGES
    found = [_input_words(network, row, image, inks)]
    for index, (layer, shape) in enumerate(zip(network.layers, network.shapes, strict=True)):
        if isinstance(layer, Dense):
            made = _dense_words(layer, edges[index], crowded, inks)
        else:
            made = ColumnWords(layer.id, (_name(layer, inks), size_words(layer, shape)), shape_words(shape), inside=kind_word(layer))
        buttons = header_buttons(layer, last=index == last)
        found.append(replace(made, buttons=buttons, frozen=layer.frozen and "lock" in buttons))
    found[-1] = _output_words(found[-1], network, spec.training.loss.kind, class_names, inks)
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


def _dense_words(layer: Dense, edges: tuple[int, int], crowded: bool, inks: Inks) -> ColumnWords:
    """Return the words of a dense layer; `edges` as `_edges` has them, `crowded` when not all of the network's are drawn at all times."""
    count, sources = edges
    return ColumnWords(
        layer.id,
        (_name(layer, inks), f"{format_number(layer.units)} · {entry_name(layer.activation.kind)}"),
        "",
        edges=count,
        noted=count > 0 and (crowded or max(layer.units, sources) > FOLD_ABOVE),
        unseen=0 if count else sources,
    )


def _output_words(made: ColumnWords, network: NetworkSpec, loss: str, class_names: tuple[str, ...], inks: Inks) -> ColumnWords:
    """Return the words of the output with what only it has: the loss, names of classes and bars."""
    output = network.output
    named = len(class_names) == output.units > 1
    return replace(
        made,
        second=_tr("loss: {loss}").format(loss=entry_name(loss)),
        after=tuple(elided(name, inks.fonts["name"]) for name in class_names) if named else (),
        bars=output.activation.kind == "softmax" and output.units > 1,
    )


def _name(layer: Layer, inks: Inks) -> str:
    return elided(layer.name, inks.fonts["title"])


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
    measure = _Measure(inks)
    return tuple(
        _column_text(column, units, measure, image if index in seen else None)
        for index, (column, units) in enumerate(zip(columns, sizes, strict=True))
    )


def _column_text(column: ColumnWords, units: int, measure: _Measure, image: ImageSides | None) -> ColumnText:
    name, size = (measure("title", half) for half in column.halves)
    size = max(size, measure("title", _steady(column.halves[1])))
    after = max((measure("name", each) for each in column.after), default=0.0)
    return ColumnText(
        id=column.id,
        units=units,
        title=name + measure("title", DOT) + size,
        stacked=max(name, size),
        second=measure("small", column.second),
        size=size if "plus" in column.buttons else 0.0,
        note=measure("small", column.note(column.edges - 1)),
        before=max((measure("name", each) for each in column.before), default=0.0),
        after=max(after, BAR) if column.bars else after,
        buttons=column.buttons,
        image=image,
        block=bool(column.inside),
    )


class _Measure:
    """Measures words in the fonts of a theme, each word once: a deep network says the same of many layers."""

    def __init__(self, inks: Inks) -> None:
        self._metrics = {key: QFontMetricsF(inks.fonts[key]) for key in ("title", "small", "name")}
        self._widths: dict[tuple[str, str], float] = {}

    def __call__(self, key: str, text: str) -> float:
        """Return how wide a text is in one of the fonts, 0 for none."""
        if not text:
            return 0.0
        if (key, text) not in self._widths:
            self._widths[key, text] = self._metrics[key].horizontalAdvance(text) + SLACK
        return self._widths[key, text]


def _steady(size: str) -> str:
    """Return a text as wide for every small count that it starts with, so that a neuron more does not move the columns."""
    return re.sub(r"^\d+", _two_digits, size)


def _two_digits(found: re.Match[str]) -> str:
    return "0" * max(2, len(found[0]))


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
    return QFontMetricsF(font).horizontalAdvance(text) + SLACK if text else 0.0


def elided(text: str, font: QFont) -> str:
    """Return a name as one line, cut with … where it is too long, and literal."""
    cut = literal(text[:MOST_LETTERS]) + "…" * (len(text) > MOST_LETTERS)
    short = QFontMetricsF(font).elidedText(cut, Qt.TextElideMode.ElideRight, LONGEST_NAME)
    return f"{ISOLATE}{short}{ISOLATED}" if any(unicodedata.bidirectional(letter) in ("R", "AL", "AN") for letter in short) else short


def literal(text: str) -> str:
    """Return a text on one line that steers nothing: control and bidirectional characters are seen as □."""
    line = " ".join(text.split())
    return "".join("□" if unicodedata.category(letter) in UNSEEN and letter not in JOINERS else letter for letter in line)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Canvas", text)
