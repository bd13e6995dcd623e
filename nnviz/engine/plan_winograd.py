"""Convolution with a 3×3 kernel before a 2×2 pooling by Winograd's minimal filtering F(2×2, 3×3) (Lavin & Gray 2016).

A tile of 4×4 pixels d holds the 2×2 windows Y that one window of the pooling reads. With g the kernel,

    Y = Aᵀ [ Σ_channels (G g Gᵀ) ⊙ (Bᵀ d B) ] A

             ⎡ 1  0 −1  0 ⎤         ⎡ 1  0  0 ⎤
        Bᵀ = ⎢ 0  1  1  0 ⎥     G = ⎢ ½  ½  ½ ⎥     Aᵀ = ⎡ 1  1  1  0 ⎤
             ⎢ 0 −1  1  0 ⎥         ⎢ ½ −½  ½ ⎥          ⎣ 0  1 −1  1 ⎦
             ⎣ 0 −1  0  1 ⎦         ⎣ 0  0  1 ⎦

takes 16 multiplications where the windows take 36. (The last row of Bᵀ and the last column of Aᵀ have the other sign than in
the paper: so the four corners of A Y Aᵀ are the four numbers of Y themselves, and un-pooling writes straight there.)

In memory the sixteen places (i, j) of a tile are sixteen matrices: V (16, tiles, channels) of the image, U (16, channels,
filters) of the kernel, M = V·U (16, tiles, filters); a tile is (Y, X, sample). All is linear, so the way back is the same
with every matrix transposed:

    ∂ℓ/∂M = A δ Aᵀ      ∂ℓ/∂U = Vᵀ·∂ℓ/∂M      ∂ℓ/∂g = Gᵀ ∂ℓ/∂U G      ∂ℓ/∂V = ∂ℓ/∂M·Uᵀ      ∂ℓ/∂d = B ∂ℓ/∂V Bᵀ

The bias is added to M at (1, 1), which has the weight 1 in all four Y, and its gradient is the sum of ∂ℓ/∂M there.

The transforms are products too: of Bᵀ with four rows of pixels (all columns, samples and channels at once), then with four
columns of that; of G ⊗ G with all kernels; of Aᵀ ⊗ Aᵀ with all of M. A product reads and writes every number once, where
additions of whole arrays do so several times over: 24 µs against 76 for the columns of a band of W5, 31 against 54 for Y.

Measured against the direct product: a whole step of W5 1.45× (float32, batch 32; float64 1.35×); a convolution by itself, both
ways, 1.7-2.2× from 8 channels on, 1.3-1.7× with 3 or 4, 0.2-0.8× with 1 or 2 or where no slope of 3 channels is wanted. In
float32 it is within some 10⁻⁶ of the exact sums, relative to the largest; in float64 within 10⁻¹⁴.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from nnviz.engine.buffers import Buffers
from nnviz.engine.plan_layers import product
from nnviz.engine.plan_parts import Call, Signal, Site
from nnviz.engine.plan_windows import Band, Product, Windows, bands, summed

Array = NDArray[Any]
TILE = ((1.0, 0.0, -1.0, 0.0), (0.0, 1.0, 1.0, 0.0), (0.0, -1.0, 1.0, 0.0), (0.0, -1.0, 0.0, 1.0))  # Bᵀ
KERNEL = ((1.0, 0.0, 0.0), (0.5, 0.5, 0.5), (0.5, -0.5, 0.5), (0.0, 0.0, 1.0))  # G
ANSWER = ((1.0, 1.0, 1.0, 0.0), (0.0, 1.0, -1.0, 1.0))  # Aᵀ
LEAST_CHANNELS = 4


def winograd_pays(channels: int) -> bool:
    """Tell whether the products saved cost more than the transforms."""
    return channels >= LEAST_CHANNELS


def winograd(windows: Windows, image: Signal, block: Array, gradient: Array | None, use_bias: bool, site: Site) -> Product:
    """Return the product of a 3×3 kernel, stride 1, windows in phases of 2×2; arguments as `direct` has them."""
    channels, filters, (down, across) = image.value.shape[3], block.shape[1], windows.count
    kernel, twofold = block[: 9 * channels], np.kron(KERNEL, KERNEL).astype(block.dtype)  # G ⊗ G
    u, bias = site.buffers.take("u", (16, channels, filters)), block[9 * channels] if use_bias else None
    start, finish, found = list[Call](), list[Call](), list[Band]()
    u_slope = u_turned = None
    if site.backward and image.slope is not None:
        u_turned = site.buffers.take("u_turned", (16, filters, channels))
        start = [_clearing(image.slope, 2 * down + 2, 2 * across + 2), _kernel_turned(kernel, twofold, u_turned, site.buffers)]
    if site.backward and gradient is not None:
        u_slope = site.buffers.take("u_slope", u.shape)
        finish = [product(twofold.T, u_slope.reshape(16, -1), gradient[: 9 * channels].reshape(9, -1))]
    bias_slope = gradient[9 * channels] if use_bias and gradient is not None else None
    for index, rows in enumerate(bands(down, 16 * across * site.rows * filters * block.itemsize)):
        high = rows.stop - rows.start
        shared = site.buffers.within(f"band{high}")  # all bands of a height use the same memory, but for V
        strips = shared.take("strips", (high, 4, 2 * across + 2, site.rows, channels))
        v = site.buffers.take(f"v{index}", (4, 4, high, across, site.rows, channels))
        m = shared.take("m", (4, 4, high, across, site.rows, filters))
        planes = shared.take("planes", (4, high, across, site.rows, filters))
        forward = *_cuts(image.value[2 * rows.start :], strips, v), _sums(v, u, bias, m), _answers(m, planes)
        back: list[Call] = []
        if u_slope is not None or u_turned is not None:
            back.append(_spread(m))
        if u_slope is not None:
            back.append(_kernel_slope(index, v, m, u_slope, bias_slope, shared))
        if u_turned is not None and image.slope is not None:
            back += [_sums(m, u_turned, None, v), *_pastes(v, strips, image.slope[2 * rows.start :], index == 0, shared)]
        slopes = [m[0, 0], m[0, 3], m[3, 0], m[3, 3]] if site.backward else []
        found.append(Band(rows, list(planes), slopes, forward, tuple(back)))
    return Product(found, [product(twofold, kernel.reshape(9, -1), u.reshape(16, -1))], start, finish)


def _products(left: Array, right: Array, out: Array) -> Call:
    matmul = np.matmul

    def call() -> None:
        matmul(left, right, out=out)

    return call


def _cuts(image: Array, strips: Array, v: Array) -> tuple[Call, Call]:
    """Return the calls that make V = Bᵀ d B of the image: strips of four rows first, then tiles of the strips."""
    high, _, width, rows, channels = strips.shape
    tile = np.array(TILE, v.dtype)
    lines = image[: 2 * high + 2, :width].reshape(2 * high + 2, -1)
    fours = sliding_window_view(lines, 4, axis=0)[::2].swapaxes(1, 2)
    columns = sliding_window_view(strips.reshape(high, 4, width, rows * channels), 4, axis=2)[:, :, ::2].swapaxes(3, 4)
    return _products(tile, fours, strips.reshape(high, 4, -1)), _products(tile, columns, _by_tile(v))


def _by_tile(v: Array) -> Array:
    """Return V (i, j, Y, X, sample, channel) as a view (Y, i, X, j, numbers)."""
    return v.reshape(*v.shape[:4], -1).transpose(2, 0, 3, 1, 4)


def _sums(tiles: Array, kernel: Array, bias: Array | None, out: Array) -> Call:
    """Return the sixteen products of tiles and kernels, and the bias added at (1, 1)."""
    left, found = tiles.reshape(16, -1, tiles.shape[-1]), out.reshape(16, -1, out.shape[-1])
    multiply, middle, add = _products(left, kernel, found), found[5], np.add
    if bias is None:
        return multiply

    def call() -> None:
        multiply()
        add(middle, bias, middle)

    return call


def _answers(m: Array, planes: Array) -> Call:
    """Return the call Y = Aᵀ M A."""
    return product(np.kron(ANSWER, ANSWER).astype(m.dtype), m.reshape(16, -1), planes.reshape(4, -1))


def _spread(m: Array) -> Call:
    """Return the call ∂ℓ/∂M = A δ Aᵀ, from the four corners in place; twelve additions, 51 µs where a product takes 64."""
    m0, m1, m2, m3 = m
    n0, n1, n2, n3 = (m[::3, place] for place in range(4))
    add, subtract = np.add, np.subtract

    def call() -> None:
        add(n0, n3, n1)
        subtract(n0, n3, n2)
        add(m0, m3, m1)
        subtract(m0, m3, m2)

    return call


def _kernel_slope(index: int, v: Array, m: Array, u_slope: Array, bias_slope: Array | None, buffers: Buffers) -> Call:
    """Return the call that sums ∂ℓ/∂U = Vᵀ·∂ℓ/∂M over the bands, and ∂ℓ/∂b where there is a bias."""
    turned, delta = v.reshape(16, -1, v.shape[-1]).transpose(0, 2, 1), m.reshape(16, -1, m.shape[-1])
    matmul = np.matmul

    def write(out: Array) -> None:
        matmul(turned, delta, out=out)

    weights = summed(index, write, u_slope, buffers.take("u_part", u_slope.shape))
    if bias_slope is None:
        return weights
    middle = delta[5]
    ones = buffers.take("ones", (len(middle),))
    ones.fill(1)

    def write_bias(out: Array) -> None:
        ones.dot(middle, out)

    bias = summed(index, write_bias, bias_slope, buffers.take("bias_part", bias_slope.shape))

    def both() -> None:
        weights()
        bias()

    return both


def _kernel_turned(kernel: Array, twofold: Array, u_turned: Array, buffers: Buffers) -> Call:
    """Return the call that makes the sixteen matrices of U transposed: (16, filters, channels).

    OpenBLAS multiplies by a transposed right side of this size at 0.6 of the speed.
    """
    _, filters, channels = u_turned.shape
    turned = buffers.take("kernel_turned", (9, filters, channels))
    read = kernel.reshape(9, channels, filters).transpose(0, 2, 1)
    transform, copyto = product(twofold, turned.reshape(9, -1), u_turned.reshape(16, -1)), np.copyto

    def call() -> None:
        copyto(turned, read)
        transform()

    return call


def _clearing(slope: Array, height: int, width: int) -> Call:
    """Return the call that writes 0 to the pixels that no tile covers."""
    right, below = slope[:, width:], slope[height:]

    def clear() -> None:
        right.fill(0)
        below.fill(0)

    return clear


def _pastes(v: Array, strips: Array, slope: Array, first: bool, buffers: Buffers) -> list[Call]:
    """Return the calls that add ∂ℓ/∂d = B ∂ℓ/∂V Bᵀ to the image: columns of tiles become strips, strips become rows."""
    high, _, width, rows, channels = strips.shape
    across, run = v.shape[3], rows * channels
    back = np.ascontiguousarray(np.array(TILE, v.dtype).T)  # B
    tiles = buffers.take("tile_slopes", (high, 4, across, 4, run))
    halves, pairs = tiles.reshape(high, 4, across, 2, 2 * run), strips.reshape(high, 4, across + 1, 2 * run)
    columns = np.moveaxis(halves, 2, 0)
    lines = buffers.take("line_slopes", (high, 4, width * run))
    image = slope[: 2 * high + 2, :width].reshape(high + 1, 2, width * run)
    return [
        _products(back, _by_tile(v), tiles),
        _overlaid(columns[..., 0, :], columns[..., 1, :], np.moveaxis(pairs, 2, 0), True),
        _products(back, strips.reshape(high, 4, -1), lines),
        _overlaid(lines[:, :2], lines[:, 2:], image, first),
    ]


def _overlaid(left: Array, right: Array, pairs: Array, first: bool) -> Call:
    """Return the call that adds up tiles (tiles, ·) that overlap by half: pair k is the left half of tile k and the right of k − 1.

    Unless it is the first, pair 0 holds what the band before wrote there, and is added to.
    """
    start, inner, last = pairs[0], pairs[1:-1], pairs[-1]
    left_start, left_later, right_before, right_last = left[0], left[1:], right[:-1], right[-1]
    add, copyto = np.add, np.copyto

    def call() -> None:
        add(left_later, right_before, inner)
        copyto(last, right_last)
        if first:
            copyto(start, left_start)
        else:
            add(start, left_start, start)

    return call
