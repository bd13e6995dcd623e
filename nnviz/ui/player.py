"""Plays passes: one recorded pass stage by stage, or each real training step in slow motion."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Slot

from nnviz.app.document import Document, RunState
from nnviz.app.frame import Frame
from nnviz.app.worker import PLAYED_SPEED
from nnviz.engine.network_spec import Dense
from nnviz.engine.trace import Trace
from nnviz.explain.card import Card, card, edge_card, pass_card
from nnviz.explain.picture import picture
from nnviz.explain.stages import Stage
from nnviz.ui.canvas.canvas import Canvas
from nnviz.ui.canvas.transport import Transport
from nnviz.ui.panels.formula_card import FormulaCard
from nnviz.ui.part_names import INPUT
from nnviz.ui.selection import NETWORK, Selection

STAGE_SECONDS = 1.2  # at speed 1
PULSE_SECONDS = 0.5
ANIMATED_SHARE = 0.8  # of a stage's time is motion, the rest is for reading


class Player(QObject):
    """Shows the document's pass on the canvas, the transport bar and the formula card, and moves it on."""

    def __init__(self, document: Document, canvas: Canvas, transport: Transport, card_view: FormulaCard) -> None:
        super().__init__(canvas)
        self._document, self._canvas, self._transport, self._card = document, canvas, transport, card_view
        self._speed: float | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._advance)
        self.set_pace(1.0)
        stepper = document.stepper
        stepper.pass_changed.connect(self._show_pass)
        stepper.stage_changed.connect(self._show_stage)
        document.frame_changed.connect(self._play_frame)
        canvas.selection_changed.connect(self._show_card)
        canvas.hovered.connect(self._mark)
        card_view.token_hovered.connect(self._point_at)
        transport.stage_requested.connect(stepper.go_to)
        transport.play_toggled.connect(self.set_playing)
        transport.speed_changed.connect(self.set_pace)
        transport.apply_requested.connect(document.apply_pass)
        transport.discard_requested.connect(document.discard_pass)

    # -- controls -----------------------------------------------------------------------------------------------

    @Slot()
    def toggle_stepping(self) -> None:
        """Record a pass and show its first stage, or leave it."""
        if self._document.state is RunState.STEPPING:
            self._document.discard_pass()
        else:
            self._document.step_through()

    @Slot()
    def step_batch(self) -> None:
        """Step through a pass of the next mini-batch, also from the middle of another pass."""
        self._document.step_through(batch=True)

    @Slot()
    def toggle(self) -> None:
        """What Space does: play or stop the pass while stepping, else train or pause."""
        if self._document.state is RunState.STEPPING:
            self.toggle_play()
        else:
            self.toggle_training()

    @Slot()
    def toggle_training(self) -> None:
        """Train, or pause when training."""
        if self._document.state is RunState.TRAINING:
            self._document.pause()
        else:
            self._document.train()

    @Slot()
    def toggle_play(self) -> None:
        """Play the stages one after the other, or stop."""
        self.set_playing(not self._timer.isActive())

    @Slot(bool)
    def set_playing(self, playing: bool) -> None:
        """Play or stop; at its end the pass begins again."""
        if playing and self._document.stepper.trace is not None:
            stepper = self._document.stepper
            if stepper.index == len(stepper.stages) - 1:
                stepper.go_to(0)
            self._timer.start()
            self._animate()
        else:
            self._timer.stop()
        self._transport.set_playing(self._timer.isActive())

    @Slot()
    def next_stage(self) -> None:
        """One stage forward."""
        self._go(self._document.stepper.index + 1)

    @Slot()
    def previous_stage(self) -> None:
        """One stage back."""
        self._go(self._document.stepper.index - 1)

    @Slot()
    def next_layer(self) -> None:
        """On to the first stage of another layer."""
        self._go(self._other_layer(1))

    @Slot()
    def previous_layer(self) -> None:
        """Back to the stage of another layer."""
        self._go(self._other_layer(-1))

    @Slot()
    def first_stage(self) -> None:
        """Back to the input."""
        self._go(0)

    @Slot()
    def last_stage(self) -> None:
        """On to the end of the pass."""
        self._go(len(self._document.stepper.stages) - 1)

    def set_speed(self, steps_per_second: float | None) -> None:
        """Train at this speed; slow steps are played as passes, at full speed nothing is."""
        self._speed = steps_per_second
        self._document.host.set_speed.emit(steps_per_second or 0.0)

    def _go(self, index: int) -> None:
        self.set_playing(False)
        self._document.stepper.go_to(index)
        self._animate()

    def _other_layer(self, direction: int) -> int:
        stepper = self._document.stepper
        index = stepper.index
        here = stepper.stages[index] if stepper.stages else None
        while here is not None and 0 <= index < len(stepper.stages):
            if (stepper.stages[index].layer, stepper.stages[index].phase) != (here.layer, here.phase):
                break
            index += direction
        return index

    # -- showing ------------------------------------------------------------------------------------------------

    @Slot()
    def _advance(self) -> None:
        stepper = self._document.stepper
        if stepper.index >= len(stepper.stages) - 1:
            self.set_playing(False)
            return
        stepper.go_to(stepper.index + 1)
        self._animate()

    @Slot(float)
    def set_pace(self, speed: float) -> None:
        """Play the stages this many times as fast."""
        self._timer.setInterval(round(1000 * STAGE_SECONDS / speed))

    def _animate(self) -> None:
        """Let the stage's signals travel."""
        shown, stage = self._document.stepper.trace, self._document.stepper.stage
        if shown is not None and stage is not None:
            self._canvas.animate_stage(picture(shown, stage), ANIMATED_SHARE * self._timer.interval() / 1000)

    @Slot(object)
    def _show_pass(self, shown: Trace | None) -> None:
        self._transport.setVisible(shown is not None)
        self._card.setVisible(shown is not None)
        if shown is None:
            self.set_playing(False)
            self._canvas.show_pass(None)
        else:
            self._transport.show_stages(self._document.stepper.stages)

    @Slot(object)
    def _show_stage(self, stage: Stage | None) -> None:
        shown = self._document.stepper.trace
        if stage is not None and shown is not None:
            self._transport.show_index(stage.index)
            self._canvas.show_pass(picture(shown, stage))
            self._show_card(self._canvas.selection)

    @Slot(object)
    def _show_card(self, selection: Selection) -> None:
        shown, stage = self._document.stepper.trace, self._document.stepper.stage
        if shown is not None and stage is not None:
            theme = self._canvas.sheet.inks.theme
            self._card.show_card(_card(shown, stage, selection, theme.digits, theme.decimal_comma), stage)

    @Slot(object)
    def _mark(self, pointed: Selection) -> None:
        """Mark on the card what the pointer is on in the canvas."""
        shown = self._document.stepper.trace
        if shown is not None:
            self._card.mark(_place(shown, pointed))

    @Slot(object)
    def _point_at(self, place: tuple[str, int] | tuple[str, int, int] | None) -> None:
        """Light on the canvas what the pointer is on in the card."""
        shown = self._document.stepper.trace
        if shown is not None:
            self._canvas.highlight(_selection(shown, place))

    @Slot(object)
    def _play_frame(self, frame: Frame) -> None:
        if self._document.state is not RunState.TRAINING or not self._speed:
            return
        if frame.played is not None:
            self._canvas.play_pass(frame.played, 1 / self._speed)
        elif self._speed > PLAYED_SPEED:
            self._canvas.pulse(PULSE_SECONDS)


