"""200 short runs of random networks, drawn from seeds: what PyTorch made of them is in tables/networks.npz.

What must be seen together goes in turn (output, loss and reduction; optimizer and schedule), all else is drawn.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.losses import LOSSES
from nnviz.engine.network_spec import BatchNorm, Dense, Layer, NetworkSpec, Shape, Weighted, output_shape
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.samples import Part, Samples
from nnviz.engine.schedules import SCHEDULES
from nnviz.engine.spec import DataSpec, Spec, TrainingSpec
from nnviz.engine.table import Choice, Entry, choose
from tests.engine.build import avg_pool, batch_norm, conv, dense, dropout, flatten, max_pool, stack

RUNS = 200
LENGTHS = ((3, 1), (2, 2), (5, 1), (4, 1), (1, 3), (2, 2))  # epochs and batches in each
VALIDATION = 4
Options = dict[str, dict[str, float]]
# What is drawn from, by name, and odd parameters: a new entry of a table leaves the runs as they are.
ACTIVATION_OPTIONS: Options = {
    "linear": {},
    "sigmoid": {},
    "hard_sigmoid": {},
    "tanh": {},
    "relu": {},
    "leaky_relu": {"slope": 0.2},
    "elu": {"alpha": 0.7},
    "selu": {},
    "gelu": {},
    "silu": {},
    "mish": {},
    "softplus": {},
    "sine": {},
    "softmax": {"temperature": 1.7},
    "naive_softmax": {},
}
COUPLED = ("softmax", "naive_softmax")
LOSS_OPTIONS: Options = {
    "mse": {},
    "mae": {},
    "huber": {"delta": 0.4},
    "binary_crossentropy": {},
    "categorical_crossentropy": {},
    "hinge": {},
    "distillation": {"temperature": 3.0, "mix": 0.7},
}
OPTIMIZER_OPTIONS: Options = {
    "sgd": {},
    "momentum": {"momentum": 0.7},
    "nesterov": {"momentum": 0.7},
    "adagrad": {"epsilon": 1e-4},
    "rmsprop": {"alpha": 0.8, "epsilon": 1e-4},
    "adadelta": {"rho": 0.7, "epsilon": 1e-3},
    "adam": {"beta1": 0.8, "beta2": 0.95, "epsilon": 1e-4},
    "adamw": {"beta1": 0.8, "beta2": 0.95, "epsilon": 1e-4, "weight_decay": 0.5},
    "nadam": {"beta1": 0.8, "beta2": 0.95, "epsilon": 1e-4, "momentum_decay": 0.1},
}
RATES = {"sgd": 0.05, "momentum": 0.03, "nesterov": 0.03, "adadelta": 0.5}
SCHEDULE_OPTIONS: Options = {
    "constant": {},
    "step": {"size": 2.0, "factor": 0.3},
    "exponential": {"factor": 0.6},
    "inverse-time": {"decay": 0.5},
    "cosine": {"epochs": 3.0, "floor": 0.1},
    "plateau": {"factor": 0.4, "patience": 0.0, "threshold": 0.3, "floor": 0.05},
    "cyclic": {"low": 0.2, "period": 3.0},
}
REDUCTIONS = ("mean", "half-mean", "sum", "half-sum", "mean-over-elements")
# hard_sigmoid reaches 0 and 1, where the logarithm of a cross-entropy is ∞ and every engine has its own way out.
OUTPUTS = [
    (activation, loss)
    for loss in LOSS_OPTIONS
    for activation in ACTIVATION_OPTIONS
    if activation in ("sigmoid", *COUPLED) or not LOSSES[loss].needs_probabilities
]


@dataclass(frozen=True)
class Run:
    """What is trained on what, for how many epochs."""

    spec: Spec
    samples: Samples
    epochs: int


def run(number: int) -> Run:
    """Return one of the runs."""
    rng = np.random.default_rng((number, 4))
    output, loss = OUTPUTS[number % len(OUTPUTS)]
    epochs, batches = LENGTHS[number % len(LENGTHS)]
    batch = int(rng.integers(3, 6))
    problem = "classification" if LOSSES[loss].needs_classes or rng.integers(2) else "regression"
    outputs = _outputs(rng, output, loss, problem)
    shape = _input_shape(rng, image=number % 2 == 1)
    last = dense(outputs, _choice(rng, ACTIVATIONS, ACTIVATION_OPTIONS, output))
    made = _masked(rng, stack(shape, *_layers(rng, shape), last))
    training = _training(rng, number, loss, 0 if batches == 1 else batch)
    spec = Spec(made, training, DataSpec("random", problem, features=made.input.names))
    steady = any(isinstance(layer, BatchNorm) for layer in made.layers)
    return Run(spec, samples_for(rng, spec, batch * batches - (0 if steady or batches == 1 else 1)), epochs)


def _choice(rng: np.random.Generator, table: Mapping[str, Entry], options: Options, name: str) -> Choice:
    """Return a name's choice, every other time with odd parameters."""
    return choose(table, name, **(options[name] if rng.integers(2) else {}))


def _outputs(rng: np.random.Generator, output: str, loss: str, problem: str) -> int:
    lone = loss not in ("categorical_crossentropy", "distillation") and output not in COUPLED
    return int(rng.integers(1 if lone else 2, 4))


def _input_shape(rng: np.random.Generator, image: bool) -> Shape:
    return (*rng.integers(4, 8, 2).tolist(), int(rng.integers(1, 3))) if image else (int(rng.integers(2, 5)),)


