"""What the user made: network, training and data as frozen values, and the one judge of them.

Everything else is derived from a `Spec` and its seed. Layers and neurons carry ids that never change
and are never reused: edits, selection, animation and the transfer of weights follow ids, not positions.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.losses import LOSSES, REDUCTIONS
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.problem import Problem, SpecError, problem
from nnviz.engine.table import Choice, Entry, Parameter, choose

FORMAT = 1
PRECISIONS = ("float64", "float32")
PROBLEMS = ("classification", "regression")
SCALINGS = ("none", "standard", "minmax")
MAX_LAYERS = 200
MAX_WEIGHTS = 20_000_000
MOST = 2.0**32  # of every count, seed and strength


@dataclass(frozen=True, slots=True)
class InputSpec:
    """The input: its shape and one name a number; the names are the ids of the input neurons."""

    shape: tuple[int, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dense:
    """A fully connected layer: z = W·a + b, a = f(z); W has shape (units, units of the layer before)."""

    kind: ClassVar[str] = "dense"
    id: str
    name: str
    neurons: tuple[str, ...]
    activation: Choice = field(default_factory=lambda: choose(ACTIVATIONS, "tanh"))
    initializer: Choice = field(default_factory=lambda: choose(INITIALIZERS, "xavier_uniform"))
    use_bias: bool = True
    train_bias: bool = True
    frozen: bool = False
    rate_multiplier: float = 1.0
    l1: float | None = None
    l2: float | None = None

    @property
    def units(self) -> int:
        """How many neurons the layer has."""
        return len(self.neurons)


@dataclass(frozen=True, slots=True)
class NetworkSpec:
    """Input and layers, first to last; `next_id` is the counter new ids come from."""

    input: InputSpec
    layers: tuple[Dense, ...]
    next_id: int = 1

    def index(self, layer_id: str) -> int:
        """Return the position of a layer in `layers`. Raises KeyError."""
        for index, layer in enumerate(self.layers):
            if layer.id == layer_id:
                return index
        raise KeyError(layer_id)

    def layer(self, layer_id: str) -> Dense:
        """Return the layer with this id. Raises KeyError."""
        return self.layers[self.index(layer_id)]

    def sources(self, index: int) -> tuple[str, ...]:
        """Return the ids of the neurons that layer `index` reads."""
        return self.layers[index - 1].neurons if index else self.input.names

    @property
    def weights(self) -> int:
        """How many weights and biases there are."""
        return sum(layer.units * (len(self.sources(index)) + layer.use_bias) for index, layer in enumerate(self.layers))


@dataclass(frozen=True, slots=True)
class TrainingSpec:
    """How the network learns. `batch_size` 0 is the full batch, `epochs` 0 is until stopped; clips are off at None."""

    loss: Choice = field(default_factory=lambda: choose(LOSSES, "mse"))
    reduction: str = "half-mean"
    optimizer: Choice = field(default_factory=lambda: choose(OPTIMIZERS, "sgd"))
    learning_rate: float = 0.03
    clip_value: float | None = None
    clip_norm: float | None = None
    l1: float = 0.0
    l2: float = 0.0
    batch_size: int = 10
    epochs: int = 0
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
    """Where the samples come from and how they are prepared."""

    source: str
    problem: str = "classification"
    samples: int = 500
    noise: float = 0.0
    seed: int = 0
    features: tuple[str, ...] = ("x1", "x2")
    scaling: str = "none"
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
    """What can be said of the data of a `DataSpec` before it is made; `classes` is 0 for regression."""

    columns: tuple[str, ...]
    train: int
    validation: int
    test: int
    classes: int
    targets: int


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
    found = [*_network_problems(spec.network), *_training_problems(spec), *_data_problems(spec)]
    if facts is not None and not found:
        found = list(_fitting_problems(spec, facts))
    return tuple(found)


def _network_problems(network: NetworkSpec) -> Iterator[Problem]:
    if not network.layers:
        yield problem("network.layers", "no-layers")
    if len(network.layers) > MAX_LAYERS:
        yield problem("network.layers", "too-many-layers", count=len(network.layers), limit=MAX_LAYERS)
    names = network.input.names
    if not names or math.prod(network.input.shape) != len(names):
        yield problem("network.input", "no-inputs")
    ids = [layer.id for layer in network.layers]
    yield from _repeated("network.layers", ["", *ids])
    yield from _repeated("network.input.names", names)
    for index, layer in enumerate(network.layers):
        yield from _layer_problems(f"network.layers.{index}", layer)
    if network.weights > MAX_WEIGHTS:
        yield problem("network", "too-many-weights", count=network.weights, limit=MAX_WEIGHTS)


def _layer_problems(path: str, layer: Dense) -> Iterator[Problem]:
    if not layer.neurons:
        yield problem(f"{path}.units", "no-units", layer=layer.name)
    yield from _repeated(f"{path}.neurons", layer.neurons)
    yield from _choice_problems(f"{path}.activation", layer.activation, ACTIVATIONS)
    yield from _choice_problems(f"{path}.initializer", layer.initializer, INITIALIZERS)
    yield from _number_problems(f"{path}.rate_multiplier", layer.rate_multiplier, Parameter("rate_multiplier", 1.0, 0.0))
    for name in ("l1", "l2"):
        if getattr(layer, name) is not None:
            yield from _number_problems(f"{path}.{name}", getattr(layer, name), Parameter(name, 0.0, 0.0, MOST))


def _training_problems(spec: Spec) -> Iterator[Problem]:
    training = spec.training
    yield from _choice_problems("training.loss", training.loss, LOSSES)
    yield from _choice_problems("training.optimizer", training.optimizer, OPTIMIZERS)
    yield from _member_problems("training.reduction", training.reduction, REDUCTIONS)
    yield from _member_problems("training.precision", training.precision, PRECISIONS)
    yield from _number_problems("training.learning_rate", training.learning_rate, Parameter("rate", 0.03, 0.0, open_low=True))
    for name in ("clip_value", "clip_norm"):
        if getattr(training, name) is not None:
            yield from _number_problems(f"training.{name}", getattr(training, name), Parameter(name, 1.0, 0.0, open_low=True))
    for name in ("l1", "l2", "batch_size", "epochs", "seed"):
        yield from _number_problems(f"training.{name}", getattr(training, name), Parameter(name, 0.0, 0.0, MOST))
    yield from _loss_problems(spec)


def _loss_problems(spec: Spec) -> Iterator[Problem]:
    """A cross-entropy takes logarithms of the outputs, so these must be probabilities."""
    loss, layers = LOSSES.get(spec.training.loss.kind), spec.network.layers
    output = ACTIVATIONS.get(layers[-1].activation.kind) if layers else None
    if loss is None or output is None or not loss.needs_probabilities:
        return
    if not output.probabilities:
        yield problem("training.loss", "loss-needs-probabilities", loss=spec.training.loss.kind, activation=layers[-1].activation.kind)


def _data_problems(spec: Spec) -> Iterator[Problem]:
    data, split = spec.data, spec.data.split
    yield from _member_problems("data.problem", data.problem, PROBLEMS)
    yield from _member_problems("data.scaling", data.scaling, SCALINGS)
    yield from _number_problems("data.samples", data.samples, Parameter("samples", 500, 1, 1e6))
    yield from _number_problems("data.noise", data.noise, Parameter("noise", 0, 0, 1))
    yield from _number_problems("data.seed", data.seed, Parameter("seed", 0, 0, MOST))
    parts = (split.train, split.validation, split.test)
    for name, part in zip(("train", "validation", "test"), parts, strict=True):
        yield from _number_problems(f"data.split.{name}", part, Parameter(name, 0, 0, 1))
    if not math.isclose(sum(parts), 1.0, abs_tol=1e-9):
        yield problem("data.split", "split-sum", total=sum(parts))
    if data.features != spec.network.input.names:
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
    last, output = len(spec.network.layers) - 1, spec.network.layers[-1]
    allowed = ((1, 2) if facts.classes == 2 else (facts.classes,)) if facts.classes else (facts.targets,)
    if output.units not in allowed:
        yield problem(f"network.layers.{last}.units", "output-units", units=output.units, allowed=" / ".join(map(str, allowed)))
    if (spec.data.problem == "classification") != bool(facts.classes):
        yield problem("data.problem", "wrong-problem", source=spec.data.source, problem=spec.data.problem)
    elif not facts.classes and LOSSES[spec.training.loss.kind].needs_probabilities:
        yield problem("training.loss", "loss-needs-classes", loss=spec.training.loss.kind)
    elif output.units == 1 and spec.training.loss.kind == "categorical_crossentropy":
        yield problem("training.loss", "loss-needs-outputs", loss=spec.training.loss.kind)


def _repeated(path: str, names: list[str] | tuple[str, ...]) -> Iterator[Problem]:
    for name in sorted(name for name, count in Counter(names).items() if count > 1):
        yield problem(path, "repeated", name=name)


def _member_problems(path: str, name: str, known: Mapping[str, object] | tuple[str, ...]) -> Iterator[Problem]:
    if name not in known:
        yield problem(path, "unknown-name", name=name, known=", ".join(known))


def _choice_problems(path: str, choice: Choice, table: Mapping[str, Entry]) -> Iterator[Problem]:
    if choice.kind not in table:
        yield from _member_problems(path, choice.kind, tuple(table))
        return
    values, parameters = dict(choice.parameters), table[choice.kind].parameters
    if set(values) != {item.name for item in parameters}:
        yield problem(path, "wrong-parameters", name=choice.kind, known=", ".join(item.name for item in parameters))
        return
    for item in parameters:
        yield from _number_problems(f"{path}.{item.name}", values[item.name], item)


def _number_problems(path: str, value: float, parameter: Parameter) -> Iterator[Problem]:
    if not parameter.allows(value):
        yield problem(path, "out-of-range", value=value, range=parameter.range)
