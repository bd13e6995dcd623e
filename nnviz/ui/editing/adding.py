"""The commands that add a layer, one a kind: behind the selected one, before the output where none is selected."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from nnviz.engine.network_spec import NetworkSpec
from nnviz.ui.editing import layers
from nnviz.ui.editing.editor import NetworkEditor
from nnviz.ui.part_names import INPUT
from nnviz.ui.selection import Selection


class Adding(QObject):
    """Adds layers to one network."""

    def __init__(self, editor: NetworkEditor) -> None:
        super().__init__(editor)
        self._editor = editor

    def add(self, kind: str, *, before: bool = False) -> None:
        """Add a layer of this kind behind the selected one, or before it."""
        spec = self._editor.spec
        index = place(spec.network, self._editor.selection)
        self._editor.do(layers.add(spec, index if before else index + 1, kind))

    @Slot()
    def dense(self) -> None:
        """Add a dense layer."""
        self.add("dense")

    @Slot()
    def dense_before(self) -> None:
        """Add a dense layer before the selected one."""
        self.add("dense", before=True)

    @Slot()
    def dropout(self) -> None:
        """Add a dropout layer."""
        self.add("dropout")

    @Slot()
    def batch_norm(self) -> None:
        """Add a batch norm."""
        self.add("batchnorm")

    @Slot()
    def convolution(self) -> None:
        """Add a convolution."""
        self.add("conv2d")

    @Slot()
    def max_pooling(self) -> None:
        """Add a max pooling."""
        self.add("maxpool2d")

    @Slot()
    def mean_pooling(self) -> None:
        """Add a mean pooling."""
        self.add("avgpool2d")

    @Slot()
    def flatten(self) -> None:
        """Add a layer that makes one row of an image."""
        self.add("flatten")


def place(network: NetworkSpec, selection: Selection) -> int:
    """Return the index of the layer the selection belongs to, of several the last: −1 is the input, the output where there is none."""
    indices = {layer.id: index for index, layer in enumerate(network.layers)} | {INPUT: -1}
    found = [indices[part.layer] for part in selection.each if part.layer in indices]
    return max(found, default=len(network.layers) - 1)
