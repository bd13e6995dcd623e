"""From a `DataSpec` to samples: make the data set, split it, compute the features, scale them.

Everything follows from the spec: the same `DataSpec` gives equal bits. How large each part is follows from the
number of samples alone, so `facts` can say it without making the data.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from nnviz.data.datasets import DATASETS, Dataset, Domain
from nnviz.data.features import Scaling, available, compute, fit
from nnviz.engine.problem import SpecError, problem
from nnviz.engine.samples import Part, Samples
from nnviz.engine.spec import SCALINGS, DataFacts, DataSpec, Split

Array = NDArray[Any]
TRAIN, VALIDATION, TEST = 0, 1, 2
MAKING, SPLITTING = 0, 1


@dataclass(frozen=True, slots=True)
class Prepared:
    """Data ready to learn from, with all that is needed to show it.

    Attributes:
        samples: the scaled features and targets, by part.
        raw: all rows as made, shape (n, columns). columns, units, domain: name, unit and shown range of each.
        labels: class numbers, shape (n,), None for regression. values: shape (n, targets), None for classes.
        part_of: shape (n,): 0 train, 1 validation, 2 test.
        features: what the network is fed. scaling: fitted on the training part.
    """

    samples: Samples
    raw: Array
    columns: tuple[str, ...]
    units: tuple[str, ...]
    domain: Domain
    labels: Array | None
    values: Array | None
    class_names: tuple[str, ...]
    target_names: tuple[str, ...]
    part_of: Array
    features: tuple[str, ...]
    scaling: Scaling

    @property
    def plane(self) -> bool:
        """Whether there are two raw coordinates, so that everything can be drawn over them."""
        return self.columns == ("x1", "x2")

    @property
    def line(self) -> bool:
        """Whether there is one raw coordinate."""
        return self.columns == ("x1",)

    def inputs(self, raw_rows: Array) -> Array:
        """Return what the network is fed for raw rows, shapes (rows, columns) -> (rows, features)."""
        return self.scaling(compute(self.features, self.columns, raw_rows))


def facts(data: DataSpec) -> DataFacts:
    """Return what can be said of the data without making it.

    Raises:
        SpecError: there is no such source.
    """
    source = _source(data)
    train, validation, test = part_sizes(_count(data, source), data.split)
    return DataFacts(available(source.columns), train, validation, test, source.classes, source.targets)


def prepare(data: DataSpec) -> Prepared:
    """Make the data, split it, and compute and scale its features.

    Raises:
        SpecError: there is no such source, feature or scaling, or no sample to train on.
    """
    source = _source(data)
    _check(data, source)
    made = source.make(_count(data, source), data.noise, _generator(data, MAKING))
    classes = made.targets if source.classes else None
    part_of = split(len(made.inputs), data.split, classes, _generator(data, SPLITTING))
    x = compute(data.features, source.columns, made.inputs)
    scaling = fit(data.scaling, x[part_of == TRAIN])
    x = scaling(x)
    rows = [np.flatnonzero(part_of == part) for part in (TRAIN, VALIDATION, TEST)]
    train, validation, test = (Part(x[part], made.targets[part], part) for part in rows)
    return Prepared(
        samples=Samples(train, validation, test, source.classes),
        raw=made.inputs,
        columns=source.columns,
        units=source.units,
        domain=source.domain,
        labels=classes,
        values=None if source.classes else made.targets,
        class_names=source.class_names,
        target_names=source.target_names,
        part_of=part_of,
        features=data.features,
        scaling=scaling,
    )


def part_sizes(samples: int, parts: Split) -> tuple[int, int, int]:
    """Return how many samples train, validation and test get: rounding down leaves the rest to train."""
    validation = _share(samples, parts.validation)
    test = min(_share(samples, parts.test), samples - validation)
    return samples - validation - test, validation, test


def split(samples: int, parts: Split, classes: Array | None, rng: Generator) -> Array:
    """Return the part of each sample, shape (samples,): 0 train, 1 validation, 2 test.

    Stratified, the classes share each part as they share the whole, to one sample.

    Args:
        samples: how many there are.
        parts: the fractions.
        classes: class numbers, shape (samples,), or None where there are none.
        rng: shuffles within the classes.
    """
    _, validation, test = part_sizes(samples, parts)
    if classes is None or not parts.stratified:
        groups = [rng.permutation(samples)]
    else:
        groups = [rng.permutation(np.flatnonzero(classes == number)) for number in np.unique(classes)]
    sizes = [len(group) for group in groups]
    for_validation = apportion(validation, sizes)
    for_test = apportion(test, [size - taken for size, taken in zip(sizes, for_validation, strict=True)])
    part_of = np.full(samples, TRAIN, dtype=np.int8)
    for group, first, second in zip(groups, for_validation, for_test, strict=True):
        part_of[group[:first]] = VALIDATION
        part_of[group[first : first + second]] = TEST
    return part_of


def apportion(seats: int, sizes: list[int]) -> list[int]:
    """Share out `seats` in proportion to `sizes`, none getting more than its size, by largest remainders (Hamilton).

    The counts add up to `seats` whenever the sizes allow it; of equal remainders the first wins.
    """
    total = sum(sizes)
    if not total:
        return [0 for _ in sizes]
    quotas = [divmod(seats * size, total) for size in sizes]
    counts = [whole for whole, _ in quotas]
    by_remainder = sorted(range(len(sizes)), key=lambda index: -quotas[index][1])
    for index in by_remainder[: seats - sum(counts)]:
        counts[index] += 1
    return counts


def _share(samples: int, fraction: float) -> int:
    """Return the fraction of the samples, rounded down; 0.3 of 10 is 3 though 0.3 is a little less in binary."""
    return math.floor(samples * min(1.0, fraction) + 1e-9) if fraction > 0.0 else 0


def _count(data: DataSpec, source: Dataset) -> int:
    return source.samples if source.samples is not None else max(0, data.samples)


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
    if data.scaling not in SCALINGS:
        found.append(problem("data.scaling", "unknown-name", name=data.scaling, known=", ".join(SCALINGS)))
    if not part_sizes(_count(data, source), data.split)[0]:
        found.append(problem("data.split.train", "empty-part", part="train"))
    if found:
        raise SpecError(*found)
