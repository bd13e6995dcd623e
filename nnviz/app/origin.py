"""Whether a file is still the one it was: by its time and size and, where these differ, by what is in it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from nnviz.formats.strict import ImportProblem, open_regular

SECOND = 1e9  # ns
PART = 1 << 20  # bytes that are read at a time


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a file was: the time of its last change in ns, its size, and its hash, "" as long as nobody had time to read it."""

    changed: int = 0
    size: int = 0
    sha256: str = ""

    def is_of(self, other: Stamp) -> bool:
        """Tell whether both were taken of a file nobody has written to in between."""
        return bool(self.changed) and (self.changed, self.size) == (other.changed, other.size)


NONE = Stamp()


def stamp(path: Path | None) -> Stamp:
    """Return what a file is now, without reading it; `NONE` where there is none."""
    try:
        found = path.stat() if path is not None else None
    except (OSError, ValueError):
        return NONE
    return Stamp(found.st_mtime_ns, found.st_size) if found is not None else NONE


def hashed(path: Path, taken: Stamp) -> Stamp:
    """Return the stamp with its hash, as long as the file is still the same one."""
    return replace(taken, sha256=_digest(path)) if taken.is_of(stamp(path)) else taken


def saved_since(path: Path | None, taken: Stamp, when: float) -> float:
    """Return the time at which a file was saved anew, in seconds since 1970; 0 if it is as it was, or is gone.

    Args:
        path: the file.
        taken: what it was; if that is not known, it counts as saved since if that was after `when`.
        when: in seconds since 1970.
    """
    now = stamp(path)
    if path is None or now == NONE or taken.is_of(now):
        return 0.0
    if not taken.changed:
        return now.changed / SECOND if now.changed / SECOND > when else 0.0
    return 0.0 if taken.sha256 and taken.sha256 == _digest(path) else now.changed / SECOND


def _digest(path: Path) -> str:
    try:
        with open_regular(path) as file:
            found = hashlib.sha256()
            while part := file.read(PART):
                found.update(part)
            return found.hexdigest()
    except (ImportProblem, OSError):
        return ""
