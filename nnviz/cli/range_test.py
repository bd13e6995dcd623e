"""`nnviz train --range-test`: a table of rates and losses, and the rate to begin with."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import typer

from nnviz.cli.errors import DONE
from nnviz.cli.options import print_json
from nnviz.cli.tables import aligned
from nnviz.engine.problem import message
from nnviz.engine.range_test import RangeTest, range_test
from nnviz.engine.trainer import Trainer
from nnviz.explain.numbers import format_number
from nnviz.explain.words import say
from nnviz.formats.save import save
from nnviz.formats.table import to_csv

FILE = "range-test.csv"
SHOWN = 25  # lines of the table; the file and JSON have every step


def find_range(trainer: Trainer, name: str, out: Path | None, as_json: bool) -> int:
    """Run the test from where the run stands, which stays there; print what was found, and write it with `out`."""
    found = range_test(trainer.spec, trainer.samples, trainer.network.parameters)
    files = []
    if out is not None:
        files.append(out / FILE)
        save(out / FILE, to_csv(("rate", "loss", "smoothed"), zip(found.rates, found.losses, found.smoothed, strict=True)))
    if as_json:
        told = {"suggestion": found.suggestion, "reason": None if found.reason is None else say(found.reason)}
        curves = {"rates": found.rates, "losses": found.losses, "smoothed": found.smoothed}
        print_json(
            {"format": "nnviz-range-test/1", "source": name, **told, "diverged": found.diverged, **curves, "files": [*map(str, files)]}
        )
        return DONE
    _say(found, trainer.spec.training.learning_rate)
    if files:
        typer.echo(say(message("cli.written", folder=str(out), files=FILE)))
    return DONE


def _say(found: RangeTest, rate: float) -> None:
    """Print every few lines of the table, and the suggestion beside the rate there is now."""
    shown = np.unique(np.linspace(0, len(found.rates) - 1, min(SHOWN, len(found.rates))).astype(int))
    header = [say(message(f"cli.range-{column}")) for column in ("rate", "loss", "smoothed")]
    columns = found.rates, found.losses, found.smoothed
    for line in aligned([header, *([format_number(float(values[row])) for values in columns] for row in shown)]):
        typer.echo(line)
    if found.diverged is not None:
        typer.echo(say(message("cli.range-diverged", rate=format_number(found.diverged))))
    if found.suggestion is not None:
        suggestion = f"{found.suggestion:.2g}"
        typer.echo(say(message("cli.range-suggestion", suggestion=suggestion, rate=format_number(rate))))
    elif found.reason is not None:
        typer.echo(say(found.reason))
