"""Frames of a headless run, for the plots that show its course: one an epoch at first, thinned out as the run goes on."""

from __future__ import annotations

from nnviz.app.frame import Frame, Wanted
from nnviz.app.framing import Planes, make_frame
from nnviz.data.prepare import Prepared
from nnviz.engine.trainer import Trainer

MOST_FRAMES = 512
MOST_NUMBERS = 8_000_000


class Recording:
    """Keeps a bounded number of frames, evenly spaced over the epochs."""

    def __init__(self, data: Prepared) -> None:
        self.frames: list[Frame] = []
        self._data, self._stride, self._next = data, 1, 0

    def note(self, trainer: Trainer) -> None:
        """Take a frame if the run has reached the next epoch that is kept."""
        if trainer.epoch < self._next:
            return
        self.frames.append(make_frame(trainer, self._data, Planes(None, None), 0, Wanted(), 0))
        if len(self.frames) >= max(4, min(MOST_FRAMES, MOST_NUMBERS // trainer.network.parameters.size)):
            self.frames = self.frames[::2]
            self._stride *= 2
        self._next = self.frames[-1].epoch + self._stride
