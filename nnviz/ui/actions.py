"""Makes actions, menus and keys out of the table of commands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from operator import attrgetter

from PySide6.QtCore import QCoreApplication, QObject, Qt, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QShortcut
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QWidget

from nnviz.ui.action_rows.row import QT_TRANSLATE_NOOP
from nnviz.ui.action_table import ACTIONS, CONTEXT, MENUS, ROWS, VIEW, Row
from nnviz.ui.icons import icon
from nnviz.ui.keys import Overrides, resolve
from nnviz.ui.mnemonics import mark, mnemonics
from nnviz.ui.theme import Theme
from nnviz.ui.tips import plain

KEY_WORDS = QT_TRANSLATE_NOOP("actions", "Key: {keys}")
CANVAS_KEY_WORDS = QT_TRANSLATE_NOOP("actions", "Key: {keys}, while the focus is on the network")
OR_WORDS = QT_TRANSLATE_NOOP("actions", "{first} or {second}")
DOCK_TIP = QT_TRANSLATE_NOOP("actions", "Show or hide “{title}”")
LAST_USUAL_KEY = 0x01000060  # after it come those of remote controls, such as Exit and Settings, which few keyboards have
_KEYS = "canvas keys"  # the property of an action that holds them


class CanvasKeys(QShortcut):
    """The keys of an action that act in one area alone; they follow the action's."""

    def __init__(self, action: QAction, area: QWidget) -> None:
        super().__init__(area)
        self.setObjectName(action.objectName())
        self.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._action = action
        self.activated.connect(action.trigger)
        action.changed.connect(self._follow)

    @Slot()
    def _follow(self) -> None:
        wanted = list(canvas_keys(self._action))
        if wanted != self.keys():
            self.setKeys(wanted)


def make_actions(window: QMainWindow, areas: Sequence[QWidget]) -> dict[str, QAction]:
    """Return an action a row of the table, with its slot connected and its keys bound; `canvas_keys` act in the areas alone.

    A submenu is there as the action that opens it.

    Raises:
        AttributeError: a slot is missing.
    """
    made: dict[str, QAction] = {}
    groups: dict[str, QActionGroup] = {}
    for row in ACTIONS:
        made[row.name] = action = Submenu(row, window).menuAction() if row.is_submenu else make_action(row, window, window)
        if row.group:
            groups.setdefault(row.group, QActionGroup(window)).addAction(action)
        for area in areas if row.canvas_keys else ():
            CanvasKeys(action, area)
        window.addAction(action)
    translate_actions(made)
    apply_keys(made, ())
    return made


def make_action(row: Row, owner: QObject, parent: QObject) -> QAction:
    """Return the action of a row, whose slot is looked up from the owner; without words, which change with the language."""
    action = QAction(parent)
    action.setObjectName(row.name)
    action.setCheckable(row.checkable)
    action.triggered.connect(attrgetter(row.slot)(owner))
    return action


class Submenu(QMenu):
    """A menu in a menu; the slot of its row, if it has one, is asked to put into it what changes before it shows."""

    def __init__(self, row: Row, window: QMainWindow) -> None:
        super().__init__(window)
        self.setToolTipsVisible(True)
        self.menuAction().setObjectName(row.name)
        self._ask: Callable[[QMenu], None] | None = attrgetter(row.slot)(window) if row.slot else None
        self.aboutToShow.connect(self._fill)

    @Slot()
    def _fill(self) -> None:
        if self._ask is not None:
            self._ask(self)


# -- keys -------------------------------------------------------------------------------------------------------


def apply_keys(actions: Mapping[str, QAction], overrides: Overrides) -> tuple[str, ...]:
    """Give every action its keys: those of the table, or the ones chosen instead; return what could not be followed."""
    table, ignored = resolve(overrides)
    for row in ACTIONS:
        action, keys = actions[row.name], list(table[row.name])
        if row.canvas_keys:
            action.setProperty(_KEYS, [key.toString() for key in keys])
        elif not row.is_submenu:
            action.setShortcuts(keys)
        _explain(row, action)
    return ignored


def canvas_keys(action: QAction) -> tuple[QKeySequence, ...]:
    """Return the keys an action has on the canvas."""
    return tuple(map(QKeySequence, action.property(_KEYS) or ()))


def keys_of(action: QAction) -> tuple[QKeySequence, ...]:
    """Return the keys an action has, everywhere or on the canvas."""
    return (*action.shortcuts(), *canvas_keys(action))


def key_words(keys: Iterable[QKeySequence]) -> str:
    """Return keys as this platform writes them; those hardly any keyboard has are left out where there are others."""
    known = list(keys)
    usual = [key for key in known if _code(key) <= LAST_USUAL_KEY] or known
    words = [key.toString(QKeySequence.SequenceFormat.NativeText) for key in usual]
    return reduce(_either, words) if words else ""


