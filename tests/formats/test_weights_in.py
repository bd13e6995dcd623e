"""Weights come back out of every file nnviz writes; a file that does not fit the network is refused with what does not."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnviz.engine.network import initialize
from nnviz.engine.spec import DataSpec, Dense, InputSpec, NetworkSpec, Spec, TrainingSpec
from nnviz.explain.words import problem_text
from nnviz.formats.archive import pack
from nnviz.formats.strict import ImportProblem, write_npy
from nnviz.formats.weights import WEIGHTS, to_csv, to_json, to_npz, to_safetensors
from nnviz.formats.weights_in import WEIGHT_KINDS, read_weights
from tests.formats.build import unpacked

LAYERS = (Dense("h1", "Dense 1", ("n1", "n2", "n3")), Dense("out", "Output", ("n4",), use_bias=False))
SPEC = Spec(NetworkSpec(InputSpec((2,), ("x1", "x2")), LAYERS, 5), TrainingSpec(), DataSpec("circle"))
FLAT = initialize(SPEC.network, 3) + 0.125


def with_precision(precision: str) -> Spec:
    return replace(SPEC, training=replace(TrainingSpec(), precision=precision))


def file(folder: Path, content: bytes, name: str = "weights") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def refusal(path: Path) -> tuple[str, dict[str, Any]]:
    with pytest.raises(ImportProblem) as caught:
        read_weights(path, SPEC)
    (found,) = caught.value.problems
    words = problem_text(found)
    assert found.where.startswith(str(path)) and words.what and words.why and words.next
    return found.message.key.removeprefix("problem."), dict(found.message.values)


@pytest.mark.parametrize("kind", WEIGHTS)
@pytest.mark.parametrize("written", ["float64", "float32"])
@pytest.mark.parametrize("wanted", ["float64", "float32"])
@pytest.mark.parametrize("suffix", [True, False])
def test_weights_come_back_bit_for_bit(tmp_path: Path, kind: str, written: str, wanted: str, suffix: bool) -> None:
    path = file(tmp_path, WEIGHTS[kind](with_precision(written), FLAT), f"w.{kind}" if suffix else "weights")
    found = read_weights(path, with_precision(wanted))
    assert (found.dtype, found.tobytes()) == (np.float64, FLAT.astype(written).astype(np.float64).tobytes())
    assert found.flags.writeable


def test_there_is_a_reader_for_every_writer() -> None:
    assert len(WEIGHT_KINDS) == len(WEIGHTS)


def test_archives_of_numpy_itself_are_read(tmp_path: Path) -> None:
    arrays = {name: np.asfortranarray(np.load(io.BytesIO(part))) for name, part in unpacked(to_npz(SPEC, FLAT)).items()}
    for save in (np.savez, np.savez_compressed):
        save(tmp_path / "w.npz", **{name.removesuffix(".npy"): array for name, array in arrays.items()})
        assert read_weights(tmp_path / "w.npz", SPEC).tobytes() == FLAT.tobytes()


def test_safetensors_of_the_library_are_read(tmp_path: Path) -> None:
    from safetensors.numpy import load, save

    content = save(load(to_safetensors(SPEC, FLAT)), metadata={"format": "pt"})
    assert read_weights(file(tmp_path, content), SPEC).tobytes() == FLAT.tobytes()


def test_a_table_may_be_in_any_order_and_begin_with_a_mark(tmp_path: Path) -> None:
    header, *lines = to_csv(SPEC, FLAT).decode().splitlines()
    content = "\r\n".join(["\ufeff" + header, *reversed(lines)]).encode()
    assert read_weights(file(tmp_path, content), SPEC).tobytes() == FLAT.tobytes()


def parts(**changes: np.ndarray | None) -> bytes:
    arrays: dict[str, Any] = {name: np.load(io.BytesIO(part)) for name, part in unpacked(to_npz(SPEC, FLAT)).items()}
    arrays |= {name.replace("_", ".") + ".npy": array for name, array in changes.items()}
    return pack({name: write_npy(array) for name, array in arrays.items() if array is not None})


NPZ = [
    (parts(layers_0_bias=None), "weights-missing", "layers.0.bias"),
    (parts(layers_1_bias=np.zeros(1)), "weights-unknown", "layers.1.bias"),
    (parts(evil=np.zeros(1)), "weights-unknown", "evil"),
    (parts(layers_0_weight=np.zeros((2, 3))), "part-damaged", "layers.0.weight"),
    (parts(layers_0_weight=np.zeros((3, 2), np.int64)), "part-damaged", "layers.0.weight"),
    (parts(layers_0_weight=np.zeros((3, 2), np.complex128)), "part-damaged", "layers.0.weight"),
    (parts(layers_0_weight=np.full((3, 2), np.nan)), "part-not-finite", "layers.0.weight"),
]


def tensors(**changes: Any) -> bytes:
    """Return safetensors with another header, `weight` being the entry of the first weights."""
    data = to_safetensors(SPEC, FLAT)
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    weight = {"layers.0.weight": header["layers.0.weight"] | changes.pop("weight", {})}
    text = json.dumps({name: entry for name, entry in (header | weight | changes).items() if entry is not None}).encode()
    return len(text).to_bytes(8, "little") + text + data[8 + length :]


OFFSETS = json.loads(to_safetensors(SPEC, FLAT)[8:].partition(b"}}")[0] + b"}}")["layers.0.weight"]["data_offsets"]
SAFETENSORS = [
    (tensors(**{"layers.0.bias": None}), "weights-missing", "layers.0.bias"),
    (tensors(other={}), "weights-unknown", "other"),
    (tensors(weight={"shape": [2, 3]}), "weights-shape", "layers.0.weight"),
    (tensors(weight={"shape": [2**62, 2**62]}), "weights-shape", "layers.0.weight"),
    (tensors(weight={"shape": "3,2"}), "weights-shape", "layers.0.weight"),
    *((tensors(weight={"dtype": dtype}), "part-damaged", "layers.0.weight") for dtype in ("F32", "BF16", "I64", "O", [], 3)),
    *(
        (tensors(weight={"data_offsets": place}), "part-damaged", "layers.0.weight")
        for place in ([0], [0, 48, 96], [-48, 0], [2**62, 2**62 + 48], [0.0, 48.0], "048", [48, 0], None, [10**6, 10**6 + 48])
    ),
    (tensors(weight={"more": 1}), "part-damaged", "layers.0.weight"),
    (tensors(**{"layers.0.weight": [1]}), "part-damaged", "layers.0.weight"),
    (tensors(weight={"data_offsets": [OFFSETS[0] + 8, OFFSETS[1] + 8]}), "part-damaged", "header"),
    (tensors() + bytes(8), "part-damaged", "header"),
    (to_safetensors(SPEC, np.full(12, np.inf)), "part-not-finite", "layers.0.bias"),
]


def table(**changes: Any) -> bytes:
    content = json.loads(to_json(SPEC, FLAT)) | {name.replace("_", "."): entry for name, entry in changes.items()}
    return json.dumps({name: entry for name, entry in content.items() if entry is not None}).encode()


def bias(*values: Any, **more: Any) -> bytes:
    return table(layers_0_bias={"shape": [3], "values": list(values)} | more)


JSON = [
    (table(layers_0_bias=None), "weights-missing", "layers.0.bias"),
    (table(more={}), "weights-unknown", "more"),
    (bias(1, 2, 3, 4), "part-damaged", "layers.0.bias"),
    (bias(1, 2, "3"), "part-damaged", "layers.0.bias"),
    (bias(1, 2, True), "part-damaged", "layers.0.bias"),
    (bias(1, 2, None), "part-damaged", "layers.0.bias"),
    (bias(1, 2, [3]), "part-damaged", "layers.0.bias"),
    (bias(1, 2, 10**400), "part-damaged", "layers.0.bias"),
    (bias(1, 2, 3, shape=[4]), "weights-shape", "layers.0.bias"),
    (bias(1, 2, 3, extra=1), "part-damaged", "layers.0.bias"),
    (bias(1, 2, 3).replace(b"[1, 2, 3]", b"[1, 2, 1e999]"), "part-not-finite", "layers.0.bias"),
    (bias(1, 2, 3).replace(b"[1, 2, 3]", b"[1, 2, NaN]"), "part-damaged", "JSON"),
    (table(layers_0_weight={"shape": [3, 2], "values": [1, 2, 3]}), "part-damaged", "layers.0.weight"),
    (table(layers_0_weight={"shape": [3, 2], "values": {}}), "part-damaged", "layers.0.weight"),
    (table(layers_0_weight=[]), "part-damaged", "layers.0.weight"),
    (b'{"a": 1, "a": 2}', "part-damaged", "JSON"),
]
LINES = to_csv(SPEC, FLAT).decode().splitlines()


def lines(number: int, *new: str) -> bytes:
    return "\n".join([*LINES[:number], *new, *LINES[number + 1 :]]).encode()


CSV = [
    (lines(1), "weights-missing", "layers.0.weight"),
    (lines(2, LINES[1]), "weights-twice", "layers.0.weight"),
    (lines(12, *LINES[12:], LINES[1]), "weights-twice", "layers.0.weight"),
    (lines(1, "other,0,0,1"), "weights-unknown", "other"),
    (lines(1, "layers.0.weight,3,0,1"), "weights-shape", "layers.0.weight"),
    (lines(1, "layers.0.weight,0,,1"), "weights-shape", "layers.0.weight"),
    (lines(7, "layers.0.bias,0,0,1"), "weights-shape", "layers.0.bias"),
    (lines(1, "layers.0.weight,-1,0,1"), "part-damaged", "layers.0.weight"),
    (lines(1, "layers.0.weight,²,0,1"), "part-damaged", "layers.0.weight"),
    (lines(1, f"layers.0.weight,{'9' * 5000},0,1"), "part-damaged", "layers.0.weight"),
    (lines(1, "layers.0.weight,0,0,one"), "part-damaged", "layers.0.weight"),
    (lines(1, "layers.0.weight,0,0,1_0"), "part-not-finite", "layers.0.weight"),
    (lines(1, "layers.0.weight,0,0,inf"), "part-not-finite", "layers.0.weight"),
    (lines(1, "layers.0.weight,0,0"), "part-damaged", "CSV"),
    (lines(1, '"layers.0.weight,0,0,1'), "part-damaged", "CSV"),
    (lines(0, "parameter,index0,index1,value,more"), "part-damaged", "parameter,index0,index1,value"),
    (LINES[0].encode() + b"\n\xff\xfe", "part-damaged", "CSV"),
]


@pytest.mark.parametrize(("content", "key", "name"), [*NPZ, *SAFETENSORS, *JSON, *CSV])
def test_what_does_not_fit_is_named(tmp_path: Path, content: bytes, key: str, name: str) -> None:
    kind = "json" if content[:1] == b"{" else "file"
    found, values = refusal(file(tmp_path, content, f"w.{kind}"))
    assert (found, next(iter(values.values()))) == (key, name)


def test_a_fault_in_a_table_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(ImportProblem) as caught:
        read_weights(file(tmp_path, lines(5, "layers.0.weight,9,9,1")), SPEC)
    assert caught.value.problems[0].where.endswith("weights: line 6")


def test_a_shape_that_does_not_fit_says_both(tmp_path: Path) -> None:
    _, values = refusal(file(tmp_path, tensors(weight={"shape": [2, 3]})))
    assert values == {"name": "layers.0.weight", "found": "[2, 3]", "expected": "[3, 2]"}


def test_pickles_in_archives_are_never_read(tmp_path: Path) -> None:
    arrays = {name.removesuffix(".npy"): np.load(io.BytesIO(part)) for name, part in unpacked(to_npz(SPEC, FLAT)).items()}
    np.savez(tmp_path / "w.npz", **arrays | {"layers.0.bias": np.array([print] * 3, dtype=object)})
    assert refusal(tmp_path / "w.npz") == ("part-damaged", {"part": "layers.0.bias"})


@pytest.mark.parametrize(
    ("name", "content", "key"),
    [
        ("model.pt", b"\x80\x02}q\x00.", "kind-unsafe"),
        ("model.keras", pack({"config.json": b"{}", "model.weights.h5": b""}), "kind-unsafe"),
        ("net.onnx", b"\x08\x07\x12\x04test", "kind-onnx"),
        ("data.csv", b"x1,x2\n1,2\n", "kind-table"),
        ("digit.png", b"\x89PNG\r\n\x1a\n", "kind-image"),
        ("digits", b"\0\0\x08\x03\0\0\0\0", "kind-idx"),
        ("nothing", b"", "kind-unknown"),
        ("run.nnviz", pack({"manifest.json": b"{}"}), "kind-unknown"),
    ],
)
def test_other_kinds_are_refused_as_such(tmp_path: Path, name: str, content: bytes, key: str) -> None:
    assert refusal(file(tmp_path, content, name)) == (key, {})


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    assert refusal(tmp_path / "gone.npz")[0] == "file-unreadable"
    assert refusal(tmp_path)[0] == "file-unreadable"
