"""`nnviz train`: runs the training, writes what it made, prints the final metrics."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Protocol

import typer

from nnviz.cli.errors import DONE, FAILED, INTERRUPTED, FailedError, WrongUsageError, error_object, nearest, report
from nnviz.cli.interrupt import Interrupt
from nnviz.cli.options import JsonOption, OutOption, SeedOption, SetOption, SourceArgument, print_json
from nnviz.cli.recording import Recording
from nnviz.cli.source import Source, read_source
from nnviz.cli.writing import Written, make_folder, run_files, write
from nnviz.data.prepare import Prepared, prepare
from nnviz.engine.divergence import DivergedError
from nnviz.engine.problem import Problem, ProblemError, message, problem
from nnviz.engine.trainer import Trainer
from nnviz.explain.numbers import format_number
from nnviz.explain.words import say
from nnviz.formats.weights import WEIGHTS

DEFAULT_EPOCHS = 100
LOOK = 0.1  # seconds between two updates of the progress bar


@dataclass(frozen=True, slots=True)
class Goal:
    """When to stop: at an epoch's end or after a step, whichever is given; counted from where the run stands."""

    epochs: int | None
    steps: int | None

    def reached(self, trainer: Trainer) -> bool:
        """Tell whether the run is there."""
        if self.epochs is not None and trainer.epoch >= self.epochs:
            return True
        return self.steps is not None and trainer.step_count >= self.steps


def train(
    source: SourceArgument,
    epochs: Annotated[int | None, typer.Option("--epochs", min=1, metavar="N", help="How many epochs.")] = None,
    steps: Annotated[int | None, typer.Option("--steps", min=1, metavar="N", help="How many optimizer steps, instead of epochs.")] = None,
    seed: SeedOption = None,
    settings: SetOption = [],  # noqa: B006 - Typer copies it
    out: OutOption = None,
    weights: Annotated[str, typer.Option("--weights", metavar="FORMATS", help=f"Weights to write to DIR: {','.join(WEIGHTS)}.")] = "",
    plots: Annotated[bool, typer.Option("--plots", help="Write the plots to DIR, as PNG and CSV.")] = False,
    as_json: JsonOption = False,
) -> int:
    """Train and print the final metrics; with --out write history.csv, model.nnviz, weights and plots."""
    formats = _formats(weights)
    if epochs is not None and steps is not None:
        raise WrongUsageError(problem("--steps", "epochs-and-steps"))
    if out is None and (formats or plots):
        raise WrongUsageError(problem("--plots" if plots else "--weights", "out-missing"))
    found = read_source(source, settings, seed)
    if out is not None:
        make_folder(out)  # told before the training, not after it
    data = prepare(found.spec.data)
    trainer = found.trainer(data, keep_history=True)
    begun = time.perf_counter()
    course = Recording(data) if plots else None
    interrupted, failure = _run(trainer, _goal(trainer, epochs, steps), course)
    seconds = time.perf_counter() - begun
    with Interrupt() as late:  # what was trained is still to be saved
        while trainer.refresh() and not late.asked:
            continue
    written = Written() if out is None else write(out, run_files(trainer, data, found, formats, course))
    failures = [*(failure.problems if failure is not None else ()), *written.problems]
    _say_result(trainer, data, found, seconds, written.paths, error_object(failures[0]) if failures else None, as_json)
    if failures:
        report(failures, as_json=False)  # as JSON it stands beside the metrics
        return FAILED
    interrupted = interrupted or late.asked or written.interrupted
    return INTERRUPTED if interrupted else DONE


def _formats(text: str) -> list[str]:
    formats = [item.strip() for item in text.split(",") if item.strip()]
    for item in formats:
        if item not in WEIGHTS:
            raise WrongUsageError(problem("--weights", "unknown-value", value=item[:60], nearest=nearest(item, list(WEIGHTS))))
    return formats


def _goal(trainer: Trainer, epochs: int | None, steps: int | None) -> Goal:
    if steps is not None:
        return Goal(None, trainer.step_count + steps)
    epochs = epochs or trainer.spec.training.epochs
    if not epochs:
        epochs = DEFAULT_EPOCHS
        typer.echo(say(message("cli.default-epochs", count=epochs)), err=True)
    return Goal(trainer.epoch + epochs, None)


