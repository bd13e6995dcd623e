from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.spec import Spec
from nnviz.engine.update import Update, finite, norm, rates
from tests.engine.build import network, spec


def with_layer(made: Spec, place: int, **fields: object) -> Spec:
    layers = list(made.network.layers)
    layers[place] = replace(layers[place], **fields)
    return replace(made, network=replace(made.network, layers=tuple(layers)))


def test_clipping_by_value_comes_before_clipping_by_norm() -> None:
    update = Update(spec(2, 1, clip_value=4.0, clip_norm=2.5))
    clipped, factor = update.clip(np.array([3.0, -100.0, 0.0]))
    assert factor == pytest.approx(0.5)
    np.testing.assert_allclose(clipped, [1.5, -2.0, 0.0])


@pytest.mark.parametrize("settings", [{}, {"clip_value": 10.0}, {"clip_norm": 5.0}, {"clip_value": 4.0, "clip_norm": 5.0}])
def test_what_is_within_bounds_is_not_clipped(settings: dict[str, float]) -> None:
    gradient = np.array([3.0, -4.0, 0.0])
    clipped, factor = Update(spec(2, 1, **settings)).clip(gradient)
    assert factor == 1.0
    np.testing.assert_array_equal(clipped, gradient)
    assert Update(spec(2, 1, **settings)).clips == bool(settings)


def test_even_a_gigantic_gradient_is_clipped_to_the_norm() -> None:
    with np.errstate(over="ignore"):
        clipped, _ = Update(spec(2, 1, clip_norm=2.0)).clip(np.array([1e300, -1e300, 0.0]))
    np.testing.assert_allclose(clipped, [math.sqrt(2), -math.sqrt(2), 0.0], rtol=1e-14)


def test_every_parameter_has_its_rate() -> None:
    made = with_layer(with_layer(spec(2, 2, 1, 1), 0, rate_multiplier=0.5, train_bias=False), 1, frozen=True, rate_multiplier=3.0)
    np.testing.assert_array_equal(rates(made.network), [0.5] * 4 + [0.0] * 2 + [0.0] * 3 + [1.0] * 2)
    assert rates(network(2, 2, 1)) is None


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_moments_cannot_move_a_frozen_weight(optimizer: str) -> None:
    """Momentum from before the freezing must not go on."""
    made = spec(2, 1, optimizer=optimizer)
    _, state = Update(made).change(np.ones(3), OPTIMIZERS[optimizer].state(3), 1)
    change, _ = Update(with_layer(made, 0, frozen=True)).change(np.zeros(3), state, 2)
    assert not change.any()


def test_a_change_is_scaled_after_the_optimizer() -> None:
    """Adam would undo a scaling of the gradient."""
    made = spec(2, 1, optimizer="adam", learning_rate=0.01)
    full, _ = Update(made).change(np.ones(3), OPTIMIZERS["adam"].state(3), 1)
    half, _ = Update(with_layer(made, 0, rate_multiplier=0.5)).change(np.ones(3), OPTIMIZERS["adam"].state(3), 1)
    np.testing.assert_array_equal(half, full / 2)


@given(st.lists(st.floats(-1e307, 1e307), min_size=1, max_size=4))
def test_the_norm_never_overflows(numbers: list[float]) -> None:
    with np.errstate(over="ignore"):
        assert norm(np.array(numbers)) == pytest.approx(math.hypot(*numbers), rel=1e-12, abs=1e-162)


@pytest.mark.parametrize(
    ("numbers", "expected"), [([1.0, 2.0], True), ([1e300, 1e300], True), ([math.nan, 1.0], False), ([math.inf], False)]
)
def test_finite(numbers: list[float], expected: bool) -> None:
    with np.errstate(over="ignore"):
        assert finite(np.array(numbers)) is expected
