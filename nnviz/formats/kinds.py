"""What a file is: told by what is in it, and only where that says nothing, by its suffix."""

from __future__ import annotations

import io
from enum import Enum
from pathlib import Path
from typing import IO

from nnviz.engine.problem import Problem, problem
from nnviz.formats.archive import Archive
from nnviz.formats.parts import MANIFEST
from nnviz.formats.strict import ImportProblem, open_regular
from nnviz.formats.weights import csv_header

_HEAD = 4096


class Kind(Enum):
    """A kind of file. `UNSAFE` ones can run a program when they are opened, so nnviz never opens them."""

    PROJECT = "project"
    NPZ = "npz"
    SAFETENSORS = "safetensors"
    JSON_WEIGHTS = "json-weights"
    CSV_WEIGHTS = "csv-weights"
    ONNX = "onnx"
    CSV = "csv"
    IMAGE = "image"
    IDX = "idx"
    UNSAFE = "unsafe"
    UNKNOWN = "unknown"


_SUFFIXES = {
    Kind.PROJECT: ".nnviz",
    Kind.NPZ: ".npz",
    Kind.SAFETENSORS: ".safetensors",
    Kind.JSON_WEIGHTS: ".json",
    Kind.ONNX: ".onnx",
    Kind.CSV: ".csv .tsv .txt .data",
    Kind.IMAGE: ".png .jpg .jpeg .gif .bmp .webp .tif .tiff",
    Kind.IDX: ".idx .idx1 .idx3 .idx1-ubyte .idx3-ubyte .ubyte",
    Kind.UNSAFE: ".pt .pth .ckpt .h5 .hdf5 .keras .pkl .pickle .joblib",
}
_OF_SUFFIX = {suffix: kind for kind, suffixes in _SUFFIXES.items() for suffix in suffixes.split()}
_BEGINNINGS = {
    b"\x89PNG\r\n\x1a\n": Kind.IMAGE,
    b"\xff\xd8\xff": Kind.IMAGE,
    b"GIF8": Kind.IMAGE,
    b"II*\0": Kind.IMAGE,
    b"MM\0*": Kind.IMAGE,
    b"\x89HDF\r\n\x1a\n": Kind.UNSAFE,
}
# What the catalogue says of a kind that nothing opens.
_REFUSALS = {
    Kind.ONNX: "kind-onnx",
    Kind.CSV: "kind-table",
    Kind.IMAGE: "kind-image",
    Kind.IDX: "kind-idx",
    Kind.UNSAFE: "kind-unsafe",
    Kind.UNKNOWN: "kind-unknown",
}


def kind_of(path: Path) -> Kind:
    """Return what a file is, without reading more of it than that takes.

    Raises:
        ImportProblem: it cannot be read.
    """
    try:
        with open_regular(path) as file:
            return _by_content(file, path)
    except OSError as error:
        raise ImportProblem(problem(str(path), "file-unreadable", reason=error.strerror or str(error))) from error


def refusal(kind: Kind, path: Path) -> Problem:
    """Return why a file of this kind is not opened, and what to do instead."""
    return problem(str(path), _REFUSALS.get(kind, "kind-unknown"))


def _by_content(file: IO[bytes], path: Path) -> Kind:
    head, suffix = file.read(_HEAD), _OF_SUFFIX.get(path.suffix.lower(), Kind.UNKNOWN)
    for beginning, kind in _BEGINNINGS.items():
        if head.startswith(beginning):
            return kind
    if head.startswith(b"PK"):
        return _of_archive(file, path, suffix)
    if (head[:4] == b"RIFF" and head[8:12] == b"WEBP") or (head[:2] == b"BM" and head[6:10] == bytes(4)):
        return Kind.IMAGE
    if head[:1] == b"\x80" and head[1:2] in (b"\2", b"\3", b"\4", b"\5"):
        return Kind.UNSAFE  # pickles of any program
    if _is_safetensors(head, file):
        return Kind.SAFETENSORS
    if len(head) > 4 and head[:2] == b"\0\0" and head[2] in (8, 9, 11, 12, 13, 14) and 1 <= head[3] <= 4:
        return Kind.IDX
    return _of_text(head, suffix)


def _of_archive(file: IO[bytes], path: Path, suffix: Kind) -> Kind:
    """Return the kind of a zip by the names in it; one that is torn is what its suffix says, so that its reader tells the damage."""
    try:
        names = Archive(file, str(path)).names
    except ImportProblem:
        return suffix
    if MANIFEST in names:
        return Kind.PROJECT
    if any(name.endswith((".pkl", ".h5")) for name in names):
        return Kind.UNSAFE
    if names and all(name.endswith(".npy") for name in names):
        return Kind.NPZ
    return suffix


def _is_safetensors(head: bytes, file: IO[bytes]) -> bool:
    """Tell whether the first eight bytes count those of a JSON header that fits into the file."""
    size = file.seek(0, io.SEEK_END)
    return len(head) > 8 and head[8:9] == b"{" and int.from_bytes(head[:8], "little") <= size - 8


def _of_text(head: bytes, suffix: Kind) -> Kind:
    """Return the kind of what may be text."""
    text = head.decode("utf-8", "ignore").removeprefix("\ufeff")
    if b"\0" in head or len(text.encode()) < len(head) - 8:
        return suffix
    if text.startswith(",".join(csv_header(1)[:2])):
        return Kind.CSV_WEIGHTS
    if suffix is Kind.UNKNOWN and text.lstrip()[:1] == "{":
        return Kind.JSON_WEIGHTS
    first = text.partition("\n")[0]
    return Kind.CSV if suffix is Kind.UNKNOWN and any(mark in first for mark in ",;\t") else suffix
