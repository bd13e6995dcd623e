"""Row 2 of RELIABILITY.md: files made to hurt are refused within a second and 64 MiB of memory, and nothing of them is run."""

from __future__ import annotations

import gc
import io
import json
import struct
import time
import zipfile
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnviz.explain.words import problem_text
from nnviz.formats.archive import pack
from nnviz.formats.kinds import kind_of
from nnviz.formats.project import open_project, read_project
from nnviz.formats.strict import ImportProblem, write_npy
from nnviz.formats.weights import csv_header, to_npz
from nnviz.formats.weights_in import read_weights
from tests.formats.build import TRAINER, WHOLE, Change, Parts, tampered, unpacked

SPEC = TRAINER.spec
SECONDS, MEMORY = 1.0, 64 << 20
HISTORY = b"epoch,step,train_loss,train_metric,validation_loss,validation_metric,learning_rate\n"


def zipped(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method, compresslevel=9) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return buffer.getvalue()


def lying(data: bytes, size: int) -> bytes:
    """Return a zip of which every header says that its part unpacks to `size` bytes."""
    changed = bytearray(data)
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = changed.find(signature)
        while at >= 0:
            changed[at + offset : at + offset + 4] = struct.pack("<I", size)
            at = changed.find(signature, at + 4)
    return bytes(changed)


def npy(header: str, body: bytes = b"", version: bytes = b"\x01\x00") -> bytes:
    line = header.encode() + b"\n"
    return b"\x93NUMPY" + version + struct.pack("<H" if version[0] == 1 else "<I", len(line)) + line + body


def described(shape: str, descr: str = "'<f8'") -> str:
    return f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}}}"


def pickled() -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.array([open] * 101, dtype=object))  # pickles by default
    return buffer.getvalue()


def with_part(part: str, data: bytes) -> bytes:
    return tampered(WHOLE, lambda parts: parts.update({part: data}))


def deflated(change: Change) -> bytes:
    """Return the project with some parts changed, packed tightly, with right checksums."""
    return zipped(unpacked(tampered(WHOLE, change)))


def with_spec(**network: Any) -> bytes:
    spec = json.loads(unpacked(WHOLE)["spec.json"])
    spec["network"] |= network
    return with_part("spec.json", json.dumps(spec).encode())


def layer(**fields: Any) -> dict[str, Any]:
    return {"kind": "dense", "id": "h", "name": "wide"} | fields


def overlapping(count: int) -> bytes:
    """Return a zip whose parts are all the same compressed megabytes."""
    one = zipped({"x" * 9: bytes(50_000)})
    at, end = one.index(b"PK\x01\x02"), one.index(b"PK\x05\x06")
    entries = b"".join(one[at:end].replace(b"x" * 9, f"{number:09d}".encode()) for number in range(count))
    return one[:at] + entries + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, min(count, 65535), min(count, 65535), len(entries), at, 0)


def encrypted(data: bytes) -> bytes:
    changed = bytearray(data)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        changed[changed.index(signature) + offset] |= 1
    return bytes(changed)


def everything_is(data: bytes) -> Change:
    def change(parts: Parts) -> None:
        parts.update({name: data for name in parts if name not in ("manifest.json", "spec.json", "run.json")})

    return change


