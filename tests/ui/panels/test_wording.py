"""How many numbers of a network training changes."""

from __future__ import annotations

from dataclasses import replace

from nnviz.data.prepare import prepare
from nnviz.engine import edits
from nnviz.engine.spec import BatchNorm, Dense
from nnviz.engine.trainer import Trainer
from nnviz.formats.examples import load
from nnviz.ui.panels.wording import source_names, trainable

SPEC = load("xor").spec
FIRST = SPEC.network.weighted(SPEC.network.layers[0].id)


def test_all_of_a_plain_network_is_trained() -> None:
    assert trainable(SPEC.network) == SPEC.network.weights


def test_what_stays_as_it_is_does_not_count() -> None:
    assert isinstance(FIRST, Dense)
    own = FIRST.units * 3
    frozen = edits.freeze(SPEC, [FIRST.id], True)
    pruned = edits.prune(SPEC, FIRST.id, [("x1", FIRST.neurons[0])], True)
    unbiased = edits.replace_layer(SPEC, replace(FIRST, train_bias=False))
    found = [SPEC.network.weights - trainable(spec.network) for spec in (frozen, pruned, unbiased)]
    assert found == [own, 1, FIRST.units]


def test_it_is_what_a_run_really_changes() -> None:
    spec = edits.prune(edits.insert_layer(SPEC, 1, kind=BatchNorm.kind), FIRST.id, [("x2", FIRST.neurons[1])], True)
    trainer = Trainer(spec, prepare(spec.data).samples)
    before = trainer.network.parameters.copy()
    for _ in range(3):
        trainer.step()
    measured = 2 * FIRST.units  # batch norm's mean and variance, which follow the data
    assert (trainer.network.parameters != before).sum() - measured <= trainable(spec.network) == spec.network.weights - measured - 1


def test_sources_are_called_as_everywhere() -> None:
    assert source_names(SPEC, 0)[0] == "x₁" and source_names(SPEC, 1)[1] == f"{FIRST.name}·2"
