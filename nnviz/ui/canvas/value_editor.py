"""A weight or bias set by hand, beside its edge or neuron: a field, a slider, − and +, and prune or lesion.

What is set shows at once on the canvas and in the run. All of it is one step to undo: Enter or going elsewhere keeps it,
Escape puts back what was there.
"""

from __future__ import annotations

import math
from itertools import count

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QPoint, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGraphicsView, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout

from nnviz.app.frame import SETTLING, Frame
from nnviz.engine.patch import BIAS, read, single
from nnviz.engine.table import Parameter
from nnviz.ui.canvas.beside import beside
from nnviz.ui.canvas.edges import largest
from nnviz.ui.canvas.in_place import Panel, commit_number, type_over
from nnviz.ui.canvas.sheet import Sheet
from nnviz.ui.canvas.spots import drawn_in, parts_around
from nnviz.ui.decades import stepped
from nnviz.ui.editing import parts
from nnviz.ui.editing.conditions import are_lesioned, are_pruned
from nnviz.ui.editing.editor import NetworkEditor
from nnviz.ui.editing.proposal import Proposal
from nnviz.ui.existing import existing
from nnviz.ui.fields import ENTER
from nnviz.ui.form import ElidedLabel
from nnviz.ui.part_names import INPUT, part_name
from nnviz.ui.selection import Selection
from nnviz.ui.slider import Scale, SliderField
from nnviz.ui.theme import grown
from nnviz.ui.tips import set_tip
from nnviz.ui.value_scale import value_scale

VALUE = Parameter("value", 0.0)
PACE = 16  # milliseconds between two values of a drag
WIDTH, MARGIN, SPACING = 232, 8, 4
_OPENINGS = count(1)


