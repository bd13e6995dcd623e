from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.losses import FUSED, LOSSES, REDUCTIONS, Fused, Loss
from nnviz.engine.table import Choice, choose
from tests.engine.tables.make_functions import OPTIONS, TABLE, answers, sums

EVERY = pytest.mark.parametrize("entry", LOSSES.values(), ids=LOSSES)
PAIRS = pytest.mark.parametrize("pair", FUSED, ids="+".join)
CASES = (*LOSSES, "huber-narrow", "hinge-signs", "distillation-hot")
FUSED_CASES = ("binary_crossentropy", "categorical_crossentropy", "distillation", "distillation-hot")
Y = np.array([[0.2, 0.7, 0.1], [0.5, 0.25, 0.25]])
T = np.array([[0.0, 1.0, 0.0], [0.3, 0.3, 0.4]])
TAUGHT = np.array([[0.1, 0.6, 0.3], [0.2, 0.2, 0.6]])
HUGE = st.floats(-1e300, 1e300)
STEP = 1e-30
PLACES = 40


def tuned(name: str) -> dict[str, float]:
    return dict(choose(LOSSES, name).parameters)


def targets(entry: Loss, labels: np.ndarray = T, taught: np.ndarray = TAUGHT) -> np.ndarray:
    """Return targets as the loss wants them."""
    return np.hstack([taught, labels]) if entry.needs_teacher else labels


def test_known_losses() -> None:
    np.testing.assert_allclose(LOSSES["mse"].terms(Y, T).sum(axis=1), [0.14, 0.065], rtol=1e-14)
    np.testing.assert_allclose(LOSSES["mae"].terms(Y, T), [[0.2, 0.3, 0.1], [0.2, 0.05, 0.15]], rtol=1e-14)
    np.testing.assert_allclose(LOSSES["huber"].terms(np.array([[0.5, -3.0]]), np.zeros((1, 2)), delta=1), [[0.125, 2.5]], rtol=1e-15)
    np.testing.assert_allclose(LOSSES["categorical_crossentropy"].terms(Y, T).sum(axis=1)[0], -math.log(0.7), rtol=1e-15)
    expected = -math.log(0.8) - math.log(0.7) - math.log(0.9)
    np.testing.assert_allclose(LOSSES["binary_crossentropy"].terms(Y, T).sum(axis=1)[0], expected, rtol=1e-15)


