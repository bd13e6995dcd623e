"""Preparation is a pure function of the DataSpec; the parts are what `facts` said before the data was made."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.data.datasets import DATASETS
from nnviz.data.prepare import apportion, facts, part_sizes, prepare, split
from nnviz.engine.problem import SpecError
from nnviz.engine.spec import DataSpec, Split

PLANAR = DataSpec("circle", samples=100, noise=0.1, features=("x1", "x2", "x1*x2"), scaling="standard")
IRIS = DataSpec("iris", features=DATASETS["iris"].columns, scaling="standard", split=Split(0.6, 0.2, 0.2))


@st.composite
def splits(draw: st.DrawFn) -> Split:
    validation = draw(st.integers(0, 100))
    test = draw(st.integers(0, 100 - validation))
    return Split((100 - validation - test) / 100, validation / 100, test / 100, draw(st.booleans()))


@settings(deadline=None, max_examples=60)
@given(splits(), st.integers(1, 60), st.sampled_from(["circle", "gauss", "moons", "plane", "xor"]), st.integers(0, 2**32), st.floats(0, 1))
def test_facts_are_what_preparing_gives(parts: Split, samples: int, source: str, seed: int, noise: float) -> None:
    data = DataSpec(source, samples=samples, noise=noise, seed=seed, split=parts)
    said = facts(data)
    assert said.train + said.validation + said.test == (DATASETS[source].samples or samples)
    if not said.train:
        with pytest.raises(SpecError):
            prepare(data)
        return
    made = prepare(data).samples
    assert (said.train, said.validation, said.test) == (len(made.train), len(made.validation), len(made.test))
    assert said.classes == made.classes


@pytest.mark.parametrize(
    ("samples", "fractions", "expected"),
    [
        (100, (0.7, 0.3, 0.0), (70, 30, 0)),
        (300, (0.7, 0.3, 0.0), (210, 90, 0)),
        (10, (0.4, 0.3, 0.3), (4, 3, 3)),
        (4, (0.8, 0.2, 0.0), (4, 0, 0)),
        (5, (0.5, 0.5, 0.0), (3, 2, 0)),
        (150, (0.8, 0.2, 0.0), (120, 30, 0)),
        (1, (1.0, 0.0, 0.0), (1, 0, 0)),
        (3, (0.0, 1.0, 1.0), (0, 3, 0)),
        (3, (float("nan"), float("nan"), -1.0), (3, 0, 0)),
        (0, (1.0, 0.0, 0.0), (0, 0, 0)),
    ],
)
def test_rounding_leaves_the_rest_to_train(samples: int, fractions: tuple[float, float, float], expected: tuple[int, int, int]) -> None:
    assert part_sizes(samples, Split(*fractions)) == expected


def test_every_source_says_its_facts_without_being_made(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("facts made the data")

    for name, dataset in list(DATASETS.items()):
        monkeypatch.setitem(DATASETS, name, replace(dataset, make=refuse))
        said = facts(DataSpec(name, split=Split(1.0, 0.0, 0.0)))
        assert (said.train, said.classes, said.targets) == (dataset.samples or 500, dataset.classes, dataset.targets)


def test_facts_name_the_features_on_offer() -> None:
    assert "sin(x2)" in facts(DataSpec("moons")).columns
    assert "sin(x2)" not in facts(DataSpec("sine")).columns
    assert facts(IRIS).columns == DATASETS["iris"].columns


@pytest.mark.parametrize("data", [PLANAR, IRIS, DataSpec("sine", features=("x1", "sin(x1)"), noise=0.3)])
def test_the_same_spec_gives_equal_bits(data: DataSpec) -> None:
    one, two = prepare(data), prepare(data)
    for part in ("train", "validation", "test"):
        for field in ("x", "y", "rows"):
            assert getattr(getattr(one.samples, part), field).tobytes() == getattr(getattr(two.samples, part), field).tobytes()
    assert one.part_of.tobytes() == two.part_of.tobytes()


def test_another_seed_is_another_set_and_another_split() -> None:
    one, two = prepare(PLANAR), prepare(replace(PLANAR, seed=1))
    assert not np.array_equal(one.raw, two.raw)
    assert not np.array_equal(one.part_of, two.part_of)


def test_another_split_keeps_the_data() -> None:
    one, two = prepare(PLANAR), prepare(replace(PLANAR, split=Split(0.5, 0.5)))
    assert one.raw.tobytes() == two.raw.tobytes()


def test_every_row_is_in_exactly_one_part() -> None:
    data = prepare(IRIS)
    rows = np.concatenate([data.samples.train.rows, data.samples.validation.rows, data.samples.test.rows])
    assert sorted(rows.tolist()) == list(range(150))
    for number, part in enumerate((data.samples.train, data.samples.validation, data.samples.test)):
        assert (data.part_of[part.rows] == number).all()
        assert data.labels is not None
        assert part.y.tolist() == data.labels[part.rows].tolist()
        np.testing.assert_array_equal(part.x, data.inputs(data.raw[part.rows]))


def test_scaling_is_fitted_on_the_training_part_only() -> None:
    data = prepare(IRIS)
    np.testing.assert_allclose(data.samples.train.x.mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(data.samples.train.x.std(axis=0), 1.0)
    assert np.abs(data.samples.validation.x.mean(axis=0)).max() > 1e-3


def test_stratified_parts_share_the_classes_as_the_whole() -> None:
    data = prepare(IRIS)
    for part, each in ((data.samples.train, 30), (data.samples.validation, 10), (data.samples.test, 10)):
        assert np.bincount(part.y).tolist() == [each] * 3


@settings(max_examples=60)
@given(st.lists(st.integers(0, 2), min_size=1, max_size=80), splits(), st.integers(0, 9))
def test_a_stratified_split_is_fair_to_one_sample(labels: list[int], parts: Split, seed: int) -> None:
    classes = np.array(labels)
    part_of = split(len(labels), replace(parts, stratified=True), classes, np.random.default_rng(seed))
    sizes = part_sizes(len(labels), parts)
    assert tuple(np.bincount(part_of, minlength=3)) == sizes
    for number in set(labels):
        fair = (classes == number).sum() * sizes[1] / len(labels)
        assert abs(((classes == number) & (part_of == 1)).sum() - fair) < 1.0


@given(st.lists(st.integers(0, 40), min_size=1, max_size=6), st.data())
def test_apportioned_counts_add_up_and_never_exceed(sizes: list[int], data: st.DataObject) -> None:
    seats = data.draw(st.integers(0, sum(sizes)))
    counts = apportion(seats, sizes)
    assert sum(counts) == seats
    assert all(0 <= count <= size for count, size in zip(counts, sizes, strict=True))


def test_regression_has_values_and_classes_have_labels() -> None:
    sine, circle = prepare(DataSpec("sine", features=("x1",))), prepare(PLANAR)
    assert sine.labels is None
    assert sine.values is not None
    assert sine.values.shape == (500, 1)
    assert circle.values is None
    assert circle.labels is not None
    assert circle.samples.classes == 2
    assert (sine.line, sine.plane, circle.line, circle.plane) == (True, False, False, True)


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (DataSpec("cirle"), "data.source"),
        (DataSpec("sine", features=("x1", "x2")), "data.features"),
        (DataSpec("circle", scaling="robust"), "data.scaling"),
        (DataSpec("circle", samples=1, split=Split(0.0, 1.0)), "data.split.train"),
        (DataSpec("circle", samples=0), "data.split.train"),
    ],
)
def test_what_cannot_be_made_is_refused_with_its_path(data: DataSpec, where: str) -> None:
    with pytest.raises(SpecError) as caught:
        prepare(data)
    assert [item.where for item in caught.value.problems] == [where]


def test_facts_of_an_unknown_source_name_the_known_ones() -> None:
    with pytest.raises(SpecError, match="spiral"):
        facts(DataSpec("spirla"))
