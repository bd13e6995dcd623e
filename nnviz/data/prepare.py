"""From a `DataSpec` to samples: make the data set, compute its features, drop or fill empty cells, split it, scale it.

Everything follows from the spec: the same `DataSpec` gives equal bits. How large each part is follows from the
number of samples alone, so `facts` can say it without making the data; only where samples with empty cells are
dropped is a table read to count the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from nnviz.data.dataset import Dataset
from nnviz.data.datasets import DATASETS
from nnviz.data.features import Scaling, available, compute, fit
from nnviz.data.prepared import PARTS, TRAIN, Prepared
from nnviz.data.review import empty_columns, problems_of
from nnviz.data.splitting import part_sizes, split
from nnviz.engine.problem import Problem, SpecError, problem
from nnviz.engine.samples import Part, Samples
from nnviz.engine.spec import MISSING, SCALINGS, DataFacts, DataSpec

__all__ = ["TRAIN", "Prepared", "facts", "prepare"]
Array = NDArray[Any]
MAKING, SPLITTING = 0, 1


@dataclass(frozen=True, slots=True)
class _Rows:
    """The samples that are kept, unscaled and not yet split: features, raw columns and own targets, a row each."""

    x: Array
    raw: Array
    targets: Array
    gaps: tuple[tuple[str, int], ...]
    dropped: int


def facts(data: DataSpec) -> DataFacts:
    """Return what can be said of the data without making it.

    Raises:
        SpecError: there is no such source or target.
    """
    source = _source(data)
    sizes = part_sizes(_kept_count(data, source), data.split)
    classes = 0 if data.problem == "autoencoder" else source.classes
    return DataFacts(available(source.columns), *sizes, classes, len(_target_names(data, source)), source.shape)


def prepare(data: DataSpec) -> Prepared:
    """Make the data, split it, and compute and scale its features.

    Raises:
        SpecError: there is no such source, feature, target, scaling or way with empty cells, no sample to train on,
            or nobody could learn from these data; `nnviz.data.review` says why.
    """
    source = _source(data)
    _check(data, source)
    features, target_names = _features(data, source), _target_names(data, source)
    rows = _made(data, source)
    groups = rows.targets if source.classes else None
    part_of = split(len(rows.x), data.split, groups, _generator(data, SPLITTING))
    scaling = _fitted(data, features, rows.x[part_of == TRAIN])
    x = scaling(rows.x)
    targets, classes = (x, 0) if data.problem == "autoencoder" else (rows.targets, source.classes)
    train, validation, test = (_part(x, targets, np.flatnonzero(part_of == number)) for number in range(len(PARTS)))
    return Prepared(
        samples=Samples(train, validation, test, classes),
        raw=rows.raw,
        columns=source.columns,
        units=source.units,
        domain=source.domain,
        labels=targets if classes else None,
        values=None if classes else targets,
        groups=groups,
        class_names=source.class_names,
        target_names=target_names,
        part_of=part_of,
        features=features,
        scaling=scaling,
        shape=source.shape if features == source.columns else (),
        missing=data.missing,
        dropped=rows.dropped,
        gaps=rows.gaps,
    )


def _fitted(data: DataSpec, features: tuple[str, ...], seen: Array) -> Scaling:
    """Return the scaling of the training part. Raises SpecError where a column has nothing there to be filled with."""
    _refuse(empty_columns(features, seen))
    return fit(data.scaling, seen, data.missing)


def _part(x: Array, targets: Array, rows: Array) -> Part:
    """Return one part; where the targets are the inputs themselves, both are one array."""
    fed = x[rows]
    return Part(fed, fed if targets is x else targets[rows], rows)


def _made(data: DataSpec, source: Dataset) -> _Rows:
    """Make the data and leave out what is to be dropped. Raises SpecError where nothing can be learned from what is made."""
    features = _features(data, source)
    made = source.make(_count(data, source), data.noise, _generator(data, MAKING))
    targets = made.targets
    if data.targets and not source.classes:
        targets = targets[:, [source.target_names.index(name) for name in data.targets]]
    x = compute(features, source.columns, made.inputs)
    _refuse(problems_of(features, x, targets, data.targets or source.target_names, source.classes or None, data.missing))
    empty = np.isnan(x)
    gaps = tuple((name, int(count)) for name, count in zip(features, empty.sum(axis=0), strict=True) if count)
    if not gaps or data.missing != "drop":
        return _Rows(x, made.inputs, targets, gaps, 0)
    kept = ~empty.any(axis=1)
    return _Rows(x[kept], made.inputs[kept], targets[kept], gaps, int((~kept).sum()))


def _count(data: DataSpec, source: Dataset) -> int:
    return source.samples if source.samples is not None else max(0, data.samples)


def _kept_count(data: DataSpec, source: Dataset) -> int:
    """Return how many samples there are once those with empty cells in a feature are dropped."""
    count = _count(data, source)
    if not source.gaps or data.missing != "drop":
        return count
    known = tuple(name for name in _features(data, source) if name in source.columns)
    empty = np.isnan(compute(known, source.columns, source.make(count, 0.0, _generator(data, MAKING)).inputs))
    return count - int(empty.any(axis=1).sum())


def _features(data: DataSpec, source: Dataset) -> tuple[str, ...]:
    """Return what the network is fed: all there is where nothing was chosen."""
    return data.features or available(source.columns)


def _target_names(data: DataSpec, source: Dataset) -> tuple[str, ...]:
    """Return what is to be predicted. Raises SpecError for a target the data set has not."""
    unknown = [name for name in data.targets if name not in source.target_names]
    known = ", ".join(source.target_names)
    _refuse([problem("data.targets", "data-unknown-target", target=name, known=known) for name in unknown])
    return _features(data, source) if data.problem == "autoencoder" else data.targets or source.target_names


def _generator(data: DataSpec, purpose: int) -> Generator:
    """Return the random numbers of one purpose, so that another split does not make other data."""
    return np.random.default_rng([data.seed, purpose])


def _source(data: DataSpec) -> Dataset:
    if data.source not in DATASETS:
        raise SpecError(problem("data.source", "unknown-name", name=data.source, known=", ".join(DATASETS)))
    return DATASETS[data.source]


def _check(data: DataSpec, source: Dataset) -> None:
    """Refuse what would not come out as data; `spec.problems` judges the rest."""
    known = available(source.columns)
    unknown = [name for name in data.features if name not in known]
    found = [problem("data.features", "unknown-feature", feature=name, known=", ".join(known)) for name in unknown]
    for name, value, names in (("scaling", data.scaling, SCALINGS), ("missing", data.missing, MISSING)):
        if value not in names:
            found.append(problem(f"data.{name}", "unknown-name", name=value, known=", ".join(names)))
    if not part_sizes(_kept_count(data, source), data.split)[0]:
        found.append(problem("data.split.train", "empty-part", part="train"))
    _refuse(found)


def _refuse(found: Sequence[Problem]) -> None:
    if found:
        raise SpecError(*found)
