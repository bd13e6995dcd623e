"""The workloads of `nnviz bench` and who can run them, each in a process of its own.

`python -m nnviz.cli.bench_work WORKLOAD IMPLEMENTATION` reads numbers of steps from stdin, one a line, runs each and
prints the microseconds of CPU time a step took. So rounds of several implementations can be interleaved, which is what
makes their ratios hold on a machine whose speed varies.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.batches import Feed, epoch_order
from nnviz.engine.learner import Learner
from nnviz.engine.losses import LOSSES
from nnviz.engine.network import Network, initialize
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.samples import Array, encode
from nnviz.engine.spec import DataSpec, Dense, InputSpec, NetworkSpec, Spec, TrainingSpec
from nnviz.engine.table import choose

Run = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Workload:
    """A dense network and how it is trained; `classes` 0 means one value to meet."""

    sizes: tuple[int, ...]
    activation: str
    optimizer: str
    rate: float
    batch: int
    samples: int
    classes: int = 0

    def data(self) -> tuple[Array, Array]:
        """Return inputs and targets, shapes (samples, inputs) and (samples,) or (samples, 1)."""
        rng = np.random.default_rng(0)
        x = rng.uniform(-1.0, 1.0, (self.samples, self.sizes[0]))
        if self.classes:
            return x, rng.integers(0, self.classes, self.samples)
        return x, np.where((x * x).sum(axis=1) < 0.6, 1.0, -1.0)[:, None]


WORKLOADS = {
    "W1": Workload((2, 4, 2, 1), "tanh", "sgd", 0.03, 10, 250),
    "W3": Workload((2, 8, 8, 8, 1), "tanh", "adam", 0.001, 30, 300),
    "W4": Workload((784, 10, 10, 10), "relu", "adam", 0.001, 32, 320, 10),
    "W6": Workload((64, 128, 64, 10), "relu", "adam", 0.001, 64, 640, 10),
    "W7": Workload((2, 512, 512, 512, 1), "tanh", "adam", 0.001, 32, 320),
}


def spec_of(work: Workload, precision: str = "float64") -> Spec:
    """Return the workload as the network and the training that nnviz knows."""
    layers, made = [], 0
    for index, units in enumerate(work.sizes[1:]):
        last = index == len(work.sizes) - 2
        name = ("softmax" if work.classes else "tanh") if last else work.activation
        neurons = tuple(f"n{made + unit}" for unit in range(units))
        made += units
        layers.append(Dense(f"l{index}", f"Dense {index}", neurons, choose(ACTIVATIONS, name)))
    names = tuple(f"x{number}" for number in range(1, work.sizes[0] + 1))
    training = TrainingSpec(
        loss=choose(LOSSES, "categorical_crossentropy" if work.classes else "mse"),
        reduction="mean" if work.classes else "half-mean",
        optimizer=choose(OPTIMIZERS, work.optimizer),
        learning_rate=work.rate,
        batch_size=work.batch,
        precision=precision,
    )
    network = NetworkSpec(InputSpec((len(names),), names), tuple(layers), next_id=made)
    return Spec(network, training, DataSpec("circle", features=names))


def _nnviz(work: Workload, precision: str) -> Run:
    """Make the Trainer's steps on shuffled batches; like the peers, without the evaluation that ends its epochs."""
    spec = spec_of(work, precision)
    x, y = work.data()
    targets = encode(y, work.classes, work.sizes[-1], -1.0, 1.0).astype(precision)
    network = Network(spec.network, initialize(spec.network, 0).astype(precision))
    learner = Learner(spec, network, OPTIMIZERS[work.optimizer].state(len(network.parameters), precision))
    inputs, count, epoch, position = x.astype(precision), 0, 0, work.samples
    feed = Feed(inputs, targets, None)

    def run(steps: int) -> None:
        nonlocal count, epoch, position, feed
        for _ in range(steps):
            if position == work.samples:
                epoch, position, feed = epoch + 1, 0, Feed(inputs, targets, epoch_order(0, epoch, work.samples))
            count += 1
            learner.begin(count)
            learner.add(*feed.rows(position, position + work.batch))
            learner.finish(count)
            position += work.batch

    return run


