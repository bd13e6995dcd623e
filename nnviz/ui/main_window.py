"""The main window: puts the views around one document and connects them; it decides nothing itself."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QMessageBox, QScrollArea, QVBoxLayout, QWidget

from nnviz.app.document import Document, RunState
from nnviz.app.frame import Wanted
from nnviz.engine.spec import Spec
from nnviz.ui.action_table import ACTIONS
from nnviz.ui.actions import enable_actions, fill_menus, make_actions, show_docks_in_menu, translate_actions, translate_menus
from nnviz.ui.banner import Banner
from nnviz.ui.canvas.canvas import Canvas
from nnviz.ui.canvas.transport import Transport
from nnviz.ui.dock import Dock
from nnviz.ui.exports import Exports
from nnviz.ui.panels.data import DataPanel
from nnviz.ui.panels.formula_card import FormulaCard
from nnviz.ui.panels.inspector import Inspector
from nnviz.ui.panels.training import TrainingPanel
from nnviz.ui.player import Player
from nnviz.ui.plot_docks import PlotDocks
from nnviz.ui.selection import Selection
from nnviz.ui.status import Status
from nnviz.ui.theme import DARK, LIGHT, Theme, apply
from nnviz.ui.top_bar import TopBar

LEFT_WIDTH, RIGHT_WIDTH = 236, 300


class MainWindow(QMainWindow):
    """One document with its canvas, panels and plots."""

    def __init__(self, document: Document, theme: Theme = LIGHT) -> None:
        super().__init__()
        self.document = document
        self.theme = theme
        document.setParent(self)
        self.setObjectName("main")
        self._dress(theme)  # before the views are made: they measure their words in its fonts
        self._make_centre()
        self.actions_by_name = make_actions(self, (self.canvas, self.transport))
        fill_menus(self, self.actions_by_name)
        self._make_docks()
        self.setStatusBar(Status(document, self))
        self.plots = PlotDocks(self)
        self._connect()
        self._show_spec(document.spec, document.spec)
        self.resize(1440, 900)
        self.canvas.setFocus()
        self.canvas.viewport().installEventFilter(self)

    # -- building -----------------------------------------------------------------------------------------------

    def _make_centre(self) -> None:
        self.canvas = Canvas(self.theme)
        self.transport = Transport(self.theme)
        self.card = FormulaCard(self.theme)
        self.banner = Banner(self.document)
        self.player = Player(self.document, self.canvas, self.transport, self.card)
        self.inspector = Inspector(self.document, self.theme)
        self.exports = Exports(self)
        self.centre = QWidget()
        layout = QVBoxLayout(self.centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for widget in (self.banner, self.canvas, self.transport):
            layout.addWidget(widget, 1 if widget is self.canvas else 0)
        self.setCentralWidget(self.centre)

    def _make_docks(self) -> None:
        self.top_bar = TopBar(self.document, self.actions_by_name, self.theme)
        self.addToolBar(Qt.ToolBarArea.TopToolBarArea, self.top_bar)
        self.data_panel, self.training_panel = DataPanel(self.document, self.theme), TrainingPanel(self.document, self.theme)
        self.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.BottomDockWidgetArea)
        self.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.BottomDockWidgetArea)
        self.setDockNestingEnabled(True)
        self.left = Dock("settings", "", column(self.data_panel, self.training_panel), self)
        self.right = Dock("inspector", "", column(self.card, self.inspector), self)
        self.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, self.left)
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.right)
        self.card.hide()
        self.transport.hide()
        self._translate()

    def _connect(self) -> None:
        document = self.document
        document.spec_changed.connect(self._show_spec)
        document.data_changed.connect(self.canvas.show_data)
        document.frame_changed.connect(self.canvas.show_frame)
        document.frame_changed.connect(self.inspector.show_frame)
        document.state_changed.connect(self._show_state)
        document.undo_stack.indexChanged.connect(self._show_state)
        self.canvas.selection_changed.connect(self._show_selection)
        self.canvas.units_requested.connect(self.inspector.set_units)
        self.canvas.sample_requested.connect(document.set_probe)
        self.inspector.selection_requested.connect(self.canvas.select)
        self.top_bar.speed_changed.connect(self.player.set_speed)
        for dock in (self.left, self.right):
            dock.visibilityChanged.connect(self._want_soon)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See the canvas painted for the first time; icons and plots take most of a second to import and come after it."""
        if event.type() is QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self, self._complete)
        return False

    @Slot()
    def _complete(self) -> None:
        """Make what may come after the first picture of the canvas (DECISIONS 29)."""
        self._put_on(self.theme)
        self.plots.make(self.document, self.theme)
        self.plots.wishes_changed.connect(self._want_soon)
        show_docks_in_menu(self, (self.left, self.right, *self.plots.docks.values()))
        self.reset_layout()
        self._want()

    # -- showing ------------------------------------------------------------------------------------------------

    @Slot(object, object)
    def _show_spec(self, old: Spec, new: Spec) -> None:  # noqa: ARG002
        self.canvas.show_spec(new)
        for view in (self.top_bar, self.data_panel, self.training_panel, self.inspector):
            view.show_spec(new)
        self._translate_title()
        self._show_state()

    @Slot()
    def _show_state(self) -> None:
        document = self.document
        loaded = document.state is not RunState.LOADING
        enable_actions(
            self.actions_by_name,
            {
                "loaded": loaded,
                "standing": document.state in (RunState.PAUSED, RunState.STEPPING),
                "stepping": document.state is RunState.STEPPING,
                "hidden layer": self.inspector.removable is not None,
                "undo": document.undo_stack.canUndo(),
                "redo": document.undo_stack.canRedo(),
            },
        )
        self._translate_undo()
        self.top_bar.show_state(document.state)

    def _translate_undo(self) -> None:
        stack = self.document.undo_stack
        for name, words, text in (("undo", self.tr("Undo {edit}"), stack.undoText()), ("redo", self.tr("Redo {edit}"), stack.redoText())):
            self.actions_by_name[name].setText(words.format(edit=text).strip())

    @Slot(object)
    def _show_selection(self, selection: Selection) -> None:
        self.inspector.show_selection(selection)
        self.plots.show_layer(selection.layer or "")
        self._show_state()
        self._want()

    @Slot()
    def _want_soon(self) -> None:
        """Ask anew once a dock that comes or goes has taken its view along."""
        QTimer.singleShot(0, self, self._want)

    @Slot()
    def _want(self) -> None:
        """Ask the worker for what the visible views show, and for nothing else."""
        visible = not self.isMinimized()
        self.document.want(
            Wanted(
                visible=visible,
                maps=visible and self.canvas.isVisible(),
                surface=visible and (self.canvas.isVisible() or self.plots.wants_surface),
                batch_activations=visible and self.inspector.isVisible() and self.inspector.shows_layer,
            )
        )

    def set_theme(self, theme: Theme) -> None:
        """Show everything in this theme, at once."""
        self._dress(theme)
        self._put_on(theme)

    def _put_on(self, theme: Theme) -> None:
        panels = self.data_panel, self.training_panel, self.inspector
        for view in (self.canvas, self.transport, self.card, self.top_bar, *panels, self.plots):
            view.set_theme(theme)
        for dock in (self.left, self.right):
            dock.handle.set_theme(theme)
        self.actions_by_name[theme.name].setChecked(True)

    def _dress(self, theme: Theme) -> None:
        self.theme = theme
        application = QApplication.instance()
        if isinstance(application, QApplication):
            apply(application, theme)

    @Slot()
    def use_light(self) -> None:
        """Show dark on light."""
        self.set_theme(LIGHT)

    @Slot()
    def use_dark(self) -> None:
        """Show light on dark."""
        self.set_theme(DARK)

    @Slot()
    def step_batch(self) -> None:
        """Step through a pass of the next mini-batch, also from the middle of another pass."""
        self.document.step_through(batch=True)

    @Slot()
    def toggle_full_screen(self) -> None:
        """Fill the screen, or go back."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    @Slot()
    def reset_layout(self) -> None:
        """Bring all panels and plots back to where they stood at the beginning."""
        for dock, area in ((self.left, Qt.DockWidgetArea.LeftDockWidgetArea), (self.right, Qt.DockWidgetArea.RightDockWidgetArea)):
            dock.setFloating(False)
            self.addDockWidget(area, dock)
            dock.show()
        self.plots.place()
        self.resizeDocks([self.left, self.right], [LEFT_WIDTH, RIGHT_WIDTH], Qt.Orientation.Horizontal)

    @Slot()
    def show_keys(self) -> None:
        """Show all keys, as the table of actions has them."""
        lines = []
        for row in ACTIONS:
            keys = [*(key.toString() for key in self.actions_by_name[row.name].shortcuts()), *row.canvas_keys]
            if keys:
                words = self.actions_by_name[row.name].text().replace("&", "")
                lines.append(self.tr("{keys}: {action}").format(keys=", ".join(keys), action=words))
        box = QMessageBox(QMessageBox.Icon.NoIcon, self.tr("Keys"), "\n".join(lines), QMessageBox.StandardButton.Close, self)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    def _translate_title(self) -> None:
        self.setWindowTitle(self.tr("{name} — nnviz").format(name=self.document.name or self.document.spec.data.source))

    def _translate(self) -> None:
        self.left.setWindowTitle(self.tr("Data and training"))
        self.right.setWindowTitle(self.tr("Inspector"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language; ask for less when minimized."""
        if event.type() is QEvent.Type.LanguageChange:
            translate_actions(self.actions_by_name)
            translate_menus(self)
            self._translate()
            self._translate_title()
            self._translate_undo()
            self.plots.translate()
        elif event.type() is QEvent.Type.WindowStateChange:
            self._want()
        super().changeEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop the training thread before the window goes."""
        self.player.stop()
        self.document.close()
        super().closeEvent(event)


def column(*widgets: QWidget) -> QScrollArea:
    """Return a scrolling column of widgets, as the docks hold them."""
    inside = QWidget()
    layout = QVBoxLayout(inside)
    layout.setContentsMargins(12, 2, 12, 8)
    layout.setSpacing(10)
    for widget in widgets:
        layout.addWidget(widget)
    layout.addStretch(1)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inside)
    return area
