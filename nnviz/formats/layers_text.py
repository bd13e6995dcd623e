"""Layers as text on the clipboard: what copying writes, and pasting reads in another window or another day.

    {"nnviz": "layers", "format": 1, "layers": [{"kind": "dense", "id": "l1", "name": "Dense 1", "units": 4, …}, …]}

What a copy never takes along is left out: weights, the ids of neurons (their number is said) and what was pruned or
lesioned. Reading trusts nothing: the size is looked at before anything else, and only `ImportProblem` escapes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from nnviz.engine.edits import short_line
from nnviz.engine.network_problems import layer_problems
from nnviz.engine.network_spec import Layer
from nnviz.engine.plain import plain_record, read_layers_plain
from nnviz.engine.problem import Problem, SpecError, problem
from nnviz.formats.strict import ImportProblem, read_json, write_json

FORMAT = 1
LONGEST = 1 << 18  # characters
WHERE = "clipboard"
_NOT_COPIED = {"neurons", "lesioned", "pruned"}


def layers_text(layers: Iterable[Layer]) -> str:
    """Return layers as readable JSON that `read_layers` reads."""
    plain = [{name: value for name, value in plain_record(layer).items() if name not in _NOT_COPIED} for layer in layers]
    return write_json({"nnviz": "layers", "format": FORMAT, "layers": plain}).decode("utf-8")


def read_layers(text: str) -> tuple[Layer, ...]:
    """Return the layers in a text, all or none; of names every control character becomes a space, all else stays as it is.

    Raises:
        ImportProblem: it holds none, is longer than `LONGEST`, anything in it is damaged, or a newer nnviz wrote it.
    """
    if len(text) > LONGEST:
        raise ImportProblem(problem(WHERE, "layers-too-long", limit=LONGEST))
    if not text.strip():
        raise ImportProblem(problem(WHERE, "layers-empty"))
    plain = _opened(text)
    try:
        layers = read_layers_plain(plain)
    except SpecError as error:
        raise _faulty(error.problems) from error
    found = [item for index, layer in enumerate(layers) for item in layer_problems(f"layers.{index}", layer)]
    if found:
        raise _faulty(found)
    return tuple(replace(layer, name=short_line(layer.name)) for layer in layers)


def _opened(text: str) -> list[Any]:
    """Return the plain forms of the layers, at least one. Raises ImportProblem."""
    if not text.lstrip().startswith("{"):
        raise ImportProblem(problem(WHERE, "layers-foreign"))
    try:
        # Half a character of UTF-16 is no UTF-8; it goes through here to be refused as damage.
        plain = read_json(text.encode("utf-8", "surrogatepass"), WHERE, "layers")
    except ImportProblem as error:
        raise ImportProblem(problem(WHERE, "layers-damaged")) from error
    if plain.get("nnviz") != "layers":
        raise ImportProblem(problem(WHERE, "layers-foreign"))
    written = plain.get("format")
    if type(written) is int and written > FORMAT:
        raise ImportProblem(problem(WHERE, "newer-layers"))
    layers = plain.get("layers")
    if type(written) is not int or written < 1 or set(plain) != {"nnviz", "format", "layers"} or not (isinstance(layers, list) and layers):
        raise ImportProblem(problem(WHERE, "layers-damaged"))
    return layers


def _faulty(found: Iterable[Problem]) -> ImportProblem:
    return ImportProblem(*(Problem(f"{WHERE}: {item.where}", item.message) for item in found))
