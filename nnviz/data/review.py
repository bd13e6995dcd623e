"""Looks a table over before anything is learned from it, and says by name what stands in the way.

Infinite cells, columns without a value, targets that are missing, labels that are no class numbers. What is only worth knowing
of data that can be learned from, as columns that never vary, is told of the run: `nnviz.analysis.data_faults`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.problem import Problem, problem

Array = NDArray[Any]
MOST_NAMED = 5


def problems_of(
    columns: tuple[str, ...], inputs: Array, targets: Array, target_names: tuple[str, ...], classes: int | None, missing: str
) -> tuple[Problem, ...]:
    """Judge a table as it was read or made, before it is split: return what stands in the way. Samples are counted from 1.

    Args:
        columns: the names of the columns that are fed to the network.
        inputs: shape (samples, columns), an empty cell is NaN.
        targets: labels, shape (samples,), of any number type; or values, shape (samples, targets). An empty cell is NaN.
        target_names: the name of the labels, or one a column of the values.
        classes: None for values; how many classes are known; 0 where the labels alone say how many there are, as in a table
            that nobody described.
        missing: what becomes of samples with empty inputs: "drop", "mean" or "median".
    """
    if not len(inputs):
        return (problem("data.source", "data-no-samples"),)
    found = [*_input_problems(columns, inputs, missing), *_target_problems(targets, target_names)]
    if classes is not None and not found:
        found = list(_label_problems(targets, target_names[0], classes))
    return tuple(found)


def empty_columns(columns: tuple[str, ...], inputs: Array) -> tuple[Problem, ...]:
    """Return a problem for each column without a single value."""
    hollow = np.flatnonzero(np.isnan(inputs).all(axis=0))
    return tuple(problem("data.features", "data-column-empty", column=columns[index]) for index in hollow)


def _input_problems(columns: tuple[str, ...], inputs: Array, missing: str) -> Iterator[Problem]:
    yield from _infinite_problems("data.features", columns, inputs)
    hollow = empty_columns(columns, inputs)
    yield from hollow
    empty = np.isnan(inputs)
    if missing == "drop" and not hollow and empty.any(axis=1).all():
        gaps = [columns[index] for index in np.flatnonzero(empty.any(axis=0))]
        yield problem("data.missing", "data-all-dropped", columns=named(gaps))


def _target_problems(targets: Array, names: tuple[str, ...]) -> Iterator[Problem]:
    table = targets.reshape(len(targets), -1)
    yield from _infinite_problems("data.targets", names, table)
    empty = np.asarray(np.isnan(table))
    for index in np.flatnonzero(empty.any(axis=0)):
        cells = empty[:, index]
        yield problem("data.targets", "data-target-missing", column=names[index], count=int(cells.sum()), sample=_first(cells))


def _infinite_problems(where: str, names: tuple[str, ...], table: Array) -> Iterator[Problem]:
    infinite = np.isinf(table)
    for index in np.flatnonzero(infinite.any(axis=0)):
        cells = infinite[:, index]
        yield problem(where, "data-infinite", column=names[index], count=int(cells.sum()), sample=_first(cells))


def _label_problems(labels: Array, name: str, classes: int) -> Iterator[Problem]:
    """Labels must be the whole numbers 0, 1, …, classes − 1; a whole number may be written as 2.0."""
    broken = labels != np.floor(labels)
    if broken.any():
        yield problem("data.targets", "data-label-broken", column=name, label=float(labels[broken][0]), sample=_first(broken))
        return
    outside = (labels < 0) | (labels >= classes if classes else False)
    if outside.any():
        known = f"0 … {classes - 1}" if classes else "0, 1, 2, …"
        yield problem("data.targets", "data-label-outside", column=name, label=int(labels[outside][0]), known=known, sample=_first(outside))
        return
    present = np.unique(labels)
    if not classes and present[-1] + 1 != len(present):
        absent = int(np.flatnonzero(np.append(present, np.inf) != np.arange(len(present) + 1))[0])
        yield problem("data.targets", "data-label-gap", column=name, absent=absent, largest=int(present[-1]), count=len(present))


def named(names: Sequence[str]) -> str:
    """Return the first few names, and how many more there are."""
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f", … (+{more})" if more > 0 else "")


def _first(cells: Array) -> int:
    """Return the number of the first sample that is meant, counted from 1."""
    return int(np.argmax(cells)) + 1