@pytest.mark.parametrize("case", CASES)
def test_losses_and_gradients_are_those_of_pytorch(case: str) -> None:
    entry, options, (y, t) = LOSSES[case.split("-")[0]], OPTIONS.get(case, {}), answers(case)
    with np.load(TABLE) as file:
        value, gradient = file[f"loss/{case}/value"], file[f"loss/{case}/gradient"]
    np.testing.assert_allclose(entry.terms(y, t, **options).sum(axis=1), value, rtol=1e-12)
    np.testing.assert_allclose(entry.gradient(y, t, **options), gradient, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("case", FUSED_CASES)
def test_fused_losses_are_those_of_pytorch(case: str) -> None:
    name, (_, t) = case.split("-")[0], answers(case)
    fused = next(fused for pair, fused in FUSED.items() if pair[0] == name)
    with np.load(TABLE) as file:
        value, gradient = file[f"fused/{case}/value"], file[f"fused/{case}/gradient"]
    # PyTorch rounds ln(1 + rest) to the digits of 1; here even a tiny loss keeps all of its own.
    np.testing.assert_allclose(fused.terms(sums(), t, **OPTIONS.get(case, {})).sum(axis=1), value, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(fused.delta(sums(), t, **OPTIONS.get(case, {})), gradient, rtol=1e-12, atol=1e-14)


def any_tuning(data: st.DataObject, name: str) -> dict[str, float]:
    """Draw any values of the loss's parameters, within their ranges and not absurdly large or small."""
    return {
        item.name: data.draw(st.floats(0.05 if item.open_low else item.low, min(item.high, 20.0)), item.name)
        for item in LOSSES[name].parameters
    }


def random_targets(entry: Loss, rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Return values, labels or a teacher's answers: whatever the loss is for."""
    if not entry.needs_classes:
        return rng.normal(size=shape)
    taught = rng.exponential(size=shape)
    return targets(entry, np.eye(shape[1])[rng.integers(shape[1], size=shape[0])], taught / taught.sum(axis=1, keepdims=True))


def gradient_error(entry: Loss, y: np.ndarray, t: np.ndarray, **parameters: float) -> float:
    """Return the largest difference to the complex step, relative to the row's slopes."""
    true = np.empty_like(y)
    for column in range(y.shape[1]):
        moved = y.astype(complex)
        moved[:, column] += STEP * 1j
        true[:, column] = entry.terms(moved, t, **parameters).sum(axis=1).imag / STEP
    found = entry.gradient(y, t, **parameters)
    scale = np.maximum(1, np.abs(true).max(axis=1, keepdims=True))
    return float((np.abs(found - true) / scale).max())


@EVERY
@settings(max_examples=60)
@given(data=st.data(), seed=st.integers(0, 2**32 - 1), spread=st.floats(0.1, 8))
def test_the_gradient_is_that_of_the_terms(entry: Loss, data: st.DataObject, seed: int, spread: float) -> None:
    rng = np.random.default_rng(seed)
    y = spread * rng.normal(size=(PLACES, 4))
    y = 1 / (1 + np.exp(-y)) if entry.needs_probabilities else y
    t = random_targets(entry, rng, y.shape)
    assert gradient_error(entry, y, t, **any_tuning(data, entry.name)) <= 1e-12


@pytest.mark.parametrize("name", ["mae", "huber", "hinge"])
@pytest.mark.parametrize("error", [-1.0, -0.0, 0.0, 1.0])
def test_where_two_branches_meet_the_gradient_is_that_of_the_terms(name: str, error: float) -> None:
    """Meeting its target, one threshold of Huber's away from it, or on either margin."""
    for label in (-1.0, 0.0, 1.0):
        assert gradient_error(LOSSES[name], np.array([[label + error]]), np.array([[label]]), **tuned(name)) == 0


@EVERY
def test_a_gradient_with_a_wrong_sign_is_noticed(entry: Loss) -> None:
    wrong = replace(entry, gradient=lambda y, t, **parameters: -entry.gradient(y, t, **parameters))
    assert gradient_error(wrong, Y, targets(entry), **tuned(entry.name)) > 0.01
    near = replace(entry, gradient=lambda y, t, **parameters: entry.gradient(y, t, **parameters) * (1 + 1e-9))
    assert gradient_error(near, Y, targets(entry), **tuned(entry.name)) > 1e-12


@EVERY
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_certain_answers_are_finite(entry: Loss, dtype: type) -> None:
    y, t = np.array([[0.0, 1.0]], dtype), targets(entry, np.array([[1.0, 0.0]]), np.array([[0.9, 0.1]])).astype(dtype)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        for found in (entry.terms(y, t, **tuned(entry.name)), entry.gradient(y, t, **tuned(entry.name))):
            assert np.isfinite(found).all()
            assert found.dtype == dtype and found.shape == y.shape


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("temperature", [0.1, 50.0, 1000.0])
def test_a_distillation_at_any_temperature_stands_certain_answers(dtype: type, temperature: float) -> None:
    y, t = np.array([[0.0, 1.0]], dtype), np.array([[1.0, 0.0, 1.0, 0.0]], dtype)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        for mix in (0.0, 0.5, 1.0):
            for function in (LOSSES["distillation"].terms, LOSSES["distillation"].gradient):
                assert np.isfinite(function(y, t, temperature=temperature, mix=mix)).all()


@pytest.mark.parametrize("name", ["mae", "huber", "hinge"])
@given(y=HUGE, t=st.sampled_from([-1.0, 0.0, 1.0, 1e300]))
def test_straight_losses_stand_any_answer(name: str, y: float, t: float) -> None:
    entry, at = LOSSES[name], (np.array([[y]]), np.array([[t]]))
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        loss, gradient = entry.terms(*at, **tuned(name)), entry.gradient(*at, **tuned(name))
    assert np.isfinite(loss).all() and (loss >= 0).all()
    assert (np.abs(gradient) <= 1).all()


@given(error=st.floats(-1e6, 1e6), delta=st.floats(1e-3, 1e3))
def test_huber_is_squared_near_and_straight_far(error: float, delta: float) -> None:
    loss = LOSSES["huber"].terms(np.array([[error]]), np.zeros((1, 1)), delta=delta)[0, 0]
    expected = error * error / 2 if abs(error) <= delta else delta * (abs(error) - delta / 2)
    assert loss == pytest.approx(expected, rel=1e-12, abs=1e-300)


def test_hinge_reads_zeros_and_minus_ones_alike() -> None:
    hinge, y = LOSSES["hinge"], np.array([[0.3], [-0.3], [2.0], [-2.0]])
    for no in (0.0, -1.0):
        labels = np.array([[1.0], [no], [1.0], [no]])
        np.testing.assert_allclose(hinge.terms(y, labels), [[0.7], [0.7], [0], [0]], rtol=1e-15)
        np.testing.assert_array_equal(hinge.gradient(y, labels), [[-1], [1], [0], [0]])
        np.testing.assert_allclose(hinge.terms(-y, labels), [[1.3], [1.3], [3], [3]], rtol=1e-15)


def test_hinge_of_several_outputs_is_one_against_the_rest() -> None:
    hinge, one_hot = LOSSES["hinge"], np.array([[0.0, 1.0, 0.0]])
    np.testing.assert_allclose(hinge.terms(np.array([[-1.5, 1.5, 0.2]]), one_hot), [[0, 0, 1.2]], rtol=1e-15)
    assert hinge.terms(np.array([[-1.0, 1.0, -1.0]]), one_hot).sum() == 0


def test_a_kink_is_where_the_gradient_jumps() -> None:
    mae, hinge, t = LOSSES["mae"], LOSSES["hinge"], np.array([[1.0, -1.0]])
    assert mae.kink is not None and hinge.kink is not None
    for entry, kink in ((mae, mae.kink), (hinge, hinge.kink)):
        np.testing.assert_array_equal(kink(t, t), 0)
        assert (entry.gradient(t + 1e-9, t) != entry.gradient(t - 1e-9, t)).all()
    assert {entry.name for entry in LOSSES.values() if entry.kink is not None} == {"mae", "hinge"}


def test_a_distillation_is_the_mean_of_teacher_and_labels() -> None:
    entry, y = LOSSES["distillation"], Y
    labels = entry.terms(y, targets(entry), temperature=2, mix=0).sum(axis=1)
    np.testing.assert_allclose(labels, LOSSES["categorical_crossentropy"].terms(y, T).sum(axis=1), rtol=1e-14)
    soft = np.sqrt(y) / np.sqrt(y).sum(axis=1, keepdims=True)
    taught = entry.terms(y, targets(entry), temperature=2, mix=1).sum(axis=1)
    np.testing.assert_allclose(taught, -4 * (TAUGHT * np.log(soft)).sum(axis=1), rtol=1e-14)
    both = entry.terms(y, targets(entry), temperature=2, mix=0.25).sum(axis=1)
    np.testing.assert_allclose(both, 0.25 * taught + 0.75 * labels, rtol=1e-14)


def test_a_student_that_answers_as_its_teacher_has_nothing_to_learn_from_it() -> None:
    z, labels = np.array([[3.0, -1.0, 0.5]]), np.array([[1.0, 0.0, 0.0]])
    t = np.hstack([ACTIVATIONS["softmax"].value(z, temperature=4), labels])
    fused = FUSED["distillation", "softmax"]
    np.testing.assert_allclose(fused.delta(z, t, temperature=4, mix=1), 0, atol=1e-15)
    assert (fused.delta(z + np.array([0, 0.1, 0]), t, temperature=4, mix=1)[0, 1]) > 1e-3


@pytest.mark.parametrize(
    ("pair", "temperature"), [*((pair, 1.0) for pair in FUSED), *((pair, 2.5) for pair in FUSED if pair[1] == "softmax")]
)
def test_fused_pairs_agree_with_their_parts(pair: tuple[str, str], temperature: float) -> None:
    """A softmax's temperature T is taken care of by u = z/T."""
    loss, activation, fused, options = LOSSES[pair[0]], ACTIVATIONS[pair[1]], FUSED[pair], tuned(pair[0])
    z, t = np.array([[-2.0, 0.5, 1.0], [0.1, 0.0, -3.0]]), targets(LOSSES[pair[0]])
    warmth = {"temperature": temperature} if pair[1] == "softmax" else {}
    y, u = activation.value(z, **warmth), z / fused.temperature(Choice(pair[1], tuple(warmth.items())))
    np.testing.assert_allclose(fused.terms(u, t, **options).sum(axis=1), loss.terms(y, t, **options).sum(axis=1), rtol=1e-13)
    slow = activation.backward(z, y, loss.gradient(y, t, **options), **warmth)
    np.testing.assert_allclose(fused.delta(u, t, **options) / temperature, slow, rtol=1e-12, atol=1e-15)
    if not loss.needs_teacher:
        np.testing.assert_allclose(fused.delta(u, t, **options), y - t, rtol=1e-13, atol=1e-15)


def test_only_the_divisor_of_a_fused_pair_divides() -> None:
    chosen = Choice("cooling", (("temperature", 3.0), ("heat", 5.0)))
    pair = FUSED["binary_crossentropy", "sigmoid"]
    assert [replace(pair, divisor=name).temperature(chosen) for name in ("", "temperature", "heat")] == [1, 3, 5]
    for (_, activation), fused in FUSED.items():
        assert fused.temperature(choose(ACTIVATIONS, activation)) == 1
        assert fused.divisor in ("", *(item.name for item in ACTIVATIONS[activation].parameters))


def delta_error(fused: Fused, z: np.ndarray, t: np.ndarray, **parameters: float) -> float:
    """Return the largest difference to the complex step."""
    true = np.empty_like(z)
    for place in np.ndindex(z.shape):
        moved = z.astype(complex)
        moved[place] += STEP * 1j
        true[place] = fused.terms(moved, t, **parameters).sum().imag / STEP
    return float((np.abs(fused.delta(z, t, **parameters) - true) / max(1, np.abs(true).max())).max())


@PAIRS
@settings(max_examples=60)
@given(data=st.data(), z=arrays(np.float64, (6, 4), elements=st.floats(-60, 60)), seed=st.integers(0, 2**32 - 1))
def test_fused_deltas_are_the_slopes_of_the_losses(pair: tuple[str, str], data: st.DataObject, z: np.ndarray, seed: int) -> None:
    t = random_targets(LOSSES[pair[0]], np.random.default_rng(seed), z.shape)
    assert delta_error(FUSED[pair], z, t, **any_tuning(data, pair[0])) <= 1e-12


@PAIRS
def test_a_fused_delta_with_a_wrong_sign_is_noticed(pair: tuple[str, str]) -> None:
    fused, z, t = FUSED[pair], np.array([[-2.0, 0.0, 1.0], [0.1, 0.0, -30.0]]), targets(LOSSES[pair[0]])
    assert delta_error(fused, z, t, **tuned(pair[0])) <= 1e-14
    assert delta_error(replace(fused, delta=lambda z, t, **options: -fused.delta(z, t, **options)), z, t, **tuned(pair[0])) > 0.01


@PAIRS
@given(row=st.tuples(HUGE, HUGE, HUGE), label=st.integers(0, 2))
def test_fused_pairs_stand_any_number(pair: tuple[str, str], row: tuple[float, ...], label: int) -> None:
    fused, z, t = FUSED[pair], np.array([row]), targets(LOSSES[pair[0]], np.eye(3)[[label]], TAUGHT[:1])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        losses, deltas = fused.terms(z, t, **tuned(pair[0])), fused.delta(z, t, **tuned(pair[0]))
    assert np.isfinite(losses).all() and (losses >= 0).all()
    assert (np.abs(deltas) <= 1.5).all()


@given(HUGE, st.sampled_from([0.0, 1.0]))
def test_sigmoid_crossentropy_is_exact(z: float, t: float) -> None:
    """For a target of 1, ℓ = ln(1 + e^−z) and δ = −σ(−z); for 0 the mirror image."""
    fused, wrong = FUSED["binary_crossentropy", "sigmoid"], -z if t else z
    loss, delta = log_of_one_plus_power(wrong), share(wrong)
    assert fused.terms(np.array([[z]]), np.array([[t]]))[0, 0] == pytest.approx(loss, rel=1e-15)
    assert fused.delta(np.array([[z]]), np.array([[t]]))[0, 0] == pytest.approx(-delta if t else delta, rel=1e-15)


@given(HUGE, HUGE)
def test_softmax_crossentropy_is_exact(one: float, other: float) -> None:
    """With two classes it is sigmoid cross-entropy of the difference."""
    fused, t = FUSED["categorical_crossentropy", "softmax"], np.array([[1.0, 0.0]])
    wrong, z = other - one, np.array([[one, other]])
    assert fused.terms(z, t).sum() == pytest.approx(log_of_one_plus_power(wrong), rel=1e-15)
    np.testing.assert_allclose(fused.delta(z, t), [[-share(wrong), share(wrong)]], rtol=1e-15)


@given(HUGE, st.floats(-800, 800), st.floats(0.5, 100), st.floats(0, 1), st.floats(0, 1), st.booleans())
def test_softmax_distillation_is_exact(one: float, apart: float, temperature: float, taught: float, mix: float, near: bool) -> None:
    """With two classes it is two sigmoid cross-entropies, of the difference and of a T-th of it."""
    z = np.array([[0.0, apart]]) if near else np.array([[one, -one]])
    fused, wrong = FUSED["distillation", "softmax"], float(z[0, 1] - z[0, 0])
    cool, p = wrong / temperature, (taught, 1 - taught)
    t = np.array([[*p, 1.0, 0.0]])
    soft = p[0] * log_of_one_plus_power(cool) + p[1] * log_of_one_plus_power(-cool)
    loss = mix * temperature**2 * soft + (1 - mix) * log_of_one_plus_power(wrong)
    delta = mix * temperature * (p[0] * share(cool) - p[1] * share(-cool)) + (1 - mix) * share(wrong)
    options = {"temperature": temperature, "mix": mix}
    assert fused.terms(z, t, **options).sum() == pytest.approx(loss, rel=1e-12)
    # The two parts may pull against each other: rounding is relative to what is added up.
    np.testing.assert_allclose(fused.delta(z, t, **options), [[-delta, delta]], rtol=1e-12, atol=1e-14 * max(1, temperature))


def log_of_one_plus_power(z: float) -> float:
    """Return ln(1 + e^z)."""
    return max(z, 0.0) + math.log1p(math.exp(-abs(z)))


def share(z: float) -> float:
    """Return σ(z)."""
    small = math.exp(-abs(z))
    return (1.0 if z >= 0 else small) / (1 + small)


@PAIRS
def test_fused_pairs_keep_single_precision(pair: tuple[str, str]) -> None:
    entry, fused = LOSSES[pair[0]], FUSED[pair]
    z, t = np.array([[1.0, -2.0, 0.5]], np.float32), targets(entry, T[:1], TAUGHT[:1]).astype(np.float32)
    assert fused.terms(z, t, **tuned(pair[0])).dtype == fused.delta(z, t, **tuned(pair[0])).dtype == np.float32


@EVERY
def test_losses_keep_single_precision_and_let_complex_outputs_through(entry: Loss) -> None:
    for kind, expected in ((np.float32, np.float32), (np.complex128, np.complex128)):
        y, t = Y.astype(kind), targets(entry).astype(np.float32 if kind is np.float32 else np.float64)
        assert entry.terms(y, t, **tuned(entry.name)).dtype == expected
        assert entry.gradient(y, t, **tuned(entry.name)).dtype == expected


@pytest.mark.parametrize(
    ("name", "expected"), [("mean", 1 / 4), ("half-mean", 1 / 8), ("sum", 1), ("half-sum", 1 / 2), ("mean-over-elements", 1 / 12)]
)
def test_reductions_of_4_samples_with_3_outputs(name: str, expected: float) -> None:
    reduction = REDUCTIONS[name]
    assert reduction.sample_scale(3) * reduction.batch_scale(4) == pytest.approx(expected, rel=1e-15)


@EVERY
def test_every_entry_can_be_taught(entry: Loss) -> None:
    assert entry.formula and entry.gradient_formula and entry.source and entry.summary.endswith(".")
    assert all(item.allows(item.default) for item in entry.parameters)
    assert entry.needs_classes or not (entry.needs_teacher or entry.unit_targets)


@EVERY
def test_a_loss_that_needs_several_outputs_has_nothing_to_say_to_one(entry: Loss) -> None:
    """One output that holds all there is to share out is the answer whatever was asked."""
    y, t = np.ones((1, 1)), targets(entry, np.ones((1, 1)), np.ones((1, 1)))
    z, pairs = np.array([[0.7]]), [fused for pair, fused in FUSED.items() if pair == (entry.name, "softmax")]
    if entry.needs_outputs:
        assert entry.terms(y, t, **tuned(entry.name)) == 0
        assert pairs and all(fused.delta(z, t, **tuned(entry.name)) == 0 for fused in pairs)
    else:
        assert not pairs


@EVERY
def test_unit_targets_are_for_losses_of_classes_that_are_lowest_at_any_target_between_0_and_1(entry: Loss) -> None:
    y, wanted = np.linspace(0.01, 0.99, 99), [0.2, 0.5, 0.9]
    losses = [entry.terms(y[:, None], targets(entry, *np.full((2, 99, 1), target)), **tuned(entry.name)) for target in wanted]
    fits = [y[loss.argmin()] for loss in losses] == pytest.approx(wanted)
    assert entry.unit_targets == (entry.needs_classes and fits)


@PAIRS
def test_every_fused_pair_belongs_together(pair: tuple[str, str]) -> None:
    assert LOSSES[pair[0]].needs_probabilities and ACTIVATIONS[pair[1]].probabilities
    assert FUSED[pair].delta_formula