class ValueEditor(Panel):
    """Sets one number, or all numbers of several parts to the same one."""

    def __init__(self, view: QGraphicsView, editor: NetworkEditor, selection: Selection) -> None:
        """Be about a selection that has a value; `place` and `open` show it."""
        super().__init__(view)
        self.selection = selection
        self._editor, self._document = editor, editor.document
        self._key = f"value {next(_OPENINGS)}"
        self._wanted: float | None = None
        self._before: tuple[tuple[Selection, float], ...] = ()
        self._since = QElapsedTimer()
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setInterval(PACE)
        self._pace.timeout.connect(self._flush)
        self._make()
        self.slider.value_committed.connect(self._set)
        self.slider.field.installEventFilter(self)
        self._document.frame_changed.connect(self.show_frame)
        self._document.spec_changed.connect(self._show_spec)
        self._show_state()

    def _make(self) -> None:
        network, frame = self._document.spec.network, self._document.frame
        value = value_of(frame, self.selection)
        name = part_name(network, self.selection)
        self.setAccessibleName(self.tr("Value of {part}").format(part=name))
        self.title = ElidedLabel()
        self.title.show_words(name)
        self.slider = SliderField(self._called(), VALUE, scale_of(frame, self.selection, value))
        self._show(value)
        self.minus, self.plus = QToolButton(), QToolButton()
        for button, text, words in ((self.minus, "−", self.tr("One step down")), (self.plus, "+", self.tr("One step up"))):
            button.setText(text)
            button.setAccessibleName(words)
            button.setAutoRepeat(True)
            set_tip(button, words)
        self.minus.clicked.connect(self._step_down)
        self.plus.clicked.connect(self._step_up)
        self.switch = QPushButton()
        self.switch.setAutoDefault(False)
        self.switch.clicked.connect(self._switch)
        column = QVBoxLayout(self)
        edge = grown(MARGIN)
        column.setContentsMargins(edge, edge, edge, edge)
        column.setSpacing(grown(SPACING))
        buttons = QHBoxLayout()
        buttons.setSpacing(grown(SPACING))
        for each in (self.minus, self.plus):
            buttons.addWidget(each)
        buttons.addStretch(1)
        buttons.addWidget(self.switch)
        column.addWidget(self.title)
        column.addWidget(self.slider)
        column.addLayout(buttons)
        self.setFixedWidth(grown(WIDTH))

    def _called(self) -> str:
        """Return what kind of number it is."""
        if len(self.selection.each) > 1:
            return self.tr("All to")
        part = self.selection
        return self.tr("Bias") if part.kind == "neuron" or part.source == BIAS else self.tr("Weight")

    # -- showing ------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Take the keys."""
        self.appear()
        if self.slider.isEnabled():
            self.slider.field.setFocus()
            self.slider.field.selectAll()
        else:
            self.switch.setFocus()

    def place(self, sheet: Sheet) -> None:
        """Stand beside its part, clear of the neurons it belongs to: in the view, or in the window where the view is too small."""
        self.adjustSize()
        viewport, window = self.view.viewport(), self.view.window()
        if self.isHidden() and not viewport.rect().contains(self.rect()):
            self.setParent(window)
        host = viewport if self.parentWidget() is viewport else window
        by = QPoint() if host is viewport else viewport.mapTo(host, QPoint())
        about, keep_free = parts_around(self.view, sheet, self.selection)
        drawn = [box.translated(by) for box in drawn_in(self.view, sheet)]
        self.move(beside(self.size(), about.translated(by), [box.translated(by) for box in keep_free], host.rect(), drawn))

    def type_over(self, text: str) -> None:
        """Begin with what was typed already."""
        type_over(self.slider.field, text)

    @Slot(object)
    def show_frame(self, frame: Frame) -> None:
        """Follow the run, as long as no hand is on the value."""
        settling = self._since.isValid() and not self._since.hasExpired(SETTLING)
        if settling or self._wanted is not None or self.slider.slider.isSliderDown():
            return
        value = value_of(frame, self.selection)
        if math.isfinite(value) and value != self.slider.value():
            self.slider.set_range(VALUE, scale_of(frame, self.selection, value))
            self.slider.set_value(value)

    def _show(self, value: float) -> None:
        """Show a value; NaN, that of a part which no frame knows yet, is shown by the frame that brings it."""
        if math.isfinite(value):
            self.slider.set_value(value)

    @Slot()
    def _show_spec(self) -> None:
        """Follow an edit that was made or undone elsewhere; what is gone needs no editor."""
        if self._is_there():
            self.title.show_words(part_name(self._document.spec.network, self.selection))
            self._show_state()
        else:
            self.finish()

    def _is_there(self) -> bool:
        return existing(self._document.spec.network, self.selection) == self.selection

    def _show_state(self) -> None:
        """Offer what can be done: to set a value, to prune or restore, to lesion or heal."""
        spec = self._document.spec
        reason = self._editor.reason(parts.set_value(spec, self.selection, self.slider.value()))
        for control in (self.slider, self.minus, self.plus):
            control.setEnabled(not reason)
        if reason:
            set_tip(self.slider, reason)
        words, proposal = self._offered()
        found = self._editor.reason(proposal)
        self.switch.setText(words)
        self.switch.setEnabled(not found)
        set_tip(self.switch, found or proposal.title)

    def _offered(self) -> tuple[str, Proposal]:
        """Return what the button is called and what it would do."""
        spec, network = self._document.spec, self._document.spec.network
        if any(part.kind == "neuron" or part.source == BIAS for part in self.selection.each):
            neurons = self.selection
            if neurons.kind == "edge":
                neurons = Selection("neuron", neurons.layer, neurons.neuron)
            silent = all(are_lesioned(network, [part for part in neurons.each if part.kind == "neuron"]))
            return (self.tr("Heal") if silent else self.tr("Lesion")), parts.lesion(spec, neurons, not silent)
        cut = all(are_pruned(network, self.selection.each))
        return (self.tr("Restore") if cut else self.tr("Prune")), parts.prune(spec, self.selection, not cut)

    # -- setting ------------------------------------------------------------------------------------------------

    @Slot(float)
    def _set(self, value: float) -> None:
        """Set a value, at most one a moment: a mouse moves more often than a screen shows."""
        if not self.is_open:  # the field commits when it loses the focus, also where the panel was closed without
            return
        self._wanted = value
        self._since.start()
        if not self._pace.isActive():
            self._flush()

    @Slot()
    def _flush(self) -> None:
        if self._wanted is None:
            return
        value, self._wanted = self._wanted, None
        if not self._is_there():
            return
        self._before = self._before or tuple((part, value_of(self._document.frame, part)) for part in self.selection.each)
        done = self._editor.do(parts.set_value(self._document.spec, self.selection, value, self._key))
        if done:
            self._pace.start()
        else:
            self._show(value_of(self._document.frame, self.selection))

    @Slot()
    def _step_down(self) -> None:
        self._step(-1)

    @Slot()
    def _step_up(self) -> None:
        self._step(1)

    def _step(self, steps: int) -> None:
        value = stepped(self.slider.value(), steps, VALUE)
        self.slider.set_value(value)
        self._set(value)

    @Slot()
    def _switch(self) -> None:
        """Prune or restore, lesion or heal: a step of its own; what is set after it is another one."""
        self._flush()
        self._key, self._before = f"value {next(_OPENINGS)}", ()
        self._editor.do(self._offered()[1])

    def commit(self) -> None:
        """Keep what was set and close; what cannot be read stays open with the reason."""
        if not self.is_open:
            return
        field = self.slider.field
        typed = field.isModified()
        commit_number(field)
        if field.property("refused"):
            field.setFocus()
            return
        if typed and self.selection.kind == "several":  # the shown number is that of the first alone: typed, it is meant for all
            self._set(field.value())
        self._pace.stop()
        self._flush()
        self.finish()

    def cancel(self) -> None:
        """Put back what was there, and close."""
        self.slider.field.restore()
        self._wanted = None
        self.finish()
        if self._is_there():
            self._editor.take_back(self._key, self._back())

    def _back(self) -> Proposal:
        """Return the edit that sets every number to what it was before the first one was set here."""
        spec = self._document.spec
        found = [parts.set_value(spec, part, value) for part, value in self._before if math.isfinite(value)]
        title = self.tr("Put back {part}").format(part=part_name(spec.network, self.selection))
        return Proposal(title, patches=tuple(patch for proposal in found for patch in proposal.patches))

    def finish(self) -> None:
        """Close; a value that waits is set first."""
        if self.is_open:
            self._pace.stop()
            self._flush()
            self._pace.stop()
            self._document.frame_changed.disconnect(self.show_frame)
            self._document.spec_changed.disconnect(self._show_spec)
        super().finish()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002
        """Take Enter and Escape before the field does."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in (*ENTER, Qt.Key.Key_Escape):
            self.keyPressEvent(event)
            return True
        return False


def value_of(frame: Frame | None, selection: Selection) -> float:
    """Return the newest weight of an edge, or bias of a neuron, of several parts the first one's; NaN where it has none."""
    if frame is None:
        return math.nan
    for part in selection.each:
        if part.kind in ("neuron", "edge") and part.layer != INPUT:
            source = part.source if part.kind == "edge" else BIAS
            found = read(frame.spec.network, frame.parameters, single(part.layer, part.neuron, source, 0.0)).values
            return float(found[0, 0]) if found.size else math.nan
    return math.nan


def scale_of(frame: Frame | None, selection: Selection, value: float) -> Scale:
    """Return a slider's scale for a value of what is selected, on which those of the first part's whole layer have room too."""
    part = selection.each[0]
    layer = next((layer for layer in frame.layers if layer.id == part.layer), None) if frame is not None else None
    if layer is None:
        return value_scale(value)
    return value_scale(value, largest(layer.bias if part.kind == "neuron" or part.source == BIAS else layer.weights))


