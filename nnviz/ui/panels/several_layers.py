"""What several layers have in common, to be set in all of them at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from nnviz.engine import edits
from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.network_spec import BatchNorm, Layer, Weighted
from nnviz.engine.spec import Spec
from nnviz.engine.table import Choice, Parameter
from nnviz.explain.numbers import format_number
from nnviz.ui.choice_editor import ChoiceEditor
from nnviz.ui.decades import exact
from nnviz.ui.editing import layers as proposals
from nnviz.ui.form import Form
from nnviz.ui.names import entry_name
from nnviz.ui.panels.dropout_row import PERCENT, percent, rate
from nnviz.ui.panels.editing import Edit, PartEditing
from nnviz.ui.panels.panel import Refusing
from nnviz.ui.panels.penalty import PenaltyEditor
from nnviz.ui.panels.several_fields import SeveralField, SeveralTick

MULTIPLIER = Parameter("rate_multiplier", 1.0, 0.0)
Change = Callable[[Layer], Layer]


class SeveralLayers(QWidget):
    """The fields that all the layers have; one that differs between them says so, and setting it sets all."""

    def __init__(self, editing: PartEditing, edit: Edit) -> None:
        super().__init__()
        self._editing, self._edit = editing, edit
        self._ids = tuple(part.layer for part in editing.part.parts)
        layers = self._layers(editing.spec)
        form = Form(self)
        self.activation = ChoiceEditor(self.tr("Activation"), ACTIVATIONS)
        self.initializer = ChoiceEditor(self.tr("Initializer"), INITIALIZERS)
        self.l1, self.l2 = PenaltyEditor(self.tr("L1 penalty"), editing.theme), PenaltyEditor(self.tr("L2 penalty"), editing.theme)
        for editor in (self.activation, self.initializer, self.l1, self.l2):
            editor.box.setPlaceholderText(self.tr("various"))
            editor.setVisible(all(isinstance(layer, Weighted) for layer in layers))
            form.addWidget(editor)
        self.dropout = SeveralField(PERCENT, name=self.tr("Dropout"), shown=self._percent)
        self.dropout_row = form.row(self.tr("Dropout"), self.dropout)
        self.multiplier = SeveralField(MULTIPLIER, name=self.tr("Rate multiplier"))
        self.multiplier_row = form.row(self.tr("Rate multiplier"), self.multiplier)
        self.frozen = SeveralTick(self.tr("Freeze weights"))
        self.frozen_row = form.row(self.tr("Freeze weights"), self.frozen, self.tr("Training leaves these layers as they are"))
        output = editing.spec.network.layers[-1]
        self.dropout_row.setVisible(all(isinstance(layer, Weighted) and layer is not output for layer in layers))
        for row in (self.multiplier_row, self.frozen_row):
            row.setVisible(all(isinstance(layer, Weighted | BatchNorm) for layer in layers))
        self.activation.edited.connect(self._set_activation)
        self.initializer.edited.connect(self._set_initializer)
        self.l1.edited.connect(self._set_l1)
        self.l2.edited.connect(self._set_l2)
        self.dropout.value_committed.connect(self._set_dropout)
        self.multiplier.value_committed.connect(self._set_multiplier)
        self.frozen.clicked.connect(self._set_frozen)

    def _layers(self, spec: Spec) -> tuple[Layer, ...]:
        return tuple(layer for layer in spec.network.layers if layer.id in self._ids)

    @property
    def is_empty(self) -> bool:
        """Whether the layers have nothing in common that can be set."""
        rows = (self.activation, self.dropout_row, self.multiplier_row)
        return all(row.isHidden() for row in rows)

    def show_spec(self, spec: Spec) -> None:
        """Show the values of a spec, which has the layers; tells nobody."""
        layers = self._layers(spec)
        weighted = [layer for layer in layers if isinstance(layer, Weighted)]
        if len(weighted) == len(layers):
            self.activation.show_choice(_common([layer.activation for layer in weighted]))
            self.initializer.show_choice(_common([layer.initializer for layer in weighted]))
            _show_penalty(self.l1, {layer.l1 for layer in weighted}, spec.training.l1)
            _show_penalty(self.l2, {layer.l2 for layer in weighted}, spec.training.l2)
        self.dropout.show_values(percent(edits.dropout_of(spec.network, layer.id)) for layer in layers)
        self.multiplier.show_values(layer.rate_multiplier for layer in layers)
        self.frozen.show_values(layer.frozen for layer in layers)
        self.frozen_row.refuse("")

    def _percent(self, value: float) -> str:
        return f"{self._editing.theme.marked(exact(value))} %" if value else self.tr("off")

    # -- edits --------------------------------------------------------------------------------------------------

    def _set(self, control: Refusing, change: Change, title: str, merge_key: str, **words: Any) -> None:
        """Change all the layers, as one edit."""
        spec = self._editing.spec
        layers = tuple(change(layer) if layer.id in self._ids else layer for layer in spec.network.layers)
        edited = edits.with_network(spec, replace(spec.network, layers=layers))
        self._edit(control, edited, title.format(count=format_number(len(self._ids)), **words), merge_key or None)

    @Slot(object, str)
    def _set_activation(self, choice: Choice, merge_key: str) -> None:
        title = self.tr("Set activation of {count} layers to {name}")
        self._set(self.activation, _with(activation=choice), title, merge_key, name=entry_name(choice.kind))

    @Slot(object, str)
    def _set_initializer(self, choice: Choice, merge_key: str) -> None:
        title = self.tr("Set initializer of {count} layers to {name}")
        self._set(self.initializer, _with(initializer=choice), title, merge_key, name=entry_name(choice.kind))

    @Slot(object, str)
    def _set_l1(self, value: float | None, merge_key: str) -> None:
        self._set(self.l1, _with(l1=value), self.tr("Set L1 of {count} layers"), merge_key)

    @Slot(object, str)
    def _set_l2(self, value: float | None, merge_key: str) -> None:
        self._set(self.l2, _with(l2=value), self.tr("Set L2 of {count} layers"), merge_key)

    @Slot(float)
    def _set_multiplier(self, value: float) -> None:
        title = self.tr("Set rate multiplier of {count} layers to {value}")
        self._set(self.multiplier_row, _with(rate_multiplier=value), title, self.multiplier.gesture, value=exact(value))

    @Slot()
    def _set_frozen(self) -> None:
        on = self.frozen.isChecked()
        proposal = proposals.set_frozen(self._editing.spec, self._ids, on)
        if proposal.spec is not None:
            self._edit(self.frozen_row, proposal.spec, proposal.title, None)

    @Slot(float)
    def _set_dropout(self, value: float) -> None:
        edited = self._editing.spec
        for layer_id in self._ids:
            edited = edits.with_dropout(edited, layer_id, rate(value))
        title = self.tr("Silence {percent} of {count} layers") if value else self.tr("No dropout behind {count} layers")
        words = title.format(percent=self._percent(value), count=format_number(len(self._ids)))
        self._edit(self.dropout_row, edited, words, self.dropout.gesture)


def _with(**values: Any) -> Change:
    """Return the change of a layer that gives it these values."""

    def change(layer: Layer) -> Layer:
        return replace(layer, **values)

    return change


def _common(choices: list[Choice]) -> Choice | None:
    """Return what all have chosen, None where they differ."""
    return choices[0] if all(choice == choices[0] for choice in choices) else None


def _show_penalty(editor: PenaltyEditor, found: set[float | None], shared: float) -> None:
    """Show the penalty all layers have, or that they differ."""
    editor.show_penalty(found.pop() if len(found) == 1 else None, shared)
    if found:
        editor.box.show_key("")
