"""The workloads of `nnviz bench`, W1-W7, and nnviz's own way through each of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.answers import Answers
from nnviz.engine.batches import epoch_order
from nnviz.engine.losses import LOSSES
from nnviz.engine.network import Network, initialize
from nnviz.engine.network_spec import default_names
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.plan_feed import with_ones
from nnviz.engine.planned import PlannedLearner
from nnviz.engine.problem import Problem
from nnviz.engine.samples import Array, encode
from nnviz.engine.spec import Conv2D, DataSpec, Dense, Flatten, InputSpec, Layer, MaxPool2D, NetworkSpec, Spec, TrainingSpec
from nnviz.engine.table import choose
from nnviz.engine.trainer import BURST

KERNEL, POOL = 3, 2
SIDE = 100  # of the grid a frame is drawn on
ADAM_CALLS, SGD_CALLS = 10, 2


@dataclass(frozen=True, slots=True)
class Workload:
    """A network and how it is trained.

    Attributes:
        sizes: inputs, then units of every dense layer.
        activation, optimizer, rate, batch, samples: of the training.
        classes: 0 means one value to meet.
        filters: of 3×3 convolutions before the dense layers, each with a 2×2 pooling; the inputs are a square image then.
        frame: whether one "step" is a frame of the Playground: an epoch, the losses, every neuron on a grid.
    """

    sizes: tuple[int, ...]
    activation: str
    optimizer: str
    rate: float
    batch: int
    samples: int
    classes: int = 0
    filters: tuple[int, ...] = ()
    frame: bool = False

    def data(self, seed: int = 0) -> tuple[Array, Array]:
        """Return inputs and targets, shapes (samples, inputs) and (samples,) or (samples, 1)."""
        rng = np.random.default_rng(seed)
        x = rng.uniform(-1.0, 1.0, (self.samples, self.sizes[0]))
        if self.classes:
            return x, rng.integers(0, self.classes, self.samples)
        return x, np.where((x * x).sum(axis=1) < 0.6, 1.0, -1.0)[:, None]

    @property
    def image(self) -> tuple[int, ...]:
        """The shape of one sample: (height, width, channels) before convolutions, (inputs,) else."""
        side = round(self.sizes[0] ** 0.5)
        return (side, side, 1) if self.filters else self.sizes[:1]

    @property
    def parameters(self) -> int:
        """How many weights and biases there are."""
        return spec_of(self).network.weights

    @property
    def megaflops(self) -> float:
        """The arithmetic of one step's products, convolutions done directly: one way forward, two back, but none to the inputs."""
        products, (side, *_), channels = [], (*self.image, 1), 1
        for filters in self.filters:
            side -= KERNEL - 1
            products.append(side * side * KERNEL * KERNEL * channels * filters)
            side, channels = side // POOL, filters
        dense = (side * side * channels, *self.sizes[1:]) if self.filters else self.sizes
        products += [into * out for into, out in pairwise(dense)]
        return 2e-6 * self.batch * (3 * sum(products) - products[0])

    @property
    def calls(self) -> int:
        """The fewest NumPy calls a step of a dense network can be made of (`bench_floor.least_calls` makes them)."""
        layers = len(self.sizes) - 1
        update = ADAM_CALLS if self.optimizer == "adam" else SGD_CALLS
        return 5 * layers + 2 + update

    @property
    def steps_an_epoch(self) -> int:
        """How many steps an epoch has."""
        return self.samples // self.batch


WORKLOADS = {
    "W1": Workload((2, 4, 2, 1), "tanh", "sgd", 0.03, 10, 250),
    "W2": Workload((2, 4, 2, 1), "tanh", "sgd", 0.03, 10, 250, frame=True),
    "W3": Workload((2, 8, 8, 8, 1), "tanh", "adam", 0.001, 30, 300),
    "W4": Workload((784, 10, 10, 10), "relu", "adam", 0.001, 32, 320, 10),
    "W5": Workload((784, 64, 10), "relu", "adam", 0.001, 32, 320, 10, (32, 64)),
    "W6": Workload((64, 128, 64, 10), "relu", "adam", 0.001, 64, 640, 10),
    "W7": Workload((2, 512, 512, 512, 1), "tanh", "adam", 0.001, 32, 320),
}


@dataclass(frozen=True, slots=True)
class Contender:
    """One implementation of one workload.

    Attributes:
        run: makes so many steps.
        reset: goes back to the first weights, so that every round measures the same numbers.
        unit: steps can only be made in multiples of this.
        scale: how long a step of the workload takes, with what `run` does once as 1.
    """

    run: Callable[[int], object]
    reset: Callable[[], object] = tuple
    unit: int = 1
    scale: float = 1.0


