"""How the command line says that something cannot be done: one sentence on stderr, with `--json` an object on stdout too."""

from __future__ import annotations

import json
from collections.abc import Sequence
from difflib import get_close_matches

import typer

from nnviz.engine.problem import Problem, ProblemError
from nnviz.explain.words import one_line, problem_text

DONE, FAILED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130


class WrongUsageError(ProblemError):
    """The command line itself is wrong; nothing was begun."""


class FailedError(ProblemError):
    """It could not be done, whatever made it impossible: unlike other problems, never a matter of the command line."""


def report(problems: Sequence[Problem], as_json: bool) -> None:
    """Tell all problems on stderr, and the first one as JSON on stdout where JSON is wanted."""
    for item in problems:
        typer.echo(one_line(item), err=True)
    if as_json:
        typer.echo(json.dumps({"error": error_object(problems[0])}))


def error_object(found: Problem) -> dict[str, str]:
    """Return the problem in words, as it stands in JSON."""
    text = problem_text(found)
    return {"what": text.what, "where": text.where, "why": text.why, "next": text.next}


def nearest(name: str, known: Sequence[str]) -> str:
    """Return the known names most like this one, or all where none is like it."""
    return ", ".join(get_close_matches(name, known, n=3, cutoff=0.5) or known)
