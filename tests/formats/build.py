"""Project files for tests: a run in the middle of an epoch, what is inside a file, and files that were tampered with."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from nnviz.data.prepare import prepare
from nnviz.engine.paths import set_path
from nnviz.engine.spec import Spec
from nnviz.engine.trainer import Trainer
from nnviz.formats.archive import Archive, pack
from nnviz.formats.examples import load
from nnviz.formats.project import Project, write_project
from nnviz.formats.strict import read_json, write_json
from nnviz.formats.view import View

Parts = dict[str, bytes]
Change = Callable[[Parts], object]
VIEW = View(3, 1.5, (-20.0, 7.25), "neuron", "h1", "n2")


def unpacked(data: bytes) -> Parts:
    """Return all parts of an archive."""
    archive = Archive(data, "file.nnviz")
    return {name: archive.read(name) for name in archive.names}


def spiral(precision: str = "float64", optimizer: str = "adam") -> Spec:
    spec = load("spiral").spec
    for path, value in (("training.precision", precision), ("training.optimizer", optimizer), ("data.samples", "60")):
        spec = set_path(spec, path, value)
    return spec


def running(precision: str = "float64", steps: int = 7) -> Trainer:
    trainer = Trainer(spiral(precision), prepare(spiral().data).samples, keep_history=True)
    for _ in range(steps):
        trainer.step()
    return trainer


def project_of(trainer: Trainer) -> Project:
    return Project(trainer.spec, None, trainer.snapshot(), tuple(trainer.history), trainer.store.state(), VIEW, 4)


def reopened(project: Project) -> Trainer:
    """Return the run of a project, ready to go on."""
    samples = prepare(project.spec.data).samples
    return Trainer(project.spec, samples, project.snapshot, project.initial, True, project.history, project.curves)


def tampered(whole: bytes, change: Change, honest: bool = True) -> bytes:
    """Return the project with some parts changed; `honest` puts the checksums right again."""
    parts = unpacked(whole)
    change(parts)
    manifest = parts.pop("manifest.json", None)
    if manifest is not None and honest:
        content = json.loads(manifest)
        content["parts"] = {name: hashlib.sha256(data).hexdigest() for name, data in parts.items()}
        manifest = write_json(content)
    return pack(parts if manifest is None else {"manifest.json": manifest} | parts)


def with_json(part: str, **values: Any) -> Change:
    def change(parts: Parts) -> None:
        parts[part] = write_json(read_json(parts[part], "", part) | values)

    return change


TRAINER = running()
WHOLE = write_project(project_of(TRAINER))
