"""All commands with their keys, made from the table of actions; each key can be changed, and works at once.

A key that another command has is refused with that command's name: nothing is taken away silently.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFont, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QKeySequenceEdit,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nnviz.ui.action_table import ACTIONS, MENUS, ROWS
from nnviz.ui.actions import key_words, title, translated
from nnviz.ui.dialog import Dialog
from nnviz.ui.flow import FlowLayout
from nnviz.ui.form import text_label
from nnviz.ui.keys import Overrides, clash, default_keys, fault, resolve
from nnviz.ui.tips import set_tip

WIDTH, HEIGHT = 620, 520
NAME = Qt.ItemDataRole.UserRole


class KeyField(QKeySequenceEdit):
    """Takes the next key pressed; Esc, or leaving it, ends it with none. `pressed` carries the key."""

    pressed = Signal(QKeySequence)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setMaximumSequenceLength(1)
        self.setEnabled(False)
        self.editingFinished.connect(self._end)

    def begin(self) -> None:
        """Wait for a key."""
        self.clear()
        self.setEnabled(True)
        self.setFocus()

    @Slot()
    def _end(self) -> None:
        if not self.isEnabled():
            return
        key = self.keySequence()
        self.setEnabled(False)
        self.clear()
        if key.isEmpty():
            self.left.emit()
        else:
            self.pressed.emit(key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc ends it; every other key is the key."""
        if event.key() == Qt.Key.Key_Escape and not event.modifiers():
            self.clear()
            self._end()
        else:
            super().keyPressEvent(event)


