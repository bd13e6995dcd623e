"""The rows of `nnviz bench` that make and read files: a project of 100 000 weights, and pictures of the canvas.

Each runs in a process of its own, `python -m nnviz.cli.bench_files project|pictures`, which prints a JSON object of
the microseconds of every round by what was done.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nnviz.cli.bench_screen import own_home
from nnviz.cli.bench_work import WORKLOADS, Workload, spec_of
from nnviz.cli.errors import FailedError
from nnviz.data.features import fit
from nnviz.data.prepare import TRAIN, Prepared, prepare
from nnviz.engine.problem import problem
from nnviz.engine.samples import Part, Samples
from nnviz.engine.trainer import Trainer

if TYPE_CHECKING:
    from nnviz.ui.canvas.canvas import Canvas

FILES = ("project", "pictures")
ROUNDS = {"project": 9, "pictures": 3}
LARGE = Workload((2, 314, 315, 1), "tanh", "adam", 0.001, 32, 320)  # 100 483 weights, each with two moments
SMALL = Workload((2, 8, 8, 1), "tanh", "adam", 0.01, 10, 250)
WIDE = WORKLOADS["W6"]
Times = dict[str, list[float]]


def file_times(name: str) -> Times:
    """Return the microseconds of each round, by what was done."""
    command = [sys.executable, "-m", "nnviz.cli.bench_files", name, str(ROUNDS[name])]
    with own_home() as environment:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise FailedError(problem(name, "bench-worker-ended"))
    times: Times = json.loads(done.stdout.splitlines()[-1])
    return times


def _timed(times: Times, name: str, work: Callable[[], object]) -> None:
    begun = time.perf_counter()
    work()
    times.setdefault(name, []).append((time.perf_counter() - begun) * 1e6)


def _project(rounds: int) -> Times:
    """Save and open a project as the window does: made, written whole or not at all, read and verified."""
    from nnviz.formats.project import Project, open_project, write_project
    from nnviz.formats.save import save

    spec, times = spec_of(LARGE), Times()
    trainer = Trainer(spec, prepare(spec.data).samples)
    while not trainer.advance():
        continue
    project = Project(spec, None, trainer.snapshot())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.nnviz"
        for _ in range(rounds):
            _timed(times, "save", lambda: save(path, write_project(project)))
            _timed(times, "open", lambda: open_project(path))
    return times


def _pictures(rounds: int) -> Times:
    from nnviz.cli.drawing import drawn_canvas
    from nnviz.ui.canvas.pictures import pdf, png, svg

    times = Times()
    spec = spec_of(SMALL)
    for name, work, data in (("2-8-8-1", SMALL, prepare(spec.data)), ("64-128-64-10", WIDE, table_data(WIDE))):
        trainer = Trainer(spec_of(work), data.samples)
        with drawn_canvas(trainer, data) as canvas:
            unfold(canvas)
            for _ in range(rounds):
                _timed(times, f"{name} png×4", lambda: png(canvas, 4.0))
                _timed(times, f"{name} svg", lambda: svg(canvas))
                _timed(times, f"{name} pdf", lambda: pdf(canvas))
    return times


def unfold(canvas: Canvas) -> None:
    """Show every neuron, also of wide layers."""
    spec = canvas.sheet.spec
    canvas.sheet.unfolded = frozenset({"input", *(layer.id for layer in spec.network.layers)}) if spec is not None else frozenset()
    canvas.fit()


def table_data(work: Workload) -> Prepared:
    """Return the data of a workload as a table as wide as its network's input; no built-in set is as wide."""
    x, y = work.data()
    names, rows = spec_of(work).data.features, np.arange(len(x))
    none = Part(x[:0], y[:0], rows[:0])
    labeled = work.classes > 0
    return Prepared(
        samples=Samples(Part(x, y, rows), none, none, work.classes),
        raw=x,
        columns=names,
        units=("",) * len(names),
        domain=((-1.0, 1.0),) * len(names),
        labels=y if labeled else None,
        values=None if labeled else y,
        groups=y if labeled else np.zeros(len(x), dtype=np.int64),
        class_names=tuple(str(number) for number in range(work.classes)),
        target_names=("class" if labeled else "y",),
        part_of=np.full(len(x), TRAIN, dtype=np.int8),
        features=names,
        shape=(),
        missing="drop",
        dropped=0,
        gaps=(),
        scaling=fit("none", x),
    )


if __name__ == "__main__":
    made = {"project": _project, "pictures": _pictures}[sys.argv[1]](int(sys.argv[2]))
    sys.stdout.write(json.dumps(made) + "\n")
