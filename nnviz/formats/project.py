"""A project (.nnviz): a zip of JSON and npy parts that says all a run needs to go on with equal bits.

    manifest.json       format, the version that wrote it, the version needed to read it, SHA-256 of every other part
    spec.json           what the user made
    initial.npy         the weights the run began with, which Reset returns to (left out where the seed draws them)
    run.json, parameters.npy, moments/<name>.npy       where the run stands (left out before training)
    best.npy            the weights early stopping may take back (left out where there are none)
    teacher.npy         a teacher's answers to every sample, before its softmax (left out where there is none)
    curves/<name>.npy   the decimated learning curves, as they grow on (left out before training)
    history.csv         losses and metrics by epoch, for people and other programs
    view.json           what was looked at

Format 1 had no curves and no view, and always the initial weights; format 2 knew dense layers only, and neither schedules
nor teachers. Reading trusts nothing: sizes are checked before
anything is allocated, every part must be named and match its checksum, and only `ImportProblem` escapes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

import nnviz
from nnviz.data.prepare import facts
from nnviz.engine.history import BUCKETS, SERIES, Curve, CurveState, HistoryRow
from nnviz.engine.network import initialize
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.plain import from_plain, plain_record, to_plain
from nnviz.engine.problem import Problem, SpecError
from nnviz.engine.snapshot import Snapshot
from nnviz.engine.spec import DataFacts, Spec, check
from nnviz.formats.archive import pack
from nnviz.formats.parts import MANIFEST, Manifest, Parts
from nnviz.formats.run import Run, run_of
from nnviz.formats.strict import MAX_HEADER, MAX_JSON, ImportProblem, read_file, read_json, read_npy, write_json, write_npy
from nnviz.formats.table import MAX_ROWS, history_csv, read_history
from nnviz.formats.view import View

Array = NDArray[Any]

FORMAT = 3
NEEDS = "0.1.0"
_SPEC, _INITIAL, _TEACHER, _RUN, _PARAMETERS, _BEST, _HISTORY, _VIEW = (
    "spec.json",
    "initial.npy",
    "teacher.npy",
    "run.json",
    "parameters.npy",
    "best.npy",
    "history.csv",
    "view.json",
)
_MAX_HISTORY = 256 << 20


@dataclass(frozen=True, slots=True)
class Project:
    """What a project holds.

    Attributes:
        spec: what the user made.
        initial: the weights the run began with (flat), None where the seed draws them.
        snapshot: where the run stands, None before training.
        history, curves: what was recorded on the way.
        view: what was looked at.
        edited_at: the step at which the spec was last edited in the middle of the run, -1 if it was not.
        teacher: the logits a teacher gave for every sample, (samples, classes); None without one.
    """

    spec: Spec
    initial: Array | None
    snapshot: Snapshot | None = None
    history: tuple[HistoryRow, ...] = ()
    curves: CurveState | None = None
    view: View = field(default_factory=View)
    edited_at: int = -1
    teacher: Array | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A project as far as it could be read; `damaged` says what of it could not."""

    project: Project
    damaged: tuple[Problem, ...] = ()


def given(spec: Spec, initial: Array) -> Array | None:
    """Return initial weights as a project keeps them: None where they are what the seed draws."""
    return None if initial.tobytes() == initialize(spec.network, spec.training.seed).tobytes() else initial


