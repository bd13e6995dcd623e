"""The menu of a gap between two layers: which kind of layer shall be added there."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from nnviz.ui.editing import layers
from nnviz.ui.editing.editor import NetworkEditor
from nnviz.ui.mnemonics import literal
from nnviz.ui.names import entry_name
from nnviz.ui.tips import set_tip


class GapMenu(QMenu):
    """Every kind of layer; those that cannot stand there are pale and say why. Enter takes the first that can."""

    def __init__(self, home: QWidget, editor: NetworkEditor, index: int) -> None:
        super().__init__(home)
        self._editor, self._index = editor, index
        self.aboutToHide.connect(self.deleteLater)
        self.setToolTipsVisible(True)
        self.setAccessibleName(self.tr("Add a layer here"))
        self.setTitle(self.tr("Add a layer here"))
        for kind in layers.KINDS:
            proposal = layers.add(editor.document.spec, index, kind)
            reason = editor.reason(proposal)
            action = self.addAction(literal(entry_name(kind)))
            action.setData(kind)
            action.setEnabled(not reason)
            set_tip(action, reason or proposal.title)
        able = [action for action in self.actions() if action.isEnabled()]
        if able:
            self.setDefaultAction(able[0])
            self.setActiveAction(able[0])
        self.triggered.connect(self._add)

    @Slot(QAction)
    def _add(self, action: QAction) -> None:
        self._editor.do(layers.add(self._editor.document.spec, self._index, action.data()))
