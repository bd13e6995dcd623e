"""Weights and biases are found by every name they have: on screen, typed in a hurry, and in PyTorch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication

from nnviz.engine.network import views
from nnviz.engine.network_spec import BatchNorm, Conv2D, Dense, Dropout, Flatten, InputSpec, NetworkSpec, default_names
from nnviz.engine.patch import BIAS
from nnviz.formats.tensors import tensors
from nnviz.ui.parameter_names import Parameters, by_tensor, tensor_shape
from nnviz.ui.part_names import part_name
from nnviz.ui.selection import Selection


def dense() -> NetworkSpec:
    """Two inputs, layers h1 of 4 and h2 of 3 with batch norm and dropout between them, and an output without bias."""
    layers = (
        Dense("a", "h1", ("n1", "n2", "n3", "n4")),
        BatchNorm("b", "norm"),
        Dropout("d", "drop"),
        Dense("c", "h2", ("n5", "n6", "n7")),
        Dense("o", "out", ("n8",), use_bias=False),
    )
    return NetworkSpec(InputSpec((2,), ("x1", "x1^2")), layers, 9)


def image() -> NetworkSpec:
    """Filters over an image of two channels."""
    shape = (6, 6, 2)
    layers = (Conv2D("k", "conv", ("f1", "f2", "f3"), kernel=(3, 2)), Flatten("f", "flat"), Dense("o", "out", ("n1", "n2")))
    return NetworkSpec(InputSpec(shape, default_names(shape)), layers, 9)


def edge(layer: str, neuron: str, source: str) -> Selection:
    return Selection("edge", layer, neuron, source)


# -- weights and biases by name ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("h1·3 → h2·1", [edge("c", "n5", "n3")]),
        ("h1·3 h2·1", [edge("c", "n5", "n3")]),
        ("h2.1 h1.3", [edge("c", "n5", "n3")]),
        ("H1.3 -> H2.1", [edge("c", "n5", "n3")]),
        ("h1 3>h2 1", [edge("c", "n5", "n3")]),
        ("h2·1 → h1·3", []),
        ("x1 h1.2", [edge("a", "n2", "x1")]),
        ("x₁² → h1·2", [edge("a", "n2", "x1^2")]),
        ("x1^2 h1.2", [edge("a", "n2", "x1^2")]),
        ("h2.3 out.1", [edge("o", "n8", "n7")]),
        ("h1.1 out.1", []),
        ("h1.9 h2.1", []),
        ("bias h1.3", [edge("a", "n3", BIAS)]),
        ("bias of h2·2", [edge("c", "n6", BIAS)]),
        ("h2·2", [edge("c", "n6", BIAS)]),
        ("bias out.1", []),
        ("bias x1", []),
        ("", []),
        ("→", []),
    ],
)
def test_weights_and_biases_are_read_out_of_what_is_typed(qapp: QApplication, typed: str, wanted: list[Selection]) -> None:
    assert Parameters(dense()).named(typed) == wanted


def test_every_edge_is_found_by_the_name_it_has_on_screen(qapp: QApplication) -> None:
    network = dense()
    found = Parameters(network)
    for index in (0, 3, 4):
        layer = network.layers[index]
        for neuron in network.rows(index):
            for source in (*network.sources(index), *([BIAS] if index < 4 else [])):
                part = edge(layer.id, neuron, source)
                assert found.named(part_name(network, part)) == [part]


def test_behind_a_convolution_only_single_numbers_are_edges(qapp: QApplication) -> None:
    network = image()
    found, flat = Parameters(network), network.sources(2)
    assert found.named("flat.7 out.2") == [edge("o", "n2", flat[6])]
    assert found.named("conv.1 out.2") == [], "a filter has many numbers"
    kernel = edge("k", "f2", network.sources(0)[3])
    assert found.named(part_name(network, kernel)) == [kernel]
    assert found.named("bias conv.3") == [edge("k", "f3", BIAS)]


def test_layers_of_one_name_are_all_found(qapp: QApplication) -> None:
    network = dense()
    first, *between, last, output = network.layers
    same = replace(network, layers=(first, *between, replace(last, name="h1"), output))
    assert set(Parameters(same).named("h1.1 h1.2")) == {edge("c", "n6", "n1"), edge("c", "n5", "n2")}


def test_names_with_spaces_are_told_apart(qapp: QApplication) -> None:
    network = dense()
    first, *between, last, output = network.layers
    spaced = replace(network, layers=(replace(first, name="Dense 1"), *between, replace(last, name="Dense 2"), output))
    assert Parameters(spaced).named("dense 1 3 dense 2 1") == [edge("c", "n5", "n3")]


@given(st.text(max_size=40))
def test_nothing_that_is_typed_is_an_error(typed: str) -> None:
    Parameters(dense()).named(typed)


# -- by the names PyTorch has -----------------------------------------------------------------------------------


@pytest.mark.parametrize("network", [dense(), image()], ids=["dense", "image"])
def test_a_tensor_name_leads_to_the_very_number_that_the_export_has_there(network: NetworkSpec) -> None:
    flat = np.arange(network.weights, dtype=float)
    for name, values in tensors(network, flat).items():
        _, index, kind = name.split(".")
        layer = network.layers[int(index)]
        if kind.startswith("running"):
            continue
        assert tensor_shape(network, int(index), kind) == values.shape
        for places in np.ndindex(values.shape):
            part = by_tensor(network, f"{name}[{', '.join(map(str, places))}]")
            if isinstance(layer, BatchNorm):
                assert part == Selection("layer", layer.id)
                continue
            view, row = views(network, flat)[int(index)], network.rows(int(index)).index(part.neuron)
            number = view.bias[row] if part.source == BIAS else view.weights[row, network.sources(int(index)).index(part.source)]
            assert number == values[places]


@pytest.mark.parametrize(
    "typed",
    [
        *("layers.9.weight[0,0]", "layers.0.weight[4,0]", "layers.0.weight[0,2]", "layers.0.weight[0]", "layers.0.bias[0,0]"),
        *("layers.2.weight[0]", "layers.4.bias[0]", "layers.0.weight[-1,0]", "layers.0.weight", "weight[0,0]", ""),
    ],
)
def test_a_tensor_name_that_leads_nowhere_is_an_error(typed: str) -> None:
    with pytest.raises(LookupError):
        by_tensor(dense(), typed)
