"""The window puts the views around one document: what is shown, what is asked of the worker, what closing does."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QThread
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from nnviz.app.start import example_start
from nnviz.ui.action_table import MENUS
from nnviz.ui.dock import Dock
from nnviz.ui.editing import layers
from nnviz.ui.key_dialog import KeyDialog
from nnviz.ui.selection import Selection
from nnviz.ui.theme import DARK
from tests.ui.conftest import OpenWindow


def test_the_title_says_what_is_open(open_window: OpenWindow) -> None:
    window = open_window("xor")
    assert window.windowTitle() == "xor[*] — nnviz" and not window.isWindowModified()
    window.document.open(example_start("iris"))
    assert window.windowTitle() == "iris[*] — nnviz"


def test_the_theme_changes_live_everywhere(open_window: OpenWindow) -> None:
    window = open_window("xor")
    window.actions_by_name["dark"].trigger()
    assert window.theme == DARK and window.actions_by_name["dark"].isChecked()
    assert window.palette().window().color().name() == DARK.window
    assert all(plot.theme == DARK for plot in window.plots.plots.values())


def test_docks_are_hidden_shown_and_brought_back(open_window: OpenWindow) -> None:
    window = open_window("xor")
    docks = window.findChildren(Dock)
    assert {dock.objectName() for dock in docks} >= {"settings", "inspector", "plot-loss", "plot-surface"}
    for dock in docks:
        dock.setFloating(True)
        dock.close()
    window.actions_by_name["reset_layout"].trigger()
    assert all(not dock.isFloating() for dock in docks)
    assert window.left.isVisible() and window.plots.docks["loss"].isVisible()


def test_every_dock_can_be_called_back_from_the_view_menu(open_window: OpenWindow) -> None:
    window = open_window("xor")
    for dock in window.findChildren(Dock):
        assert dock.toggleViewAction().text().strip(), f"{dock.objectName()} has no name"


def test_a_minimized_window_asks_for_no_pictures(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window("circle")
    qtbot.waitUntil(lambda: bool(window.document.frame.maps))
    window.showMinimized()
    qtbot.waitUntil(lambda: not window.document.frame.maps)
    window.showNormal()
    qtbot.waitUntil(lambda: bool(window.document.frame.maps))


def test_the_key_sheet_lists_the_keys(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window("xor")
    window.actions_by_name["keys"].trigger()
    (sheet,) = window.findChildren(KeyDialog)
    assert sheet.isVisible()
    sheet.close()


def test_closing_ends_the_training_thread(open_window: OpenWindow) -> None:
    window = open_window("spiral")
    window.document.train()
    (thread,) = window.document.findChildren(QThread)
    window.close()
    assert not thread.isRunning()


def test_plots_in_sight_follow_the_training_and_tabs_behind_others_wait(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window("circle")
    window.document.train(40)
    plots, docks = window.plots.plots, window.plots.docks
    for name in ("loss", "metric", "weights", "gradients"):
        qtbot.waitUntil(lambda name=name: plots[name].frame is not None and plots[name].frame.step == 40)
    assert plots["surface"].frame is None and plots["fit"].frame is None
    docks["surface"].raise_()
    qtbot.waitUntil(lambda: plots["surface"].frame is not None and plots["surface"].frame.step == 40)


def test_many_samples_are_asked_for_only_while_a_layers_page_is_seen(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window("circle")
    frame = window.document.frame
    assert frame is not None and all(len(layer.batch_activations) == 0 for layer in frame.layers)
    window.canvas.select(Selection("layer", "h1"))
    qtbot.waitUntil(lambda: len(window.document.frame.layers[0].batch_activations) > 0)
    window.right.hide()
    qtbot.waitUntil(lambda: len(window.document.frame.layers[0].batch_activations) == 0)
    window.right.show()
    qtbot.waitUntil(lambda: len(window.document.frame.layers[0].batch_activations) > 0)


def test_a_change_of_language_reaches_titles_menus_and_docks(open_window: OpenWindow) -> None:
    window = open_window("xor")
    window.editor.do(layers.set_units(window.document.spec, "h1", 3))
    menus = [menu for menu in window.menuBar().findChildren(QMenu) if menu.objectName() in MENUS]
    loss = window.plots.docks["loss"]
    for menu in menus:
        menu.setTitle("")
    loss.setWindowTitle("")
    window.left.setWindowTitle("")
    window.setWindowTitle("")
    QApplication.sendEvent(window, QEvent(QEvent.Type.LanguageChange))
    assert [menu.title() for menu in menus] == list(MENUS)
    assert loss.windowTitle() == window.plots.plots["loss"].title == loss.handle.toolTip()
    assert window.left.handle.toolTip() == "Data and training" and window.windowTitle() == "xor[*] — nnviz"
    assert window.actions_by_name["undo"].text() == f"&Undo {window.document.undo_stack.undoText()}"


def test_a_clicked_sample_is_shown(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window("circle")
    window.canvas.sample_requested.emit(9)
    qtbot.waitUntil(lambda: window.document.frame.probe.row == 9)
    qtbot.waitUntil(lambda: window.inspector.sample.field.value() == 9)
    window.inspector.sample.forward.click()
    qtbot.waitUntil(lambda: window.document.frame.probe.row == 10)
