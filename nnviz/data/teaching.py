"""A teacher's answers beside the data a student learns from (Hinton, Vinyals & Dean 2015)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from numpy.typing import NDArray

from nnviz.data.prepare import Prepared, facts, prepare
from nnviz.engine.spec import DataFacts, DataSpec, Split

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Teacher:
    """What a teacher said, before its softmax, to every sample of some data: (samples, classes)."""

    data: DataSpec
    logits: Array

    def knows(self, data: DataSpec) -> bool:
        """Tell whether the answers are to these samples; how they are split does not matter."""
        return replace(data, split=Split()) == replace(self.data, split=Split())


def taught_facts(data: DataSpec, teacher: Teacher | None) -> DataFacts:
    """Return what can be said of the data, and whether the teacher knows them. Raises SpecError: there is no such source."""
    return replace(facts(data), teacher=teacher is not None and teacher.knows(data))


def taught(data: DataSpec, teacher: Teacher | None) -> Prepared:
    """Return the data with the teacher's answers, where it knows them. Raises SpecError as `prepare`."""
    prepared = prepare(data)
    if teacher is None or not teacher.knows(data):
        return prepared
    return replace(prepared, samples=replace(prepared.samples, teacher=teacher.logits))
