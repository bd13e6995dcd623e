"""`nnviz list`: what there is to choose from, with one line each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, NamedTuple

import typer

from nnviz.cli.errors import WrongUsageError, nearest
from nnviz.cli.options import JsonOption, print_json
from nnviz.data.datasets import DATASETS
from nnviz.engine.plain import TABLES
from nnviz.engine.problem import message, problem
from nnviz.explain.words import say
from nnviz.formats import examples

# Listed here by name because the plots themselves load Qt; a test keeps both in step.
PLOTS = ("loss", "metric", "surface", "fit", "weights", "gradients")


class Line(NamedTuple):
    """One thing there is."""

    name: str
    text: str


def _examples() -> list[Line]:
    return [Line(item.name, f"{item.title}. {item.summary}") for item in map(examples.load, examples.names())]


def _datasets() -> list[Line]:
    return [Line(name, f"{item.title}. {item.summary}") for name, item in DATASETS.items()]


def _entries(table: Mapping[str, Any]) -> Callable[[], Iterable[Line]]:
    return lambda: [Line(name, item.summary) for name, item in table.items()]


def _plural(name: str) -> str:
    return f"{name}es" if name.endswith("s") else f"{name}s"


def _plots() -> list[Line]:
    return [Line(name, say(message(f"cli.plot-{name}"))) for name in PLOTS]


KINDS: dict[str, Callable[[], Iterable[Line]]] = {
    "examples": _examples,
    "datasets": _datasets,
    **{_plural(name): _entries(table) for name, table in TABLES.items()},
    "plots": _plots,
}


def list_names(
    kind: Annotated[str, typer.Argument(metavar="KIND", help=f"One of: {', '.join(KINDS)}.")],
    as_json: JsonOption = False,
) -> None:
    """List what there is, with one line each."""
    if kind not in KINDS:
        raise WrongUsageError(problem("nnviz list", "unknown-value", value=kind[:60], nearest=nearest(kind, list(KINDS))))
    lines = list(KINDS[kind]())
    if as_json:
        print_json({"format": "nnviz-list/1", kind: [{"name": line.name, "text": line.text} for line in lines]})
        return
    width = max(len(line.name) for line in lines)
    for line in lines:
        typer.echo(f"{line.name:<{width}}  {line.text}")
