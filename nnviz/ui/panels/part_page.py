"""What the inspector's pages of a part of a layer share: they follow the part by its ids through frames and edits."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from nnviz.app.frame import Frame, LayerFrame
from nnviz.engine.network_spec import NetworkSpec
from nnviz.engine.spec import Spec
from nnviz.ui.failsafe import updates
from nnviz.ui.panels.editing import PartEditing
from nnviz.ui.panels.wording import source_names
from nnviz.ui.selection import Selection
from nnviz.ui.theme import Theme


class PartPage(QWidget):
    """A page of one neuron, edge or bias."""

    def __init__(self, editing: PartEditing) -> None:
        super().__init__()
        self._editing, self._part, self._theme = editing, editing.part, editing.theme
        self._kind = type(editing.spec.network.layer(editing.part.layer))
        self._named: NetworkSpec | None = None
        self._names: tuple[str, ...] = ()

    def fits(self, spec: Spec) -> bool:
        """Tell whether this is still a page for the part, which the spec has: its layer is of the same kind."""
        return type(spec.network.layer(self._part.layer)) is self._kind

    def show_spec(self, spec: Spec) -> None:
        """Show what a spec, which has the part, says of it; tells nobody."""
        raise NotImplementedError

    def show_frame(self, frame: Frame) -> None:
        """Show what the part is in a frame, which may be of a network that no longer has the layer."""
        found = layer_frame(frame, self._part.layer)
        if found is not None:
            self.show_part(frame, found, frame.spec.network.index(self._part.layer))

    def show_part(self, frame: Frame, found: LayerFrame, index: int) -> None:
        """Show the part of layer `index` as the frame has it; nothing where the layer no longer has the part."""
        raise NotImplementedError

    def names(self, spec: Spec, index: int) -> tuple[str, ...]:
        """Return what the layer's sources are called; made once a network, since there may be many."""
        if self._named is not spec.network:
            self._named, self._names = spec.network, source_names(spec, index)
        return self._names

    def choose_edge(self, neuron: str, at: int) -> None:
        """Ask for the edge that leads to a neuron of the layer from its source at this place."""
        network = self._editing.spec.network
        sources = network.sources(network.index(self._part.layer))
        if at < len(sources):
            self._editing.choose(Selection("edge", self._part.layer, neuron, sources[at]))

    @Slot(int, int)
    def choose_cell(self, unit: int, at: int) -> None:
        """Ask for the edge whose weight stands in this row and column."""
        network = self._editing.spec.network
        neurons = network.rows(network.index(self._part.layer))
        if unit < len(neurons):
            self.choose_edge(neurons[unit], at)

    @updates
    def set_theme(self, theme: Theme) -> None:
        """Say numbers as another theme does from now on."""
        self._theme = theme


def layer_frame(frame: Frame, layer_id: str) -> LayerFrame | None:
    """Return the layer's part of a frame, None when it has none."""
    return next((item for item in frame.layers if item.id == layer_id), None)
