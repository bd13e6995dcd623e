"""Parts of files, read without trusting them: sizes are checked before anything is allocated, nothing is ever run."""

from __future__ import annotations

import io
import json
import tokenize
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nnviz.engine.problem import ProblemError, problem

Array = NDArray[Any]

MAX_JSON = 16 << 20
MAX_DEPTH = 64


class ImportProblem(ProblemError):
    """A file cannot be read; nothing of it was used."""


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
    """Go down level by level."""
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        inner = [list(item.values()) if isinstance(item, dict) else item for item in level if isinstance(item, dict | list)]
        if not inner:
            return
        level = [item for items in inner for item in items]
    raise ValueError("too deep")


def write_npy(array: Array) -> bytes:
    """Return an array in NumPy's own file form."""
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.ascontiguousarray(array), version=(1, 0), allow_pickle=False)
    return buffer.getvalue()


def read_npy(data: bytes, where: str, part: str, size: int, dtype: DTypeLike) -> Array:
    """Return a flat array of exactly `size` finite numbers of this type.

    Raises:
        ImportProblem: it is anything else.
    """
    expected = np.dtype(dtype).newbyteorder("<")
    try:
        buffer = io.BytesIO(data)
        if np.lib.format.read_magic(buffer) != (1, 0):
            raise ValueError("another version of the npy format")
        shape, _, found = np.lib.format.read_array_header_1_0(buffer)
        if shape != (size,) or found != expected or len(data) - buffer.tell() != expected.itemsize * size:
            raise ValueError("another shape or type")
        array = np.frombuffer(data, expected, offset=buffer.tell()).astype(dtype)
    except (tokenize.TokenError, ValueError, TypeError, SyntaxError, RecursionError, MemoryError, OverflowError) as error:
        raise ImportProblem(problem(where, "part-damaged", part=part)) from error
    if not np.isfinite(array).all():
        raise ImportProblem(problem(where, "part-not-finite", part=part))
    return array
