"""What can be done to neurons and edges: what Undo calls it, what comes out of it, and why it cannot be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nnviz.engine.edits import insert_layer, replace_layer
from nnviz.engine.network_spec import Dense, Weighted
from nnviz.engine.patch import BIAS
from nnviz.engine.spec import Spec
from nnviz.formats.examples import load
from nnviz.ui.editing import parts
from nnviz.ui.editing.proposal import Proposal
from nnviz.ui.selection import NETWORK, Selection, several

SPEC = load("spiral").spec
NETWORK_SPEC = SPEC.network
ONE, TWO = NETWORK_SPEC.weighted("h1").neurons[:2]
NEURON, OTHER = Selection("neuron", "h1", ONE), Selection("neuron", "h1", TWO)
EDGE, SECOND = Selection("edge", "h1", ONE, "x1"), Selection("edge", "h2", NETWORK_SPEC.weighted("h2").neurons[0], TWO)
INPUT = Selection("neuron", "input", "x2")


def made(proposal: Proposal) -> Spec:
    assert proposal.spec is not None and not proposal.reason, proposal
    return proposal.spec


def dense(spec: Spec, layer: str) -> Dense:
    found = spec.network.layer(layer)
    assert isinstance(found, Dense)
    return found


class TestDelete:
    """Delete means what is selected."""

    def test_a_neuron_goes(self) -> None:
        proposal = parts.delete(SPEC, NEURON)
        assert ONE not in made(proposal).network.weighted("h1").neurons and proposal.title == "Delete Dense 1·1"

    def test_an_input_is_fed_no_more(self) -> None:
        edited = made(parts.delete(SPEC, INPUT))
        assert edited.data.features == edited.network.input.names == ("x1", "sin(x1)", "sin(x2)")

    def test_an_edge_is_pruned(self) -> None:
        proposal = parts.delete(SPEC, EDGE)
        assert dense(made(proposal), "h1").pruned == (("x1", ONE),) and proposal.title == "Prune x₁ → Dense 1·1"

    def test_a_layer_goes(self) -> None:
        assert parts.delete(SPEC, Selection("layer", "h1")).title == "Remove layer Dense 1"

    def test_everything_selected_goes_at_once(self) -> None:
        chosen = several((Selection("layer", "h2"), NEURON, INPUT, Selection("edge", "h1", TWO, "x1"), SECOND))
        edited = made(parts.delete(SPEC, chosen))
        assert [layer.id for layer in edited.network.layers] == ["h1", "out"] and ONE not in edited.network.weighted("h1").neurons
        assert "x2" not in edited.data.features and dense(edited, "h1").pruned == (("x1", TWO),)

    def test_what_cannot_go_says_why(self) -> None:
        digits = load("digits").spec
        pixel = Selection("neuron", "input", digits.network.input.names[0])
        for spec, chosen in ((SPEC, NETWORK), (SPEC, Selection("layer", "out")), (digits, pixel)):
            assert parts.delete(spec, chosen).reason


def test_a_neuron_is_added_behind_another_and_selected() -> None:
    proposal = parts.add_neuron(SPEC, "h1", ONE)
    neurons = made(proposal).network.weighted("h1").neurons
    assert neurons[0] == ONE and neurons[2:] == NETWORK_SPEC.weighted("h1").neurons[1:]
    assert proposal.select == Selection("neuron", "h1", neurons[1]) and proposal.title == "Add neuron Dense 1·2"
    assert parts.add_neuron(SPEC, "input").reason and parts.add_neuron(SPEC, "").reason
    dropped = insert_layer(SPEC, 1, kind="dropout")
    assert parts.add_neuron(dropped, dropped.network.layers[1].id).reason


def test_lesioned_and_healed() -> None:
    proposal = parts.lesion(SPEC, several((NEURON, OTHER)), on=True)
    assert made(proposal).network.weighted("h1").lesioned == (ONE, TWO) and proposal.title == "Lesion 2 things"
    healed = parts.lesion(made(proposal), NEURON, on=False)
    assert made(healed).network.weighted("h1").lesioned == (TWO,) and healed.title == "Heal Dense 1·1"
    assert parts.lesion(SPEC, INPUT, on=True).reason and parts.lesion(SPEC, EDGE, on=True).reason


def test_pruned_and_restored() -> None:
    proposal = parts.prune(SPEC, several((EDGE, SECOND)), on=True)
    assert dense(made(proposal), "h1").pruned and dense(made(proposal), "h2").pruned
    restored = parts.prune(made(proposal), EDGE, on=False)
    assert not dense(made(restored), "h1").pruned and restored.title == "Restore x₁ → Dense 1·1"
    assert parts.prune(SPEC, NEURON, on=True).reason


class TestValues:
    """Weights and biases at a number."""

    def test_an_edge_and_a_bias_are_named_with_their_value(self) -> None:
        assert parts.set_value(SPEC, SECOND, 0.5).title == "Set weight Dense 1·2 → Dense 2·1 to 0.5"
        assert parts.set_value(SPEC, NEURON, -0.25).title == "Set bias of Dense 1·1 to −0.25"
        patch = parts.set_value(SPEC, NEURON, -0.25).patches[0]
        assert (patch.layer, patch.neurons, patch.sources, patch.values.tolist()) == ("h1", (ONE,), (BIAS,), [[-0.25]])

    def test_several_at_once(self) -> None:
        proposal = parts.set_value(SPEC, several((EDGE, NEURON, OTHER)), 1.0, "drag")
        assert len(proposal.patches) == 3 and proposal.title == "Set 3 numbers to 1" and proposal.merge_key == "drag"

    def test_what_has_no_number_says_why(self) -> None:
        pruned = made(parts.prune(SPEC, EDGE, on=True))
        bare = replace_layer(SPEC, replace(dense(SPEC, "h1"), use_bias=False))
        for spec, chosen in ((SPEC, INPUT), (SPEC, NETWORK), (pruned, EDGE), (bare, NEURON), (SPEC, Selection("layer", "h1"))):
            assert parts.set_value(spec, chosen, 1.0).reason
            assert not parts.has_value(spec.network, chosen)
        assert parts.has_value(SPEC.network, EDGE) and parts.has_value(SPEC.network, NEURON)


def test_drawn_anew_as_the_initializer_says() -> None:
    layer = NETWORK_SPEC.weighted("h1")
    whole, one, edge = (parts.reinitialise(SPEC, chosen, 1) for chosen in (Selection("layer", "h1"), NEURON, EDGE))
    assert whole.patches[0].values.shape == (layer.units, 5) and np.all(whole.patches[0].values[:, -1] == 0)
    assert one.patches[0].neurons == (ONE,) and edge.patches[0].values.shape == (1, 1)
    limit = np.sqrt(6 / (4 + layer.units))
    assert np.abs(whole.patches[0].values).max() <= limit
    again = parts.reinitialise(SPEC, Selection("layer", "h1"), (1, 2, 3)).patches[0].values
    assert not np.array_equal(again, whole.patches[0].values)
    assert parts.reinitialise(SPEC, NETWORK, 1).reason and parts.reinitialise(SPEC, INPUT, 1).reason


@pytest.mark.parametrize("example", ["digits-cnn", "mnist-cnn"])
def test_filters_are_neurons_too_but_their_edges_stay(example: str) -> None:
    spec = load(example).spec
    layer = spec.network.layers[0]
    assert isinstance(layer, Weighted)
    filter_ = Selection("neuron", layer.id, layer.neurons[0])
    assert not parts.lesion(spec, filter_, on=True).reason and not parts.reinitialise(spec, filter_, 0).reason
    kernel = Selection("edge", layer.id, layer.neurons[0], spec.network.sources(0)[0])
    assert parts.prune(spec, kernel, on=True).reason and not parts.set_value(spec, kernel, 1.0).reason
    flatten = next(each for each in spec.network.layers if each.kind == "flatten")
    assert parts.lesion(spec, Selection("neuron", flatten.id, "f1@0,0"), on=True).reason
