"""Opens whatever file a person hands over: the dialog, a drop and the command line all come through here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from nnviz.engine.spec import Spec
from nnviz.formats.kinds import Kind, kind_of, refusal
from nnviz.formats.project import Opened, open_project
from nnviz.formats.strict import ImportProblem
from nnviz.formats.weights_in import WEIGHT_KINDS, read_weights

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights out of a file, as the flat vector of the network they were read for."""

    spec: Spec
    parameters: Array


def open_file(path: Path, spec: Spec) -> Opened | Weights:
    """Return what is in a file: a project, or weights that fit the network of `spec`.

    Raises:
        ImportProblem: the file cannot be read, is damaged, or is of a kind that nothing opens; nothing was changed.
    """
    kind = kind_of(path)
    if kind is Kind.PROJECT:
        return open_project(path)
    if kind in WEIGHT_KINDS:
        return Weights(spec, read_weights(path, spec))
    raise ImportProblem(refusal(kind, path))
