"""Each data set is what its name says, follows its noise and seed, and never touches what it was given."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from nnviz.data.datasets import DATASETS
from tests.data.made import make

PLANAR = {"circle", "gauss", "spiral", "moons", "plane", "sine"}
TEXTBOOK = {"and", "or", "xor", "mazur", "one-neuron", "linear-3-4", "sigmoid-10-5-1"}
TABLES = {"iris", "wine", "breast-cancer", "diabetes", "heart-disease"}
IMAGES = {"digits", "mnist", "fashion"}


def test_the_contract_names_are_there() -> None:
    assert set(DATASETS) == PLANAR | TEXTBOOK | TABLES | IMAGES
    assert all(dataset.name == name for name, dataset in DATASETS.items())


@pytest.mark.parametrize("name", DATASETS)
@pytest.mark.parametrize("noise", [0.0, 0.5, 1.0])
def test_what_is_said_of_a_set_is_true_of_it(name: str, noise: float) -> None:
    dataset, raw = DATASETS[name], make(name, 31, noise)
    count = dataset.samples or 31
    assert raw.inputs.shape == (count, len(dataset.columns))
    assert raw.inputs.dtype == np.float64
    assert len(dataset.units) == len(dataset.domain) == len(dataset.columns) == len(set(dataset.columns))
    assert not np.isinf(raw.inputs).any()
    assert np.isnan(raw.inputs).any() == dataset.gaps
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
        assert raw.targets.dtype == np.float64


@pytest.mark.parametrize("name", DATASETS)
def test_a_set_is_told_in_one_sentence_and_says_where_it_comes_from(name: str) -> None:
    dataset = DATASETS[name]
    assert dataset.title
    assert dataset.summary.endswith(".")
    assert ". " not in dataset.summary
    assert len(dataset.source) > 8
    assert (name in IMAGES) == bool(dataset.shape)


@pytest.mark.parametrize("name", sorted(TABLES - {"diabetes"} | IMAGES))
def test_data_of_others_are_given_with_their_licence(name: str) -> None:
    assert any(licence in DATASETS[name].source for licence in ("CC BY", "MIT", "BSD"))


@pytest.mark.parametrize("name", DATASETS)
def test_without_noise_all_points_lie_in_the_shown_range(name: str) -> None:
    low, high = np.array(DATASETS[name].domain).T
    inputs = make(name).inputs
    inside = ((inputs >= low) & (inputs <= high)) | np.isnan(inputs)
    assert inside.all() if name != "gauss" else inside.mean() > 0.98


@pytest.mark.parametrize("name", DATASETS)
def test_seed_and_noise_are_honored(name: str) -> None:
    one, same, noisy = make(name, 40, 0.2, 1), make(name, 40, 0.2, 1), make(name, 40, 0.4, 1)
    other = make(name, 40, 0.2, 2)
    assert one.inputs.tobytes() == same.inputs.tobytes()
    assert one.targets.tobytes() == same.targets.tobytes()
    changed = one.inputs.tobytes() != noisy.inputs.tobytes() or one.targets.tobytes() != noisy.targets.tobytes()
    assert changed
    assert one.inputs.tobytes() != other.inputs.tobytes()


@pytest.mark.parametrize("name", DATASETS)
def test_what_is_made_belongs_to_who_asked(name: str) -> None:
    before = make(name, 20)
    inputs, targets = before.inputs.tobytes(), before.targets.tobytes()
    before.inputs[:], before.targets[:] = 7.0, 1
    again = make(name, 20)
    assert (again.inputs.tobytes(), again.targets.tobytes()) == (inputs, targets)


@pytest.mark.parametrize("name", sorted(TABLES | IMAGES))
def test_a_fixed_set_has_its_own_number_of_samples(name: str) -> None:
    assert len(make(name, 7).inputs) == len(make(name, 10_000).inputs) == DATASETS[name].samples


def test_scikit_learn_is_not_imported_before_it_is_needed() -> None:
    code = (
        "import sys, nnviz.data.prepare as p; from nnviz.data.datasets import DATASETS; from nnviz.engine.spec import DataSpec, Split;"
        "said = [p.facts(DataSpec(name, features=(), split=Split(), missing=way)) for name in DATASETS for way in ('drop', 'mean')];"
        "[p.prepare(DataSpec(name, features=())) for name in ('mnist', 'fashion', 'heart-disease', 'moons')];"
        "print(len(said), 'sklearn' in sys.modules, 'pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(2 * len(DATASETS)), "False", "False"]
