"""Furnishes a window: makes what stands around the canvas and connects it, once the canvas has been painted.

Importing and making the panels, the actions and the plots takes longer than everything before the first picture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnviz.ui.actions import fill_menus, make_actions, show_docks_in_menu
from nnviz.ui.banner import Banner
from nnviz.ui.canvas.focus_ring import FocusRing
from nnviz.ui.canvas.hands import Hands
from nnviz.ui.canvas.mini_map import MiniMap
from nnviz.ui.canvas.transport import Transport
from nnviz.ui.column import Column
from nnviz.ui.context_menus import install_context_menus
from nnviz.ui.dock import Dock
from nnviz.ui.editing.adding import Adding
from nnviz.ui.editing.editor import NetworkEditor
from nnviz.ui.editing.layer_commands import LayerCommands
from nnviz.ui.editing.part_commands import PartCommands
from nnviz.ui.exports import Exports
from nnviz.ui.find import Finder
from nnviz.ui.guide import Guide
from nnviz.ui.history_panel import HistoryPanel
from nnviz.ui.job_bar import JobBar
from nnviz.ui.palette import Palette
from nnviz.ui.panels.data import DataPanel
from nnviz.ui.panels.formula_card import FormulaCard
from nnviz.ui.panels.inspector import Inspector
from nnviz.ui.panels.training import TrainingPanel
from nnviz.ui.player import Player
from nnviz.ui.projects import Projects
from nnviz.ui.saving import Saving
from nnviz.ui.status import Status
from nnviz.ui.top_bar import TopBar

if TYPE_CHECKING:
    from nnviz.ui.main_window import MainWindow


def furnish(window: MainWindow) -> None:
    """Make everything but the canvas."""
    document, theme = window.document, window.theme
    window.banner, window.transport, window.card = Banner(document), Transport(theme), FormulaCard(theme)
    window.player = Player(document, window.canvas, window.transport, window.card)
    window.inspector = Inspector(document, theme)
    window.editor = NetworkEditor(document)
    window.layer_commands, window.part_commands = LayerCommands(window.editor), PartCommands(window.editor)
    window.adding = Adding(window.editor)
    window.mini_map, window.focus_ring = MiniMap(window.canvas), FocusRing(window.canvas)
    window.finder, window.palette_list, window.history = Finder(window), Palette(window), HistoryPanel(document, theme)
    window.history_dock = Dock("history", "", window.history, window)
    window.guide, window.saving, window.projects, window.exports = Guide(window), Saving(window), Projects(window), Exports(window)
    window.actions_by_name = make_actions(window, (window.canvas, window.transport))
    fill_menus(window, window.actions_by_name)
    window.guide.take_keys()
    _surround_canvas(window)
    _add_bars(window)
    _add_docks(window)
    window.plots.make(document, theme)
    show_docks_in_menu(window, (window.left, window.right, *window.plots.docks.values()))
    install_context_menus(window)
    window.hands = Hands(window.canvas, window.editor)  # after the menus: a right click that ends a drag opens none
    window.hands.menu_asked.connect(window.canvas_menu.show_for)
    _connect(window)
    window.translate()
    window.setAcceptDrops(True)
    window.canvas.setFocus()


def _surround_canvas(window: MainWindow) -> None:
    """Put the banner above the canvas and the transport bar below it."""
    centre = QWidget()
    layout = QVBoxLayout(centre)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    window.takeCentralWidget()
    for widget in (window.banner, window.canvas, window.transport):
        layout.addWidget(widget, 1 if widget is window.canvas else 0)
    window.setCentralWidget(centre)
    window.canvas.show()
    window.card.hide()
    window.transport.hide()


def _add_bars(window: MainWindow) -> None:
    window.top_bar = TopBar(window.document, window.actions_by_name, window.theme)
    window.addToolBar(Qt.ToolBarArea.TopToolBarArea, window.top_bar)
    window.status, window.job_bar = Status(window.document, window), JobBar(window.program.jobs, window.theme)
    window.status.addPermanentWidget(window.job_bar)
    window.setStatusBar(window.status)


def _add_docks(window: MainWindow) -> None:
    window.data_panel, window.training_panel = DataPanel(window.document, window.theme), TrainingPanel(window.document, window.theme)
    window.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.BottomDockWidgetArea)
    window.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.BottomDockWidgetArea)
    window.setDockNestingEnabled(True)
    window.left = Dock("settings", "", Column(window.data_panel, window.training_panel), window)
    window.right = Dock("inspector", "", Column(window.card, window.inspector), window)
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, window.left)
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, window.right)
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, window.history_dock)
    window.history_dock.hide()


def _connect(window: MainWindow) -> None:
    document, canvas = window.document, window.canvas
    for view in (window.inspector, window.training_panel):
        document.frame_changed.connect(view.show_frame)
    document.state_changed.connect(window.show_state)
    document.undo_stack.indexChanged.connect(window.show_state)
    for changed in (document.file.changed, window.program.settings.changed):
        changed.connect(window.show_file)
    canvas.selection_changed.connect(window.show_selection)
    canvas.sample_requested.connect(document.set_probe)
    window.inspector.selection_requested.connect(canvas.select)
    canvas.selection_changed.connect(window.editor.follow)
    window.editor.selected.connect(canvas.select)
    window.editor.fold_asked.connect(canvas.toggle_fold)
    window.finder.unfold_asked.connect(canvas.toggle_fold)
    window.finder.chosen.connect(window.show_found)
    for source in (window.top_bar, window.data_panel):
        source.example_requested.connect(window.projects.open_example)
    window.top_bar.speed_changed.connect(window.player.set_speed)
    for dock in (window.left, window.right):
        dock.visibilityChanged.connect(window.want_soon)
    window.history_dock.visibilityChanged.connect(window.show_state)
    window.plots.wishes_changed.connect(window.want_soon)
    if document.frame is not None:
        window.inspector.show_frame(document.frame)
        window.training_panel.show_frame(document.frame)
