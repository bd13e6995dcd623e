"""Plain form and spec are the same thing; whatever is not a spec is refused with every fault and its path."""

from __future__ import annotations

import copy
import json
import math
import time
import tracemalloc
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.plain import MAX_FAULTS, MAX_UNITS, from_plain, plain_record, read_layers_plain, read_record, to_plain
from nnviz.engine.problem import SpecError
from nnviz.engine.spec import DataSpec, Dense, InputSpec, NetworkSpec, Spec, TrainingSpec, problems
from nnviz.engine.table import choose
from tests.engine.any_spec import specs

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def plain() -> dict[str, Any]:
    """Return the plain form of a small spec."""
    layers = (Dense("h1", "Dense 1", ("n1", "n2")), Dense("out", "Output", ("n3",)))
    return to_plain(Spec(NetworkSpec(InputSpec((2,), ("x1", "x2")), layers, 4), TrainingSpec(), DataSpec("circle")))


def at(tree: Any, path: str) -> Any:
    """Return the dict or list that holds the last word of `path`, and that word as its key."""
    *words, last = path.split(".")
    for word in words:
        tree = tree[int(word)] if isinstance(tree, list) else tree[word]
    return tree, int(last) if isinstance(tree, list) else last


def changed(path: str, value: Any) -> dict[str, Any]:
    tree = plain()
    holder, key = at(tree, path)
    holder[key] = value
    return tree


def faults(tree: Any) -> list[tuple[str, str]]:
    with pytest.raises(SpecError) as caught:
        from_plain(tree)
    return [(item.where, item.message.key.removeprefix("problem.")) for item in caught.value.problems]


@settings(deadline=None, max_examples=200)
@given(specs())
def test_a_spec_survives_plain_form_and_json(spec: Spec) -> None:
    tree = to_plain(spec)
    assert from_plain(tree) == spec
    assert from_plain(json.loads(json.dumps(tree, allow_nan=False))) == spec
    assert to_plain(from_plain(tree)) == tree


@settings(deadline=None, max_examples=200)
@given(specs(), st.data())
def test_any_value_anywhere_gives_a_valid_spec_or_a_spec_error(spec: Spec, data: st.DataObject) -> None:
    tree: Any = to_plain(spec)
    holder = tree
    while True:
        keys = list(range(len(holder))) if isinstance(holder, list) else list(holder)
        if not keys:
            break
        key = data.draw(st.sampled_from(keys))
        if not isinstance(holder[key], list | dict) or data.draw(st.booleans()):
            holder[key] = data.draw(JUNK)
            break
        holder = holder[key]
    try:
        found = problems(from_plain(tree))
    except SpecError:
        found = ()
    assert found == ()


@given(JUNK)
def test_junk_is_no_spec(tree: Any) -> None:
    assert faults(tree)


def test_reading_changes_nothing_it_was_given() -> None:
    tree = changed("training.optimizer", {"kind": "adam", "beta1": 0.8})
    before = copy.deepcopy(tree)
    from_plain(tree)
    assert tree == before


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        ("training.learning_rate", True, "wrong-type"),
        ("training.learning_rate", "0.3", "wrong-type"),
        ("training.learning_rate", math.nan, "wrong-type"),
        ("training.learning_rate", math.inf, "wrong-type"),
        ("training.learning_rate", 10**400, "wrong-type"),
        ("training.learning_rate", None, "wrong-type"),
        ("training.learning_rate", -1.0, "out-of-range"),
        ("training.clip_norm", math.nan, "wrong-type"),
        ("training.clip_norm", 0, "out-of-range"),
        ("training.batch_size", 2.0, "wrong-type"),
        ("training.batch_size", True, "wrong-type"),
        ("training.batch_size", 10**400, "wrong-type"),
        ("training.reduction", "average", "unknown-name"),
        ("training.precision", 64, "wrong-type"),
        ("training.optimizer", "adem", "unknown-name"),
        ("training.optimizer", 3, "wrong-type"),
        ("training.optimizer", {"beta1": 0.5}, "wrong-type"),
        ("training.momentum", 0.9, "unknown-field"),
        ("training", [], "wrong-type"),
        ("network.layers", {}, "wrong-type"),
        ("network.layers", [], "no-layers"),
        ("network.layers.0", "dense", "wrong-type"),
        ("network.layers.0.use_bias", 1, "wrong-type"),
        ("network.layers.0.use_bias", "yes", "wrong-type"),
        ("network.layers.0.name", None, "wrong-type"),
        ("network.layers.0.neurons.1", 7, "wrong-type"),
        ("network.layers.0.neurons", ["n1", ""], "empty-id"),
        ("network.layers.0.neurons", ["n1", "n1"], "repeated"),
        ("network.layers.0.units", 3, "units-not-neurons"),
        ("network.layers.0.kind", "gru", "unknown-name"),
        ("network.layers.0.l2", -0.1, "out-of-range"),
        ("network.input.shape", [2.0], "wrong-type"),
        ("network.next_id", 3, "id-counter"),
        ("data.split", None, "wrong-type"),
        ("data.split.train", 0.5, "split-sum"),
        ("data.features", "x1,x2", "wrong-type"),
        ("format", 2, "unknown-format"),
        ("format", 10**400, "unknown-format"),
        ("format", True, "wrong-type"),
        ("colour", "red", "unknown-field"),
    ],
)
def test_each_fault_is_told_with_its_path(path: str, value: Any, fault: str) -> None:
    ((where, key),) = faults(changed(path, value))
    assert key == fault
    assert where.startswith(path) or path.startswith(where)