def _code(key: QKeySequence) -> int:
    pressed = key[0]  # type: ignore[index]  # the stubs lack it
    return int(pressed.key())


def _either(first: str, second: str) -> str:
    return translated(OR_WORDS).format(first=first, second=second)


# -- words, icons and states ------------------------------------------------------------------------------------


def translate_actions(actions: Mapping[str, QAction]) -> None:
    """Put the actions' words on them, in the present language, with the keys they have at present."""
    for row in ACTIONS:
        translate_action(row, actions[row.name])


def translate_action(row: Row, action: QAction) -> None:
    """Put a row's words on its action."""
    action.setText(translated(row.text))
    action.setStatusTip(translated(row.tip))
    _explain(row, action)


def _explain(row: Row, action: QAction) -> None:
    """Say what an action does, with its keys; its text stays, since the window may have put another on it."""
    tip, keys = translated(row.tip), keys_of(action)
    action.setToolTip(" · ".join((tip, *map(key_words, [keys[:1]] if keys else []))))
    words = CANVAS_KEY_WORDS if row.canvas_keys else KEY_WORDS
    action.setWhatsThis(plain("\n".join((tip, *([translated(words).format(keys=key_words(keys))] if keys else [])))))


def translated(words: str) -> str:
    """Return words of the table in the present language."""
    return QCoreApplication.translate(CONTEXT, words)


def title(words: str) -> str:
    """Return words of the table in the present language, without the mark of the mnemonic."""
    return translated(words).replace("&", "")


def refresh_icons(actions: Mapping[str, QAction], theme: Theme) -> None:
    """Give the actions their icons in the theme's ink."""
    for name, action in actions.items():
        action.setIcon(icon(ROWS[name].icon, theme))


def enable_actions(actions: Mapping[str, QAction], conditions: Mapping[str, bool]) -> None:
    """Let exactly those actions be used whose condition (`Row.when`) holds, and tick those whose state (`Row.checked`) holds."""
    for row in ACTIONS:
        actions[row.name].setEnabled(row.when == "always" or conditions[row.when])
        if row.checked:
            actions[row.name].setChecked(conditions[row.checked])


# -- menus ------------------------------------------------------------------------------------------------------


def fill_menus(window: QMainWindow, actions: Mapping[str, QAction]) -> None:
    """Build the menu bar out of the table."""
    for title in MENUS:
        menu = window.menuBar().addMenu(title)
        menu.setObjectName(title)
        menu.setToolTipsVisible(True)
        for row in ACTIONS:
            if row.menu == title:
                inside = submenu(actions, row.submenu) if row.submenu else menu
                if row.rule:
                    inside.addSeparator()
                inside.addAction(actions[row.name])
    translate_menus(window)


def submenu(actions: Mapping[str, QAction], name: str) -> QMenu:
    """Return the menu a submenu's row opens."""
    menu = actions[name].parent()  # not menu(), which PySide deletes as soon as nobody holds what it returns
    assert isinstance(menu, QMenu)
    return menu


def list_in(menu: QMenu, entries: Sequence[QAction]) -> None:
    """Show these entries at the top of a submenu in place of those that were listed before, which are deleted."""
    for old in menu.actions():
        if not old.isSeparator() and old.objectName() not in ROWS:
            menu.removeAction(old)
            old.deleteLater()
    first = menu.actions()[0]
    menu.insertActions(first, entries)


def pick(menu: QMenu, actions: Mapping[str, QAction], names: Sequence[str]) -> None:
    """Add the named actions to a menu, with a line for each ""."""
    for name in names:
        if name:
            menu.addAction(actions[name])
        else:
            menu.addSeparator()


def translate_menus(window: QMainWindow) -> None:
    """Put the menus' titles on them, in the present language."""
    for title in MENUS:
        _menu(window, title).setTitle(translated(title))


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
    translate_docks(docks)


def translate_docks(docks: Iterable[QDockWidget]) -> None:
    """Say of each dock's action what it does, and give it a mnemonic of its own in the View menu as long as there are letters."""
    found = list(docks)
    taken = {letter for row in ACTIONS if row.menu == VIEW and not row.submenu for letter in mnemonics(translated(row.text))}
    marked = mark([dock.windowTitle() for dock in found], taken)
    for dock, text in zip(found, marked, strict=True):
        tip = translated(DOCK_TIP).format(title=dock.windowTitle())
        action = dock.toggleViewAction()
        action.setText(text)
        action.setToolTip(tip)
        action.setStatusTip(tip)
        action.setWhatsThis(plain(tip))
