"""How the answers of the data become the targets a loss compares with."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.losses import LOSSES
from nnviz.engine.problem import ProblemError, problem
from nnviz.engine.samples import Samples, encode
from nnviz.engine.spec import Spec
from nnviz.engine.table import Choice

Array = NDArray[Any]


def encoding(spec: Spec) -> tuple[int, tuple[float, float], str, Choice | None]:
    """Return what targets depend on: outputs, the two targets of a single one, the precision, and how a teacher is heard."""
    output, loss = spec.network.output, spec.training.loss
    heard = loss if LOSSES[loss.kind].needs_teacher else None
    return output.units, ACTIVATIONS[output.activation.kind].range, spec.training.precision, heard


def targets(spec: Spec, samples: Samples, y: Array, rows: Array) -> Array:
    """Return the targets, float64: (samples, outputs); with a teacher (samples, 2·outputs), its shares before the labels.

    Args:
        spec: network and loss.
        samples: the data they come from.
        y: labels or values, one a sample.
        rows: where these samples stand in the whole data.

    Raises:
        ProblemError: the loss needs the answers of a teacher, and there are none.
    """
    outputs, (low, high), _, heard = encoding(spec)
    own = encode(y, samples.classes, outputs, low, high)
    if heard is None:
        return own
    if samples.teacher is None:
        raise ProblemError(problem("training.loss", "no-teacher"))
    softmax = ACTIVATIONS["softmax"].value
    return np.hstack([softmax(samples.teacher[rows].astype(np.float64), heard["temperature"]), own])


def encoded(spec: Spec, samples: Samples) -> dict[str, tuple[Array, Array]]:
    """Return inputs and targets of each part in the run's precision, shapes (samples, inputs) and as `targets` has it.

    Raises:
        ProblemError: as `targets`.
    """
    parts = {"train": samples.train, "validation": samples.validation, "test": samples.test}
    precision = spec.training.precision
    return {
        name: (part.x.astype(precision), targets(spec, samples, part.y, part.rows).astype(precision)) for name, part in parts.items()
    }
