"""Makes layers.npz: what PyTorch's convolution, pooling and batch norm give, forward and backward, in float64.

    python tests/engine/tables/make_layers.py        (needs torch; made with torch 2.13.0)

A key is the name of a case of `CONVOLUTIONS`, `POOLINGS` or `BATCH_NORMS`; its value is everything `names` lists for such a case,
one after the other as one row of numbers, images as (samples, height, width, channels), kernels as (filters, channels, height,
width). Inputs, weights and ∂ℓ/∂z are those of `numbers`, which the tests call too.
"""

from __future__ import annotations

import zlib
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Pair = tuple[int, int]
TABLE = Path(__file__).with_name("layers.npz")
IMAGES = ((2, 7, 5, 2), (3, 6, 8, 1), (2, 5, 5, 3))  # samples, height, width, channels
FILTERS = 2


class Window(NamedTuple):
    """A convolution or a pooling."""

    images: tuple[int, int, int, int]
    size: Pair
    stride: Pair
    padding: str = "valid"


class Norm(NamedTuple):
    """A batch norm; samples, height, width, channels, or samples, channels."""

    inputs: tuple[int, ...]
    training: bool
    momentum: float
    epsilon: float


def _windows(sizes: tuple[Pair, ...], strides: tuple[Pair, ...], *rest: str) -> dict[str, Window]:
    """Return windows of all sizes and strides, the images taking turns."""
    found = {}
    for number, (size, stride, *padding) in enumerate(product(sizes, strides, *([rest] if rest else []))):
        window = Window(IMAGES[number % len(IMAGES)], size, stride, *padding)
        found["-".join(["x".join(map(str, pair)) for pair in (window.images, size, stride)] + padding)] = window
    return found


CONVOLUTIONS = {
    f"conv-{name}": case
    for name, case in _windows(
        ((1, 1), (1, 3), (3, 1), (2, 2), (3, 3), (4, 2), (5, 5)), ((1, 1), (2, 2), (1, 2), (3, 2), (7, 5)), "valid", "same"
    ).items()
}
POOLINGS = {
    f"{kind}-{name}": case
    for name, case in _windows(((1, 1), (2, 2), (1, 3), (3, 2), (3, 3), (5, 5)), ((1, 1), (2, 2), (3, 3), (1, 2), (3, 1))).items()
    for kind in ("max", "ties", "avg")
}
BATCH_NORMS = {
    f"norm-{'x'.join(map(str, inputs))}-{'training' if training else 'evaluation'}-{momentum}-{epsilon}": Norm(
        inputs, training, momentum, epsilon
    )
    for inputs in ((6, 3), (2, 4), (4, 3, 5, 2), (1, 4, 4, 3))
    for training in (True, False)
    for momentum, epsilon in ((0.1, 1e-5), (0.6, 1e-2))
}


def numbers(case: str, what: str, shape: tuple[int, ...]) -> Array:
    """Return random numbers: x, weights, bias, delta, mean or variance of a case; in a case of ties, whole ones."""
    found = np.random.default_rng(zlib.crc32(f"{case} {what}".encode())).standard_normal(shape)
    if what == "variance":
        return np.square(found) + 0.1
    return np.round(found) if case.startswith("ties") and what == "x" else found


def names(case: str) -> tuple[str, ...]:
    """Return what is kept of a case, in this order."""
    if case.startswith("conv"):
        return "z", "upstream", "weights", "bias"
    return ("z", "upstream", "weights", "bias", "mean", "variance") if case.startswith("norm") else ("z", "upstream")


def convolution(torch: Any, name: str, case: Window) -> list[Any]:
    """Return z, ∂ℓ/∂x, ∂ℓ/∂W, ∂ℓ/∂b."""
    f = torch.nn.functional
    x = torch.tensor(numbers(name, "x", case.images), requires_grad=True)
    weights = torch.tensor(numbers(name, "weights", (FILTERS, case.images[3], *case.size)), requires_grad=True)
    bias = torch.tensor(numbers(name, "bias", (FILTERS,)), requires_grad=True)
    images = x.movedim(3, 1)
    if case.padding == "same" and case.stride == (1, 1):
        z = f.conv2d(images, weights, bias, padding="same")
    else:  # PyTorch has no "same" for strides; TensorFlow's rule: the larger half of an odd number of zeros stands behind
        if case.padding == "same":
            margins = []
            for side, kernel, step in reversed(list(zip(case.images[1:3], case.size, case.stride, strict=True))):
                total = max(kernel - (step if side % step == 0 else side % step), 0)
                margins += [total // 2, total - total // 2]
            images = f.pad(images, margins)
        z = f.conv2d(images, weights, bias, case.stride)
    z = z.movedim(1, 3)
    z.backward(torch.tensor(numbers(name, "delta", tuple(z.shape))))
    return [z, x.grad, weights.grad, bias.grad]


def pooling(torch: Any, name: str, case: Window) -> list[Any]:
    """Return z and ∂ℓ/∂x."""
    function = torch.nn.functional.avg_pool2d if name.startswith("avg") else torch.nn.functional.max_pool2d
    x = torch.tensor(numbers(name, "x", case.images), requires_grad=True)
    z = function(x.movedim(3, 1), case.size, case.stride).movedim(1, 3)
    z.backward(torch.tensor(numbers(name, "delta", tuple(z.shape))))
    return [z, x.grad]


def batch_norm(torch: Any, name: str, case: Norm) -> list[Any]:
    """Return z, ∂ℓ/∂x, ∂ℓ/∂γ, ∂ℓ/∂β, and the running statistics afterwards."""
    channels = (case.inputs[-1],)
    x = torch.tensor(numbers(name, "x", case.inputs), requires_grad=True)
    weights, bias = (torch.tensor(numbers(name, what, channels), requires_grad=True) for what in ("weights", "bias"))
    mean, variance = (torch.tensor(numbers(name, what, channels)) for what in ("mean", "variance"))
    function = torch.nn.functional.batch_norm
    z = function(x.movedim(-1, 1), mean, variance, weights, bias, case.training, case.momentum, case.epsilon).movedim(1, -1)
    z.backward(torch.tensor(numbers(name, "delta", case.inputs)))
    return [z, x.grad, weights.grad, bias.grad, mean, variance]


def main() -> None:
    """Ask PyTorch for everything and write the table."""
    import torch

    table = {}
    for cases, function in ((CONVOLUTIONS, convolution), (POOLINGS, pooling), (BATCH_NORMS, batch_norm)):
        for name, case in cases.items():
            found = function(torch, name, case)
            assert len(found) == len(names(name))
            table[name] = np.concatenate([tensor.detach().numpy().ravel() for tensor in found])
    np.savez_compressed(TABLE, **table)


if __name__ == "__main__":
    main()
