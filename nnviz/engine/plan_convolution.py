"""Convolution in a plan: the geometry, the direct product, and what stands around either product.

    z(p) = b + Σ_q W(q)·x(stride·p + q)        a = f(z)                             forward
    ∂ℓ/∂W(q) = Σ_p x(stride·p + q)ᵀ·δ(p)       ∂ℓ/∂x(stride·p + q) += δ(p)·W(q)ᵀ    backward

over the windows p of all samples and the places q of the kernel. Laid out in memory, every window's numbers side by side
make a matrix M (windows, places·channels and a last 1), the bias is the last row of W, and the three sums are products
(im2col, Chellapilla et al. 2006): z = M·W, ∂ℓ/∂W = Mᵀ·δ, and δ·Wᵀ added to the image place by place.

A pooling behind is done together with its convolution: windows that no pooling reads are never computed (they cannot
change the loss), the others lie phase by phase (`plan_windows`), and a rising f is applied after the maximum, to one number
of each window: max f(z) = f(max z). A 3×3 kernel before a 2×2 pooling goes the way of `plan_winograd`.

A step of W5 takes 0.4 of the time of PyTorch's (channels last, fused Adam), 0.6 with this module's direct product alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.buffers import Buffers
from nnviz.engine.convolution import margins
from nnviz.engine.network_spec import Conv2D, Layer, MaxPool2D, NetworkSpec, Pooling, Shape, as_image, output_shape
from nnviz.engine.plan_activations import answer, chain, keeps_only_answer
from nnviz.engine.plan_layers import product
from nnviz.engine.plan_parts import Call, Piece, Signal, Site
from nnviz.engine.plan_pooling import losers, winner_masks, winners
from nnviz.engine.plan_windows import WHOLE, Band, Product, Windows, bands, grid, summed
from nnviz.engine.plan_winograd import winograd, winograd_pays
from nnviz.engine.table import Choice

Array = NDArray[Any]
Pair = tuple[int, int]
RISING = ("linear", "relu", "leaky_relu", "tanh", "sigmoid", "hard_sigmoid", "softplus", "elu", "selu")
FEW_CHANNELS = 8  # up to which M lies transposed: copies run over the samples then, 1.05-4 times as fast as over the channels
KEPT, BAND_ROW = 2 << 20, 1 << 20  # bytes that a chunk's largest M, and one row of its widest band, may take
LEAST_ROWS, MOST_ROWS = 4, 1024


def convolution(
    layer: Conv2D,
    shape: Shape,
    read: Signal,
    block: Array,
    gradient: Array | None,
    site: Site,
    following: Layer | None,
    sides: Sequence[Pair] | None = None,
) -> tuple[Piece, int]:
    """Return the plan of a convolution, and how many layers it takes: 2 where the pooling `following` is done with it.

    Args:
        layer: the convolution.
        shape: (height, width, channels) of what it reads.
        read: what it reads, (height, width, rows, channels), and where its slope goes; may be cut to what windows see of it.
        block: the parameters, (places·channels [+ 1 for the bias], filters).
        gradient: where their gradient goes, of the shape of the block; None where nobody wants it.
        site: where the plan is made.
        following: the layer behind.
        sides: how many rows and columns of its answers and of those of the layer behind are read, to which they are cut: `sides_read`
            from this layer on; None: all.
    """
    down, across, filters = as_image(output_shape(layer, shape))
    pool = following if isinstance(following, MaxPool2D) and fuses(layer, following, (down, across)) else None
    phases = WHOLE if pool is None else pool.size
    count = (down // phases[0], across // phases[1]) if sides is None else sides[0] if pool is None else sides[1]
    windows = Windows(layer.kernel, layer.stride, count, phases)
    value = site.buffers.take("value", (*windows.count, site.rows, filters))
    z = value if keeps_only_answer(layer.activation) else site.buffers.take("z", value.shape)
    slope = site.buffers.take("slope", value.shape) if site.backward else None
    whole = ACTIVATIONS[layer.activation.kind].derivative is None
    inside, before, after = _padded(layer, shape, read, site.buffers)
    if _by_winograd(layer, phases, shape[2]):
        made = winograd(windows, inside, block, gradient, layer.use_bias, site)
    else:
        made = direct(windows, inside, block, gradient, layer.use_bias, site, (z, slope) if pool is None else None, whole)
    masks = winner_masks(phases[0] * phases[1], value.shape, site) if pool is not None else []
    lesioned = [index for index, neuron in enumerate(layer.neurons) if neuron in layer.lesioned]
    forward, backward = [*before, *made.ahead], [*_silenced(slope, lesioned), *made.start]
    for band in made.bands:
        won = [mask[band.rows] for mask in masks]
        own = None if slope is None else slope[band.rows]
        ahead, back = _activation(layer.activation, z[band.rows], value[band.rows], own, site.buffers)
        challenge = [winners(band.planes, won, z[band.rows])] if pool is not None else []
        share = [losers(own, won, band.slopes)] if pool is not None and own is not None else []
        forward += [*band.forward, *challenge, *ahead]
        backward += [*back, *share, *band.backward]
    forward += _silenced(value, lesioned)
    backward += [*made.finish, *after]
    return Piece(Signal(value, slope), tuple(forward), tuple(backward) if slope is not None else ()), 1 + (pool is not None)


def fuses(layer: Conv2D, pool: MaxPool2D, sides: Pair) -> bool:
    """Tell whether a pooling of maps of these sides can be done with the convolution before it: its windows do not overlap, f rises."""
    fits = pool.size == pool.stride and sides[0] >= pool.size[0] and sides[1] >= pool.size[1]
    return fits and layer.activation.kind in RISING


def _by_winograd(layer: Conv2D, phases: Pair, channels: int) -> bool:
    return layer.kernel == (3, 3) and layer.stride == (1, 1) and phases == (2, 2) and winograd_pays(channels)


def _padded(layer: Conv2D, shape: Shape, read: Signal, buffers: Buffers) -> tuple[Signal, list[Call], list[Call]]:
    """Return the image the kernel slides over, with its slope, and the calls that bring the image there and the slope back."""
    (top, bottom), (left, right) = margins(shape, layer)
    if not (top or bottom or left or right):
        return read, [], []
    height, width, rows, channels = read.value.shape
    framed = top + height + bottom, left + width + right, rows, channels
    inside = np.s_[top : top + height, left : left + width]
    image = buffers.take("padded", framed)
    image.fill(0)  # and its frame stays so
    inner, copyto = image[inside], np.copyto

    def frame() -> None:
        copyto(inner, read.value)

    if read.slope is None:
        return Signal(image), [frame], []
    framed_slope, slope = buffers.take("padded_slope", framed), read.slope
    inner_slope = framed_slope[inside]

    def crop() -> None:
        copyto(slope, inner_slope)

    return Signal(image, framed_slope), [frame], [crop]


def _silenced(maps: Array | None, lesioned: list[int]) -> list[Call]:
    """Return the calls that write 0 to the maps of lesioned filters."""
    return [] if maps is None else [_clearing(maps[..., index]) for index in lesioned]


def _activation(choice: Choice, z: Array, value: Array, slope: Array | None, buffers: Buffers) -> tuple[list[Call], list[Call]]:
    """Return the calls that make the value f(z), and those that make ∂ℓ/∂z of the slope, in place."""
    own = buffers.within(f"rows{len(z)}")
    if ACTIVATIONS[choice.kind].derivative is None:
        return _coupled(choice, z, value, slope, own)
    return [answer(choice, z, value, own)], [] if slope is None else [chain(choice, z, value, slope, own)]


def _coupled(choice: Choice, z: Array, value: Array, slope: Array | None, buffers: Buffers) -> tuple[list[Call], list[Call]]:
    """Return forward and backward of an f that ties all numbers of a sample together (softmax), which wants them as one column."""
    height, width, rows, filters = z.shape
    columns = height, width, filters, rows
    sums, answers = buffers.take("columns_z", columns), buffers.take("columns_a", columns)
    flat = height * width * filters, rows
    evaluate = answer(choice, sums.reshape(flat), answers.reshape(flat), buffers)
    turned, copyto = (0, 1, 3, 2), np.copyto
    read, written = z.transpose(turned), value.transpose(turned)

    def ahead() -> None:
        copyto(sums, read)
        evaluate()
        copyto(written, answers)

    if slope is None:
        return [ahead], []
    delta, upstream = buffers.take("columns_delta", columns), slope.transpose(turned)
    chained = chain(choice, sums.reshape(flat), answers.reshape(flat), delta.reshape(flat), buffers)

    def back() -> None:
        copyto(delta, upstream)
        chained()
        copyto(upstream, delta)

    return [ahead], [back]


def direct(
    windows: Windows,
    image: Signal,
    block: Array,
    gradient: Array | None,
    use_bias: bool,
    site: Site,
    own: tuple[Array, Array | None] | None,
    whole: bool,
) -> Product:
    """Return the product of any geometry: z = M·W, ∂ℓ/∂W = Mᵀ·δ, ∂ℓ/∂x by place.

    Args:
        windows: the geometry.
        image: what the kernel slides over, padding included, and where its slope goes.
        block: as `convolution` has it.
        gradient: as `convolution` has it.
        use_bias: whether the last row of the block is a bias.
        site: where the plan is made.
        own: where z goes and δ comes from if there is one phase only; None for memory that all bands share.
        whole: whether all must be one band.
    """
    (height, filters), (down, across), phases = block.shape, windows.count, len(grid(windows.phases))
    row = phases * across * site.rows  # windows in a row of all phases
    cut = [slice(0, down)] if whole else bands(down, row * filters * block.itemsize)
    shared = own[0] if own else site.buffers.take("planes", (cut[0].stop, phases, across, site.rows, filters))
    seen = windows.all_seen(image.value)
    found = []
    for index, rows in enumerate(cut):
        matrix, gather = _matrix(index, seen[rows], use_bias, height, site.buffers)
        z = shared[: rows.stop - rows.start] if own is None else own[0][rows, None]
        delta = z if own is None else None if own[1] is None else own[1][rows, None]
        back: list[Call] = []
        if site.backward and delta is not None and gradient is not None:
            back.append(_weights_slope(index, matrix, delta.reshape(-1, filters), gradient, site.buffers))
        if site.backward and delta is not None and image.slope is not None:
            back.append(_image_slope(windows, rows, delta.reshape(-1, filters), block, image.slope, site.buffers))
        slopes = [] if delta is None else list(np.moveaxis(delta, 1, 0))
        forward = gather, product(matrix, block, z.reshape(-1, filters))
        found.append(Band(rows, list(np.moveaxis(z, 1, 0)), slopes, forward, tuple(back)))
    return Product(found, [], [_clearing(image.slope)] if site.backward and image.slope is not None else [], [])


def _matrix(index: int, seen: Array, use_bias: bool, height: int, buffers: Buffers) -> tuple[Array, Call]:
    """Return M of a band (windows·rows, places·channels [+ 1]), and the call that copies what is seen into it.

    Copies run over the channels, or where these are few (M lies transposed then) over the samples.
    """
    kernel, windows = seen.shape[5:], seen.shape[:5]
    flat, name = math.prod(windows), f"matrix{index}"
    if kernel[2] <= min(FEW_CHANNELS, windows[4] - 1):
        stored = buffers.take(name, (height, flat))
        matrix = stored.T
        target, source = stored[: height - use_bias].reshape(*kernel, *windows), np.moveaxis(seen, (5, 6, 7), (0, 1, 2))
    else:
        matrix = buffers.take(name, (flat, height))
        target, source = matrix[:, : height - use_bias].reshape(*windows, *kernel), seen
    if use_bias:
        matrix[:, -1] = 1
    copyto = np.copyto

    def gather() -> None:
        copyto(target, source)

    return matrix, gather


def _clearing(array: Array) -> Call:
    return lambda: array.fill(0)


def _weights_slope(index: int, matrix: Array, delta: Array, gradient: Array, buffers: Buffers) -> Call:
    """Return the call that writes Mᵀ·δ of the first band to the gradient, and adds that of the others."""
    dot = matrix.T.dot

    def write(out: Array) -> None:
        dot(delta, out)

    return summed(index, write, gradient, buffers.take("gradient", gradient.shape))


def _image_slope(windows: Windows, rows: slice, delta: Array, block: Array, slope: Array, buffers: Buffers) -> Call:
    """Return the call that adds ∂ℓ/∂x of a band: of every place of the kernel δ·Wᵀ, where the place was.

    Place by place, so that a product is still in the cache when it is added.
    """
    channels, phases = slope.shape[-1], grid(windows.phases)
    part = buffers.take(f"part{len(delta)}", (len(delta), channels))
    parts = np.moveaxis(part.reshape(rows.stop - rows.start, len(phases), windows.count[1], -1, channels), 1, 0)
    steps = []
    for index, place in enumerate(windows.places):
        weights = block[index * channels : (index + 1) * channels].T
        targets = [windows.seen(slope, place, phase)[rows] for phase in phases]
        steps.append((weights, list(zip(targets, parts, strict=True))))
    add, dot = np.add, delta.dot

    def call() -> None:
        for weights, targets in steps:
            dot(weights, part)
            for target, own in targets:
                add(target, own, target)

    return call


def sides_read(spec: NetworkSpec) -> tuple[Pair, ...]:
    """Return of each layer how many rows and columns of its answers reach the output: windows may leave out the last ones.

    What no window reads need not be computed, W5: 24 × 24 places of 26 × 26 of the first convolution, 15 % of its time.
    Softmax ties all places together, so that all are needed.
    """
    shapes, found = spec.shapes, list[Pair]()
    for index in range(len(spec.layers) - 1, -1, -1):
        layer, (height, width, _) = spec.layers[index], as_image(shapes[index])
        behind = spec.layers[index + 1] if index + 1 < len(spec.layers) else None
        tied = isinstance(layer, Conv2D) and ACTIVATIONS[layer.activation.kind].derivative is None
        size = behind.size if isinstance(behind, Pooling) else behind.kernel if isinstance(behind, Conv2D) else None
        if size is None or tied or (isinstance(behind, Conv2D) and behind.padding == "same"):
            found.append((height, width))
        elif isinstance(behind, Conv2D | Pooling):
            down, across = found[-1]
            found.append(((down - 1) * behind.stride[0] + size[0], (across - 1) * behind.stride[1] + size[1]))
    return tuple(reversed(found))


def cache_rows(spec: NetworkSpec, dtype: DTypeLike) -> int:
    """Return how many samples a chunk may have, so that what the largest convolution keeps for the way back stays in the cache.

    A power of two from 4 to 1024; 1024 where there is no convolution. W5: 32 in float32, 16 in float64. A 3×3 convolution of
    14×14×32 without pooling takes 2.6 times as long a sample in chunks of 32 as in chunks of 8.
    """
    size, most, shape = np.dtype(dtype).itemsize, MOST_ROWS, spec.input.shape
    for layer, behind in zip(spec.layers, (*spec.layers[1:], None), strict=True):
        if isinstance(layer, Conv2D):
            kept, row = _numbers(layer, shape, behind)
            most = min(most, KEPT // (kept * size), BAND_ROW // (row * size))
        shape = output_shape(layer, shape)
    return max(LEAST_ROWS, 1 << max(most, 1).bit_length() - 1)


def _numbers(layer: Conv2D, shape: Shape, behind: Layer | None) -> tuple[int, int]:
    """Return how many numbers a sample has in M (or V), and in one row of windows of z (or of Winograd's M)."""
    (down, across, filters), channels = as_image(output_shape(layer, shape)), as_image(shape)[2]
    fused = isinstance(behind, MaxPool2D) and fuses(layer, behind, (down, across))
    if isinstance(behind, MaxPool2D) and fused and _by_winograd(layer, behind.size, channels):
        return 16 * (down // 2) * (across // 2) * channels, 16 * (across // 2) * filters
    high = behind.size[0] if isinstance(behind, MaxPool2D) and fused else 1
    return down * across * (layer.kernel[0] * layer.kernel[1] * channels + 1), high * across * filters
