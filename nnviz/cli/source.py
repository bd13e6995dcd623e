"""Turns SOURCE, `--set` and `--seed` into a spec and the weights to begin with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from nnviz.cli.errors import WrongUsageError, nearest
from nnviz.data.prepare import Prepared, facts, prepare
from nnviz.engine.history import HistoryRow
from nnviz.engine.network import initialize, transfer
from nnviz.engine.paths import set_path
from nnviz.engine.problem import ProblemError, problem
from nnviz.engine.samples import Array
from nnviz.engine.spec import Spec, check
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
        history: what that run recorded.
    """

    name: str
    spec: Spec
    given: tuple[Spec, Array] | None = None
    made: tuple[Spec, Snapshot] | None = None
    history: tuple[HistoryRow, ...] = ()

    def initial(self) -> Array:
        """Return the initial weights, those that were given carried over to the overridden network."""
        fresh = initialize(self.spec.network, self.spec.training.seed)
        if self.given is None:
            return fresh
        return transfer(self.given[0].network, self.given[1], self.spec.network, fresh)

    def trainer(self, data: Prepared, keep_history: bool = False) -> Trainer:
        """Return the run: the stored one carried over to the overridden spec, or a new one."""
        initial = self.initial() if self.given is not None else None
        if self.made is None:
            return Trainer(self.spec, data.samples, initial=initial, keep_history=keep_history)
        spec, snapshot = self.made
        before = data if spec.data == self.spec.data else prepare(spec.data)
        own = None if self.given is None else self.given[1]
        trainer = Trainer(spec, before.samples, snapshot, own, keep_history, self.history)
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
    spec, initial = stored.spec, stored.initial
    derived = np.array_equal(initial, initialize(spec.network, spec.training.seed))
    made = None if stored.snapshot is None else (spec, stored.snapshot)
    return Source(name, spec, None if derived else (spec, initial), made, stored.history)


def read_source(name: str, settings: Sequence[str] = (), seed: int | None = None) -> Source:
    """Return the example or project with its overrides.

    Raises:
        WrongUsageError: there is no such example, or a setting is wrong.
        ImportProblem: the file is missing or damaged.
    """
    source = read_file(name) if name not in examples.names() and is_path(name) else read_example(name)
    if seed is not None:
        settings = [*settings, f"training.seed={seed}"]
    spec = check(source.spec, facts(source.spec.data))
    try:
        for setting in settings:
            spec = _with(spec, setting)
        return replace(source, spec=check(spec, facts(spec.data)))
    except ProblemError as error:
        raise WrongUsageError(*error.problems) from error


def is_path(name: str) -> bool:
    """Tell whether a word is meant as a file: it is one, or has a suffix or a folder in it."""
    path = Path(name)
    return path.suffix != "" or len(path.parts) > 1 or path.exists()


def _with(spec: Spec, setting: str) -> Spec:
    path, equals, value = setting.partition("=")
    if not equals or not path:
        raise WrongUsageError(problem("--set", "setting-form", text=setting[:60]))
    return set_path(spec, path, value)
