"""Find (Ctrl+F): goes to a layer, a neuron, a weight or bias, or a setting of the panels, by part of its name.

Weights and biases are too many to list; they are read out of what is typed: "h1·3 → h2·1", "h1.3 h2.1", "bias h1.3", or
the name PyTorch has for them, "layers.0.weight[2,1]".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QDockWidget, QScrollArea, QWidget

from nnviz.engine.network_spec import Conv2D, NetworkSpec, Weighted
from nnviz.engine.patch import BIAS
from nnviz.ui.fold import Fold
from nnviz.ui.form import Row
from nnviz.ui.names import entry_name, feature_name
from nnviz.ui.parameter_names import TENSOR, Parameters, by_tensor, feeder, numbered, tensor_shape
from nnviz.ui.part_names import INPUT, layer_name, part_name
from nnviz.ui.quick_list import QuickList
from nnviz.ui.ranking import Entry
from nnviz.ui.selection import Selection

if TYPE_CHECKING:
    from nnviz.ui.main_window import MainWindow


@dataclass(frozen=True, slots=True)
class Setting:
    """A labelled control in a dock: the `nth` there with this label. Panels are made anew, so it is looked up when it is gone to."""

    dock: str
    label: str
    nth: int


class Finder(QObject):
    """Offers what a window's network is made of and what can be set; goes to the setting that is chosen.

    Signals:
        unfold_asked: the id of a layer of which a chosen neuron is folded away; before `chosen`.
        chosen: the `Selection` of the chosen part of the network.
    """

    unfold_asked = Signal(str)
    chosen = Signal(object)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._parameters: Parameters | None = None
        self._row: Row | None = None
        self.list = QuickList(window)
        self.list.chosen.connect(self._go)

    @Slot()
    def show(self) -> None:
        """Show all there is to find."""
        network = self._window.document.spec.network
        self._parameters = None
        tip = self.tr("Type part of a name; of a weight both neurons, as h1.3 h2.1, or its PyTorch name, as layers.0.weight[2,1]")
        name = self.tr("Find a layer, a neuron, a weight or a setting")
        self.list.offer(name, tip, [*self._parts(network), *self._settings()], self._typed)

    # -- what there is ------------------------------------------------------------------------------------------

    def _parts(self, network: NetworkSpec) -> Iterator[Entry]:
        yield Entry(layer_name(network, INPUT), Selection("layer", INPUT), self.tr("layer"))
        for layer in network.layers:
            yield Entry(layer.name, Selection("layer", layer.id), self.tr("layer, {kind}").format(kind=entry_name(layer.kind)))
        for name in network.input.names:
            yield Entry(feature_name(name), Selection("neuron", INPUT, name), self.tr("input"), also=name)
        for layer in network.layers:
            if isinstance(layer, Weighted):
                kind = self.tr("filter") if isinstance(layer, Conv2D) else self.tr("neuron")
                for place, neuron in enumerate(layer.neurons, 1):
                    yield Entry(numbered(layer.name, place), Selection("neuron", layer.id, neuron), kind)

    def _settings(self) -> Iterator[Entry]:
        titles = {dock.objectName(): dock.windowTitle() for dock in self._window.findChildren(QDockWidget)}
        for setting, row in settings(self._window):
            yield Entry(setting.label, setting, titles[setting.dock], also=row.control.accessibleName())

    def _typed(self, typed: str) -> Sequence[Entry]:
        """Return the weights and biases that what is typed names."""
        network = self._window.document.spec.network
        tensor = TENSOR.match(typed.strip())
        if tensor is not None:
            return [self._tensor(network, typed, int(tensor[1]), tensor[2])]
        if self._parameters is None and typed:
            self._parameters = Parameters(network)  # only now: of a wide network it takes a while
        found = self._parameters.named(typed) if self._parameters is not None else ()
        return [Entry(part_name(network, part), part, self._kind(part)) for part in found]

    def _tensor(self, network: NetworkSpec, typed: str, index: int, kind: str) -> Entry:
        try:
            part = by_tensor(network, typed)
        except LookupError:
            shape = " × ".join(map(str, tensor_shape(network, index, kind)))
            words = self.tr("Its shape is {shape}; it is counted from 0.") if shape else self.tr("The network has no such numbers.")
            return Entry(typed.strip(), None, reason=words.format(shape=shape))
        return Entry(part_name(network, part), part, self._kind(part))

    def _kind(self, part: Selection) -> str:
        if part.kind != "edge":
            return self.tr("layer")
        return self.tr("bias") if part.source == BIAS else self.tr("weight")

    # -- going there --------------------------------------------------------------------------------------------

    @Slot(object)
    def _go(self, value: Selection | Setting) -> None:
        if isinstance(value, Setting):
            self._go_to(value)
            return
        network = self._window.document.spec.network
        ends = [(value.layer, value.neuron)]
        if value.kind == "edge" and value.source != BIAS:
            ends.append((feeder(network, network.index(value.layer)), value.source))
        for layer, neuron in ends:
            if self._folded_away(layer, neuron):
                self.unfold_asked.emit(layer)
        self.chosen.emit(value)

    def _folded_away(self, layer: str, neuron: str) -> bool:
        sheet = self._window.canvas.sheet
        column = next((column for column in sheet.layout.columns if column.id == layer), None) if sheet.layout else None
        return column is not None and column.fold is not None and bool(neuron) and sheet.row_of(layer, neuron) is None

    def _go_to(self, wanted: Setting) -> None:
        """Show a setting's dock, unfold what it stands in, and give it the focus once it has its place."""
        self._row = next((row for setting, row in settings(self._window) if setting == wanted), None)
        if self._row is None:
            return
        for around in _around(self._row):
            if isinstance(around, Fold) and not around.head.isChecked():
                around.head.click()
            elif isinstance(around, QDockWidget):
                around.show()
                around.raise_()
        QTimer.singleShot(0, self, self._arrive)

    @Slot()
    def _arrive(self) -> None:
        row, self._row = self._row, None
        control = focusable(row.control) if row is not None else None
        if row is None or control is None:
            return
        for around in _around(row):
            if isinstance(around, QScrollArea):
                around.ensureWidgetVisible(row)
        control.window().activateWindow()
        control.setFocus(Qt.FocusReason.TabFocusReason)  # as with the Tab key: with its text selected


