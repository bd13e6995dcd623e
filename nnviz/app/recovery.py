"""What is found after a crash: the journals of windows that nobody ended, and what was in them (DECISIONS 22).

    <data folder>/recovery/<name>.lock      held by the program of the window; the system frees it when that dies
    <data folder>/recovery/<name>/
        about.json                          what the window was called, its file, when, how far its run had come
        run-<n>.nnviz                       the whole project, with line <n> of the journal and all before it
        journal-<n>.jsonl                   the spec after each command, one a line, numbered from <n> on

Nothing of it is trusted more than a file from elsewhere. Every line says a whole spec, so a damaged one costs no other.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote_from_bytes, unquote_to_bytes

from nnviz.app.journal_folders import GONE, claim, inside, recovery_folder, remove
from nnviz.app.origin import SECOND, Stamp, saved_since, stamp
from nnviz.engine.plain import MAX_INTEGER, from_plain, read_record, to_plain
from nnviz.engine.problem import Problem, ProblemError, SpecError, message, problem
from nnviz.engine.snapshot import begin, checksum
from nnviz.engine.spec import Spec
from nnviz.explain.words import say
from nnviz.formats.examples import load as load_example
from nnviz.formats.project import Opened, Project, open_project
from nnviz.formats.strict import ImportProblem, read_file, read_json

ABOUT = "about.json"
FORMAT = 1
MOST_OFFERS = 100
MOST_EDITS, MOST_LINES = 200, 20_000  # that count; of more, the newest
MOST_BYTES = 32 << 20  # of lines that are looked at; of more, the newest
LONGEST_TEXT = 200
_RUN = re.compile(r"run-(\d{1,15})\.nnviz(\.bak)?")
_LINES = re.compile(r"journal-(\d{1,15})\.jsonl")
Kind = Literal["start", "edit", "merge", "back"]


@dataclass(frozen=True, slots=True)
class About:
    """about.json: what a person knows the window by; `file` is what its file was, `damaged` when it was so already."""

    format: int = FORMAT
    name: str = ""
    path: str = ""
    damaged: bool = False
    when: float = 0.0
    epoch: int = 0
    step: int = 0
    file: Stamp = field(default_factory=Stamp)


@dataclass(frozen=True, slots=True)
class Offer:
    """A window that can be recovered.

    Attributes:
        folder: its journal.
        name, path: of the document and of its file, None if it has none.
        when: the last sign of life, in seconds since 1970.
        epoch, step: where the run stood at the last snapshot.
        edits: how many were made after it.
        damaged: what of the journal cannot be read.
        saved_since: when somebody wrote newer work into the file, in seconds since 1970; 0 if nobody did.
    """

    folder: Path
    name: str
    path: Path | None
    when: float
    epoch: int
    step: int
    edits: int
    damaged: tuple[Problem, ...] = ()
    saved_since: float = 0.0


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was in a window: the newest whole project, and the edits (title, spec) to be made again in order.

    `damaged` says what is not as it was; such a document is not to be saved over its file. Work older than its file has none.
    """

    project: Project
    later: tuple[tuple[str, Spec], ...]
    name: str
    path: Path | None
    damaged: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a journal: `kind` says how the spec came about, `spec` is its plain form as JSON text, not judged yet.

    "start" is the spec before the first line, "edit" a new command, "merge" one that carries the last command on, as the
    moves of a slider do, and "back" one that was undone.
    """

    seq: int
    kind: Kind
    title: str
    spec: str


def quoted(path: Path | None) -> str:
    """Return the name of a file as text; some are not, since systems allow any bytes."""
    return quote_from_bytes(os.fsencode(path)) if path is not None else ""


def line(seq: int, kind: Kind, title: str, spec: Spec) -> bytes:
    """Return a line of a journal."""
    plain = {"seq": seq, "kind": kind, "title": title[:LONGEST_TEXT], "spec": to_plain(spec)}
    return _text(plain).encode() + b"\n"


def discard(folder: Path) -> bool:
    """Delete the journal of a dead window; tell whether nobody else had taken it up."""
    lock = claim(folder)
    if lock is None:
        return False
    remove(folder)
    lock.unlock()
    return True


def find() -> tuple[Offer, ...]:
    """Return the windows that can be recovered, the newest first; never raises."""
    offers = []
    for folder in _folders(recovery_folder()):
        if folder.name.endswith(GONE):
            shutil.rmtree(folder, ignore_errors=True)
        elif (lock := claim(folder)) is not None:
            offer = _offer(folder) if files(folder) else None
            if offer is None or _is_in_file(offer):
                remove(folder)
            else:
                offers.append(offer)
            lock.unlock()
    return tuple(sorted(offers, key=_when, reverse=True))[:MOST_OFFERS]


def load(offer: Offer) -> Recovered:
    """Return what was in a window.

    Raises:
        ImportProblem: nothing of it can be read.
    """
    lines, damaged = read_lines(offer.folder)
    number, opened = _base(offer, lines)
    later, refused = _later(offer.folder, opened.project.spec, [item for item in lines if item.seq > number])
    found = dict.fromkeys((*offer.damaged, *opened.damaged, *damaged, *refused))
    name, path = (say(message("journal.copy", name=offer.name)), None) if offer.saved_since else (offer.name, offer.path)
    return Recovered(opened.project, later, name, path, tuple(found))


def last_number(folder: Path) -> int:
    """Return the highest number in a journal, -1 for an empty one."""
    lines, _ = read_lines(folder)
    return max([number for number, _ in files(folder)] + [item.seq for item in lines], default=-1)


def files(folder: Path) -> list[tuple[int, Path]]:
    """Return the parts of a journal, snapshots and lines, by their numbers, the oldest first."""
    found = []
    for path in inside(folder):
        match = _RUN.fullmatch(path.name) or _LINES.fullmatch(path.name)
        if match:
            found.append((int(match[1]), path))
    return sorted(found)


def snapshots(folder: Path) -> list[tuple[int, Path]]:
    """Return the snapshots by their numbers, the oldest first, each after its backup."""
    found = [(number, path) for number, path in files(folder) if _RUN.fullmatch(path.name)]
    return sorted(found, key=_age)


def line_files(folder: Path) -> list[tuple[int, Path]]:
    """Return the files of lines by the number of their first, the oldest first."""
    return [(number, path) for number, path in files(folder) if _LINES.fullmatch(path.name)]


def read_lines(folder: Path) -> tuple[list[Line], tuple[Problem, ...]]:
    """Return the lines in their order, and what of them cannot be read; a line cut off at the end is no damage."""
    lines: list[Line] = []
    damaged: list[Problem] = []
    for path in _newest(folder):
        try:
            *rows, torn = read_file(path, MOST_BYTES).split(b"\n")
        except ImportProblem as error:
            damaged += error.problems
            continue
        for number, row in enumerate(rows, 1):
            read = _line(row, path) if row.strip() else None
            if read is not None and (not lines or read.seq > lines[-1].seq):
                lines.append(read)
            elif row.strip():
                damaged.append(problem(str(path), "journal-line", line=number))
        if torn and (read := _line(torn, path)) and (not lines or read.seq > lines[-1].seq):
            lines.append(read)
    return lines, tuple(damaged[:10])


def _text(plain: Any) -> str:
    return json.dumps(plain, ensure_ascii=False, allow_nan=False)


# -- reading ----------------------------------------------------------------------------------------------------


def _offer(folder: Path) -> Offer:
    """Describe a journal, as far as it can be read."""
    damaged: tuple[Problem, ...] = ()
    try:
        about = _about(folder)
    except ImportProblem as error:
        about, damaged = About(when=stamp(folder).changed / SECOND), error.problems
    lines, torn = read_lines(folder)
    runs = snapshots(folder)
    last = runs[-1][0] if runs else -1
    later = _chain("", [item for item in lines if item.seq > last])
    name = unquote_to_bytes(about.path)
    path = Path(os.fsdecode(name)) if name and b"\0" not in name else None
    if about.damaged:
        damaged = (*damaged, problem(str(path or folder), "journal-of-damaged"))
    since = saved_since(path, about.file, about.when)
    return Offer(folder, about.name[:LONGEST_TEXT], path, about.when, about.epoch, about.step, len(later), (*damaged, *torn), since)


def _is_in_file(offer: Offer) -> bool:
    """Tell whether the file holds all of it: the program was ended after the file was saved and before the journal was deleted."""
    if not offer.saved_since or offer.path is None:
        return False
    try:
        held, kept = open_project(offer.path), load(offer)
    except ProblemError:
        return False
    wanted = kept.later[-1][1] if kept.later else kept.project.spec
    if held.damaged or kept.damaged or held.project.spec != wanted:
        return False
    if not snapshots(offer.folder):
        return bool(kept.later)
    now, then = (item.snapshot or begin(item.spec, item.initial) for item in (held.project, kept.project))
    return now.step_count == then.step_count if kept.later else checksum(now) == checksum(then)


def _about(folder: Path) -> About:
    path = folder / ABOUT
    try:
        about = read_record(About, read_json(read_file(path, 1 << 20), str(path), ABOUT))
        if about.format != FORMAT or not 0 <= about.when < 1e12 or min(about.epoch, about.step) < 0:
            raise ImportProblem(problem(str(path), "part-damaged", part=ABOUT))
    except SpecError as error:
        raise ImportProblem(problem(str(path), "part-damaged", part=ABOUT)) from error
    return about


def _base(offer: Offer, lines: list[Line]) -> tuple[int, Opened]:
    """Return the newest project there is, whole if possible, and the number of the last line it includes."""
    candidates, partly = snapshots(offer.folder)[::-1], list[tuple[int, Opened]]()
    faults: list[Problem] = []
    for number, path in candidates[:4]:
        try:
            opened = open_project(path)
        except ImportProblem as error:
            faults += error.problems
            continue
        if not opened.damaged:
            return number, Opened(opened.project, tuple(faults))
        partly.append((number, opened))
    if partly:
        return partly[0]
    for item in lines:
        try:
            return item.seq, Opened(_start(offer, from_plain(json.loads(item.spec))), tuple(faults))
        except SpecError as error:
            faults += error.problems
    raise ImportProblem(*(faults or [problem(str(offer.folder), "journal-empty")]))


def _start(offer: Offer, spec: Spec) -> Project:
    """Return what the window showed before its first change: its file, else the example it was opened with, else the spec."""
    found = None
    try:
        if offer.path is not None:
            found = open_project(offer.path).project
        elif offer.name:
            example = load_example(offer.name)
            found = Project(example.spec, example.initial)
    except ProblemError:  # the file is another one now, or the name is not that of an example: the spec stands for itself
        found = None
    return found if found is not None and found.spec == spec else Project(spec, None)


def _later(folder: Path, base: Spec, lines: list[Line]) -> tuple[tuple[tuple[str, Spec], ...], tuple[Problem, ...]]:
    """Return the edits still in effect, and what is wrong with those that cannot be."""
    edits, refused = [], list[Problem]()
    for item in _chain(_text(to_plain(base)), lines):
        try:
            edits.append((item.title, from_plain(json.loads(item.spec))))
        except SpecError as error:
            refused += [Problem(f"{folder}: {fault.where}", fault.message) for fault in error.problems[:3]]
    return tuple(edits), tuple(refused[:10])


def _chain(base: str, lines: list[Line]) -> list[Line]:
    """Return the lines still in effect: what was undone is left out, a drag is one edit.

    An undone edit that was made again would lose the weights it removed; left out, it never did.
    """
    chain: list[Line] = []
    for item in lines[-MOST_LINES:]:
        if item.kind == "start":
            base = item.spec
            continue
        specs = [base, *(one.spec for one in chain)]
        if item.kind == "back" and item.spec in specs:
            del chain[len(specs) - 1 - specs[::-1].index(item.spec) :]
            continue
        if item.kind == "merge" and chain:
            chain.pop()
        chain = [*chain[1 - MOST_EDITS :], item]
    return chain


def _line(row: bytes, path: Path) -> Line | None:
    """Return a line of a journal; None for what is none."""
    try:
        plain = read_json(row, str(path), path.name)
    except ImportProblem:
        return None
    if not isinstance(plain, dict) or set(plain) != {"seq", "kind", "title", "spec"}:
        return None
    seq, kind, title = plain["seq"], plain["kind"], plain["title"]
    known = kind in ("start", "edit", "merge", "back") and isinstance(title, str)
    if not known or type(seq) is not int or not 0 <= seq < MAX_INTEGER:
        return None
    return Line(seq, kind, title[:LONGEST_TEXT], _text(plain["spec"]))


def _newest(folder: Path) -> list[Path]:
    """Return the newest files of lines in their order, as many as may be looked at."""
    found: list[Path] = []
    left = MOST_BYTES
    for _, path in reversed(line_files(folder)):
        left -= stamp(path).size
        if left < 0 and found:
            break
        found.insert(0, path)
    return found


def _folders(root: Path) -> Iterator[Path]:
    """Return the folders of journals; one that holds something else is somebody's own, and stays."""
    return (path for path in inside(root) if path.is_dir() and (files(path) or {item.name for item in inside(path)} <= {ABOUT}))


def _when(offer: Offer) -> float:
    return offer.when


def _age(found: tuple[int, Path]) -> tuple[int, bool]:
    number, path = found
    return number, path.suffix != ".bak"
