"""`nnviz evaluate`: the metrics of training and scikit-learn, as text and JSON, on every part and kind of problem."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnviz.cli.source import read_source
from nnviz.cli.tables import aligned
from nnviz.formats import examples


@pytest.fixture
def trained(run: Any, tmp_path: Path) -> Any:
    """Return a function that trains an example for a few epochs and returns its project."""

    def train(name: str, *arguments: Any) -> Path:
        assert run("train", name, "--epochs", 5, "--out", tmp_path / name, *arguments).code == 0
        return tmp_path / name / "model.nnviz"

    return train


@pytest.mark.parametrize("part", ["train", "validation"])
def test_loss_and_accuracy_are_those_of_training(run: Any, tmp_path: Path, part: str) -> None:
    made = run("train", "iris", "--epochs", 5, "--out", tmp_path, "--json").json
    found = run("evaluate", tmp_path / "model.nnviz", "--split", part, "--json")
    assert (found.code, found.err) == (0, "")
    assert {name: found.json[name] for name in ("loss", "accuracy")} == made[part]


def test_json_of_classes(run: Any, trained: Any) -> None:
    found = run("evaluate", trained("iris"), "--json").json
    assert found["format"] == "nnviz-evaluate/1"
    assert (found["split"], found["samples"], found["classes"]) == ("validation", 30, ["setosa", "versicolor", "virginica"])
    confusion = np.array(found["confusion"])
    assert confusion.shape == (3, 3) and confusion.sum() == 30
    np.testing.assert_allclose(found["recall"], np.diag(confusion) / confusion.sum(axis=1))
    assert set(found["macro"]) == {"precision", "recall", "f1"}
    assert found["macro"]["recall"] == pytest.approx(np.mean(found["recall"]))
    assert 0.5 < found["roc_auc"] <= 1 and found["roc_auc"] == pytest.approx(np.mean(found["roc_auc_classes"]))


def test_auc_is_that_of_scikit_learn(run: Any, trained: Any) -> None:
    from sklearn.metrics import roc_auc_score

    path = trained("breast-cancer")
    source = read_source(str(path))
    part = source.data().samples.validation
    outputs = source.trainer(source.data()).network.forward(part.x).outputs[:, 0]
    assert run("evaluate", path, "--json").json["roc_auc"] == pytest.approx(roc_auc_score(part.y, outputs), rel=1e-12)


def test_text_is_a_table_with_the_names_of_the_classes(run: Any, trained: Any) -> None:
    lines = run("evaluate", trained("breast-cancer")).out.splitlines()
    assert "113 samples" in lines[0] and "accuracy" in lines[1] and "ROC AUC" in lines[1]
    for name in ("malignant", "benign"):
        rows = [line for line in lines if line.startswith(name)]
        assert len(rows) == 2, "one of measures, one of the confusion matrix"
    header = next(line for line in lines if "precision" in line)
    measures = next(line for line in lines if line.startswith("macro"))
    assert len(header) == len(measures), "columns end together"


def test_values(run: Any, tmp_path: Path) -> None:
    made = run("train", "plane", "--epochs", 5, "--out", tmp_path, "--json").json
    found = run("evaluate", tmp_path / "model.nnviz", "--json").json
    assert found["r2"] == pytest.approx(made["validation"]["r2"], rel=1e-9)
    (target,) = found["targets"]
    assert found["mae"] == target["mae"] > 0
    assert "R²" in run("evaluate", tmp_path / "model.nnviz").out


def test_several_values_have_a_line_each(run: Any) -> None:
    lines = run("evaluate", "linear-3-4").out.splitlines()
    assert [line.split()[0] for line in lines[-4:]] == ["y1", "y2", "y3", "y4"]


def test_an_autoencoder_is_judged_as_a_whole(run: Any, trained: Any) -> None:
    path = trained("digits-autoencoder")
    found = run("evaluate", path, "--json").json
    assert "targets" not in found and "confusion" not in found
    assert 0 < found["r2"] < 1, "pixels that never vary do not make it undefined"
    assert len(run("evaluate", path).out.splitlines()) == 2


def test_the_test_part(run: Any) -> None:
    split = ("--set", "data.split.validation=0.1", "--set", "data.split.test=0.1")
    found = run("evaluate", "iris", "--split", "test", *split, "--json").json
    assert (found["split"], found["samples"]) == ("test", 15)


def test_without_a_validation_part_the_training_part_is_judged(run: Any) -> None:
    found = run("evaluate", "xor", "--json")
    assert found.json["split"] == "train"
    assert "initial" in found.err


@pytest.mark.parametrize(("words", "said"), [(("--split", "test"), "test"), (("--split", "valid"), "validation")])
def test_a_part_that_is_not_there(run: Any, words: tuple[str, ...], said: str) -> None:
    result = run("evaluate", "iris", *words, "--json")
    assert result.code == 2
    assert said in " ".join(result.json["error"].values())


def test_a_part_that_has_no_share_is_told_with_what_gives_it_one(run: Any) -> None:
    error = run("evaluate", "iris", "--split", "test", "--json").json["error"]
    assert "data.split.test, is 0" in error["why"]
    words = [word for word in error["next"].rstrip(".").split() if word.startswith(("--set", "data."))]
    assert run("evaluate", "iris", "--split", "test", *words).code == 0, "what is advised can be typed"
    assert "validation" in run("evaluate", "xor", "--split", "validation").err


@pytest.mark.parametrize("name", [name for name in examples.names() if name != "mnist-cnn"])
def test_every_example_can_be_evaluated(run: Any, name: str) -> None:
    found = run("evaluate", name, "--json")
    assert found.code == 0
    assert math.isfinite(found.json["loss"])


def test_columns_end_together() -> None:
    assert aligned([["", "a", "bbb"], ["name", "1.5", "2"]]) == ["        a  bbb", "name  1.5    2"]