def spec_of(work: Workload, precision: str = "float64") -> Spec:
    """Return the workload as the network and the training that nnviz knows."""
    layers: list[Layer] = []
    made = 0

    def neurons(units: int) -> tuple[str, ...]:
        nonlocal made
        made += units
        return tuple(f"n{made - units + unit}" for unit in range(units))

    for index, filters in enumerate(work.filters):
        kernel, activation = (KERNEL, KERNEL), choose(ACTIVATIONS, work.activation)
        layers.append(Conv2D(f"c{index}", f"Conv {index}", neurons(filters), kernel, activation=activation))
        layers.append(MaxPool2D(f"p{index}", f"Pool {index}", (POOL, POOL), (POOL, POOL)))
    if work.filters:
        layers.append(Flatten("flat", "Flatten"))
    for index, units in enumerate(work.sizes[1:]):
        last = index == len(work.sizes) - 2
        name = ("softmax" if work.classes else "tanh") if last else work.activation
        layers.append(Dense(f"l{index}", f"Dense {index}", neurons(units), choose(ACTIVATIONS, name)))
    names = default_names(work.image) if work.filters else tuple(f"x{number}" for number in range(1, work.sizes[0] + 1))
    training = TrainingSpec(
        loss=choose(LOSSES, "categorical_crossentropy" if work.classes else "mse"),
        reduction="mean" if work.classes else "half-mean",
        optimizer=choose(OPTIMIZERS, work.optimizer),
        learning_rate=work.rate,
        batch_size=work.batch,
        precision=precision,
    )
    network = NetworkSpec(InputSpec(work.image, names), tuple(layers), next_id=made)
    return Spec(network, training, DataSpec("circle", features=names))


def targets_of(work: Workload, y: Array) -> Array:
    """Return the targets as the network is to meet them, shape (samples, outputs)."""
    return encode(y, work.classes, work.sizes[-1], -1.0, 1.0)


def grid() -> Array:
    """Return the points of the plane that a frame draws every neuron at, shape (SIDE², 2), float32."""
    axis = np.linspace(-1.0, 1.0, SIDE)
    return np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1).reshape(-1, 2).astype(np.float32)


class Training:
    """nnviz's own steps on batches in an order of their own; like the peers, without the evaluation that ends an epoch.

    A frame (W2) holds a whole epoch, with its shuffling; else the samples keep the order of the first epoch, as the peers' do.

    Attributes:
        learner: what makes the steps.
    """

    def __init__(self, work: Workload, precision: str) -> None:
        self._work, self._spec = work, spec_of(work, precision)
        self._parts = [self._part(seed, precision) for seed in (0, 1)]
        self._initial = initialize(self._spec.network, 0).astype(precision)
        self._answers = Answers(self._spec, grid()) if work.frame else None
        self.reset()

    def _part(self, seed: int, precision: str) -> tuple[Array, Array]:
        x, y = self._work.data(seed)
        return with_ones(x.astype(precision)), targets_of(self._work, y).astype(precision)

    def reset(self) -> None:
        """Begin anew with the first weights."""
        network = Network(self._spec.network, self._initial.copy())
        state = OPTIMIZERS[self._work.optimizer].state(len(self._initial), self._initial.dtype)
        self.learner = PlannedLearner(self._spec, network, state)
        self._feed = self.learner.feed(*self._parts[0])
        self._count, self._epoch, self._position = 0, 0, self._work.samples

    def run(self, steps: int) -> None:
        """Make so many steps."""
        work, learner, feed, end = self._work, self.learner, self._feed, self._count + steps
        while self._count < end:
            if self._position == work.samples:
                if work.frame or not self._epoch:
                    feed.begin(epoch_order(0, self._epoch, work.samples))
                self._epoch, self._position = self._epoch + 1, 0
            first = self._count + 1
            made = learner.run(feed, self._position, min(BURST, end - self._count), first, first)
            if not made:
                self._step(first)
                made = 1
            self._count, self._position = self._count + made, self._position + made * work.batch

    def _step(self, number: int) -> None:
        """Make one step, a chunk at a time."""
        learner, end = self.learner, self._position + self._work.batch
        learner.begin(number)
        for start in range(self._position, end, learner.chunk):
            learner.add(self._feed, start, min(start + learner.chunk, end))
        learner.finish(number)

    def frames(self, count: int) -> None:
        """Make so many frames: an epoch, loss and accuracy of both parts, and what every neuron answers on the grid."""
        assert self._answers is not None
        for _ in range(count):
            self.run(self._work.steps_an_epoch)
            for part in self._parts:
                for _piece in self.learner.examination(*part, 2).pieces():
                    continue
            self._answers(self.learner.network.parameters)


def nnviz(work: Workload, precision: str) -> Contender:
    """Return nnviz itself."""
    training = Training(work, precision)
    return Contender(training.frames if work.frame else training.run, training.reset)


def readiness(work: Workload, precision: str) -> Contender:
    """Return the making of all that the first step of a new architecture needs: one "step" is one architecture made ready."""
    training = Training(work, precision)

    def run(times: int) -> None:
        for _ in range(times):
            training.reset()
            training.run(1)

    return Contender(run)


def obstacle(work: Workload, precision: str) -> Problem | None:
    """Return why the readable engine trains a workload, which takes several times as long; None where the plan does."""
    return Training(work, precision).learner.obstacle
