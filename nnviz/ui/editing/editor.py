"""Does what a person asks of the network, or says why not: the way from canvas, menus and keys to the document's one door."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from nnviz.app.commands import Edit
from nnviz.app.document import Document
from nnviz.engine.spec import Spec
from nnviz.explain.words import problem_text
from nnviz.ui.editing.proposal import Proposal
from nnviz.ui.selection import NETWORK, Selection


class NetworkEditor(QObject):
    """Edits one document's network.

    Attributes:
        selection: what is selected on the canvas.

    Signals:
        refused: why something was not done, in a sentence.
        selected: what shall be selected.
        rename_asked, units_asked: the id of a layer that shall be renamed or counted in place.
        fold_asked: the id of a layer that shall be folded or unfolded.
        value_asked: a `Selection` whose weight or bias shall be set in place.
    """

    refused = Signal(str)
    selected = Signal(object)
    rename_asked = Signal(str)
    units_asked = Signal(str)
    fold_asked = Signal(str)
    value_asked = Signal(object)

    def __init__(self, document: Document) -> None:
        super().__init__(document)
        self.document = document
        self.selection = NETWORK

    @property
    def spec(self) -> Spec:
        """The spec as it is now."""
        return self.document.spec

    @Slot(object)
    def follow(self, selection: Selection) -> None:
        """Take over what is selected on the canvas."""
        self.selection = selection

    def reason(self, proposal: Proposal) -> str:
        """Return why a proposal cannot be, in a sentence or two; "" when it can."""
        if proposal.reason or proposal.spec is None:
            return proposal.reason
        found = self.document.problems(proposal.spec)
        if not found:
            return ""
        text = problem_text(found[0])
        return f"{text.what} {text.why}".strip()

    def do(self, proposal: Proposal) -> bool:
        """Do it, undoably; tell whether it was done. If it cannot be, nothing changes and `refused` says why."""
        reason = self.reason(proposal)
        if reason:
            self.refused.emit(reason)
            return False
        if proposal.patches:
            self.document.set_weights(proposal.patches, proposal.title, proposal.merge_key)
        elif proposal.spec is not None:
            self.document.edit(proposal.spec, proposal.title, proposal.merge_key)
        if proposal.select is not None:
            self.selected.emit(proposal.select)
        return True

    def take_back(self, merge_key: str, instead: Proposal) -> None:
        """Take back the drag of this name; where another edit came after it, by an edit of its own: `instead`."""
        stack = self.document.undo_stack
        done = [stack.command(place) for place in range(stack.index())]
        if not any(isinstance(edit, Edit) and edit.merge_key == merge_key for edit in done):
            return
        if isinstance(done[-1], Edit) and done[-1].merge_key == merge_key:
            self.document.take_back(merge_key)
        else:
            self.do(instead)
