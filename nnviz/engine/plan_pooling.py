"""Pooling in a plan: maxima and means of whole arrays, one a place of the window.

For the maximum, place after place challenges the best so far:

    maskₖ = zₖ > best        best = max(best, zₖ)                                  forward,  k = 1, 2, …
    δₖ = δ·maskₖ             δ = δ − δₖ        and at last δ₀ = δ                   backward, k = …, 2, 1

A later place must be larger to win, so of equal numbers the first wins, as in the oracle. Only masks of one byte a number
are remembered. np.argmax with put_along_axis, np.where or a comparison with the best in place of the masks are 2-15 times
slower; the 2 × 2 pools of W5 cost 12 passes over a quarter of the numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.buffers import Buffers
from nnviz.engine.network_spec import AvgPool2D, MaxPool2D, Shape, as_image, output_shape
from nnviz.engine.plan_parts import Call, Piece, Signal, Site
from nnviz.engine.plan_windows import Windows

Array = NDArray[Any]


def pooling(layer: MaxPool2D | AvgPool2D, shape: Shape, read: Signal, site: Site, sides: tuple[int, int] | None = None) -> Piece:
    """Return the plan of a pooling that stands for itself.

    Args:
        layer: the pooling.
        shape: (height, width, channels) of what it reads.
        read: what it reads, (height, width, rows, channels), and where its slope goes; may be cut to what windows see of it.
        site: where the plan is made.
        sides: how many rows and columns of the answers are read (`plan_convolution.sides_read`), to which they are cut; None: all.
    """
    whole_down, whole_across, channels = as_image(output_shape(layer, shape))
    down, across = sides or (whole_down, whole_across)
    windows = Windows(layer.size, layer.stride, (down, across))
    pooled = down, across, site.rows, channels
    value = site.buffers.take("value", pooled)
    slope = site.buffers.take("slope", pooled) if site.backward else None
    planes = [windows.seen(read.value, place) for place in windows.places]
    backward: tuple[Call, ...] = ()
    if isinstance(layer, MaxPool2D):
        masks = winner_masks(len(planes), pooled, site)
        forward = winners(planes, masks, value)
        if slope is not None and read.slope is not None:
            backward = (_to_winners(windows, masks, slope, read.slope, site.buffers),)
    else:
        forward = _means(planes, value)
        if slope is not None and read.slope is not None:
            backward = (_to_all(windows, slope, read.slope),)
    return Piece(Signal(value, slope), (forward,), backward)


def winner_masks(places: int, shape: tuple[int, ...], site: Site) -> list[Array]:
    """Return a mask for every place but the first, or none where there is no way back."""
    return [site.buffers.take(f"mask{place}", shape, bool) for place in range(1, places)] if site.backward else []


def winners(planes: Sequence[Array], masks: Sequence[Array], best: Array) -> Call:
    """Return the call that writes the largest of all planes to `best`, and who won to the masks if there are any."""
    first, *others = planes
    greater, maximum = np.greater, np.maximum
    if not others:
        return lambda: np.copyto(best, first)
    second, *later = others
    if not masks:

        def answer() -> None:
            maximum(first, second, out=best)
            for plane in later:
                maximum(best, plane, out=best)

        return answer
    mask, challenges = masks[0], list(zip(later, masks[1:], strict=True))

    def choose() -> None:
        greater(second, first, mask)
        maximum(first, second, out=best)
        for plane, won in challenges:
            greater(plane, best, won)
            maximum(best, plane, out=best)

    return choose


def losers(delta: Array, masks: Sequence[Array], slopes: Sequence[Array]) -> Call:
    """Return the call that gives δ to the slope of the place that won and 0 to the others; δ itself is used up."""
    first, *others = slopes
    multiply, subtract = np.multiply, np.subtract
    if not others:
        return lambda: np.copyto(first, delta)
    (mask, second), *later = zip(masks, others, strict=True)
    later.reverse()

    def give() -> None:
        for won, slope in later:
            multiply(delta, won, slope)
            subtract(delta, slope, delta)
        multiply(delta, mask, second)
        subtract(delta, second, first)

    return give


def _to_winners(windows: Windows, masks: list[Array], delta: Array, slope: Array, buffers: Buffers) -> Call:
    """Return the call that writes ∂ℓ/∂x of a maximum to `slope`: to each winner the δ of all windows it won."""
    first, *others = [windows.seen(slope, place) for place in windows.places]
    if not windows.overlap:
        share = losers(delta, masks, [first, *others])

        def write() -> None:
            slope.fill(0)  # rows and columns that fill no window
            share()

        return write
    part, add, multiply, subtract = buffers.take("part", delta.shape), np.add, np.multiply, np.subtract
    later = list(zip(masks, others, strict=True))[::-1]

    def gather() -> None:
        slope.fill(0)
        for won, place in later:
            multiply(delta, won, part)
            add(place, part, place)
            subtract(delta, part, delta)
        add(first, delta, first)

    return gather


def _means(planes: list[Array], value: Array) -> Call:
    """Return the call that writes the mean of all planes to `value`."""
    first, *others = planes
    count = np.array(len(planes), value.dtype)
    add, divide = np.add, np.divide

    def mean() -> None:
        np.copyto(value, first)
        for plane in others:
            add(value, plane, value)
        divide(value, count, value)

    return mean


def _to_all(windows: Windows, delta: Array, slope: Array) -> Call:
    """Return the call that writes ∂ℓ/∂x of a mean to `slope`: to every place its share of the δ of all its windows."""
    slopes = [windows.seen(slope, place) for place in windows.places]
    count = np.array(len(slopes), delta.dtype)
    add, divide = np.add, np.divide

    def give() -> None:
        slope.fill(0)
        divide(delta, count, delta)
        for place in slopes:
            add(place, delta, place)

    return give
