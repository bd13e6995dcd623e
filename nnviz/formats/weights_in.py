"""Weights out of files that nnviz wrote: npz, safetensors, JSON and CSV, for a network that is there already.

A file may only hold what the network needs, by the names and in the shapes of `tensors`. Every shape is compared
with the network's before numbers are read, so no file makes anything larger than the network itself.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.problem import problem
from nnviz.engine.spec import Spec
from nnviz.formats.archive import Archive
from nnviz.formats.kinds import Kind, kind_of, refusal
from nnviz.formats.strict import MAX_HEADER, MAX_JSON, ImportProblem, read_file, read_json, read_npy
from nnviz.formats.table import text_lines
from nnviz.formats.tensors import tensors
from nnviz.formats.weights import csv_header

Array = NDArray[Any]
Shapes = Mapping[str, tuple[int, ...]]
_FLOATS = {"F32": "<f4", "F64": "<f8"}


def read_weights(path: Path, spec: Spec) -> Array:
    """Return the weights in a file as a flat vector for the network of `spec`, float64.

    Raises:
        ImportProblem: it cannot be read, is no file of weights, or its weights do not fit the network.
    """
    kind = kind_of(path)
    if kind not in _READERS:
        raise ImportProblem(refusal(kind, path))
    flat = np.empty(spec.network.weights)
    parts = tensors(spec.network, flat)
    arrays = _READERS[kind](read_file(path), str(path), {name: part.shape for name, part in parts.items()})
    for name, part in parts.items():
        part[...] = arrays[name]
    return flat


def _read_npz(data: bytes, where: str, shapes: Shapes) -> dict[str, Array]:
    archive = Archive(data, where)
    _check_names((name.removesuffix(".npy") for name in archive.names), where, shapes)
    arrays = {}
    for name, shape in shapes.items():
        part = archive.read(f"{name}.npy", MAX_HEADER + 8 * math.prod(shape))
        arrays[name] = read_npy(part, where, name, shape, np.float64, np.float32)
    return arrays


def _read_safetensors(data: bytes, where: str, shapes: Shapes) -> dict[str, Array]:
    """Read a header of names, types, shapes and places, then the numbers one after the other, without gaps."""
    length = int.from_bytes(data[:8], "little")
    if length > min(MAX_JSON, len(data) - 8):
        raise _damaged(where, "header")
    header = read_json(data[8 : 8 + length], where, "header")
    if not isinstance(header, dict):
        raise _damaged(where, "header")
    header.pop("__metadata__", None)
    _check_names(header, where, shapes)
    content, places, arrays = memoryview(data)[8 + length :], [], {}
    for name, entry in header.items():
        if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"}:
            raise _damaged(where, name)
        _check_shape(name, entry["shape"], where, shapes)
        place, dtype = entry["data_offsets"], _FLOATS.get(str(entry["dtype"]))
        if dtype is None or not isinstance(place, list) or [type(item) for item in place] != [int, int]:
            raise _damaged(where, name)
        places.append((place[0], place[1]))
        if place[0] < 0 or place[1] > len(content) or place[1] - place[0] != math.prod(shapes[name]) * np.dtype(dtype).itemsize:
            raise _damaged(where, name)
        arrays[name] = _finite(np.frombuffer(content[place[0] : place[1]], dtype).reshape(shapes[name]), where, name)
    ends = [0, *(place for pair in sorted(places) for place in pair), len(content)]
    if ends[::2] != ends[1::2]:
        raise _damaged(where, "header")
    return arrays


def _read_json(data: bytes, where: str, shapes: Shapes) -> dict[str, Array]:
    table = read_json(data, where, "JSON")
    if not isinstance(table, dict):
        raise _damaged(where, "JSON")
    _check_names(table, where, shapes)
    arrays = {}
    for name, shape in shapes.items():
        entry = table[name]
        if not isinstance(entry, dict) or set(entry) != {"shape", "values"}:
            raise _damaged(where, name)
        _check_shape(name, entry["shape"], where, shapes)
        arrays[name] = _finite(np.array(_numbers(entry["values"], shape, where, name)).reshape(shape), where, name)
    return arrays


def _numbers(values: Any, shape: tuple[int, ...], where: str, name: str) -> Any:
    """Return nested lists of numbers, which may hold nothing else and must be as many as the shape says."""
    if not isinstance(values, list) or len(values) != shape[0]:
        raise _damaged(where, name)
    if len(shape) > 1:
        return [_numbers(part, shape[1:], where, name) for part in values]
    if any(type(value) not in (float, int) for value in values):
        raise _damaged(where, name)
    try:
        return [float(value) for value in values]
    except OverflowError as error:
        raise _damaged(where, name) from error


def _read_csv(data: bytes, where: str, shapes: Shapes) -> dict[str, Array]:
    """Read a line for each weight, in any order; every one must be there once."""
    arrays = {name: np.full(shape, np.nan) for name, shape in shapes.items()}
    lines = csv.reader(text_lines(data), strict=True)
    try:
        header = csv_header(max(2, *map(len, shapes.values())))
        if tuple(next(lines, ())) != header:
            raise _damaged(where, ",".join(header))
        for number, line in enumerate(islice(lines, sum(map(math.prod, shapes.values())) + 1), 2):
            name, place, value = _weight(line, len(header), f"{where}: line {number}", shapes)
            if not np.isnan(arrays[name][place]):
                raise ImportProblem(problem(f"{where}: line {number}", "weights-twice", name=name))
            arrays[name][place] = value
    except (csv.Error, ValueError) as error:
        raise _damaged(where, "CSV") from error
    for name, array in arrays.items():
        if np.isnan(array).any():
            raise ImportProblem(problem(where, "weights-missing", name=name))
    return arrays


def _weight(line: list[str], cells: int, where: str, shapes: Shapes) -> tuple[str, tuple[int, ...], float]:
    """Return name, place and value of one weight."""
    if len(line) != cells:
        raise _damaged(where, "CSV")
    name, *indices, text = line
    if name not in shapes:
        raise ImportProblem(problem(where, "weights-unknown", name=name[:40]))
    given = [index for index in indices if index]
    if any(not (index.isascii() and index.isdecimal() and len(index) < 10) for index in given):
        raise _damaged(where, name)
    place, shape = tuple(map(int, given)), shapes[name]
    if len(place) != len(shape) or any(index >= length for index, length in zip(place, shape, strict=True)):
        raise ImportProblem(problem(where, "weights-shape", name=name, found=str(list(place)), expected=str(list(shape))))
    try:
        value = math.nan if "_" in text else float(text)
    except ValueError as error:
        raise _damaged(where, name) from error
    if not math.isfinite(value):
        raise ImportProblem(problem(where, "part-not-finite", part=name))
    return name, place, value


def _check_names(found: Iterable[str], where: str, shapes: Shapes) -> None:
    """Refuse parameters that the network has and the file lacks, or the other way round; the first one is named."""
    present = set(found)
    for name in (name for name in shapes if name not in present):
        raise ImportProblem(problem(where, "weights-missing", name=name))
    for name in sorted(present - set(shapes)):
        raise ImportProblem(problem(where, "weights-unknown", name=name[:40]))


def _check_shape(name: str, found: Any, where: str, shapes: Shapes) -> None:
    if found != list(shapes[name]):
        raise ImportProblem(problem(where, "weights-shape", name=name, found=str(found)[:40], expected=str(list(shapes[name]))))


def _finite(array: Array, where: str, name: str) -> Array:
    if not np.isfinite(array).all():
        raise ImportProblem(problem(where, "part-not-finite", part=name))
    return array


def _damaged(where: str, part: str) -> ImportProblem:
    return ImportProblem(problem(where, "part-damaged", part=part[:40]))


_READERS: dict[Kind, Callable[[bytes, str, Shapes], dict[str, Array]]] = {
    Kind.NPZ: _read_npz,
    Kind.SAFETENSORS: _read_safetensors,
    Kind.JSON_WEIGHTS: _read_json,
    Kind.CSV_WEIGHTS: _read_csv,
}
WEIGHT_KINDS = frozenset(_READERS)
