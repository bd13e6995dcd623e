"""Opens windows: what `nnviz` does when its first word is no command."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from nnviz.app.start import Start, example_start
from nnviz.cli.display import window_problem
from nnviz.cli.errors import FailedError, WrongUsageError, nearest, report
from nnviz.engine.problem import Problem, problem
from nnviz.formats import examples
from nnviz.formats.strict import ImportProblem

FIRST_EXAMPLE = "spiral"
THEMES = ("light", "dark", "system")
FilesArgument = Annotated[list[Path], typer.Argument(metavar="FILE", help="Files to open, a window each.", show_default=False)]


def open_window(
    files: FilesArgument = [],  # noqa: B006 - Typer copies it
    example: Annotated[str | None, typer.Option("--example", metavar="NAME", help="Open a built-in example.")] = None,
    theme: Annotated[str | None, typer.Option("--theme", metavar="|".join(THEMES), help="The colors, for this time only.")] = None,
    reset: Annotated[bool, typer.Option("--reset", help="Begin with the default settings.")] = False,
) -> int:
    """Open a window for each project file; without one for an example, or for the spiral.

    A file of weights (.npz, .safetensors, .json, .csv) opens as the network of the example, beginning with these weights.
    """
    if theme is not None and theme not in THEMES:
        raise WrongUsageError(problem("--theme", "unknown-value", value=theme[:60], nearest=", ".join(THEMES)))
    known = examples.names()
    if example is not None and example not in known:
        raise WrongUsageError(problem("--example", "unknown-example", name=example[:60], nearest=nearest(example, known)))
    starts = _starts(files, example)
    found = window_problem()
    if found is not None:
        raise FailedError(found)
    if reset:
        _reset_settings()
    from nnviz.ui.program import run

    return run(starts, theme)


def _starts(files: Sequence[Path], example: str | None) -> list[Start]:
    """Return what to open; a file that cannot be opened is told, and ends it only where nothing else is left.

    Raises:
        FailedError: none of the files can be opened.
        WrongUsageError: a project is given together with an example.
    """
    shown = example_start(example or FIRST_EXAMPLE)
    if not files:
        return [shown]
    starts: list[Start] = []
    problems: list[Problem] = []
    for path in dict.fromkeys(files):
        try:
            starts.append(_start(path, shown))
        except ImportProblem as error:
            problems += error.problems
    projects = [start for start in starts if start.path is not None]
    if example is not None and projects:
        raise WrongUsageError(problem("--example", "file-and-example", file=str(projects[0].path)))
    if not starts:
        raise FailedError(*problems)
    report(problems, as_json=False)
    return starts


def _start(path: Path, shown: Start) -> Start:
    from nnviz.formats.opening import Weights, open_file

    opened = open_file(path, shown.project.spec)
    if isinstance(opened, Weights):
        return Start(replace(shown.project, initial=opened.parameters), shown.name, unsaved=True)
    return Start(opened.project, path.stem, path, opened.damaged)


def _reset_settings() -> None:
    """Make the settings those of the first day; the files last used stay. Raises SaveError where they cannot be written."""
    from nnviz.app.places import config_folder
    from nnviz.app.settings import FILE
    from nnviz.app.settings_file import Settings, read_settings, to_bytes
    from nnviz.formats.save import save

    path = config_folder() / FILE
    before, _ = read_settings(path)
    save(path, to_bytes(Settings(recent=before.recent)))
