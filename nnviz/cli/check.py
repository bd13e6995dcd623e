"""`nnviz check`: the gradients of backward against complex-step and central differences."""

from __future__ import annotations

import math
from dataclasses import asdict

import typer

from nnviz.cli.errors import DONE, FAILED
from nnviz.cli.options import JsonOption, SeedOption, SetOption, SourceArgument, print_json
from nnviz.cli.source import read_source
from nnviz.engine import checks
from nnviz.engine.problem import message
from nnviz.explain.words import say

LIMIT = 1e-6


def check(source: SourceArgument, settings: SetOption = [], seed: SeedOption = None, as_json: JsonOption = False) -> int:  # noqa: B006
    """Compare backward with numerical differences; exit 1 where a layer is off by more than 1e-6."""
    found = read_source(source, settings, seed)
    data = found.data()
    results = checks.check(found.spec, data.samples, found.spec.training.seed, found.trainer(data).network.parameters)
    comparable = all(math.isfinite(item.complex_step) and math.isfinite(item.central) for item in results)
    good = comparable and all(max(item.complex_step, item.central) <= LIMIT for item in results)
    if as_json:
        layers = [asdict(item) for item in results]
        print_json({"format": "nnviz-check/1", "source": found.name, "limit": LIMIT, "passed": good, "layers": layers})
        return DONE if good else FAILED
    for item in results:
        typer.echo(say(message("cli.check-layer", layer=item.name, complex=f"{item.complex_step:.1e}", central=f"{item.central:.1e}")))
    if comparable:
        typer.echo(say(message("cli.check-passed" if good else "cli.check-failed", limit=f"{LIMIT:g}")))
    else:
        typer.echo(say(message("cli.check-overflow")))
    return DONE if good else FAILED
