"""What a diagnosis looks at: one way there and back of at most 256 training samples, and what is known of the run.

All findings are made from one such look, so that it costs a few milliseconds however many there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.data.datasets import DATASETS
from nnviz.data.teaching import Teacher, taught_facts
from nnviz.engine.batches import chunk_rows
from nnviz.engine.encoding import targets
from nnviz.engine.evaluation import Evaluation
from nnviz.engine.layers import LayerParameters, TrainingMode
from nnviz.engine.network import Network, Pass, views
from nnviz.engine.objective import Objective
from nnviz.engine.samples import Samples
from nnviz.engine.schedules import rate
from nnviz.engine.snapshot import Snapshot
from nnviz.engine.spec import BatchNorm, DataFacts, DataSpec, Spec, Weighted
from nnviz.engine.trainer import Trainer

Array = NDArray[Any]
ROWS, LEAST = 256, 4  # a large network looks at fewer, so that a look is quick


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known.

    Attributes:
        spec, samples: what learns from what.
        present: where the run stands.
        best: the weights of the epoch's end with the lowest training loss so far, flat.
        latest: the newest evaluation.
        series: the learning curves, name -> (epochs, values).
        rate: the learning rate of this epoch.
        x, t: the samples looked at and their targets, as the network is fed them.
        mode: how they went through the network: as in training where there is batch norm, whose running mean and spread say
            little at first; else as in evaluation.
        network, objective: what they went through.
        passed, deltas: what it made of them; δ = ∂ℓ/∂z, (rows, ·) for each layer.
        gradient: ∂L/∂θ of the data loss on them, flat.
        images: whether a sample is a picture.
    """

    spec: Spec
    samples: Samples
    present: Snapshot
    best: Array
    latest: Evaluation
    series: dict[str, tuple[Array, Array]]
    rate: float
    x: Array
    t: Array
    mode: TrainingMode | None
    network: Network
    objective: Objective
    passed: Pass
    deltas: list[Array]
    gradient: Array
    images: bool

    @property
    def step(self) -> int:
        """How many steps are made."""
        return self.present.step_count

    @property
    def weighted(self) -> Iterator[tuple[int, Weighted, LayerParameters]]:
        """The layers with weights of their own: place, layer, weights."""
        for index, layer in enumerate(self.spec.network.layers):
            if isinstance(layer, Weighted):
                yield index, layer, self.network.views[index]

    @property
    def gradients(self) -> tuple[LayerParameters, ...]:
        """The gradient by layer."""
        return views(self.spec.network, self.gradient)

    def losses(self, part: str = "train") -> Array:
        """Return the losses of a part at the ends of the epochs so far, first to last."""
        return self.series.get(f"{part}_loss", (np.zeros(0), np.zeros(0)))[1]

    def facts(self, data: DataSpec) -> DataFacts:
        """Return what can be said of data: of those at hand as they are, of others as they would be made."""
        own, source = self.samples, DATASETS.get(data.source)
        if source is not None and data != self.spec.data:
            return taught_facts(data, None if own.teacher is None else Teacher(self.spec.data, own.teacher))
        fed = self.spec.network.input
        counts = len(own.train), len(own.validation), len(own.test)
        targets = 1 if own.classes else own.train.y.shape[1]
        shape = source.shape if source is not None and source.shape else fed.shape if len(fed.shape) == 3 else ()
        return DataFacts(fed.names, *counts, own.classes, targets, shape, own.teacher is not None)


def examine(trainer: Trainer) -> Evidence:
    """Look at a run; nothing changes."""
    spec, samples, present = trainer.spec, trainer.samples, trainer.snapshot()
    precision = spec.training.precision
    rows = chosen(len(samples.train), max(LEAST, min(ROWS, chunk_rows(spec.network))))
    part = samples.train
    x = part.x[rows].astype(precision)
    with np.errstate(all="ignore"):  # a run that falls apart is looked at as it is, ∞ and all
        t = targets(spec, samples, labels(spec, samples)[rows], part.rows[rows]).astype(precision)
        network, objective = Network(spec.network, present.parameters), Objective(spec, precision)
        tied = any(isinstance(layer, BatchNorm) for layer in spec.network.layers)
        mode = TrainingMode(spec.training.seed, present.step_count + 1) if tied else None
        passed = network.forward(x, mode)
        delta = objective.delta(passed, t)
        gradient = objective.batch_scale(len(x)) * network.backward(passed, delta)
        deltas = network.deltas(passed, delta)
    source = DATASETS.get(spec.data.source)
    return Evidence(
        spec=spec,
        samples=samples,
        present=present,
        best=trainer.best().parameters,
        latest=trainer.latest,
        series=trainer.curves.series,
        rate=rate(spec.training, present.epoch, present.past.plateau),
        x=x,
        t=t,
        mode=mode,
        network=network,
        objective=objective,
        passed=passed,
        deltas=deltas,
        gradient=gradient,
        images=source is not None and bool(source.shape) and not spec.data.features,
    )


def labels(spec: Spec, samples: Samples) -> Array:
    """Return the answers of the training part, those that stand for no class moved to the nearest."""
    y = samples.train.y
    units = spec.network.output.units
    return np.clip(y, 0, (units if units > 1 else samples.classes) - 1) if samples.classes else y


def chosen(samples: int, most: int) -> Array:
    """Return the rows to look at, spread evenly over all."""
    return np.linspace(0, samples - 1, min(samples, most)).astype(np.intp)


def rms(values: Array) -> float:
    """Return the root of the mean square; 0 of nothing."""
    return float(np.sqrt(np.square(values, dtype=np.float64).mean())) if values.size else 0.0