def write_project(project: Project) -> bytes:
    """Return the bytes of a project file; equal projects give equal bytes.

    Raises:
        ValueError: the snapshot is of another network than the spec's.
    """
    parts, snapshot = {_SPEC: write_json(to_plain(project.spec))}, project.snapshot
    if project.initial is not None:
        parts[_INITIAL] = write_npy(project.initial)
    if project.teacher is not None:
        parts[_TEACHER] = write_npy(project.teacher.astype(np.float64))
    if snapshot is not None:
        if snapshot.network != project.spec.network:
            raise ValueError("the snapshot is of another network")
        parts[_RUN] = write_json(plain_record(run_of(snapshot, project.edited_at)))
        if snapshot.best is not None:
            parts[_BEST] = write_npy(snapshot.best)
        parts[_PARAMETERS] = write_npy(snapshot.parameters)
        parts |= {_moment(name): write_npy(array) for name, array in snapshot.state.items()}
        if project.curves is not None:
            parts |= {_curve(name): write_npy(array) for name, array in project.curves.series.items()}
    parts[_HISTORY] = history_csv(project.history[-MAX_ROWS:])
    parts[_VIEW] = write_json(plain_record(project.view))
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in parts.items()}
    return pack({MANIFEST: write_json(plain_record(Manifest(FORMAT, nnviz.__version__, NEEDS, sums)))} | parts)


def read_project(source: bytes | str | Path, where: str = "project") -> Project:
    """Return the project in a file, or in bytes that `where` names in problems.

    Raises:
        ImportProblem: it cannot be read, anything in it is damaged, or it was written by a newer nnviz.
    """
    opened = open_project(source, where)
    if opened.damaged:
        raise ImportProblem(*opened.damaged)
    return opened.project


def open_project(source: bytes | str | Path, where: str = "project") -> Opened:
    """Return the project in a file, or in bytes, without the parts that are damaged; those are named.

    Weights whose counts are lost stand at step 0, with nothing recorded; moments that are lost begin anew; and without
    its weights the run does.

    Raises:
        ImportProblem: it cannot be read, manifest or spec are damaged, or it was written by a newer nnviz.
    """
    if not isinstance(source, bytes):
        where, source = str(source), read_file(Path(source))
    contents = _Contents(Parts(source, where, FORMAT))
    return Opened(contents.project(), tuple(contents.parts.damaged))


