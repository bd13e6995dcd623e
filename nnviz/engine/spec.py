"""What the user made: network, training and data as frozen values, and the one judge of them.

Everything else is derived from a `Spec` and its seed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from nnviz.engine import judging
from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.losses import LOSSES, REDUCTIONS
from nnviz.engine.network_problems import MAX_LAYERS, MAX_WEIGHTS, network_problems
from nnviz.engine.network_spec import (
    LAYERS,
    AvgPool2D,
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    InputSpec,
    Layer,
    MaxPool2D,
    NetworkSpec,
    Weighted,
)
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.problem import Problem, SpecError, problem
from nnviz.engine.schedules import SCHEDULES
from nnviz.engine.table import Choice, Parameter, choose

__all__ = [
    "LAYERS",
    "MAX_LAYERS",
    "MAX_WEIGHTS",
    "AvgPool2D",
    "BatchNorm",
    "Conv2D",
    "DataFacts",
    "DataSpec",
    "Dense",
    "Dropout",
    "Flatten",
    "InputSpec",
    "Layer",
    "MaxPool2D",
    "NetworkSpec",
    "Spec",
    "Split",
    "TrainingSpec",
    "Weighted",
    "check",
    "problems",
]
FORMAT = 1
PRECISIONS = ("float64", "float32")
PROBLEMS = ("classification", "regression", "autoencoder")
SCALINGS = ("none", "standard", "minmax")
MISSING = ("drop", "mean", "median")
MAX_BATCH_NUMBERS = 100_000_000  # that a batch norm may have to hold at once


@dataclass(frozen=True, slots=True)
class TrainingSpec:
    """How the network learns.

    Attributes:
        clip_value, clip_norm, target_loss, target_metric, max_seconds: None is off.
        l1, l2: of the layers that have none of their own.
        batch_size: 0 is the full batch.
        epochs: after how many training stops by itself; 0 is never.
        patience: after how many epochs without a lower validation loss training stops; 0 is never.
        restore_best: whether it then takes back the weights of the best epoch.
    """

    loss: Choice = field(default_factory=lambda: choose(LOSSES, "mse"))
    reduction: str = "half-mean"
    optimizer: Choice = field(default_factory=lambda: choose(OPTIMIZERS, "sgd"))
    learning_rate: float = 0.03
    schedule: Choice = field(default_factory=lambda: choose(SCHEDULES, "constant"))
    warmup_epochs: int = 0
    clip_value: float | None = None
    clip_norm: float | None = None
    normalize_gradients: bool = False
    l1: float = 0.0
    l2: float = 0.0
    batch_size: int = 10
    epochs: int = 0
    target_loss: float | None = None
    target_metric: float | None = None
    max_seconds: float | None = None
    patience: int = 0
    restore_best: bool = True
    seed: int = 0
    precision: str = "float64"


@dataclass(frozen=True, slots=True)
class Split:
    """Fractions of the samples, which add up to 1; `stratified` keeps the classes' shares in each part."""

    train: float = 0.8
    validation: float = 0.2
    test: float = 0.0
    stratified: bool = True


@dataclass(frozen=True, slots=True)
class DataSpec:
    """Where the samples come from and how they are prepared.

    Attributes:
        problem: what is learned; an autoencoder's targets are its inputs.
        targets: the columns to be predicted; the data set's own where there are none.
        features: what the network is fed; every column where there are none.
        missing: what becomes of samples with empty cells: they are dropped, or filled by their column's mean or median.
    """

    source: str
    problem: str = "classification"
    samples: int = 500
    noise: float = 0.0
    seed: int = 0
    targets: tuple[str, ...] = ()
    features: tuple[str, ...] = ("x1", "x2")
    scaling: str = "none"
    missing: str = "drop"
    split: Split = field(default_factory=Split)


@dataclass(frozen=True, slots=True)
class Spec:
    """All that the user made."""

    network: NetworkSpec
    training: TrainingSpec
    data: DataSpec
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class DataFacts:
    """What can be said of the data of a `DataSpec` before it is made.

    Attributes:
        columns: what features can be made of.
        train, validation, test: how many samples each part has.
        classes: 0 where the targets are values; `targets` is how many values there are then.
        shape: of one sample, (height, width, channels) of images, () else.
        teacher: whether a teacher's answers are known.
    """

    columns: tuple[str, ...]
    train: int
    validation: int
    test: int
    classes: int
    targets: int
    shape: tuple[int, ...] = ()
    teacher: bool = False


def check(spec: Spec, facts: DataFacts | None = None) -> Spec:
    """Return `spec` itself, or raise `SpecError` with all that is wrong with it."""
    found = problems(spec, facts)
    if found:
        raise SpecError(*found)
    return spec


