"""What a window is opened with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from nnviz.engine.problem import Problem
from nnviz.engine.spec import Spec
from nnviz.formats.examples import load
from nnviz.formats.project import Project


@dataclass(frozen=True, slots=True)
class Start:
    """A document to show.

    Attributes:
        project: what it is and where its run stands.
        name: what the window calls it.
        path: its file, None for one that was never saved.
        damaged: what of the file could not be read.
        unsaved: whether it is nowhere else: recovered from a journal, or begun with weights out of a file.
        later: edits (title, spec) that the journal kept after the project's last snapshot, to be made again in order.
        journal: the folder of the journal it was recovered from, which the new window's own journal replaces.
    """

    project: Project
    name: str
    path: Path | None = None
    damaged: tuple[Problem, ...] = ()
    unsaved: bool = False
    later: tuple[tuple[str, Spec], ...] = ()
    journal: Path | None = None


@cache
def example_start(name: str) -> Start:
    """Return a built-in example. Raises ProblemError for an unknown name."""
    example = load(name)
    return Start(Project(example.spec, example.initial), name)
