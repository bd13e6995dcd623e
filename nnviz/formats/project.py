"""A project (.nnviz): a zip of JSON and npy parts that says all a run needs to go on with equal bits.

    manifest.json       format, the version that wrote it, the version needed to read it, SHA-256 of every other part
    spec.json           what the user made
    initial.npy         the weights the run began with, which Reset returns to
    run.json, parameters.npy, moments/<name>.npy       where the run stands (left out before training)
    history.csv         losses and metrics by epoch, for people and other programs

Reading trusts nothing: sizes are checked before anything is allocated, every part must be named and match its
checksum, and only `ImportProblem` escapes.
"""

from __future__ import annotations

import hashlib
import stat
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import nnviz
from nnviz.data.prepare import facts
from nnviz.engine.history import HistoryRow
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.plain import MAX_INTEGER, from_plain, to_plain
from nnviz.engine.problem import Problem, SpecError, problem
from nnviz.engine.snapshot import Snapshot
from nnviz.engine.spec import Spec
from nnviz.formats.archive import MAX_FILE, pack, unpack
from nnviz.formats.strict import ImportProblem, read_json, read_npy, write_json, write_npy
from nnviz.formats.table import history_csv, read_history

Array = NDArray[Any]

FORMAT = 1
NEEDS = "0.1.0"
_MANIFEST, _SPEC, _INITIAL, _RUN, _PARAMETERS, _HISTORY = (
    "manifest.json",
    "spec.json",
    "initial.npy",
    "run.json",
    "parameters.npy",
    "history.csv",
)
_COUNTS = ("step_count", "epoch", "position", "moments_since")


@dataclass(frozen=True, slots=True)
class Project:
    """What a project holds: spec, initial weights (flat), where the run stands (None before training), and its history."""

    spec: Spec
    initial: Array
    snapshot: Snapshot | None = None
    history: tuple[HistoryRow, ...] = ()


def write_project(project: Project) -> bytes:
    """Return the bytes of a project file; equal projects give equal bytes.

    Raises:
        ValueError: the snapshot is of another network than the spec's.
    """
    parts = {_SPEC: write_json(to_plain(project.spec)), _INITIAL: write_npy(project.initial)}
    snapshot = project.snapshot
    if snapshot is not None:
        if snapshot.network != project.spec.network:
            raise ValueError("the snapshot is of another network")
        parts[_RUN] = write_json({name: getattr(snapshot, name) for name in (*_COUNTS, "hand_stepped")})
        parts[_PARAMETERS] = write_npy(snapshot.parameters)
        parts |= {_moment(name): write_npy(array) for name, array in snapshot.state.items()}
    parts[_HISTORY] = history_csv(project.history)
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in parts.items()}
    manifest = {"format": FORMAT, "version": nnviz.__version__, "needs": NEEDS, "parts": sums}
    return pack({_MANIFEST: write_json(manifest)} | parts)


def read_project(source: bytes | str | Path, where: str = "project") -> Project:
    """Return the project in a file, or in bytes that `where` names in problems.

    Raises:
        ImportProblem: it cannot be read, is damaged, or was written by a newer nnviz.
    """
    if not isinstance(source, bytes):
        where, source = str(source), _read_file(Path(source))
    parts = unpack(source, where)
    _check_manifest(parts, where)
    spec = _read_spec(parts[_SPEC], where)
    expected = {_MANIFEST, _SPEC, _INITIAL, _HISTORY}
    moments = OPTIMIZERS[spec.training.optimizer.kind].moments
    if _RUN in parts:
        expected |= {_RUN, _PARAMETERS, *(_moment(name) for name in moments)}
    for name in sorted(expected ^ set(parts)):
        raise ImportProblem(problem(where, "part-missing" if name in expected else "part-unknown", part=name[:60]))
    initial = read_npy(parts[_INITIAL], where, _INITIAL, spec.network.weights, np.float64)
    snapshot = _read_snapshot(parts, where, spec, moments) if _RUN in parts else None
    return Project(spec, initial, snapshot, _read_history(parts[_HISTORY], where, snapshot))


