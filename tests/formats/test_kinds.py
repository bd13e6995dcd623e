"""What a file is, is told by what is in it; the suffix only where that says nothing."""

from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.explain.words import problem_text
from nnviz.formats.archive import pack
from nnviz.formats.kinds import Kind, kind_of, refusal
from nnviz.formats.strict import ImportProblem
from nnviz.formats.weights import WEIGHTS
from tests.formats.build import TRAINER, WHOLE


def picture(form: str) -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (3, 2)).save(buffer, form)
    return buffer.getvalue()


def archive(*names: str) -> bytes:
    return pack(dict.fromkeys(names, b"x"))


CONTENTS = [
    (WHOLE, Kind.PROJECT),
    *((write(TRAINER.spec, TRAINER.network.parameters), kind) for write, kind in zip(WEIGHTS.values(), list(Kind)[1:5], strict=True)),
    *((picture(form), Kind.IMAGE) for form in ("png", "jpeg", "gif", "bmp", "tiff", "webp")),
    (b"\0\0\x08\x03" + bytes(12), Kind.IDX),
    (b"x1,x2,label\n1,2,0\n", Kind.CSV),
    (b"x1;x2\n1;2\n", Kind.CSV),
    (b"BMI,age\n20,30\n", Kind.CSV),
    (archive("archive/data.pkl", "archive/version"), Kind.UNSAFE),
    (archive("metadata.json", "config.json", "model.weights.h5"), Kind.UNSAFE),
    (b"\x89HDF\r\n\x1a\n" + bytes(20), Kind.UNSAFE),
    *((bytes([0x80, protocol]) + b"}q.", Kind.UNSAFE) for protocol in (2, 3, 4, 5)),
    (archive("word/document.xml"), Kind.UNKNOWN),
    (np.arange(300, dtype=np.uint8).tobytes(), Kind.UNKNOWN),
    (b"", Kind.UNKNOWN),
    (b"nothing in particular", Kind.UNKNOWN),
]
SUFFIXES = {
    ".nnviz": Kind.PROJECT,
    ".npz": Kind.NPZ,
    ".safetensors": Kind.SAFETENSORS,
    ".json": Kind.JSON_WEIGHTS,
    ".onnx": Kind.ONNX,
    ".csv": Kind.CSV,
    ".TSV": Kind.CSV,
    ".png": Kind.IMAGE,
    ".idx3-ubyte": Kind.IDX,
    ".pt": Kind.UNSAFE,
    ".pth": Kind.UNSAFE,
    ".h5": Kind.UNSAFE,
    ".keras": Kind.UNSAFE,
    ".PKL": Kind.UNSAFE,
    ".doc": Kind.UNKNOWN,
    "": Kind.UNKNOWN,
}


@pytest.mark.parametrize(("content", "kind"), CONTENTS)
def test_the_content_says_what_it_is(tmp_path: Path, content: bytes, kind: Kind) -> None:
    for name in ("file", "file.unknown"):
        (tmp_path / name).write_bytes(content)
        assert kind_of(tmp_path / name) is kind


@pytest.mark.parametrize("suffix", [".nnviz", ".csv", ".pt", ".png"])
def test_a_wrong_suffix_deceives_nobody(tmp_path: Path, suffix: str) -> None:
    for content, kind in CONTENTS[:16]:
        if kind not in (Kind.CSV, Kind.JSON_WEIGHTS):  # text may be anything
            (tmp_path / f"file{suffix}").write_bytes(content)
            assert kind_of(tmp_path / f"file{suffix}") is kind


@pytest.mark.parametrize(("suffix", "kind"), SUFFIXES.items())
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 torn", b"\x08\x07\x12\x07pytorch", b"(lp0\n."])
def test_else_the_suffix_does(tmp_path: Path, suffix: str, kind: Kind, content: bytes) -> None:
    path = tmp_path / f"file{suffix}"
    path.write_bytes(content)
    assert kind_of(path) is kind


@pytest.mark.parametrize("kind", Kind)
def test_every_refusal_says_what_to_do_instead(kind: Kind) -> None:
    words = problem_text(refusal(kind, Path("/data/file.x")))
    assert words.where == "/data/file.x" and all(len(text) > 15 for text in (words.what, words.why, words.next))


def test_what_may_run_programs_is_refused_with_the_safe_ways() -> None:
    words = problem_text(refusal(Kind.UNSAFE, Path("model.pt")))
    assert "safetensors" in words.next and "ONNX" in words.next


def test_what_cannot_be_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, key in ((tmp_path / "gone", "file-unreadable"), (tmp_path, "file-unreadable"), (tmp_path / "pipe", "file-not-regular")):
        with pytest.raises(ImportProblem) as caught:
            kind_of(path)
        assert caught.value.problems[0].message.key == f"problem.{key}"


@settings(max_examples=100)
@given(st.binary(max_size=400), st.sampled_from([*SUFFIXES]))
def test_any_bytes_are_of_some_kind(tmp_path_factory: pytest.TempPathFactory, content: bytes, suffix: str) -> None:
    path = tmp_path_factory.getbasetemp() / f"any{suffix}"
    path.write_bytes(content)
    assert isinstance(kind_of(path), Kind)
