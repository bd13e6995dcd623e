"""What a monkey can do at a window, one function a kind; where and how is said by four numbers from 0 to 1.

What a deed meets, such as one of however many neurons there are, is looked up when it is done, so that the same numbers
can be used at any network.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QSlider, QWidget

from nnviz.ui.action_table import ACTIONS
from nnviz.ui.canvas.columns import Column
from nnviz.ui.main_window import MainWindow

Thing = TypeVar("Thing")
Key, Kind = Qt.Key, QEvent.Type
NONE, LEFT, MIDDLE = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
PLAIN = Qt.KeyboardModifier.NoModifier
LEADS_AWAY = (
    *("new", "new_window", "open", "open_recent", "clear_recent", "save", "save_as", "revert", "close_window", "quit"),
    *("print", "open_log_folder", *(row.name for row in ACTIONS if row.name.startswith("export"))),
)
"""Commands that lead to another document, out of the program, or to dialogs of the system."""
COMMANDS = tuple(row.name for row in ACTIONS if row.name not in LEADS_AWAY and not row.is_submenu)
KEYS = (
    *(Key.Key_Left, Key.Key_Right, Key.Key_Up, Key.Key_Down, Key.Key_Tab, Key.Key_Backtab, Key.Key_Return, Key.Key_Escape, Key.Key_Space),
    *(Key.Key_Delete, Key.Key_Insert, Key.Key_Backspace, Key.Key_Home, Key.Key_End, Key.Key_PageUp, Key.Key_PageDown, Key.Key_F2),
    *(Key.Key_Minus, Key.Key_Period, Key.Key_0, Key.Key_3, Key.Key_7, Key.Key_A, Key.Key_I, Key.Key_L, Key.Key_P, Key.Key_U, Key.Key_X),
)
TEXTS = ("0.5", "-1", "1e-3", "7", "0", "1e308", "-", "", "abc", "h1.2 h2.1", "dense", "<b>&x</b>", "½ ‮nam\u0007e", "99999999999")


@dataclass(frozen=True, slots=True)
class Action:
    """One action: what is done, four numbers from 0 to 1 that say where and how, and the keys held meanwhile."""

    kind: str
    a: float
    b: float
    c: float
    d: float
    keys: Qt.KeyboardModifier

    def __str__(self) -> str:
        return f"{self.kind}({self.a:.4f}, {self.b:.4f}, {self.c:.4f}, {self.d:.4f}, {self.keys.name})"


def pick(things: Sequence[Thing], share: float) -> Thing:
    """Return the thing so far along."""
    return things[min(int(share * len(things)), len(things) - 1)]


# -- gestures -------------------------------------------------------------------------------------------------------


def mouse(widget: QWidget, kind: Kind, at: QPoint, button: Qt.MouseButton, held: Qt.MouseButton, keys: Qt.KeyboardModifier = PLAIN) -> None:
    """Send one event of the mouse, as the window system would."""
    event = QMouseEvent(kind, QPointF(at), QPointF(widget.mapToGlobal(at)), button, held, keys)
    QApplication.sendEvent(widget, event)


def hover(widget: QWidget, at: QPoint) -> None:
    """Move there with no button down."""
    mouse(widget, Kind.MouseMove, at, NONE, NONE)


def click(widget: QWidget, at: QPoint, keys: Qt.KeyboardModifier = PLAIN, press: Kind = Kind.MouseButtonPress) -> None:
    """Press and let go; the focus follows as it does for a real mouse."""
    hover(widget, at)
    if widget.focusPolicy() & Qt.FocusPolicy.ClickFocus:
        widget.setFocus(Qt.FocusReason.MouseFocusReason)
    mouse(widget, press, at, LEFT, LEFT, keys)
    mouse(widget, Kind.MouseButtonRelease, at, LEFT, NONE, keys)


def strike(widget: QWidget, at: QPoint, action: Action) -> None:
    """Click, or click twice."""
    click(widget, at, action.keys)
    if action.c < 0.25:
        click(widget, at, action.keys, Kind.MouseButtonDblClick)


def press(widget: QWidget, key: Qt.Key, keys: Qt.KeyboardModifier = PLAIN) -> None:
    """Press a key at a widget; a key that is a shortcut does what it is one of."""
    QTest.keyClick(widget, key, keys)


def drag(widget: QWidget, start: QPoint, end: QPoint, action: Action, button: Qt.MouseButton = LEFT) -> None:
    """Press, move and let go; now and then Escape comes before."""
    hover(widget, start)
    mouse(widget, Kind.MouseButtonPress, start, button, button, action.keys)
    for share in (0.1, 0.5, 1.0):
        mouse(widget, Kind.MouseMove, start + (end - start) * share, NONE, button, action.keys)
    if action.keys & Qt.KeyboardModifier.AltModifier:
        press(widget, Key.Key_Escape)
    mouse(widget, Kind.MouseButtonRelease, end, button, NONE, action.keys)


# -- on the canvas --------------------------------------------------------------------------------------------------


def columns(window: MainWindow) -> tuple[Column, ...]:
    return window.canvas.sheet.layout.columns if window.canvas.sheet.layout is not None else ()


def scene(window: MainWindow, x: float, y: float) -> QPoint:
    """Return where on the canvas a point of the drawing is."""
    return window.canvas.viewportTransform().map(QPointF(x, y)).toPoint()


def anywhere(window: MainWindow, x: float, y: float) -> QPoint:
    room = window.canvas.viewport().rect()
    return QPoint(int(x * room.width()), int(y * room.height()))


def tile(window: MainWindow, action: Action) -> QPoint:
    """Return the middle of a neuron or block."""
    x, y, width, height = pick(pick(columns(window), action.a).solids.tolist(), action.b)
    return scene(window, x + width / 2, y + height / 2)


def in_header(window: MainWindow, action: Action) -> QPoint:
    """Return a place in a header: on one of its words or buttons."""
    x, y, width, height = pick(pick(columns(window), action.a).header, action.b)
    return scene(window, x + action.d * width, y + height / 2)


def neuron(window: MainWindow, action: Action) -> None:
    """Click a neuron."""
    strike(window.canvas.viewport(), tile(window, action), action)


def edge(window: MainWindow, action: Action) -> None:
    """Click the middle of an edge."""
    bundles = [bundle for bundle in window.canvas.sheet.bundles if len(bundle.targets) * len(bundle.sources)]
    if bundles:
        bundle = pick(bundles, action.a)
        line = bundle.lines([int(action.b * len(bundle.targets) * len(bundle.sources))])[0]
        strike(window.canvas.viewport(), scene(window, *line[len(line) // 2]), action)


def header(window: MainWindow, action: Action) -> None:
    """Click a name, a size or a button."""
    strike(window.canvas.viewport(), in_header(window, action), action)


def gap(window: MainWindow, action: Action) -> None:
    """Click the + between two layers."""
    x, y, width, height = pick(window.canvas.sheet.layout.gaps, action.a)
    click(window.canvas.viewport(), scene(window, x + width / 2, y + height / 2))


def canvas(window: MainWindow, action: Action) -> None:
    """Click anywhere on the canvas."""
    at = anywhere(window, action.a, action.b)
    hit = window.canvas.viewport().childAt(at)  # the mini-map, or an editor that is open
    strike(hit or window.canvas.viewport(), hit.mapFrom(window.canvas.viewport(), at) if hit is not None else at, action)


def drag_on_canvas(window: MainWindow, action: Action) -> None:
    """Drag a header elsewhere, draw a box, or pan."""
    start = in_header(window, action) if action.d < 0.4 else anywhere(window, action.a, action.b)
    drag(window.canvas.viewport(), start, anywhere(window, action.c, action.b), action, LEFT if action.d < 0.85 else MIDDLE)


def wheel(window: MainWindow, action: Action) -> None:
    """Turn the wheel over a header or anywhere."""
    view = window.canvas.viewport()
    at = in_header(window, action) if action.d < 0.5 else anywhere(window, action.a, action.b)
    turn = QPoint(0, pick((-240, -120, 120, 120), action.c))
    phase = Qt.ScrollPhase.NoScrollPhase
    QApplication.sendEvent(view, QWheelEvent(QPointF(at), QPointF(view.mapToGlobal(at)), QPoint(), turn, NONE, action.keys, phase, False))


def look_at(window: MainWindow, action: Action) -> None:
    """Hover over a neuron or anywhere."""
    hover(window.canvas.viewport(), tile(window, action) if action.d < 0.6 else anywhere(window, action.a, action.b))


def menu(window: MainWindow, action: Action) -> None:
    """Ask for the menu of a neuron."""
    view, at = window.canvas.viewport(), tile(window, action)
    QApplication.sendEvent(view, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, view.mapToGlobal(at), action.keys))


# -- elsewhere ------------------------------------------------------------------------------------------------------


def key(window: MainWindow, action: Action) -> None:
    """Press a key on the canvas or where the focus is."""
    if action.d < 0.5:
        window.canvas.setFocus()
    focused = QApplication.focusWidget()
    if focused is not None:
        press(focused, pick(KEYS, action.a), action.keys)


def command(window: MainWindow, action: Action) -> None:
    """Do a command of the table, if it can be used."""
    window.actions_by_name[pick(COMMANDS, action.a)].trigger()


def undo(window: MainWindow, action: Action) -> None:
    """Undo one or several edits."""
    for _ in range(1 + int(3 * action.a)):
        window.actions_by_name["undo"].trigger()


def redo(window: MainWindow, action: Action) -> None:
    """Redo one edit."""
    window.actions_by_name["redo"].trigger()


def control(window: MainWindow, action: Action) -> None:
    """Click a control around the canvas, or drag a slider."""
    found = controls(window, (QLineEdit, QSlider, QAbstractButton, QComboBox))
    if found:
        widget = pick(found, action.a)
        at = QPoint(int(action.b * widget.width()), int(action.c * widget.height()))
        if isinstance(widget, QSlider):
            drag(widget, at, QPoint(int(action.d * widget.width()), at.y()), action)
        else:
            click(widget, at)


def write(window: MainWindow, action: Action) -> None:
    """Type into a field; commit it, give it up, or leave it so."""
    focused, fields = QApplication.focusWidget(), controls(window, (QLineEdit,))
    field = focused if isinstance(focused, QLineEdit) else pick(fields, action.a) if fields else None
    if isinstance(field, QLineEdit):
        field.setFocus()
        field.selectAll()
        field.insert(pick(TEXTS, action.b))
        field.setModified(True)
        if action.c < 0.8:
            press(field, pick((Key.Key_Return, Key.Key_Return, Key.Key_Escape, Key.Key_Tab), action.d))


def controls(window: MainWindow, kinds: tuple[type[QWidget], ...]) -> list[QWidget]:
    """Return the controls around the canvas that can be used; those that open another document are not among them."""
    homes = (window.inspector, window.training_panel, window.data_panel, window.transport, window.top_bar, window.canvas, window.history)
    away = (window.data_panel.gallery, window.top_bar.picker, window.top_bar.export)
    found = [widget for home in homes for widget in home.findChildren(QWidget) if isinstance(widget, kinds)]
    usable = [widget for widget in found if widget.isVisible() and widget.isEnabled()]
    return [widget for widget in usable if not any(each is widget or each.isAncestorOf(widget) for each in away)]


def resize(window: MainWindow, action: Action) -> None:
    """Make the window larger or smaller."""
    window.resize(int(800 + 600 * action.a), int(560 + 240 * action.b))


def change_look(window: MainWindow, action: Action) -> None:
    """Change the theme, as the desktop may at sunset, or say everything anew, as in another language."""
    if action.a < 0.6:
        window.look.use(pick(("light", "dark"), action.b))
    else:
        QApplication.sendEvent(window, QEvent(Kind.LanguageChange))


DEEDS: dict[str, tuple[float, Callable[[MainWindow, Action], None]]] = {
    "neuron": (8, neuron),
    "edge": (6, edge),
    "header": (7, header),
    "gap": (2, gap),
    "canvas": (4, canvas),
    "drag": (5, drag_on_canvas),
    "wheel": (12, wheel),
    "hover": (70, look_at),
    "menu": (1, menu),
    "key": (24, key),
    "command": (6, command),
    "undo": (4, undo),
    "redo": (2, redo),
    "control": (5, control),
    "write": (4, write),
    "resize": (1, resize),
    "look": (0.5, change_look),
}
"""Every kind of action: how often it is done relative to the others, and how."""
