"""The canvas for those who do not see it: a tree for screen readers, and news of what is selected.

Qt asks for the interface of every widget, whether anyone listens or not; all else waits until an assistive technology is
there (`QAccessible.isActive`), and then a part becomes a Python object only when it is asked for. Two things of PySide6 6.10 shape this:

* An interface written in Python that overrides `interface_cast` crashes, whatever it returns. So parts are
  `QAccessibleWidget`s of the canvas without an object of their own: its cast, written in C++, offers the actions. There
  is no way to offer a value interface: numbers are text, as value and, for AT-SPI, which has no such text, as description.
* Qt's cache deletes the interfaces it has given an id, so Python may not let one go before. Each part is registered as it
  is made, and given back by `deleteAccessibleInterface`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QElapsedTimer, QEvent, QObject, QPoint, QRect, Qt, QTimer, Slot
from PySide6.QtGui import (
    QAccessible,
    QAccessibleActionInterface,
    QAccessibleEvent,
    QAccessibleInterface,
    QAccessibleValueChangeEvent,
    QContextMenuEvent,
    QWindow,
)
from PySide6.QtWidgets import QAccessibleWidget, QWidget
from shiboken6 import Shiboken

from nnviz.ui.canvas import accessible_parts as parts
from nnviz.ui.canvas.focus_ring import FocusRing
from nnviz.ui.canvas.hits import hit
from nnviz.ui.canvas.sheet import Sheet
from nnviz.ui.failsafe import is_off
from nnviz.ui.selection import NETWORK, Selection

if TYPE_CHECKING:
    from nnviz.engine.network_spec import NetworkSpec
    from nnviz.ui.canvas.canvas import Canvas

ROLES = {"layer": QAccessible.Role.Grouping, "neuron": QAccessible.Role.ListItem, "edge": QAccessible.Role.ListItem}
EVERY = 1000  # milliseconds between two announcements of a value that streams


def install() -> None:
    """Let Qt ask here for the interface of a canvas; once in a process."""
    QAccessible.installFactory(_made)


def notify(canvas: Canvas) -> None:
    """Tell assistive technology what changed: at once what is selected, its numbers while they stream once a second."""
    if QAccessible.isActive():
        found = QAccessible.queryAccessibleInterface(canvas)
        if isinstance(found, NetworkInterface):
            found.tree.follow()


def _made(name: str, thing: QObject) -> QAccessibleInterface | None:
    if name != "Canvas":
        return None
    from nnviz.ui.canvas.canvas import Canvas  # here, since the canvas imports this module

    return Tree(thing).root if isinstance(thing, Canvas) else None


class Tree(QObject):
    """Holds the interfaces of one canvas, which is its parent, and says what changed."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self.made: dict[Selection, PartInterface] = {}
        self._old: list[PartInterface] = []
        self._anchor, self._anchored = NETWORK, NETWORK
        self._network: NetworkSpec | None = None
        self._selection, self._said = NETWORK, ("", "")
        self._reordered = NETWORK
        self._clock = QElapsedTimer()
        self.root = NetworkInterface(self)
        canvas.destroyed.connect(self._clear)

    @property
    def canvas(self) -> Canvas:
        """The canvas."""
        return self.parent()  # type: ignore[return-value]

    @property
    def sheet(self) -> Sheet | None:
        """What the canvas shows; None where it is gone or switched off."""
        return self.canvas.sheet if Shiboken.isValid(self) and not is_off(self.canvas) else None

    @property
    def anchor(self) -> Selection:
        """The neuron whose edges are in the tree; NETWORK where there is none."""
        sheet = self.sheet
        if sheet is None:
            return NETWORK
        known = self._anchor if sheet.exists(self._anchor) else NETWORK
        if sheet.selection == self._anchored:
            return known
        self._anchored = sheet.selection
        self._anchor = parts.anchor_of(sheet, sheet.selection, known)
        return self._anchor

    def has(self, part: Selection) -> bool:
        """Tell whether a part is in the tree."""
        return self.sheet is not None and parts.is_in(self.sheet, part, self.anchor)

    def interface(self, part: Selection | None) -> QAccessibleInterface | None:
        """Return the interface of a part, made when first asked for; None for a part that is not there."""
        if part is None or part == NETWORK or not self.has(part):
            return self.root if part == NETWORK else None
        if part not in self.made:
            self.made[part] = PartInterface(self, part)
            QAccessible.registerAccessibleInterface(self.made[part])
        return self.made[part]

    def focused(self) -> QAccessibleInterface:
        """Return the interface of what is selected: its part, else the canvas itself."""
        return self.interface(parts.stop(self.canvas.selection)) or self.root

    def at(self, x: int, y: int) -> QAccessibleInterface | None:
        """Return what is at a point of the screen: a widget upon the canvas, an edge of the anchor, a neuron or a layer."""
        view = self.canvas.viewport()
        point = view.mapFromGlobal(QPoint(x, y))
        widget = view.childAt(point)
        if widget is not None or self.sheet is None or not view.rect().contains(point):
            return QAccessible.queryAccessibleInterface(widget) if widget is not None else None
        place = self.canvas.viewportTransform().inverted()[0].map(point.toPointF())
        found = hit(self.sheet, (place.x(), place.y()), self.canvas.transform().m11()).selection
        return None if found == NETWORK else self.interface(found)

    def rect(self, part: Selection) -> QRect:
        """Return where a part is on the screen, empty where it has no place."""
        box = parts.box(self.sheet, part) if self.sheet is not None else None
        if box is None or box.isEmpty():
            return QRect()
        place = self.canvas.viewportTransform().mapRect(box).toAlignedRect()
        return QRect(self.canvas.viewport().mapToGlobal(place.topLeft()), place.size())

    @Slot()
    def follow(self) -> None:
        """Say what is new since the last time."""
        sheet = self.sheet
        if sheet is None or sheet.spec is None:
            return
        if not self._clock.isValid():
            self.canvas.installEventFilter(self)
            self._clock.start()
        moved = sheet.selection != self._selection
        edited = sheet.spec.network is not self._network
        self._selection, self._network = sheet.selection, sheet.spec.network
        if edited:
            self._tell(self.root, QAccessible.Event.ObjectReorder)
        if moved or edited:
            self._sweep()
        if moved:
            self._point()
        elif edited or not sheet.moving or self._clock.elapsed() >= EVERY:
            self._say(sheet)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """When the canvas gets the keyboard, what is selected has it: said after Qt has told of the canvas."""
        if event.type() == QEvent.Type.FocusIn and QAccessible.isActive():
            QTimer.singleShot(0, self, self._point)
        return super().eventFilter(watched, event)

    @Slot()
    def _point(self) -> None:
        """Tell which part is selected, and that it has the keyboard if the canvas has."""
        sheet = self.sheet
        if sheet is not None:
            self._clock.start()
            self._said = self._words(sheet)
            self.canvas.setAccessibleDescription(parts.selection_text(sheet, sheet.selection))
            self._tell(self.focused(), QAccessible.Event.Focus if self.canvas.hasFocus() else QAccessible.Event.Selection)

    def _say(self, sheet: Sheet) -> None:
        """Tell the selected part's name and numbers if they changed."""
        self._clock.start()
        (name, value), self._said = self._said, self._words(sheet)
        if (name, value) == self._said:
            return
        self.canvas.setAccessibleDescription(parts.selection_text(sheet, sheet.selection))
        shown = self.focused()
        if name != self._said[0]:
            self._tell(shown, QAccessible.Event.NameChanged)
        if value != self._said[1]:
            QAccessible.updateAccessibility(QAccessibleValueChangeEvent(shown, self._said[1]))
            self._tell(shown, QAccessible.Event.DescriptionChanged)

    def _words(self, sheet: Sheet) -> tuple[str, str]:
        part = parts.stop(sheet.selection)
        return (parts.name(sheet, part), parts.value(sheet, part)) if self.has(part) else ("", "")

    def _sweep(self) -> None:
        """Give back what has left the tree, but only the next time: this may be what the action of such a part has led to."""
        for gone in self._old:
            _give_back(gone)
        self._old = [each for part, each in self.made.items() if not self.has(part)]
        for each in self._old:
            del self.made[each.part]
        before, self._reordered = self._reordered, self.anchor
        for neuron in {before, self.anchor} if before != self.anchor else ():
            if neuron in self.made:
                self._tell(self.made[neuron], QAccessible.Event.ObjectReorder)

    def _tell(self, interface: QAccessibleInterface, event: QAccessible.Event) -> None:
        QAccessible.updateAccessibility(QAccessibleEvent(interface, event))

    @Slot()
    def _clear(self) -> None:
        """Give all parts back before the canvas is gone."""
        for part in (*self._old, *self.made.values()):
            _give_back(part)
        self.made, self._old = {}, []