def _card(shown: Trace, stage: Stage, selection: Selection, digits: int, comma: bool) -> Card:
    """Return the card of what is selected; with no neuron or edge selected, of what the stage itself shows in full."""
    place = _place(shown, selection) or (stage.shown[:2] if stage.shown is not None else None)
    if place is None:
        return pass_card(shown, stage, digits=digits, comma=comma)
    if len(place) == 2:
        return card(shown, stage, *place, digits=digits, comma=comma)
    return edge_card(shown, stage, *place, digits=digits, comma=comma)


def _place(shown: Trace, selection: Selection) -> tuple[str, int] | tuple[str, int, int] | None:
    """Return where a selected neuron or edge stands in the network: layer, unit, and source of an edge.

    None for what the pass does not have: it may have been recorded before an edit that the selection comes after. None too
    for what has no neurons with sums of their own, such as the filters of a convolution.
    """
    network = shown.spec.network
    if selection.kind not in ("neuron", "edge"):
        return None
    neurons, sources = network.input.names, network.input.names[:0]  # the input has none
    if selection.layer != INPUT:
        index = next((index for index, layer in enumerate(network.layers) if layer.id == selection.layer), None)
        layer = None if index is None else network.layers[index]
        if index is None or not isinstance(layer, Dense):
            return None
        neurons, sources = layer.neurons, network.sources(index)
    if selection.neuron not in neurons:
        return None
    unit = neurons.index(selection.neuron)
    if selection.kind == "neuron":
        return selection.layer, unit
    return (selection.layer, unit, sources.index(selection.source)) if selection.source in sources else None


def _selection(shown: Trace, place: tuple[str, int] | tuple[str, int, int] | None) -> Selection:
    """Return the selection of a neuron or edge that stands at this place; of a layer without neurons, the layer."""
    if place is None:
        return NETWORK
    network, name = shown.spec.network, place[0]
    if name == INPUT:
        return Selection("neuron", name, network.input.names[place[1]])
    layer = network.layer(name)
    if not isinstance(layer, Dense):
        return Selection("layer", name)
    if len(place) == 2:
        return Selection("neuron", name, layer.neurons[place[1]])
    return Selection("edge", name, layer.neurons[place[1]], network.sources(network.index(name))[place[2]])
