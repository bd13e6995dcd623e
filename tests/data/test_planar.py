"""The planar sets are the figures of TensorFlow Playground, for any number of samples."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.data.planar import EDGE, RADIUS
from tests.data.made import make

PLAYGROUND = ("circle", "gauss", "spiral", "moons", "plane")


@pytest.mark.parametrize("name", PLAYGROUND)
@pytest.mark.parametrize("samples", [1, 2, 3, 10, 101])
def test_any_count_is_made(name: str, samples: int) -> None:
    assert len(make(name, samples).inputs) == samples


@pytest.mark.parametrize("name", ["circle", "gauss", "spiral", "moons"])
def test_classes_are_even(name: str) -> None:
    assert np.bincount(make(name, 201).targets).tolist() == [101, 100]


def test_the_circle_is_told_by_distance() -> None:
    raw = make("circle", 500)
    distance = np.hypot(*raw.inputs.T)
    assert distance[raw.targets == 1].max() < RADIUS / 2
    assert distance[raw.targets == 0].min() >= 0.7 * RADIUS
    assert distance.max() <= RADIUS


def test_noise_mislabels_some_of_the_circle() -> None:
    raw = make("circle", 500, 0.5)
    assert 0.02 < np.mean((np.hypot(*raw.inputs.T) < RADIUS / 2) != (raw.targets == 1)) < 0.5


def test_gaussians_stand_where_the_playground_puts_them() -> None:
    raw = make("gauss", 20_000, 0.2)
    for label, center in ((1, 2.0), (0, -2.0)):
        cloud = raw.inputs[raw.targets == label]
        np.testing.assert_allclose(cloud.mean(axis=0), center, atol=0.05)
        np.testing.assert_allclose(cloud.var(axis=0), 0.5 + 7.0 * 0.2, rtol=0.05)


def test_one_arm_of_the_spiral_is_the_other_turned_half_round() -> None:
    raw = make("spiral", 100)
    first, second = raw.inputs[raw.targets == 1], raw.inputs[raw.targets == 0]
    np.testing.assert_allclose(first, -second, atol=1e-12)
    np.testing.assert_allclose(np.hypot(*first.T), np.arange(50) / 50 * RADIUS, atol=1e-12)


def test_moons_are_half_circles() -> None:
    raw = make("moons", 100)
    unit = raw.inputs / (RADIUS / 1.5) + [0.5, 0.25]
    centers = np.where(raw.targets[:, None] == 1, [1.0, 0.5], [0.0, 0.0])
    np.testing.assert_allclose(np.hypot(*(unit - centers).T), 1.0, atol=1e-12)


def test_values_are_those_of_the_formulas() -> None:
    plane, sine = make("plane"), make("sine")
    np.testing.assert_allclose(plane.targets[:, 0], plane.inputs.sum(axis=1) / 10)
    np.testing.assert_allclose(sine.targets, np.sin(sine.inputs))
    assert np.abs(plane.targets).max() <= 1.2
    assert np.abs(sine.inputs).max() <= EDGE