class NetworkInterface(QAccessibleWidget):
    """The canvas itself: its layers, then the widgets that stand on it."""

    def __init__(self, tree: Tree) -> None:
        super().__init__(tree.canvas, QAccessible.Role.Graphic)
        self.tree = tree

    def childCount(self) -> int:
        """Return how many layers and widgets there are."""
        return self._layers() + len(self._widgets())

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]  # Qt takes None for no child
        """Return a layer or a widget."""
        beyond, widgets = index - self._layers(), self._widgets()
        if beyond >= 0:
            return QAccessible.queryAccessibleInterface(widgets[beyond]) if beyond < len(widgets) else None
        sheet = self.tree.sheet
        return self.tree.interface(parts.child(sheet, NETWORK, index, NETWORK)) if sheet is not None else None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """Return the place of a layer or a widget, −1 for anything else."""
        sheet = self.tree.sheet
        if isinstance(child, PartInterface):
            return parts.index_of(sheet, NETWORK, child.part, self.tree.anchor) if sheet is not None else -1
        widgets = self._widgets()
        return self._layers() + widgets.index(child.object()) if child.object() in widgets else -1  # type: ignore[arg-type]

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        """Return the deepest part at a point of the screen."""
        return self.tree.at(x, y)

    def focusChild(self) -> QAccessibleInterface | None:  # type: ignore[override]
        """Return the part that is selected while the canvas has the keyboard, or the widget on it that has it."""
        return self.tree.focused() if self.tree.canvas.hasFocus() else super().focusChild()

    def state(self) -> QAccessible.State:
        """Return the widget's state; what is selected has the keyboard instead of it."""
        found = super().state()
        found.focused = self.tree.canvas.hasFocus() and self.tree.focused() is self
        return found

    def text(self, kind: QAccessible.Text) -> str:
        """Return the canvas's name, or as its description what is selected, with the numbers of now."""
        sheet = self.tree.sheet
        if kind == QAccessible.Text.Description and sheet is not None:
            return parts.selection_text(sheet, sheet.selection)
        return super().text(kind)

    def _layers(self) -> int:
        return parts.count(self.tree.sheet, NETWORK, NETWORK) if self.tree.sheet is not None else 0

    def _widgets(self) -> list[QWidget]:
        """Return the widgets on the canvas that can be seen; the viewport only when it holds one, a field say."""
        canvas = self.tree.canvas
        seen = [each for each in canvas.children() if isinstance(each, QWidget) and each.isVisible()]
        return [each for each in seen if not isinstance(each, FocusRing) and (each is not canvas.viewport() or _holds_widgets(each))]


