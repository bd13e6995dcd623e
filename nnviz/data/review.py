"""Looks data over before anything is learned from them, and says by name what is wrong or worth knowing.

What is wrong stands in the way: infinite cells, columns without a value, targets that are missing, labels that are
no class numbers. What is worth knowing does not: columns that never vary, classes nobody can learn, filled cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.data.features import compute, constant
from nnviz.data.prepared import PARTS, TRAIN, Prepared
from nnviz.engine.problem import Problem, problem

Array = NDArray[Any]
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Review:
    """What was found: `problems` stand in the way of learning, `notes` do not."""

    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]


def review(
    columns: tuple[str, ...],
    inputs: Array,
    targets: Array,
    target_names: tuple[str, ...],
    classes: int | None,
    missing: str = "drop",
) -> Review:
    """Judge a table as it was read or made, before it is split. Samples are counted from 1, as people do.

    Args:
        columns: the names of the columns that are fed to the network.
        inputs: shape (samples, columns), an empty cell is NaN.
        targets: labels, shape (samples,), of any number type; or values, shape (samples, targets). An empty cell is NaN.
        target_names: the name of the labels, or one a column of the values.
        classes: None for values; how many classes are known; 0 where the labels alone say how many there are.
        missing: what becomes of samples with empty inputs: "drop", "mean" or "median".
    """
    found = problems_of(columns, inputs, targets, target_names, classes, missing)
    if found:
        return Review(found, ())
    empty = np.isnan(inputs)
    gaps = tuple((name, int(count)) for name, count in zip(columns, empty.sum(axis=0), strict=True) if count)
    kept = ~empty.any(axis=1) if missing == "drop" else np.ones(len(inputs), dtype=bool)
    notes = [*_gap_notes(gaps, int((~kept).sum()), missing), *_spread_notes(columns, inputs[kept])]
    if classes is not None:
        notes.extend(_one_class_notes(targets[kept], target_names[0]))
    return Review((), tuple(notes))


def problems_of(
    columns: tuple[str, ...], inputs: Array, targets: Array, target_names: tuple[str, ...], classes: int | None, missing: str
) -> tuple[Problem, ...]:
    """Return what stands in the way alone; the arguments are those of `review`."""
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


def findings(prepared: Prepared) -> tuple[Problem, ...]:
    """Return what is worth knowing of data that can be learned from: notes, none of which stands in the way.

    What never varies is judged in the training part, since that is all the network sees. The pixels of images are not
    judged: their borders are often all black, and that is no fault.
    """
    notes = list(_gap_notes(prepared.gaps, prepared.dropped, prepared.missing))
    if len(prepared.samples.train) == 1 or not prepared.shape:
        train = prepared.raw[prepared.part_of == TRAIN]
        notes.extend(_spread_notes(prepared.features, compute(prepared.features, prepared.columns, train)))
    if prepared.labels is not None:
        one_class = tuple(_one_class_notes(prepared.labels, prepared.target_names[0]))
        notes.extend(one_class or _absent_class_notes(prepared.labels, prepared.class_names, prepared.part_of))
    return tuple(notes)


def _input_problems(columns: tuple[str, ...], inputs: Array, missing: str) -> Iterator[Problem]:
    yield from _infinite_problems("data.features", columns, inputs)
    hollow = empty_columns(columns, inputs)
    yield from hollow
    empty = np.isnan(inputs)
    if missing == "drop" and not hollow and empty.any(axis=1).all():
        gaps = [columns[index] for index in np.flatnonzero(empty.any(axis=0))]
        yield problem("data.missing", "data-all-dropped", columns=_named(gaps))


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


def _gap_notes(gaps: tuple[tuple[str, int], ...], dropped: int, missing: str) -> Iterator[Problem]:
    """Say what became of empty cells; `gaps` are the columns that have some, and how many."""
    names = _named([name for name, _ in gaps])
    if dropped:
        yield problem("data.missing", "data-dropped", count=dropped, columns=names)
    elif gaps:
        cells = sum(count for _, count in gaps)
        yield problem("data.missing", "data-filled-mean" if missing == "mean" else "data-filled-median", count=cells, columns=names)


def _spread_notes(columns: tuple[str, ...], x: Array) -> Iterator[Problem]:
    """Say which columns never vary; of one sample none can, so none is blamed for it."""
    if len(x) == 1:
        yield problem("data.samples", "data-one-sample")
        return
    names = [name for name, still in zip(columns, constant(x), strict=True) if still]
    if names:
        yield problem("data.features", "data-constant", count=len(names), columns=_named(names))


def _one_class_notes(labels: Array, name: str) -> Iterator[Problem]:
    if len(labels) > 1 and (labels == labels[0]).all():
        yield problem("data.targets", "data-one-class", column=name, label=int(labels[0]))


def _absent_class_notes(labels: Array, class_names: tuple[str, ...], part_of: Array) -> Iterator[Problem]:
    for number, part in enumerate(PARTS):
        counts = np.bincount(labels[part_of == number], minlength=len(class_names))
        absent = [name for name, count in zip(class_names, counts, strict=True) if not count]
        if counts.any() and absent:
            yield problem(f"data.split.{part}", "data-class-absent", part=part, classes=_named(absent), count=len(absent))


def _named(names: Sequence[str]) -> str:
    """Return the first few names, and how many more there are."""
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f", … (+{more})" if more > 0 else "")


def _first(cells: Array) -> int:
    """Return the number of the first sample that is meant, counted from 1."""
    return int(np.argmax(cells)) + 1
