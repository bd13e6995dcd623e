"""How a weight has come to be what it is: the parameters of earlier frames, kept so that any one of them can be followed.

Frames are frozen, so keeping one is keeping a reference. What is kept is bounded: where there is too much of it, every
second one goes and from then on only every second comes; the first and the newest stay.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.app.frame import Frame
from nnviz.engine.network import views
from nnviz.engine.network_spec import BatchNorm, NetworkSpec, Weighted
from nnviz.engine.patch import BIAS

Array = NDArray[Any]
MOST, MOST_BYTES = 256, 32_000_000


@dataclass(frozen=True, slots=True)
class Moment:
    """The parameters at one step, and the network they belong to."""

    step: int
    network: NetworkSpec
    parameters: Array


class Past:
    """The moments of one run, the first to the newest, of every step at most one."""

    def __init__(self, most: int = MOST, most_bytes: int = MOST_BYTES) -> None:
        """Keep so many moments, of so many bytes together; the newest does not count, for it is shown anyway."""
        self._most, self._most_bytes = most, most_bytes
        self._kept: list[Moment] = []
        self._newest: Moment | None = None
        self._stride, self._waiting = 1, 0

    def clear(self) -> None:
        """Forget all: another run begins."""
        self._kept, self._newest = [], None
        self._stride, self._waiting = 1, 0

    def add(self, frame: Frame) -> None:
        """Keep what a frame shows; one of an earlier step than the newest takes the place of all that came after it."""
        moment = Moment(frame.step, frame.spec.network, frame.parameters)
        self._kept = [kept for kept in self._kept if kept.step < moment.step] if self._lies_back(moment.step) else self._kept
        before, self._newest = self._newest, moment
        if before is not None and before.step < moment.step:
            self._waiting += 1
            if self._waiting >= self._stride or not self._kept:
                self._kept.append(before)
                self._waiting = 0
                self._thin()

    def _lies_back(self, step: int) -> bool:
        """Tell whether a step was already passed, then what waits to be kept is no more."""
        return bool(self._kept) and self._kept[-1].step >= step

    def _thin(self) -> None:
        while len(self._kept) > self._most - 1 or sum(kept.parameters.nbytes for kept in self._kept) > self._most_bytes:
            if len(self._kept) == 1:  # even one is too much
                self._kept = []
                return
            self._kept = self._kept[::2]
            self._stride *= 2

    @property
    def moments(self) -> tuple[Moment, ...]:
        """What is kept, the oldest first."""
        return (*self._kept, *([self._newest] if self._newest is not None else []))

    def weight(self, layer: str, neuron: str, source: str) -> tuple[Array, Array]:
        """Return the steps at which the run had a weight, or with the source `BIAS` a bias, and what it was, shapes (moments,)."""
        steps, values = list[int](), list[float]()
        network, place = None, -1
        for moment in self.moments:
            if moment.network is not network:
                network, place = moment.network, _place(moment.network, layer, neuron, source)
            if place >= 0:
                steps.append(moment.step)
                values.append(float(moment.parameters[place]))
        return np.array(steps, dtype=np.int64), np.array(values)


def _place(network: NetworkSpec, layer_id: str, neuron: str, source: str) -> int:
    """Return where in the flat vector a number of a layer stands, −1 where the network does not have it."""
    index = next((index for index, layer in enumerate(network.layers) if layer.id == layer_id), -1)
    if index < 0 or neuron not in network.rows(index):
        return -1
    layer, row, sources = network.layers[index], network.rows(index).index(neuron), network.sources(index)
    places = views(network, np.arange(network.weights))[index]  # of a vector whose numbers say where they stand
    if source == BIAS:
        has_bias = isinstance(layer, BatchNorm) or (isinstance(layer, Weighted) and layer.use_bias)
        return int(places.bias[row]) if has_bias else -1
    return int(places.weights[row, sources.index(source)]) if source in sources else -1
