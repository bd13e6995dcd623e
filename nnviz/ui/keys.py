"""Which keys each command has: those of the table, or those a person chose instead.

A choice is kept as text, by the command's name, and judged again whenever it is read: a file of settings may name
commands that are gone, keys that cannot be read, or one key twice. What is wrong is left out and told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeySequence

from nnviz.ui.action_table import ACTIONS, ROWS, Row

Overrides = Sequence[tuple[str, tuple[str, ...]]]
"""Names of commands with the keys chosen for them, as text; no keys means that the command has none."""
KeyTable = dict[str, tuple[QKeySequence, ...]]

_MODIFIERS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
_MOVES_FOCUS = frozenset({Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Escape, Qt.Key.Key_Menu})
_ARROWS = frozenset({Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down})


def default_keys(row: Row) -> tuple[QKeySequence, ...]:
    """Return the keys of a row of the table on this platform, each once."""
    found: list[QKeySequence] = []
    for wanted in (*row.keys, *row.canvas_keys):
        key = QKeySequence(wanted)
        if not key.isEmpty() and key not in found:
            found.append(key)
    return tuple(found)


def read_key(text: str) -> QKeySequence | None:
    """Return the key a text names, e.g. "Ctrl+E"; None if it names none, or several to be pressed one after the other."""
    key = QKeySequence(text, QKeySequence.SequenceFormat.PortableText)
    return key if key.count() == 1 and _pressed(key).key() not in (Qt.Key.Key_unknown, 0) else None


def fault(row: Row, key: QKeySequence) -> str:
    """Return why a key cannot be a command's, "" if it can.

    Returns:
        "fixed": it moves the focus, walks the network, or opens a menu. "typed": fields need it for typing.
    """
    pressed = _pressed(key)
    modifiers = pressed.keyboardModifiers() & ~Qt.KeyboardModifier.ShiftModifier & ~Qt.KeyboardModifier.KeypadModifier
    alone = modifiers == Qt.KeyboardModifier.AltModifier
    letter = Qt.Key.Key_A <= pressed.key() <= Qt.Key.Key_Z
    if pressed.key() in _MOVES_FOCUS or (alone and (letter or pressed.key() in _ARROWS)):
        return "fixed"
    function_key = Qt.Key.Key_F1 <= pressed.key() <= Qt.Key.Key_F35
    return "" if row.canvas_keys or function_key or modifiers & _MODIFIERS else "typed"


def resolve(overrides: Overrides) -> tuple[KeyTable, tuple[str, ...]]:
    """Return the keys of every command, and what was left out of the overrides, each as `name` or `name: keys`."""
    ignored: list[str] = []
    chosen: KeyTable = {}
    for name, texts in overrides:
        keys = tuple(map(read_key, texts))
        if name not in ROWS:
            ignored.append(name)
        elif any(key is None or fault(ROWS[name], key) for key in keys):
            ignored.append(f"{name}: {', '.join(texts)}")
        else:
            chosen[name] = tuple(key for place, key in enumerate(keys) if key is not None and key not in keys[:place])
    while (loser := _loser(chosen)) is not None:
        ignored.append(f"{loser}: {', '.join(key.toString() for key in chosen.pop(loser))}")
    return _table(chosen), tuple(ignored)


def clash(name: str, key: QKeySequence, table: Mapping[str, Iterable[QKeySequence]]) -> str:
    """Return the name of another command that has the key, "" if there is none."""
    return next((other for other, keys in table.items() if other != name and key in keys), "")


def _table(chosen: KeyTable) -> KeyTable:
    return {row.name: chosen[row.name] if row.name in chosen else default_keys(row) for row in ACTIONS}


def _loser(chosen: KeyTable) -> str | None:
    """Return the last chosen command one of whose keys another command has, too."""
    table = _table(chosen)
    return next((name for name in reversed(chosen) if any(clash(name, key, table) for key in chosen[name])), None)


def _pressed(key: QKeySequence) -> QKeyCombination:
    found: QKeyCombination = key[0]  # type: ignore[index]  # PySide's stub lacks the operator
    return found
