"""The geometry of edges in NumPy: curves as polylines, what is strong enough to draw, what the pointer is on.

An edge is a cubic Bézier that leaves and arrives level. It is flattened once per layout, since a Bézier costs twice
as much to paint as its polyline. A polyline is stored as line segments (x1, y1, x2, y2), the memory Qt draws from.
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


def _parameters() -> Array:
    """Curve parameters that lie denser where the curve bends, near its ends."""
    even = np.linspace(0.0, 1.0, POINTS)
    return even - 0.045 * np.sin(2 * np.pi * even)


_T = _parameters()
_BASIS = np.stack([(1 - _T) ** 3, 3 * (1 - _T) ** 2 * _T, 3 * (1 - _T) * _T**2, _T**3], axis=1)


def curves(starts: Array, ends: Array) -> Array:
    """Return the polylines from every start to every end, shape (ends, starts, POINTS, 2)."""
    shape = (len(ends), len(starts))
    x0, y0 = np.broadcast_to(starts[None, :, 0], shape), np.broadcast_to(starts[None, :, 1], shape)
    x3, y3 = np.broadcast_to(ends[:, None, 0], shape), np.broadcast_to(ends[:, None, 1], shape)
    middle = (x0 + x3) / 2
    x = np.stack([x0, middle, middle, x3], axis=-1) @ _BASIS.T
    y = np.stack([y0, y0, y3, y3], axis=-1) @ _BASIS.T
    return np.stack([x, y], axis=-1)


def control_points(lines: Array) -> Array:
    """Return the curves that `curves` flattened: start, two control points, end; shape (edges, 8).

    Rounded, since a file of curves is as large as its numbers are long; 0.01 cannot be seen eight times enlarged.
    """
    (x0, y0), (x3, y3) = lines[:, 0].T, lines[:, -1].T
    middle = (x0 + x3) / 2
    return np.round(np.stack([x0, y0, middle, y0, middle, y3, x3, y3], axis=1), 2)


def segments(lines: Array) -> Array:
    """Return polylines (edges, POINTS, 2) as segments, shape (edges, POINTS − 1, 4), contiguous.

    Each is a little longer than it should be: strokes that only touch would let the background through.
    """
    steps = lines[:, 1:] - lines[:, :-1]
    lengths = np.hypot(steps[..., :1], steps[..., 1:])
    extra = OVERLAP * steps / np.maximum(lengths, 1e-9)
    extra_before, extra_after = extra.copy(), extra.copy()
    extra_before[:, 0] = 0.0
    extra_after[:, -1] = 0.0
    return np.ascontiguousarray(np.concatenate([lines[:, :-1] - extra_before, lines[:, 1:] + extra_after], axis=2))


def dashes(lines: Array) -> Array:
    """Return polylines (edges, POINTS, 2) as DASHES equally long dashes each, shape (edges, DASHES, 4), contiguous."""
    lengths = np.hypot(*np.moveaxis(np.diff(lines, axis=1), 2, 0)).cumsum(axis=1)
    reached = np.concatenate([np.zeros((len(lines), 1)), lengths], axis=1)
    ends = (np.arange(DASHES)[:, None] + (0.0, DASH_SHARE)).ravel() / (DASHES - 1 + DASH_SHARE)
    made = np.empty((len(lines), DASHES, 4))
    for edge, (line, way) in enumerate(zip(lines, reached, strict=True)):
        at = ends * way[-1]
        made[edge] = np.stack([np.interp(at, way, line[:, 0]), np.interp(at, way, line[:, 1])], axis=1).reshape(DASHES, 4)
    return made


def levels(values: Array, scale: float) -> Array:
    """Return how strong each value is: 0 (nothing) to LEVELS (`scale` and above), negative for negative values; int.

    What is not finite counts as 0: a picture shows it elsewhere, in words.
    """
    if not scale > 0.0:
        return np.zeros(values.shape, dtype=np.int64)
    share = np.clip(np.nan_to_num(values / scale, nan=0.0, posinf=0.0, neginf=0.0), -1.0, 1.0)
    return (np.sign(share) * np.ceil(np.abs(share) * LEVELS - 1e-9)).astype(np.int64)


def largest(values: Array) -> float:
    """Return the largest finite magnitude, 0 where there is none."""
    magnitudes = np.abs(values[np.isfinite(values)])
    return float(magnitudes.max()) if magnitudes.size else 0.0


def norm(values: Array) -> float:
    """Return the Euclidean norm, without overflow on the way; NaN or ∞ where a value is."""
    scale = float(np.abs(values).max(initial=0.0))
    if not np.isfinite(scale) or not scale:
        return scale
    with np.errstate(over="ignore"):
        return float(scale * np.linalg.norm(values / scale))


def strongest(magnitudes: Array, count: int) -> Array:
    """Return the indices of the `count` largest, weakest first, so that the strong are painted last."""
    if count <= 0:
        return np.zeros(0, dtype=np.int64)
    kept = np.argpartition(magnitudes, -count)[-count:] if count < len(magnitudes) else np.arange(len(magnitudes))
    return kept[np.argsort(magnitudes[kept], kind="stable")]


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
    start, step = lines[:, :-1], lines[:, 1:] - lines[:, :-1]
    offset = np.asarray(point) - start
    share = np.clip((offset * step).sum(axis=2) / np.maximum((step * step).sum(axis=2), 1e-12), 0.0, 1.0)
    distance = np.hypot(*np.moveaxis(offset - share[..., None] * step, 2, 0)).min(axis=1)
    best = int(np.argmin(distance))
    return best, float(distance[best])


def box_at(boxes: Array, point: tuple[float, float], margin: float = 0.0) -> int:
    """Return the index of the first box (x, y, width, height) that holds the point, −1 for none."""
    inside = (boxes[:, :2] - margin <= point) & (point <= boxes[:, :2] + boxes[:, 2:] + margin)
    hits = np.flatnonzero(inside.all(axis=1))
    return int(hits[0]) if len(hits) else -1
