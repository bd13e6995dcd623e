from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.spec import Spec
from nnviz.engine.update import Update, direction, finite, norm, rates
from tests.engine.build import network, spec
from tests.engine.tables.make_clipping import CLIP_NORM, CLIP_VALUE, TABLE, gradients


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


@pytest.mark.parametrize(
    ("name", "settings"),
    [("value", {"clip_value": CLIP_VALUE}), ("norm", {"clip_norm": CLIP_NORM}), ("unit", {"normalize_gradients": True})],
)
def test_clipping_as_pytorch_does_it(name: str, settings: dict[str, float]) -> None:
    update = Update(spec(2, 1, **settings))
    with np.load(TABLE) as table:
        for gradient, expected in zip(gradients(), table[name], strict=True):
            clipped, factor = update.clip(gradient)
            if name == "norm" and factor < 1:  # PyTorch divides by ‖g‖ + 1e-6
                expected = expected * (1 + 1e-6 / np.linalg.norm(gradient))
            np.testing.assert_allclose(clipped, expected, rtol=1e-12, atol=0)
            if name != "value":
                np.testing.assert_allclose(factor * gradient, clipped, rtol=1e-12)


def test_normalization_comes_last() -> None:
    update = Update(spec(2, 1, clip_value=4.0, clip_norm=2.5, normalize_gradients=True))
    clipped, factor = update.clip(np.array([3.0, -100.0, 0.0]))
    np.testing.assert_allclose(clipped, [0.6, -0.8, 0.0], rtol=1e-15)
    assert factor == pytest.approx(0.2)
    assert update.clips


@pytest.mark.parametrize("settings", [{"normalize_gradients": True}, {"clip_norm": 1.0}, {"clip_norm": 1.0, "normalize_gradients": True}])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_zeros_stay_zeros(settings: dict[str, float], dtype: str) -> None:
    clipped, factor = Update(spec(2, 1, **settings)).clip(np.zeros(3, dtype))
    np.testing.assert_array_equal(clipped, np.zeros(3))
    assert (factor, clipped.dtype) == (1.0, dtype)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("settings", [{"normalize_gradients": True}, {"clip_norm": 1e-60}])
def test_lengths_from_the_smallest_to_the_largest_number(dtype: str, settings: dict[str, float]) -> None:
    limits = np.finfo(dtype)
    for size in (limits.smallest_subnormal, limits.tiny, limits.tiny**0.5, 1.0, limits.max**0.5, limits.max / 2, limits.max):
        gradient = np.array([size, -size, 0.0, size], dtype)
        before = gradient.copy()
        with np.errstate(over="ignore", under="ignore"):
            clipped, _ = Update(spec(2, 1, **settings)).clip(gradient)
        np.testing.assert_array_equal(gradient, before)
        assert clipped.dtype == dtype
        if "clip_norm" not in settings:
            np.testing.assert_allclose(clipped, np.array([1, -1, 0, 1]) / math.sqrt(3), rtol=1e-6 if dtype == "float32" else 1e-14)
        elif size > 1e-60:
            assert np.isfinite(clipped).all()
            np.testing.assert_allclose(clipped[0], 1e-60 / math.sqrt(3), rtol=1e-14, atol=limits.smallest_subnormal)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=5).filter(any))
def test_a_direction_has_length_one_and_the_old_signs(numbers: list[float]) -> None:
    vector = np.array(numbers)
    found = direction(vector)
    assert math.hypot(*found) == pytest.approx(1.0, rel=1e-14)
    assert (np.sign(found) * np.sign(vector) >= 0).all()


@pytest.mark.parametrize("optimizer", ["sgd", "adamw"])
def test_the_parameters_reach_the_optimizer(optimizer: str) -> None:
    made = spec(2, 1, optimizer=optimizer, learning_rate=0.5)
    change, _ = Update(made).change(np.zeros(3), OPTIMIZERS[optimizer].state(3), 1, np.array([1.0, -2.0, 4.0]))
    np.testing.assert_allclose(change, [-0.005, 0.01, -0.02] if optimizer == "adamw" else [0.0, 0.0, 0.0])


def test_frozen_weights_do_not_decay() -> None:
    made = with_layer(spec(2, 1, optimizer="adamw"), 0, frozen=True)
    change, _ = Update(made).change(np.ones(3), OPTIMIZERS["adamw"].state(3), 1, np.ones(3))
    assert not change.any()


def test_every_parameter_has_its_rate() -> None:
    made = with_layer(with_layer(spec(2, 2, 1, 1), 0, rate_multiplier=0.5, train_bias=False), 1, frozen=True, rate_multiplier=3.0)
    np.testing.assert_array_equal(rates(made.network), [0.5] * 4 + [0.0] * 2 + [0.0] * 3 + [1.0] * 2)
    assert rates(network(2, 2, 1)) is None


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_moments_cannot_move_a_frozen_weight(optimizer: str) -> None:
    """Momentum from before the freezing must not go on."""
    made = spec(2, 1, optimizer=optimizer)
    _, state = Update(made).change(np.ones(3), OPTIMIZERS[optimizer].state(3), 1, np.zeros(3))
    change, _ = Update(with_layer(made, 0, frozen=True)).change(np.zeros(3), state, 2, np.ones(3))
    assert not change.any()


def test_a_change_is_scaled_after_the_optimizer() -> None:
    """Adam would undo a scaling of the gradient."""
    made = spec(2, 1, optimizer="adam", learning_rate=0.01)
    full, _ = Update(made).change(np.ones(3), OPTIMIZERS["adam"].state(3), 1, np.zeros(3))
    half, _ = Update(with_layer(made, 0, rate_multiplier=0.5)).change(np.ones(3), OPTIMIZERS["adam"].state(3), 1, np.zeros(3))
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
