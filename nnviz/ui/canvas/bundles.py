"""The edges between neighbouring columns: a bundle each, which holds where they begin and end, and computes curves on demand.

A network of a million weights has a million edges, of which thousands are drawn: nothing here is kept an edge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.network_spec import Dense, NetworkSpec
from nnviz.ui.canvas.columns import Column
from nnviz.ui.canvas.edges import joined

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Bundle:
    """The edges between two neighbouring columns, as placed; edge number = row of the target · sources + row of the source.

    Attributes:
        layer: the id of the layer they arrive at.
        targets, sources: indices of the shown neurons.
        starts, ends: where edges leave the sources, shape (sources, 2), and arrive at the targets, shape (targets, 2).
        vertical: whether they run downwards.
        pruned: the numbers of those that are pruned, ascending.
    """

    layer: str
    targets: Array
    sources: Array
    starts: Array
    ends: Array
    vertical: bool
    pruned: Array

    @property
    def size(self) -> int:
        """How many edges it has."""
        return len(self.targets) * len(self.sources)

    def pairs(self, edges: Array) -> tuple[Array, Array]:
        """Return where edges begin and where they end, both (edges, 2)."""
        targets, sources = np.divmod(edges, max(1, len(self.sources)))
        return self.starts[sources], self.ends[targets]

    def lines(self, edges: Array) -> Array:
        """Return edges as polylines, shape (edges, POINTS, 2)."""
        return joined(*self.pairs(edges), self.vertical)

    def pick(self, matrix: Array) -> Array:
        """Return the values of all edges out of a (units, sources) matrix, shape (size,); not to be written to."""
        if matrix.size == self.size:
            return matrix.ravel()
        return np.asarray(matrix[np.ix_(self.targets, self.sources)]).ravel()

    def picked(self, matrix: Array, edges: Array) -> Array:
        """Return the values of some edges."""
        targets, sources = np.divmod(edges, max(1, len(self.sources)))
        return np.asarray(matrix[self.targets[targets], self.sources[sources]])


def bundles(columns: Sequence[Column], network: NetworkSpec, vertical: bool) -> tuple[Bundle, ...]:
    """Return the bundles between the columns of a network; `columns` are the input and its layers."""
    found = []
    for index, (left, right) in enumerate(pairwise(columns)):
        pruned = _pruned(network, index, left, right)
        found.append(Bundle(right.id, right.shown, left.shown, left.starts(), right.ends(), vertical, pruned))
    return tuple(found)


def _pruned(network: NetworkSpec, index: int, left: Column, right: Column) -> Array:
    layer = network.layers[index]
    if not isinstance(layer, Dense) or not layer.pruned:
        return np.zeros(0, dtype=np.int64)
    rows = {layer.neurons[unit]: row for row, unit in enumerate(right.shown.tolist())}
    names = network.sources(index)
    places = {names[source]: place for place, source in enumerate(left.shown.tolist())}
    shown = [(rows[neuron], places[source]) for source, neuron in layer.pruned if neuron in rows and source in places]
    return np.array(sorted(row * len(places) + place for row, place in shown), dtype=np.int64)
