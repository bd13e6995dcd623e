"""`nnviz export`: weights and pictures of an example or a project; the suffix says what is written."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nnviz.cli.drawing import PICTURES, THEMES, Style, canvas_picture, pass_animation, plot_files
from nnviz.cli.errors import DONE, FAILED, WrongUsageError, error_object, nearest, report
from nnviz.cli.listing import PLOTS
from nnviz.cli.options import JsonOption, SetOption, SourceArgument, print_json
from nnviz.cli.source import read_source
from nnviz.data.prepare import Prepared
from nnviz.engine.problem import Problem, ProblemError, message, problem
from nnviz.engine.trainer import Trainer
from nnviz.explain.words import say
from nnviz.formats.save import save
from nnviz.formats.weights import WEIGHTS

PLOT_FILES = (*PICTURES, ".csv")
WEIGHT_FILES = tuple(f".{name}" for name in WEIGHTS)
ANIMATION = ".gif"
CANVAS_FILES = (*PICTURES, ANIMATION)


def export(
    source: SourceArgument,
    out: Annotated[list[Path], typer.Option("--out", metavar="FILE", help="What to write, told by its suffix; may be repeated.")],
    plot: Annotated[str | None, typer.Option("--plot", metavar="NAME", help="Write this plot: nnviz list plots.")] = None,
    scale: Annotated[float, typer.Option("--scale", min=1, max=8, help="Pixels of a PNG for each one of the screen.")] = 2.0,
    transparent: Annotated[bool, typer.Option("--transparent", help="Leave the background of pictures out.")] = False,
    theme: Annotated[str, typer.Option("--theme", metavar="light|dark", help="The colours of pictures.")] = THEMES[0],
    settings: SetOption = [],  # noqa: B006 - Typer copies it
    as_json: JsonOption = False,
) -> int:
    """Write the canvas (.png .svg .pdf), a pass over it (.gif), a plot (--plot) or weights (.npz .safetensors .json .csv)."""
    _check(out, plot, theme)
    found = read_source(source, settings)
    data = found.data()
    trainer = found.trainer(data)
    if found.made is None:
        typer.echo(say(message("cli.initial-weights", name=found.name)), err=True)
    while trainer.refresh():
        continue
    written: list[Path] = []
    failures: list[Problem] = []
    style = Style(scale, transparent, theme)
    for path in out:
        try:
            save(path, _content(trainer, data, path.suffix.lower(), plot, style))
            written.append(path)
        except ProblemError as error:
            failures += [item for item in error.problems if item not in failures]
    _say(written, failures, as_json)
    return FAILED if failures else DONE


def _check(out: list[Path], plot: str | None, theme: str) -> None:
    """Raise WrongUsageError for all that is wrong with the command line."""
    if plot is not None and plot not in PLOTS:
        raise WrongUsageError(problem("--plot", "unknown-value", value=plot[:60], nearest=nearest(plot, PLOTS)))
    if theme not in THEMES:
        raise WrongUsageError(problem("--theme", "unknown-value", value=theme[:60], nearest=nearest(theme, THEMES)))
    known = (*CANVAS_FILES, *WEIGHT_FILES) if plot is None else PLOT_FILES
    wrong = [path for path in out if path.suffix.lower() not in known]
    if wrong:
        raise WrongUsageError(*(problem(str(path), "unknown-suffix", suffix=path.suffix[:20], known=" ".join(known)) for path in wrong))


def _say(written: list[Path], failures: list[Problem], as_json: bool) -> None:
    """Name what was written, and say why the rest was not."""
    if as_json:
        result = {"format": "nnviz-export/1", "files": [str(path) for path in written]}
        print_json({**result, "error": error_object(failures[0])} if failures else result)
    else:
        for path in written:
            typer.echo(str(path))
    report(failures, as_json=False)  # as JSON it stands beside the files


def _content(trainer: Trainer, data: Prepared, suffix: str, plot: str | None, style: Style) -> bytes:
    if plot is not None:
        return plot_files(trainer, data, plot, (suffix,), style=style)[0]
    if suffix in WEIGHT_FILES:
        return WEIGHTS[suffix.removeprefix(".")](trainer.spec, trainer.network.parameters)
    return pass_animation(trainer, data, style) if suffix == ANIMATION else canvas_picture(trainer, data, suffix, style)
