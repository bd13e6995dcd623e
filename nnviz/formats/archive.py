"""Zip archives in memory: equal parts give equal bytes, and reading checks sizes before it unpacks anything."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from typing import IO

from nnviz.engine.problem import problem
from nnviz.formats.strict import MAX_FILE, ImportProblem

MAX_MEMBERS = 1_000
MAX_RATIO = 100
MAX_TOTAL = 2 << 30
MAX_CONTENTS = 1 << 20  # of the table of contents
# The others unpack whole blocks at once, whatever size was asked for.
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_LONGEST_END = 22 + 65_535 + 20  # what ends a zip, with the longest comment, and what may stand before it
_BEGINNING_OF_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, NotImplementedError, OverflowError)


def pack(parts: Mapping[str, bytes]) -> bytes:
    """Return a zip of the parts in their order, with fixed times and rights; stored, since weights hardly compress."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in parts.items():
            info = zipfile.ZipInfo(name, _BEGINNING_OF_ZIP_TIME)
            info.create_system = 3
            info.external_attr = 0o644 << 16
            archive.writestr(info, data)
    return buffer.getvalue()


class Archive:
    """A zip whose parts are read one by one, by name, into memory; nothing is ever written to a folder.

    Attributes:
        names: of all parts, in the order they lie there.
    """

    def __init__(self, source: bytes | IO[bytes], where: str) -> None:
        """Look at the table of contents of a zip in memory or in an open file; `where` names the file in problems.

        Raises:
            ImportProblem: no zip, damaged, repeated names, or larger than RELIABILITY.md allows.
        """
        file = io.BytesIO(source) if isinstance(source, bytes) else source
        try:
            _check_contents(file, where)
            self._archive = zipfile.ZipFile(file)
        except _DAMAGE as error:
            raise ImportProblem(problem(where, "file-damaged")) from error
        self._where, self._members = where, {member.filename: member for member in self._archive.infolist()}
        _check(self._archive.infolist(), where)
        self.names = tuple(self._members)

    def read(self, name: str, limit: int = MAX_TOTAL) -> bytes:
        """Return a part; its header may lie about its size, so no more than that is ever unpacked.

        Raises:
            ImportProblem: it is damaged, encrypted, or larger than `limit`.
        """
        member = self._members[name]
        try:
            with self._archive.open(member) as file:
                data = file.read(member.file_size + 1) if member.file_size <= limit else b""
        except _DAMAGE as error:
            raise ImportProblem(problem(self._where, "part-damaged", part=name[:60])) from error
        if len(data) != member.file_size:
            raise ImportProblem(problem(self._where, "part-damaged", part=name[:60]))
        return data


def _check_contents(file: IO[bytes], where: str) -> None:
    """See that the table of contents is small before `zipfile` reads all of it, however many parts it claims to have."""
    size = file.seek(0, io.SEEK_END)
    if size > MAX_FILE:
        raise ImportProblem(problem(where, "file-too-large", limit=f"{MAX_FILE >> 20} MiB"))
    file.seek(max(0, size - _LONGEST_END))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22 or tail[max(0, at - 20) : at].startswith(b"PK\x06\x07"):  # the latter: larger than 4 GiB
        raise ImportProblem(problem(where, "file-damaged"))
    if int.from_bytes(tail[at + 12 : at + 16], "little") > MAX_CONTENTS:
        raise ImportProblem(problem(where, "archive-too-many-parts", limit=MAX_MEMBERS))


def _check(members: list[zipfile.ZipInfo], where: str) -> None:
    names = {member.filename for member in members}
    if len(members) > MAX_MEMBERS:
        raise ImportProblem(problem(where, "archive-too-many-parts", limit=MAX_MEMBERS))
    if len(names) < len(members) or not _METHODS.issuperset(member.compress_type for member in members):
        raise ImportProblem(problem(where, "file-damaged"))
    sizes, packed = sum(member.file_size for member in members), sum(member.compress_size for member in members)
    if sizes > MAX_TOTAL or any(member.file_size > MAX_RATIO * max(1024, member.compress_size) for member in members) or packed > MAX_FILE:
        raise ImportProblem(problem(where, "archive-bomb"))
