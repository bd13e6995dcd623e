"""Everything by hand on the canvas: buttons of headers, the + of gaps, drags, and typing names, units and values in place.

It asks the editor for edits and says beside the pointer why one cannot be. The canvas knows nothing of it: it listens to the
canvas's events before canvas and navigator do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent, QWheelEvent

from nnviz.app.document import RunState
from nnviz.engine.spec import Weighted
from nnviz.ui.canvas.canvas import Canvas
from nnviz.ui.canvas.dragging import BoxDrag, Drag, HeaderDrag, UnitsHold, change_units
from nnviz.ui.canvas.gap_menu import GapMenu
from nnviz.ui.canvas.hint import Hint
from nnviz.ui.canvas.hits import Hit
from nnviz.ui.canvas.in_place import InPlace, NameEditor, Panel, UnitsEditor
from nnviz.ui.canvas.keying import HandKeys
from nnviz.ui.canvas.marks import HandsItem, Marks
from nnviz.ui.canvas.spots import spot_of, title_of, units_of
from nnviz.ui.canvas.value_editor import ValueEditor
from nnviz.ui.editing import layers, parts
from nnviz.ui.editing.conditions import are_pruned
from nnviz.ui.editing.editor import NetworkEditor
from nnviz.ui.existing import existing
from nnviz.ui.fields import WHEEL_NOTCH
from nnviz.ui.part_names import INPUT
from nnviz.ui.selection import NETWORK, Selection

TURNED = ("units", "minus", "plus")
MANY = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
_TURNS = count(1)


@dataclass(frozen=True, slots=True)
class Turn:
    """Units that are counted by the wheel: of which layer, where the pointer stands, under which name, and what is left of a notch."""

    layer: str
    at: QPointF
    key: str
    rest: int = 0


class Hands(QObject):
    """Lets a network be edited on its canvas.

    Signals:
        menu_asked: the `Selection` whose menu is asked for, and where on the screen.
    """

    menu_asked = Signal(object, QPoint)

    def __init__(self, canvas: Canvas, editor: NetworkEditor) -> None:
        super().__init__(canvas)
        self._canvas, self._editor = canvas, editor
        self._viewport = canvas.viewport()  # kept: a canvas that is being destroyed can no longer be asked for it
        self._item = HandsItem(canvas.sheet)
        canvas.scene().addItem(self._item)
        self.hint = Hint(self._viewport)
        self.panel: Panel | None = None
        self._pointer_at: QPoint | None = None
        self._turn: Turn | None = None
        self._start = editor.document.started
        self._seen, self._laid_out = canvas.viewportTransform(), editor.document.spec
        canvas.pointer.begin = self.begin
        canvas.pointer.pointed.connect(self._point)
        canvas.pointer.doubled.connect(self._double)
        canvas.selection_changed.connect(self._follow_selection)
        canvas.navigator.moved.connect(self._follow_view)
        editor.refused.connect(self._refuse)
        editor.rename_asked.connect(self.rename)
        editor.units_asked.connect(self.count_units)
        editor.value_asked.connect(self.set_value)
        editor.document.spec_changed.connect(self._follow_spec)
        editor.document.state_changed.connect(self._follow_state)
        self._viewport.installEventFilter(self)  # after the navigator, so that the wheel is seen here first
        self._keys = HandKeys(canvas, editor, self)

    # -- typing in place ----------------------------------------------------------------------------------------

    @Slot(str)
    def rename(self, layer_id: str) -> None:
        """Let a layer's name be typed over its title."""
        self.close()
        box = title_of(self._canvas, self._canvas.sheet, layer_id)
        if layer_id != INPUT and box is not None:
            made = NameEditor(self._canvas, self._editor, layer_id)
            self._hold(made)
            made.open(box)

    @Slot(str)
    def count_units(self, layer_id: str) -> UnitsEditor | None:
        """Let a layer's number of units be typed over its size."""
        self.close()
        network, box = self._editor.document.spec.network, units_of(self._canvas, self._canvas.sheet, layer_id)
        if layer_id == INPUT or box is None:
            return None
        if not isinstance(network.layer(layer_id), Weighted):
            self._refuse(self._editor.reason(layers.set_units(self._editor.document.spec, layer_id, 1)))
            return None
        made = UnitsEditor(self._canvas, self._editor, layer_id)
        self._hold(made)
        made.open(box)
        return made

    @Slot(object)
    def set_value(self, selection: Selection) -> ValueEditor | None:
        """Let a weight or bias be set beside its edge or neuron; what has none is told."""
        self.close()
        spec = self._editor.document.spec
        if existing(spec.network, selection) != selection:  # what was open took it away
            return None
        reason = self._editor.reason(parts.set_value(spec, selection, 0.0))
        if reason and not any(are_pruned(spec.network, selection.each)):
            self._refuse(reason)
            return None
        if selection != self._canvas.selection:
            self._canvas.select(selection)
        made = ValueEditor(self._canvas, self._editor, selection)
        self._hold(made)
        made.place(self._canvas.sheet)
        made.open()
        return made

    def _hold(self, panel: Panel) -> None:
        """Have this panel until it is done; the one before it is closed."""
        self.hint.hide()
        self._canvas.highlight(NETWORK)  # its card would lie under the panel
        self.panel, self._start = panel, self._editor.document.started
        panel.done.connect(self._forget_panel)

    def close(self) -> None:
        """Close what is open, as going elsewhere does; what was typed for another document is let go."""
        if self.panel is None:
            return
        if self._editor.document.started is self._start:
            self.panel.leave()
        else:
            self.panel.cancel()

    @Slot()
    def _forget_panel(self) -> None:
        if self.sender() is self.panel:
            self.panel = None

    # -- what a press begins ------------------------------------------------------------------------------------

    def begin(self, found: Hit, event: QMouseEvent) -> Drag | None:
        """Return the drag that a press begins; what acts at once is done, and needs none."""
        at, layer = event.position(), found.layer
        self._pointer_at = at.toPoint()
        self.hint.hide()
        if found.gap is not None:
            GapMenu(self._canvas, self._editor, found.gap).popup(event.globalPosition().toPoint())
        elif found.part in ("minus", "plus"):
            return UnitsHold(self._editor, layer, 1 if found.part == "plus" else -1)
        elif found.part == "lock":
            frozen = self._editor.document.spec.network.layer(layer).frozen
            self._editor.do(layers.set_frozen(self._editor.document.spec, [layer], not frozen))
        elif found.part == "more":
            self.menu_asked.emit(Selection("layer", layer), event.globalPosition().toPoint())
        elif found.selection.kind == "layer" and found.part != "fold":
            if found.selection.layer != INPUT and not event.modifiers() & MANY:
                return HeaderDrag(self._canvas, self._item, self._editor, self.hint, found.selection.layer, at)
        elif found.sample is None and found.selection.kind in ("network", "edge"):
            adds = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            return BoxDrag(self._canvas, self._item, self._canvas.select, at, adds=adds)
        return None

    @Slot(object)
    def _double(self, found: Hit) -> None:
        """Open what can be typed where it stands."""
        if found.selection.kind in ("neuron", "edge"):
            self.set_value(found.selection)
        elif found.part == "title":
            self.rename(found.layer)
        elif found.part == "units":
            self.count_units(found.layer)

    # -- hovering -----------------------------------------------------------------------------------------------

    @Slot(object, QPointF)
    def _point(self, found: Hit, at: QPointF) -> None:
        """Show the buttons of the header under the pointer, and why one of them would be refused."""
        marks, here = self._item.marks, at.toPoint()
        left = at.x() < 0
        self._pointer_at = None if left else here
        if self._turn is not None and at != self._turn.at:
            self._turn = None
        before = (marks.hot, marks.headers)
        marks.hot = found
        self._show_headers()
        reason = marks.refusals.get((found.layer, found.part), "") if found.part else ""
        if reason and not left:
            if self.hint.text() != reason or not self.hint.isVisible():
                self.hint.say(reason, here)
        else:
            self.hint.pass_by(here)
        if before != (marks.hot, marks.headers):
            self._viewport.update()

    def _show_headers(self) -> None:
        """Show the buttons of the header under the pointer and of the selected layer; judge what they would do."""
        marks, selection = self._item.marks, self._canvas.selection
        hot = marks.hot.layer if marks.hot.selection.kind == "layer" else ""
        wanted = tuple(layer for layer in dict.fromkeys((hot, selection.layer)) if layer not in ("", INPUT))
        if wanted != marks.headers:
            marks.headers, marks.refusals = wanted, self._judged(wanted)

    def _judged(self, ids: tuple[str, ...]) -> dict[tuple[str, str], str]:
        """Return why buttons of these headers would be refused, those that would."""
        spec = self._editor.document.spec
        found: dict[tuple[str, str], str] = {}
        for layer in spec.network.layers:
            if layer.id not in ids:
                continue
            proposals = {"lock": layers.set_frozen(spec, [layer.id], not layer.frozen)}
            if isinstance(layer, Weighted):
                proposals |= {"minus": layers.set_units(spec, layer.id, layer.units - 1)}
                proposals |= {"plus": layers.set_units(spec, layer.id, layer.units + 1)}
            found |= {(layer.id, part): self._editor.reason(proposal) for part, proposal in proposals.items()}
        return {place: reason for place, reason in found.items() if reason}

    # -- following ----------------------------------------------------------------------------------------------

    @Slot(object)
    def _follow_selection(self, selection: Selection) -> None:
        """Close a value editor whose part is no longer selected."""
        if isinstance(self.panel, ValueEditor) and self.panel.selection != selection:
            self.close()
        self._show_headers()
        self._viewport.update()

    @Slot()
    def _follow_view(self) -> None:
        """Close what is open when the view moves; where an edit moved things, `_follow_spec` takes it along."""
        moved = self._canvas.viewportTransform() != self._seen
        self._seen = self._canvas.viewportTransform()
        if moved and self._canvas.sheet.spec is self._laid_out:
            self.close()

    @Slot()
    def _follow_spec(self) -> None:
        """Take along what is open, and judge anew."""
        self._laid_out = self._editor.document.spec
        if self._editor.document.started is not self._start:
            self.close()
        self._item.prepareGeometryChange()
        self._item.marks.headers = ()
        hot = self._item.marks.hot
        if hot.layer and hot.layer not in self._known():
            self._item.marks.hot = Hit()
        self._show_headers()
        self._place_panel()
        self._viewport.update()

    @Slot(object)
    def _follow_state(self, state: RunState) -> None:
        """Close what is open when another document is opened, or the run begins again."""
        if state is RunState.LOADING:
            self.close()

    def _place_panel(self) -> None:
        """Let what is open stand where its part stands now; without its part it closes."""
        panel, sheet = self.panel, self._canvas.sheet
        if isinstance(panel, ValueEditor):
            panel.place(sheet)
        elif isinstance(panel, InPlace):
            box = (units_of if isinstance(panel, UnitsEditor) else title_of)(self._canvas, sheet, panel.layer)
            if box is None or not panel.follow(self._editor.document.spec.network):
                panel.finish()
            else:
                panel.place(box)

    def _known(self) -> set[str]:
        return {INPUT, *(layer.id for layer in self._editor.document.spec.network.layers)}

    @Slot(str)
    def _refuse(self, reason: str) -> None:
        """Say why something was not done: at the pointer, or at what is selected when a key asked for it."""
        at = self._pointer_at
        if at is None:
            at = spot_of(self._canvas, self._canvas.sheet, self._canvas.selection).center()
        self.hint.say(reason, at)

    @property
    def marks(self) -> Marks:
        """What is shown of it at present."""
        return self._item.marks

    def come_by_key(self) -> None:
        """Note that what comes was asked for by a key: what is said of it stands at what is selected."""
        self._pointer_at = None

    # -- wheel --------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Count units by the wheel over a header; close what is open when the room changes."""
        if watched is not self._viewport:
            return False
        if event.type() is QEvent.Type.Resize:
            self.close()
        if event.type() is QEvent.Type.ContextMenu:
            return self._canvas.pointer.has_cancelled
        return isinstance(event, QWheelEvent) and self._count(event)

    def _count(self, event: QWheelEvent) -> bool:
        """Give a layer more or fewer units; as long as the pointer stays, it is the same layer, and one step to undo."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return False
        at = event.position()
        if self._turn is None or at != self._turn.at:
            found = self._canvas.pointer.hit(at)
            self._turn = Turn(found.layer, at, f"units turned {next(_TURNS)}") if found.part in TURNED else None
        if self._turn is None:
            return False
        self._pointer_at = at.toPoint()
        turned = self._turn.rest + event.angleDelta().y()
        notches = int(turned / WHEEL_NOTCH)
        self._turn = replace(self._turn, rest=turned - notches * WHEEL_NOTCH)
        if notches:
            change_units(self._editor, self._turn.layer, notches, self._turn.key)
        return True
