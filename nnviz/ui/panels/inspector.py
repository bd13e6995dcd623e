"""The inspector: whatever is selected, live, with what can be changed about it."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from nnviz.app.document import Document
from nnviz.app.frame import Frame
from nnviz.engine.edits import with_units
from nnviz.engine.spec import Spec
from nnviz.ui.form import Form
from nnviz.ui.panels.layer_page import LayerPage
from nnviz.ui.panels.pages import EdgePage, InputPage, NetworkPage, NeuronPage
from nnviz.ui.panels.panel import Panel
from nnviz.ui.selection import NETWORK, Selection
from nnviz.ui.theme import LIGHT, Theme

INPUT = "input"
PACE = 90  # ms between two frames shown: numbers that change faster cannot be read, and each costs some 4 ms
PAGES = (NetworkPage, InputPage, LayerPage, NeuronPage, EdgePage)


class Inspector(Panel):
    """Shows the page of the selection: the network, its input, a layer, a neuron, or an edge."""

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

    def build(self, form: Form) -> None:
        """Make the page of the selection."""
        self._made_for = self.document.spec
        self._shown = existing(self._made_for, self.selection)
        self.page = self._make_page(self._made_for, self._shown)
        form.addWidget(self.page)

    def _make_page(self, spec: Spec, chosen: Selection) -> QWidget:
        if chosen.kind == "network":
            return NetworkPage(spec)
        if chosen.layer == INPUT:
            return InputPage(spec)
        if chosen.kind == "neuron":
            return NeuronPage(chosen.layer, chosen.neuron, spec, self.theme)
        if chosen.kind == "edge":
            return EdgePage(chosen.layer, chosen.neuron, chosen.source, spec)
        return LayerPage(chosen.layer, self.document, self.edit, self.theme)

    @property
    def shows_layer(self) -> bool:
        """Whether a layer's page is shown, the only one with the activations of many samples."""
        return isinstance(self.page, LayerPage)

    def show_selection(self, selection: Selection) -> None:
        """Show the page of what is selected."""
        if selection != self.selection:
            self.selection = selection
            self.rebuild()

    def show_spec(self, spec: Spec) -> None:
        """Show the values of a spec; a page that only shows is made anew."""
        if isinstance(self.page, LayerPage) and existing(spec, self.selection) == self._shown:
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
            self._pace.start()

    def _catch_up(self) -> None:
        """Show the newest frame without waiting: after an edit, another selection, or a time out of sight."""
        if self.document.frame is not None and self.isVisible() and isinstance(self.page, PAGES):
            self._newest = None
            self.page.show_frame(self.document.frame)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what was missed."""
        super().showEvent(event)
        self._catch_up()

    @Slot(str, int)
    def set_units(self, layer_id: str, units: int) -> None:
        """Ask for a layer of so many units, as the canvas's − and + do; the document says why it cannot be."""
        spec = self.document.spec
        name = spec.network.layer(layer_id).name
        title = self.tr("Set {layer} to {units} units").format(layer=name, units=units)
        self.document.edit(with_units(spec, layer_id, units), title, f"units {layer_id}")


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
    has_neuron = selection.kind == "layer" or selection.neuron in network.layers[index].neurons
    has_source = selection.kind != "edge" or selection.source in network.sources(index)
    return selection if has_neuron and has_source else Selection("layer", selection.layer)
