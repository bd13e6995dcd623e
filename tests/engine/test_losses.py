from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.losses import FUSED, LOSSES, REDUCTIONS, Loss

EVERY = pytest.mark.parametrize("entry", LOSSES.values(), ids=LOSSES)
PAIRS = pytest.mark.parametrize("pair", FUSED, ids="+".join)
Y = np.array([[0.2, 0.7, 0.1], [0.5, 0.25, 0.25]])
T = np.array([[0.0, 1.0, 0.0], [0.3, 0.3, 0.4]])
HUGE = st.floats(-1e300, 1e300)


def test_known_losses() -> None:
    np.testing.assert_allclose(LOSSES["mse"].terms(Y, T).sum(axis=1), [0.14, 0.065], rtol=1e-14)
    np.testing.assert_allclose(LOSSES["categorical_crossentropy"].terms(Y, T).sum(axis=1)[0], -math.log(0.7), rtol=1e-15)
    expected = -math.log(0.8) - math.log(0.7) - math.log(0.9)
    np.testing.assert_allclose(LOSSES["binary_crossentropy"].terms(Y, T).sum(axis=1)[0], expected, rtol=1e-15)


@EVERY
def test_the_gradient_is_that_of_the_terms(entry: Loss) -> None:
    slopes = entry.terms(Y + 1e-30j, T).imag / 1e-30
    np.testing.assert_allclose(entry.gradient(Y, T), slopes, rtol=1e-13)


@EVERY
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_certain_answers_are_finite(entry: Loss, dtype: type) -> None:
    y, t = np.array([[0.0, 1.0]], dtype), np.array([[1.0, 0.0]], dtype)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        for found in (entry.terms(y, t), entry.gradient(y, t)):
            assert np.isfinite(found).all()
            assert found.dtype == dtype


@PAIRS
def test_fused_pairs_agree_with_their_parts(pair: tuple[str, str]) -> None:
    loss, activation, fused = LOSSES[pair[0]], ACTIVATIONS[pair[1]], FUSED[pair]
    z = np.array([[-2.0, 0.5, 1.0], [0.1, 0.0, -3.0]])
    y = activation.value(z)
    np.testing.assert_allclose(fused.terms(z, T).sum(axis=1), loss.terms(y, T).sum(axis=1), rtol=1e-13)
    np.testing.assert_allclose(fused.delta(z, T), activation.backward(z, y, loss.gradient(y, T)), rtol=1e-13, atol=1e-16)
    np.testing.assert_allclose(fused.delta(z, T), y - T, rtol=1e-13, atol=1e-16)


@PAIRS
def test_fused_deltas_are_the_slopes_of_the_losses(pair: tuple[str, str]) -> None:
    fused, z = FUSED[pair], np.array([[-2.0, 0.0, 1.0], [0.1, 0.0, -30.0]])
    for place in np.ndindex(z.shape):
        moved = z.astype(complex)
        moved[place] += 1e-30j
        assert fused.delta(z, T)[place] == pytest.approx(fused.terms(moved, T).sum().imag / 1e-30, rel=1e-12, abs=1e-25)


@PAIRS
@given(st.tuples(HUGE, HUGE, HUGE), st.integers(0, 2))
def test_fused_pairs_stand_any_number(pair: tuple[str, str], row: tuple[float, ...], label: int) -> None:
    fused, z, t = FUSED[pair], np.array([row]), np.eye(3)[[label]]
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        losses, deltas = fused.terms(z, t), fused.delta(z, t)
    assert np.isfinite(losses).all() and (losses >= 0).all()
    assert (np.abs(deltas) <= 1).all()


@given(HUGE, st.sampled_from([0.0, 1.0]))
def test_sigmoid_crossentropy_is_exact(z: float, t: float) -> None:
    """For a target of 1, ℓ = ln(1 + e^−z) and δ = −σ(−z); for 0 the mirror image."""
    fused, wrong = FUSED["binary_crossentropy", "sigmoid"], -z if t else z
    small = math.exp(-abs(wrong))
    loss, delta = max(wrong, 0.0) + math.log1p(small), (1.0 if wrong >= 0 else small) / (1 + small)
    assert fused.terms(np.array([[z]]), np.array([[t]]))[0, 0] == pytest.approx(loss, rel=1e-15)
    assert fused.delta(np.array([[z]]), np.array([[t]]))[0, 0] == pytest.approx(-delta if t else delta, rel=1e-15)


@given(HUGE, HUGE)
def test_softmax_crossentropy_is_exact(one: float, other: float) -> None:
    """With two classes it is sigmoid cross-entropy of the difference."""
    fused, t = FUSED["categorical_crossentropy", "softmax"], np.array([[1.0, 0.0]])
    wrong = other - one
    small = math.exp(-abs(wrong))
    loss, delta = max(wrong, 0.0) + math.log1p(small), (1.0 if wrong >= 0 else small) / (1 + small)
    z = np.array([[one, other]])
    assert fused.terms(z, t).sum() == pytest.approx(loss, rel=1e-15)
    np.testing.assert_allclose(fused.delta(z, t), [[-delta, delta]], rtol=1e-15)


@PAIRS
def test_fused_pairs_keep_single_precision(pair: tuple[str, str]) -> None:
    z, t = np.array([[1.0, -2.0, 0.5]], np.float32), np.array([[0.0, 1.0, 0.0]], np.float32)
    assert FUSED[pair].terms(z, t).dtype == FUSED[pair].delta(z, t).dtype == np.float32


@pytest.mark.parametrize(
    ("name", "expected"), [("mean", 1 / 4), ("half-mean", 1 / 8), ("sum", 1), ("half-sum", 1 / 2), ("mean-over-elements", 1 / 12)]
)
def test_reductions_of_4_samples_with_3_outputs(name: str, expected: float) -> None:
    reduction = REDUCTIONS[name]
    assert reduction.sample_scale(3) * reduction.batch_scale(4) == pytest.approx(expected, rel=1e-15)


@EVERY
def test_every_entry_can_be_taught(entry: Loss) -> None:
    assert entry.formula and entry.source and entry.summary.endswith(".")
