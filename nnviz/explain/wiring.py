"""Which numbers meet in a layer: what each of its numbers reads and through which weight, and who reads it in turn.

All are told by position: a number by its place in the layer's row of numbers, a weight by row and column of the weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from nnviz.engine.convolution import Pair, margins
from nnviz.engine.network import pruned_places
from nnviz.engine.network_spec import AvgPool2D, Conv2D, Dense, MaxPool2D, NetworkSpec, as_image, weight_shape
from nnviz.engine.samples import Array

Wire = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Grid:
    """Windows that slide over an image: a pixel is told by y·width + x, a window's place and a tap in it likewise."""

    image: Pair
    places: Pair
    channels: int
    window: Pair
    stride: Pair
    margin: Pair

    def taps(self, place: int) -> list[Wire]:
        """Return (tap, pixel) of the window at a place, without what lies in the margin."""
        corner = self._corner(place)
        found = []
        for tap, (row, column) in enumerate(product(*map(range, self.window))):
            y, x = corner[0] + row, corner[1] + column
            if 0 <= y < self.image[0] and 0 <= x < self.image[1]:
                found.append((tap, y * self.image[1] + x))
        return found

    def windows(self, pixel: int) -> list[Wire]:
        """Return (place, tap) of every window that a pixel lies in."""
        at = divmod(pixel, self.image[1])
        found = []
        for tap, offset in enumerate(product(*map(range, self.window))):
            steps = [divmod(at[axis] + self.margin[axis] - offset[axis], self.stride[axis]) for axis in (0, 1)]
            if all(rest == 0 and 0 <= step < count for (step, rest), count in zip(steps, self.places, strict=True)):
                found.append((steps[0][0] * self.places[1] + steps[1][0], tap))
        return sorted(found)

    def _corner(self, place: int) -> Pair:
        down, across = divmod(place, self.places[1])
        return down * self.stride[0] - self.margin[0], across * self.stride[1] - self.margin[1]


def grid(network: NetworkSpec, index: int) -> Grid:
    """Return the windows of a convolution or a pooling."""
    layer, shape = network.layers[index], network.read_shape(index)
    assert isinstance(layer, Conv2D | MaxPool2D | AvgPool2D)
    (height, width, channels), (down, across, _) = as_image(shape), as_image(network.shapes[index])
    sides = margins(shape, layer) if isinstance(layer, Conv2D) else ((0, 0), (0, 0))
    size = layer.kernel if isinstance(layer, Conv2D) else layer.size
    return Grid((height, width), (down, across), channels, size, layer.stride, (sides[0][0], sides[1][0]))


def wires(network: NetworkSpec, index: int, unit: int) -> list[Wire]:
    """Return (column, source) of every weight that a number of a dense layer or a convolution uses; pruned edges are none."""
    layer = network.layers[index]
    if isinstance(layer, Conv2D):
        found, (place, _) = grid(network, index), divmod(unit, layer.units)
        taps, size = found.taps(place), found.window[0] * found.window[1]
        pairs = product(range(found.channels), taps)
        return [(channel * size + tap, pixel * found.channels + channel) for channel, (tap, pixel) in pairs]
    gone = {column for row, column in _pruned(network, index) if row == unit}
    return [(source, source) for source in range(weight_shape(layer, network.read_shape(index))[1]) if source not in gone]


def readers(network: NetworkSpec, index: int, source: int) -> list[Wire]:
    """Return (unit, column) of every number of a dense layer or a convolution that reads a source; pruned edges are none."""
    layer = network.layers[index]
    if isinstance(layer, Conv2D):
        found = grid(network, index)
        pixel, channel = divmod(source, found.channels)
        first = channel * found.window[0] * found.window[1]
        pairs = product(found.windows(pixel), range(layer.units))
        return [(place * layer.units + row, first + tap) for (place, tap), row in pairs]
    gone = {row for row, column in _pruned(network, index) if column == source}
    return [(unit, source) for unit in range(weight_shape(layer, network.read_shape(index))[0]) if unit not in gone]


def meetings(network: NetworkSpec, index: int, row: int, column: int) -> tuple[Array, Array]:
    """Return where a weight is used: the numbers it adds to, and the sources it reads there; of a dense layer, one each."""
    layer = network.layers[index]
    if not isinstance(layer, Conv2D):
        return np.array([row]), np.array([column])
    found = grid(network, index)
    channel, tap = divmod(column, found.window[0] * found.window[1])
    offset = divmod(tap, found.window[1])
    down, across = np.meshgrid(*map(np.arange, found.places), indexing="ij")
    y = down * found.stride[0] - found.margin[0] + offset[0]
    x = across * found.stride[1] - found.margin[1] + offset[1]
    inside = (y >= 0) & (y < found.image[0]) & (x >= 0) & (x < found.image[1])
    units = (down * found.places[1] + across) * layer.units + row
    sources = (y * found.image[1] + x) * found.channels + channel
    return units[inside], sources[inside]


def window(network: NetworkSpec, index: int, unit: int) -> list[Wire]:
    """Return (tap, source) of the window that a number of a pooling is made from."""
    found = grid(network, index)
    place, channel = divmod(unit, found.channels)
    return [(tap, pixel * found.channels + channel) for tap, pixel in found.taps(place)]


def windows(network: NetworkSpec, index: int, source: int) -> list[Wire]:
    """Return (unit, tap) of every number of a pooling whose window a source lies in."""
    found = grid(network, index)
    pixel, channel = divmod(source, found.channels)
    return [(place * found.channels + channel, tap) for place, tap in found.windows(pixel)]


def _pruned(network: NetworkSpec, index: int) -> set[Wire]:
    layer = network.layers[index]
    if not isinstance(layer, Dense) or not layer.pruned:
        return set()
    return set(zip(*pruned_places(network, index), strict=True))
