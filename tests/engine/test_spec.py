from __future__ import annotations

import math
from dataclasses import replace

import pytest

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.losses import LOSSES
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.problem import SpecError
from nnviz.engine.spec import MAX_LAYERS, MAX_WEIGHTS, DataFacts, Dense, Spec, Split, check, problems
from nnviz.engine.table import Choice, choose
from tests.engine.build import network, spec

GOOD = spec(2, 3, 1)
FACTS = DataFacts(("x1", "x2", "x1^2"), train=40, validation=10, test=0, classes=2, targets=1)


def with_layer(made: Spec, place: int, **fields: object) -> Spec:
    layers = list(made.network.layers)
    layers[place] = replace(layers[place], **fields)
    return replace(made, network=replace(made.network, layers=tuple(layers)))


def with_training(**fields: object) -> Spec:
    return replace(GOOD, training=replace(GOOD.training, **fields))


def with_data(**fields: object) -> Spec:
    return replace(GOOD, data=replace(GOOD.data, **fields))


def keys(made: Spec, facts: DataFacts | None = None) -> list[tuple[str, str]]:
    return [(item.where, item.message.key.removeprefix("problem.")) for item in problems(made, facts)]


def test_a_good_spec_has_no_problems_and_is_returned_as_it_is() -> None:
    assert problems(GOOD, FACTS) == ()
    assert check(GOOD, FACTS) is GOOD


