"""Parts of files, read without trusting them: sizes are checked before anything is allocated, nothing is ever run."""

from __future__ import annotations

import io
import json
import math
import os
import re
import stat
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nnviz.engine.problem import ProblemError, problem

Array = NDArray[Any]
Shape = tuple[int | None, ...]

MAX_FILE = 512 << 20
MAX_JSON = 16 << 20
MAX_DEPTH = 64
MAX_VALUES = 500_000  # each takes up to 100 times its text in memory
MAX_HEADER = 10_256  # of an npy file, NumPy's own limit and what stands around it
# The header of NumPy's file form, which is a Python dict; NumPy itself would have Python read it.
_NPY = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '(?P<type>[^']{1,9})', 'fortran_order': (?P<columns>True|False), "
    rb"'shape': \((?P<shape>(?:\d{1,19}, ?)*(?:\d{1,19})?)\), \} *\n",
    re.DOTALL,
)


class ImportProblem(ProblemError):
    """A file cannot be read; nothing of it was used."""


def open_regular(path: Path) -> IO[bytes]:
    """Open a file for reading; a pipe or a device would keep the program waiting.

    Raises:
        ImportProblem: it is none, or cannot be opened.
    """
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):  # of a folder the system says so itself
            raise ImportProblem(problem(str(path), "file-not-regular"))
        return path.open("rb")
    except (OSError, ValueError) as error:
        raise ImportProblem(problem(str(path), "file-unreadable", reason=getattr(error, "strerror", None) or str(error))) from error


def read_file(path: Path, limit: int = MAX_FILE) -> bytes:
    """Return the bytes of a regular file.

    Raises:
        ImportProblem: it cannot be read, or is larger than `limit`.
    """
    with open_regular(path) as file:
        try:
            data = file.read(min(os.fstat(file.fileno()).st_size, limit) + 1)
        except OSError as error:
            raise ImportProblem(problem(str(path), "file-unreadable", reason=error.strerror or str(error))) from error
    if len(data) > limit:
        raise ImportProblem(problem(str(path), "file-too-large", limit=f"{limit >> 20} MiB"))
    return data


def write_json(value: Any) -> bytes:
    """Return readable JSON; equal values give equal bytes. Raises ValueError for numbers that are not finite."""
    return (json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode("utf-8")


def read_json(data: bytes, where: str, part: str) -> Any:
    """Return what JSON bytes say; `where` and `part` name the file and the part in problems.

    Raises:
        ImportProblem: larger or deeper than allowed, keys given twice, NaN or infinity, or no JSON at all.
    """
    try:
        if len(data) > MAX_JSON:
            raise ValueError("too large")
        if data.count(b",") + data.count(b"[") + data.count(b"{") > MAX_VALUES:
            raise ValueError("too many values")
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_table, parse_constant=_refuse)
        _check_depth(value)
    except (ValueError, RecursionError) as error:
        raise ImportProblem(problem(where, "part-damaged", part=part)) from error
    return value


def _table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        raise ValueError("a key stands twice")
    return table


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not a number")


def _check_depth(value: Any) -> None:
    """Go down level by level, from tables and lists to those in them."""
    nested = (dict, list)
    level = [value] if isinstance(value, nested) else []
    for _ in range(MAX_DEPTH + 1):
        if not level:
            return
        level = [inner for item in level for inner in (item.values() if isinstance(item, dict) else item) if isinstance(inner, nested)]
    raise ValueError("too deep")


def write_npy(array: Array) -> bytes:
    """Return an array in NumPy's own file form."""
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.ascontiguousarray(array), version=(1, 0), allow_pickle=False)
    return buffer.getvalue()


def read_npy(data: bytes, where: str, part: str, shape: Shape, *dtypes: DTypeLike) -> Array:
    """Return an array of this shape (None: of any length there), with finite numbers of one of these types.

    Raises:
        ImportProblem: it is anything else.
    """
    try:
        array = _array(data, shape, dtypes)
    except ValueError as error:
        raise ImportProblem(problem(where, "part-damaged", part=part)) from error
    if not np.isfinite(array).all():
        raise ImportProblem(problem(where, "part-not-finite", part=part))
    return array


def _array(data: bytes, shape: Shape, dtypes: tuple[DTypeLike, ...]) -> Array:
    """Return the array; the header is compared with what is expected before anything is made. Raises ValueError."""
    header = _NPY.match(data, 0, MAX_HEADER)
    if header is None or header.end() != 10 + int.from_bytes(data[8:10], "little"):
        raise ValueError("another header than NumPy writes")
    found = tuple(map(int, header["shape"].replace(b",", b" ").split()))
    if len(found) != len(shape) or any(wanted not in (None, length) for wanted, length in zip(shape, found, strict=True)):
        raise ValueError("another shape")
    known = {dtype.str.encode(): dtype for dtype in (np.dtype(item).newbyteorder("<") for item in dtypes)}
    dtype = known.get(header["type"])
    if dtype is None or len(data) - header.end() != dtype.itemsize * math.prod(found):
        raise ValueError("another type or size")
    array = np.frombuffer(data, dtype, offset=header.end()).reshape(found, order="F" if header["columns"] == b"True" else "C")
    return array.astype(dtype.newbyteorder("="))
