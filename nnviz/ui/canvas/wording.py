"""The words on the canvas: headers, names of inputs and classes, and how wide they are in the theme's fonts."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QFont, QFontMetricsF

from nnviz.engine.spec import Spec
from nnviz.explain.numbers import format_number
from nnviz.ui.canvas.inks import Inks
from nnviz.ui.canvas.layout import FOLD_ABOVE, ColumnText
from nnviz.ui.names import entry_name, feature_name

INPUT = "input"
LONGEST_NAME = 170.0
BAR = 76.0
MOVING_EDGES = 300
STILL_EDGES = 20_000
PIXEL_EDGES = 12


@dataclass(frozen=True, slots=True)
class ColumnWords:
    """The words of one column.

    Attributes:
        halves: the header as "name" and "size · activation"; on one line they are joined by a dot.
        second: what stands under it. before, after: a name a neuron, or nothing.
        edges: how many edges arrive at the layer; `noted` when not all are drawn at all times.
    """

    id: str
    halves: tuple[str, str]
    second: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    bars: bool = False
    edges: int = 0
    noted: bool = False

    @property
    def title(self) -> str:
        """The header on one line."""
        return " · ".join(self.halves)


def words(spec: Spec, row: int | None, class_names: tuple[str, ...], inks: Inks) -> tuple[ColumnWords, ...]:
    """Return the words of all columns; `row` is the sample that is shown, None before there is one."""
    network = spec.network
    count = len(network.input.names)
    features = _tr("1 feature") if count == 1 else _tr("{count} features").format(count=format_number(count))
    sample = "" if row is None else _tr("sample {row}").format(row=row)
    picture = image_shape(spec) is not None
    names = () if picture else tuple(elided(feature_name(name), inks.fonts["name"]) for name in network.input.names)
    found = [ColumnWords(INPUT, (_tr("Input"), features), sample, before=names)]
    total = sum(layer.units * len(network.sources(index)) for index, layer in enumerate(network.layers))
    for index, layer in enumerate(network.layers):
        last = layer is network.layers[-1]
        sources = len(network.sources(index))
        loss = _tr("loss: {loss}").format(loss=entry_name(spec.training.loss.kind)) if last else ""
        named = last and len(class_names) == layer.units > 1
        found.append(
            ColumnWords(
                layer.id,
                (elided(layer.name, inks.fonts["title"]), f"{format_number(layer.units)} · {entry_name(layer.activation.kind)}"),
                loss,
                after=tuple(elided(name, inks.fonts["name"]) for name in class_names) if named else (),
                bars=last and layer.activation.kind == "softmax" and layer.units > 1,
                edges=layer.units * sources,
                noted=total > MOVING_EDGES or max(layer.units, sources) > FOLD_ABOVE,
            )
        )
    return tuple(found)


def image_shape(spec: Spec) -> tuple[int, int] | None:
    """Return (height, width) when the input is a picture."""
    shape = spec.network.input.shape
    return (shape[0], shape[1]) if len(shape) in (2, 3) and (len(shape) == 2 or shape[2] == 1) else None


def column_texts(columns: tuple[ColumnWords, ...], spec: Spec, inks: Inks) -> tuple[ColumnText, ...]:
    """Measure the words."""
    sizes = [len(spec.network.input.names), *(layer.units for layer in spec.network.layers)]
    image = image_shape(spec)
    return tuple(
        _column_text(column, units, inks, image if index == 0 else None, 0 < index < len(sizes) - 1)
        for index, (column, units) in enumerate(zip(columns, sizes, strict=True))
    )


def _column_text(column: ColumnWords, units: int, inks: Inks, image: tuple[int, int] | None, buttons: bool) -> ColumnText:
    after = max((width(name, inks.fonts["name"]) for name in column.after), default=0.0)
    return ColumnText(
        id=column.id,
        units=units,
        title=width(column.title, inks.fonts["title"]),
        stacked=max(width(half, inks.fonts["title"]) for half in column.halves),
        second=width(column.second, inks.fonts["small"]),
        note=width(edge_note(column.edges, column.edges), inks.fonts["small"]) if column.noted else 0.0,
        before=max((width(name, inks.fonts["name"]) for name in column.before), default=0.0),
        after=max(after, BAR) if column.bars else after,
        buttons=buttons,
        image=image,
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
