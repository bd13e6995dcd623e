"""Makes actions, menus and keys out of the table of commands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from operator import attrgetter

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QShortcut
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QWidget

from nnviz.ui.action_table import ACTIONS, CONTEXT, MENUS, VIEW


def make_actions(window: QMainWindow, areas: Sequence[QWidget]) -> dict[str, QAction]:
    """Return an action a row of the table, with its slot connected and its keys bound; `canvas_keys` act in the areas alone."""
    made: dict[str, QAction] = {}
    groups: dict[str, QActionGroup] = {}
    for row in ACTIONS:
        action = QAction(window)
        action.setObjectName(row.name)
        action.setShortcuts([QKeySequence(key) for key in row.keys])
        action.triggered.connect(attrgetter(row.slot)(window))
        if row.group:
            group = groups.setdefault(row.group, QActionGroup(window))
            action.setCheckable(True)
            group.addAction(action)
        for area, key in product(areas, row.canvas_keys):
            shortcut = QShortcut(QKeySequence(key), area)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(action.trigger)
        window.addAction(action)
        made[row.name] = action
    translate_actions(made)
    return made


def translate_actions(actions: Mapping[str, QAction]) -> None:
    """Put the actions' words on them, in the present language."""
    for row in ACTIONS:
        text, tip = (QCoreApplication.translate(CONTEXT, words) for words in (row.text, row.tip))
        action = actions[row.name]
        keys = [QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in (*row.keys[:1], *row.canvas_keys[:1])]
        action.setText(text)
        action.setToolTip(" · ".join((tip, *keys)))
        action.setStatusTip(tip)


def enable_actions(actions: Mapping[str, QAction], conditions: Mapping[str, bool]) -> None:
    """Let exactly those actions be used whose condition (`Row.when`) holds."""
    for row in ACTIONS:
        actions[row.name].setEnabled(row.when == "always" or conditions[row.when])


def fill_menus(window: QMainWindow, actions: Mapping[str, QAction]) -> None:
    """Build the menu bar out of the table."""
    for title in MENUS:
        menu = window.menuBar().addMenu(title)
        menu.setObjectName(title)
        for row in ACTIONS:
            if row.menu == title:
                menu.addAction(actions[row.name])
    translate_menus(window)


def translate_menus(window: QMainWindow) -> None:
    """Put the menus' titles on them, in the present language."""
    for title in MENUS:
        _menu(window, title).setTitle(QCoreApplication.translate(CONTEXT, title))


def _menu(window: QMainWindow, title: str) -> QMenu:
    menu = window.menuBar().findChild(QMenu, title)
    assert isinstance(menu, QMenu)
    return menu


def show_docks_in_menu(window: QMainWindow, docks: Iterable[QDockWidget]) -> None:
    """Let the View menu show and hide each dock."""
    menu = _menu(window, VIEW)
    menu.addSeparator()
    for dock in docks:
        menu.addAction(dock.toggleViewAction())
