"""The built-in examples: complete specs in resources/examples, one JSON file each, with a title and one sentence."""

from __future__ import annotations

import json
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.network import Network
from nnviz.engine.plain import from_plain
from nnviz.engine.problem import ProblemError, problem
from nnviz.engine.spec import Spec, Weighted
from nnviz.resources import resource

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Example:
    """A built-in example, read once; `initial` are its given weights as a flat vector, None where the seed makes them."""

    name: str
    title: str
    summary: str
    spec: Spec
    initial: Array | None


@cache
def names() -> tuple[str, ...]:
    """Return the names of all examples, in the order they are shown."""
    files = resource("examples").glob("*.json")
    return tuple(path.stem for path in sorted(files, key=_order))


@cache
def load(name: str) -> Example:
    """Return the example of this name.

    Raises:
        ProblemError: there is none; names the nearest ones.
    """
    known = names()
    if name not in known:
        nearest = ", ".join(get_close_matches(name, known, n=3, cutoff=0.5) or known)
        raise ProblemError(problem(name[:60], "unknown-example", name=name[:60], nearest=nearest))
    content = json.loads(resource(f"examples/{name}.json").read_text(encoding="utf-8"))
    spec = from_plain(content["spec"])
    return Example(name, content["title"], content["summary"], spec, _initial(spec, content.get("initial")))


def _order(path: Path) -> int:
    order: int = json.loads(path.read_text(encoding="utf-8"))["order"]
    return order


def _initial(spec: Spec, given: dict[str, dict[str, Any]] | None) -> Array | None:
    """Return given weights as one flat vector."""
    if given is None:
        return None
    network = Network(spec.network, None)
    for layer, view in zip(spec.network.layers, network.views, strict=True):
        view.weights[...] = np.array(given[layer.id]["weights"])
        if isinstance(layer, Weighted) and layer.use_bias:
            view.bias[...] = np.array(given[layer.id]["bias"])
    network.parameters.flags.writeable = False
    return network.parameters
