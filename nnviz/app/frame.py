"""What the screen shows of a run: one frozen picture of it, made by the worker, never changed."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.analysis.finding import Finding
from nnviz.engine.course import Stop
from nnviz.engine.history import Curves
from nnviz.engine.problem import Problem
from nnviz.engine.spec import Spec
from nnviz.engine.trace import Trace

Array = NDArray[Any]
MAP_SIDE = 40
SURFACE_SIDE = 100
FRAME_PERIOD, HIDDEN_PERIOD = 1 / 30, 1.0
SETTLING = 300  # ms after a value was set in which frames that do not know it yet may be on their way


@dataclass(frozen=True, slots=True)
class LayerFrame:
    """One layer now.

    Attributes:
        id: the layer's id.
        weights, bias: shapes (rows, columns) and (rows,); of a dense layer (units, sources), of a convolution a row a filter,
            of batch norm γ as one column and β; empty where the layer has none.
        statistics: of batch norm its running mean and variance, shape (2, channels); else empty.
        z, activations: of the probe, shape (numbers,), an image as one row with its channels last.
        gradient: ∂L/∂W of the newest step, shape (rows, columns).
        batch_activations: the activations of up to 256 training samples, shape (samples, numbers); (0, numbers) unless wanted.
    """

    id: str
    weights: Array
    bias: Array
    statistics: Array
    z: Array
    activations: Array
    gradient: Array
    batch_activations: Array


@dataclass(frozen=True, slots=True)
class Probe:
    """The sample the canvas shows: its row in the data, inputs, and targets as the loss sees them."""

    row: int
    inputs: Array
    targets: Array


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the visible views want the worker to compute for the next frame."""

    visible: bool = True
    maps: bool = False
    surface: bool = False
    batch_activations: bool = False
    health: bool = False

    @property
    def period(self) -> float:
        """The seconds between two frames at full speed: a thirtieth (DECISIONS 13), a whole one where nothing is seen."""
        return FRAME_PERIOD if self.visible else HIDDEN_PERIOD


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of a run; all arrays are read-only.

    Attributes:
        generation: which edit of the spec it belongs to.
        epoch, step: how far the run is.
        parameters: all weights and biases as one flat vector, which the layers' `weights` and `bias` are views of.
        train_loss, validation_loss, metric: newest evaluation (NaN where there is none); `metric_name` is
            "accuracy" or "r2", measured on the validation part, or on the training part where there is no other.
        learning_rate: of the present epoch, as the schedule has it.
        findings: what was found of the run's health, the worst first; none unless wanted.
        stopped: why training ended by itself where the run stands; None where it was paused, or goes on.
        curves: the whole learning curves, decimated.
        maps: activations over the input plane, layer id -> (units, MAP_SIDE, MAP_SIDE) float32, row 0 at the lower edge
            of the plane; "input" is a key too. For one input coordinate: (units, MAP_SIDE).
        surface: the output over the plane, (outputs, SURFACE_SIDE, SURFACE_SIDE) float32; one input: (outputs, SURFACE_SIDE).
        hand_stepped: whether a step was applied by hand; edited_at: the step at which the spec was last edited in the middle
            of the run, −1 where it was not. Spec and seed alone do not repeat such a run.
        best_step: the step that going back to the best weights leads to, −1 where that is not known.
        checksum: of where the run stands (`snapshot.checksum`), −1 while it trains.
        steps_per_second: of training, 0 when it stands.
        obstacle: why the readable engine trains and not the plan, several times as slowly; None where the plan does.
        played: the whole pass of the newest step, when training is slow enough to be played.
    """

    generation: int
    epoch: int
    step: int
    spec: Spec
    parameters: Array
    layers: tuple[LayerFrame, ...]
    probe: Probe
    train_loss: float
    validation_loss: float
    metric: float
    metric_name: str
    curves: Curves
    learning_rate: float = math.nan
    findings: tuple[Finding, ...] = ()
    stopped: Stop | None = None
    maps: dict[str, Array] = field(default_factory=dict)
    surface: Array | None = None
    hand_stepped: bool = False
    edited_at: int = -1
    best_step: int = -1
    checksum: int = -1
    steps_per_second: float = 0.0
    obstacle: Problem | None = None
    played: Trace | None = None


def frozen(array: Array) -> Array:
    """Return a read-only copy."""
    copy = np.array(array)
    copy.flags.writeable = False
    return copy
