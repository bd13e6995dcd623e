"""The tree that a screen reader finds on the canvas: its parts, their words, numbers and boxes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect, QRectF
from PySide6.QtGui import QAccessible, QAccessibleActionInterface
from PySide6.QtWidgets import QLineEdit, QPushButton

from nnviz.engine.network_spec import Dense
from nnviz.engine.patch import BIAS
from nnviz.ui.canvas import accessible, accessible_parts
from nnviz.ui.canvas.canvas import Canvas
from nnviz.ui.canvas.focus_ring import FocusRing
from nnviz.ui.part_names import part_name
from nnviz.ui.selection import NETWORK, Selection, several
from nnviz.ui.theme import LIGHT
from tests.ui.canvas.conftest import Show
from tests.ui.canvas.networks import Run, example, flowers, mixed, planar, with_activation
from tests.ui.canvas.screen_reader import NEURON, TEXT, children, names, part, root_of, selected

ROLE = QAccessible.Role
PRESS, MENU = QAccessibleActionInterface.pressAction(), QAccessibleActionInterface.showMenuAction()


@pytest.fixture(scope="module")
def installed() -> None:
    accessible.install()


@pytest.fixture(autouse=True)
def active(qapp: object, installed: None) -> Iterator[None]:
    """Do as if a screen reader ran."""
    QAccessible.setActive(True)
    yield
    QAccessible.setActive(False)


# -- the tree --------------------------------------------------------------------------------------------------------


def test_the_network_has_its_layers_and_they_their_neurons(show: Show) -> None:
    canvas = show(planar())
    root = root_of(canvas)
    assert root.role() == ROLE.Graphic
    assert root.text(TEXT.Name) == "Network"
    assert root.text(TEXT.Description) == ""
    assert names(root) == [
        "Input, 2 features",
        "Dense 1, dense, 8 units, tanh",
        "Dense 2, dense, 6 units, tanh",
        "Output, dense, 1 unit, tanh",
    ]
    assert [layer.role() for layer in children(root)] == [ROLE.Grouping] * 4
    assert names(root.child(0)) == ["x₁", "x₂"]
    assert names(root.child(1)) == [f"Dense 1·{number}" for number in range(1, 9)]
    assert {neuron.role() for neuron in children(root.child(1))} == {ROLE.ListItem}
    assert root.child(-1) is None
    assert root.child(4) is None
    assert root.child(1).child(8) is None


@pytest.mark.parametrize("run", [planar(), flowers(), mixed(), example("digits-cnn")], ids=["plane", "table", "mixed", "pictures"])
def test_every_part_knows_its_parent_and_its_place(show: Show, run: Run) -> None:
    canvas = show(run)
    last = run.spec.network.output
    selected(canvas, Selection("neuron", last.id, last.neurons[0]))
    waiting, seen = [root_of(canvas)], 0
    while waiting:
        above = waiting.pop()
        for index, child in enumerate(children(above)):
            assert child is not None
            assert child.isValid()
            assert child.parent() is above
            assert above.indexOfChild(child) == index
            assert child.text(TEXT.Name)
            seen += 1
            waiting.append(child)
    network = run.spec.network
    neurons = sum(len(canvas.sheet.neuron_ids(layer)) for layer in ("input", *(layer.id for layer in network.layers)))
    edges = len(network.sources(len(network.layers) - 1))
    assert seen == 1 + len(network.layers) + neurons + edges


def test_only_what_is_asked_for_is_made(show: Show) -> None:
    canvas = show(example("mnist-mlp"))
    root = root_of(canvas)
    assert root.tree.made == {}
    assert root.child(0).childCount() == 784
    assert root.child(0).child(700).text(TEXT.Name)
    assert len(root.tree.made) == 2
    assert root.child(0) is root.child(0)


def test_blocks_say_what_they_are(show: Show) -> None:
    assert names(root_of(show(mixed())))[2:4] == ["Batch norm 1, batch norm", "Dropout 1, dropout"]


def test_a_frozen_layer_says_so(show: Show) -> None:
    run = planar()
    first, *others = run.spec.network.layers
    canvas = show(run)
    canvas.show_spec(replace(run.spec, network=replace(run.spec.network, layers=(replace(first, frozen=True), *others))))
    assert names(root_of(canvas))[1:3] == ["Dense 1, dense, 8 units, tanh, frozen", "Dense 2, dense, 6 units, tanh"]


# -- edges -----------------------------------------------------------------------------------------------------------


def test_only_the_selected_neuron_has_its_edges(show: Show) -> None:
    canvas = show(planar())
    assert part(canvas, NEURON).childCount() == 0
    selected(canvas, NEURON)
    assert names(part(canvas, NEURON)) == [
        "x₁ → Dense 1·3",
        "x₂ → Dense 1·3",
        *(f"Dense 1·3 → Dense 2·{number}" for number in range(1, 7)),
    ]
    assert part(canvas, Selection("neuron", "l1", "n3")).childCount() == 0
    edge = part(canvas, NEURON).child(0)
    selected(canvas, Selection("neuron", "l1", "n3"))
    assert not edge.isValid()
    assert edge.text(TEXT.Name) == ""
    assert part(canvas, NEURON).childCount() == 0


def test_an_edge_stays_where_it_was_found(show: Show) -> None:
    canvas = show(planar())
    selected(canvas, NEURON)
    leaving = part(canvas, NEURON).child(4)
    leaving.actionInterface().doAction(PRESS)
    accessible.notify(canvas)
    assert canvas.selection == Selection("edge", "l2", "n10", "n2")
    assert leaving.isValid()
    assert leaving.parent() is part(canvas, NEURON)
    selected(canvas, NETWORK)
    selected(canvas, Selection("edge", "l2", "n10", "n2"))  # by a click: it hangs from where it arrives
    assert part(canvas, canvas.selection).parent() is part(canvas, Selection("neuron", "l2", "n10"))


def test_edges_across_a_layer_without_weights(show: Show) -> None:
    canvas = show(mixed())
    selected(canvas, NEURON)
    assert names(part(canvas, NEURON))[2] == "Dense 1·3 → Dense 2·1", "dropout passes on the numbers of another layer"


def test_what_is_not_one_part_has_one_that_stands_for_it() -> None:
    edge = Selection("edge", "l2", "n9", "n2")
    assert accessible_parts.stop(several([edge, NEURON])) == NEURON
    assert accessible_parts.stop(replace(edge, source=BIAS)) == Selection("neuron", "l2", "n9")
    assert accessible_parts.stop(NETWORK) == NETWORK


def test_several_things_are_counted(show: Show) -> None:
    canvas = show(planar())
    both = several([NEURON, Selection("neuron", "l1", "n3")])
    assert accessible_parts.selection_text(canvas.sheet, both) == part_name(planar().spec.network, both) == "2 things"


# -- values ----------------------------------------------------------------------------------------------------------


def test_values_are_those_of_the_frame(show: Show) -> None:
    run = planar()
    canvas = show(run)
    layer = run.frame.layers[0]
    said = part(canvas, NEURON).text(TEXT.Value)
    for what, value in (("activation a", layer.activations[2]), ("sum z", layer.z[2]), ("bias b", layer.bias[2])):
        assert f"{what} {LIGHT.number(float(value))}" in said
    assert part(canvas, NEURON).text(TEXT.Description) == said
    selected(canvas, NEURON)
    for index, source in enumerate(("x1", "x2")):
        edge = part(canvas, Selection("edge", "l1", "n2", source)).text(TEXT.Value)
        assert f"weight w {LIGHT.number(float(layer.weights[2, index]))}" in edge
        assert f"gradient ∂L/∂w {LIGHT.number(float(layer.gradient[2, index]))}" in edge
    assert part(canvas, Selection("neuron", "input", "x1")).text(TEXT.Value) == f"value {LIGHT.number(float(run.frame.probe.inputs[0]))}"


def test_what_is_folded_away_is_told_without_a_place(show: Show) -> None:
    run = planar((40, 1))
    canvas = show(run)
    hidden = Selection("neuron", "l1", "n20")
    assert canvas.sheet.row_of("l1", "n20") is None
    selected(canvas, hidden)
    found, layer = part(canvas, hidden), run.frame.layers[0]
    assert found.rect().isNull()
    assert found.state().offscreen
    activation, total = (LIGHT.number(float(values[20])) for values in (layer.activations, layer.z))
    assert found.text(TEXT.Value).startswith(f"activation a {activation}, sum z {total}, bias b ")
    assert found.child(0).text(TEXT.Value).startswith(f"weight w {LIGHT.number(float(layer.weights[20, 0]))}, gradient")
    assert found.child(0).rect().isNull()
    assert MENU not in found.actionInterface().actionNames()


def test_a_filter_tells_its_bias_and_no_activation(show: Show) -> None:
    run = example("digits-cnn")
    layer = run.spec.network.layers[0]
    said = part(show(run), Selection("neuron", layer.id, layer.neurons[1])).text(TEXT.Value)
    assert said.startswith(f"bias b {LIGHT.number(float(run.frame.layers[0].bias[1]))}")


def test_lesioned_and_pruned_are_said(show: Show) -> None:
    run = planar()
    first, *others = run.spec.network.layers
    assert isinstance(first, Dense)
    canvas = show(run)
    hurt = replace(first, lesioned=("n2",), pruned=(("x2", "n2"),))
    canvas.show_spec(replace(run.spec, network=replace(run.spec.network, layers=(hurt, *others))))
    selected(canvas, NEURON)
    assert part(canvas, NEURON).text(TEXT.Value).startswith("lesioned, ")
    assert [edge.text(TEXT.Value).startswith("pruned, ") for edge in children(part(canvas, NEURON))] == [False, True, *[False] * 6]


def test_the_description_of_the_canvas_follows_selection_and_values(show: Show) -> None:
    run = planar()
    canvas = show(run)
    selected(canvas, NEURON)
    canvas.show_frame(with_activation(run.frame, 0, 2, 0.123))
    canvas.come_to_rest()
    accessible.notify(canvas)
    for said in (root_of(canvas).text(TEXT.Description), canvas.accessibleDescription()):
        assert f"activation a {LIGHT.number(0.123)}" in said


# -- boxes -----------------------------------------------------------------------------------------------------------


def on_screen(canvas: Canvas, box: QRectF) -> QRect:
    place = canvas.viewportTransform().mapRect(box).toAlignedRect()
    return QRect(canvas.viewport().mapToGlobal(place.topLeft()), place.size())


def test_boxes_are_where_the_parts_are_drawn(show: Show) -> None:
    canvas = show(planar())
    canvas.navigator.actual_size(canvas.bounds)
    assert canvas.sheet.layout is not None
    column = canvas.sheet.layout.column("l1")
    for index, neuron in enumerate(children(root_of(canvas).child(1))):
        tile = on_screen(canvas, QRectF(*column.tiles[index].tolist()))
        assert neuron.rect() == tile
        assert root_of(canvas).child(1).rect().contains(tile)
        assert root_of(canvas).childAt(tile.center().x(), tile.center().y()) is neuron
        assert root_of(canvas).child(1).childAt(tile.center().x(), tile.center().y()) is neuron
        assert root_of(canvas).child(2).childAt(tile.center().x(), tile.center().y()) is None
    selected(canvas, NEURON)
    for edge, ends in zip(children(part(canvas, NEURON)), (("input", "x1"), ("input", "x2"), ("l2", "n8")), strict=False):
        assert edge.rect().contains(part(canvas, Selection("neuron", *ends)).rect().center())
        assert edge.rect().contains(part(canvas, NEURON).rect().center())


def test_nothing_is_beside_the_canvas(show: Show) -> None:
    canvas = show(planar())
    outside = canvas.viewport().mapToGlobal(QPoint(-5, -5))
    assert root_of(canvas).childAt(outside.x(), outside.y()) is None


def test_widgets_on_the_canvas_are_in_the_tree(show: Show) -> None:
    canvas = show(planar())
    root = root_of(canvas)
    FocusRing(canvas).show()
    field, button = QLineEdit(canvas.viewport()), QPushButton(canvas)
    field.setGeometry(10, 10, 60, 20)
    field.show()
    button.show()
    assert {id(child.object()) for child in children(root)[4:]} == {id(canvas.viewport()), id(button)}
    assert [root.indexOfChild(child) for child in children(root)] == list(range(6))
    at = field.mapToGlobal(field.rect().center())
    assert root.childAt(at.x(), at.y()).object() is field
    field.hide()
    button.hide()
    assert root.childCount() == 4