def problems(spec: Spec, facts: DataFacts | None = None) -> tuple[Problem, ...]:
    """Judge a spec: return all that is wrong with it, each with its path; nothing when it can be trained.

    Args:
        spec: what to judge.
        facts: what is known of its data; without them only the spec itself is judged.
    """
    found = [*network_problems(spec.network), *_training_problems(spec), *_data_problems(spec)]
    if facts is not None and not found:
        found = list(_fitting_problems(spec, facts))
    return tuple(dict.fromkeys(found))


def _training_problems(spec: Spec) -> Iterator[Problem]:
    training = spec.training
    yield from judging.choice("training.loss", training.loss, LOSSES)
    yield from judging.choice("training.optimizer", training.optimizer, OPTIMIZERS)
    yield from judging.member("training.reduction", training.reduction, REDUCTIONS)
    yield from judging.member("training.precision", training.precision, PRECISIONS)
    yield from judging.number("training.learning_rate", training.learning_rate, Parameter("rate", 0.03, 0.0, open_low=True))
    for name in ("clip_value", "clip_norm"):
        if getattr(training, name) is not None:
            yield from judging.number(f"training.{name}", getattr(training, name), Parameter(name, 1.0, 0.0, open_low=True))
    yield from judging.choice("training.schedule", training.schedule, SCHEDULES)
    for name in ("l1", "l2", "batch_size", "epochs", "seed", "warmup_epochs", "patience"):
        yield from judging.number(f"training.{name}", getattr(training, name), Parameter(name, 0.0, 0.0, judging.MOST))
    for name, low in (("target_loss", -math.inf), ("target_metric", -math.inf), ("max_seconds", 0.0)):
        if getattr(training, name) is not None:
            yield from judging.number(f"training.{name}", getattr(training, name), Parameter(name, 1.0, low, judging.MOST, open_low=True))
    yield from _loss_problems(spec)
    yield from _decay_problems(spec)


def _loss_problems(spec: Spec) -> Iterator[Problem]:
    """A cross-entropy takes logarithms of the outputs, so these must be probabilities."""
    loss, last = LOSSES.get(spec.training.loss.kind), spec.network.layers[-1] if spec.network.layers else None
    if loss is None or not isinstance(last, Dense) or last.activation.kind not in ACTIVATIONS:
        return
    if loss.needs_probabilities and not ACTIVATIONS[last.activation.kind].probabilities:
        yield problem("training.loss", "loss-needs-probabilities", loss=spec.training.loss.kind, activation=last.activation.kind)


def _decay_problems(spec: Spec) -> Iterator[Problem]:
    """Beyond the optimizer's limit each step makes a decaying weight larger, with its sign changing, instead of smaller."""
    training = spec.training
    if any(judging.choice("training.optimizer", training.optimizer, OPTIMIZERS)):
        return
    entry, options = OPTIMIZERS[training.optimizer.kind], dict(training.optimizer.parameters)
    limit, decay = entry.limit and entry.limit(**options), options.get("weight_decay", 0.0)
    for index, layer in enumerate(spec.network.layers):
        if not isinstance(layer, Weighted) or layer.frozen:
            continue
        rate = training.learning_rate * layer.rate_multiplier
        yield from _too_strong("training.optimizer.weight_decay", "weight_decay", decay, rate, 2.0)
        if limit is not None:
            path = "training.l2" if layer.l2 is None else f"network.layers.{index}.l2"
            yield from _too_strong(path, "l2", training.l2 if layer.l2 is None else layer.l2, rate, limit)


def _too_strong(path: str, name: str, decay: float, rate: float, limit: float) -> Iterator[Problem]:
    if decay * rate >= limit:
        yield problem(path, "decay-too-strong", name=name, decay=decay, rate=rate, product=decay * rate, limit=limit)


def _data_problems(spec: Spec) -> Iterator[Problem]:
    data, split = spec.data, spec.data.split
    yield from judging.member("data.problem", data.problem, PROBLEMS)
    yield from judging.member("data.scaling", data.scaling, SCALINGS)
    yield from judging.member("data.missing", data.missing, MISSING)
    yield from judging.number("data.samples", data.samples, Parameter("samples", 500, 1, 1e6))
    yield from judging.number("data.noise", data.noise, Parameter("noise", 0, 0, 1))
    yield from judging.number("data.seed", data.seed, Parameter("seed", 0, 0, judging.MOST))
    parts = (split.train, split.validation, split.test)
    for name, part in zip(("train", "validation", "test"), parts, strict=True):
        yield from judging.number(f"data.split.{name}", part, Parameter(name, 0, 0, 1))
    if not math.isclose(sum(parts), 1.0, abs_tol=1e-9):
        yield problem("data.split", "split-sum", total=sum(parts))
    if data.features and data.features != spec.network.input.names:
        yield problem("network.input.names", "inputs-not-features", features=", ".join(data.features))


