"""Zip archives in memory: equal parts give equal bytes, and reading checks sizes before it unpacks anything."""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from collections.abc import Mapping

from nnviz.engine.problem import problem
from nnviz.formats.strict import ImportProblem

MAX_FILE = 512 << 20
MAX_MEMBERS = 1_000
MAX_RATIO = 100
MAX_TOTAL = 2 << 30
_BEGINNING_OF_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, RuntimeError, NotImplementedError, OverflowError)


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


def unpack(data: bytes, where: str) -> dict[str, bytes]:
    """Return the parts of a zip by name; `where` names the file in problems.

    Raises:
        ImportProblem: no zip, damaged, encrypted, repeated names, or larger than RELIABILITY.md allows.
    """
    if len(data) > MAX_FILE:
        raise ImportProblem(problem(where, "file-too-large", limit=f"{MAX_FILE >> 20} MiB"))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            _check(members, where)
            return {member.filename: _read(archive, member, where) for member in members}
    except _DAMAGE as error:
        raise ImportProblem(problem(where, "file-damaged")) from error


def _check(members: list[zipfile.ZipInfo], where: str) -> None:
    names = [member.filename for member in members]
    if len(names) > MAX_MEMBERS:
        raise ImportProblem(problem(where, "archive-too-many-parts", limit=MAX_MEMBERS))
    if len(set(names)) < len(names):
        raise ImportProblem(problem(where, "file-damaged"))
    sizes, packed = sum(member.file_size for member in members), sum(member.compress_size for member in members)
    if sizes > MAX_TOTAL or any(member.file_size > MAX_RATIO * max(1024, member.compress_size) for member in members) or packed > MAX_FILE:
        raise ImportProblem(problem(where, "archive-bomb"))


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, where: str) -> bytes:
    """Read one part; its header may lie about its size, so no more than that is ever unpacked."""
    with archive.open(member) as file:
        data = file.read(member.file_size + 1)
    if len(data) != member.file_size:
        raise ImportProblem(problem(where, "part-damaged", part=member.filename[:40]))
    return data
