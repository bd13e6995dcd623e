"""Any sequence of edits undone gives the start back, to the last bit, hand-set weights included; redone, the end."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from nnviz.data.prepare import facts
from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.edits import replace_layer, with_dropout
from nnviz.engine.network_spec import Dense, Weighted
from nnviz.engine.patch import BIAS
from nnviz.engine.spec import Spec, problems
from nnviz.engine.table import choose
from nnviz.formats.examples import load
from nnviz.ui.editing import layers, parts
from nnviz.ui.editing.proposal import Proposal
from nnviz.ui.selection import NETWORK, Selection, several
from tests.app.desk import Desk

SPEC = load("xor").spec
PICK = st.integers(0, 1 << 16)
FACTS = facts(SPEC.data)


def layer_of(spec: Spec, pick: int) -> str:
    return spec.network.layers[pick % len(spec.network.layers)].id


def neuron_of(spec: Spec, pick: int) -> Selection:
    found = [(layer.id, name) for layer in spec.network.layers if isinstance(layer, Weighted) for name in layer.neurons]
    layer, name = found[pick % len(found)]
    return Selection("neuron", layer, name)


def edge_of(spec: Spec, pick: int) -> Selection:
    at = neuron_of(spec, pick)
    sources = (*spec.network.sources(spec.network.index(at.layer)), BIAS)
    return Selection("edge", at.layer, at.neuron, sources[pick // 7 % len(sources)])


class Editing(RuleBasedStateMachine):
    """Edits as a person makes them on the canvas, in any order, with undo and redo between them."""

    steps = 2

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk(SPEC, None, self.steps)
        self.past: list[tuple[Any, ...]] = [self.desk.stands()]
        self.future: list[tuple[Any, ...]] = []

    # -- choosing -----------------------------------------------------------------------------------------------

    @property
    def spec(self) -> Spec:
        return self.desk.trainer.spec

    def propose(self, proposal: Proposal) -> None:
        """Do it where it can be done, as `NetworkEditor` does."""
        spec = proposal.spec or self.spec
        if proposal.reason or problems(spec, FACTS) or (spec == self.spec and not proposal.patches):
            return
        assert proposal.title
        self.desk.edit(spec, *proposal.patches)
        self.past.append(self.desk.stands())
        self.future.clear()

    # -- edits --------------------------------------------------------------------------------------------------

    @rule(at=PICK, kind=st.sampled_from(("dense", "dropout", "batchnorm")))
    def add_layer(self, at: int, kind: str) -> None:
        if len(self.spec.network.layers) < 6:
            self.propose(layers.add(self.spec, at % 5, kind))

    @rule(pick=PICK)
    def remove_layer(self, pick: int) -> None:
        self.propose(layers.remove(self.spec, [layer_of(self.spec, pick)]))

    @rule(pick=PICK)
    def duplicate(self, pick: int) -> None:
        if len(self.spec.network.layers) < 6:
            self.propose(layers.duplicate(self.spec, [layer_of(self.spec, pick)]))

    @rule(pick=PICK, at=PICK)
    def move(self, pick: int, at: int) -> None:
        self.propose(layers.move(self.spec, layer_of(self.spec, pick), at % len(self.spec.network.layers)))

    @rule(pick=PICK, at=PICK)
    def copy_and_paste(self, pick: int, at: int) -> None:
        if len(self.spec.network.layers) < 6:
            self.propose(layers.paste(self.spec, at % 6, layers.copied(self.spec, [layer_of(self.spec, pick)])))

    @rule(pick=PICK, name=st.text(max_size=5))
    def rename(self, pick: int, name: str) -> None:
        self.propose(layers.rename(self.spec, layer_of(self.spec, pick), name))

    @rule(pick=PICK, units=st.integers(-1, 6))
    def set_units(self, pick: int, units: int) -> None:
        self.propose(layers.set_units(self.spec, layer_of(self.spec, pick), units))

    @rule(pick=PICK, counts=st.lists(st.integers(1, 6), min_size=2, max_size=4))
    def drag_units(self, pick: int, counts: list[int]) -> None:
        before = len(self.past)
        for units in counts:
            proposal = layers.set_units(self.spec, layer_of(self.spec, pick), units)
            if len(self.past) == before:
                self.propose(proposal)
            elif proposal.spec is not None and proposal.spec != self.spec and not problems(proposal.spec, FACTS):
                self.desk.drag(proposal.spec)
                self.past[-1] = self.desk.stands()
                if len(self.desk.done) < before:  # it is where it began
                    self.past.pop()

    @rule(pick=PICK, values=st.lists(st.floats(-3, 3), min_size=2, max_size=4))
    def drag_value(self, pick: int, values: list[float]) -> None:
        proposals = [parts.set_value(self.spec, edge_of(self.spec, pick), value) for value in values]
        if not proposals[0].reason:
            self.propose(proposals[0])
            for proposal in proposals[1:]:
                self.desk.drag(None, *proposal.patches)
                self.past[-1] = self.desk.stands()

    @rule(pick=PICK, on=st.booleans())
    def freeze(self, pick: int, on: bool) -> None:
        self.propose(layers.set_frozen(self.spec, [layer_of(self.spec, pick)], on))

    @rule(pick=PICK, rate=st.sampled_from((None, 0.2, 0.5)))
    def set_dropout(self, pick: int, rate: float | None) -> None:
        layer = layer_of(self.spec, pick)
        if layer != self.spec.network.layers[-1].id and len(self.spec.network.layers) < 6:
            self.propose(Proposal("Set dropout", with_dropout(self.spec, layer, rate)))

    @rule(pick=PICK, kind=st.sampled_from(("tanh", "relu", "sigmoid")))
    def set_activation(self, pick: int, kind: str) -> None:
        layer = self.spec.network.layer(layer_of(self.spec, pick))
        if isinstance(layer, Dense):
            self.propose(Proposal("Set activation", replace_layer(self.spec, replace(layer, activation=choose(ACTIVATIONS, kind)))))

    @rule(pick=PICK)
    def add_neuron(self, pick: int) -> None:
        chosen = neuron_of(self.spec, pick)
        self.propose(parts.add_neuron(self.spec, chosen.layer, chosen.neuron))

    @rule(pick=PICK)
    def delete(self, pick: int) -> None:
        chosen = (neuron_of(self.spec, pick), neuron_of(self.spec, pick // 3), edge_of(self.spec, pick))[pick % 3]
        self.propose(parts.delete(self.spec, chosen))

    @rule(pick=PICK, on=st.booleans())
    def lesion_or_prune(self, pick: int, on: bool) -> None:
        propose, find = ((parts.lesion, neuron_of), (parts.prune, edge_of))[pick % 2]
        self.propose(propose(self.spec, several((find(self.spec, pick), find(self.spec, pick // 5))), on))

    @rule(pick=PICK, value=st.floats(-3, 3))
    def set_value(self, pick: int, value: float) -> None:
        self.propose(parts.set_value(self.spec, edge_of(self.spec, pick), value))

    @rule(pick=PICK, seed=st.integers(0, 9))
    def reinitialise(self, pick: int, seed: int) -> None:
        chosen = (Selection("layer", layer_of(self.spec, pick)), neuron_of(self.spec, pick), edge_of(self.spec, pick))[pick % 3]
        self.propose(parts.reinitialise(self.spec, chosen, seed))

    @rule(seed=st.integers(0, 3))
    def change_seed(self, seed: int) -> None:
        self.propose(Proposal("Set seed", replace(self.spec, training=replace(self.spec.training, seed=seed))))

    # -- back and on --------------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.past) > 1)
    @rule()
    def undo(self) -> None:
        self.desk.undo()
        self.future.append(self.past.pop())

    @precondition(lambda self: self.future)
    @rule()
    def redo(self) -> None:
        self.desk.redo()
        self.past.append(self.future.pop())

    @invariant()
    def it_stands_where_it_stood(self) -> None:
        assert self.desk.stands() == self.past[-1]
        assert all(map(math.isfinite, self.desk.trainer.network.parameters))

    def teardown(self) -> None:
        while len(self.past) > 1:
            self.undo()
            self.it_stands_where_it_stood()
        while self.future:
            self.redo()
            self.it_stands_where_it_stood()


class EditingBeforeTraining(Editing):
    """The same before the first step: what is set by hand is then what the run begins with."""

    steps = 0


MACHINE = settings(max_examples=100, stateful_step_count=50)


@pytest.mark.parametrize("machine", [Editing, EditingBeforeTraining])
def test_undone_is_as_if_it_had_never_been(machine: type[Editing]) -> None:
    run_state_machine_as_test(machine, settings=MACHINE)


def test_nothing_selected_is_nothing_to_edit() -> None:
    for propose in (parts.delete, lambda spec, part: parts.lesion(spec, part, True), lambda spec, part: parts.prune(spec, part, True)):
        assert propose(SPEC, NETWORK).reason
