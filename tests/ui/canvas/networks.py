"""Networks, data and frames to draw, made by the real engine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from nnviz.app.frame import Frame, Wanted
from nnviz.app.framing import make_frame, planes, probe_trace
from nnviz.data.prepare import Prepared, facts, prepare
from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.losses import LOSSES
from nnviz.engine.spec import BatchNorm, DataSpec, Dense, Dropout, InputSpec, NetworkSpec, Spec, TrainingSpec
from nnviz.engine.table import choose
from nnviz.engine.trace import Trace
from nnviz.engine.trainer import Trainer
from nnviz.explain.picture import Picture, picture
from nnviz.explain.stages import stages
from nnviz.formats.examples import load

EVERYTHING = Wanted(maps=True, surface=True, batch_activations=True)


@dataclass(frozen=True)
class Run:
    """A short run of a network, ready to be shown."""

    spec: Spec
    data: Prepared
    frame: Frame
    trace: Trace

    def pictures(self, quantity: str) -> list[Picture]:
        """Return the pictures of the pass's stages that show this quantity."""
        return [picture(self.trace, stage) for stage in stages(self.trace) if stage.quantity == quantity]


def network(units: tuple[int, ...], features: tuple[str, ...], activation: str, output: str) -> NetworkSpec:
    """Return a dense network; layers are l1, l2, …, neurons n0, n1, … counted through."""
    layers, count = [], 0
    for index, size in enumerate(units, 1):
        last = index == len(units)
        ids = tuple(f"n{count + offset}" for offset in range(size))
        kind = choose(ACTIVATIONS, output if last else activation)
        layers.append(Dense(f"l{index}", "Output" if last else f"Dense {index}", ids, activation=kind))
        count += size
    return NetworkSpec(InputSpec((len(features),), features), tuple(layers), count + 1)


def planar(units: tuple[int, ...] = (8, 6, 1), features: tuple[str, ...] = ("x1", "x2"), *, epochs: int = 3, source: str = "circle") -> Run:
    """Return a run on points of the plane."""
    data = DataSpec(source, samples=80, features=features)
    return run(Spec(network(units, features, "tanh", "tanh"), TrainingSpec(learning_rate=0.1), data), epochs)


def linear(units: tuple[int, ...] = (4, 1)) -> Run:
    """Return a run on one input coordinate."""
    data = DataSpec("sine", problem="regression", samples=60, features=("x1",))
    return run(Spec(network(units, ("x1",), "tanh", "linear"), TrainingSpec(), data), 2)


def flowers(units: tuple[int, ...] = (8, 3)) -> Run:
    """Return a run on the iris table, with class names and a softmax."""
    columns = facts(DataSpec("iris", features=())).columns
    training = TrainingSpec(loss=choose(LOSSES, "categorical_crossentropy"), reduction="mean")
    data = DataSpec("iris", features=columns, scaling="standard")
    return run(Spec(network(units, columns, "relu", "softmax"), training, data), 2)


def mixed() -> Run:
    """Return a run on points of the plane with batch norm and dropout between the dense layers."""
    first, second, output = network((8, 6, 1), ("x1", "x2"), "tanh", "tanh").layers
    between = BatchNorm("b1", "Batch norm 1"), Dropout("d1", "Dropout 1", 0.3)
    layers = (first, *between, second, Dropout("d2", "Dropout 2", 0.125), output)
    data = DataSpec("circle", samples=80, features=("x1", "x2"))
    return run(Spec(NetworkSpec(InputSpec((2,), ("x1", "x2")), layers, 20), TrainingSpec(learning_rate=0.1), data), 2)


@cache
def example(name: str) -> Run:
    """Return a built-in example as it is opened: not a step trained."""
    return run(load(name).spec, 0)


def run(spec: Spec, epochs: int) -> Run:
    """Train a little and take a frame and a pass of sample 7."""
    data = prepare(spec.data)
    trainer = Trainer(spec, data.samples)
    for _ in range(epochs):
        trainer.run_epoch()
    frame = make_frame(trainer, data, planes(data), 7, EVERYTHING, 0)
    return Run(spec, data, frame, probe_trace(trainer, data, 7))


def with_weight(frame: Frame, layer: int, unit: int, source: int, value: float) -> Frame:
    """Return the frame with one weight replaced."""
    weights = frame.layers[layer].weights.copy()
    weights[unit, source] = value
    changed = replace(frame.layers[layer], weights=weights)
    return replace(frame, layers=(*frame.layers[:layer], changed, *frame.layers[layer + 1 :]))


def with_activation(frame: Frame, layer: int, unit: int, value: float) -> Frame:
    """Return the frame with one activation replaced."""
    activations = frame.layers[layer].activations.copy()
    activations[unit] = value
    changed = replace(frame.layers[layer], activations=activations)
    return replace(frame, layers=(*frame.layers[:layer], changed, *frame.layers[layer + 1 :]))
