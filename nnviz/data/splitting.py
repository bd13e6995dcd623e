"""Shares samples out to training, validation and test, the classes fairly if wished."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from nnviz.data.prepared import TEST, TRAIN, VALIDATION
from nnviz.engine.spec import Split

Array = NDArray[Any]


def part_sizes(samples: int, parts: Split) -> tuple[int, int, int]:
    """Return how many samples train, validation and test get: rounding down leaves the rest to train."""
    validation = _share(samples, parts.validation)
    test = min(_share(samples, parts.test), samples - validation)
    return samples - validation - test, validation, test


def split(samples: int, parts: Split, classes: Array | None, rng: Generator) -> Array:
    """Return the part of each sample, shape (samples,): 0 train, 1 validation, 2 test.

    Stratified, the classes share each part as they share the whole, to one sample.

    Args:
        samples: how many there are.
        parts: the fractions.
        classes: class numbers, shape (samples,), or None where there are none.
        rng: shuffles within the classes.
    """
    _, validation, test = part_sizes(samples, parts)
    if classes is None or not parts.stratified:
        groups = [rng.permutation(samples)]
    else:
        groups = [rng.permutation(np.flatnonzero(classes == number)) for number in np.unique(classes)]
    sizes = [len(group) for group in groups]
    for_validation = apportion(validation, sizes)
    for_test = apportion(test, [size - taken for size, taken in zip(sizes, for_validation, strict=True)])
    part_of = np.full(samples, TRAIN, dtype=np.int8)
    for group, first, second in zip(groups, for_validation, for_test, strict=True):
        part_of[group[:first]] = VALIDATION
        part_of[group[first : first + second]] = TEST
    return part_of


def apportion(seats: int, sizes: list[int]) -> list[int]:
    """Share out `seats` in proportion to `sizes`, none getting more than its size, by largest remainders (Hamilton).

    The counts add up to `seats` whenever the sizes allow it; of equal remainders the first wins.
    """
    total = sum(sizes)
    if not total:
        return [0 for _ in sizes]
    quotas = [divmod(seats * size, total) for size in sizes]
    counts = [whole for whole, _ in quotas]
    by_remainder = sorted(range(len(sizes)), key=lambda index: -quotas[index][1])
    for index in by_remainder[: seats - sum(counts)]:
        counts[index] += 1
    return counts


def _share(samples: int, fraction: float) -> int:
    """Return the fraction of the samples, rounded down; 0.3 of 10 is 3 though 0.3 is a little less in binary."""
    return math.floor(samples * min(1.0, fraction) + 1e-9) if fraction > 0.0 else 0
