"""The inspector: whatever is selected, live, with what can be changed about it."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from nnviz.app.document import Document, RunState
from nnviz.app.frame import Frame
from nnviz.data.prepare import Prepared
from nnviz.engine.edits import insert_layer, remove_layer, with_units
from nnviz.engine.spec import Conv2D, Dense, Layer, Spec
from nnviz.ui.failsafe import updates
from nnviz.ui.form import Form
from nnviz.ui.panels.layer_page import LayerPage
from nnviz.ui.panels.pages import EdgePage, FilterPage, InputPage, NetworkPage, NumberPage
from nnviz.ui.panels.panel import Panel
from nnviz.ui.panels.sample_row import SampleRow
from nnviz.ui.selection import NETWORK, Selection
from nnviz.ui.theme import LIGHT, Theme

INPUT = "input"
PACE = 90  # ms between two frames shown: numbers that change faster cannot be read, and each costs some 4 ms
NEW_UNITS = 4  # of an added layer with no hidden one to be like
PAGES = (NetworkPage, InputPage, LayerPage, NumberPage, FilterPage, EdgePage)


class Inspector(Panel):
    """Shows the page of the selection: the network, its input, a layer, a neuron, or an edge; and the shown sample.

    Signals:
        selection_requested: the `Selection` of a layer that was added.
    """

    selection_requested = Signal(object)

    def __init__(self, document: Document, theme: Theme = LIGHT) -> None:
        super().__init__(document, theme)
        self.selection = NETWORK
        self._shown, self._made_for = NETWORK, document.spec
        self.page: QWidget = QWidget()
        self._newest: Frame | None = None
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setInterval(PACE)
        self._pace.timeout.connect(self._show_newest)
        self.rebuild()
        document.data_changed.connect(self._show_data)
        document.state_changed.connect(self._offer_samples)

    def build(self, form: Form) -> None:
        """Make the page of the selection."""
        self._made_for = self.document.spec
        self._shown = existing(self._made_for, self.selection)
        self.page = self._make_page(self._made_for, self._shown)
        if isinstance(self.page, LayerPage):
            self.page.buttons.before.clicked.connect(self.add_layer_before)
            self.page.buttons.after.clicked.connect(self.add_layer)
            self.page.buttons.remove.clicked.connect(self.remove_layer)
        self.sample = SampleRow()
        self.sample.row_chosen.connect(self.document.set_probe)
        form.addWidget(self.sample)
        form.addWidget(self.page)
        if self.document.data is not None:
            self._show_data(self.document.data)
        self._offer_samples()

    def _make_page(self, spec: Spec, chosen: Selection) -> QWidget:
        if chosen.kind == "network":
            return NetworkPage(spec, self.document)
        if chosen.layer == INPUT:
            return InputPage(spec, self.theme)
        if chosen.kind == "neuron":
            layer = spec.network.layer(chosen.layer)
            page = FilterPage if isinstance(layer, Conv2D) and chosen.neuron in layer.neurons else NumberPage
            return page(chosen.layer, chosen.neuron, spec, self.theme)
        if chosen.kind == "edge":
            return EdgePage(chosen.layer, chosen.neuron, chosen.source, spec, self.theme)
        return LayerPage(chosen.layer, self.document, self.edit, self.theme)

    @property
    def shows_layer(self) -> bool:
        """Whether a layer's page is shown, the only one with the activations of many samples."""
        return isinstance(self.page, LayerPage)

    @property
    def shows_health(self) -> bool:
        """Whether the network's page is shown, which says how the run is."""
        return isinstance(self.page, NetworkPage)

    @updates
    def show_selection(self, selection: Selection) -> None:
        """Show the page of what is selected."""
        if selection != self.selection:
            self.selection = selection
            self.rebuild()

    @updates
    def show_spec(self, spec: Spec) -> None:
        """Show the values of a spec; a page that only shows is made anew."""
        if isinstance(self.page, LayerPage) and existing(spec, self.selection) == self._shown and self.page.fits(spec):
            self.page.show_spec(spec)
        elif spec is not self._made_for:
            self.rebuild()
            return
        self._catch_up()

    def show_frame(self, frame: Frame) -> None:
        """Show what the selection does now: at once, or as soon as the frame before has been seen for a while."""
        self._newest = frame
        if not self._pace.isActive():
            self._show_newest()

    @Slot()
    def _show_newest(self) -> None:
        frame, page = self._newest, self.page
        if frame is not None and self.isVisible() and isinstance(page, PAGES):
            self._newest = None
            page.show_frame(frame)
            self.sample.show_row(frame.probe.row)
            self._pace.start()

    def _catch_up(self) -> None:
        """Show the newest frame without waiting: after an edit, another selection, or a time out of sight."""
        if self.document.frame is not None and self.isVisible() and isinstance(self.page, PAGES):
            self._newest = None
            self.page.show_frame(self.document.frame)
            self.sample.show_row(self.document.frame.probe.row)

    @Slot(object)
    def _show_data(self, data: Prepared) -> None:
        self.sample.set_rows(len(data.raw))

    @Slot()
    def _offer_samples(self) -> None:
        """Let the sample be chosen where it is shown as such: with the network, its input, and any pass."""
        shows = isinstance(self.page, NetworkPage | InputPage) or self.document.state is RunState.STEPPING
        self.sample.setVisible(shows and self.document.data is not None)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what was missed."""
        super().showEvent(event)
        self._catch_up()

    @Slot(str, int)
    def set_units(self, layer_id: str, units: int) -> None:
        """Ask for a layer of so many units, as the canvas's − and + do; the document says why it cannot be."""
        spec = self.document.spec
        name = spec.network.weighted(layer_id).name
        title = self.tr("Set {layer} to {units} units").format(layer=name, units=units)
        self.document.edit(with_units(spec, layer_id, units), title, f"units {layer_id}")

    @Slot()
    def add_layer_before(self) -> None:
        """Add a layer before the selected one."""
        self._add_layer(self._place())

    @Slot()
    def add_layer(self) -> None:
        """Add a layer after the selected one; before the output where that or nothing is selected."""
        self._add_layer(self._place() + 1)

    @Slot()
    def remove_layer(self) -> None:
        """Remove the selected layer; the output layer stays."""
        layer = self.removable
        if layer is not None:
            title = self.tr("Remove layer {layer}").format(layer=layer.name)
            self.document.edit(remove_layer(self.document.spec, layer.id), title)

    @property
    def removable(self) -> Layer | None:
        """The selected layer if it can be removed."""
        hidden = self.document.spec.network.layers[:-1]
        return next((layer for layer in hidden if self.selection == Selection("layer", layer.id)), None)

    def _place(self) -> int:
        """Return the index of the layer that the selection belongs to: −1 is the input, the output where there is none."""
        if self.selection.layer == INPUT:
            return -1
        layers = self.document.spec.network.layers
        return next((index for index, layer in enumerate(layers) if layer.id == self.selection.layer), len(layers) - 1)

    def _add_layer(self, index: int) -> None:
        spec = self.document.spec
        *hidden, _ = spec.network.layers
        index = max(0, min(index, len(hidden)))
        dense = [layer.units for layer in hidden[: max(1, index)] if isinstance(layer, Dense)]
        like = dense[-1] if dense else NEW_UNITS
        edited = insert_layer(spec, index, like)
        added = edited.network.layers[index]
        if self.document.edit(edited, self.tr("Add layer {layer}").format(layer=added.name)):
            self.selection_requested.emit(Selection("layer", added.id))


def existing(spec: Spec, selection: Selection) -> Selection:
    """Return the selection if the spec still has it, else what is left of it: its layer, or the network."""
    network = spec.network
    if selection.kind == "network":
        return NETWORK
    if selection.layer == INPUT:
        return selection
    layers = {layer.id: index for index, layer in enumerate(network.layers)}
    if selection.layer not in layers:
        return NETWORK
    index = layers[selection.layer]
    is_row = selection.kind == "edge" or isinstance(network.layers[index], Conv2D)
    has_neuron = selection.kind == "layer" or (is_row and selection.neuron in network.rows(index))
    has_neuron = has_neuron or (selection.kind == "neuron" and selection.neuron in network.outputs(index))
    has_source = selection.kind != "edge" or selection.source in network.sources(index)
    return selection if has_neuron and has_source else Selection("layer", selection.layer)
