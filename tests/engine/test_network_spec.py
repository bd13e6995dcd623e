from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.engine.network import initialize, views
from nnviz.engine.network_spec import (
    LAYERS,
    AvgPool2D,
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    InputSpec,
    Layer,
    MaxPool2D,
    NetworkSpec,
    default_names,
    output_shape,
    positions,
)
from tests.engine.any_spec import networks

OUT = Dense("o", "Out", ("n90", "n91"))


def image(*layers: Layer, shape: tuple[int, int, int] = (28, 28, 1)) -> NetworkSpec:
    return NetworkSpec(InputSpec(shape, default_names(shape)), (*layers, Flatten("f", "Flatten"), OUT), 99)


def test_the_cnn_of_the_textbooks_has_its_textbook_shapes() -> None:
    filters = tuple(f"a{k}" for k in range(32)), tuple(f"b{k}" for k in range(64))
    made = image(Conv2D("c", "Conv 1", filters[0]), MaxPool2D("p", "Pool 1"), Conv2D("d", "Conv 2", filters[1]), MaxPool2D("q", "Pool 2"))
    assert made.shapes == ((26, 26, 32), (13, 13, 32), (11, 11, 64), (5, 5, 64), (1600,), (2,))
    assert tuple(made.weight_shapes()) == ((32, 9), (0, 0), (64, 288), (0, 0), (0, 0), (2, 1600))
    assert made.weights == 32 * 10 + 64 * 289 + 2 * 1601


@pytest.mark.parametrize(
    ("size", "window", "stride", "padding", "count"),
    [
        *((7, 3, 1, "valid", 5), (7, 3, 2, "valid", 3), (7, 3, 3, "valid", 2), (7, 8, 1, "valid", 0), (7, 7, 5, "valid", 1)),
        *((7, 3, 1, "same", 7), (7, 3, 2, "same", 4), (7, 2, 3, "same", 3), (1, 5, 1, "same", 1)),
    ],
)
def test_places_of_a_window(size: int, window: int, stride: int, padding: str, count: int) -> None:
    assert positions(size, 9, (window, 1), (stride, 1), padding)[0] == count
    assert positions(9, size, (1, window), (1, stride), padding)[1] == count


def test_ids_say_where_each_number_comes_from() -> None:
    made = image(Conv2D("c", "Conv", ("a", "b"), (2, 2)), BatchNorm("m", "Norm"), MaxPool2D("p", "Pool", (2, 1), (2, 1)), shape=(5, 3, 2))
    assert made.sources(0) == ("1@0,0", "1@0,1", "1@1,0", "1@1,1", "2@0,0", "2@0,1", "2@1,0", "2@1,1")
    assert made.shapes[:3] == ((4, 2, 2), (4, 2, 2), (2, 2, 2))
    assert made.channels(-1) == ("1", "2") and made.channels(0) == made.channels(2) == ("a", "b")
    assert made.rows(1) == ("a", "b") and made.sources(1) == ("scale",) and made.rows(2) == made.sources(2) == ()
    assert made.outputs(2) == ("a@0,0", "b@0,0", "a@0,1", "b@0,1", "a@1,0", "b@1,0", "a@1,1", "b@1,1")
    assert made.sources(4) == made.outputs(3) == made.outputs(2)
    assert made.outputs(-1)[:3] == ("1,1,1", "1,1,2", "1,2,1")


def test_batch_norm_behind_neurons_is_one_a_neuron() -> None:
    layers = BatchNorm("m", "First"), Dense("h", "H", ("n1", "n2", "n3")), BatchNorm("k", "N"), OUT
    made = NetworkSpec(InputSpec((2,), ("x1", "x2")), layers)
    assert made.rows(0) == ("x1", "x2") and made.rows(2) == ("n1", "n2", "n3") and made.sources(3) == ("n1", "n2", "n3")
    assert made.weights == 8 + 9 + 12 + 8
    flat = initialize(made, 0)
    norm = views(made, flat)[2]
    assert norm.weights.tolist() == [[1.0]] * 3 and not norm.bias.any() and norm.statistics.tolist() == [[0.0] * 3, [1.0] * 3]


@given(networks(("x1", "x2", "x3", "x4")))
def test_ids_are_as_many_as_the_numbers_they_name(made: NetworkSpec) -> None:
    shape, total = made.input.shape, 0
    for index, (layer, weights) in enumerate(zip(made.layers, made.weight_shapes(), strict=True)):
        shape = output_shape(layer, shape)
        assert made.shapes[index] == shape
        assert len(made.outputs(index)) == np.prod(shape) and len(made.channels(index)) == shape[-1]
        assert (len(made.rows(index)), len(made.sources(index))) == weights or 0 in weights
        total += weights[0] * weights[1]
    assert total <= made.weights == sum(view.weights.size + view.statistics.size for view in views(made, np.zeros(made.weights))) + sum(
        view.bias.size for view in views(made, np.zeros(made.weights)) if view.bias.flags.writeable
    )


@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 3))
def test_default_names_are_different(height: int, width: int, channels: int) -> None:
    assert len(set(default_names((height, width, channels)))) == height * width * channels
    assert default_names((height,)) == tuple(f"x{number}" for number in range(1, height + 1))


def test_every_kind_has_a_class_and_the_common_fields() -> None:
    assert set(LAYERS) == {"dense", "conv2d", "maxpool2d", "avgpool2d", "flatten", "dropout", "batchnorm"}
    for kind, made in LAYERS.items():
        assert made.kind == kind
        assert {"id", "name", "frozen", "rate_multiplier"} <= {item.name for item in fields(made)}


def test_only_layers_with_neurons_are_asked_for_them() -> None:
    made = image(Conv2D("c", "Conv", ("a",)), AvgPool2D("p", "Pool"), Dropout("d", "Dropout"))
    assert made.weighted("c").units == 1 and made.output is OUT
    for name in ("p", "d", "f", "nowhere"):
        with pytest.raises(KeyError):
            made.weighted(name)
