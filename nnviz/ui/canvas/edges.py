"""The geometry of edges in NumPy: curves as polylines, what is strong enough to draw, what the pointer is on.

An edge is a cubic Bézier that leaves and arrives level, or upright where the drawing runs downwards. It is flattened, since
a Bézier costs twice as much to paint as its polyline, into line segments (x1, y1, x2, y2), the memory Qt draws from.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

POINTS = 17
LEVELS = 24
OVERLAP = 0.4
DASHES, DASH_SHARE = 22, 0.62
SAMPLE, MARGIN = 20_000, 1.5


def _bend(steps: int) -> tuple[Array, Array]:
    """Return how far a curve has come along and across at steps + 1 points, which lie denser where it bends, near its ends."""
    even = np.linspace(0.0, 1.0, steps + 1)
    at = even - 0.045 * np.sin(2 * np.pi * even)
    late = 3 * (1 - at) * at**2 + at**3
    return (3 * (1 - at) ** 2 * at + 3 * (1 - at) * at**2) / 2 + at**3, late


_ALONG, _ACROSS = _bend(POINTS - 1)
# The fewer units a curve has to go across, the fewer segments show it to half a unit: (up to so many across, segments).
FLAT = ((0.5, 1), (25.0, 6), (60.0, 8), (110.0, 10), (200.0, 12), (np.inf, POINTS - 1))
_REACHES, _STEPS = np.array([reach for reach, _ in FLAT]), np.array([steps for _, steps in FLAT])


def _table() -> Array:
    """Return the bends of all kinds of FLAT, along and across, shape (2, kinds, POINTS); shorter ones end with their last point."""
    made = np.ones((2, len(FLAT), POINTS))
    for kind, (_, steps) in enumerate(FLAT):
        made[:, kind, : steps + 1] = _bend(steps)
    return made


_BENDS = _table()


def curves(starts: Array, ends: Array, vertical: bool = False) -> Array:
    """Return the polylines from every start to every end, shape (ends, starts, POINTS, 2)."""
    shape = (len(ends), len(starts), 2)
    froms, tos = (np.broadcast_to(points, shape).reshape(-1, 2) for points in (starts[None], ends[:, None]))
    return joined(froms, tos, vertical).reshape(*shape[:2], POINTS, 2)


def joined(starts: Array, ends: Array, vertical: bool = False) -> Array:
    """Return the polylines from each start to its end, both (edges, 2), shape (edges, POINTS, 2); `vertical` ones leave downwards."""
    ways = np.stack([_ACROSS, _ALONG] if vertical else [_ALONG, _ACROSS], axis=1)
    return np.asarray(starts[:, None] + (ends - starts)[:, None] * ways)


def _kinds(starts: Array, ends: Array, vertical: bool) -> Array:
    axis = 0 if vertical else 1
    return np.asarray(np.searchsorted(_REACHES, np.abs(ends[:, axis] - starts[:, axis])))


def steps_of(starts: Array, ends: Array, vertical: bool = False) -> Array:
    """Return how many segments show each curve, shape (edges,), one of those in FLAT."""
    return np.asarray(_STEPS[_kinds(starts, ends, vertical)])


def write_segments(onto: Array, offsets: Array, starts: Array, ends: Array, vertical: bool = False) -> None:
    """Write each curve as `steps_of` segments into rows of `onto`, shape (lines, 4), from its offset on.

    Each is a little longer than it should be: strokes that only touch would let the background through.
    """
    kinds = _kinds(starts, ends, vertical)
    counts = _STEPS[kinds]
    edge = np.repeat(np.arange(len(counts)), counts)
    step = np.arange(len(edge)) - np.repeat(np.cumsum(counts) - counts, counts)
    begins, whole, kind = starts[edge], (ends - starts)[edge], kinds[edge]
    ways = _BENDS[::-1] if vertical else _BENDS
    first, last = (begins + whole * ways[:, kind, step + more].T for more in (0, 1))
    extra = last - first
    extra *= OVERLAP / np.maximum(np.hypot(extra[:, 0], extra[:, 1]), 1e-9)[:, None]
    made = np.concatenate([first - extra * (step > 0)[:, None], last + extra * (step + 1 < counts[edge])[:, None]], axis=1)
    onto[offsets[edge] + step] = made


def control_points(starts: Array, ends: Array, vertical: bool = False) -> Array:
    """Return the curves that `joined` flattens: start, two control points, end; shape (edges, 8).

    Rounded, since a file of curves is as large as its numbers are long; 0.01 cannot be seen eight times enlarged.
    """
    (x0, y0), (x3, y3) = starts.T, ends.T
    x, y = (x0 + x3) / 2, (y0 + y3) / 2
    bend = [x0, y, x3, y] if vertical else [x, y0, x, y3]
    return np.round(np.stack([x0, y0, *bend, x3, y3], axis=1), 2)


def dashes(lines: Array) -> Array:
    """Return polylines (edges, POINTS, 2) as DASHES equally long dashes each, shape (edges, DASHES, 4), contiguous."""
    steps = np.diff(lines, axis=1)
    reached = np.concatenate([np.zeros((len(lines), 1)), np.hypot(steps[..., 0], steps[..., 1]).cumsum(axis=1)], axis=1)
    ends = (np.arange(DASHES)[:, None] + (0.0, DASH_SHARE)).ravel() / (DASHES - 1 + DASH_SHARE)
    at = ends * reached[:, -1:]
    segment = np.minimum((reached[:, 1:-1, None] <= at[:, None]).sum(axis=1), POINTS - 2)
    before, after = (np.take_along_axis(reached, segment + more, axis=1) for more in (0, 1))
    share = np.clip((at - before) / np.maximum(after - before, 1e-12), 0.0, 1.0)
    first, step = (np.take_along_axis(each, segment[..., None], axis=1) for each in (lines, steps))
    return np.asarray(first + share[..., None] * step).reshape(-1, DASHES, 4)


def levels(values: Array, scale: float) -> Array:
    """Return how strong each value is: 0 (nothing) to LEVELS (`scale` and above), negative for negative values; int.

    What is not finite counts as 0: a picture shows it elsewhere, in words.
    """
    if not scale > 0.0:
        return np.zeros(values.shape, dtype=np.int64)
    with np.errstate(over="ignore", invalid="ignore"):
        share = np.asarray(values / scale)
    whole = np.isfinite(share)
    if not whole.all():
        share[~whole] = 0.0
    np.clip(share, -1.0, 1.0, out=share)
    return (np.sign(share) * np.ceil(np.abs(share) * LEVELS - 1e-9)).astype(np.int64)


def largest(values: Array) -> float:
    """Return the largest finite magnitude, 0 where there is none."""
    if not values.size:
        return 0.0
    most = max(float(values.max()), -float(values.min()))
    if np.isfinite(most):
        return most
    magnitudes = np.abs(values[np.isfinite(values)])
    return float(magnitudes.max()) if magnitudes.size else 0.0


def norm(values: Array) -> float:
    """Return the Euclidean norm, without overflow on the way; NaN or ∞ where a value is."""
    scale = float(np.abs(values).max(initial=0.0))
    if not np.isfinite(scale) or not scale:
        return scale
    with np.errstate(over="ignore"):
        return float(scale * np.linalg.norm(values / scale))


def strongest(values: Array, count: int) -> Array:
    """Return the indices of the `count` of largest finite magnitude, weakest first, so that the strong are painted last."""
    if count <= 0:
        return np.zeros(0, dtype=np.int64)
    magnitudes = np.abs(values)
    magnitudes[~np.isfinite(magnitudes)] = 0.0
    kept = np.arange(len(magnitudes))
    if count < len(magnitudes):
        kept = _candidates(magnitudes, count)
        kept = np.sort(kept[np.argpartition(magnitudes[kept], -count)[-count:]])
    return kept[np.argsort(magnitudes[kept], kind="stable")]


def _candidates(magnitudes: Array, count: int) -> Array:
    """Return the indices of few, among which are the `count` largest: above a threshold guessed from a sample."""
    sample = magnitudes[:: max(1, len(magnitudes) // SAMPLE)]
    place = len(sample) - 1 - int(MARGIN * (1 + count * len(sample) / len(magnitudes)))
    if place > 0:
        found = np.flatnonzero(magnitudes >= np.partition(sample, place)[place])
        if count <= len(found):
            return found
    return np.arange(len(magnitudes))


def points_at(lines: Array, share: float | Array) -> Array:
    """Return the points a share of the way along polylines (edges, POINTS, 2), measured across; shape (edges, 2)."""
    position = np.clip(np.asarray(share, dtype=float), 0.0, 1.0) * (POINTS - 1)
    index = np.minimum(position.astype(np.int64), POINTS - 2)
    rest = (position - index)[..., None]
    rows = np.arange(len(lines))
    return np.asarray(lines[rows, index] * (1 - rest) + lines[rows, index + 1] * rest)


def angles_at(lines: Array, share: float) -> Array:
    """Return the directions of the polylines at a share of the way, in degrees, shape (edges,)."""
    index = min(int(np.clip(share, 0.0, 1.0) * (POINTS - 1)), POINTS - 2)
    step = lines[:, index + 1] - lines[:, index]
    return np.asarray(np.degrees(np.arctan2(step[:, 1], step[:, 0])))


def nearest(lines: Array, point: tuple[float, float]) -> tuple[int, float]:
    """Return which polyline passes nearest to a point and how far away; (−1, ∞) where there are none."""
    if not len(lines):
        return -1, float("inf")
    # No point of a line is nearer than its nearest corner by more than half its longest segment: few are looked at closely.
    across, down = lines[..., 0] - point[0], lines[..., 1] - point[1]
    corners = np.sqrt((across * across + down * down).min(axis=1))
    halves = np.sqrt((np.diff(across, axis=1) ** 2 + np.diff(down, axis=1) ** 2).max(axis=1)) / 2
    near = np.flatnonzero(corners - halves <= corners.min())
    lines = lines[near]
    start, step = lines[:, :-1], lines[:, 1:] - lines[:, :-1]
    offset = np.asarray(point) - start
    share = np.clip((offset * step).sum(axis=2) / np.maximum((step * step).sum(axis=2), 1e-12), 0.0, 1.0)
    distance = np.hypot(*np.moveaxis(offset - share[..., None] * step, 2, 0)).min(axis=1)
    best = int(np.argmin(distance))
    return int(near[best]), float(distance[best])


def box_at(boxes: Array, point: tuple[float, float], margin: float = 0.0) -> int:
    """Return the index of the first box (x, y, width, height) that holds the point, −1 for none."""
    inside = (boxes[:, :2] - margin <= point) & (point <= boxes[:, :2] + boxes[:, 2:] + margin)
    hits = np.flatnonzero(inside.all(axis=1))
    return int(hits[0]) if len(hits) else -1
