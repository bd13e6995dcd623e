"""What is told of data: by the names of columns and classes, of every part, and what became of empty cells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from nnviz.analysis.finding import Finding
from nnviz.analysis.health import diagnose, foreseen
from nnviz.data.dataset import Dataset, Raw
from nnviz.data.datasets import DATASETS
from nnviz.data.prepare import facts, prepare
from nnviz.engine.edits import with_features
from nnviz.engine.spec import Spec, Split, problems
from nnviz.engine.trainer import Trainer
from nnviz.explain.words import say
from nnviz.formats.examples import load
from tests.engine.build import dense, stack, trained

COLUMNS = ("age", "height")
Plant = Callable[[np.ndarray, list[int]], Spec]


def found(made: Spec) -> dict[str, Finding]:
    return {item.kind: item for item in foreseen(Trainer(made, prepare(made.data).samples))}


def values(item: Finding) -> dict[str, object]:
    return dict(item.message.values)


def with_data(made: Spec, **fields: object) -> Spec:
    return replace(made, data=replace(made.data, **fields))  # type: ignore[arg-type]


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> Plant:
    """Return a function that puts a table of two columns and two classes in the place of iris, and a spec for it."""

    def plant(inputs: np.ndarray, labels: list[int]) -> Spec:
        columns = tuple((*COLUMNS, *(f"c{number}" for number in range(2, inputs.shape[1])))[: inputs.shape[1]])
        table = Dataset(
            *("iris", "", "", "", lambda *_: Raw(inputs.copy(), np.array(labels)), columns, ((0, 1),) * inputs.shape[1]),
            class_names=("no", "yes"),
            units=("",) * inputs.shape[1],
            samples=len(inputs),
        )
        monkeypatch.setitem(DATASETS, "iris", table)
        made = trained(stack((len(columns),), dense(4), dense(1)), batch_size=0)
        split = Split(0.5, 0.25, 0.25, stratified=False)
        return with_features(with_data(made, source="iris", features=columns, split=split), columns)

    return plant


@pytest.mark.parametrize(
    ("missing", "kind", "count"),
    [("drop", "samples-dropped", 6), ("mean", "cells-filled", 10), ("median", "cells-filled", 10)],
)
def test_what_became_of_the_gaps_of_heart_disease_is_told(missing: str, kind: str, count: int) -> None:
    made = with_data(load("heart-disease").spec, missing=missing)
    told = found(made)[kind]
    assert values(told)["count"] == count
    assert "major vessels colored" in str(values(told)["columns"])
    assert (missing if missing != "drop" else "left out") in say(told.message)
    later = Trainer(made, prepare(made.data).samples)
    later.run_epoch()
    assert [(item.kind, item.step) for item in diagnose(later)] == [(kind, later.step_count)]


def test_dropped_samples_can_be_kept() -> None:
    told = found(with_data(load("heart-disease").spec, missing="drop"))["samples-dropped"]
    (remedy,) = told.remedies
    assert remedy.spec.data.missing == "median"
    assert not problems(remedy.spec, facts(remedy.spec.data))
    assert "samples-dropped" not in found(remedy.spec)


def test_gaps_in_columns_that_are_not_fed_are_not_told() -> None:
    made = load("heart-disease").spec
    assert found(with_features(made, ("age", "male"))) == {}


@pytest.mark.parametrize("scaling", ["none", "standard", "minmax"])
def test_a_column_constant_in_the_training_part_is_named(planted: Plant, scaling: str) -> None:
    made = with_data(planted(np.column_stack([np.arange(16.0), np.full(16, 0.1 + 0.2)]), [0, 1] * 8), scaling=scaling)
    assert values(found(made)["constant-columns"]) == {"columns": "height"}


def test_many_columns_are_named_by_the_first_and_a_count(planted: Plant) -> None:
    inputs = np.column_stack([np.arange(16.0), *[np.ones(16)] * 8])
    assert values(found(planted(inputs, [0, 1] * 8))["constant-columns"]) == {"columns": "height, c2, c3, c4, c5, … (+3)"}


@pytest.mark.parametrize("part", ["validation", "test"])
def test_a_class_that_another_part_lacks_is_named(planted: Plant, part: str) -> None:
    inputs = np.random.default_rng(0).normal(size=(32, 2))
    rows = getattr(prepare(planted(inputs, [0, 1] * 16).data).samples, part).rows
    made = planted(inputs, [0 if row in rows else row % 2 for row in range(32)])
    assert values(found(made)["class-absent"]) == {"part": part, "classes": "yes"}


def test_one_class_in_training_is_named(planted: Plant) -> None:
    made = planted(np.random.default_rng(0).normal(size=(16, 2)), [1] * 16)
    assert values(found(made)["one-class"])["label"] == "yes"


def test_the_borders_of_images_are_often_black_and_that_is_no_fault() -> None:
    for name in ("digits", "digits-autoencoder"):
        assert found(load(name).spec) == {}