class _Contents:
    """What the parts say, each read on its own; the faults of those that cannot be are kept in `parts.damaged`."""

    def __init__(self, parts: Parts) -> None:
        """Read the spec and the teacher, and name what is missing or does not belong. Raises ImportProblem: they are damaged."""
        self.parts, self.where = parts, parts.where
        try:
            spec = from_plain(read_json(parts.must(_SPEC, MAX_JSON), self.where, _SPEC))
            known = facts(spec.data)
            self.teacher = self._teacher(known)
            self.spec = check(spec, replace(known, teacher=self.teacher is not None))
        except SpecError as error:
            raise self._of_spec(error) from error
        self.size, self.precision = (self.spec.network.weights,), self.spec.training.precision
        self.moments = OPTIMIZERS[self.spec.training.optimizer.kind].moments
        parts.expect(self._names())

    def _names(self) -> set[str]:
        """Return the parts there must be, judged by those the manifest names."""
        first, names = self.parts.manifest.format == 1, {_SPEC, _HISTORY}
        names |= {_INITIAL} if first or self.parts.has(_INITIAL) else set()
        names |= (set() if first else {_VIEW}) | (set() if self.teacher is None else {_TEACHER})
        if self.parts.has(_RUN):
            names |= {_RUN, _PARAMETERS, *map(_moment, self.moments)} | ({_BEST} if self.parts.has(_BEST) else set())
            names |= {*map(_curve, SERIES)} if not first and any(map(self.parts.has, map(_curve, SERIES))) else set()
        return names

    def project(self) -> Project:
        """Return the project, as far as it can be read; what was recorded of a run that is lost goes with it."""
        run = self.parts.read(_RUN, MAX_JSON, self._run)
        initial, snapshot, curves = self._initial(), self._snapshot(run), self._curves(run)
        history = self.parts.read(_HISTORY, _MAX_HISTORY, partial(self._history, run)) or ()
        view = self.parts.read(_VIEW, MAX_JSON, self._view) or View()
        if self.parts.has(_RUN) and (run is None or snapshot is None):
            return Project(self.spec, initial, snapshot, view=view, teacher=self.teacher)
        return Project(self.spec, initial, snapshot, history, curves, view, run.edited_at if run else -1, self.teacher)

    def _teacher(self, known: DataFacts) -> Array | None:
        """Return a teacher's answers. Raises ImportProblem: they are damaged, or not of these data."""
        if not self.parts.has(_TEACHER):
            return None
        shape = known.train + known.validation + known.test, known.classes
        data = self.parts.must(_TEACHER, MAX_HEADER + 8 * shape[0] * shape[1])
        return read_npy(data, self.where, _TEACHER, shape, np.float64)

    def _initial(self) -> Array | None:
        initial = self._array(_INITIAL, np.float64)
        return given(self.spec, initial) if initial is not None and self.parts.manifest.format == 1 else initial

    def _snapshot(self, run: Run | None) -> Snapshot | None:
        """Return where the run stands: at step 0 where that is not known, with new moments where one is lost."""
        parameters, best = self._array(_PARAMETERS, self.precision), self._array(_BEST, self.precision)
        moments = {name: self._array(_moment(name), self.precision) for name in self.moments}
        if parameters is None:
            return None
        run = run or Run(0, 0, 0, 0, False)
        state, since = {name: array for name, array in moments.items() if array is not None}, run.moments_since
        if len(state) < len(moments):
            state, since = {name: np.zeros(self.size, self.precision) for name in moments}, run.step_count
        counts = run.step_count, run.epoch, run.position, since, run.hand_stepped
        return Snapshot(self.spec.network, parameters, state, *counts, run.past, best)

    def _curves(self, run: Run | None) -> CurveState | None:
        """Return the curves, all or none."""
        limit = MAX_HEADER + 16 * (2 * BUCKETS + 4)
        found = {name: self.parts.read(_curve(name), limit, partial(self._series, run, name)) for name in SERIES}
        series = {name: array for name, array in found.items() if array is not None}
        return CurveState(series) if len(series) == len(SERIES) else None

    def _array(self, name: str, dtype: DTypeLike) -> Array | None:
        limit = MAX_HEADER + 8 * self.spec.network.weights
        return self.parts.read(name, limit, lambda data: read_npy(data, self.where, name, self.size, dtype))

    def _run(self, data: bytes) -> Run:
        run = self.parts.record(Run, data, _RUN)
        try:
            samples = facts(self.spec.data).train
        except SpecError as error:
            raise self._of_spec(error) from error
        if not run.possible(samples):
            raise self.parts.fault(_RUN)
        return run

    def _view(self, data: bytes) -> View:
        return self.parts.record(View, data, _VIEW)

    def _history(self, run: Run | None, data: bytes) -> tuple[HistoryRow, ...]:
        """Return the rows, which must come one after the other and not go beyond where the run stands, where that is known."""
        known, rows, before = run is not None or not self.parts.has(_RUN), list[HistoryRow](), (-1, 0)
        last = (run.epoch, run.step_count) if run else (0, 0)
        try:
            for row in read_history(data):
                beyond = known and (row.epoch > last[0] or row.step > last[1])
                if row.epoch <= before[0] or row.step < before[1] or beyond:
                    raise ValueError("out of order")
                rows.append(row)
                before = row.epoch, row.step
        except ValueError as error:
            raise self.parts.fault(_HISTORY) from error
        return tuple(rows)

    def _series(self, run: Run | None, name: str, data: bytes) -> Array:
        """Return what a curve holds; it must be possible and not go beyond where the run stands."""
        state = read_npy(data, self.where, _curve(name), (None, 2), np.float64)
        try:
            end = Curve.restored(state).end
        except ValueError as error:
            raise self.parts.fault(_curve(name)) from error
        if run is not None and end > run.epoch:
            raise self.parts.fault(_curve(name))
        return state

    def _of_spec(self, error: SpecError) -> ImportProblem:
        return ImportProblem(*(Problem(f"{self.where}: {item.where}", item.message) for item in error.problems))


def _moment(name: str) -> str:
    return f"moments/{name}.npy"


def _curve(name: str) -> str:
    return f"curves/{name}.npy"
