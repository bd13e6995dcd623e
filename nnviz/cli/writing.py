"""What the command line writes: the files of a run, made first and then saved one by one through the one save function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from nnviz.cli.errors import FailedError
from nnviz.cli.recording import Recording
from nnviz.cli.source import Source
from nnviz.data.prepare import Prepared
from nnviz.engine.problem import ProblemError, problem
from nnviz.engine.samples import Array
from nnviz.engine.spec import Spec
from nnviz.engine.trainer import Trainer
from nnviz.formats.project import Project, write_project
from nnviz.formats.save import save
from nnviz.formats.table import history_csv
from nnviz.formats.weights import to_npz, to_safetensors

# Weights by their suffix: (spec, flat parameters) -> bytes.
WEIGHTS: dict[str, Callable[[Spec, Array], bytes]] = {"npz": to_npz, "safetensors": to_safetensors}

Files = list[tuple[str, bytes]]


def make_folder(folder: Path) -> None:
    """Make the folder and see that files can be made in it.

    Raises:
        SaveError: files cannot be written there.
        FailedError: it is no folder and cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise FailedError(problem(str(folder), "folder-not-made", reason=getattr(error, "strerror", None) or str(error))) from error
    probe = folder / ".nnviz-can-write"
    save(probe, b"")
    probe.unlink()


def run_files(
    trainer: Trainer, data: Prepared, source: Source, formats: list[str], course: Recording | None
) -> tuple[Files, ProblemError | None]:
    """Return the files of a run by name, and why the pictures are missing where they could not be drawn.

    Plots are drawn where the `course` of the training was recorded for them.
    """
    project = Project(trainer.spec, source.initial(), trainer.snapshot(), tuple(trainer.history))
    files = [("history.csv", history_csv(trainer.history)), ("model.nnviz", write_project(project))]
    files += [(f"weights.{name}", WEIGHTS[name](trainer.spec, trainer.network.parameters)) for name in formats]
    if course is None:
        return files, None
    try:
        return [*files, *_plots(trainer, data, course)], None
    except FailedError as error:
        return files, error


def write(folder: Path, files: Files, undrawn: ProblemError | None) -> tuple[list[Path], ProblemError | None]:
    """Save the files; return their paths. Raises SaveError, with the file it stopped at whole or absent."""
    paths = []
    for name, content in files:
        save(folder / name, content)
        paths.append(folder / name)
    return paths, undrawn


def _plots(trainer: Trainer, data: Prepared, course: Recording) -> Iterator[tuple[str, bytes]]:
    from nnviz.cli.drawing import fitting_plots, plot_files

    for name in fitting_plots(trainer, data, course.frames):
        picture, table = plot_files(trainer, data, name, (".png", ".csv"), course.frames)
        yield f"plot-{name}.png", picture
        yield f"plot-{name}.csv", table
