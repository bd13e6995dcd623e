"""Preparation is a pure function of the DataSpec; the parts are what `facts` said before the data were made."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.data.dataset import Dataset, Raw
from nnviz.data.datasets import DATASETS
from nnviz.data.features import available
from nnviz.data.prepare import facts, prepare
from nnviz.data.splitting import split
from nnviz.engine.problem import SpecError
from nnviz.engine.spec import DataFacts, DataSpec, Split
from tests.data.splits import splits

PLANAR = DataSpec("circle", samples=100, noise=0.1, features=("x1", "x2", "x1*x2"), scaling="standard")
IRIS = DataSpec("iris", features=DATASETS["iris"].columns, scaling="standard", split=Split(0.6, 0.2, 0.2))


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


def test_regression_has_values_and_classes_have_labels() -> None:
    sine, circle = prepare(DataSpec("sine", features=("x1",))), prepare(PLANAR)
    assert sine.labels is None
    assert sine.values is not None
    assert sine.values.shape == (500, 1)
    assert circle.values is None
    assert circle.labels is not None
    assert circle.samples.classes == 2
    assert (sine.line, sine.plane, circle.line, circle.plane) == (True, False, False, True)


def test_facts_of_an_unknown_source_name_the_known_ones() -> None:
    with pytest.raises(SpecError, match="spiral"):
        facts(DataSpec("spirla"))


def test_every_source_says_its_facts_without_being_made(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("facts made the data")

    for name, dataset in list(DATASETS.items()):
        monkeypatch.setitem(DATASETS, name, replace(dataset, make=refuse))
        said = facts(DataSpec(name, split=Split(1.0, 0.0, 0.0), missing="mean"))
        assert (said.train, said.classes, said.targets) == (dataset.samples or 500, dataset.classes, dataset.targets)
        assert said.shape == dataset.shape
        if not dataset.gaps:
            assert facts(DataSpec(name, split=Split(1.0, 0.0, 0.0))) == said


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (DataSpec("cirle"), ["data.source"]),
        (DataSpec("sine", features=("x1", "x2")), ["data.features"]),
        (DataSpec("circle", scaling="robust"), ["data.scaling"]),
        (DataSpec("circle", missing="guess"), ["data.missing"]),
        (DataSpec("circle", samples=1, split=Split(0.0, 1.0)), ["data.split.train"]),
        (DataSpec("circle", samples=0), ["data.split.train"]),
        (DataSpec("heart-disease", features=("age",), targets=("age",)), ["data.targets"]),
        (DataSpec("mazur", targets=("y3", "y1", "y0")), ["data.targets", "data.targets"]),
        (DataSpec("wine", features=("ash", "salt", "sugar"), scaling="x"), ["data.features", "data.features", "data.scaling"]),
    ],
)
def test_what_cannot_be_made_is_refused_with_its_path(data: DataSpec, where: list[str]) -> None:
    with pytest.raises(SpecError) as caught:
        prepare(data)
    assert [item.where for item in caught.value.problems] == where


# -- all columns, images ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DATASETS)
def test_no_features_are_all_features(name: str) -> None:
    data = DataSpec(name, features=(), samples=20)
    made, said = prepare(data), facts(data)
    assert made.features == said.columns == available(DATASETS[name].columns)
    assert made.samples.train.x.shape == (said.train, len(said.columns))
    assert np.isfinite(made.samples.train.x).all()


@pytest.mark.parametrize("name", ["digits", "fashion"])
def test_whole_images_have_a_shape_and_some_pixels_have_none(name: str) -> None:
    columns = DATASETS[name].columns
    whole, some = prepare(DataSpec(name, features=())), prepare(DataSpec(name, features=columns[:5]))
    assert (whole.shape, some.shape) == (DATASETS[name].shape, ())
    assert prepare(DataSpec(name, features=columns)).shape == whole.shape
    assert some.samples.train.x.tolist() == whole.samples.train.x[:, :5].tolist()
    assert facts(DataSpec(name, features=())).shape == whole.shape
    assert whole.raw.shape == (len(whole.part_of), len(columns))


def test_pixels_reach_the_network_as_they_are_stored() -> None:
    data = prepare(DataSpec("mnist", features=()))
    assert data.samples.train.x.tobytes() == data.raw[data.samples.train.rows].tobytes()
    assert np.bincount(data.samples.train.y).tolist() == [400] * 10
    assert np.bincount(data.samples.validation.y).tolist() == [100] * 10


def test_five_thousand_images_take_little_memory() -> None:
    data = DataSpec("mnist", features=(), scaling="standard")
    prepare(data)
    tracemalloc.start()
    made = prepare(data)
    held, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    table = made.raw.nbytes
    assert held < 2.2 * table
    assert peak < 4.5 * table


# -- autoencoders and targets -------------------------------------------------------------------------------------


@pytest.mark.parametrize("scaling", ["none", "standard", "minmax"])
@pytest.mark.parametrize(("name", "features"), [("digits", ()), ("iris", ("petal width", "sepal length")), ("plane", ("x1", "x2"))])
def test_an_autoencoders_targets_are_its_inputs(name: str, features: tuple[str, ...], scaling: str) -> None:
    data = DataSpec(name, problem="autoencoder", features=features, scaling=scaling, split=Split(0.6, 0.2, 0.2))
    made, said = prepare(data), facts(data)
    assert (said.classes, said.targets) == (0, len(made.features))
    assert made.samples.classes == 0
    assert made.labels is None
    assert made.target_names == made.features
    assert made.values is not None
    for part in (made.samples.train, made.samples.validation, made.samples.test):
        assert part.y.tobytes() == part.x.tobytes() == made.values[part.rows].tobytes()
    np.testing.assert_array_equal(made.values, made.inputs(made.raw))


def test_an_autoencoder_is_not_told_the_classes_but_its_samples_can_be_colored() -> None:
    plain, told = prepare(DataSpec("digits", problem="autoencoder", features=())), prepare(DataSpec("digits", features=()))
    assert plain.groups is not None
    assert told.labels is not None
    assert plain.groups.tolist() == told.labels.tolist()
    assert plain.part_of.tobytes() == told.part_of.tobytes(), "the classes share the parts all the same"
    assert told.groups is told.labels
    assert len(plain.class_names) == 10
    assert prepare(DataSpec("diabetes", problem="autoencoder", features=())).groups is None


def test_chosen_targets_are_learned_in_the_chosen_order() -> None:
    data = DataSpec("mazur", problem="regression", targets=("y2",), split=Split(1.0, 0.0))
    assert facts(data).targets == 1
    assert (prepare(data).samples.train.y.tolist(), prepare(data).target_names) == ([[0.99]], ("y2",))
    turned = prepare(replace(data, targets=("y2", "y1")))
    assert turned.samples.train.y.tolist() == [[0.99, 0.01]]
    assert prepare(DataSpec("wine", features=("ash",), targets=("grower",))).samples.classes == 3


# -- empty cells --------------------------------------------------------------------------------------------------

HEART = DataSpec("heart-disease", features=(), scaling="standard", split=Split(0.6, 0.2, 0.2))
FILLED = ("major vessels colored", "thallium normal")


def test_samples_with_empty_cells_are_dropped_and_counted() -> None:
    made = prepare(HEART)
    assert (made.dropped, len(made.raw), len(made.part_of)) == (6, 297, 297)
    assert made.labels is not None
    assert len(made.labels) == 297
    assert not np.isnan(made.raw).any()
    assert dict(made.gaps)["major vessels colored"] == 4
    assert made.missing == "drop"


def test_only_cells_the_network_is_fed_count() -> None:
    for features, dropped in ((("age", "cholesterol"), 0), (("age", "thallium normal"), 2), (FILLED, 6)):
        data = replace(HEART, features=features)
        made, said = prepare(data), facts(data)
        assert (made.dropped, len(made.raw)) == (dropped, 303 - dropped)
        assert (said.train, said.validation, said.test) == tuple(np.bincount(made.part_of, minlength=3))
    assert np.isnan(prepare(replace(HEART, features=("age",))).raw).any()


@pytest.mark.parametrize(("way", "middle"), [("mean", np.nanmean), ("median", np.nanmedian)])
@pytest.mark.parametrize("scaling", ["none", "standard", "minmax"])
def test_cells_are_filled_from_the_training_part(way: str, middle: Callable[..., np.ndarray], scaling: str) -> None:
    made = prepare(replace(HEART, features=FILLED, missing=way, scaling=scaling))
    assert (made.dropped, len(made.raw)) == (0, 303)
    raw = made.raw[:, [made.columns.index(name) for name in FILLED]]
    empty = np.isnan(raw)
    assert empty.sum() == 6
    filled = np.where(empty, middle(raw[made.part_of == 0], axis=0), raw)
    fed = made.inputs(made.raw)
    assert np.isfinite(fed).all()
    for index in range(len(FILLED)):
        ours, plain = fed[:, index], filled[:, index]
        slope, start = np.polyfit(plain, ours, 1)
        np.testing.assert_allclose(ours, slope * plain + start, atol=1e-9)
    if scaling == "standard":
        np.testing.assert_allclose(made.samples.train.x.mean(axis=0), 0.0, atol=1e-12)
        np.testing.assert_allclose(made.samples.train.x.std(axis=0), 1.0)


@settings(deadline=None, max_examples=30)
@given(splits(), st.sampled_from(["drop", "mean", "median"]), st.sampled_from([(), ("age",), FILLED]), st.integers(0, 9))
def test_facts_of_a_table_with_gaps_are_what_preparing_gives(parts: Split, way: str, features: tuple[str, ...], seed: int) -> None:
    data = replace(HEART, split=parts, missing=way, features=features, seed=seed, noise=0.1)
    said: DataFacts = facts(data)
    if said.train < 60:  # so few that a column may be all empty
        return
    made = prepare(data)
    assert tuple(np.bincount(made.part_of, minlength=3)) == (said.train, said.validation, said.test)
    assert np.isfinite(made.inputs(made.raw)).all()
    assert len(made.raw) + made.dropped == 303


def planted(monkeypatch: pytest.MonkeyPatch, inputs: list[list[float]], targets: list[float], *, classes: bool = True) -> None:
    """Put a table of the columns a and b in the place of iris."""
    values = np.array(targets, dtype=np.int64) if classes else np.array(targets)[:, None]
    table = Dataset(
        *("iris", "", "", "", lambda *_: Raw(np.array(inputs), values), ("a", "b"), ((0, 1), (0, 1))),
        class_names=("no", "yes") if classes else (),
        samples=len(inputs),
        gaps=True,
    )
    monkeypatch.setitem(DATASETS, "iris", table)


NAN = float("nan")


@pytest.mark.parametrize(
    ("inputs", "targets", "way", "key"),
    [
        ([[1, NAN], [2, NAN]], [0, 1], "mean", "data-column-empty"),
        ([[1, 2], [float("inf"), 3]], [0, 1], "drop", "data-infinite"),
        ([[1, 2], [1, 3]], [0, 2], "drop", "data-label-outside"),
        ([[1, NAN], [NAN, 3]], [0, 1], "drop", "empty-part"),
    ],
)
def test_data_nobody_can_learn_from_are_refused_before_the_first_step(
    monkeypatch: pytest.MonkeyPatch, inputs: list[list[float]], targets: list[float], way: str, key: str
) -> None:
    planted(monkeypatch, inputs, targets)
    with pytest.raises(SpecError) as caught:
        prepare(DataSpec("iris", features=("a", "b"), missing=way, split=Split(1.0, 0.0)))
    assert [item.message.key for item in caught.value.problems] == [f"problem.{key}"]


def test_a_missing_value_to_predict_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    planted(monkeypatch, [[1, 2], [2, 3]], [0.5, NAN], classes=False)
    with pytest.raises(SpecError) as caught:
        prepare(DataSpec("iris", problem="regression", features=("a", "b"), split=Split(1.0, 0.0)))
    assert dict(caught.value.problems[0].message.values) == {"column": "class", "count": 1, "sample": 2}


def test_a_column_empty_in_the_training_part_cannot_be_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    planted(monkeypatch, [[1, NAN], [2, NAN], [3, NAN], [4, 5]], [0, 1, 1, 0])
    asked = [DataSpec("iris", features=("a", "b"), missing="median", seed=seed, split=Split(0.75, 0.25)) for seed in range(20)]
    parts = [split(4, data.split, np.array([0, 1, 1, 0]), np.random.default_rng([data.seed, 1])) for data in asked]
    assert {int(part[3]) for part in parts} == {0, 1}, "the one number of b is now learned from, now not"
    for data, part in zip(asked, parts, strict=True):
        if part[3] == 0:
            assert np.isfinite(prepare(data).samples.train.x).all()
            continue
        with pytest.raises(SpecError) as caught:
            prepare(data)
        assert [item.message.key for item in caught.value.problems] == ["problem.data-column-empty"]
