"""Layers as text: what was copied comes back, and of any other text nothing but a problem in words."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.engine import edits
from nnviz.engine.network_spec import LAYERS, Dense, Dropout, Layer, Weighted
from nnviz.engine.plain import MAX_UNITS
from nnviz.engine.spec import MAX_LAYERS, Spec, problems
from nnviz.explain.words import problem_text
from nnviz.formats.layers_text import FORMAT, LONGEST, layers_text, read_layers
from nnviz.formats.strict import ImportProblem
from tests.engine.any_spec import networks, specs
from tests.engine.build import batch_norm, conv, dense, dropout, flatten, max_pool, spec, stack, trained
from tests.formats.mutation import mutated

IMAGES = trained(stack((6, 6, 1), conv(2), batch_norm(), max_pool(), dropout(), flatten(), dense(3, role="code"), dense(2)))
TEXT = layers_text(IMAGES.network.layers)
SOON = 1.0


def copied(layers: tuple[Layer, ...]) -> list[Layer]:
    """Return what a text of layers tells: names as lines, neurons as a number, nothing lesioned or pruned."""
    return [bare(replace(layer, name=edits.short_line(layer.name))) for layer in layers]


def bare(layer: Layer) -> Layer:
    if isinstance(layer, Weighted):
        layer = replace(layer, neurons=("",) * layer.units, lesioned=())
    return replace(layer, pruned=()) if isinstance(layer, Dense) else layer


def changed(change: Callable[[dict[str, Any]], object], layer: int = 0) -> str:
    """Return the text with something else in one layer."""
    plain = json.loads(TEXT)
    change(plain["layers"][layer])
    return json.dumps(plain)


def whole(**fields: Any) -> str:
    """Return the text with other fields around the layers."""
    return json.dumps(json.loads(TEXT) | fields)


def refused(text: str) -> list[str]:
    """Return the keys of the problems; all of them can be said, and at once."""
    began = time.thread_time()
    with pytest.raises(ImportProblem) as caught:
        read_layers(text)
    assert time.thread_time() - began < SOON
    for item in caught.value.problems:
        words = problem_text(item)
        assert words.what and words.why and words.next and words.where.startswith("clipboard")
    return [item.message.key.removeprefix("problem.") for item in caught.value.problems]


# -- there and back -----------------------------------------------------------------------------------------------


@settings(max_examples=100, deadline=None)
@given(networks(("a", "b", "c", "d")))
def test_any_layers_come_back(made: Any) -> None:
    text = layers_text(made.layers)
    found = read_layers(text)
    assert [bare(layer) for layer in found] == copied(made.layers)
    names = [name for layer in found if isinstance(layer, Weighted) for name in layer.neurons]
    assert len(names) == len(set(names)) and all(names)
    assert layers_text(found) == layers_text([replace(layer, name=edits.short_line(layer.name)) for layer in made.layers])


@settings(max_examples=60, deadline=None)
@given(specs())
def test_pasting_a_whole_network_into_another_is_judged_like_a_copy_of_it(made: Spec) -> None:
    pasted = edits.paste_layers(spec(2, 3, 1), read_layers(layers_text(made.network.layers)), 1)
    assert len(pasted.network.layers) == 2 + len(made.network.layers)
    shapes = {"needs-row", "needs-image", "kernel-too-large", "pool-too-large", "decay-too-strong"}
    assert {item.message.key.removeprefix("problem.") for item in problems(pasted)} <= shapes


def test_the_text_is_readable_and_says_what_it_is() -> None:
    text = layers_text([Dropout("l7", "Ruhe ½", 0.25)])
    assert json.loads(text) == {
        "nnviz": "layers",
        "format": 1,
        "layers": [{"kind": "dropout", "id": "l7", "name": "Ruhe ½", "rate": 0.25, "frozen": False, "rate_multiplier": 1.0}],
    }
    assert "Ruhe ½" in text and text.count("\n") > 8


def test_neurons_are_told_by_their_number_only() -> None:
    (plain,) = json.loads(layers_text(spec(2, 5, 1).network.layers[:1]))["layers"]
    assert plain["units"] == 5
    assert not {"neurons", "pruned", "lesioned"} & set(plain)


def test_the_largest_network_of_the_longest_names_can_be_copied_and_pasted() -> None:
    layer = Dense("l" * 20, "\u202e" * 60, tuple(f"n{number}" for number in range(MAX_UNITS)))
    layers = [layer, *(replace(layer, id=f"l{number}", neurons=("n",), name="ü" * 60) for number in range(MAX_LAYERS - 1))]
    text = layers_text(layers)
    assert len(text) < LONGEST
    assert len(read_layers(text)) == MAX_LAYERS


def test_who_writes_the_text_may_leave_out_what_has_a_default() -> None:
    (layer,) = read_layers('{"nnviz": "layers", "format": 1, "layers": [{"kind": "dense", "id": "", "name": "mine", "units": 2}]}')
    assert layer == Dense("", "mine", ("n1", "n2"))


def test_the_text_may_be_surrounded_by_space() -> None:
    assert read_layers(f"\n  {TEXT}\n\n") == read_layers(TEXT)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("<b>&lt;</b>{layer}%s", "<b>&lt;</b>{layer}%s"),
        ("\u202eevil\u2066\u200f", "\u202eevil\u2066\u200f"),
        ("a\x00b\x1b[31mc\r\nd\u2028e\x85f", "a b [31mc  d e f"),
        ("half \ud83d of one", "half   of one"),
        ("x" * 100_000, "x" * 60),
        ("", ""),
    ],
)
def test_names_are_literal_lines_of_sixty_letters(name: str, shown: str) -> None:
    found = read_layers(changed(lambda layer: layer.update(name=name)))
    assert found[0].name == shown
    found[0].name.encode("utf-8")


# -- refusals -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", " ", "\n\t \u2003"])
def test_an_empty_clipboard(text: str) -> None:
    assert refused(text) == ["layers-empty"]


@pytest.mark.parametrize(
    "text",
    [
        "Hello",
        "[]",
        "null",
        "1e9",
        '"layers"',
        "https://example.org/",
        "\ufeff{}",
        "\x00",
        "\ud800",
        "{}",
        '{"nnviz": "project", "format": 1, "layers": []}',
        '{"format": 1, "layers": []}',
        '{"nnviz": ["layers"]}',
    ],
)
def test_foreign_text(text: str) -> None:
    assert refused(text) == ["layers-foreign"]


@pytest.mark.parametrize("text", ["x" * 1_000_000, " " * 1_000_000, "{" * 1_000_000, TEXT + " " * LONGEST, "🂡" * (LONGEST + 1)])
def test_a_million_characters(text: str) -> None:
    assert refused(text) == ["layers-too-long"]


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "{ x: 1 }",
        TEXT[: len(TEXT) // 2],
        TEXT + TEXT,
        TEXT.replace("{", '{"nnviz": "layers",', 1),
        TEXT.replace('"name"', '"kind"', 1),
        TEXT.replace('"filters": 2', '"filters": NaN'),
        TEXT.replace("1.0", "Infinity", 1),
        '{"nnviz": "layers", "format": 1, "layers": ' + "[" * 100_000,
        '{"nnviz": "layers", "format": 1, "layers": ' + "[" * 100_000 + "]" * 100_000 + "}",
        '{"a":' * 30_000 + "1" + "}" * 30_000,
        '{"a": "\ud800"}',
        whole(layers=[]),
        whole(layers={}),
        whole(layers=None),
        whole(more=1),
        whole(format=0),
        whole(format=-1),
        whole(format="1"),
        whole(format=True),
        whole(format=1.0),
        '{"nnviz": "layers"}',
    ],
)
def test_damaged_text(text: str) -> None:
    assert refused(text) == ["layers-damaged"]


@pytest.mark.parametrize("text", [whole(format=FORMAT + 1), whole(format=10**30, more=[]), '{"nnviz": "layers", "format": 2}'])
def test_a_newer_format(text: str) -> None:
    assert refused(text) == ["newer-layers"]


@pytest.mark.parametrize(
    ("field", "value", "key"),
    [
        ("filters", 0, "no-units"),
        ("filters", -1, "out-of-range"),
        ("filters", 10**9, "out-of-range"),
        ("filters", 10**40, "wrong-type"),
        ("filters", 1e9, "wrong-type"),
        ("filters", "2", "wrong-type"),
        ("filters", None, "wrong-type"),
        ("kernel", [0, 3], "out-of-range"),
        ("kernel", [3, 1025], "out-of-range"),
        ("kernel", [3, 10**18], "too-many-weights"),
        ("kernel", [3], "wrong-type"),
        ("stride", [1, -1], "out-of-range"),
        ("padding", "full", "unknown-name"),
        ("activation", "sofmax", "unknown-name"),
        ("activation", "softmax", "coupled-units"),
        ("activation", {"kind": "leaky_relu", "slop": 1}, "wrong-parameters"),
        ("initializer", {"kind": "uniform", "limit": -1}, "out-of-range"),
        ("rate_multiplier", -1, "out-of-range"),
        ("rate_multiplier", True, "wrong-type"),
        ("frozen", 1, "wrong-type"),
        ("l2", -0.5, "out-of-range"),
        ("name", 5, "wrong-type"),
        ("kind", "recurrent", "unknown-name"),
        ("kind", None, "unknown-name"),
        ("kind", "dense", "unknown-field"),
        ("bogus", 1, "unknown-field"),
        ("\u202e" * 999, 1, "unknown-field"),
    ],
)
def test_a_layer_that_cannot_be(field: str, value: Any, key: str) -> None:
    assert refused(changed(lambda layer: layer.__setitem__(field, value)))[0] == key


@pytest.mark.parametrize(
    ("layer", "field", "value"),
    [(3, "rate", 1.0), (3, "rate", -0.1), (1, "momentum", 2), (1, "epsilon", 0), (2, "size", [0, 2])],
)
def test_numbers_of_layers_without_weights_have_ranges_too(layer: int, field: str, value: Any) -> None:
    assert refused(changed(lambda plain: plain.__setitem__(field, value), layer)) == ["out-of-range"]


@pytest.mark.parametrize("layers", [[None], [[]], ["dense"], [1], [{}], [{"kind": "dense"}], [{"kind": "dense", "id": "", "name": ""}]])
def test_what_is_no_layer(layers: list[Any]) -> None:
    assert refused(whole(layers=layers))


def test_one_bad_layer_takes_the_good_ones_with_it_and_is_named() -> None:
    with pytest.raises(ImportProblem) as caught:
        read_layers(changed(lambda layer: layer.update(units=0), 6))
    assert [item.where for item in caught.value.problems] == ["clipboard: layers.6.units"]


@pytest.mark.parametrize("kind", ["dense", "conv2d"])
def test_layers_that_would_be_enormous_together(kind: str) -> None:
    count = "units" if kind == "dense" else "filters"
    layer = {"kind": kind, "id": "", "name": "", count: MAX_UNITS}
    assert refused(whole(layers=[layer] * MAX_LAYERS)) == ["too-many-weights"]
    assert refused(whole(layers=[{"kind": "flatten", "id": "", "name": ""}] * (MAX_LAYERS + 1))) == ["too-many-layers"]


def outcome(text: str) -> tuple[Layer, ...] | ImportProblem:
    began = time.thread_time()
    try:
        return read_layers(text)
    except ImportProblem as error:
        return error
    finally:
        assert time.thread_time() - began < SOON


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32))
def test_mutated_text_gives_whole_layers_or_a_problem(seed: int) -> None:
    found = outcome(mutated(TEXT.encode(), seed).decode("utf-8", "surrogateescape"))
    if isinstance(found, ImportProblem):
        assert found.problems and all(problem_text(item).next for item in found.problems)
        return
    pasted = edits.paste_layers(spec(2, 3, 1), found, 1)
    assert all(layer.kind in LAYERS and len(layer.name) <= edits.LONGEST_NAME for layer in pasted.network.layers)
    assert {item.where.split(".")[0] for item in problems(pasted)} <= {"network", "training"}
    assert len(read_layers(layers_text(pasted.network.layers))) == len(found) + 2


@given(st.text())
def test_any_text_at_all(text: str) -> None:
    assert refused(text)
