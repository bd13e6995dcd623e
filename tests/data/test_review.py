"""What is wrong with data is told with the column and the sample; what is only worth knowing stands in nobody's way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.data.dataset import Dataset, Raw
from nnviz.data.datasets import DATASETS
from nnviz.data.prepare import prepare
from nnviz.data.review import Review, findings, review
from nnviz.engine.problem import Problem
from nnviz.engine.spec import DataSpec, Split
from nnviz.explain.words import one_line

NAN, INF = float("nan"), float("inf")
COLUMNS = ("age", "height")
GOOD = np.array([[1.0, 5.0], [2.0, 7.0], [3.0, 6.0], [4.0, 9.0]])
LABELS = np.array([0, 1, 0, 1])
VALUES = np.array([[0.5], [1.5], [2.5], [3.5]])


def judged(inputs: object = GOOD, targets: object = LABELS, classes: int | None = 0, missing: str = "drop") -> Review:
    return review(COLUMNS, np.array(inputs, dtype=float), np.array(targets), ("group",), classes, missing)


def keys(found: tuple[Problem, ...]) -> list[str]:
    return [item.message.key.removeprefix("problem.") for item in found]


def values(item: Problem) -> dict[str, object]:
    return dict(item.message.values)


def with_cell(row: int, column: int, value: float) -> np.ndarray:
    inputs = GOOD.copy()
    inputs[row, column] = value
    return inputs


@pytest.mark.parametrize(("targets", "classes"), [(LABELS, 0), (LABELS, 2), (VALUES, None), (LABELS.astype(float), 0), (LABELS, 3)])
def test_good_data_are_left_alone(targets: np.ndarray, classes: int | None) -> None:
    assert judged(GOOD, targets, classes) == Review((), ())


@pytest.mark.parametrize("value", [INF, -INF])
def test_infinite_cells_are_named(value: float) -> None:
    (found,) = judged(with_cell(2, 1, value)).problems
    assert (found.where, keys((found,))) == ("data.features", ["data-infinite"])
    assert values(found) == {"column": "height", "count": 1, "sample": 3}
    (found,) = judged(targets=[[0.5], [1.0], [value], [value]], classes=None).problems
    assert (found.where, values(found)) == ("data.targets", {"column": "group", "count": 2, "sample": 3})


def test_a_column_without_a_number_is_named() -> None:
    inputs = GOOD.copy()
    inputs[:, 0] = NAN
    for missing in ("drop", "mean", "median"):
        found = judged(inputs, missing=missing).problems
        assert keys(found) == ["data-column-empty"]
        assert values(found[0]) == {"column": "age"}


def test_dropping_everything_is_refused_and_filling_is_not() -> None:
    inputs = [[1, NAN], [NAN, 2], [3, NAN], [NAN, 4]]
    (found,) = judged(inputs).problems
    assert (found.where, keys((found,))) == ("data.missing", ["data-all-dropped"])
    assert values(found) == {"columns": "age, height"}
    assert judged(inputs, missing="mean").problems == ()


def test_a_missing_target_is_named_whatever_becomes_of_missing_inputs() -> None:
    for missing in ("drop", "mean"):
        for classes, targets in ((0, [0, NAN, 1, NAN]), (None, [[0.5], [NAN], [1.5], [NAN]])):
            (found,) = judged(GOOD, targets, classes, missing).problems
            assert keys((found,)) == ["data-target-missing"]
            assert values(found) == {"column": "group", "count": 2, "sample": 2}


@pytest.mark.parametrize(
    ("labels", "classes", "key", "said"),
    [
        ([0, 1, 0.5, 1], 0, "data-label-broken", {"label": 0.5, "sample": 3}),
        ([0, 1, 1, -2], 0, "data-label-outside", {"label": -2, "known": "0, 1, 2, …", "sample": 4}),
        ([0, 3, 1, 1], 3, "data-label-outside", {"label": 3, "known": "0 … 2", "sample": 2}),
        ([0, 1, 3, 3], 0, "data-label-gap", {"absent": 2, "largest": 3, "count": 3}),
        ([1, 2, 2, 1], 0, "data-label-gap", {"absent": 0, "largest": 2, "count": 2}),
        ([0, 10**12, 0, 1], 0, "data-label-gap", {"absent": 2, "largest": 10**12, "count": 3}),
    ],
)
def test_labels_that_are_no_class_numbers_are_named(labels: list[float], classes: int, key: str, said: dict[str, object]) -> None:
    (found,) = judged(GOOD, labels, classes).problems
    assert (found.where, keys((found,))) == ("data.targets", [key])
    assert values(found) == {"column": "group", **said}


@given(st.lists(st.integers(0, 12), min_size=1, max_size=12))
def test_labels_are_taken_exactly_when_they_count_from_0(labels: list[int]) -> None:
    inputs = np.random.default_rng(0).random((len(labels), 2))
    found = review(COLUMNS, inputs, np.array(labels), ("group",), 0).problems
    assert (found == ()) == (set(labels) == set(range(max(labels) + 1)))
    if found:
        assert values(found[0])["absent"] == min(set(range(max(labels))) - set(labels))


def test_known_classes_may_be_absent() -> None:
    assert judged(GOOD, [0, 2, 0, 2], classes=4).problems == ()


def test_no_sample_is_no_data() -> None:
    assert keys(review(COLUMNS, np.zeros((0, 2)), np.zeros(0), ("group",), 0).problems) == ["data-no-samples"]


def test_all_that_is_wrong_is_told_at_once() -> None:
    inputs = [[INF, NAN], [1, NAN], [2, NAN], [3, NAN]]
    assert keys(judged(inputs, [0, NAN, 1, 1]).problems) == ["data-infinite", "data-column-empty", "data-target-missing"]


# -- notes --------------------------------------------------------------------------------------------------------


def test_a_constant_column_is_noted_and_does_not_stand_in_the_way() -> None:
    inputs = GOOD.copy()
    inputs[:, 1] = 7.0
    found = judged(inputs)
    assert found.problems == ()
    assert keys(found.notes) == ["data-constant"]
    assert values(found.notes[0]) == {"count": 1, "columns": "height"}


def test_what_becomes_of_empty_cells_is_noted() -> None:
    inputs = with_cell(1, 0, NAN)
    said = {missing: judged(inputs, missing=missing).notes for missing in ("drop", "mean", "median")}
    assert {missing: keys(notes) for missing, notes in said.items()} == {
        "drop": ["data-dropped"],
        "mean": ["data-filled-mean"],
        "median": ["data-filled-median"],
    }
    assert all(values(notes[0]) == {"count": 1, "columns": "age"} for notes in said.values())


def test_one_class_is_noted_also_where_dropping_leaves_only_one() -> None:
    assert keys(judged(GOOD, [0, 0, 0, 0]).notes) == ["data-one-class"]
    assert keys(judged(with_cell(3, 0, NAN), [0, 0, 0, 1]).notes) == ["data-dropped", "data-one-class"]
    assert judged(GOOD, [[2.0], [2.0], [2.0], [2.0]], None).notes == ()


def test_one_sample_is_noted_and_none_of_its_columns_blamed() -> None:
    assert keys(review(COLUMNS, GOOD[:1], LABELS[:1], ("group",), 2).notes) == ["data-one-sample"]


def test_many_columns_are_named_by_the_first_and_a_count() -> None:
    columns = tuple(f"c{number}" for number in range(8))
    (note,) = review(columns, np.ones((4, 8)), VALUES, ("y",), None).notes
    assert values(note) == {"count": 8, "columns": "c0, c1, c2, c3, c4, … (+3)"}


def test_what_is_judged_is_not_changed() -> None:
    inputs, targets = with_cell(0, 0, NAN), LABELS.copy()
    before = inputs.tobytes(), targets.tobytes()
    review(COLUMNS, inputs, targets, ("group",), 0, "mean")
    assert (inputs.tobytes(), targets.tobytes()) == before


# -- findings in prepared data ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(set(DATASETS) - {"mazur", "one-neuron", "heart-disease"}))
def test_the_built_in_data_need_no_note(name: str) -> None:
    split = Split(1.0, 0.0) if (DATASETS[name].samples or 500) < 5 else Split()
    assert findings(prepare(DataSpec(name, features=(), split=split))) == ()


def test_single_samples_are_noted() -> None:
    assert keys(findings(prepare(DataSpec("mazur")))) == ["data-one-sample"]
    assert keys(findings(prepare(DataSpec("circle", samples=1)))) == ["data-one-sample", "data-class-absent"]


@pytest.mark.parametrize(
    ("missing", "key", "count"),
    [("drop", "data-dropped", 6), ("mean", "data-filled-mean", 10), ("median", "data-filled-median", 10)],
)
def test_the_gaps_of_heart_disease_are_noted(missing: str, key: str, count: int) -> None:
    (note,) = findings(prepare(DataSpec("heart-disease", features=(), missing=missing)))
    assert (keys((note,)), values(note)["count"]) == ([key], count)
    assert "major vessels colored" in str(values(note)["columns"])


def planted(monkeypatch: pytest.MonkeyPatch, inputs: np.ndarray, labels: list[int]) -> DataSpec:
    """Put a table of two columns and two classes in the place of iris."""
    table = Dataset(
        *("iris", "", "", "", lambda *_: Raw(inputs.copy(), np.array(labels)), COLUMNS, ((0, 1), (0, 1))),
        class_names=("no", "yes"),
        samples=len(inputs),
    )
    monkeypatch.setitem(DATASETS, "iris", table)
    return DataSpec("iris", features=COLUMNS, split=Split(0.5, 0.5))


@pytest.mark.parametrize("scaling", ["none", "standard", "minmax"])
def test_a_column_constant_in_the_training_part_is_noted(monkeypatch: pytest.MonkeyPatch, scaling: str) -> None:
    data = replace(planted(monkeypatch, np.column_stack([np.arange(8.0), np.full(8, 0.1 + 0.2)]), [0, 1] * 4), scaling=scaling)
    (note,) = findings(prepare(data))
    assert (keys((note,)), values(note)) == (["data-constant"], {"count": 1, "columns": "height"})


def test_classes_missing_from_a_part_are_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    data = planted(monkeypatch, np.random.default_rng(0).random((8, 2)), [0] * 7 + [1])
    made = prepare(data)
    part = "validation" if 1 in made.samples.train.y else "train"
    (note,) = findings(made)
    assert (note.where, values(note)) == (f"data.split.{part}", {"part": part, "classes": "yes", "count": 1})


def test_one_class_alone_is_noted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    data = planted(monkeypatch, np.random.default_rng(0).random((8, 2)), [1] * 8)
    (note,) = findings(prepare(data))
    assert (keys((note,)), values(note)) == (["data-one-class"], {"column": "class", "label": 1})
    assert findings(prepare(replace(data, problem="autoencoder"))) == ()


def test_every_problem_and_note_has_words() -> None:
    bad = [
        *judged([[INF, NAN], [1, NAN], [2, NAN], [3, NAN]], [0, NAN, 1, 1]).problems,
        *judged([[1, NAN], [NAN, 2], [3, NAN], [NAN, 4]]).problems,
        *(item for labels in ([0, 0.5, 1, 1], [0, -1, 0, 0], [0, 2, 2, 0]) for item in judged(GOOD, labels).problems),
        *review(COLUMNS, np.zeros((0, 2)), np.zeros(0), ("group",), 0).problems,
        *(item for way in ("drop", "mean", "median") for item in judged(with_cell(0, 0, NAN), missing=way).notes),
        *judged(np.ones((4, 2)), [0, 0, 0, 0]).notes,
        *findings(prepare(DataSpec("circle", samples=1))),
    ]
    assert len(set(keys(tuple(bad)))) == 15
    for item in bad:
        text = one_line(item)
        assert text.endswith(".")
        assert "{" not in text
