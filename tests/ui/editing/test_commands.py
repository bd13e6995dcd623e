"""The commands act on what is selected, through the document's one door, and say why they cannot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from nnviz.app.document import Document, RunState
from nnviz.app.start import example_start
from nnviz.engine.network_spec import Conv2D
from nnviz.engine.patch import BIAS
from nnviz.ui.canvas.canvas import Canvas
from nnviz.ui.editing import layers, parts
from nnviz.ui.editing.adding import Adding, place
from nnviz.ui.editing.conditions import conditions
from nnviz.ui.editing.editor import NetworkEditor
from nnviz.ui.editing.layer_commands import LayerCommands
from nnviz.ui.editing.part_commands import PartCommands
from nnviz.ui.selection import NETWORK, Selection, several
from nnviz.ui.theme import LIGHT


@dataclass
class Person:
    """One document with its canvas and all commands; `said` are the reasons it was given."""

    document: Document
    canvas: Canvas
    editor: NetworkEditor
    layers: LayerCommands
    parts: PartCommands
    adding: Adding
    said: list[str] = field(default_factory=list)

    def select(self, *chosen: Selection) -> None:
        self.canvas.select(several(chosen))

    @property
    def ids(self) -> list[str]:
        return [layer.id for layer in self.document.spec.network.layers]


@pytest.fixture
def person(qtbot: QtBot) -> Iterator[Person]:
    document = Document(example_start("spiral"))
    canvas = Canvas(LIGHT)
    qtbot.addWidget(canvas)
    canvas.show_spec(document.spec)
    document.spec_changed.connect(lambda _, new: canvas.show_spec(new))
    document.frame_changed.connect(canvas.show_frame)
    editor = NetworkEditor(document)
    canvas.selection_changed.connect(editor.follow)
    editor.selected.connect(canvas.select)
    made = Person(document, canvas, editor, LayerCommands(editor), PartCommands(editor), Adding(editor))
    editor.refused.connect(made.said.append)
    qtbot.waitUntil(lambda: document.state is RunState.PAUSED, timeout=20000)
    yield made
    document.close()


LAYER = Selection("layer", "h1")


def neuron(person: Person, index: int, layer: str = "h1") -> Selection:
    return Selection("neuron", layer, person.document.spec.network.weighted(layer).neurons[index])


def test_layers_are_added_behind_the_selected_one(person: Person) -> None:
    person.select(LAYER)
    person.adding.dense()
    new = person.ids[1]
    assert person.ids == ["h1", new, "h2", "out"] and person.canvas.selection == Selection("layer", new)
    person.adding.dropout()
    assert person.ids.index(new) == 1 and person.document.spec.network.layers[2].kind == "dropout"
    person.select(Selection("layer", "h1"))
    person.adding.dense_before()
    assert person.ids[1] == "h1"


def test_with_nothing_selected_it_is_before_the_output(person: Person) -> None:
    person.select(NETWORK)
    person.adding.batch_norm()
    assert person.document.spec.network.layers[-2].kind == "batchnorm"
    assert place(person.document.spec.network, Selection("layer", "input")) == -1


@pytest.mark.parametrize("kind", ["convolution", "max_pooling", "mean_pooling"])
def test_what_needs_an_image_is_refused_for_points(person: Person, kind: str) -> None:
    before = person.document.spec
    getattr(person.adding, kind)()
    assert person.document.spec is before and person.said and "image" in person.said[0]


def test_cut_copy_paste_and_duplicate(person: Person) -> None:
    person.select(LAYER)
    person.layers.cut()
    assert person.ids == ["h2", "out"] and person.document.undo_stack.undoText() == "Remove layer Dense 1"
    person.layers.paste()
    assert len(person.ids) == 3 and person.document.spec.network.layers[1].name == "Dense 1"
    person.layers.duplicate()
    assert len(person.ids) == 4
    person.select(Selection("layer", "out"))
    person.layers.cut()
    assert person.said and person.ids[-1] == "out"
    QGuiApplication.clipboard().setText("not layers")
    person.layers.paste()
    assert len(person.said) == 2


def test_moved_renamed_counted_frozen(person: Person, qtbot: QtBot) -> None:
    person.select(LAYER)
    person.layers.move_after()
    assert person.ids == ["h2", "h1", "out"]
    person.layers.move_after()
    assert person.ids == ["h2", "h1", "out"] and person.said
    person.layers.move_before()
    person.layers.move_before()
    assert person.ids == ["h1", "h2", "out"]
    for _ in range(2):
        person.layers.more_units()
    assert person.document.spec.network.weighted("h1").units == 10
    person.layers.fewer_units()
    person.document.undo_stack.undo()
    assert person.document.spec.network.weighted("h1").units == 8
    person.layers.freeze()
    assert person.document.spec.network.layer("h1").frozen
    person.layers.freeze()
    assert not person.document.spec.network.layer("h1").frozen
    with qtbot.waitSignal(person.editor.rename_asked) as asked:
        person.layers.rename()
    assert asked.args == ["h1"]
    with qtbot.waitSignal(person.editor.units_asked):
        person.layers.count_units()


def test_fewer_than_one_unit_cannot_be(person: Person) -> None:
    person.editor.do(layers.set_units(person.document.spec, "h1", 1))
    person.select(LAYER)
    person.layers.fewer_units()
    assert person.said and person.document.spec.network.weighted("h1").units == 1


def test_neurons_and_edges(person: Person, qtbot: QtBot) -> None:
    person.select(neuron(person, 0))
    person.parts.lesion()
    assert len(person.document.spec.network.weighted("h1").lesioned) == 1
    person.parts.lesion()
    assert not person.document.spec.network.weighted("h1").lesioned
    person.parts.add_neuron()
    assert person.document.spec.network.weighted("h1").units == 9
    person.parts.delete()
    assert person.document.spec.network.weighted("h1").units == 8
    edge = Selection("edge", "h1", neuron(person, 0).neuron, "x1")
    person.select(edge)
    person.parts.prune()
    assert conditions(person.document.spec.network, edge)["pruned"]
    person.parts.prune()
    assert not conditions(person.document.spec.network, edge)["pruned"]
    with qtbot.waitSignal(person.editor.value_asked) as asked:
        person.parts.set_value()
    assert asked.args == [edge]


def test_drawn_anew_it_is_different_each_time_and_undone_what_it_was(person: Person, qtbot: QtBot) -> None:
    def weights() -> bytes:
        assert person.document.frame is not None
        return bytes(person.document.frame.parameters.tobytes())

    person.select(LAYER)
    seen = [weights()]
    for _ in range(2):
        person.parts.reinitialise()
        qtbot.waitUntil(lambda: weights() not in seen)
        seen.append(weights())
    for before in (seen[1], seen[0]):
        person.document.undo_stack.undo()
        qtbot.waitUntil(lambda before=before: weights() == before)


def test_all_is_the_neurons_of_the_layer_or_all_layers(person: Person) -> None:
    person.select(LAYER)
    person.parts.select_all()
    assert len(person.canvas.selection.each) == 8 and person.canvas.selection.each[0].kind == "neuron"
    person.select(NETWORK)
    person.parts.select_all()
    assert [part.layer for part in person.canvas.selection.each] == person.ids


def test_the_reason_is_known_before_the_edit(person: Person) -> None:
    spec = person.document.spec
    assert person.editor.reason(layers.remove(spec, ["out"])) and not person.editor.reason(layers.remove(spec, ["h1"]))
    assert person.editor.reason(layers.add(spec, 0, "conv2d")) and person.document.spec is spec
    assert person.document.undo_stack.count() == 0 and not person.said


def test_conditions_say_what_is_the_case(person: Person) -> None:
    network = person.document.spec.network
    assert not any(conditions(network, NETWORK).values())
    assert conditions(network, LAYER, frozenset({"h1"})) | {"part": True} == conditions(network, LAYER, frozenset({"h1"}))
    found = conditions(network, neuron(person, 0))
    assert found["neuron"] and found["value"] and found["one layer"] and not found["edge"]
    both = conditions(network, several((LAYER, Selection("layer", "h2"))))
    assert both["layer"] and not both["one layer"]
    assert not conditions(network, Selection("neuron", "input", "x1"))["neuron"]


def test_a_proposal_of_numbers_needs_no_judge(person: Person) -> None:
    edge = Selection("edge", "h1", neuron(person, 0).neuron, BIAS)
    assert person.editor.do(parts.set_value(person.document.spec, edge, 2.0)) and person.document.undo_stack.count() == 1
    assert not isinstance(person.document.spec.network.layers[0], Conv2D)
