"""What the command line writes: the files of a run, made and saved one by one, the run itself before the pictures of it."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from nnviz.cli.errors import FailedError
from nnviz.cli.interrupt import Interrupt
from nnviz.cli.recording import Recording
from nnviz.cli.source import Source
from nnviz.data.prepare import Prepared
from nnviz.engine.problem import Problem, problem
from nnviz.engine.trainer import Trainer
from nnviz.formats.project import Project, write_project
from nnviz.formats.save import SaveError, save
from nnviz.formats.table import history_csv
from nnviz.formats.weights import WEIGHTS


@dataclass(slots=True)
class Written:
    """What became of the files: those that are saved, why others are not, and whether Ctrl+C came in between."""

    paths: list[Path] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    interrupted: bool = False


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
    probe = folder / f".{secrets.token_hex(8)}.probe"
    try:
        save(probe, b"")
    except SaveError as error:
        raise SaveError(*(Problem(str(folder), item.message) for item in error.problems)) from error
    finally:
        with contextlib.suppress(OSError):
            probe.unlink(missing_ok=True)


def write(folder: Path, files: Iterator[tuple[str, bytes]]) -> Written:
    """Save the files as they are made; one that cannot be saved does not stop the others, only Ctrl+C does.

    The first Ctrl+C waits until the file at hand is saved, the second one stops at once.
    """
    written = Written()
    try:
        with Interrupt() as interrupt:
            for name, content in files:
                _save(folder / name, content, written)
                if interrupt.asked:
                    written.interrupted = True
                    break
    except FailedError as error:
        written.problems += error.problems
    except KeyboardInterrupt:
        written.interrupted = True
    return written


def _save(path: Path, content: bytes, written: Written) -> None:
    try:
        save(path, content)
        written.paths.append(path)
    except SaveError as error:
        written.problems += error.problems


def run_files(
    trainer: Trainer, data: Prepared, source: Source, formats: list[str], course: Recording | None
) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a run by name, each made when it is asked for.

    Plots come last, where the `course` of the training was recorded for them.

    Raises:
        FailedError: the plots cannot be drawn.
    """
    teacher = trainer.samples.teacher
    project = Project(trainer.spec, source.initial(), trainer.snapshot(), tuple(trainer.history), trainer.store.state(), teacher=teacher)
    yield "history.csv", history_csv(trainer.history)
    yield "model.nnviz", write_project(project)
    for name in formats:
        yield f"weights.{name}", WEIGHTS[name](trainer.spec, trainer.network.parameters)
    if course is not None:
        yield from _plots(trainer, data, course)


def _plots(trainer: Trainer, data: Prepared, course: Recording) -> Iterator[tuple[str, bytes]]:
    from nnviz.cli.drawing import fitting_plots, plot_files

    for name in fitting_plots(trainer, data, course.frames):
        picture, table = plot_files(trainer, data, name, (".png", ".csv"), course.frames)
        yield f"plot-{name}.png", picture
        yield f"plot-{name}.csv", table