def _floor(work: Workload, precision: str) -> Run:
    """Make the NumPy calls no step can do without, straight in a row, into buffers that are there: the call floor.

    Forward one product and one activation a layer, backward δ, its derivative, two products, and one update in two
    calls; biases ride inside the products as rows of ones. Plain gradient descent on one fixed batch.
    """
    rng = np.random.default_rng(0)
    weights = [rng.uniform(-0.5, 0.5, (out, into + 1)).astype(precision) for into, out in zip(work.sizes, work.sizes[1:], strict=False)]
    gradients = [np.empty_like(w) for w in weights]
    values = [np.ones((size + 1, work.batch), precision) for size in work.sizes]
    values[0][:-1] = rng.uniform(-1, 1, (work.sizes[0], work.batch))
    deltas = [np.empty((size, work.batch), precision) for size in work.sizes]
    slopes = [np.empty_like(delta) for delta in deltas]
    one, rate = np.ones((), precision), np.full((), work.rate / work.batch, precision)
    target = np.ones((work.sizes[-1], work.batch), precision)
    calls: list[tuple[Callable[..., object], tuple[object, ...]]] = []
    last = len(weights)
    for k in range(last):
        calls += [(np.dot, (weights[k], values[k], values[k + 1][:-1])), (np.tanh, (values[k + 1][:-1], values[k + 1][:-1]))]
    calls.append((np.subtract, (values[last][:-1], target, deltas[last])))
    for k in range(last, 0, -1):
        if k < last:
            calls.append((np.dot, (weights[k][:, :-1].T, deltas[k + 1], deltas[k])))
        calls += [(np.multiply, (values[k][:-1], values[k][:-1], slopes[k])), (np.subtract, (one, slopes[k], slopes[k]))]
        calls += [(np.multiply, (deltas[k], slopes[k], deltas[k])), (np.dot, (deltas[k], values[k - 1].T, gradients[k - 1]))]
    for weight, gradient in zip(weights, gradients, strict=True):
        calls += [(np.multiply, (gradient, rate, gradient)), (np.subtract, (weight, gradient, weight))]

    def run(steps: int) -> None:
        for _ in range(steps):
            for function, arguments in calls:
                function(*arguments)

    return run


def _torch(work: Workload, precision: str) -> Run:
    """Train in PyTorch, eager mode, defaults, batches taken as views of the data."""
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(0)
    kind = torch.float32 if precision == "float32" else torch.float64
    parts: list[object] = []
    hidden = torch.nn.Tanh if work.activation == "tanh" else torch.nn.ReLU
    for index, (into, out) in enumerate(zip(work.sizes, work.sizes[1:], strict=False)):
        last = index == len(work.sizes) - 2
        parts += [torch.nn.Linear(into, out), *([] if last and work.classes else [torch.nn.Tanh() if last else hidden()])]
    model = torch.nn.Sequential(*parts).to(kind)
    make = torch.optim.SGD if work.optimizer == "sgd" else torch.optim.Adam
    optimizer = make(model.parameters(), lr=work.rate)
    loss = torch.nn.CrossEntropyLoss() if work.classes else torch.nn.MSELoss()
    x, y = work.data()
    inputs, targets = torch.from_numpy(x).to(kind), torch.from_numpy(y) if work.classes else torch.from_numpy(y).to(kind)

    def run(steps: int) -> None:
        for step in range(steps):
            batch = slice(step * work.batch % work.samples, step * work.batch % work.samples + work.batch)
            optimizer.zero_grad()
            loss(model(inputs[batch]), targets[batch]).backward()
            optimizer.step()

    return run


def _sklearn(work: Workload, precision: str) -> Run:
    """Train scikit-learn's multi-layer perceptron by `fit`, which runs whole epochs."""
    import warnings

    from sklearn.neural_network import MLPClassifier, MLPRegressor

    warnings.filterwarnings("ignore")  # that it has not converged is what is asked of it
    x, y = work.data()
    inputs, targets = x.astype(precision), y if work.classes else y.ravel()
    kind = MLPClassifier if work.classes else MLPRegressor
    momentum = {"momentum": 0.0} if work.optimizer == "sgd" else {}
    shape = {"hidden_layer_sizes": work.sizes[1:-1], "activation": work.activation, "batch_size": work.batch}
    fixed = {**shape, **momentum, "solver": work.optimizer, "learning_rate_init": work.rate, "tol": 0.0, "alpha": 0.0}

    def run(steps: int) -> None:
        epochs = max(1, steps * work.batch // work.samples)
        kind(max_iter=epochs, n_iter_no_change=epochs + 1, **fixed).fit(inputs, targets)

    return run


IMPLEMENTATIONS: dict[str, tuple[Callable[[Workload, str], Run], str]] = {
    "nnviz-f8": (_nnviz, "float64"),
    "nnviz-f4": (_nnviz, "float32"),
    "call-floor-f8": (_floor, "float64"),
    "torch-eager-f4": (_torch, "float32"),
    "scikit-learn-f8": (_sklearn, "float64"),
}
# What a peer needs to be importable.
PEERS = {"torch-eager-f4": "torch", "scikit-learn-f8": "sklearn"}


def serve(workload: str, implementation: str) -> None:
    """Run as many steps as each line of stdin says and print the microseconds a step took."""
    make, precision = IMPLEMENTATIONS[implementation]
    run = make(WORKLOADS[workload], precision)
    run(100)
    for line in sys.stdin:
        steps, begun = int(line), time.process_time()
        run(steps)
        sys.stdout.write(f"{(time.process_time() - begun) / steps * 1e6}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2])