def _fitting_problems(spec: Spec, facts: DataFacts) -> Iterator[Problem]:
    """What only shows when the network and the data are put together."""
    for name in spec.data.features:
        if name not in facts.columns:
            yield problem("data.features", "unknown-feature", feature=name, known=", ".join(facts.columns))
    for part in ("train", "validation", "test"):
        if getattr(facts, part) == 0 and (part == "train" or getattr(spec.data.split, part) > 0):
            yield problem(f"data.split.{part}", "empty-part", part=part)
    if spec.training.batch_size > facts.train > 0:
        yield problem("training.batch_size", "batch-too-large", batch=spec.training.batch_size, train=facts.train)
    if 1 in (spec.training.batch_size, facts.train) and _ties_samples(spec.network):
        yield problem("training.batch_size", "batch-of-one")
    yield from _memory_problems(spec, facts)
    yield from _input_problems(spec, facts)
    yield from _target_problems(spec, facts)


def _ties_samples(network: NetworkSpec) -> bool:
    """Tell whether a batch norm has one number a sample only, of which a batch of one has no spread."""
    norms = (index for index, layer in enumerate(network.layers) if isinstance(layer, BatchNorm) and not layer.frozen)
    return any(math.prod(network.read_shape(index)[:-1]) == 1 for index in norms)


def _memory_problems(spec: Spec, facts: DataFacts) -> Iterator[Problem]:
    """A batch norm holds a whole batch in memory at once, which must not be too much."""
    if any(isinstance(layer, BatchNorm) and not layer.frozen for layer in spec.network.layers):
        numbers = len(spec.network.input.names) + sum(map(math.prod, spec.network.shapes))
        batch, limit = spec.training.batch_size or facts.train, max(2, MAX_BATCH_NUMBERS // numbers)
        if batch > limit:
            yield problem("training.batch_size", "batch-norm-too-large", batch=batch, limit=limit)


def _input_problems(spec: Spec, facts: DataFacts) -> Iterator[Problem]:
    """The network must read as many numbers as a sample has; an image must keep its shape."""
    shape, own = spec.network.input.shape, facts.shape or (len(facts.columns),)
    if not spec.data.features and math.prod(shape) != len(facts.columns):
        yield problem("network.input", "inputs-not-columns", inputs=math.prod(shape), columns=len(facts.columns))
    elif len(shape) == 3 and shape != own:
        yield problem("network.input", "shape-not-data", shape="×".join(map(str, shape)), data="×".join(map(str, own)))


def _target_problems(spec: Spec, facts: DataFacts) -> Iterator[Problem]:
    """Output and loss must fit what is to be predicted."""
    last, output, loss = len(spec.network.layers) - 1, spec.network.output, spec.training.loss.kind
    if output.units == 1 and ACTIVATIONS[output.activation.kind].derivative is None:
        yield problem(f"network.layers.{last}.activation", "single-share", layer=output.name, activation=output.activation.kind)
    allowed = ((1, 2) if facts.classes == 2 else (facts.classes,)) if facts.classes else (facts.targets,)
    if output.units not in allowed:
        yield problem(f"network.layers.{last}.units", "output-units", units=output.units, allowed=" / ".join(map(str, allowed)))
    if (spec.data.problem == "classification") != bool(facts.classes):
        yield problem("data.problem", "wrong-problem", source=spec.data.source, problem=spec.data.problem)
    elif not facts.classes and LOSSES[loss].needs_classes and not (LOSSES[loss].unit_targets and _unit_targets(spec, facts)):
        yield problem("training.loss", "loss-needs-classes", loss=loss)
    elif output.units == 1 and LOSSES[loss].needs_outputs:
        yield problem("training.loss", "loss-needs-outputs", loss=loss)
    elif LOSSES[loss].needs_teacher and not facts.teacher:
        yield problem("training.loss", "no-teacher")


def _unit_targets(spec: Spec, facts: DataFacts) -> bool:
    """Tell whether an autoencoder's targets lie in [0, 1]: pixels as they are, or columns scaled to it."""
    scaled = spec.data.scaling == "minmax" or (spec.data.scaling == "none" and bool(facts.shape))
    return spec.data.problem == "autoencoder" and scaled
