"""Turns SOURCE, `--set` and `--seed` into a spec and the weights to begin with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nnviz.cli.errors import WrongUsageError, nearest
from nnviz.cli.options import is_path
from nnviz.cli.teacher import TeachingNetwork, listening
from nnviz.data.datasets import DATASETS
from nnviz.data.prepare import Prepared, facts, prepare
from nnviz.engine.history import CurveState, HistoryRow
from nnviz.engine.network import initialize, transfer
from nnviz.engine.paths import set_path
from nnviz.engine.problem import ProblemError, problem
from nnviz.engine.samples import Array
from nnviz.engine.spec import DataSpec, Spec, check
from nnviz.engine.trainer import Snapshot, Trainer
from nnviz.formats import examples
from nnviz.formats.project import read_project

SUFFIX = ".nnviz"


@dataclass(frozen=True, slots=True)
class Source:
    """What a command works on.

    Attributes:
        name: as the user called it.
        spec: with all overrides.
        given: the network and the initial weights that were given with it; None where the seed makes them.
        made: the spec and the state of the run that was stored with it, before any override.
        history, curves: what that run recorded.
        teacher: the data a teacher answered and its logits, a row a sample; None without one.
    """

    name: str
    spec: Spec
    given: tuple[Spec, Array] | None = None
    made: tuple[Spec, Snapshot] | None = None
    history: tuple[HistoryRow, ...] = ()
    curves: CurveState | None = None
    teacher: tuple[DataSpec, Array] | None = None

    def data(self) -> Prepared:
        """Return the data of the overridden spec, with the teacher's answers."""
        return self._prepared(self.spec.data)

    def _prepared(self, data: DataSpec) -> Prepared:
        return self._taught(prepare(data))

    def _taught(self, data: Prepared) -> Prepared:
        """Return the data with the teacher's answers."""
        return data if self.teacher is None else replace(data, samples=replace(data.samples, teacher=self.teacher[1]))

    def initial(self) -> Array | None:
        """Return the initial weights that were given, carried over to the overridden network; None where the seed draws them."""
        if self.given is None:
            return None
        fresh = initialize(self.spec.network, self.spec.training.seed)
        return transfer(self.given[0].network, self.given[1], self.spec.network, fresh)

    def trainer(self, data: Prepared, keep_history: bool = False) -> Trainer:
        """Return the run: the stored one carried over to the overridden spec, or a new one."""
        data = self._taught(data)
        if self.made is None:
            return Trainer(self.spec, data.samples, initial=self.initial(), keep_history=keep_history)
        spec, snapshot = self.made
        before = data if spec.data == self.spec.data else self._prepared(spec.data)
        own = None if self.given is None else self.given[1]
        trainer = Trainer(spec, before.samples, snapshot, own, keep_history, self.history, self.curves)
        if spec != self.spec:
            trainer.set_spec(self.spec, data.samples)
        return trainer


def read_example(name: str) -> Source:
    """Return a built-in example. Raises WrongUsageError for an unknown one, with the nearest names."""
    known = examples.names()
    if name not in known:
        raise WrongUsageError(problem("SOURCE", "unknown-example", name=name[:60], nearest=nearest(name, known)))
    example = examples.load(name)
    return Source(name, example.spec, None if example.initial is None else (example.spec, example.initial))


def read_file(name: str) -> Source:
    """Return a project. Raises ImportProblem where the file is missing or damaged."""
    stored = read_project(Path(name))
    spec, initial = stored.spec, None if stored.initial is None else (stored.spec, stored.initial)
    made = None if stored.snapshot is None else (spec, stored.snapshot)
    teacher = None if stored.teacher is None else (spec.data, stored.teacher)
    return Source(name, spec, initial, made, stored.history, stored.curves, teacher)


def read_source(name: str, settings: Sequence[str] = (), seed: int | None = None, teacher: TeachingNetwork | None = None) -> Source:
    """Return the example or project with its overrides, and with the answers of the teacher, who replaces a stored one.

    Raises:
        WrongUsageError: there is no such example, a setting is wrong, or the teacher was taught something else.
        ImportProblem: the file is missing or damaged.
    """
    source = read_file(name) if name not in examples.names() and is_path(name) else read_example(name)
    if seed is not None:
        settings = [*settings, f"training.seed={seed}"]
    spec = source.spec if teacher is None else listening(source.spec)
    try:
        for setting in settings:
            spec = _with(spec, setting)
        answers = teacher.answers(spec) if teacher is not None else _still_right(source.teacher, spec)
        spec = check(spec, replace(facts(spec.data), teacher=answers is not None))
        _refuse_samples(source.spec, spec)
        return replace(source, spec=spec, teacher=None if answers is None else (spec.data, answers))
    except ProblemError as error:
        raise WrongUsageError(*error.problems) from error


def _still_right(teacher: tuple[DataSpec, Array] | None, spec: Spec) -> Array | None:
    """Return stored answers of a teacher while they stand for the same samples: another split or scaling makes no others."""
    if teacher is None:
        return None
    before, answers = teacher
    return answers if replace(before, split=spec.data.split, scaling=spec.data.scaling) == spec.data else None


def _refuse_samples(before: Spec, spec: Spec) -> None:
    """Refuse another number of samples where the data set has one of its own, which would be taken whatever was said."""
    own, asked = DATASETS[spec.data.source].samples, spec.data.samples
    if own is not None and asked not in (own, before.data.samples):
        raise WrongUsageError(problem("data.samples", "samples-fixed", samples=asked, source=spec.data.source, count=own))


def _with(spec: Spec, setting: str) -> Spec:
    path, equals, value = setting.partition("=")
    if not equals or not path:
        raise WrongUsageError(problem("--set", "setting-form", text=setting[:60]))
    return set_path(spec, path, value)
