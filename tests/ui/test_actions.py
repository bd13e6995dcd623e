"""The table of commands: complete, without clashes, and the same on menus, keys and tips."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import chain, pairwise

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QIcon, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from nnviz.formats.examples import load
from nnviz.ui.action_table import ACTIONS, CANVAS_MENUS, DOCK_MENU, EXPORTS, FILE, MENUS, PLOT_ACTIONS, ROWS, VIEW, Row
from nnviz.ui.actions import (
    apply_keys,
    canvas_keys,
    enable_actions,
    fill_menus,
    key_words,
    keys_of,
    list_in,
    make_actions,
    pick,
    refresh_icons,
    show_docks_in_menu,
    submenu,
    title,
    translate_actions,
)
from nnviz.ui.dock import Dock
from nnviz.ui.editing import layers
from nnviz.ui.editing.conditions import conditions
from nnviz.ui.keys import default_keys
from nnviz.ui.main_window import MainWindow
from nnviz.ui.mnemonics import mnemonics
from nnviz.ui.selection import NETWORK, Selection
from nnviz.ui.theme import DARK, LIGHT
from tests.ui.conftest import OpenWindow
from tests.ui.paper import PaperWindow

CONDITIONS = {
    *("loaded", "standing", "stepping", "undo", "redo", "revertible", "recent", "full screen", "vertical", "history"),
    *conditions(load("xor").spec.network, NETWORK),
}
EVERY_ROW = pytest.mark.parametrize("row", [*ACTIONS, *PLOT_ACTIONS], ids=lambda row: row.name)


# -- the table --------------------------------------------------------------------------------------------------


def test_names_are_unique_and_menus_known() -> None:
    assert max(Counter(row.name for row in (*ACTIONS, *PLOT_ACTIONS)).values()) == 1
    assert {row.menu for row in ACTIONS} <= {*MENUS, ""}
    assert {*EXPORTS, *chain.from_iterable(CANVAS_MENUS.values()), *DOCK_MENU} <= {*ROWS, ""}
    assert {row.when for row in ACTIONS} | {row.checked for row in ACTIONS} <= CONDITIONS | {"always", ""}


@EVERY_ROW
def test_a_row_says_everything(row: Row) -> None:
    assert row.text and row.tip and row.icon.startswith("mdi6.")
    assert row.slot or row.is_submenu
    assert not row.tip.endswith(".") and row.tip[0].isupper()
    assert not (row.keys and row.canvas_keys), "a command has keys of one kind"
    assert not row.submenu or (ROWS[row.submenu].is_submenu and ROWS[row.submenu].menu == row.menu)


def test_every_command_of_the_menus_has_a_mnemonic_of_its_own() -> None:
    for menu, inside in [*((menu, "") for menu in MENUS), *((row.menu, row.name) for row in ACTIONS if row.is_submenu)]:
        rows = [row for row in ACTIONS if row.menu == menu and row.submenu == inside]
        letters = Counter(row.text[row.text.index("&") + 1].lower() for row in rows)
        assert max(letters.values()) == 1, (menu, letters)
    assert max(Counter(name[name.index("&") + 1] for name in MENUS).values()) == 1


def test_what_the_design_promises_has_its_keys(qapp: QApplication) -> None:
    promised = {
        "new": "Ctrl+N", "new_window": "Ctrl+Shift+N", "open": "Ctrl+O", "save": "Ctrl+S", "save_as": "Ctrl+Shift+S", "export": "Ctrl+E",
        "copy_picture": "Ctrl+Shift+C", "print": "Ctrl+P", "settings": "Ctrl+,", "larger": "Ctrl++", "smaller": "Ctrl+-",
        "normal_size": "Ctrl+0", "full_screen": "F11", "keys": "Ctrl+/", "whats_this": "F1", "undo": "Ctrl+Z", "redo": "Ctrl+Shift+Z",
        "train": "Ctrl+Return", "go": "Space", "epoch": "E", "reset": "R", "fit": "F", "actual_size": "1", "delete": "Del",
        "quit": "Ctrl+Q", "close_window": "Ctrl+W", "duplicate": "Ctrl+D", "copy": "Ctrl+C", "paste": "Ctrl+V", "cut": "Ctrl+X",
        "find": "Ctrl+F", "palette": "Ctrl+K", "select_all": "Ctrl+A", "rename": "F2",
    }  # fmt: skip
    for name, key in promised.items():
        first = (*ROWS[name].keys, *ROWS[name].canvas_keys)[0]
        assert QKeySequence(first).toString() == key, name


# -- actions ----------------------------------------------------------------------------------------------------


@pytest.fixture
def paper(qtbot: QtBot) -> PaperWindow:
    """A shown window of paper with actions and menus, and the focus on its area."""
    window = PaperWindow()
    qtbot.addWidget(window)
    window.make_actions()
    fill_menus(window, window.actions_by_name)
    window.area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.area.setFocus()
    return window


def menu_of(action: QAction) -> QMenu:
    """Return the menu an action opens."""
    menu = action.parent()
    assert isinstance(menu, QMenu)
    return menu


def test_every_action_calls_its_slot(paper: PaperWindow) -> None:
    for row in ACTIONS:
        if not row.is_submenu:
            paper.actions_by_name[row.name].trigger()
            assert paper.called[-1][0] == row.slot


def test_a_missing_slot_is_an_error(qtbot: QtBot) -> None:
    window = PaperWindow()
    qtbot.addWidget(window)
    del window.look.settings
    with pytest.raises(AttributeError, match="settings"):
        make_actions(window, ())


def test_the_menu_bar_holds_the_table_in_its_order(paper: PaperWindow) -> None:
    assert [action.text() for action in paper.menuBar().actions()] == list(MENUS)
    for menu in map(menu_of, paper.menuBar().actions()):
        found = [action.objectName() for action in menu.actions() if not action.isSeparator()]
        assert found == [row.name for row in ACTIONS if row.menu == menu.title() and not row.submenu]
        assert menu.toolTipsVisible()
        lines = [action.isSeparator() for action in menu.actions()]
        assert not lines[0] and not lines[-1] and (True, True) not in pairwise(lines)
    inside = [action.objectName() for action in submenu(paper.actions_by_name, "export_as").actions() if not action.isSeparator()]
    assert inside == [row.name for row in ACTIONS if row.submenu == "export_as"] and len(inside) == 8


def test_a_submenu_is_filled_before_it_shows_and_its_entries_replaced(paper: PaperWindow) -> None:
    menu = submenu(paper.actions_by_name, "open_recent")
    menu.aboutToShow.emit()
    assert paper.called == [("projects.fill_recent", menu)]
    for names in (["a", "b"], ["c"], []):
        list_in(menu, [QAction(name, menu) for name in names])
        assert [action.text() for action in menu.actions() if not action.isSeparator()] == [*names, "&Clear the list of recent files"]


@pytest.mark.parametrize("names", CANVAS_MENUS.values(), ids=CANVAS_MENUS)
def test_lists_of_names_make_menus(paper: PaperWindow, names: tuple[str, ...]) -> None:
    menu = QMenu(paper)
    pick(menu, paper.actions_by_name, names)
    assert [action.objectName() for action in menu.actions()] == list(names)
    assert [action.isSeparator() for action in menu.actions()] == [name == "" for name in names]


def test_words_are_on_every_action(paper: PaperWindow) -> None:
    for row in ACTIONS:
        action = paper.actions_by_name[row.name]
        assert action.text() == row.text and action.statusTip() == row.tip
        assert action.toolTip().startswith(row.tip) and row.tip.split("'")[0].split('"')[0] in action.whatsThis()
        for key in keys_of(action)[:1]:
            assert key.toString(QKeySequence.SequenceFormat.NativeText) in action.toolTip()
    assert "Ctrl+S" in paper.actions_by_name["save"].whatsThis()
    assert "while the focus is on the network" in paper.actions_by_name["fit"].whatsThis()
    assert "while" not in paper.actions_by_name["save"].whatsThis().split("Key")[1]


def test_words_come_back_in_a_new_language(paper: PaperWindow) -> None:
    for action in paper.actions_by_name.values():
        action.setText("")
        action.setToolTip("")
    translate_actions(paper.actions_by_name)
    assert all(action.text() and action.toolTip() for action in paper.actions_by_name.values())


def test_states_can_be_ticked_and_deeds_cannot(paper: PaperWindow) -> None:
    actions = paper.actions_by_name
    states = {"light", "dark", "system", "full_screen", "step", "vertical", "history", "freeze", "unfold", "lesion", "prune"}
    assert {name for name, action in actions.items() if action.isCheckable()} == states
    actions["light"].setChecked(True)
    actions["dark"].setChecked(True)
    assert not actions["light"].isChecked()


@pytest.mark.parametrize("held", [True, False])
def test_actions_follow_the_state_of_the_window(paper: PaperWindow, held: bool) -> None:
    enable_actions(paper.actions_by_name, dict.fromkeys(CONDITIONS, held))
    for row in ACTIONS:
        action = paper.actions_by_name[row.name]
        assert action.isEnabled() == (held or row.when == "always")
        if row.checked:
            assert action.isChecked() == held


def test_a_state_nobody_tells_is_an_error(paper: PaperWindow) -> None:
    with pytest.raises(KeyError, match="recent"):
        enable_actions(paper.actions_by_name, {})


def test_docks_are_in_the_view_menu_and_say_what_they_do(paper: PaperWindow) -> None:
    dock = Dock("loss", "Loss", QLineEdit(), paper)
    show_docks_in_menu(paper, [dock])
    assert dock.toggleViewAction().text() == "L&oss", "l and s are taken by Larger and Smaller"
    (menu,) = [menu_of(action) for action in paper.menuBar().actions() if action.text() == VIEW]
    assert menu.actions()[-1] is dock.toggleViewAction()
    assert dock.toggleViewAction().statusTip() == dock.toggleViewAction().toolTip() == "Show or hide “Loss”"


def test_docks_of_a_window_have_mnemonics_of_their_own_in_the_view_menu(open_window: OpenWindow) -> None:
    window = open_window("xor")
    (menu,) = [menu_of(action) for action in window.menuBar().actions() if action.text() == VIEW]
    letters = Counter(letter for action in menu.actions() for letter in mnemonics(action.text()))
    assert max(letters.values()) == 1 and letters.total() == len([action for action in menu.actions() if not action.isSeparator()])
    QApplication.sendEvent(window, QEvent(QEvent.Type.LanguageChange))
    assert Counter(letter for action in menu.actions() for letter in mnemonics(action.text())) == letters


def test_keys_are_told_apart_by_a_word_and_without_those_nobody_has(qapp: QApplication) -> None:
    assert key_words(map(QKeySequence, ("Ctrl+,", "Ctrl+.", "F1"))) == "Ctrl+, or Ctrl+. or F1"
    assert key_words(default_keys(ROWS["settings"])) == "Ctrl+,"
    assert key_words(default_keys(ROWS["quit"])) == "Ctrl+Q"
    assert key_words([QKeySequence("Exit")]) == "Exit" and key_words([]) == ""


def test_titles_have_no_mnemonic() -> None:
    assert title(FILE) == "File" and title(ROWS["actual_size"].text) == "100 %"
    assert not any("&" in title(row.text) for row in ACTIONS)


# -- keys -------------------------------------------------------------------------------------------------------


def test_keys_everywhere_work_everywhere_and_single_ones_on_the_area_alone(qtbot: QtBot, paper: PaperWindow) -> None:
    field = QLineEdit(paper)
    field.show()
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_E)
    qtbot.keyClick(field, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert paper.names() == ["saving.save"] and field.text() == "e"
    paper.area.setFocus()
    qtbot.keyClick(paper.area, Qt.Key.Key_E)
    qtbot.keyClick(paper.area, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert paper.names() == ["saving.save", "document.run_epoch", "saving.save"]


def test_changed_keys_work_at_once_and_the_old_ones_no_longer(qtbot: QtBot, paper: PaperWindow) -> None:
    assert apply_keys(paper.actions_by_name, (("save", ("Ctrl+J",)), ("epoch", ("Q",)))) == ()
    for key, modifier in (
        (Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier),
        (Qt.Key.Key_E, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier),
        (Qt.Key.Key_Q, Qt.KeyboardModifier.NoModifier),
    ):
        qtbot.keyClick(paper.area, key, modifier)
    assert paper.names() == ["saving.save", "document.run_epoch"]
    assert "Ctrl+J" in paper.actions_by_name["save"].toolTip() and paper.actions_by_name["epoch"].toolTip().endswith("· Q")
    paper.actions_by_name["undo"].setText("Undo Add layer")
    apply_keys(paper.actions_by_name, ())
    assert paper.actions_by_name["undo"].text() == "Undo Add layer", "words the window put there stay"
    assert canvas_keys(paper.actions_by_name["epoch"]) == (QKeySequence("E"),)
    assert [shortcut.keys() for shortcut in paper.area.findChildren(QShortcut, "epoch")] == [[QKeySequence("E")]]


def test_keys_that_make_no_sense_are_told_and_left_out(paper: PaperWindow) -> None:
    actions = paper.actions_by_name
    assert apply_keys(actions, (("save", ("Ctrl+Foo",)), ("dance", ("F7",)), ("open", ("Ctrl+J",)))) == ("save: Ctrl+Foo", "dance")
    assert keys_of(actions["save"])[0] == QKeySequence("Ctrl+S") and keys_of(actions["open"]) == (QKeySequence("Ctrl+J"),)


# -- icons ------------------------------------------------------------------------------------------------------


def inks(made: QIcon, mode: QIcon.Mode = QIcon.Mode.Normal) -> set[str]:
    """Return the colours of the opaque pixels of an icon."""
    drawn = made.pixmap(32, 32, mode).toImage()
    pixels = (drawn.pixelColor(x, y) for x in range(drawn.width()) for y in range(drawn.height()))
    return {pixel.name() for pixel in pixels if pixel.alpha() > 250}


def test_icons_are_right_in_both_themes_and_back_again(paper: PaperWindow) -> None:
    for theme in (LIGHT, DARK, LIGHT):
        refresh_icons(paper.actions_by_name, theme)
        for name, action in paper.actions_by_name.items():
            assert inks(action.icon()) == {theme.ink}, name
        assert inks(paper.actions_by_name["save"].icon(), QIcon.Mode.Disabled) == {theme.muted}


# -- in the window ----------------------------------------------------------------------------------------------


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window("xor")


def test_the_window_has_every_slot(window: MainWindow) -> None:
    assert set(window.actions_by_name) == set(ROWS)


def test_undo_names_what_it_undoes(window: MainWindow) -> None:
    undo = window.actions_by_name["undo"]
    assert not undo.isEnabled()
    window.editor.do(layers.set_units(window.document.spec, "h1", 2))
    assert undo.isEnabled() and undo.text() == f"&Undo {window.document.undo_stack.undoText()}"
    window.document.edit(replace(window.document.spec, data=replace(window.document.spec.data, noise=0.3)), "Noise & more")
    assert undo.text() == "&Undo Noise && more"
    window.document.undo_stack.undo()
    assert window.actions_by_name["redo"].text() == "&Redo Noise && more"


def test_stage_keys_sleep_until_a_pass_is_shown(qtbot: QtBot, window: MainWindow) -> None:
    assert not window.actions_by_name["next_stage"].isEnabled() and not window.actions_by_name["step"].isChecked()
    with qtbot.waitSignal(window.document.stepper.pass_changed):
        window.actions_by_name["step"].trigger()
    assert window.actions_by_name["next_stage"].isEnabled() and window.actions_by_name["step"].isChecked()


def test_single_keys_act_on_the_canvas_and_not_in_a_field(qtbot: QtBot, window: MainWindow) -> None:
    field = window.training_panel.rate.rate.field
    field.setFocus()
    step = window.document.frame.step
    qtbot.keyClick(field, Qt.Key.Key_E)
    assert window.document.frame.step == step and field.text().endswith("e")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Qt.Key.Key_E)
    qtbot.waitUntil(lambda: window.document.frame.epoch == 1)


def test_layers_are_added_and_removed_by_keys_and_named_in_undo(qtbot: QtBot, window: MainWindow) -> None:
    document, canvas = window.document, window.canvas
    start = document.spec
    canvas.setFocus()
    qtbot.keyClick(canvas, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    added = document.spec.network.layers[-2]
    assert len(document.spec.network.layers) == len(start.network.layers) + 1
    assert canvas.selection == Selection("layer", added.id) and document.undo_stack.undoText() == f"Add layer {added.name}"
    qtbot.keyClick(canvas, Qt.Key.Key_Delete)
    assert document.spec.network.layers == start.network.layers
    assert document.undo_stack.undoText() == f"Remove layer {added.name}"
    canvas.select(Selection("layer", document.spec.network.layers[-1].id))
    qtbot.keyClick(canvas, Qt.Key.Key_Delete)
    assert document.spec.network.layers == start.network.layers
