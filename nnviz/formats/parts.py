"""The parts of a project file, each read by name and compared with its checksum in the manifest."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from nnviz.engine.plain import read_record
from nnviz.engine.problem import Problem, SpecError, problem
from nnviz.formats.archive import MAX_MEMBERS, Archive
from nnviz.formats.strict import MAX_JSON, ImportProblem, read_json

MANIFEST = "manifest.json"
Content = TypeVar("Content")


@dataclass(frozen=True, slots=True)
class Manifest:
    """The table of contents: which version wrote the file, which one reads it, the SHA-256 of every other part by name."""

    format: int
    version: str
    needs: str
    parts: dict[str, str]


class Parts:
    """The parts of one file.

    Attributes:
        where: names the file in problems.
        damaged: what is wrong with parts that were asked for, or that should be there, or should not.
    """

    def __init__(self, data: bytes, where: str, newest: int) -> None:
        """Read the manifest.

        Raises:
            ImportProblem: there is none, it is damaged, or its format is newer than `newest`.
        """
        self.where, self.damaged, self._archive = where, list[Problem](), Archive(data, where)
        if MANIFEST not in self._archive.names:
            raise ImportProblem(problem(where, "not-a-project"))
        plain = read_json(self._archive.read(MANIFEST, MAX_JSON), where, MANIFEST)
        found = plain.get("format") if isinstance(plain, dict) else None
        if type(found) is int and found > newest:
            raise ImportProblem(problem(where, "newer-project", version=str(plain.get("needs", f"format {found}"))[:20]))
        self.manifest = self._record(Manifest, plain, MANIFEST)
        if self.manifest.format < 1 or len(self.manifest.parts) > MAX_MEMBERS:
            raise self.fault(MANIFEST)
        self._left_out = set[str]()

    def has(self, name: str) -> bool:
        """Tell whether the manifest names this part, whole or not."""
        return name in self.manifest.parts

    def expect(self, names: set[str]) -> None:
        """Name every part that is missing in the archive or the manifest, or does not belong there, and leave it out."""
        present = set(self._archive.names) - {MANIFEST}
        for name in sorted((names ^ present) | (names ^ set(self.manifest.parts))):
            self._left_out.add(name)
            self.damaged.append(problem(self.where, "part-unknown" if name in present else "part-missing", part=name[:60]))

    def must(self, name: str, limit: int) -> bytes:
        """Return a part of at most `limit` bytes. Raises ImportProblem: it is missing or damaged."""
        if name not in self._archive.names or not self.has(name):
            raise ImportProblem(problem(self.where, "part-missing", part=name[:60]))
        data = self._archive.read(name, limit)
        if hashlib.sha256(data).hexdigest() != self.manifest.parts[name]:
            raise self.fault(name)
        return data

    def read(self, name: str, limit: int, read: Callable[[bytes], Content]) -> Content | None:
        """Return what `read` makes of a part; None where the file has none, or where it is damaged, which is noted."""
        if not self.has(name) or name in self._left_out:
            return None
        try:
            return read(self.must(name, limit))
        except ImportProblem as error:
            self.damaged += error.problems
            return None

    def record(self, kind: type[Content], data: bytes, name: str) -> Content:
        """Return a JSON part as a record. Raises ImportProblem."""
        return self._record(kind, read_json(data, self.where, name), name)

    def _record(self, kind: type[Content], plain: Any, name: str) -> Content:
        try:
            return read_record(kind, plain)
        except SpecError as error:
            raise self.fault(name) from error

    def fault(self, name: str) -> ImportProblem:
        """Return what says that a part is damaged."""
        return ImportProblem(problem(self.where, "part-damaged", part=name[:60]))
