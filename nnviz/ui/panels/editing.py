"""What is edited in the inspector, a layer or a smaller part: how it is now, and the one way to change it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nnviz.app.document import Document
from nnviz.engine.edits import replace_layer
from nnviz.engine.spec import Layer, Spec
from nnviz.ui.editing.proposal import Proposal
from nnviz.ui.panels.panel import Refusing
from nnviz.ui.selection import Selection
from nnviz.ui.theme import Theme

Edit = Callable[[Refusing, Spec, str, str | None], None]


@dataclass(frozen=True, slots=True)
class Editing:
    """One layer by its id; `edit` asks for another spec and lets a control say why it cannot be."""

    id: str
    document: Document
    edit: Edit
    theme: Theme

    @property
    def spec(self) -> Spec:
        """The spec as it is now."""
        return self.document.spec

    @property
    def layer(self) -> Layer:
        """The layer as it is now."""
        return self.spec.network.layer(self.id)

    def replace(self, control: Refusing, layer: Layer, title: str, merge_key: str = "") -> None:
        """Ask for another layer in its place."""
        self.edit(control, replace_layer(self.spec, layer), title, merge_key or None)

    def propose(self, control: Refusing, proposal: Proposal, merge_key: str = "") -> None:
        """Ask for what the canvas and the menus ask for too; if it cannot be, the control says why."""
        if proposal.spec is None:
            control.refuse(proposal.reason)
        else:
            self.edit(control, proposal.spec, proposal.title, merge_key or proposal.merge_key)


@dataclass(frozen=True, slots=True)
class PartEditing:
    """One neuron, edge or bias, or several parts.

    Attributes:
        propose: asks for an edit and lets a control say why it cannot be.
        choose: asks for another selection.
    """

    part: Selection
    document: Document
    propose: Callable[[Refusing, Proposal], None]
    choose: Callable[[Selection], None]
    theme: Theme

    @property
    def spec(self) -> Spec:
        """The spec as it is now."""
        return self.document.spec