class KeyDialog(Dialog):
    """The key sheet. `overridden` carries the keys chosen instead of the table's, after each change."""

    overridden = Signal(object)

    def __init__(self, overrides: Overrides, parent: QWidget | None = None) -> None:
        super().__init__(WIDTH, HEIGHT, parent)
        self._keys, _ = resolve(overrides)
        own = {name: keys for name, keys in self._keys.items() if keys != default_keys(ROWS[name])}
        self._chosen = {name: tuple(key.toString() for key in keys) for name, keys in own.items()}
        self.search, self.list, self.field = QLineEdit(), QTreeWidget(), KeyField()
        self.note = text_label("", "note")
        self.note.setWordWrap(True)
        self.change, self.none, self.reset, self.reset_all, self.leave = (QPushButton() for _ in range(5))
        self._items: dict[str, QTreeWidgetItem] = {}
        self._menus: dict[str, QTreeWidgetItem] = {}
        self._arrange()
        self._fill()
        self._connect()
        self.translate()
        self.fit()
        self.search.setFocus()

    # -- building -----------------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        self.list.setColumnCount(3)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        row, buttons = QHBoxLayout(), FlowLayout()
        self.label = text_label("", "muted")
        self.label.setBuddy(self.field)
        row.addWidget(self.label)
        row.addWidget(self.field, 1)
        for button in (self.change, self.none, self.reset, self.reset_all, self.leave):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        column.addLayout(row)
        column.addWidget(self.note)
        column.addLayout(buttons)

    def translate(self) -> None:
        """Say everything in the present language."""
        self.setWindowTitle(self.tr("Keys"))
        self._name_all()
        everywhere, canvas = self.tr("everywhere"), self.tr("on the network")
        for name, menu in self._menus.items():
            menu.setText(0, title(name) if name else self.tr("In no menu"))
        for name, item in self._items.items():
            row = ROWS[name]
            item.setText(0, title(row.text))
            item.setText(2, canvas if row.canvas_keys else everywhere)
            item.setToolTip(0, translated(row.tip))
        self._say("")
        self._show()

    def fit(self) -> None:
        """Grow with the type, the list too."""
        super().fit()
        self._show()

    def _name_all(self) -> None:
        self.label.setText(self.tr("New key"))
        self.list.setHeaderLabels([self.tr("Command"), self.tr("Keys"), self.tr("Where")])
        self.list.setAccessibleName(self.tr("Commands and their keys"))
        set_tip(self.list, self.tr("All commands with their keys; Enter changes the key of the selected one, bold ones were changed"))
        self.search.setPlaceholderText(self.tr("Search for a command or a key"))
        self.search.setAccessibleName(self.tr("Search"))
        set_tip(self.search, self.tr("Show only commands whose name or key contains these words"))
        for field in (self.field, *self.field.findChildren(QLineEdit)):
            field.setAccessibleName(self.tr("New key"))
            set_tip(field, self.tr("Press the key the selected command shall have; Esc leaves it as it is"))
        for button, text, tip in (
            (self.change, self.tr("C&hange…"), self.tr("Give the selected command the key you press next")),
            (self.none, self.tr("&No key"), self.tr("Take the selected command's key away; menus and buttons still do it")),
            (self.reset, self.tr("&Reset"), self.tr("Give the selected command its usual key again")),
            (self.reset_all, self.tr("Reset &all"), self.tr("Give all commands their usual keys again")),
            (self.leave, self.tr("&Close"), self.tr("Close this dialog; all changes are in force already")),
        ):
            button.setText(text)
            button.setAccessibleName(text.replace("&", "").rstrip("…"))
            set_tip(button, tip)

    def _fill(self) -> None:
        for name in (*MENUS, ""):
            menu = self._menus[name] = QTreeWidgetItem(self.list)
            menu.setFlags(Qt.ItemFlag.ItemIsEnabled)
            for row in ACTIONS:
                if row.menu == name and not row.is_submenu:
                    item = self._items[row.name] = QTreeWidgetItem(menu)
                    item.setData(0, NAME, row.name)
        self.list.expandAll()
        self.list.setCurrentItem(next(iter(self._items.values())))

    def _connect(self) -> None:
        self.search.textChanged.connect(self._filter)
        self.list.currentItemChanged.connect(self._say_nothing)
        self.list.itemActivated.connect(self._begin)
        self.change.clicked.connect(self._begin)
        self.none.clicked.connect(self._take_away)
        self.reset.clicked.connect(self._reset_one)
        self.reset_all.clicked.connect(self._reset_all)
        self.leave.clicked.connect(self.close)
        self.field.pressed.connect(self._take)
        self.field.left.connect(self._end)

    # -- showing ------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        """Show the keys as they are now."""
        self._keys, _ = resolve(tuple(self._chosen.items()))
        for menu in self._menus.values():
            menu.setFont(0, _bold(self.font()))
        for name, item in self._items.items():
            item.setText(1, key_words(self._keys[name]))
            item.setFont(1, _bold(self.font()) if name in self._chosen else self.font())
        for column in range(2):
            self.list.resizeColumnToContents(column)
        self._enable()
        self._filter(self.search.text())

    @Slot(str)
    def _filter(self, words: str) -> None:
        """Show the commands whose name or key contains all the words."""
        wanted = words.casefold().split()
        for item in self._items.values():
            text = f"{item.text(0)} {item.text(1)}".casefold()
            item.setHidden(not all(word in text for word in wanted))
        for menu in self._menus.values():
            menu.setHidden(all(menu.child(at).isHidden() for at in range(menu.childCount())))
        seen = [item for item in self._items.values() if not item.isHidden()]
        if seen and not self._name():
            self.list.setCurrentItem(seen[0])
        self._enable()

    def _enable(self) -> None:
        name = self._name()
        for button in (self.change, self.none, self.reset):
            button.setEnabled(bool(name))
        self.reset.setEnabled(name in self._chosen)
        self.reset_all.setEnabled(bool(self._chosen))

    @Slot()
    def _say_nothing(self) -> None:
        self._say("")
        self._enable()

    def _say(self, words: str, *, refused: bool = False) -> None:
        self.note.setText(words)
        self.field.setAccessibleDescription(words)
        if bool(self.note.property("refused")) != refused:
            self.note.setProperty("refused", refused)
            self.note.style().unpolish(self.note)
            self.note.style().polish(self.note)

    # -- changing -----------------------------------------------------------------------------------------------

    def _name(self) -> str:
        """Return the name of the selected command, "" for none."""
        item = self.list.currentItem()
        return "" if item is None or item.isHidden() else str(item.data(0, NAME) or "")

    def _words(self, name: str) -> str:
        return title(ROWS[name].text)

    @Slot()
    def _begin(self) -> None:
        if self._name():
            self._say(self.tr("Press the new key for “{command}”. Esc leaves it as it is.").format(command=self._words(self._name())))
            self.field.begin()

    @Slot()
    def _end(self) -> None:
        self._say("")
        self.list.setFocus()

    @Slot(QKeySequence)
    def _take(self, key: QKeySequence) -> None:
        """Give the selected command this key, or say why not."""
        self.list.setFocus()
        name = self._name()
        reason = self._refusal(name, (key,))
        if reason:
            self._say(reason, refused=True)
        else:
            self._choose(name, (key,))

    def _refusal(self, name: str, keys: tuple[QKeySequence, ...]) -> str:
        """Return why a command cannot have these keys, "" if it can."""
        for key in keys:
            shown, other = key_words([key]), clash(name, key, self._keys)
            if other:
                words = self.tr("{key} is the key of “{other}”. Give that one another key first.")
                return words.format(key=shown, other=self._words(other))
            kind = fault(ROWS[name], key) if key not in default_keys(ROWS[name]) else ""
            if kind == "typed":
                return self.tr("{key} alone is needed for typing in fields. Hold Ctrl or Alt with it.").format(key=shown)
            if kind == "fixed":
                return self.tr("{key} is fixed: it moves the focus, walks the network or opens a menu.").format(key=shown)
        return ""

    def _choose(self, name: str, keys: tuple[QKeySequence, ...]) -> None:
        if keys == default_keys(ROWS[name]):
            self._chosen.pop(name, None)
        else:
            self._chosen[name] = tuple(key.toString() for key in keys)
        self._tell()
        words = self.tr("“{command}” now has the key {keys}.") if keys else self.tr("“{command}” has no key now.")
        self._say(words.format(command=self._words(name), keys=key_words(keys)))

    def _tell(self) -> None:
        self.overridden.emit(tuple(self._chosen.items()))
        self._show()

    @Slot()
    def _take_away(self) -> None:
        self._choose(self._name(), ())

    @Slot()
    def _reset_one(self) -> None:
        name = self._name()
        usual = default_keys(ROWS[name])
        reason = self._refusal(name, usual)
        if reason:
            self._say(reason, refused=True)
        else:
            self._choose(name, usual)

    @Slot()
    def _reset_all(self) -> None:
        self._chosen.clear()
        self._tell()
        self._say(self.tr("All commands have their usual keys."))


def _bold(usual: QFont) -> QFont:
    made = QFont(usual)
    made.setBold(True)
    return made
