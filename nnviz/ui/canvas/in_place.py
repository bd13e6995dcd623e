"""Fields over the words of the canvas: a layer's name and its number of units, typed where they stand.

Enter or going elsewhere takes what was typed, Escape leaves everything as it was.
"""

from __future__ import annotations

from itertools import count

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QGraphicsView, QLineEdit, QVBoxLayout, QWidget

from nnviz.engine.edits import LONGEST_NAME
from nnviz.engine.network_spec import NetworkSpec, Weighted
from nnviz.engine.plain import MAX_UNITS
from nnviz.engine.table import Parameter
from nnviz.ui.editing import layers
from nnviz.ui.editing.editor import NetworkEditor
from nnviz.ui.fields import ENTER, NumberField
from nnviz.ui.theme import grown

NARROWEST = 96
NO_PLAIN_KEY = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
_OPENINGS = count(1)


class Panel(QFrame):
    """A frame on a view with controls of its own: it keeps their keys and clicks, and is done when the focus goes elsewhere.

    Signals:
        done: it has closed.
    """

    done = Signal()

    def __init__(self, view: QGraphicsView) -> None:
        super().__init__(view.viewport())
        self.view = view
        self.setProperty("bar", True)
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # else a click on one of its buttons gives the focus to the view
        self.is_open = False

    def appear(self) -> None:
        """Show; from now on it is done once the focus is elsewhere. It is made when no other panel is open any more."""
        self.is_open = True
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow_focus)
        self.show()
        self.raise_()

    def commit(self) -> None:
        """Take what was typed and close; what cannot be is told, and stays open to be typed again."""
        raise NotImplementedError

    def cancel(self) -> None:
        """Leave everything as it was before, and close."""
        raise NotImplementedError

    def finish(self) -> None:
        """Close; the focus goes back to where it came from."""
        if not self.is_open:
            return
        self.is_open = False
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.disconnect(self._follow_focus)
        if self.holds(QApplication.focusWidget()):
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.hide()
        self.done.emit()
        self.deleteLater()

    def holds(self, widget: QWidget | None) -> bool:
        """Tell whether a widget is this one or one of its own."""
        return widget is not None and (widget is self or self.isAncestorOf(widget))

    @Slot(QWidget, QWidget)
    def _follow_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        """Be done once the focus is elsewhere, or the window is left."""
        if self.is_open and not self.holds(new):
            self.leave()

    def leave(self) -> None:
        """Take what was typed, as Enter does, but close in any case."""
        self.commit()
        self.finish()

    def event(self, event: QEvent) -> bool:
        """Keep plain keys from being shortcuts of the canvas, and be as large as what is inside."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and not event.modifiers() & NO_PLAIN_KEY:
            event.accept()
            return True
        if event.type() is QEvent.Type.LayoutRequest:
            self.adjustSize()
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        """Be done in another language: what opens next speaks it."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.leave()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes, Escape leaves as it was; no other plain key reaches the canvas."""
        if event.key() in ENTER:
            self.commit()
        elif event.key() == Qt.Key.Key_Escape:
            self.cancel()
        elif event.modifiers() & NO_PLAIN_KEY:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes round inside."""
        stops = [stop for stop in self.findChildren(QWidget) if stop.isVisible() and stop.isEnabled() and _takes_tab(stop)]
        here = QApplication.focusWidget()
        at = stops.index(here) if here in stops else -1
        if stops:
            reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
            stops[(at + (1 if forward else -1)) % len(stops)].setFocus(reason)
        return True


def _takes_tab(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)


class InPlace(Panel):
    """One field over words of a layer's header."""

    def __init__(self, view: QGraphicsView, layer_id: str, field: QLineEdit) -> None:
        super().__init__(view)
        self.layer, self.field = layer_id, field
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(1, 1, 1, 1)
        self.column.setSpacing(0)
        self.column.addWidget(field)
        field.installEventFilter(self)

    def open(self, box: QRect) -> None:
        """Stand over a box of the view and take the keys."""
        self.place(box)
        self.appear()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.field.selectAll()

    def follow(self, network: NetworkSpec) -> bool:
        """Show what an edit from elsewhere made of the layer, unless something was typed; tell whether it is still such a layer."""
        raise NotImplementedError

    def place(self, box: QRect) -> None:
        """Stand over a box of the view, inside of it."""
        wanted = self.sizeHint()
        size = QSize(max(wanted.width(), box.width() + grown(24), grown(NARROWEST)), wanted.height())
        room = self.view.viewport().rect()
        x = max(0, min(box.center().x() - size.width() // 2, room.width() - size.width()))
        y = max(0, min(box.center().y() - size.height() // 2, room.height() - size.height()))
        self.setGeometry(x, y, size.width(), size.height())
        self.setMinimumWidth(size.width())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take Enter and Escape before the field does."""
        if watched is self.field and event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in ENTER:
                self.commit()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.cancel()
                return True
        return False


class NameEditor(InPlace):
    """A layer's name, shown literally."""

    def __init__(self, view: QGraphicsView, editor: NetworkEditor, layer_id: str) -> None:
        field = QLineEdit()
        super().__init__(view, layer_id, field)
        self._editor = editor
        field.setMaxLength(LONGEST_NAME)
        field.setText(editor.document.spec.network.layer(layer_id).name)
        self._before = field.text()
        field.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        field.setAccessibleName(self.tr("Name of the layer"))
        field.setAcceptDrops(False)  # a file that falls here is for the window
        field.setMinimumWidth(field.fontMetrics().horizontalAdvance(self._before) + grown(24))

    def follow(self, network: NetworkSpec) -> bool:
        """Show the name it has now."""
        layer = next((layer for layer in network.layers if layer.id == self.layer), None)
        if layer is not None and not self.field.isModified() and layer.name != self._before:
            self._before = layer.name
            self.field.setText(layer.name)
            self.field.selectAll()
        return layer is not None

    def commit(self) -> None:
        """Rename the layer."""
        name = self.field.text()
        if not self.is_open or name == self._before or self._editor.do(layers.rename(self._editor.document.spec, self.layer, name)):
            self.finish()
        else:
            self.field.selectAll()

    def cancel(self) -> None:
        """Leave the name as it is."""
        self.finish()


class UnitsEditor(InPlace):
    """How many units a layer has. Steps by arrow keys and wheel show at once; all of it is one step to undo."""

    def __init__(self, view: QGraphicsView, editor: NetworkEditor, layer_id: str) -> None:
        layer = editor.document.spec.network.layer(layer_id)
        assert isinstance(layer, Weighted)
        name = self.tr("Units of {layer}").format(layer=layer.name)
        field = NumberField(Parameter("units", layer.units, 1, MAX_UNITS), name=name, integer=True)
        super().__init__(view, layer_id, field)
        self.number = field
        self._editor, self._key = editor, f"units in place {next(_OPENINGS)}"
        self._good, self._before = True, layer.units
        self.column.addWidget(field.note)
        field.value_committed.connect(self._take)

    def type_over(self, text: str) -> None:
        """Begin with what was typed already."""
        type_over(self.number, text)

    def follow(self, network: NetworkSpec) -> bool:
        """Show the number it has now."""
        layer = next((layer for layer in network.layers if layer.id == self.layer), None)
        if not isinstance(layer, Weighted):
            return False
        if layer.units != self.number.value():
            self.number.set_value(layer.units)
            if not self.number.isModified():
                self.number.selectAll()
        return True

    @Slot(float)
    def _take(self, value: float) -> None:
        if not self.is_open:  # the field commits when it loses the focus, also where the panel was closed without
            return
        spec = self._editor.document.spec
        self._good = self._editor.do(layers.set_units(spec, self.layer, round(value), self._key))
        if not self._good:
            now = self._editor.document.spec.network.weighted(self.layer).units
            self.number.set_value(now)

    def commit(self) -> None:
        """Set the number, if it can be read and can be."""
        self._good = True
        if self.is_open:
            commit_number(self.number)
        if self._good and not self.number.property("refused"):
            self.finish()
        else:
            self.number.selectAll()

    def cancel(self) -> None:
        """Put back what was there."""
        self.number.restore()
        self.finish()
        spec = self._editor.spec
        if self.follow(spec.network):
            self._editor.take_back(self._key, layers.set_units(spec, self.layer, self._before, f"{self._key} back"))


def commit_number(field: NumberField) -> None:
    """Let a number field take what was typed, as Enter does."""
    field.keyPressEvent(QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier))


def type_over(field: QLineEdit, text: str) -> None:
    """Put what was typed in place of what a field shows; the next key goes on from there."""
    field.selectAll()
    field.insert(text)
    # A number field that gets the focus selects all of its text a moment later, which would be typed over.
    QTimer.singleShot(0, field, field.deselect)