class PartInterface(QAccessibleWidget):
    """A layer, a neuron or an edge."""

    def __init__(self, tree: Tree, part: Selection) -> None:
        super().__init__(tree.canvas, ROLES[part.kind])
        self.tree, self.part = tree, part

    def isValid(self) -> bool:
        """Tell whether the part is in the tree."""
        return self.tree.has(self.part)

    def object(self) -> QObject | None:  # type: ignore[override]
        """Return None: the canvas, which this is a widget's interface of, has an interface of its own."""
        return None

    def window(self) -> QWindow | None:  # type: ignore[override]
        """Return the window of the canvas."""
        return self.tree.canvas.window().windowHandle() if self.isValid() else None

    def parent(self) -> QAccessibleInterface | None:  # type: ignore[override]
        """Return the network, the layer or the neuron that it hangs from."""
        return self.tree.interface(parts.parent(self.part, self.tree.anchor)) if self.isValid() else None

    def childCount(self) -> int:
        """Return how many neurons or edges it has."""
        sheet = self.tree.sheet
        return parts.count(sheet, self.part, self.tree.anchor) if sheet is not None and self.isValid() else 0

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        """Return one of them."""
        sheet = self.tree.sheet
        if sheet is None or not self.isValid():
            return None
        return self.tree.interface(parts.child(sheet, self.part, index, self.tree.anchor))

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """Return its place, −1 where it is none of them."""
        sheet = self.tree.sheet
        if sheet is None or not self.isValid() or not isinstance(child, PartInterface):
            return -1
        return parts.index_of(sheet, self.part, child.part, self.tree.anchor)

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        """Return the neuron of this layer that is at a point of the screen."""
        found = self.tree.at(x, y) if self.isValid() and self.part.kind == "layer" else None
        ours = isinstance(found, PartInterface) and found.part.kind == "neuron" and found.part.layer == self.part.layer
        return found if ours else None

    def focusChild(self) -> QAccessibleInterface | None:  # type: ignore[override]
        """Return None: what is selected has the keyboard itself."""
        return None

    def relations(
        self,
        match: QAccessible.RelationFlag = QAccessible.RelationFlag.AllRelations,  # noqa: ARG002
    ) -> list[tuple[QAccessibleInterface, QAccessible.RelationFlag]]:
        """Return nothing: the canvas's labels are not its parts'."""
        return []

    def rect(self) -> QRect:
        """Return where it is on the screen, empty for a neuron that is folded away."""
        return self.tree.rect(self.part) if self.isValid() else QRect()

    def state(self) -> QAccessible.State:
        """Return whether it is selected, has the keyboard, can be seen."""
        found = QAccessible.State()
        if not self.isValid():
            found.invalid = True
            return found
        canvas, chosen = self.tree.canvas, self.part in self.tree.canvas.selection.each
        found.focusable = found.selectable = True
        found.selected = chosen
        found.focused = canvas.hasFocus() and self.tree.focused() is self
        found.offscreen = self.rect().isNull()
        found.invisible = not canvas.isVisible()
        return found

    def text(self, kind: QAccessible.Text) -> str:
        """Return its name, or its numbers as value and description."""
        sheet = self.tree.sheet
        if sheet is None or not self.isValid():
            return ""
        if kind == QAccessible.Text.Name:
            return parts.name(sheet, self.part)
        return parts.value(sheet, self.part) if kind in (QAccessible.Text.Value, QAccessible.Text.Description) else ""

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        """Do nothing: a name is not edited here."""

    def actionNames(self) -> list[str]:
        """Return what can be done: select it, also with the keyboard on the canvas; and ask for the menu of a neuron."""
        if not self.isValid():
            return []
        named, menu = QAccessibleActionInterface, self.part.kind == "neuron" and not self.rect().isNull()
        return [named.pressAction(), named.setFocusAction(), *([named.showMenuAction()] if menu else [])]

    def doAction(self, name: str) -> None:
        """Do one of them."""
        if name not in self.actionNames():
            return
        canvas, named = self.tree.canvas, QAccessibleActionInterface
        canvas.select(self.part)
        if name == named.setFocusAction():
            canvas.setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif name == named.showMenuAction():  # posted: a menu that opens at once would keep the caller waiting
            view, point = canvas.viewport(), self.rect().center()
            QCoreApplication.postEvent(view, QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, view.mapFromGlobal(point), point))

    def keyBindingsForAction(self, name: str) -> list[str]:  # noqa: ARG002
        """Return nothing: keys are the canvas's."""
        return []


def _give_back(interface: QAccessibleInterface) -> None:
    """Let Qt's cache delete an interface, which it owns."""
    if Shiboken.isValid(interface):
        QAccessible.deleteAccessibleInterface(QAccessible.uniqueId(interface))


def _holds_widgets(viewport: QWidget) -> bool:
    return any(isinstance(each, QWidget) and each.isVisible() for each in viewport.children())
