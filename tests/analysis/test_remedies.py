"""Remedies: each a pure edit that can be, of one thing, in a few words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from nnviz.analysis import remedies
from nnviz.analysis.evidence import examine
from nnviz.analysis.finding import Remedy, digits, offered
from nnviz.engine.network import initialize
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.problem import message
from nnviz.engine.spec import BatchNorm, Dense, Dropout, Spec, Weighted, problems
from nnviz.engine.table import choose
from nnviz.engine.trainer import Trainer
from nnviz.explain.words import say
from nnviz.formats.examples import load, names
from tests.engine.build import samples, spec

MLP = spec(3, 6, 4, 1, learning_rate=0.03, epochs=10, clip_norm=2.0, clip_value=1.0, l1=0.1, l2=0.2)


def layer(made: Spec, name: str) -> Weighted:
    return made.network.weighted(name)


ALL: dict[str, Remedy | None] = {
    "rate": remedies.rate(MLP, 0.00349),
    "slower": remedies.slower(MLP),
    "faster": remedies.faster(MLP, 10),
    "clip": remedies.clip(MLP),
    "unclip": remedies.unclip(MLP),
    "full_batch": remedies.full_batch(MLP),
    "batch_size": remedies.batch_size(MLP, 32),
    "early_stopping": remedies.early_stopping(MLP, 5),
    "decay": remedies.decay(MLP, 0.01),
    "no_decay": remedies.no_decay(MLP),
    "more_epochs": remedies.more_epochs(MLP),
    "loss": remedies.loss(MLP, "mae"),
    "output": remedies.output(MLP, "linear"),
    "output_and_loss": remedies.output_and_loss(MLP, "sigmoid", "binary_crossentropy"),
    "stable_softmax": remedies.stable_softmax(MLP, layer(MLP, "l3")),
    "activation": remedies.activation(MLP, layer(MLP, "l1"), "leaky_relu"),
    "hidden_activations": remedies.hidden_activations(MLP, "relu"),
    "initializers": remedies.initializers(MLP),
    "without_features": remedies.without_features(MLP, ("x2",)),
    "standardize": remedies.standardize(MLP),
    "fill": remedies.fill(MLP),
    "reseed_data": remedies.reseed_data(MLP),
    "more_samples": remedies.more_samples(MLP, 200),
    "hidden_units": remedies.hidden_units(MLP, 2),
    "hidden_layer": remedies.hidden_layer(MLP, 8),
    "dropout": remedies.dropout(MLP, 0.3),
    "batch_norms": remedies.batch_norms(MLP),
}


@pytest.mark.parametrize("name", ALL)
def test_each_changes_the_spec_to_one_that_can_be_and_says_so_briefly(name: str) -> None:
    remedy = ALL[name]
    assert remedy is not None
    assert remedy.spec != MLP and problems(remedy.spec) == ()
    assert 0 < len(say(remedy.message)) <= 60
    initialize(remedy.spec.network, 0)


FIELDS: list[tuple[str, dict[str, Any]]] = [
    ("rate", {"learning_rate": 0.003}),
    ("slower", {"learning_rate": 0.003}),
    ("faster", {"learning_rate": 0.3}),
    ("clip", {"clip_norm": 1.0}),
    ("unclip", {"clip_norm": None, "clip_value": None}),
    ("full_batch", {"batch_size": 0}),
    ("batch_size", {"batch_size": 32}),
    ("early_stopping", {"patience": 5, "restore_best": True}),
    ("decay", {"l2": 0.01}),
    ("no_decay", {"l1": 0.0, "l2": 0.0}),
    ("more_epochs", {"epochs": 20}),
]


@pytest.mark.parametrize(("name", "fields"), FIELDS)
def test_those_of_the_training_change_these_fields_and_no_other(name: str, fields: dict[str, Any]) -> None:
    remedy = ALL[name]
    assert remedy is not None
    changed, wanted = remedy.spec.training, replace(MLP.training, **fields)
    assert replace(changed, learning_rate=wanted.learning_rate) == wanted
    assert changed.learning_rate == pytest.approx(wanted.learning_rate)
    assert (remedy.spec.network, remedy.spec.data) == (MLP.network, MLP.data)


def test_no_decay_reaches_the_optimizer_and_the_layers_too() -> None:
    own = tuple(replace(item, l2=0.5) for item in MLP.network.layers if isinstance(item, Dense))
    optimizer = choose(OPTIMIZERS, "adamw")
    made = replace(MLP, network=replace(MLP.network, layers=own), training=replace(MLP.training, optimizer=optimizer))
    free = remedies.no_decay(made).spec
    assert free.training.optimizer["weight_decay"] == 0
    assert all(isinstance(item, Dense) and item.l2 is None for item in free.network.layers)


def test_surviving_layers_and_neurons_keep_their_ids() -> None:
    for name in ("hidden_units", "hidden_layer", "dropout", "batch_norms", "hidden_activations"):
        remedy = ALL[name]
        assert remedy is not None
        after = {item.id: item for item in remedy.spec.network.layers}
        for item in MLP.network.layers:
            assert isinstance(item, Dense)
            kept = after[item.id]
            assert isinstance(kept, Dense) and kept.neurons[: item.units] == item.neurons


def test_hidden_layers_only_are_changed_by_those_for_hidden_layers() -> None:
    changed = remedies.hidden_activations(MLP, "relu").spec.network
    assert [item.activation.kind for item in changed.layers if isinstance(item, Dense)] == ["relu", "relu", "tanh"]
    assert [item.initializer.kind for item in changed.layers if isinstance(item, Dense)][:2] == ["he_normal", "he_normal"]
    units = remedies.hidden_units(MLP, 0.5)
    assert units is not None
    assert [item.units for item in units.spec.network.layers if isinstance(item, Dense)] == [3, 2, 1]


def test_initial_weights_suit_the_activation() -> None:
    for kind, suitable in {"tanh": "xavier_normal", "relu": "he_normal", "selu": "lecun_normal"}.items():
        layers = remedies.hidden_activations(MLP, kind).spec.network.layers
        assert {item.initializer.kind for item in layers[:-1] if isinstance(item, Dense)} == {suitable}


def test_batch_norms_stand_behind_hidden_layers_once_and_can_be_taken_out_again() -> None:
    normed = remedies.batch_norms(MLP).spec
    assert [item.kind for item in normed.network.layers] == ["dense", "batchnorm", "dense", "batchnorm", "dense"]
    assert remedies.batch_norms(normed).spec == normed
    bare = remedies.without_batch_norms(normed).spec
    assert bare.network.layers == MLP.network.layers
    assert not any(isinstance(item, BatchNorm) for item in bare.network.layers)


def test_what_cannot_be_done_is_not_offered() -> None:
    single, endless = spec(2, 1), spec(2, 4, 1)
    assert remedies.hidden_units(single, 2) is None and remedies.dropout(single, 0.3) is None
    assert remedies.hidden_units(spec(2, 1, 1), 0.5) is None
    assert remedies.more_epochs(endless) is None
    assert remedies.without_features(single, ("x1", "x2")) is None
    dropped = remedies.dropout(endless, 0.3)
    assert dropped is not None and remedies.dropout(dropped.spec, 0.3) is None
    layers = dropped.spec.network.layers
    assert isinstance(layers[1], Dropout)
    assert remedies.dropout_rate(dropped.spec, layers[1], 0.1).spec.network.layers[1] == replace(layers[1], rate=0.1)


def test_only_remedies_that_change_something_to_what_can_be_are_offered() -> None:
    same, wrong = Remedy(message("remedy.clip"), MLP), remedies.rate(MLP, -1.0)
    good = remedies.slower(MLP)
    assert offered(examine(Trainer(MLP, samples(inputs=3))), None, same, wrong, good) == (good,)


def test_everything_frozen_is_thawed() -> None:
    layers = tuple(replace(item, frozen=True, rate_multiplier=0.0) for item in MLP.network.layers)
    thawed = remedies.thaw(replace(MLP, network=replace(MLP.network, layers=layers))).spec
    assert [(item.frozen, item.rate_multiplier) for item in thawed.network.layers] == [(False, 1.0)] * 3


@pytest.mark.parametrize("name", names())
def test_they_fit_every_example(name: str) -> None:
    known = load(name).spec
    found = (
        remedies.initializers(known),
        remedies.hidden_activations(known, "relu"),
        remedies.hidden_layer(known, 8),
        remedies.batch_norms(known),
        remedies.dropout(known, 0.3),
        remedies.hidden_units(known, 2),
        remedies.hidden_units(known, 0.5),
    )
    for remedy in found:
        assert remedy is None or problems(remedy.spec) == ()


def test_measured_numbers_have_three_digits() -> None:
    assert [digits(value) for value in (286.3025, 0.0069856, 33506.6, 0.0)] == [286.0, 0.00699, 33500.0, 0.0]
