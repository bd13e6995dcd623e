"""From a project to the trainer that goes on with it, and back: nothing that decides a later bit is left out."""

from __future__ import annotations

from nnviz.data.prepare import Prepared
from nnviz.data.teaching import Teacher
from nnviz.engine.trainer import Trainer
from nnviz.formats.project import Project


def resumed(project: Project, data: Prepared) -> Trainer:
    """Return the project's run, where it stands."""
    return Trainer(
        project.spec, data.samples, project.snapshot, project.initial, history=project.history, curves=project.curves
    )


def project_of(trainer: Trainer, edited_at: int) -> Project:
    """Return everything there is to keep of a run; see `Frame` for `edited_at`.

    The snapshot is kept at step 0 too: edits may have changed the weights before training.
    """
    history = tuple(trainer.history)
    kept = trainer.spec, trainer.initial, trainer.snapshot(), history, trainer.store.state()
    return Project(*kept, edited_at=edited_at, teacher=trainer.samples.teacher)


def teacher_of(project: Project) -> Teacher | None:
    """Return the teacher whose answers the project keeps."""
    return None if project.teacher is None else Teacher(project.spec.data, project.teacher)
