"""`nnviz export`: weights and pictures of an example or a project; the suffix says what is written."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nnviz.cli.errors import FailedError, WrongUsageError, nearest
from nnviz.cli.listing import PLOTS
from nnviz.cli.options import SetOption, SourceArgument
from nnviz.cli.source import read_source
from nnviz.cli.writing import WEIGHTS
from nnviz.data.prepare import Prepared, prepare
from nnviz.engine.problem import Problem, message, problem
from nnviz.engine.trainer import Trainer
from nnviz.explain.words import say
from nnviz.formats.save import SaveError, save

PICTURES, PLOT_FILES = (".png", ".svg", ".gif"), (".png", ".csv")
WEIGHT_FILES = tuple(f".{name}" for name in WEIGHTS)


def export(
    source: SourceArgument,
    out: Annotated[list[Path], typer.Option("--out", metavar="FILE", help="What to write, told by its suffix; may be repeated.")],
    plot: Annotated[str | None, typer.Option("--plot", metavar="NAME", help="Write this plot: nnviz list plots.")] = None,
    settings: SetOption = [],  # noqa: B006 - Typer copies it
) -> None:
    """Write weights (.npz, .safetensors), the canvas (.png, .svg), one pass over it (.gif) or, with --plot, a plot (.png, .csv)."""
    if plot is not None and plot not in PLOTS:
        raise WrongUsageError(problem("--plot", "unknown-value", value=plot[:60], nearest=nearest(plot, PLOTS)))
    known = (*WEIGHT_FILES, *PICTURES) if plot is None else PLOT_FILES
    for path in out:
        if path.suffix.lower() not in known:
            raise WrongUsageError(problem(str(path), "unknown-suffix", suffix=path.suffix[:20], known=" ".join(known)))
    found = read_source(source, settings)
    data = prepare(found.spec.data)
    trainer = found.trainer(data)
    if found.made is None:
        typer.echo(say(message("cli.initial-weights", name=found.name)), err=True)
    while trainer.refresh():
        continue
    failures: list[Problem] = []
    for path in out:
        try:
            save(path, _content(trainer, data, path.suffix.lower(), plot))
            typer.echo(str(path))
        except (FailedError, SaveError) as error:
            failures += [item for item in error.problems if item not in failures]
    if failures:
        raise FailedError(*failures)


def _content(trainer: Trainer, data: Prepared, suffix: str, plot: str | None) -> bytes:
    if plot is None and suffix in WEIGHT_FILES:
        return WEIGHTS[suffix.removeprefix(".")](trainer.spec, trainer.network.parameters)
    from nnviz.cli.drawing import canvas_picture, pass_animation, plot_files

    if suffix == ".gif":
        return pass_animation(trainer, data)
    return canvas_picture(trainer, data, suffix) if plot is None else plot_files(trainer, data, plot, (suffix,))[0]
