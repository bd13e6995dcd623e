"""Every sample gets one part, the parts their sizes, and the classes their share of each."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.data.splitting import apportion, part_sizes, split
from nnviz.engine.spec import Split
from tests.data.splits import splits


@pytest.mark.parametrize(
    ("samples", "fractions", "expected"),
    [
        (100, (0.7, 0.3, 0.0), (70, 30, 0)),
        (300, (0.7, 0.3, 0.0), (210, 90, 0)),
        (10, (0.4, 0.3, 0.3), (4, 3, 3)),
        (4, (0.8, 0.2, 0.0), (4, 0, 0)),
        (5, (0.5, 0.5, 0.0), (3, 2, 0)),
        (150, (0.8, 0.2, 0.0), (120, 30, 0)),
        (1, (1.0, 0.0, 0.0), (1, 0, 0)),
        (3, (0.0, 1.0, 1.0), (0, 3, 0)),
        (3, (float("nan"), float("nan"), -1.0), (3, 0, 0)),
        (0, (1.0, 0.0, 0.0), (0, 0, 0)),
    ],
)
def test_rounding_leaves_the_rest_to_train(samples: int, fractions: tuple[float, float, float], expected: tuple[int, int, int]) -> None:
    assert part_sizes(samples, Split(*fractions)) == expected


@settings(max_examples=60)
@given(st.lists(st.integers(0, 2), min_size=1, max_size=80), splits(), st.integers(0, 9))
def test_a_stratified_split_is_fair_to_one_sample(labels: list[int], parts: Split, seed: int) -> None:
    classes = np.array(labels)
    part_of = split(len(labels), replace(parts, stratified=True), classes, np.random.default_rng(seed))
    sizes = part_sizes(len(labels), parts)
    assert tuple(np.bincount(part_of, minlength=3)) == sizes
    for number in set(labels):
        fair = (classes == number).sum() * sizes[1] / len(labels)
        assert abs(((classes == number) & (part_of == 1)).sum() - fair) < 1.0


@given(st.lists(st.integers(0, 40), min_size=1, max_size=6), st.data())
def test_apportioned_counts_add_up_and_never_exceed(sizes: list[int], data: st.DataObject) -> None:
    seats = data.draw(st.integers(0, sum(sizes)))
    counts = apportion(seats, sizes)
    assert sum(counts) == seats
    assert all(0 <= count <= size for count, size in zip(counts, sizes, strict=True))
