from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.engine.initializers import INITIALIZERS, Initializer
from nnviz.engine.table import choose
from tests.engine.tables.make_functions import GAIN, ORTHOGONAL, SEED, TABLE

UNITS, SOURCES, FAN_OUT = 200, 300, 450
EVERY = pytest.mark.parametrize("entry", INITIALIZERS.values(), ids=INITIALIZERS)
SAME = ("zeros", "constant")


def drawn(name: str, seed: int = 1, units: int = UNITS, sources: int = SOURCES, fan_out: int = FAN_OUT, **parameters: float) -> np.ndarray:
    chosen = dict(choose(INITIALIZERS, name, **parameters).parameters)
    return INITIALIZERS[name].draw(np.random.default_rng(seed), units, sources, fan_out, **chosen)


@pytest.mark.parametrize("name", INITIALIZERS)
def test_shape_and_determinism(name: str) -> None:
    for units, sources in ((UNITS, SOURCES), (SOURCES, UNITS), (1, 1), (1, 5), (5, 1)):
        weights = drawn(name, units=units, sources=sources)
        assert weights.shape == (units, sources)
        assert weights.dtype == np.float64 and np.isfinite(weights).all()
    np.testing.assert_array_equal(drawn(name), drawn(name))
    assert name in SAME or (drawn(name) != drawn(name, seed=2)).any()


@pytest.mark.parametrize(
    ("name", "variance"),
    [
        ("zeros", 0),
        ("uniform", 0.5**2 / 3),
        ("normal", 0.05**2),
        ("xavier_uniform", 2 / (FAN_OUT + SOURCES)),
        ("xavier_normal", 2 / (FAN_OUT + SOURCES)),
        ("he_uniform", 2 / SOURCES),
        ("he_normal", 2 / SOURCES),
        ("lecun_normal", 1 / SOURCES),
        ("orthogonal", 1 / SOURCES),
    ],
)
def test_spread(name: str, variance: float) -> None:
    weights = drawn(name)
    assert weights.var() == pytest.approx(variance, rel=0.02)
    assert abs(weights.mean()) <= 4 * math.sqrt(variance / weights.size)


@pytest.mark.parametrize("name", ["normal", "xavier_normal", "he_normal", "lecun_normal", "orthogonal"])
def test_bell_shaped_spreads_are_normal(name: str) -> None:
    scaled = drawn(name) / drawn(name).std()
    for within in (0.5, 1.0, 2.0, 3.0):
        assert (np.abs(scaled) < within).mean() == pytest.approx(math.erf(within / math.sqrt(2)), abs=0.008)


@pytest.mark.parametrize(("name", "bound"), [("uniform", 0.5), ("xavier_uniform", math.sqrt(6 / 750)), ("he_uniform", math.sqrt(6 / 300))])
def test_even_spreads_fill_their_interval_and_no_more(name: str, bound: float) -> None:
    largest = np.abs(drawn(name)).max()
    assert 0.999 * bound < largest <= bound


@pytest.mark.parametrize(
    ("name", "bound", "deviation"),
    [
        ("uniform", 0.5, None),
        ("xavier_uniform", math.sqrt(6 / 500), None),
        ("xavier_normal", None, math.sqrt(2 / 500)),
        ("he_uniform", math.sqrt(6 / 300), None),
        ("he_normal", None, math.sqrt(2 / 300)),
    ],
)
def test_dense_layers_begin_with_the_very_numbers_that_saved_runs_began_with(name: str, bound: float, deviation: float) -> None:
    rng = np.random.default_rng(3)
    expected = rng.normal(0, deviation, (UNITS, SOURCES)) if bound is None else rng.uniform(-bound, bound, (UNITS, SOURCES))
    np.testing.assert_array_equal(drawn(name, seed=3, fan_out=UNITS), expected)


@pytest.mark.parametrize("name", sorted(set(INITIALIZERS) - {"xavier_uniform", "xavier_normal"}))
def test_only_glorot_cares_how_often_a_source_is_read(name: str) -> None:
    np.testing.assert_array_equal(drawn(name, fan_out=7), drawn(name, fan_out=7000))


def test_a_constant_is_the_same_everywhere() -> None:
    assert (drawn("constant") == 0.1).all()
    assert (drawn("constant", value=-2.0) == -2.0).all()


def test_normal_has_the_deviation_asked_for() -> None:
    np.testing.assert_allclose(drawn("normal", sd=3.0), 60 * drawn("normal", sd=0.05), rtol=1e-15)
    assert not drawn("normal", sd=0.0).any()


@given(units=st.integers(1, 30), sources=st.integers(1, 30), seed=st.integers(0, 999), gain=st.floats(0.1, 10))
def test_orthogonal_rows_or_columns(units: int, sources: int, seed: int, gain: float) -> None:
    weights = drawn("orthogonal", seed, units, sources, gain=gain)
    product = weights.T @ weights if units >= sources else weights @ weights.T
    np.testing.assert_allclose(product, gain**2 * np.eye(min(units, sources)), atol=1e-13 * gain**2)


@pytest.mark.parametrize(("units", "sources"), ORTHOGONAL)
def test_orthogonal_is_what_pytorch_makes_of_the_same_numbers(units: int, sources: int) -> None:
    with np.load(TABLE) as file:
        expected = file[f"orthogonal/{units}x{sources}"]
    np.testing.assert_allclose(drawn("orthogonal", SEED, units, sources, gain=GAIN), expected, atol=1e-14)


def test_all_rotations_are_equally_likely() -> None:
    """Without the signs of R's diagonal the first entry of every Q would be negative."""
    first = [drawn("orthogonal", seed, 3, 3)[0, 0] for seed in range(400)]
    assert abs(np.mean(first)) <= 4 / math.sqrt(3 * 400)


@EVERY
def test_every_entry_can_be_taught(entry: Initializer) -> None:
    assert entry.formula and entry.source and entry.summary.endswith(".")
    assert all(item.allows(item.default) for item in entry.parameters)