ZEROS = bytes(80 << 20)
PROJECTS: dict[str, Callable[[], bytes]] = {
    "a part of 80 MiB zeros": lambda: zipped({"manifest.json": ZEROS}),
    "a small lie about a large part": lambda: lying(zipped({"manifest.json": ZEROS}), 10),
    "a large lie about a small part": lambda: lying(pack({"manifest.json": b"{}"}), 2**31),
    "a large lie within the ratio": lambda: lying(zipped({"manifest.json": bytes(range(256)) * 9}), 100_000),
    "a bzip2 part": lambda: lying(zipped({"manifest.json": ZEROS}, zipfile.ZIP_BZIP2), 10),
    "an LZMA part": lambda: lying(zipped({"manifest.json": ZEROS}, zipfile.ZIP_LZMA), 10),
    "an encrypted part": lambda: encrypted(pack({"manifest.json": b"{}"})),
    "1 001 parts": lambda: pack({str(number): b"" for number in range(1_001)}),
    "200 000 parts": lambda: overlapping(200_000),
    "999 parts in the same place": lambda: overlapping(999),
    "a zip in a zip in a zip": lambda: pack({"manifest.json": pack({"manifest.json": pack({"manifest.json": ZEROS[:1000]})})}),
    "a zip that says it is larger than 4 GiB": lambda: pack({}).replace(b"PK\x05\x06", b"PK\x06\x07" + bytes(16) + b"PK\x05\x06"),
    "the name of a part twice": lambda: pack({"manifest.json": b"", "manifesu.json": b""}).replace(b"manifesu", b"manifest"),
    "names that lead elsewhere": lambda: tampered(WHOLE, lambda parts: parts.update({"../../x": b"", "/etc/passwd": b"", "C:\\x": b""})),
    "a deep manifest": lambda: pack({"manifest.json": b"[" * 1_000_000}),
    "a wide manifest": lambda: zipped({"manifest.json": b"[" + b"[]," * 1_500_000 + b"[]]"}),
    "a manifest of empty tables": lambda: pack({"manifest.json": b"[" + b"{}," * 240_000 + b"{}]"}),
    "a manifest of 100 000 parts": lambda: with_manifest({str(number): "" for number in range(100_000)}),
    "a number of a million digits": lambda: pack({"manifest.json": b'{"format": ' + b"9" * 1_000_000 + b"}"}),
    "a manifest over 16 MiB": lambda: pack({"manifest.json": b'"' + b"x" * (16 << 20) + b'"'}),
    "a billion units": lambda: with_spec(layers=[layer(units=10**9)]),
    "units beyond all counting": lambda: with_spec(layers=[layer(units=10**300)]),
    "10 000 wide layers": lambda: with_spec(layers=[layer(units=10_000)] * 10_000),
    "200 wide layers": lambda: with_spec(layers=[layer(units=10_000, id=f"h{number}") for number in range(200)]),
    "300 000 neurons": lambda: with_spec(layers=[layer(neurons=[f"n{number}" for number in range(300_000)])]),
    "300 000 neurons of one name": lambda: with_spec(layers=[layer(neurons=["n"] * 300_000)]),
    "300 000 wrong neurons": lambda: with_spec(layers=[layer(neurons=[0] * 300_000)]),
    "200 000 unknown fields": lambda: with_spec(**{f"field{number}": 0 for number in range(200_000)}),
    "a field of 15 MiB": lambda: with_spec(**{"x" * (15 << 20): 0}),
    "an input of 2^62 values": lambda: with_spec(input={"shape": [2**62], "names": ["x1"]}),
    "an array of 2^60 numbers": lambda: with_part("parameters.npy", npy(described("(1152921504606846976,)"))),
    "an array of less than none": lambda: with_part("parameters.npy", npy(described("(-101,)"), bytes(808))),
    "an array of objects": lambda: with_part("parameters.npy", pickled()),
    "an array of records": lambda: with_part("parameters.npy", npy(described("(101,)", "[('a', '<f8')]"), bytes(808))),
    "an array with a program": lambda: with_part("parameters.npy", npy("__import__('os').abort()", bytes(808))),
    "an array with a deep header": lambda: with_part("parameters.npy", npy("(" * 5_000 + ")" * 5_000, bytes(808))),
    "an array with a header of 3 GiB": lambda: with_part("parameters.npy", b"\x93NUMPY\x02\x00\xff\xff\xff\xbf" + bytes(99)),
    "curves of 80 MiB": lambda: deflated(lambda parts: parts.update({"curves/train_loss.npy": write_npy(np.zeros((80, 65536, 2)))})),
    "every part 10 MiB": lambda: deflated(everything_is(ZEROS[: 10 << 20])),
    "a history that stands still": lambda: deflated(lambda parts: parts.update({"history.csv": HISTORY + b"0,0,1,1,1,1,1\n" * 3_000_000})),
    "a history in one line": lambda: with_part("history.csv", HISTORY + b"1," * 10_000_000),
    "a history in one cell": lambda: with_part("history.csv", HISTORY + b'"' + b"1" * 20_000_000),
}


def with_manifest(parts: dict[str, str]) -> bytes:
    return pack({"manifest.json": json.dumps({"format": 2, "version": "1", "needs": "1", "parts": parts}).encode()})


def tensors(header: bytes, length: int | None = None) -> bytes:
    return struct.pack("<Q", len(header) if length is None else length) + header + bytes(64)


def table(cells: bytes) -> bytes:
    return ",".join(csv_header(2)).encode() + b"\n" + cells


def npz_with(part: bytes) -> bytes:
    return zipped(unpacked(to_npz(SPEC, TRAINER.network.parameters)) | {"layers.0.weight.npy": part})


