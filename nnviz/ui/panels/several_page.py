"""The inspector's page of several parts: what they have in common, to be set in all at once, and what they are."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from nnviz.app.frame import Frame
from nnviz.engine.network_spec import Layer
from nnviz.engine.spec import Spec
from nnviz.explain.numbers import format_number
from nnviz.ui.form import Form, text_label
from nnviz.ui.panels.editing import Edit, PartEditing
from nnviz.ui.panels.link import Link
from nnviz.ui.panels.several_layers import SeveralLayers
from nnviz.ui.panels.several_numbers import SeveralNumbers
from nnviz.ui.part_names import INPUT, part_name

MOST_NAMES = 40


class SeveralPage(QWidget):
    """Several layers, neurons or edges; of different kinds nothing is common, and they are only listed."""

    def __init__(self, editing: PartEditing, edit: Edit) -> None:
        super().__init__()
        self._editing, chosen = editing, editing.part.parts
        self._kinds = self._layer_kinds(editing.spec)
        form = Form(self)
        form.heading(self._heading())
        kinds = {part.kind for part in chosen}
        self.common: SeveralLayers | SeveralNumbers | None = None
        if kinds == {"layer"} and INPUT not in {part.layer for part in chosen}:
            self.common = SeveralLayers(editing, edit)
        elif kinds in ({"neuron"}, {"edge"}):
            self.common = SeveralNumbers(editing)
        if self.common is not None:
            form.addWidget(self.common)
        self.nothing = text_label(self.tr("These have nothing in common that could be set at once."), "note")
        self.nothing.setWordWrap(True)
        self.nothing.setVisible(self.common is None or self.common.is_empty)
        form.addWidget(self.nothing)
        form.heading(self.tr("What is selected"))
        self.links = [Link(left=True) for _ in chosen[:MOST_NAMES]]
        for link in self.links:
            link.chosen.connect(editing.choose)
            form.addWidget(link)
        if len(chosen) > MOST_NAMES:
            form.addWidget(text_label(self.tr("… and {count} more").format(count=format_number(len(chosen) - MOST_NAMES)), "muted"))

    def _heading(self) -> str:
        chosen = self._editing.part.parts
        kinds = {part.kind for part in chosen}
        words = {
            "layer": self.tr("Inspector · {count} layers"),
            "neuron": self.tr("Inspector · {count} neurons"),
            "edge": self.tr("Inspector · {count} edges"),
        }
        text = words[kinds.pop()] if len(kinds) == 1 else self.tr("Inspector · {count} things")
        return text.format(count=format_number(len(chosen)))

    def _layer_kinds(self, spec: Spec) -> tuple[tuple[type[Layer], bool], ...]:
        layers, ids = spec.network.layers, {part.layer for part in self._editing.part.parts}
        return tuple((type(layer), layer is layers[-1]) for layer in layers if layer.id in ids)

    def fits(self, spec: Spec) -> bool:
        """Tell whether this is still a page for the parts, which the spec has: their layers are what they were."""
        return self._layer_kinds(spec) == self._kinds

    def show_spec(self, spec: Spec) -> None:
        """Show what a spec, which has the parts, says of them; tells nobody."""
        for link, part in zip(self.links, self._editing.part.parts, strict=False):
            link.lead(part_name(spec.network, part), part)
        if self.common is not None:
            self.common.show_spec(spec)

    def show_frame(self, frame: Frame) -> None:
        """Show what the parts are now."""
        if isinstance(self.common, SeveralNumbers):
            self.common.show_frame(frame)
