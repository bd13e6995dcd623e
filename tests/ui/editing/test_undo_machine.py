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
from nnviz.engine.spec import problems
from nnviz.engine.table import choose
from nnviz.formats.examples import load
from nnviz.ui.editing import layers, parts
from nnviz.ui.editing.proposal import Proposal
from nnviz.ui.selection import NETWORK, Selection, several
from tests.app.desk import Desk

SPEC = load("xor").spec
PICK = st.integers(0, 1 << 16)
FACTS = facts(SPEC.data)


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
    def spec(self) -> Any:
        return self.desk.trainer.spec

    def layer(self, pick: int) -> str:
        found = self.spec.network.layers
        return str(found[pick % len(found)].id)

    def neuron(self, pick: int) -> Selection:
        found = [(layer.id, name) for layer in self.spec.network.layers if isinstance(layer, Weighted) for name in layer.neurons]
        layer, name = found[pick % len(found)]
        return Selection("neuron", layer, name)

    def edge(self, pick: int) -> Selection:
        at = self.neuron(pick)
        sources = (*self.spec.network.sources(self.spec.network.index(at.layer)), BIAS)
        return Selection("edge", at.layer, at.neuron, sources[pick // 7 % len(sources)])

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
        self.propose(layers.remove(self.spec, [self.layer(pick)]))

    @rule(pick=PICK)
    def duplicate(self, pick: int) -> None:
        if len(self.spec.network.layers) < 6:
            self.propose(layers.duplicate(self.spec, [self.layer(pick)]))

    @rule(pick=PICK, at=PICK)
    def move(self, pick: int, at: int) -> None:
        self.propose(layers.move(self.spec, self.layer(pick), at % len(self.spec.network.layers)))

    @rule(pick=PICK, at=PICK)
    def copy_and_paste(self, pick: int, at: int) -> None:
        if len(self.spec.network.layers) < 6:
            self.propose(layers.paste(self.spec, at % 6, layers.copied(self.spec, [self.layer(pick)])))

    @rule(pick=PICK, name=st.text(max_size=5))
    def rename(self, pick: int, name: str) -> None:
        self.propose(layers.rename(self.spec, self.layer(pick), name))

    @rule(pick=PICK, units=st.integers(-1, 6))
    def set_units(self, pick: int, units: int) -> None:
        self.propose(layers.set_units(self.spec, self.layer(pick), units))

    @rule(pick=PICK, on=st.booleans())
    def freeze(self, pick: int, on: bool) -> None:
        self.propose(layers.set_frozen(self.spec, [self.layer(pick)], on))

    @rule(pick=PICK, rate=st.sampled_from((None, 0.2, 0.5)))
    def set_dropout(self, pick: int, rate: float | None) -> None:
        layer = self.layer(pick)
        if layer != self.spec.network.layers[-1].id and len(self.spec.network.layers) < 6:
            self.propose(Proposal("Set dropout", with_dropout(self.spec, layer, rate)))

    @rule(pick=PICK, kind=st.sampled_from(("tanh", "relu", "sigmoid")))
    def set_activation(self, pick: int, kind: str) -> None:
        layer = self.spec.network.layer(self.layer(pick))
        if isinstance(layer, Dense):
            self.propose(Proposal("Set activation", replace_layer(self.spec, replace(layer, activation=choose(ACTIVATIONS, kind)))))

    @rule(pick=PICK)
    def add_neuron(self, pick: int) -> None:
        chosen = self.neuron(pick)
        self.propose(parts.add_neuron(self.spec, chosen.layer, chosen.neuron))

    @rule(pick=PICK)
    def delete(self, pick: int) -> None:
        chosen = (self.neuron(pick), self.neuron(pick // 3), self.edge(pick))[pick % 3]
        self.propose(parts.delete(self.spec, chosen))

    @rule(pick=PICK, on=st.booleans())
    def lesion(self, pick: int, on: bool) -> None:
        self.propose(parts.lesion(self.spec, several((self.neuron(pick), self.neuron(pick // 5))), on))

    @rule(pick=PICK, on=st.booleans())
    def prune(self, pick: int, on: bool) -> None:
        self.propose(parts.prune(self.spec, several((self.edge(pick), self.edge(pick // 5))), on))

    @rule(pick=PICK, value=st.floats(-3, 3))
    def set_value(self, pick: int, value: float) -> None:
        self.propose(parts.set_value(self.spec, self.edge(pick), value))

    @rule(pick=PICK, seed=st.integers(0, 9))
    def reinitialise(self, pick: int, seed: int) -> None:
        chosen = (Selection("layer", self.layer(pick)), self.neuron(pick), self.edge(pick))[pick % 3]
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
