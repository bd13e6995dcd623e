"""The options that several commands share, each with its help, and the writing of JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

SourceArgument = Annotated[str, typer.Argument(metavar="SOURCE", help="A built-in example (nnviz list examples) or a .nnviz file.")]
SetOption = Annotated[
    list[str],
    typer.Option("--set", metavar="PATH=VALUE", help="Override a field of the spec, e.g. training.learning_rate=0.3; may be repeated."),
]
SeedOption = Annotated[int | None, typer.Option("--seed", metavar="S", help="Seed of the weights and the order of the samples.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
OutOption = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Folder for what is written; made where it is missing.")]


def print_json(content: Mapping[str, Any]) -> None:
    """Print one JSON object: numbers in full precision, non-finite ones as the strings NaN, Infinity and -Infinity."""
    typer.echo(json.dumps(_plain(content), allow_nan=False))


def _plain(value: Any) -> Any:
    """Return the value with nothing in it that JSON does not have."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "tolist"):  # arrays and numbers of NumPy
        return _plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def is_path(name: str) -> bool:
    """Tell whether a word is meant as a file: it is one, or has a suffix or a folder in it."""
    path = Path(name)
    return path.suffix != "" or len(path.parts) > 1 or path.exists()
