"""The tables are the known ones, number by number where that can be told; the reader of our own file is strict."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import sklearn.datasets

from nnviz.data import tables
from nnviz.data.datasets import DATASETS
from nnviz.resources import resource
from tests.data.made import make

LOADERS = {"iris": sklearn.datasets.load_iris, "wine": sklearn.datasets.load_wine, "breast-cancer": sklearn.datasets.load_breast_cancer}


def heart(column: str) -> np.ndarray:
    return make("heart-disease").inputs[:, DATASETS["heart-disease"].columns.index(column)]


@pytest.mark.parametrize(
    ("name", "balance"),
    [("iris", [50, 50, 50]), ("wine", [59, 71, 48]), ("breast-cancer", [212, 357]), ("heart-disease", [164, 139])],
)
def test_the_classes_are_as_many_as_is_known(name: str, balance: list[int]) -> None:
    assert np.bincount(make(name).targets).tolist() == balance
    assert len(DATASETS[name].class_names) == len(balance)


@pytest.mark.parametrize("name", LOADERS)
def test_a_table_is_that_of_scikit_learn(name: str) -> None:
    table = LOADERS[name]()
    assert make(name).inputs.tolist() == table.data.tolist()
    assert make(name).targets.tolist() == table.target.tolist()


def test_columns_and_classes_are_named_in_the_order_of_the_table() -> None:
    iris, cancer, wine = (LOADERS[name]() for name in ("iris", "breast-cancer", "wine"))
    assert [f"{name} (cm)" for name in DATASETS["iris"].columns] == iris.feature_names
    assert DATASETS["iris"].class_names == tuple(iris.target_names)
    assert DATASETS["breast-cancer"].columns == tuple(cancer.feature_names)
    assert DATASETS["breast-cancer"].class_names == tuple(cancer.target_names)
    for ours, theirs in zip(DATASETS["wine"].columns, wine.feature_names, strict=True):
        assert ours.lower().split("/")[0].replace(" ", "_") == theirs.split("/")[0]


def test_iris_is_fishers() -> None:
    assert make("iris").inputs[0].tolist() == [5.1, 3.5, 1.4, 0.2]
    assert DATASETS["iris"].units == ("cm",) * 4


def test_diabetes_is_in_the_units_it_was_measured_in() -> None:
    raw, dataset = make("diabetes"), DATASETS["diabetes"]
    assert raw.inputs[0].tolist() == [59, 2, 32.1, 101, 157, 93.2, 38, 4, 4.8598, 87]
    assert raw.targets[0].tolist() == [151]
    assert (raw.targets.min(), raw.targets.max()) == (25, 346)
    assert dict(zip(dataset.columns, dataset.units, strict=True))["body mass index"] == "kg/m²"
    scaled = (raw.inputs - raw.inputs.mean(axis=0)) / raw.inputs.std(axis=0) / np.sqrt(442)
    np.testing.assert_allclose(scaled, sklearn.datasets.load_diabetes().data, atol=1e-12)


def test_noise_is_a_share_of_each_columns_deviation() -> None:
    clean, noisy = make("breast-cancer").inputs, make("breast-cancer", noise=0.5, seed=3).inputs
    np.testing.assert_allclose((noisy - clean).std(axis=0) / clean.std(axis=0), 0.5, rtol=0.1)


def test_heart_disease_is_the_file() -> None:
    with resource("data/heart_disease.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(make("heart-disease").inputs) == 303
    assert heart("age").tolist() == [float(row["age"]) for row in rows]
    assert heart("ST depression").tolist() == [float(row["st_depression"]) for row in rows]
    assert heart("male").tolist() == [float(row["sex"] == "male") for row in rows]
    assert heart("no chest pain").tolist() == [float(row["chest_pain"] == "asymptomatic") for row in rows]
    assert heart("ST slope down").tolist() == [float(row["st_slope"] == "downsloping") for row in rows]
    assert make("heart-disease").targets.tolist() == [int(row["disease"]) for row in rows]


def test_empty_cells_are_nan_and_stay_so_under_noise() -> None:
    for noise in (0.0, 1.0):
        empty = np.isnan(make("heart-disease", noise=noise).inputs)
        columns = DATASETS["heart-disease"].columns
        assert {columns[index]: count for index, count in enumerate(empty.sum(axis=0)) if count} == {
            "major vessels colored": 4,
            "thallium normal": 2,
            "thallium fixed defect": 2,
            "thallium reversible defect": 2,
        }
        assert empty.any(axis=1).sum() == 6


@pytest.mark.parametrize(
    "words",
    [
        ("typical angina", "atypical angina", "non-anginal pain", "no chest pain"),
        ("ECG normal", "ECG ST-T abnormal", "ECG left ventricular hypertrophy"),
        ("ST slope up", "ST slope flat", "ST slope down"),
        ("thallium normal", "thallium fixed defect", "thallium reversible defect"),
    ],
)
def test_of_a_column_of_words_one_is_said(words: tuple[str, ...]) -> None:
    said = np.array([heart(word) for word in words])
    assert set(said[:, ~np.isnan(said).any(axis=0)].sum(axis=0)) == {1.0}
    assert np.isnan(said).any(axis=0).tolist() == np.isnan(said).all(axis=0).tolist()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("typical ang", "angelic", "line 2: chest_pain is not 'angelic'"),
        ("63,male", "old,male", "line 2: could not convert"),
        ("fixed defect,0\n", "0\n", "line 2: .*shorter"),
        ("fixed defect,0", "fixed defect,2", "line 2"),
        ("age,sex", "sex,age", "another header"),
    ],
)
def test_a_damaged_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, said: str) -> None:
    text = resource("data/heart_disease.csv").read_text(encoding="utf-8")
    damaged = tmp_path / "heart_disease.csv"
    damaged.write_text(text.replace(old, new, 1), encoding="utf-8")
    monkeypatch.setattr(tables, "resource", {"data/heart_disease.csv": damaged}.__getitem__)
    monkeypatch.setattr(tables, "_heart", tables._heart.__wrapped__)
    with pytest.raises(ValueError, match=f"nnviz is damaged.*{said}"):
        tables._heart()


def test_what_is_kept_cannot_be_changed() -> None:
    for array in (*tables._heart(), *tables._from_scikit_learn("wine")):
        assert not array.flags.writeable
