"""Each data set is what its name says, follows its noise and seed, and never touches what it was given."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from nnviz.data.datasets import DATASETS, EDGE, RADIUS, Raw

PLAYGROUND = ("circle", "gauss", "spiral", "moons", "plane")


def make(name: str, samples: int = 200, noise: float = 0.0, seed: int = 0) -> Raw:
    return DATASETS[name].make(samples, noise, np.random.default_rng(seed))


def test_the_contract_names_are_there() -> None:
    assert set(DATASETS) == {"and", "or", "xor", "circle", "gauss", "spiral", "moons", "plane", "sine", "iris", "mazur", "one-neuron"}


@pytest.mark.parametrize("name", DATASETS)
@pytest.mark.parametrize("noise", [0.0, 0.5, 1.0])
def test_what_is_said_of_a_set_is_true_of_it(name: str, noise: float) -> None:
    dataset, raw = DATASETS[name], make(name, 31, noise)
    count = dataset.samples or 31
    assert raw.inputs.shape == (count, len(dataset.columns))
    assert raw.inputs.dtype == np.float64
    assert len(dataset.units) == len(dataset.domain) == len(dataset.columns)
    assert np.isfinite(raw.inputs).all()
    assert np.isfinite(raw.targets).all()
    if dataset.classes:
        assert dataset.problem == "classification"
        assert raw.targets.shape == (count,)
        assert raw.targets.dtype == np.int64
        assert set(raw.targets) <= set(range(dataset.classes))
        assert dataset.targets == 1
    else:
        assert dataset.problem == "regression"
        assert raw.targets.shape == (count, dataset.targets)


@pytest.mark.parametrize("name", DATASETS)
def test_without_noise_all_points_lie_in_the_shown_range(name: str) -> None:
    low, high = np.array(DATASETS[name].domain).T
    inputs = make(name).inputs
    if name != "gauss":
        assert (inputs >= low).all()
        assert (inputs <= high).all()
    assert ((inputs >= low) & (inputs <= high)).mean() > 0.98


@pytest.mark.parametrize("name", DATASETS)
def test_seed_and_noise_are_honored(name: str) -> None:
    one, same, noisy = make(name, 40, 0.2, 1), make(name, 40, 0.2, 1), make(name, 40, 0.4, 1)
    other = make(name, 40, 0.2, 2)
    assert one.inputs.tobytes() == same.inputs.tobytes()
    assert one.targets.tobytes() == same.targets.tobytes()
    changed = not np.array_equal(one.inputs, noisy.inputs) or not np.array_equal(one.targets, noisy.targets)
    assert changed
    assert not np.array_equal(one.inputs, other.inputs)


@pytest.mark.parametrize("name", PLAYGROUND)
@pytest.mark.parametrize("samples", [1, 2, 3, 10, 101])
def test_any_count_is_made(name: str, samples: int) -> None:
    assert len(make(name, samples).inputs) == samples


@pytest.mark.parametrize("name", ["circle", "gauss", "spiral", "moons"])
def test_classes_are_even(name: str) -> None:
    assert np.bincount(make(name, 201).targets).tolist() == [101, 100]


@pytest.mark.parametrize(("name", "table"), [("and", [0, 0, 0, 1]), ("or", [0, 1, 1, 1]), ("xor", [0, 1, 1, 0])])
def test_gates_are_their_truth_tables(name: str, table: list[int]) -> None:
    raw = make(name)
    assert raw.inputs.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert raw.targets.tolist() == table


def test_noise_moves_a_corner_by_at_most_half_way() -> None:
    moved = np.abs(make("xor", noise=1.0, seed=5).inputs - make("xor").inputs)
    assert 0.0 < moved.max() <= 0.5


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


def test_the_textbook_samples() -> None:
    mazur, neuron = make("mazur"), make("one-neuron")
    assert (mazur.inputs.tolist(), mazur.targets.tolist()) == ([[0.05, 0.10]], [[0.01, 0.99]])
    assert (neuron.inputs.tolist(), neuron.targets.tolist()) == ([[2.1]], [[4.0]])


def test_iris_is_fishers() -> None:
    raw = make("iris")
    assert raw.inputs[0].tolist() == [5.1, 3.5, 1.4, 0.2]
    assert np.bincount(raw.targets).tolist() == [50, 50, 50]
    assert DATASETS["iris"].class_names == ("setosa", "versicolor", "virginica")


def test_changing_what_was_made_changes_nothing_made_later() -> None:
    raw = make("mazur")
    raw.inputs[:], raw.targets[:] = 9.0, 9.0
    assert make("mazur").targets.tolist() == [[0.01, 0.99]]
    assert make("mazur").inputs.tolist() == [[0.05, 0.10]]


def test_scikit_learn_is_not_imported_before_it_is_needed() -> None:
    code = (
        "import sys, nnviz.data.prepare as p; from nnviz.engine.spec import DataSpec, Split;"
        "print(p.facts(DataSpec('iris', split=Split())).train, 'sklearn' in sys.modules, 'pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["120", "False", "False"]