def _layers(rng: np.random.Generator, shape: Shape) -> Iterator[Layer]:
    """Yield the layers before the last."""
    image = len(shape) == 3
    for _ in range(int(rng.integers(1, 3)) if image else int(rng.integers(0, 4))):
        for layer in _block(rng, shape):
            shape = output_shape(layer, shape)
            yield layer
    if image:
        yield flatten()
        if rng.integers(2):
            yield dense(int(rng.integers(2, 5)), _hidden(rng), **_fields(rng))


def _block(rng: np.random.Generator, shape: Shape) -> Iterator[Layer]:
    """Yield a layer with weights, perhaps one that steadies or disturbs it, and behind a convolution perhaps a pooling."""
    steady = rng.integers(3) == 0
    fields = _fields(rng) | ({"use_bias": False} if steady else {})  # whose gradient is but rounding where all stay on one side of a kink
    if len(shape) == 1:
        yield dense(int(rng.integers(2, 6)), _hidden(rng), **fields)
    else:
        kernel = tuple(int(rng.integers(1, min(4, side) + 1)) for side in shape[:2])
        stride, padding = tuple(rng.integers(1, 3, 2).tolist()), str(rng.choice(["valid", "same"]))
        made = conv(int(rng.integers(1, 4)), kernel, _hidden(rng, COUPLED), stride=stride, padding=padding, **fields)
        shape = output_shape(made, shape)
        yield made
    if steady:
        yield batch_norm(*((0.3, 1e-3) if rng.integers(2) else (0.1, 1e-5)), frozen=rng.integers(4) == 0)
    if rng.integers(3) == 0:
        yield dropout(float(rng.choice([0.0, 0.2, 0.5])))
    if len(shape) == 3 and min(shape[:2]) > 1 and rng.integers(2):
        pool, size = (max_pool, avg_pool)[rng.integers(2)], tuple(rng.integers(1, np.minimum(shape[:2], 3) + 1).tolist())
        yield pool(size, tuple(rng.integers(1, 3, 2).tolist()))


def _hidden(rng: np.random.Generator, without: Sequence[str] = ()) -> Choice:
    return _choice(rng, ACTIVATIONS, ACTIVATION_OPTIONS, str(rng.choice([name for name in ACTIVATION_OPTIONS if name not in without])))


def _fields(rng: np.random.Generator) -> dict[str, object]:
    """Return what sets a layer apart; most have nothing."""
    odd = rng.integers(8, size=6) == 0
    return {
        "use_bias": not odd[0],
        "train_bias": not odd[1],
        "frozen": bool(odd[2]),
        "rate_multiplier": 0.5 if odd[3] else 1.0,
        "l1": 0.02 if odd[4] else None,
        "l2": 0.05 if odd[5] else None,
    }


def _masked(rng: np.random.Generator, network: NetworkSpec) -> NetworkSpec:
    """Return the network, now and then with a lesioned neuron and a pruned edge."""
    layers = list(network.layers)
    for index, layer in enumerate(layers):
        if isinstance(layer, Weighted) and index < len(layers) - 1 and layer.units > 1 and rng.integers(8) == 0:
            layers[index] = layer = replace(layer, lesioned=(layer.neurons[0],))
        if isinstance(layer, Dense) and rng.integers(8) == 0:
            layers[index] = replace(layer, pruned=((network.sources(index)[-1], layer.neurons[-1]),))
    return replace(network, layers=tuple(layers))


def _training(rng: np.random.Generator, number: int, loss: str, batch: int) -> TrainingSpec:
    optimizer = list(OPTIMIZER_OPTIONS)[number % len(OPTIMIZER_OPTIONS)]
    schedule = list(SCHEDULE_OPTIONS)[number % len(SCHEDULE_OPTIONS)]
    clip = str(rng.choice(["", "", "clip_value", "clip_norm", "normalize_gradients"]))
    return TrainingSpec(
        loss=_choice(rng, LOSSES, LOSS_OPTIONS, loss),
        reduction=REDUCTIONS[number // 2 % len(REDUCTIONS)],
        optimizer=_choice(rng, OPTIMIZERS, OPTIMIZER_OPTIONS, optimizer),
        learning_rate=RATES.get(optimizer, 0.01),
        schedule=_choice(rng, SCHEDULES, SCHEDULE_OPTIONS, schedule),
        warmup_epochs=int(rng.choice([0, 0, 2])),
        **({clip: True if clip == "normalize_gradients" else 0.1} if clip else {}),
        l1=float(rng.choice([0.0, 0.0, 0.01])),
        l2=float(rng.choice([0.0, 0.0, 0.1])),
        batch_size=batch,
        seed=number,
    )


def samples_for(rng: np.random.Generator, spec: Spec, train: int) -> Samples:
    """Return samples with labels, and answers of a teacher where they are asked for, or with values; some have a validation part."""
    outputs, classified = spec.network.output.units, spec.data.problem == "classification"
    total = train + VALIDATION
    x = rng.normal(size=(total, math.prod(spec.network.input.shape)))
    classes = max(2, outputs) if classified else 0
    y = rng.integers(0, classes, total) if classified else rng.normal(size=(total, outputs))
    teacher = rng.normal(size=(total, outputs)) if LOSSES[spec.training.loss.kind].needs_teacher else None
    rows, last = np.arange(total), total if rng.integers(2) else train
    train_part, validation, test = (Part(x[part], y[part], rows[part]) for part in (slice(train), slice(train, last), slice(0)))
    return Samples(train_part, validation, test, classes, teacher)