def _read_snapshot(parts: dict[str, bytes], where: str, spec: Spec, moments: tuple[str, ...]) -> Snapshot:
    run, size, precision = read_json(parts[_RUN], where, _RUN), spec.network.weights, spec.training.precision
    if not _is_run(run) or not _is_possible(run, _training_samples(spec, where)):
        raise ImportProblem(problem(where, "part-damaged", part=_RUN))
    parameters = read_npy(parts[_PARAMETERS], where, _PARAMETERS, size, precision)
    state = {name: read_npy(parts[_moment(name)], where, _moment(name), size, precision) for name in moments}
    return Snapshot(spec.network, parameters, state, **run)


def _is_run(run: Any) -> bool:
    """Tell whether it has the fields of a snapshot that are counts or flags, and nothing else."""
    if not isinstance(run, dict) or set(run) != {*_COUNTS, "hand_stepped"} or type(run["hand_stepped"]) is not bool:
        return False
    return all(type(run[name]) is int and 0 <= run[name] < MAX_INTEGER for name in _COUNTS)


def _is_possible(run: dict[str, int], samples: int) -> bool:
    """Tell whether a run on so many samples can stand there: every epoch takes a step, and so does what is begun of one."""
    steps, epochs, position = run["step_count"], run["epoch"], run["position"]
    return run["moments_since"] <= steps and position <= samples and epochs + (position > 0) <= steps


def _training_samples(spec: Spec, where: str) -> int:
    try:
        return facts(spec.data).train
    except SpecError as error:
        raise _of_spec(error, where) from error


def _read_history(data: bytes, where: str, snapshot: Snapshot | None) -> tuple[HistoryRow, ...]:
    """Return the rows, which must come one after the other and not go beyond where the run stands."""
    try:
        rows = read_history(data)
    except ValueError as error:
        raise ImportProblem(problem(where, "part-damaged", part=_HISTORY)) from error
    ends = [(-1, 0), *((row.epoch, row.step) for row in rows)]
    last = (snapshot.epoch, snapshot.step_count) if snapshot else (0, 0)
    rising = all(one[0] < other[0] and one[1] <= other[1] for one, other in pairwise(ends))
    if not rising or ends[-1][0] > last[0] or ends[-1][1] > last[1]:
        raise ImportProblem(problem(where, "part-damaged", part=_HISTORY))
    return rows


def _read_file(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):  # of a folder the system says so itself
            raise ImportProblem(problem(str(path), "file-not-regular"))
        with path.open("rb") as file:
            data = file.read(MAX_FILE + 1)
    except (OSError, ValueError) as error:
        raise ImportProblem(problem(str(path), "file-unreadable", reason=getattr(error, "strerror", None) or str(error))) from error
    if len(data) > MAX_FILE:
        raise ImportProblem(problem(str(path), "file-too-large", limit=f"{MAX_FILE >> 20} MiB"))
    return data


def _check_manifest(parts: dict[str, bytes], where: str) -> None:
    """Refuse newer formats first, then any part that is missing, unnamed, or not as it was written."""
    if _MANIFEST not in parts:
        raise ImportProblem(problem(where, "not-a-project"))
    manifest = read_json(parts[_MANIFEST], where, _MANIFEST)
    found = manifest.get("format") if isinstance(manifest, dict) else None
    if type(found) is int and found > FORMAT:
        raise ImportProblem(problem(where, "newer-project", version=str(manifest.get("needs", f"format {found}"))[:20]))
    if found != FORMAT or type(found) is not int or not isinstance(manifest.get("parts"), dict):
        raise ImportProblem(problem(where, "part-damaged", part=_MANIFEST))
    sums = manifest["parts"]
    for name in sorted({_SPEC, *sums} ^ (set(parts) - {_MANIFEST})):
        raise ImportProblem(problem(where, "part-unknown" if name in parts else "part-missing", part=name[:60]))
    for name, digest in sums.items():
        if hashlib.sha256(parts[name]).hexdigest() != digest:
            raise ImportProblem(problem(where, "part-damaged", part=name[:60]))


def _read_spec(data: bytes, where: str) -> Spec:
    try:
        return from_plain(read_json(data, where, _SPEC))
    except SpecError as error:
        raise _of_spec(error, where) from error


def _of_spec(error: SpecError, where: str) -> ImportProblem:
    return ImportProblem(*(Problem(f"{where}: {item.where}", item.message) for item in error.problems))


def _moment(name: str) -> str:
    return f"moments/{name}.npy"
