"""Which edges are drawn: the strongest, no more than can be told apart and painted in time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.ui.canvas.bundles import Bundle
from nnviz.ui.canvas.columns import Box
from nnviz.ui.canvas.edges import levels, strongest

Array = NDArray[Any]
WIDEST = 8.0  # units a stroke may reach beyond its curve


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Edges and how strong each is, weakest first: numbers of their bundles, numbers in these, levels; shapes (edges,)."""

    bundles: Array
    edges: Array
    levels: Array

    def __len__(self) -> int:
        return len(self.edges)

    def __iter__(self) -> Iterator[tuple[int, int, int]]:
        return zip(self.bundles.tolist(), self.edges.tolist(), self.levels.tolist(), strict=True)

    def part(self, first: int, last: int) -> Plan:
        """Return the edges from one place up to another."""
        return Plan(self.bundles[first:last], self.edges[first:last], self.levels[first:last])

    def among(self, edges: Array) -> Plan:
        """Return those that have these numbers."""
        mine = np.isin(self.edges, edges)
        return Plan(self.bundles[mine], self.edges[mine], self.levels[mine])

    def of(self, bundle: int) -> Array:
        """Return the numbers of the edges of one bundle."""
        return np.asarray(self.edges[self.bundles == bundle])


def of_bundle(bundle: int, edges: Array, strengths: Array) -> Plan:
    """Return edges of one bundle as a plan, weakest first; those of strength 0 are left out."""
    order = np.lexsort((strengths, np.abs(strengths)))
    order = order[strengths[order] != 0]
    return Plan(np.full(len(order), bundle), edges[order], strengths[order])


EMPTY = Plan(*(np.zeros(0, dtype=np.int64) for _ in range(3)))


def pairs(bundles: Sequence[Bundle], plan: Plan) -> tuple[Array, Array]:
    """Return where edges begin and where they end, both (edges, 2)."""
    starts, ends = np.empty((len(plan), 2)), np.empty((len(plan), 2))
    for number in np.unique(plan.bundles).tolist():
        mine = plan.bundles == number
        starts[mine], ends[mine] = bundles[number].pairs(plan.edges[mine])
    return starts, ends


def in_view(bundles: Sequence[Bundle], plan: Plan, view: Box) -> Plan:
    """Return the edges that may pass through what is seen: a curve stays in the box between its ends."""
    starts, ends = pairs(bundles, plan)
    low, high = np.minimum(starts, ends) - WIDEST, np.maximum(starts, ends) + WIDEST
    x, y, width, height = view
    seen = ((low <= (x + width, y + height)) & (high >= (x, y))).all(axis=1)
    return plan if seen.all() else Plan(plan.bundles[seen], plan.edges[seen], plan.levels[seen])


def shares(sizes: Sequence[int], total: int) -> list[int]:
    """Return how many edges each bundle may draw: small ones all of theirs, the others equal shares of the rest."""
    left, limits = total, [0] * len(sizes)
    for place, index in enumerate(sorted(range(len(sizes)), key=sizes.__getitem__)):
        limits[index] = min(sizes[index], left // (len(sizes) - place))
        left -= limits[index]
    return limits


def planned(bundles: Sequence[tuple[int, Bundle]], weights: Sequence[Array], scales: Sequence[float], limits: Sequence[int]) -> Plan:
    """Choose the strongest edges of some bundles and sort them by strength, negative before positive.

    Args:
        bundles: with their numbers.
        weights: of each, shape (units, sources).
        scales: the weight of each that is drawn at full strength.
        limits: how many edges of each may be chosen.
    """
    chosen = []
    for (number, bundle), matrix, scale, limit in zip(bundles, weights, scales, limits, strict=True):
        shown = bundle.pick(matrix)
        edges = strongest(shown, limit) if limit < len(shown) else np.arange(len(shown))
        strengths = levels(shown if limit >= len(shown) else shown[edges], scale)
        if len(bundle.pruned):
            strengths[np.isin(edges, bundle.pruned)] = 0
        edges, strengths = edges[strengths != 0], strengths[strengths != 0]
        chosen.append((np.full(len(edges), number), edges, strengths))
    if not chosen:
        return EMPTY
    owners, edges, strengths = (np.concatenate(parts) for parts in zip(*chosen, strict=True))
    order = np.lexsort((strengths, np.abs(strengths)))
    return Plan(owners[order], edges[order], strengths[order])