@pytest.mark.parametrize(
    ("made", "where", "key"),
    [
        (replace(GOOD, network=replace(GOOD.network, layers=())), "network.layers", "no-layers"),
        (with_layer(GOOD, 0, neurons=()), "network.layers.0.units", "no-units"),
        (with_layer(GOOD, 0, neurons=("a", "a")), "network.layers.0.neurons", "repeated"),
        (with_layer(GOOD, 1, id="l1"), "network.layers", "repeated"),
        (with_layer(GOOD, 1, id=""), "network.layers", "repeated"),
        (with_layer(GOOD, 0, activation=Choice("swish")), "network.layers.0.activation", "unknown-name"),
        (with_layer(GOOD, 0, activation=Choice("leaky_relu")), "network.layers.0.activation", "wrong-parameters"),
        (with_layer(GOOD, 0, activation=Choice("leaky_relu", (("slope", -1.0),))), "network.layers.0.activation.slope", "out-of-range"),
        (with_layer(GOOD, 0, initializer=Choice("ones")), "network.layers.0.initializer", "unknown-name"),
        (with_layer(GOOD, 0, rate_multiplier=math.nan), "network.layers.0.rate_multiplier", "out-of-range"),
        (with_layer(GOOD, 0, l2=-0.1), "network.layers.0.l2", "out-of-range"),
        (with_training(loss=Choice("cosine")), "training.loss", "unknown-name"),
        (with_training(loss=choose(LOSSES, "binary_crossentropy")), "training.loss", "loss-needs-probabilities"),
        (with_training(optimizer=Choice("adam")), "training.optimizer", "wrong-parameters"),
        (with_training(optimizer=choose(OPTIMIZERS, "momentum", momentum=1.0)), "training.optimizer.momentum", "out-of-range"),
        (with_training(reduction="median"), "training.reduction", "unknown-name"),
        (with_training(precision="float16"), "training.precision", "unknown-name"),
        (with_training(learning_rate=0.0), "training.learning_rate", "out-of-range"),
        (with_training(learning_rate=math.inf), "training.learning_rate", "out-of-range"),
        (with_training(clip_norm=0.0), "training.clip_norm", "out-of-range"),
        (with_training(batch_size=-1), "training.batch_size", "out-of-range"),
        (with_data(problem="ranking"), "data.problem", "unknown-name"),
        (with_data(scaling="log"), "data.scaling", "unknown-name"),
        (with_data(samples=0), "data.samples", "out-of-range"),
        (with_data(noise=1.5), "data.noise", "out-of-range"),
        (with_data(split=Split(0.5, 0.2)), "data.split", "split-sum"),
        (with_data(split=Split(1.5, -0.5)), "data.split.validation", "out-of-range"),
        (with_data(features=("x1",)), "network.input.names", "inputs-not-features"),
        (replace(GOOD, network=network(2, 5000, 5000, 1)), "network", "too-many-weights"),
        (replace(GOOD, network=network(2, *[1] * (MAX_LAYERS + 1))), "network.layers", "too-many-layers"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(made: Spec, where: str, key: str) -> None:
    assert (where, key) in keys(made)


@pytest.mark.parametrize(
    ("made", "facts", "where", "key"),
    [
        (with_data(features=("x1", "x9")), FACTS, "data.features", "unknown-feature"),
        (GOOD, replace(FACTS, train=0), "data.split.train", "empty-part"),
        (GOOD, replace(FACTS, validation=0), "data.split.validation", "empty-part"),
        (with_training(batch_size=41), FACTS, "training.batch_size", "batch-too-large"),
        (GOOD, replace(FACTS, classes=3), "network.layers.1.units", "output-units"),
        (GOOD, replace(FACTS, classes=0, targets=1), "data.problem", "wrong-problem"),
        (GOOD, replace(FACTS, classes=0, targets=2), "network.layers.1.units", "output-units"),
        (
            spec(2, 1, output="sigmoid", loss="binary_crossentropy", problem="regression"),
            replace(FACTS, classes=0),
            "training.loss",
            "loss-needs-classes",
        ),
        (spec(2, 1, output="sigmoid", loss="categorical_crossentropy"), FACTS, "training.loss", "loss-needs-outputs"),
    ],
)
def test_network_and_data_must_fit(made: Spec, facts: DataFacts, where: str, key: str) -> None:
    made = replace(made, network=replace(made.network, input=replace(made.network.input, names=made.data.features)))
    assert (where, key) in keys(made, facts)


def test_all_problems_are_told_at_once() -> None:
    made = with_layer(with_training(learning_rate=-1.0, batch_size=-1), 0, neurons=())
    with pytest.raises(SpecError) as caught:
        check(made)
    assert {item.where for item in caught.value.problems} == {"training.learning_rate", "training.batch_size", "network.layers.0.units"}


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_crossentropy_wants_probabilities(activation: str) -> None:
    """ReLU answers from 0 up, but not down from 1: no logarithm of 1 − y."""
    made = spec(2, 1, output=activation, loss="binary_crossentropy")
    assert (("training.loss", "loss-needs-probabilities") in keys(made)) == (not ACTIVATIONS[activation].probabilities)


def test_the_full_batch_is_never_too_large() -> None:
    assert problems(with_training(batch_size=0), FACTS) == ()
    assert problems(with_training(batch_size=40), FACTS) == ()


def test_counting_weights() -> None:
    assert network(2, 3, 1).weights == 2 * 3 + 3 + 3 + 1
    assert network(2, 3, 1, use_bias=False).weights == 9
    assert network(784, 10, 10, 10).weights < MAX_WEIGHTS


def test_layers_are_found_by_id() -> None:
    assert GOOD.network.index("l2") == 1
    assert GOOD.network.layer("l2").units == 1
    assert GOOD.network.sources(0) == ("x1", "x2")
    assert GOOD.network.sources(1) == ("n1", "n2", "n3")
    with pytest.raises(KeyError):
        GOOD.network.index("l9")


@pytest.mark.parametrize("name", ["l1", "l2"])
def test_penalties_of_layers_and_training_have_the_same_bounds(name: str) -> None:
    for value, wrong in ((2.0**32, False), (2.0**32 + 1, True), (-1.0, True)):
        for made in (with_layer(GOOD, 0, **{name: value}), with_training(**{name: value})):
            made = replace(made, training=replace(made.training, optimizer=choose(OPTIMIZERS, "adagrad")))  # without a bound of its own
            assert bool(problems(made)) is wrong


def test_a_layer_begins_as_the_design_says() -> None:
    layer = Dense("l1", "Dense 1", ("n1",))
    assert (layer.activation.kind, layer.initializer.kind, layer.use_bias, layer.kind) == ("tanh", "xavier_uniform", True, "dense")