ENTRY = b'{"layers.0.weight": {"dtype": "F64", "shape": [%s], "data_offsets": [0, %s]}}'
WEIGHTS: dict[str, Callable[[], bytes]] = {
    "npz of 80 MiB zeros": lambda: zipped({"layers.0.weight.npy": ZEROS}),
    "npz with weights of 80 MiB": lambda: npz_with(npy(described("(10485760,)"), ZEROS)),
    "npz of objects": lambda: npz_with(pickled()),
    "npz of huge shape": lambda: npz_with(npy(described("(4611686018427387904, 4)"))),
    "safetensors with a header of 2^63 bytes": lambda: tensors(b"{", 2**63),
    "safetensors with a deep header": lambda: tensors(b'{"a":' * 200_000),
    "safetensors of 60 000 tensors": lambda: tensors(json.dumps({str(number): {} for number in range(60_000)}).encode()),
    "safetensors of huge shape": lambda: tensors(ENTRY % (b"4611686018427387904, 4", b"8")),
    "safetensors of huge size": lambda: tensors(ENTRY % (b"8, 4", b"9" * 4_000)),
    "JSON of 100 000 open brackets": lambda: b'{"a":' + b"[" * 100_000,
    "JSON of a million numbers": lambda: b'{"layers.0.weight": [' + b"1," * 1_000_000 + b"1]}",
    "JSON with a key twice": lambda: b'{"layers.0.weight": 1, "layers.0.weight": 1}',
    "CSV in one line": lambda: table(b"," * 20_000_000),
    "CSV in one cell": lambda: table(b'"' + b"x" * 20_000_000),
    "CSV that says the same for ever": lambda: table(b"layers.0.weight,0,0,1\n" * 1_000_000),
    "CSV with a place of a million digits": lambda: table(b"layers.0.weight," + b"9" * 100_000 + b",0,1\n"),
    "CSV of nulls": lambda: table(bytes(20_000_000)),
    "a pickle": lambda: b"\x80\x04\x95" + b"cos\nsystem\n(S'touch pwned'\ntR.",
}


@lru_cache(maxsize=1)
def weights(name: str) -> bytes:
    """Return weights made to hurt; the last are kept, as two tests in a row take them."""
    return WEIGHTS[name]()


@pytest.fixture(autouse=True, scope="module")
def few_to_go_through() -> Iterator[None]:
    """Keep what is imported by now out of what is gone through for every bomb."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()
    weights.cache_clear()


def resident(name: str) -> int:
    """Return a figure of /proc/self/status in bytes: VmRSS, the memory in use, or VmHWM, the most there was in use."""
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1]) << 10


def refused(path: Path, read: Callable[[Path], object]) -> tuple[float, int]:
    """Return how much of the thread's time and of memory above the file itself a refusal took."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # begins VmHWM anew
    base, began = resident("VmRSS"), time.thread_time()
    with pytest.raises(ImportProblem) as caught:
        read(path)
    seconds = time.thread_time() - began
    assert all(problem_text(problem).next for problem in caught.value.problems)
    return seconds, resident("VmHWM") - base - path.stat().st_size


def whole(path: Path) -> None:
    """Open a project; damage of any part counts as a refusal."""
    raise ImportProblem(*open_project(path).damaged)


@pytest.mark.parametrize("name", PROJECTS)
def test_projects_made_to_hurt(tmp_path: Path, name: str) -> None:
    path = tmp_path / "bomb.nnviz"
    path.write_bytes(PROJECTS[name]())
    kind_of(path)
    seconds, memory = refused(path, whole)
    assert (seconds < SECONDS, memory < MEMORY) == (True, True), (seconds, memory >> 20)
    assert [item.name for item in tmp_path.iterdir()] == ["bomb.nnviz"]
    with pytest.raises(ImportProblem):
        read_project(path)


@pytest.mark.parametrize("suffix", ["", "of the kind"])
@pytest.mark.parametrize("name", WEIGHTS)
def test_weights_made_to_hurt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, suffix: str) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / f"bomb{'.' + name.split()[0].lower() if suffix else ''}"
    path.write_bytes(weights(name))
    seconds, memory = refused(path, lambda path: read_weights(path, SPEC))
    assert (seconds < SECONDS, memory < MEMORY) == (True, True), (seconds, memory >> 20)
    assert len(list(tmp_path.iterdir())) == 1


def test_memory_is_measured(tmp_path: Path) -> None:
    def waste(path: Path) -> None:
        assert len(path.read_bytes() + b"x" * (100 << 20)) == 100 << 20
        raise ImportProblem()

    path = tmp_path / "file"
    path.write_bytes(b"")
    assert refused(path, waste)[1] > 90 << 20


def test_there_are_enough_of_them() -> None:
    assert len(PROJECTS) + len(WEIGHTS) >= 60
