"""A layer's own L1 or L2 penalty, or the one of the training."""

from __future__ import annotations

from PySide6.QtCore import Slot

from nnviz.engine.table import Parameter
from nnviz.ui.decades import exact
from nnviz.ui.form import ChoiceBox, Row
from nnviz.ui.panels.optional_number import OptionalNumber
from nnviz.ui.theme import Theme

PENALTY = Parameter("penalty", 0.0, 0.0)
SHARED, OWN = "shared", "own"


class PenaltyEditor(OptionalNumber):
    """Shows the penalty; `edited` carries the layer's own one, None for the training's, and a merge key."""

    def __init__(self, text: str, theme: Theme) -> None:
        self.box = ChoiceBox(text, [(SHARED, ""), (OWN, "")])
        super().__init__(Row(text, self.box), PENALTY, text)
        self._theme = theme
        self._shared = 0.0
        self.box.setItemText(1, self.tr("its own"))
        meanings = {SHARED: self.tr("this layer has the penalty of the training"), OWN: self.tr("this layer has a penalty of its own")}
        self.box.explain(self.tr("What large weights of this layer add to the loss"), meanings)
        self.box.picked.connect(self._pick)

    def set_theme(self, theme: Theme) -> None:
        """Say numbers as another theme does from now on."""
        self._theme = theme

    def show_penalty(self, own: float | None, shared: float) -> None:
        """Show the layer's own penalty, or that it takes the shared one; tells nobody."""
        self._shared = shared
        value = self._theme.marked(exact(shared)) if shared else self.tr("off")
        self.box.setItemText(0, self.tr("as training ({value})").format(value=value))
        self.box.show_key(SHARED if own is None else OWN)
        self.show_number(own, shared)

    @Slot(str)
    def _pick(self, key: str) -> None:
        self.edited.emit(self._shared if key == OWN else None, "")
