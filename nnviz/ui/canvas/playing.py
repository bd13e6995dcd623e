"""Plays passes on the canvas: one stage standing or travelling, a whole training step, or a wave through the network."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from nnviz.app.frame import Frame
from nnviz.engine.network_spec import Dense
from nnviz.engine.trace import Trace
from nnviz.explain.picture import Picture, picture
from nnviz.explain.stages import stages
from nnviz.ui.canvas.lighting import light
from nnviz.ui.canvas.motion import Motion
from nnviz.ui.canvas.overlay import OverlayItem
from nnviz.ui.canvas.sheet import Sheet

PLAYED = ("z", "a", "delta", "back", "new")
READABLE = 0.6  # seconds a beat must last for its numbers on edges to be read


class Player(QObject):
    """Decides what is lit, and moves it.

    Signals:
        lit: other things are lit than before.
        moved: what is lit has moved.
        played: what was played has come to its end; not sent when something else takes its place.
    """

    lit = Signal()
    moved = Signal()
    played = Signal()

    def __init__(self, sheet: Sheet, overlay: OverlayItem, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sheet, self._overlay = sheet, overlay
        self._standing: Picture | None = None
        self._beats: tuple[Picture, ...] = ()
        self._shown: Picture | None = None
        self._numbers = True
        self.motion = Motion(self)
        self.motion.beat_changed.connect(self._show_beat)
        self.motion.moved.connect(self._move)
        self.motion.finished.connect(self._finish)

    @property
    def running(self) -> bool:
        """Whether something travels now."""
        return self.motion.running

    @property
    def reduce_motion(self) -> bool:
        """Whether travel is turned into steps."""
        return self.motion.reduced

    @reduce_motion.setter
    def reduce_motion(self, reduced: bool) -> None:
        self.motion.reduced = reduced

    def show(self, standing: Picture | None) -> None:
        """Show one stage, standing still; None goes back to the run."""
        self.motion.stop()
        self._standing, self._beats = standing, ()
        self._light(standing, numbers=True)

    def animate(self, standing: Picture, seconds: float) -> None:
        """Show one stage and let its signals travel once."""
        self.show(standing)
        self.motion.play(1, seconds)

    def play(self, trace: Trace, seconds: float) -> None:
        """Play a training step: forward, backward, new weights; then show the run again."""
        self.show(None)
        self._beats = pass_pictures(trace)
        self._numbers = seconds >= READABLE * len(self._beats)
        self.motion.play(len(self._beats), seconds)

    def pulse(self, seconds: float) -> None:
        """Let one wave of the newest activations run through the network, without dimming anything.

        One at a time, and none with reduced motion: the values change in steps as it is.
        """
        if self.motion.reduced or self._sheet.light is not None or self.motion.running or not self._sheet.layer_frames():
            return
        self._make_waves()
        self.motion.play(len(self._overlay.waves), seconds)

    def refresh(self) -> None:
        """Light anew what is shown, after the layout, the values or the selection changed."""
        if self._shown is not None:
            self._sheet.light = light(self._sheet, self._shown, numbers=self._numbers)
        elif self._overlay.waves and self._sheet.layer_frames():
            self._make_waves()
        elif self._overlay.waves:
            self.motion.stop()
            self._overlay.waves, self._overlay.progress = (), None

    def _make_waves(self) -> None:
        pictures = wave_pictures(self._sheet.frame) if self._sheet.frame is not None else ()
        self._overlay.waves = tuple(light(self._sheet, each, numbers=False) for each in pictures)

    def _light(self, shown: Picture | None, *, numbers: bool) -> None:
        changed = (shown is None) != (self._sheet.light is None)
        self._shown, self._numbers = shown, numbers
        self._sheet.light = light(self._sheet, shown, numbers=numbers) if shown is not None else None
        self._overlay.waves, self._overlay.progress = (), None
        if changed:
            self._sheet.plan_edges()
        self._sheet.version += 1
        self.lit.emit()

    @Slot(int)
    def _show_beat(self, beat: int) -> None:
        if self._overlay.waves:
            self._overlay.wave = beat
        elif beat < len(self._beats):
            self._light(self._beats[beat], numbers=self._numbers)

    @Slot(float)
    def _move(self, share: float) -> None:
        self._overlay.progress = share
        self.moved.emit()

    @Slot()
    def _finish(self) -> None:
        self._overlay.waves, self._overlay.progress = (), None
        if self._beats:
            self._beats = ()
            self._light(None, numbers=True)
        self.moved.emit()
        self.played.emit()


def pass_pictures(trace: Trace) -> tuple[Picture, ...]:
    """Return the beats of a played training step, out of the stages of its pass."""
    return tuple(picture(trace, stage) for stage in stages(trace) if stage.quantity in PLAYED)


def wave_pictures(frame: Frame) -> tuple[Picture, ...]:
    """Return the beats of one wave of a frame's activations: of each layer in turn the terms w·a, where there are such."""
    sources, found = frame.probe.inputs, []
    for spec, layer in zip(frame.spec.network.layers, frame.layers, strict=True):
        with np.errstate(invalid="ignore", over="ignore"):
            terms = {layer.id: layer.weights * sources} if isinstance(spec, Dense) else {}
        found.append(
            Picture(
                edge_values=terms,
                edge_kind={layer.id: "term"},
                lit_edges=frozenset({layer.id}),
                direction=1,
            )
        )
        sources = layer.activations
    return tuple(found)