def _run(trainer: Trainer, goal: Goal, course: Recording | None) -> tuple[bool, ProblemError | None]:
    """Train until the goal, Ctrl+C, or a problem; return whether it was interrupted, and the problem."""
    next_look = 0.0
    with _progress(goal, trainer) as bar, Interrupt() as interrupt:
        try:
            while not goal.reached(trainer) and not interrupt.asked:
                trainer.advance()
                if course is not None:
                    course.note(trainer)
                if time.perf_counter() > next_look:
                    next_look = time.perf_counter() + LOOK
                    bar.show(trainer)
        except DivergedError as error:
            return False, FailedError(*(_advised(item, trainer.spec.training.learning_rate) for item in error.problems))
        except ProblemError as error:
            return False, error
    return interrupt.asked, None


def _advised(found: Problem, rate: float) -> Problem:
    """Return the divergence with advice that can be typed; the window's speaks of its buttons."""
    known = dict(found.message.values)
    return problem(
        found.where, "diverged-command", step=known["step"], layer=known["layer"], quantity=known["quantity"], rate=f"{rate / 10:g}"
    )


class _Bar(Protocol):
    def show(self, trainer: Trainer) -> None: ...


class _NoBar:
    def show(self, trainer: Trainer) -> None:
        """Show nothing: stderr is no terminal."""


class _RichBar:
    def __init__(self, progress: Any, goal: Goal, trainer: Trainer) -> None:
        self._progress, self._by_epochs = progress, goal.epochs is not None
        self._start = self._place(trainer)
        total = (goal.epochs if goal.epochs is not None else goal.steps) or 0
        self._task = progress.add_task(say(message("cli.training")), total=total - self._start, loss="")

    def _place(self, trainer: Trainer) -> int:
        return trainer.epoch if self._by_epochs else trainer.step_count

    def show(self, trainer: Trainer) -> None:
        """Show how far the run is, and its loss."""
        loss = say(message("cli.loss", loss=format_number(trainer.latest.train_loss)))
        self._progress.update(self._task, completed=self._place(trainer) - self._start, loss=loss)


@contextmanager
def _progress(goal: Goal, trainer: Trainer) -> Iterator[_Bar]:
    """Show progress on stderr while it is a terminal."""
    if not sys.stderr.isatty():
        yield _NoBar()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    text = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[loss]}"), TimeRemainingColumn()
    with Progress(*text, console=Console(stderr=True), transient=True) as progress:
        yield _RichBar(progress, goal, trainer)


def _say_result(
    trainer: Trainer, data: Prepared, source: Source, seconds: float, files: list[Path], error: dict[str, str] | None, as_json: bool
) -> None:
    """Print the final metrics, measured with the weights as they are now; as JSON, with what went wrong in the end."""
    names = ("train", "validation") if len(data.samples.validation) else ("train",)
    parts = {name: trainer.evaluate(name) for name in names}
    epochs, steps, seed = trainer.epoch, trainer.step_count, trainer.spec.training.seed
    if as_json:
        counts = {"epochs": epochs, "steps": steps, "seed": seed}
        result = {"format": "nnviz-train/1", **counts, **parts, "seconds": seconds, "files": [str(path) for path in files]}
        print_json(result if error is None else {**result, "error": error})
        return
    done = [say(message(f"cli.{name}", count=count)) for name, count in (("epochs", epochs), ("steps", steps))]
    typer.echo(say(message("cli.trained", name=source.name, epochs=done[0], steps=done[1], seconds=round(seconds, 2), seed=seed)))
    for name, values in parts.items():
        loss, (metric, value) = values.pop("loss"), *values.items()
        key = "cli.part-loss" if math.isnan(value) else f"cli.part-{metric}"
        shown = format_number(100 * value, 1) if metric == "accuracy" else format_number(value)
        typer.echo(say(message(key, part=say(message(f"cli.{name}")), loss=format_number(loss), metric=shown)))
    if files:
        typer.echo(say(message("cli.written", folder=str(files[0].parent), files=", ".join(path.name for path in files))))
