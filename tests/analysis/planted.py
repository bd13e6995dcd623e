"""Runs with a fault planted in each: what is trained, on what, for how long, and where the fault must be found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import numpy as np

from nnviz.data.prepare import prepare
from nnviz.engine.edits import replace_layer, with_network
from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.network import initialize, views
from nnviz.engine.samples import Array, Samples
from nnviz.engine.spec import BatchNorm, Dropout, Layer, Spec, Split, Weighted
from nnviz.engine.table import choose
from nnviz.engine.trainer import DivergedError, Trainer
from nnviz.formats.examples import load
from tests.engine.build import parts, samples, spec, values

Feed = Callable[[Spec, int], Samples]


@dataclass(frozen=True)
class Plant:
    """A fault to be found.

    Attributes:
        spec: of a seed. samples: of a spec and a seed.
        layer: its id, None where it is no layer's.
        initial: the weights to start from, from the spec; None where the seed draws them.
        remedy: which of its remedies makes it go away.
    """

    spec: Callable[[int], Spec]
    samples: Feed
    layer: str | None = None
    epochs: int = 2
    initial: Callable[[Spec], Array] | None = None
    remedy: int = 0

    def trainer(self, seed: int) -> Trainer:
        made = self.spec(seed)
        made = replace(made, training=replace(made.training, seed=seed))
        return Trainer(made, self.samples(made, seed), initial=self.initial(made) if self.initial else None)


def run(trainer: Trainer, epochs: int) -> DivergedError | None:
    """Train; return what ended it."""
    end = trainer.epoch + epochs
    try:
        while trainer.epoch < end and trainer.stopped is None:
            trainer.advance()
    except DivergedError as error:
        return error
    return None


def classified(made: Spec, seed: int) -> Samples:
    return samples(inputs=len(made.network.input.names), classes=max(2, made.network.output.units), seed=seed)


def many(_made: Spec, seed: int) -> Samples:
    return samples(train=300, validation=100, seed=seed)


def valued(made: Spec, seed: int) -> Samples:
    return values(inputs=len(made.network.input.names), targets=made.network.output.units, seed=seed)


def prepared(made: Spec, _seed: int) -> Samples:
    return prepare(made.data).samples


def initialized(made: Spec, kind: str, **parameters: float) -> Spec:
    """Return the spec with another initializer in all layers."""
    for layer in made.network.layers:
        assert isinstance(layer, Weighted)
        made = replace_layer(made, replace(layer, initializer=choose(INITIALIZERS, kind, **parameters)))
    return made


def inserted(made: Spec, place: int, layer: Layer) -> Spec:
    """Return the spec with one more layer."""
    layers = made.network.layers
    return with_network(made, replace(made.network, layers=(*layers[:place], layer, *layers[place:])))


def biased(layer: int, bias: float) -> Callable[[Spec], Array]:
    """Return the initial weights with all biases of a layer set."""

    def weights(made: Spec) -> Array:
        flat = initialize(made.network, made.training.seed)
        views(made.network, flat)[layer].bias[...] = bias
        return flat

    return weights


def enlarged(made: Spec) -> Array:
    return 3000 * initialize(made.network, made.training.seed)


def patients(missing: str) -> Callable[[int], Spec]:
    """Return the example heart-disease with its empty cells treated so."""

    def made(_seed: int) -> Spec:
        known = load("heart-disease").spec
        return replace(known, data=replace(known.data, missing=missing))

    return made


def lines(rate: float) -> Callable[[int], Spec]:
    """Return the example linear-3-4 with another rate."""

    def made(_seed: int) -> Spec:
        known = load("linear-3-4").spec
        return replace(known, training=replace(known.training, learning_rate=rate))

    return made


def of_data(name: str, wrong: Callable[[Samples], bool], **data: Any) -> Callable[[int], Spec]:
    """Return the example with other data, of the next seed (from 100·seed on) for which they are wrong in this way."""

    def made(seed: int) -> Spec:
        known = load(name).spec
        for number in count(100 * seed):
            tried = replace(known, data=replace(known.data, seed=number, **data), training=replace(known.training, batch_size=0))
            if wrong(prepare(tried.data).samples):
                return tried
        raise AssertionError

    return made


def only_one_class(found: Samples) -> bool:
    return len(set(found.train.y.tolist())) == 1


def one_class_missing(found: Samples) -> bool:
    return len(set(found.train.y.tolist())) == 2


def unlike(_found: Samples) -> bool:
    return True


def with_constant(made: Spec, seed: int) -> Samples:
    """Return samples with a third input that is always 4, if it is fed."""
    known = samples(inputs=2, seed=seed)
    x = np.vstack([known.train.x, known.validation.x])
    y = np.concatenate([known.train.y, known.validation.y])
    third = np.full((len(x), len(made.network.input.names) - 2), 4.0)
    return parts(np.hstack([x, third]), y, 40, 2)


def far_values(made: Spec, seed: int) -> Samples:
    known = valued(made, seed)
    return replace(known, train=replace(known.train, y=40 + 10 * known.train.y), validation=replace(known.validation, y=known.validation.y))


def noisy(_made: Spec, seed: int) -> Samples:
    """Return few samples whose classes are chance to a third."""
    return swapped(samples(train=24, validation=40, seed=seed), seed)


def noisy_many(_made: Spec, seed: int) -> Samples:
    return swapped(samples(train=200, validation=40, seed=seed), seed)


def swapped(known: Samples, seed: int) -> Samples:
    """Return the samples with a third of the two classes taken for each other."""
    rng = np.random.default_rng(seed)
    wrong = [replace(part, y=np.where(rng.random(len(part)) < 0.3, 1 - part.y, part.y)) for part in (known.train, known.validation)]
    return replace(known, train=wrong[0], validation=wrong[1])


def frozen(made: Spec) -> Spec:
    layers = tuple(replace(layer, frozen=True) for layer in made.network.layers)
    return with_network(made, replace(made.network, layers=layers))


def outside(made: Spec, seed: int) -> Samples:
    known = classified(made, seed)
    y = known.train.y.copy()
    y[3] = -1
    return replace(known, train=replace(known.train, y=y))


def deep(hidden: str, kind: str, **parameters: float) -> Spec:
    sizes = (4, *[16] * 10, 2)
    made = spec(*sizes, hidden=hidden, output="linear", problem="regression", learning_rate=1e-12)
    return initialized(made, kind, **parameters)


MIXED = {"split": Split(0.34, 0.66, 0.0, False), "samples": 6}
THREE = {"split": Split(0.04, 0.06, 0.9, False)}
SMALL: dict[str, Any] = {"batch_size": 0, "learning_rate": 0.1}
BINARY: dict[str, Any] = {"output": "sigmoid", "loss": "binary_crossentropy"}
CROSS = "categorical_crossentropy"
PLANTS: dict[str, Plant] = {
    "diverged": Plant(lines(0.01), prepared, "out", 700),
    "loss-rising": Plant(lines(0.01), prepared, None, 6),
    "softmax-overflow": Plant(lambda _: spec(2, 6, 3, output="naive_softmax", loss=CROSS, **SMALL), classified, "l2", 30, enlarged),
    "exploding-gradients": Plant(lambda _: deep("relu", "normal", sd=1.2), valued, "l1"),
    "vanishing-gradients": Plant(lambda _: deep("sigmoid", "xavier_uniform"), valued, "l1"),
    "dead-units": Plant(lambda _: spec(2, 6, 1, hidden="relu", **SMALL), classified, "l1", 2, biased(0, -50.0)),
    "saturated-units": Plant(lambda _: initialized(spec(2, 6, 1, **SMALL), "normal", sd=900), classified, "l1"),
    "saturated-output": Plant(lambda _: spec(2, 6, 1, output="sigmoid", **SMALL), classified, "l2", 2, biased(1, 20.0)),
    "symmetric-weights": Plant(lambda _: initialized(spec(2, 6, 1), "zeros"), classified, "l1", 5),
    "all-frozen": Plant(lambda _: frozen(spec(2, 4, 1)), classified),
    "rate-too-high": Plant(lambda _: spec(2, 4, 1, **BINARY, learning_rate=2.5, batch_size=2), noisy_many, None, 24),
    "rate-too-low": Plant(lambda _: spec(2, 6, 1, learning_rate=1e-6), classified, None, 10, None, 1),
    "overfitting": Plant(lambda _: spec(2, 40, 1, optimizer="adam", learning_rate=0.03, epochs=400), noisy, None, 150),
    "underfitting": Plant(lambda _: spec(2, 1, learning_rate=0.1), many, None, 60),
    "targets-out-of-reach": Plant(lambda _: spec(2, 4, 1, problem="regression"), far_values, "l2"),
    "softmax-regression": Plant(lambda _: spec(2, 4, 3, output="softmax"), classified, "l2"),
    "hinge-range": Plant(lambda _: spec(2, 4, 1, output="sigmoid", loss="hinge"), classified, "l2"),
    "linear-stack": Plant(lambda _: spec(2, 4, 4, 1, hidden="linear"), classified, "l1"),
    "dropout-strong": Plant(lambda _: inserted(spec(2, 8, 1), 1, Dropout("drop", "Dropout", 0.95)), classified, "drop"),
    "decay-too-strong": Plant(lambda _: spec(2, 6, 1, l2=5.0, learning_rate=0.1, output="linear"), classified, "l1", 30),
    "clip-tight": Plant(lambda _: spec(2, 6, 1, clip_norm=1e-6), classified),
    "one-class": Plant(of_data("gauss", only_one_class, **MIXED), prepared, "out"),
    "class-absent": Plant(of_data("iris", one_class_missing, **THREE), prepared),
    "one-sample": Plant(of_data("gauss", unlike, samples=1, split=Split(1.0, 0.0, 0.0, False)), prepared),
    "constant-columns": Plant(lambda _: spec(3, 4, 1), with_constant),
    "unscaled-inputs": Plant(of_data("wine", unlike, scaling="none"), prepared),
    "batch-too-large": Plant(lambda _: spec(2, 4, 1, batch_size=64), classified),
    "tiny-batches": Plant(lambda _: inserted(spec(2, 8, 1, batch_size=4), 1, BatchNorm("norm", "Norm")), classified, "norm"),
    "lone-sample": Plant(lambda _: inserted(spec(2, 8, 1, batch_size=13), 1, BatchNorm("norm", "Norm")), classified, "norm"),
    "samples-dropped": Plant(patients("drop"), prepared),
    "cells-filled": Plant(patients("mean"), prepared),
    "labels-outside": Plant(lambda _: spec(2, 4, 3, output="softmax", loss=CROSS), outside, "l2"),
}
