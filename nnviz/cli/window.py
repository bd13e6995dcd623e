"""Opens the window: what `nnviz` does when its first word is no command."""

from __future__ import annotations

from typing import Annotated

import typer

from nnviz.cli.display import window_problem
from nnviz.cli.errors import FailedError, WrongUsageError
from nnviz.cli.source import Source, read_example, read_file
from nnviz.engine.problem import problem

FIRST_EXAMPLE = "spiral"
THEMES = ("light", "dark")


def open_window(
    file: Annotated[str | None, typer.Argument(metavar="[FILE]", help="A .nnviz file to open.", show_default=False)] = None,
    example: Annotated[str | None, typer.Option("--example", metavar="NAME", help="Open a built-in example.")] = None,
    theme: Annotated[str, typer.Option("--theme", metavar="light|dark", help="The colors.")] = THEMES[0],
) -> int:
    """Open the window, with a project file, an example, or the spiral."""
    if theme not in THEMES:
        raise WrongUsageError(problem("--theme", "unknown-value", value=theme[:60], nearest=", ".join(THEMES)))
    if file is not None and example is not None:
        raise WrongUsageError(problem("--example", "file-and-example", file=file))
    source = _source(file, example)
    found = window_problem()
    if found is not None:
        raise FailedError(found)
    from nnviz.ui.launch import open_window as show

    initial = source.initial() if source.given is not None else None
    return show(source.spec, initial, None if source.made is None else source.made[1], source.name, theme)


def _source(file: str | None, example: str | None) -> Source:
    return read_example(example or FIRST_EXAMPLE) if file is None else read_file(file)
