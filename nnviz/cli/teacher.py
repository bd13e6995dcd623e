"""`nnviz train --teacher`: a trained project answers every sample, and its answers go along with the labels.

Hinton, Vinyals & Dean 2015, Distilling the knowledge in a neural network.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from nnviz.cli.errors import WrongUsageError
from nnviz.data.prepare import Prepared, prepare
from nnviz.engine.batches import chunk_rows
from nnviz.engine.losses import LOSSES
from nnviz.engine.network import Network
from nnviz.engine.problem import problem
from nnviz.engine.samples import Array
from nnviz.engine.spec import Spec
from nnviz.engine.table import choose
from nnviz.formats.project import read_project

DISTILLATION = "distillation"


@dataclass(frozen=True, slots=True)
class TeachingNetwork:
    """A trained network and what it was taught; a `nnviz.data.teaching.Teacher` is what such a network said."""

    name: str
    spec: Spec
    parameters: Array

    def answers(self, student: Spec) -> Array:
        """Return what the output layer sums up to for every sample of the student's data, shape (samples, classes), float64.

        Raises:
            WrongUsageError: the student does not listen, or reads other columns or tells other classes apart.
            SpecError: the student's data cannot be made.
        """
        if not LOSSES[student.training.loss.kind].needs_teacher:
            raise WrongUsageError(problem("training.loss", "teacher-unheard", loss=student.training.loss.kind))
        own, theirs = prepare(self.spec.data), prepare(student.data)
        self._refuse(own, theirs)
        x = own.inputs(theirs.raw).astype(self.spec.training.precision)
        network, rows = Network(self.spec.network, self.parameters), chunk_rows(self.spec.network)
        found = [network.forward(x[start : start + rows]).z[-1] for start in range(0, len(x), rows)]
        return np.concatenate(found).astype(np.float64)

    def _refuse(self, own: Prepared, student: Prepared) -> None:
        """Refuse a student of something else."""
        classes, outputs = len(own.class_names), self.spec.network.output.units
        if not own.samples.classes or outputs != classes:
            raise WrongUsageError(problem(self.name, "teacher-not-of-classes", outputs=outputs))
        if own.columns != student.columns:
            raise WrongUsageError(problem(self.name, "teacher-other-inputs", own=_few(own.columns), student=_few(student.columns)))
        if own.class_names != student.class_names or not student.samples.classes:
            raise WrongUsageError(problem(self.name, "teacher-other-classes", own=_few(own.class_names), student=_few(student.class_names)))


def read_teacher(path: Path) -> TeachingNetwork:
    """Return the network of a project.

    Raises:
        ImportProblem: the file is missing or damaged.
        WrongUsageError: the network was never trained.
    """
    stored = read_project(path)
    if stored.snapshot is None:
        raise WrongUsageError(problem(str(path), "teacher-untrained"))
    return TeachingNetwork(str(path), stored.spec, stored.snapshot.parameters)


def listening(spec: Spec) -> Spec:
    """Return the spec with a loss that listens to a teacher, its own where that does."""
    if LOSSES[spec.training.loss.kind].needs_teacher:
        return spec
    return replace(spec, training=replace(spec.training, loss=choose(LOSSES, DISTILLATION)))


def _few(names: tuple[str, ...]) -> str:
    """Return how many names there are, and the first ones."""
    return f"{len(names)} ({', '.join(names[:3])}{', …' * (len(names) > 3)})"
