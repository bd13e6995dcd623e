"""One field at a time by path and text: read right, or refused with the nearest valid ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.paths import _places, set_path
from nnviz.engine.plain import to_plain
from nnviz.engine.problem import Problem, SpecError
from nnviz.engine.spec import DataSpec, Dense, InputSpec, NetworkSpec, Spec, TrainingSpec
from nnviz.engine.table import choose

LAYERS = (Dense("h1", "Dense 1", ("n1", "n2")), Dense("h2", "conv v1.0", ("n3",)), Dense("out", "Output", ("n4",)))
SPEC = Spec(NetworkSpec(InputSpec((2,), ("x1", "x2")), LAYERS, 5), TrainingSpec(), DataSpec("circle"))


def valid_paths(spec: Spec) -> tuple[str, ...]:
    return tuple(path for path, _ in _places(spec))


def refusal(path: str, text: str, spec: Spec = SPEC) -> Problem:
    with pytest.raises(SpecError) as caught:
        set_path(spec, path, text)
    (found,) = caught.value.problems
    assert found.where == path
    return found


def nearest(path: str, text: str = "1") -> list[str]:
    return str(dict(refusal(path, text).message.values)["nearest"]).split(", ")


@pytest.mark.parametrize(
    ("path", "text", "value"),
    [
        ("learning_rate", "0.3", 0.3),
        ("learning_rate", "1e-3", 0.001),
        ("learning_rate", " .5 ", 0.5),
        ("batch_size", "0", 0),
        ("epochs", "+50", 50),
        ("clip_norm", "1.0", 1.0),
        ("clip_norm", "none", None),
        ("clip_value", "None", None),
        ("reduction", "half-sum", "half-sum"),
        ("precision", "float32", "float32"),
        ("optimizer", "adam", choose(OPTIMIZERS, "adam")),
        ("seed", "4294967296", 2**32),
    ],
)
def test_training_settings(path: str, text: str, value: Any) -> None:
    assert set_path(SPEC, f"training.{path}", text) == replace(SPEC, training=replace(SPEC.training, **{path: value}))


@pytest.mark.parametrize(
    ("path", "text", "value"), [("noise", "0.1", 0.1), ("samples", "80", 80), ("source", "moons", "moons"), ("scaling", "minmax", "minmax")]
)
def test_data_settings(path: str, text: str, value: Any) -> None:
    assert set_path(SPEC, f"data.{path}", text) == replace(SPEC, data=replace(SPEC.data, **{path: value}))


def test_parts_of_the_split() -> None:
    spec = set_path(set_path(SPEC, "data.split.train", "0.6"), "data.split.validation", "0.4")
    assert (spec.data.split.train, spec.data.split.validation) == (0.6, 0.4)
    assert set_path(SPEC, "data.split.stratified", "no").data.split.stratified is False


@pytest.mark.parametrize("called", ["1", "h2", "conv v1.0", "network.1"])
def test_a_layer_goes_by_position_id_or_name(called: str) -> None:
    path = f"network.layers.{called[8:]}" if called.startswith("network.") else f"layers.{called}"
    spec = set_path(SPEC, f"{path}.units", "3")
    assert spec.network.layers[1].neurons == ("n3", "n5", "n6")
    assert spec.network.next_id == 7


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("activation", "relu", choose(ACTIVATIONS, "relu")),
        ("use_bias", "false", False),
        ("frozen", "Yes", True),
        ("train_bias", "off", False),
        ("name", "Hidden, one", "Hidden, one"),
        ("l2", "0.01", 0.01),
        ("l2", "none", None),
        ("rate_multiplier", "0.5", 0.5),
    ],
)
def test_layer_settings(field: str, text: str, value: Any) -> None:
    assert set_path(SPEC, f"layers.h1.{field}", text).network.layers == (replace(LAYERS[0], **{field: value}), *LAYERS[1:])


def test_a_tag_takes_its_defaults_and_then_has_fields_of_its_own() -> None:
    spec = set_path(SPEC, "training.optimizer", "adam")
    assert "training.optimizer.beta1" in valid_paths(spec)
    tuned = set_path(spec, "training.optimizer.beta1", "0.8")
    assert tuned.training.optimizer == choose(OPTIMIZERS, "adam", beta1=0.8)
    assert set_path(tuned, "training.optimizer", "adam").training.optimizer == choose(OPTIMIZERS, "adam")
    leaky = set_path(SPEC, "layers.0.activation", "leaky_relu")
    assert set_path(leaky, "layers.0.activation.slope", "0.2").network.layers[0].activation["slope"] == 0.2


def test_features_keep_the_input_in_step() -> None:
    spec = set_path(SPEC, "data.features", "x1, x2,sin(x1)")
    assert spec.data.features == spec.network.input.names == ("x1", "x2", "sin(x1)")
    assert spec.network.input.shape == (3,)


@pytest.mark.parametrize(
    ("path", "close"),
    [
        ("training.lerning_rate", "training.learning_rate"),
        ("learning_rate", "training.learning_rate"),
        ("training.optimizer.beta1", "training.optimizer"),
        ("layers.h1.unit", "layers.h1.units"),
        ("layers.9.units", "layers.h1.units"),
        ("layers.1.activaton", "layers.h2.activation"),
        ("data.nois", "data.noise"),
        ("units", "layers.h1.units"),
    ],
)
def test_an_unknown_path_names_the_nearest(path: str, close: str) -> None:
    assert refusal(path, "1").message.key == "problem.unknown-path"
    assert close in nearest(path)


@pytest.mark.parametrize(
    "path",
    ["", ".", "layers", "layers.", "layers.h1", "network", "training", "layers.h1.id", "layers.h1.neurons", "format", "data.split", "λ"],
)
def test_what_is_no_setting_is_refused(path: str) -> None:
    assert nearest(path)


@pytest.mark.parametrize(
    ("path", "text", "close"),
    [
        ("training.optimizer", "adem", "adam"),
        ("training.reduction", "halfmean", "half-mean"),
        ("layers.h1.activation", "ReLU", "relu"),
        ("layers.h1.use_bias", "maybe", "true"),
        ("data.scaling", "std", "standard"),
        ("training.loss", "", "mse"),
    ],
)
def test_an_unknown_value_names_the_nearest(path: str, text: str, close: str) -> None:
    assert refusal(path, text).message.key == "problem.unknown-value"
    assert close in nearest(path, text)


@pytest.mark.parametrize("text", ["", "abc", "0,3", "nan", "inf", "1_000", "0x10", "٣", "1.0.0", "--1", "true"])
def test_what_is_no_number_is_refused(text: str) -> None:
    assert refusal("training.learning_rate", text).message.key == "problem.not-a-number"
    assert refusal("training.batch_size", text).message.key == "problem.not-a-whole-number"


@pytest.mark.parametrize("text", ["2.0", "1e3"])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    assert refusal("training.seed", text).message.key == "problem.not-a-whole-number"


LONG = [("learning_rate", "1e400"), ("learning_rate", "9" * 400), ("seed", "9" * 19), ("seed", "9" * 5000)]


@pytest.mark.parametrize(("path", "text"), LONG)
def test_what_no_machine_number_can_hold_is_refused(path: str, text: str) -> None:
    assert refusal(f"training.{path}", text).message.key == "problem.too-large"


@pytest.mark.parametrize("text", ["0", "-3", "10001", "999999999999"])
def test_units_are_counted_before_ids_are_made(text: str) -> None:
    assert refusal("layers.h1.units", text).message.key == "problem.out-of-range"


def test_every_valid_path_can_be_set_and_changes_only_its_own() -> None:
    before = dict(_leaves(to_plain(SPEC), ""))
    for path in valid_paths(SPEC):
        texts = (
            "7",
            "true",
            "false",
            "sgd",
            "adam",
            "relu",
            "zeros",
            "sum",
            "float32",
            "binary_crossentropy",
            "none",
            "regression",
            "minmax",
            "cosine",
            "median",
            "code",
            "x1, x2",
            *SPEC.network.layers[0].neurons,
            *SPEC.network.layers[1].neurons,
            *SPEC.network.layers[2].neurons,
            *(f"{source}>{name}" for index in range(3) for source in SPEC.network.sources(index) for name in SPEC.network.rows(index)),
        )
        results = [set_path(SPEC, path, text) for text in texts if _accepts(path, text)]
        changes = [{name for name, value in _leaves(to_plain(result), "") if before.get(name) != value} for result in results]
        assert any(changes), path
        if path not in ("data.features", "layers.h1.units", "layers.h2.units", "layers.out.units"):
            fields = {name.partition(path)[2].partition(".")[0] for name in set.union(*changes)}
            assert len(fields) == 1, path


def _leaves(tree: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(tree, dict | list):
        for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
            yield from _leaves(value, f"{path}.{key}")
    else:
        yield path, tree


def _accepts(path: str, text: str) -> bool:
    try:
        set_path(SPEC, path, text)
    except SpecError:
        return False
    return True


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(valid_paths(SPEC)) | st.text(max_size=30), st.text(max_size=12))
def test_only_spec_errors_escape(path: str, text: str) -> None:
    try:
        found = set_path(SPEC, path, text)
    except SpecError as error:
        found = None
        wheres = {item.where for item in error.problems}
    assert isinstance(found, Spec) or wheres == {path}