def test_a_layer_id_that_stands_twice_is_refused() -> None:
    assert faults(changed("network.layers.1.id", "h1")) == [("network.layers", "repeated")]


def test_all_faults_are_told_at_once() -> None:
    tree = changed("training.learning_rate", "fast")
    tree["data"]["sorce"] = "circle"
    tree["network"]["layers"][0]["activation"] = "tan"
    del tree["network"]["layers"][1]["name"]
    assert {where for where, _ in faults(tree)} == {
        "training.learning_rate",
        "data.sorce",
        "network.layers.0.activation",
        "network.layers.1.name",
    }


def test_a_wrong_parameter_names_the_right_ones() -> None:
    tree = changed("training.optimizer", {"kind": "adam", "beta3": 0.5, "beta1": "much"})
    assert sorted(faults(tree)) == [("training.optimizer.beta1", "wrong-type"), ("training.optimizer.beta3", "wrong-parameters")]


def test_a_misspelled_field_names_its_neighbor() -> None:
    with pytest.raises(SpecError, match="learning_rate"):
        from_plain(changed("training.lerning_rate", 0.1))


def test_fields_left_out_take_their_defaults() -> None:
    tree = {
        "network": {
            "input": {"shape": [2], "names": ["x1", "x2"]},
            "layers": [{"kind": "dense", "id": "out", "name": "Output", "units": 1}],
        },
        "training": {},
        "data": {"source": "circle"},
    }
    spec = from_plain(tree)
    assert (spec.training, spec.data) == (TrainingSpec(), DataSpec("circle"))
    assert spec.network.layers == (Dense("out", "Output", ("n1",)),)
    assert spec.network.next_id == 2


def test_units_alone_get_ids_that_no_one_has() -> None:
    tree = plain()
    del tree["network"]["layers"][0]["neurons"]
    tree["network"]["layers"][0]["units"] = 3
    network = from_plain(tree).network
    assert network.layers[0].neurons == ("n4", "n5", "n6")
    assert network.next_id == 7


@pytest.mark.parametrize("units", [-1, MAX_UNITS + 1, 10**12, 2.0, True, "3"])
def test_units_alone_are_counted_before_ids_are_made(units: Any) -> None:
    tree = plain()
    del tree["network"]["layers"][0]["neurons"]
    tree["network"]["layers"][0]["units"] = units
    assert faults(tree)[0][0].startswith("network.layers.0")


def test_a_hostile_size_costs_nothing() -> None:
    wide = {"kind": "dense", "id": "h1", "name": "wide", "units": MAX_UNITS}
    tracemalloc.start()
    many = faults(changed("network.layers", [wide] * 200))
    more = faults(changed("network.layers", [wide] * 100_000))
    used = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (many, more) == ([("network", "too-many-weights")], [("network.layers", "too-many-layers")])
    assert used < 32 << 20


def test_without_counter_the_next_id_is_behind_all_ids() -> None:
    tree = plain()
    del tree["network"]["next_id"]
    tree["network"]["layers"][1]["neurons"] = ["n41"]
    assert from_plain(tree).network.next_id == 42


def test_a_choice_is_short_when_it_can_be() -> None:
    tree = plain()
    assert tree["training"]["optimizer"] == "sgd"
    spec = from_plain(changed("training.optimizer", {"kind": "adam", "beta1": 0.8}))
    assert spec.training.optimizer == choose(OPTIMIZERS, "adam", beta1=0.8)
    assert to_plain(spec)["training"]["optimizer"] == {"kind": "adam", "beta1": 0.8}
    assert to_plain(from_plain(changed("training.optimizer", {"kind": "adam"})))["training"]["optimizer"] == "adam"


def test_whole_numbers_may_stand_for_numbers() -> None:
    rate = from_plain(changed("training.learning_rate", 1)).training.learning_rate
    assert (type(rate), rate) == (float, 1.0)


def test_problems_quote_a_file_only_shortly() -> None:
    with pytest.raises(SpecError) as caught:
        from_plain(changed("training.reduction", 7) | {"x" * 10_000: 1})
    assert all(len(str(value)) < 80 and len(item.where) < 80 for item in caught.value.problems for _, value in item.message.values)


@dataclass(frozen=True)
class Inner:
    name: str
    weight: float = 1.0


@dataclass(frozen=True)
class Outer:
    """A record of every kind of field."""

    theme: Literal["light", "dark"]
    count: int = 3
    scale: float = 1.0
    on: bool = False
    note: str | None = None
    inner: Inner = Inner("a")
    maybe: Inner | None = None
    recent: tuple[str, ...] = ()
    center: tuple[float, float] = (0.0, 0.0)
    keys: tuple[tuple[str, tuple[str, ...]], ...] = ()
    parts: tuple[Inner, ...] = ()
    sums: dict[str, str] | None = None
    sizes: dict[str, tuple[int, int]] | None = None


