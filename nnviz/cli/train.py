"""`nnviz train`: runs the training, writes what it made, prints the final metrics."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from nnviz.analysis.health import Finding, diagnose, foreseen, summary
from nnviz.cli.beginning import begin_from, tell, with_frozen
from nnviz.cli.errors import DONE, FAILED, INTERRUPTED, FailedError, WrongUsageError, error_object, nearest, report
from nnviz.cli.interrupt import Interrupt
from nnviz.cli.options import JsonOption, OutOption, SeedOption, SetOption, SourceArgument
from nnviz.cli.progress import Goal, progress
from nnviz.cli.range_test import find_range
from nnviz.cli.recording import Recording
from nnviz.cli.results import Ended, say_result
from nnviz.cli.source import Source, read_source
from nnviz.cli.teacher import read_teacher
from nnviz.cli.writing import Written, make_folder, run_files, write
from nnviz.data.prepare import Prepared
from nnviz.engine.burst import Burst
from nnviz.engine.divergence import DivergedError
from nnviz.engine.problem import Problem, ProblemError, message, problem
from nnviz.engine.spec import Spec
from nnviz.engine.trainer import Trainer
from nnviz.engine.update import rates
from nnviz.explain.words import say
from nnviz.formats.weights import WEIGHTS

DEFAULT_EPOCHS = 100
LOOK = 0.1  # seconds between two updates of the progress bar


def train(
    source: SourceArgument,
    epochs: Annotated[int | None, typer.Option("--epochs", min=1, metavar="N", help="How many epochs.")] = None,
    steps: Annotated[int | None, typer.Option("--steps", min=1, metavar="N", help="How many optimizer steps, instead of epochs.")] = None,
    seed: SeedOption = None,
    settings: SetOption = [],  # noqa: B006 - Typer copies it
    out: OutOption = None,
    weights: Annotated[str, typer.Option("--weights", metavar="FORMATS", help=f"Weights to write to DIR: {','.join(WEIGHTS)}.")] = "",
    plots: Annotated[bool, typer.Option("--plots", help="Write the plots to DIR, as PNG and CSV.")] = False,
    init_from: Annotated[
        Path | None, typer.Option("--init-from", metavar="FILE", help="Begin with the layers that fit of a project, or with weights.")
    ] = None,
    freeze: Annotated[str, typer.Option("--freeze", metavar="LAYERS", help="Layers that keep their weights: ids, names, positions.")] = "",
    teacher: Annotated[
        Path | None, typer.Option("--teacher", metavar="FILE", help="A trained project whose answers are learned too (distillation).")
    ] = None,
    range_test: Annotated[
        bool, typer.Option("--range-test", help="Do not train, but find out which learning rates are worth trying.")
    ] = False,
    as_json: JsonOption = False,
) -> int:
    """Train and print the final metrics; with --out write history.csv, model.nnviz, weights and plots."""
    formats = _formats(weights)
    _refuse({"--epochs": epochs, "--steps": steps, "--weights": weights}, range_test)
    if out is None and (formats or plots):
        raise WrongUsageError(problem("--plots" if plots else "--weights", "out-missing"))
    found = read_source(source, settings, seed, read_teacher(teacher) if teacher is not None else None)
    found = replace(found, spec=with_frozen(found.spec, freeze))
    if not range_test:  # which says itself that no rate changes anything
        _refuse_frozen(found.spec, "--freeze" if freeze else "network.layers")
    if init_from is not None:
        begun = begin_from(init_from, found)
        found = begun.source
        tell(init_from, begun.fates)
    if out is not None:
        make_folder(out)  # told before the training, not after it
    data = found.data()
    trainer = found.trainer(data, keep_history=True)
    if range_test:
        _tell(foreseen(trainer))
        return find_range(trainer, found.name, out, as_json)
    return _trained(trainer, data, found, _goal(trainer, epochs, steps), out, formats, plots, as_json)


def _trained(
    trainer: Trainer, data: Prepared, found: Source, goal: Goal, out: Path | None, formats: list[str], plots: bool, as_json: bool
) -> int:
    """Train, write and tell; return the exit code."""
    known = foreseen(trainer)
    _tell(known)
    begun = time.perf_counter()
    course = Recording(data) if plots else None
    interrupted, error = _run(trainer, goal, course)
    diverged = error if isinstance(error, DivergedError) else None
    failure = error if diverged is None else FailedError(*(_advised(item, trainer.learning_rate) for item in diverged.problems))
    seconds, stopped = time.perf_counter() - begun, trainer.stopped
    with Interrupt() as late:  # what was trained is still to be saved
        while trainer.refresh() and not late.asked:
            continue
    written = Written() if out is None else write(out, run_files(trainer, data, found, formats, course))
    failures = [*(failure.problems if failure is not None else ()), *written.problems]
    ended = Ended(seconds, stopped, written.paths, error_object(failures[0]) if failures else None)
    say_result(trainer, data, found, ended, as_json)
    _tell_news(diagnose(trainer, diverged), known)
    if failures:
        report(failures, as_json=False)  # as JSON it stands beside the metrics
        return FAILED
    interrupted = interrupted or late.asked or written.interrupted
    return INTERRUPTED if interrupted else DONE


def _tell(findings: Iterable[Finding]) -> None:
    """Say on stderr what was found."""
    for line in summary(findings, say):
        typer.echo(line, err=True)


def _tell_news(findings: Iterable[Finding], known: Iterable[Finding]) -> None:
    """Say on stderr what was not known before the first step; that a run was stopped is its error, here is only why."""
    told = {(item.kind, item.layer) for item in known}
    for item in findings:
        if item.kind == "diverged":
            typer.echo(say(item.reason), err=True)
        elif (item.kind, item.layer) not in told:
            _tell([item])


def _refuse_frozen(spec: Spec, where: str) -> None:
    """Refuse a network of which no weight is trained."""
    factors = rates(spec.network)
    if factors is not None and not factors.any():
        held = [layer.name for layer in spec.network.layers if layer.frozen or not layer.rate_multiplier]
        raise WrongUsageError(problem(where, "nothing-to-train", layers=", ".join(held)))


def _refuse(given: dict[str, object], range_test: bool) -> None:
    """Refuse options that exclude each other."""
    if given["--epochs"] is not None and given["--steps"] is not None:
        raise WrongUsageError(problem("--steps", "epochs-and-steps"))
    wrong = [option for option, value in given.items() if value]
    if range_test and wrong:
        raise WrongUsageError(problem("--range-test", "range-test-alone", options=", ".join(wrong)))


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
    """Train until the goal, a stop of its own, Ctrl+C, or a problem; return whether it was interrupted, and the problem."""
    next_look, burst = 0.0, Burst(LOOK / 4)
    with progress(goal, trainer) as bar, Interrupt() as interrupt:
        try:
            while not (goal.reached(trainer) or trainer.stopped or interrupt.asked):
                burst.advance(trainer, 1 if course is not None else goal.left(trainer))
                if course is not None:
                    course.note(trainer)
                if time.perf_counter() > next_look:
                    next_look = time.perf_counter() + LOOK
                    bar.show(trainer)
        except ProblemError as error:
            return False, error
    return interrupt.asked, None


def _advised(found: Problem, rate: float) -> Problem:
    """Return the divergence with advice that can be typed; the window's speaks of its buttons."""
    known = dict(found.message.values)
    return problem(
        found.where, "diverged-command", step=known["step"], layer=known["layer"], quantity=known["quantity"], rate=f"{rate / 10:g}"
    )
