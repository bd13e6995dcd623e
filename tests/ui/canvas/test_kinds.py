"""Blocks say in words what they are, how large, and what they put out, whatever the kind."""

from __future__ import annotations

import pytest

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.network_spec import LAYERS, AvgPool2D, BatchNorm, Conv2D, Dense, Dropout, Flatten, Layer, MaxPool2D, Shape
from nnviz.engine.table import choose
from nnviz.ui.canvas.kinds import header_buttons, is_block, kind_word, shape_words, sides, size_words

FILTERS = tuple(f"n{index}" for index in range(32))
SAID: list[tuple[Layer, Shape, str, str]] = [
    (Conv2D("c", "C", FILTERS), (26, 26, 32), "convolution", "32 filters 3×3 · ReLU"),
    (Conv2D("c", "C", ("n0",), (5, 1), activation=choose(ACTIVATIONS, "tanh")), (4, 8, 1), "convolution", "1 filter 5×1 · tanh"),
    (MaxPool2D("p", "P"), (13, 13, 32), "max pooling", "max 2×2"),
    (AvgPool2D("p", "P", (3, 1)), (4, 8, 6), "mean pooling", "mean 3×1"),
    (Flatten("f", "F"), (1600,), "flatten", "as one row"),
    (Dropout("d", "D", 0.3), (64,), "dropout", "silences 30 %"),
    (Dropout("d", "D", 0.125), (64,), "dropout", "silences 12.5 %"),
    (BatchNorm("b", "B"), (64,), "batch norm", "normalizes 64 numbers"),
    (BatchNorm("b", "B"), (26, 26, 32), "batch norm", "normalizes 32 channels"),
]


@pytest.mark.parametrize(("layer", "shape", "kind", "size"), SAID)
def test_a_block_says_what_it_is(layer: Layer, shape: Shape, kind: str, size: str) -> None:
    assert is_block(layer)
    assert (kind_word(layer), size_words(layer, shape)) == (kind, size)


def test_every_kind_has_its_word_and_only_dense_layers_have_neurons() -> None:
    words = [kind_word(made("x", "X", ("n0",)) if made in (Dense, Conv2D) else made("x", "X")) for made in LAYERS.values()]  # type: ignore[call-arg]
    assert len(set(words)) == len(LAYERS)
    assert not is_block(Dense("d", "D", ("n0",)))
    assert {type(layer) for layer, *_ in SAID} == set(LAYERS.values()) - {Dense}


def test_shapes_are_said_as_sides_or_as_a_count() -> None:
    assert [shape_words(shape) for shape in ((26, 26, 32), (1600,), (1,))] == ["26×26×32", "1\u00a0600 numbers", "1 number"]
    assert sides((28, 28)) == "28×28"


def test_every_kind_has_the_buttons_that_mean_something() -> None:
    every = ("minus", "plus", "lock", "more")
    wanted = {Dense: every, Conv2D: every, BatchNorm: ("lock", "more")}
    for kind in LAYERS.values():
        layer = kind("x", "X", ("n0",)) if kind in (Dense, Conv2D) else kind("x", "X")  # type: ignore[call-arg]
        assert header_buttons(layer, last=False) == wanted.get(kind, ("more",))
    assert header_buttons(Dense("x", "X", ("n0",)), last=True) == ("lock", "more")
