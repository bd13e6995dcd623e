"""What is wrong with data is told with the column and the sample."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.data.review import named, problems_of
from nnviz.engine.problem import Problem
from nnviz.explain.words import one_line

NAN, INF = float("nan"), float("inf")
COLUMNS = ("age", "height")
GOOD = np.array([[1.0, 5.0], [2.0, 7.0], [3.0, 6.0], [4.0, 9.0]])
LABELS = np.array([0, 1, 0, 1])
VALUES = np.array([[0.5], [1.5], [2.5], [3.5]])


def judged(inputs: object = GOOD, targets: object = LABELS, classes: int | None = 0, missing: str = "drop") -> tuple[Problem, ...]:
    return problems_of(COLUMNS, np.array(inputs, dtype=float), np.array(targets), ("group",), classes, missing)


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
    assert judged(GOOD, targets, classes) == ()


@pytest.mark.parametrize("value", [INF, -INF])
def test_infinite_cells_are_named(value: float) -> None:
    (found,) = judged(with_cell(2, 1, value))
    assert (found.where, keys((found,))) == ("data.features", ["data-infinite"])
    assert values(found) == {"column": "height", "count": 1, "sample": 3}
    (found,) = judged(targets=[[0.5], [1.0], [value], [value]], classes=None)
    assert (found.where, values(found)) == ("data.targets", {"column": "group", "count": 2, "sample": 3})


def test_a_column_without_a_number_is_named() -> None:
    inputs = GOOD.copy()
    inputs[:, 0] = NAN
    for missing in ("drop", "mean", "median"):
        found = judged(inputs, missing=missing)
        assert keys(found) == ["data-column-empty"]
        assert values(found[0]) == {"column": "age"}


def test_dropping_everything_is_refused_and_filling_is_not() -> None:
    inputs = [[1, NAN], [NAN, 2], [3, NAN], [NAN, 4]]
    (found,) = judged(inputs)
    assert (found.where, keys((found,))) == ("data.missing", ["data-all-dropped"])
    assert values(found) == {"columns": "age, height"}
    assert judged(inputs, missing="mean") == ()


def test_a_missing_target_is_named_whatever_becomes_of_missing_inputs() -> None:
    for missing in ("drop", "mean"):
        for classes, targets in ((0, [0, NAN, 1, NAN]), (None, [[0.5], [NAN], [1.5], [NAN]])):
            (found,) = judged(GOOD, targets, classes, missing)
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
    (found,) = judged(GOOD, labels, classes)
    assert (found.where, keys((found,))) == ("data.targets", [key])
    assert values(found) == {"column": "group", **said}


@given(st.lists(st.integers(0, 12), min_size=1, max_size=12))
def test_labels_are_taken_exactly_when_they_count_from_0(labels: list[int]) -> None:
    inputs = np.random.default_rng(0).random((len(labels), 2))
    found = problems_of(COLUMNS, inputs, np.array(labels), ("group",), 0, "drop")
    assert (found == ()) == (set(labels) == set(range(max(labels) + 1)))
    if found:
        assert values(found[0])["absent"] == min(set(range(max(labels))) - set(labels))


def test_known_classes_may_be_absent() -> None:
    assert judged(GOOD, [0, 2, 0, 2], classes=4) == ()


def test_no_sample_is_no_data() -> None:
    assert keys(problems_of(COLUMNS, np.zeros((0, 2)), np.zeros(0), ("group",), 0, "drop")) == ["data-no-samples"]


def test_all_that_is_wrong_is_told_at_once() -> None:
    inputs = [[INF, NAN], [1, NAN], [2, NAN], [3, NAN]]
    assert keys(judged(inputs, [0, NAN, 1, 1])) == ["data-infinite", "data-column-empty", "data-target-missing"]


def test_many_columns_are_named_by_the_first_and_a_count() -> None:
    assert named([f"c{number}" for number in range(8)]) == "c0, c1, c2, c3, c4, … (+3)"
    assert named(("age", "height")) == "age, height"


def test_what_is_judged_is_not_changed() -> None:
    inputs, targets = with_cell(0, 0, NAN), LABELS.copy()
    before = inputs.tobytes(), targets.tobytes()
    problems_of(COLUMNS, inputs, targets, ("group",), 0, "mean")
    assert (inputs.tobytes(), targets.tobytes()) == before


def test_every_problem_has_words() -> None:
    bad = [
        *judged([[INF, NAN], [1, NAN], [2, NAN], [3, NAN]], [0, NAN, 1, 1]),
        *judged([[1, NAN], [NAN, 2], [3, NAN], [NAN, 4]]),
        *(item for labels in ([0, 0.5, 1, 1], [0, -1, 0, 0], [0, 2, 2, 0]) for item in judged(GOOD, labels)),
        *problems_of(COLUMNS, np.zeros((0, 2)), np.zeros(0), ("group",), 0, "drop"),
    ]
    assert len(set(keys(tuple(bad)))) == 8
    for item in bad:
        text = one_line(item)
        assert text.endswith(".")
        assert "{" not in text
