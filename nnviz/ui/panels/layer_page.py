"""The inspector's page of a layer: what it is, to be changed; what it does now, live."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from nnviz.app.document import Document
from nnviz.app.frame import Frame
from nnviz.engine.edits import LONGEST_NAME
from nnviz.engine.network_spec import AvgPool2D, BatchNorm, Conv2D, Dense, Dropout, Layer, MaxPool2D, Weighted
from nnviz.engine.spec import Spec
from nnviz.engine.table import Parameter
from nnviz.ui.decades import exact
from nnviz.ui.editing import layers
from nnviz.ui.failsafe import updates
from nnviz.ui.fields import NumberField
from nnviz.ui.form import Fact, Form, Tick
from nnviz.ui.names import entry_name
from nnviz.ui.panels.batch_norm_editor import BatchNormEditor
from nnviz.ui.panels.conv_editor import ConvEditor
from nnviz.ui.panels.dense_editor import DenseEditor
from nnviz.ui.panels.dropout_editor import DropoutEditor
from nnviz.ui.panels.dropout_row import DropoutRow
from nnviz.ui.panels.editing import Edit, Editing
from nnviz.ui.panels.layer_buttons import LayerButtons
from nnviz.ui.panels.layer_live import LayerLive
from nnviz.ui.panels.pooling_editor import PoolingEditor
from nnviz.ui.panels.wording import shape_words
from nnviz.ui.theme import Theme
from nnviz.ui.tips import set_tip

MULTIPLIER = Parameter("rate_multiplier", 1.0, 0.0)
Editor = DenseEditor | ConvEditor | PoolingEditor | DropoutEditor | BatchNormEditor
EDITORS: dict[type[Layer], Callable[[Editing], Editor]] = {
    Dense: DenseEditor,
    Conv2D: ConvEditor,
    MaxPool2D: PoolingEditor,
    AvgPool2D: PoolingEditor,
    Dropout: DropoutEditor,
    BatchNorm: BatchNormEditor,
}  # flattening has nothing to set


class LayerPage(QWidget):
    """One layer, by its id; `own` are the controls of its kind, None where there are none."""

    def __init__(self, layer_id: str, document: Document, edit: Edit, theme: Theme) -> None:
        super().__init__()
        self._editing = Editing(layer_id, document, edit, theme)
        self._theme = theme
        layer = self._editing.layer
        self._kind, self._output = type(layer), layer is document.spec.network.layers[-1]
        form = Form(self)
        self.heading = form.heading("")
        self._build_name(form)
        form.row(self.tr("Kind"), Fact(entry_name(layer.kind)))
        self.shape = Fact()
        form.row(self.tr("Puts out"), self.shape, self.tr("How many numbers leave the layer; of an image height × width × channels"))
        self.own = EDITORS[type(layer)](self._editing) if type(layer) in EDITORS else None
        if self.own is not None:
            form.addWidget(self.own)
        self.dropout = DropoutRow(self._editing) if isinstance(layer, Weighted) and not self._output else None
        if self.dropout is not None:
            form.addWidget(self.dropout)
        self._build_learning(form, learns=isinstance(layer, Weighted | BatchNorm))
        self.buttons = LayerButtons(output=self._output)
        form.addWidget(self.buttons)
        self.live = LayerLive(layer_id, weighted=isinstance(layer, Weighted), theme=theme)
        form.addWidget(self.live)

    def _build_name(self, form: Form) -> None:
        self.name = QLineEdit()
        self.name.setAcceptDrops(False)
        self.name.setMaxLength(LONGEST_NAME)
        self.name.setProperty("flat", True)
        self.name.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.name.setAccessibleName(self.tr("Layer name"))
        set_tip(self.name, self.tr("What the canvas, the formulas and files call this layer, e.g. “hidden 2”"))
        self.name.editingFinished.connect(self._set_name)
        self.name_row = form.row(self.tr("Name"), self.name)

    def _build_learning(self, form: Form, *, learns: bool) -> None:
        """Make what decides how fast the layer learns, shown where it learns at all."""
        self.frozen = Tick(self.tr("Freeze weights"))
        self.frozen_row = form.row(self.tr("Freeze weights"), self.frozen, self.tr("Training leaves this layer as it is"))
        self.multiplier = NumberField(MULTIPLIER, name=self.tr("Rate multiplier"), meaning=self._multiplier_meaning)
        self.multiplier_row = form.row(self.tr("Rate multiplier"), self.multiplier)
        for row in (self.frozen_row, self.multiplier_row):
            row.setVisible(learns)
        self.frozen.clicked.connect(self._set_frozen)
        self.multiplier.value_committed.connect(self._set_multiplier)

    @property
    def layer(self) -> Layer:
        """The layer as the spec has it."""
        return self._editing.layer

    def fits(self, spec: Spec) -> bool:
        """Tell whether this is still a page for the layer: one of its kind, and at its end of the network."""
        layer = spec.network.layer(self._editing.id)
        return type(layer) is self._kind and (layer is spec.network.layers[-1]) == self._output

    @updates
    def set_theme(self, theme: Theme) -> None:
        """Say numbers as another theme does from now on."""
        self._theme = theme

    def show_spec(self, spec: Spec) -> None:
        """Show the values of a spec, which has the layer."""
        layer = spec.network.layer(self._editing.id)
        self.heading.setText(self.tr("Inspector · {name}").format(name=layer.name).upper())
        if not self.name.isModified():
            self.name.setText(layer.name)
            self.name.setCursorPosition(0)
        self.shape.setText(shape_words(spec.network.shapes[spec.network.index(layer.id)]))
        if self.own is not None:
            self.own.show_spec(spec)
        if self.dropout is not None:
            self.dropout.show_spec(spec)
        self.frozen.setChecked(layer.frozen)
        self.frozen_row.refuse("")
        self.multiplier.set_value(layer.rate_multiplier)

    @updates
    def show_frame(self, frame: Frame) -> None:
        """Show what the layer does now."""
        shown = next((item for item in frame.layers if item.id == self._editing.id), None)
        if shown is None:
            return
        self.live.show_frame(frame, shown)
        if isinstance(self.own, DenseEditor | ConvEditor | BatchNormEditor):
            self.own.show_layer(shown)

    def _multiplier_meaning(self, value: float) -> str:
        words = self.tr("This layer learns with {value} times the learning rate.")
        return words.format(value=self._theme.marked(exact(value)))

    # -- edits --------------------------------------------------------------------------------------------------

    @Slot()
    def _set_name(self) -> None:
        self.name.setModified(False)
        if self.name.text() != self.layer.name:
            self.name_row.refuse("")
            self._editing.propose(self.name_row, layers.rename(self._editing.spec, self._editing.id, self.name.text()))
            self.name.setText(self.layer.name)

    @Slot(bool)
    def _set_frozen(self, on: bool) -> None:
        self._editing.propose(self.frozen_row, layers.set_frozen(self._editing.spec, [self._editing.id], on))

    @Slot(float)
    def _set_multiplier(self, value: float) -> None:
        title = self.tr("Set rate multiplier of {layer}").format(layer=self.layer.name)
        self._editing.replace(self.multiplier_row, replace(self.layer, rate_multiplier=value), title, self.multiplier.gesture)
