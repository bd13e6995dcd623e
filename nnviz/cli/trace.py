"""`nnviz trace`: one pass of one sample or batch, every number, as text or JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Annotated

import numpy as np
import typer

from nnviz.app.framing import probe_trace
from nnviz.cli.errors import WrongUsageError, nearest
from nnviz.cli.options import JsonOption, SeedOption, SetOption, SourceArgument
from nnviz.cli.source import read_source
from nnviz.data.prepare import Prepared, prepare
from nnviz.engine.encoding import targets
from nnviz.engine.losses import LOSSES
from nnviz.engine.problem import ProblemError, message, problem
from nnviz.engine.samples import Array
from nnviz.engine.trace import Trace
from nnviz.engine.trainer import Trainer
from nnviz.explain.numbers import parse_number
from nnviz.explain.report import trace_json, trace_text
from nnviz.explain.words import say

NO_ROW = -1  # of a sample that is not in the data


def trace(
    source: SourceArgument,
    sample: Annotated[int | None, typer.Option("--sample", metavar="I", help="Which sample of the data, from 0 (the default).")] = None,
    given: Annotated[str | None, typer.Option("--input", metavar="A,B,...", help="A sample of your own: one value a column.")] = None,
    expect: Annotated[str | None, typer.Option("--expect", metavar="C,...", help="What should come out: a class, or values.")] = None,
    batch: Annotated[bool, typer.Option("--batch", help="The batch that training would take next.")] = False,
    settings: SetOption = [],  # noqa: B006 - Typer copies it
    seed: SeedOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print one forward and backward pass and the update, every number."""
    if given is None and expect is not None:
        raise WrongUsageError(problem("--expect", "input-and-expect"))
    if sum((sample is not None, given is not None, batch)) > 1:
        raise WrongUsageError(problem("nnviz trace", "one-choice", choices="--sample, --input, --batch"))
    found = read_source(source, settings, seed)
    data = prepare(found.spec.data)
    trainer = found.trainer(data)
    if batch:
        shown = trainer.trace_next()
    elif given is not None:
        shown = _own(trainer, data, given, expect)
    else:
        shown = _of_row(trainer, data, sample or 0)
    if found.made is None and found.given is None:
        typer.echo(say(message("cli.initial-weights", name=found.name)), err=True)
    if as_json:
        typer.echo(json.dumps(trace_json(shown), allow_nan=False))
    else:
        typer.echo(trace_text(shown), nl=False)


def _of_row(trainer: Trainer, data: Prepared, row: int) -> Trace:
    if not 0 <= row < len(data.raw):
        raise WrongUsageError(problem("--sample", "out-of-range", value=row, range=f"[0, {len(data.raw) - 1}]"))
    return probe_trace(trainer, data, row)


def _own(trainer: Trainer, data: Prepared, given: str, expect: str | None) -> Trace:
    """Return the pass of a sample that is not in the data; an autoencoder is to answer its own input."""
    x = data.inputs(_numbers("--input", given, len(data.columns)))
    if LOSSES[trainer.spec.training.loss.kind].needs_teacher:
        raise WrongUsageError(problem("--input", "own-without-teacher"))
    if expect is None and trainer.spec.data.problem != "autoencoder":
        raise WrongUsageError(problem("--input", "input-and-expect"))
    if expect is None:
        answer = x
    else:
        answer = _label(data, expect) if data.labels is not None else _numbers("--expect", expect, len(data.target_names))
    row = np.array([NO_ROW])
    return trainer.trace(x, targets(trainer.spec, trainer.samples, answer, row), row)


def _numbers(option: str, text: str, count: int) -> Array:
    """Return the typed numbers, shape (1, count)."""
    words = text.split(",")
    if len(words) != count:
        raise WrongUsageError(problem(option, "wrong-count", found=len(words), count=count))
    try:
        return np.array([[parse_number(word) for word in words]])
    except ProblemError as error:
        raise WrongUsageError(*(replace(item, where=option) for item in error.problems)) from error


def _label(data: Prepared, text: str) -> Array:
    """Return the number of a class told by its name or its number, shape (1,)."""
    names = [*data.class_names, *map(str, range(len(data.class_names)))]
    if text.strip() not in names:
        raise WrongUsageError(problem("--expect", "unknown-value", value=text[:60], nearest=nearest(text, data.class_names)))
    return np.array([names.index(text.strip()) % len(data.class_names)])
