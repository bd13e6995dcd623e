from __future__ import annotations

import math

import numpy as np
import pytest

from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.table import choose

UNITS, SOURCES = 200, 300


def drawn(name: str, seed: int = 1) -> np.ndarray:
    parameters = dict(choose(INITIALIZERS, name).parameters)
    return INITIALIZERS[name].draw(np.random.default_rng(seed), UNITS, SOURCES, **parameters)


@pytest.mark.parametrize("name", INITIALIZERS)
def test_shape_and_determinism(name: str) -> None:
    assert drawn(name).shape == (UNITS, SOURCES)
    assert drawn(name).dtype == np.float64
    np.testing.assert_array_equal(drawn(name), drawn(name))
    assert name == "zeros" or (drawn(name) != drawn(name, seed=2)).any()


@pytest.mark.parametrize(
    ("name", "variance"),
    [
        ("zeros", 0),
        ("uniform", 0.5**2 / 3),
        ("xavier_uniform", 2 / (UNITS + SOURCES)),
        ("xavier_normal", 2 / (UNITS + SOURCES)),
        ("he_uniform", 2 / SOURCES),
        ("he_normal", 2 / SOURCES),
    ],
)
def test_spread(name: str, variance: float) -> None:
    weights = drawn(name)
    assert weights.var() == pytest.approx(variance, rel=0.02)
    assert abs(weights.mean()) <= 4 * math.sqrt(variance / weights.size)


@pytest.mark.parametrize(("name", "bound"), [("uniform", 0.5), ("xavier_uniform", math.sqrt(6 / 500)), ("he_uniform", math.sqrt(6 / 300))])
def test_even_spreads_fill_their_interval_and_no_more(name: str, bound: float) -> None:
    largest = np.abs(drawn(name)).max()
    assert 0.999 * bound < largest <= bound