# -- settings ---------------------------------------------------------------------------------------------------


def settings(window: QWidget) -> Iterator[tuple[Setting, Row]]:
    """Yield what can be set in the docks of a window, also what is folded away or in a hidden dock; not what is not the case."""
    for dock in window.findChildren(QDockWidget):
        seen: Counter[str] = Counter()
        for row in dock.findChildren(Row):
            label = row.label.text()
            if label and focusable(row.control) is not None and _is_offered(row):
                yield Setting(dock.objectName(), label, seen[label]), row
                seen[label] += 1


def focusable(control: QWidget) -> QWidget | None:
    """Return what takes the focus with the Tab key: the control, or the first part of it that does."""
    parts = (control, *control.findChildren(QWidget))
    return next((part for part in parts if part.focusPolicy() & Qt.FocusPolicy.TabFocus and part.isEnabled()), None)


def _around(row: Row) -> Iterator[QWidget]:
    """Yield what a row stands in, from the inside up to its dock."""
    around = row.parentWidget()
    while around is not None:
        yield around
        if isinstance(around, QDockWidget):
            return
        around = around.parentWidget()


def _is_offered(row: Row) -> bool:
    """Tell whether a row makes sense at present: it is not hidden, and what it stands in only by a fold or with the dock."""
    hidden = [around for around in _around(row) if _is_put_away(around)]
    return not _is_put_away(row) and all(isinstance(each, QDockWidget) or isinstance(each.parentWidget(), Fold) for each in hidden)


def _is_put_away(widget: QWidget) -> bool:
    return widget.isHidden() and widget.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide)
