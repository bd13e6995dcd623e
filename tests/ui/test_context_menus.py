"""The menus under the right button and the Menu key: rows of the table, for what was pointed at."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from nnviz.data.prepare import prepare
from nnviz.formats.examples import load
from nnviz.ui.action_table import CANVAS_MENUS, DOCK_MENU, PLOT_ACTIONS, ROWS
from nnviz.ui.canvas.canvas import Canvas
from nnviz.ui.context_menus import CanvasMenu, DockMenu, PlotMenu, install_context_menus
from nnviz.ui.dock import Dock
from nnviz.ui.plots.table import PLOTS
from nnviz.ui.selection import NETWORK, Selection, several
from nnviz.ui.theme import LIGHT
from tests.ui.paper import PaperWindow

# A menu grabs the keyboard, which the offscreen platform has not got.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support grabbing the keyboard", extend=True)

Reason = QContextMenuEvent.Reason


@pytest.fixture
def window(qtbot: QtBot) -> Any:
    """A window with the real canvas, two plots and their docks, and all menus installed."""
    window: Any = PaperWindow()
    qtbot.addWidget(window)
    spec = load("spiral").spec
    window.make_actions()
    window.canvas = Canvas(LIGHT)
    window.setCentralWidget(window.canvas)
    window.canvas.show_spec(spec)
    window.canvas.show_data(prepare(spec.data))
    plots = {name: PLOTS[name].plot() for name in ("loss", "weights")}
    docks = {name: Dock(name, plot.title, plot, window) for name, plot in plots.items()}
    window.plots = SimpleNamespace(plots=plots, docks=docks)
    window.left, window.right = Dock("left", "Settings", QWidget(), window), Dock("right", "Inspector", QWidget(), window)
    window.history_dock = Dock("history", "History", QWidget(), window)
    for dock in (window.left, window.right, window.history_dock, *docks.values()):
        window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, dock)
    window.exports.copy_plot = lambda name: window.called.append(("copy", name))
    window.exports.export_plot = lambda name: window.called.append(("export", name))
    install_context_menus(window)
    window.resize(1200, 800)
    window.show()
    return window


def ask(widget: QWidget, at: QPoint | None = None, reason: Reason = Reason.Mouse) -> QMenu | None:
    """Ask for the menu at a place of a widget, or with the Menu key; return what opens."""
    place = at if at is not None else widget.rect().center()
    QApplication.sendEvent(widget, QContextMenuEvent(reason, place, widget.mapToGlobal(place)))
    return opened()


def opened() -> QMenu | None:
    """Return the open menu, and close it."""
    menu = QApplication.activePopupWidget()
    if menu is None:
        return None
    assert isinstance(menu, QMenu)
    menu.close()
    return menu


def names(menu: QMenu | None) -> list[str]:
    assert menu is not None
    return [action.objectName() for action in menu.actions() if not action.isSeparator() and action.isVisible()]


def entry(menu: QMenu | None, name: str) -> QAction:
    assert menu is not None
    return next(action for action in menu.actions() if action.objectName() == name)


@pytest.mark.parametrize("reason", [Reason.Mouse, Reason.Keyboard])
def test_the_canvas_offers_what_the_table_says(window: Any, reason: Reason) -> None:
    menu = ask(window.canvas.viewport() if reason is Reason.Mouse else window.canvas, reason=reason)
    assert isinstance(menu, CanvasMenu) and names(menu) == [name for name in CANVAS_MENUS["network"] if name]
    assert entry(menu, "fit") is window.actions_by_name["fit"], "the same action as everywhere, with its key and its state"
    assert window.rect().contains(window.mapFromGlobal(menu.pos()))


def test_a_right_click_selects_what_is_under_it(window: Any) -> None:
    canvas = window.canvas
    column = canvas.sheet.layout.columns[1]
    at = canvas.mapFromScene(QPointF(*column.centers[0].tolist()))
    ask(canvas.viewport(), at)
    assert (canvas.selection.kind, canvas.selection.layer) == ("neuron", column.id)
    menu = ask(canvas.viewport(), QPoint(2, canvas.viewport().height() - 2))
    assert canvas.selection == NETWORK and names(menu) == [name for name in CANVAS_MENUS["network"] if name]


def test_a_right_click_on_one_of_several_keeps_them_all(window: Any) -> None:
    canvas = window.canvas
    column = canvas.sheet.layout.columns[1]
    chosen = several(Selection("neuron", column.id, name) for name in canvas.sheet.neuron_ids(column.id)[:2])
    canvas.select(chosen)
    menu = ask(canvas.viewport(), canvas.mapFromScene(QPointF(*column.centers[0].tolist())))
    assert canvas.selection == chosen and names(menu) == [name for name in CANVAS_MENUS["several"] if name]


def test_the_same_commands_can_be_offered_again_and_again(window: Any) -> None:
    canvas = window.canvas
    for kind in (Selection("layer", canvas.sheet.layout.columns[1].id), NETWORK, Selection("layer", canvas.sheet.layout.columns[1].id)):
        canvas.select(kind)
        menu = ask(canvas, reason=Reason.Keyboard)
        assert names(menu) == [name for name in CANVAS_MENUS[kind.kind] if name]
        opened()
    assert entry(menu, "add") is window.actions_by_name["add"] and window.actions_by_name["add"].isEnabled()


def test_a_right_click_on_a_block_selects_its_layer(window: Any) -> None:
    canvas, spec = window.canvas, load("digits-cnn").spec
    canvas.show_spec(spec)
    layer = spec.network.layers[0].id
    box = canvas.sheet.layout.column(layer).block
    menu = ask(canvas.viewport(), canvas.mapFromScene(QPointF(box[0] + box[2] / 2, box[1] + 9)))
    assert isinstance(menu, CanvasMenu)
    assert canvas.selection == Selection("layer", layer)


def test_a_right_click_on_a_plot_offers_it(qtbot: QtBot, window: Any) -> None:
    view = window.plots.plots["loss"].view
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.RightButton)
    menu = opened()
    assert isinstance(menu, PlotMenu) and names(menu) == [row.name for row in PLOT_ACTIONS]
    for name in ("copy_plot", "export_plot"):
        entry(menu, name).trigger()
    assert window.called == [("copy", "loss"), ("export", "loss")]


def test_a_drag_with_the_right_button_zooms_and_offers_nothing(qtbot: QtBot, window: Any) -> None:
    view = window.plots.plots["loss"].view.viewport()
    start = view.rect().center()
    qtbot.mousePress(view, Qt.MouseButton.RightButton, pos=start)
    qtbot.mouseRelease(view, Qt.MouseButton.RightButton, pos=start + QPoint(60, 40))
    assert opened() is None
    assert ask(view) is None, "the menu comes with the release, not with the press"


def test_the_menu_key_offers_the_plot(window: Any) -> None:
    assert isinstance(ask(window.plots.plots["weights"].view, reason=Reason.Keyboard), PlotMenu)


def test_a_plot_offers_what_it_can(window: Any) -> None:
    logarithmic = [name for name, plot in window.plots.plots.items() if plot.has_log]
    for name, plot in window.plots.plots.items():
        menu = ask(plot.view, reason=Reason.Keyboard)
        assert ("log_axis" in names(menu)) == (name in logarithmic)
        assert not entry(menu, "see_whole").isEnabled()
    assert 0 < len(logarithmic) < len(window.plots.plots)
    plot = window.plots.plots[logarithmic[0]]
    menu = ask(plot.view, reason=Reason.Keyboard)
    was = plot.log
    assert entry(menu, "log_axis").isChecked() == was
    entry(menu, "log_axis").trigger()
    assert plot.log != was
    assert entry(ask(plot.view, reason=Reason.Keyboard), "log_axis").isChecked() != was
    plot.view._zoom(0.5)
    menu = ask(plot.view, reason=Reason.Keyboard)
    assert entry(menu, "see_whole").isEnabled() and not plot.view.whole
    entry(menu, "see_whole").trigger()
    assert plot.view.whole


def test_a_handle_offers_all_docks_and_layouts(window: Any) -> None:
    menu = ask(window.left.handle)
    assert isinstance(menu, DockMenu)
    toggles = [dock.toggleViewAction() for dock in (window.left, window.right, window.history_dock, *window.plots.docks.values())]
    assert menu.actions()[: len(toggles)] == toggles
    assert names(menu)[-len(DOCK_MENU) :] == list(DOCK_MENU)
    toggles[0].trigger()
    assert window.left.isHidden()
    entry(menu, "reset_layout").trigger()
    assert window.names()[-1] == ROWS["reset_layout"].slot


def test_entries_have_words_and_icons(window: Any) -> None:
    menu = ask(window.plots.plots["loss"].view, reason=Reason.Keyboard)
    for row in PLOT_ACTIONS:
        action = entry(menu, row.name)
        assert (action.text(), action.toolTip()) == (row.text, row.tip) and not action.icon().isNull()