FULL = Outer(
    *("dark", 5, 2.5, True, "x", Inner("b", 0.5), Inner("c"), ("p", "q"), (-1.0, 1e300)),
    *((("save", ("Ctrl+S", "F2")), ("open", ())), (Inner("d"), Inner("e", 2.0)), {"a": "1"}, {"b": (1, 2)}),
)


def record_faults(**fields: Any) -> list[tuple[str, str]]:
    with pytest.raises(SpecError) as caught:
        read_record(Outer, {"theme": "dark"} | fields)
    return [(item.where, item.message.key.removeprefix("problem.")) for item in caught.value.problems]


@pytest.mark.parametrize("record", [Outer("light"), FULL])
def test_any_frozen_dataclass_survives_plain_form_and_json(record: Outer) -> None:
    tree = plain_record(record)
    assert read_record(Outer, tree) == record
    assert read_record(Outer, json.loads(json.dumps(tree, allow_nan=False))) == record
    assert plain_record(read_record(Outer, tree)) == tree


def test_fields_of_a_record_that_are_left_out_take_their_defaults() -> None:
    assert read_record(Outer, {"theme": "light"}) == Outer("light")


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"theme": "blue"}, ("theme", "unknown-name")),
        ({"theme": 3}, ("theme", "unknown-name")),
        ({"theme": []}, ("theme", "unknown-name")),
        ({"count": 1.0}, ("count", "wrong-type")),
        ({"count": True}, ("count", "wrong-type")),
        ({"scale": math.nan}, ("scale", "wrong-type")),
        ({"on": 1}, ("on", "wrong-type")),
        ({"note": 1}, ("note", "wrong-type")),
        ({"inner": None}, ("inner", "wrong-type")),
        ({"inner": {}}, ("inner.name", "missing-field")),
        ({"maybe": {"name": "x", "wait": 1}}, ("maybe.wait", "unknown-field")),
        ({"recent": "abc"}, ("recent", "wrong-type")),
        ({"recent": ["a", 1]}, ("recent.1", "wrong-type")),
        ({"center": [1.0]}, ("center", "wrong-type")),
        ({"center": [1.0, 2.0, 3.0]}, ("center", "wrong-type")),
        ({"center": [1.0, "2"]}, ("center.1", "wrong-type")),
        ({"keys": [["save", "Ctrl+S"]]}, ("keys.0.1", "wrong-type")),
        ({"keys": {"save": []}}, ("keys", "wrong-type")),
        ({"parts": [{"name": "a"}, {"name": 2}]}, ("parts.1.name", "wrong-type")),
        ({"sums": []}, ("sums", "wrong-type")),
        ({"sums": {"a": 1}}, ("sums.a", "wrong-type")),
        ({"sizes": {"b": [1]}}, ("sizes.b", "wrong-type")),
        ({"colour": 1}, ("colour", "unknown-field")),
    ],
)
def test_each_fault_of_a_record_is_told_with_its_path(fields: dict[str, Any], fault: tuple[str, str]) -> None:
    assert record_faults(**fields) == [fault]


def test_all_faults_of_a_record_are_told_at_once_and_a_flood_is_cut_off() -> None:
    assert record_faults(count="1", center=0, colour=1) == [("colour", "unknown-field"), ("count", "wrong-type"), ("center", "wrong-type")]
    began = time.thread_time()
    assert len(record_faults(**{f"field{number}": 1 for number in range(100_000)})) == MAX_FAULTS
    assert len(record_faults(recent=[1] * 100_000)) == MAX_FAULTS
    assert time.thread_time() - began < 1.0


@pytest.mark.parametrize("plain", [None, [], "text", 3, {}])
def test_what_is_no_record_at_all(plain: object) -> None:
    with pytest.raises(SpecError) as caught:
        read_record(Outer, plain)
    assert caught.value.problems[0].where in ("outer", "theme")


def test_layers_alone_are_read_and_counted_neurons_get_ids_that_none_of_them_has() -> None:
    named, counted = plain()["network"]["layers"]
    del counted["neurons"]
    assert [layer.neurons for layer in read_layers_plain([named, counted])] == [("n1", "n2"), ("n3",)]
    assert read_layers_plain([]) == ()


@pytest.mark.parametrize(
    ("layers", "where", "key"),
    [
        ({}, "layers", "wrong-type"),
        ([None], "layers.0", "wrong-type"),
        ([{"kind": "dense", "id": "", "name": "", "units": MAX_UNITS + 1}], "layers.0.units", "out-of-range"),
        ([{"kind": "dense", "id": "", "name": "", "units": MAX_UNITS}] * 3, "network", "too-many-weights"),
    ],
)
def test_what_is_no_list_of_layers(layers: Any, where: str, key: str) -> None:
    with pytest.raises(SpecError) as caught:
        read_layers_plain(layers)
    assert [(item.where, item.message.key) for item in caught.value.problems] == [(where, f"problem.{key}")]
