"""Archives: equal bytes for equal parts; nothing hostile is unpacked."""

from __future__ import annotations

import io
import struct
import time
import tracemalloc
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.formats import archive
from nnviz.formats.archive import Archive, pack
from nnviz.formats.strict import ImportProblem
from tests.formats.build import unpacked


def refusal(data: bytes) -> str:
    with pytest.raises(ImportProblem) as caught:
        unpacked(data)
    (found,) = caught.value.problems
    assert found.where == "file.nnviz"
    return found.message.key.removeprefix("problem.")


def deflated(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return buffer.getvalue()


@given(st.dictionaries(st.text("abc/.", min_size=1, max_size=8), st.binary(max_size=2000), max_size=5))
def test_parts_come_back(parts: dict[str, bytes]) -> None:
    assert unpacked(pack(parts)) == parts
    assert pack(parts) == pack(dict(parts))


def test_bytes_do_not_tell_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    before = pack({"a": b"1"})
    monkeypatch.setattr(time, "time", lambda: 2e9)
    assert pack({"a": b"1"}) == before


def test_deflated_archives_of_others_are_read() -> None:
    parts = {"spec.json": b'{"a": 1}' * 20, "empty": b""}
    assert unpacked(deflated(**parts)) == parts


def test_a_bomb_is_refused_before_it_goes_off() -> None:
    bomb = deflated(zeros=bytes(300 << 20))
    tracemalloc.start()
    began = time.thread_time()
    key = refusal(bomb)
    used, seconds = tracemalloc.get_traced_memory()[1], time.thread_time() - began
    tracemalloc.stop()
    assert key == "archive-bomb"
    assert used < 16 << 20
    assert seconds < 1.0


def test_a_part_that_lies_about_its_size_is_read_no_further() -> None:
    data = bytearray(deflated(zeros=bytes(50 << 20)))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.index(signature) + offset
        data[at : at + 4] = struct.pack("<I", 10)
    tracemalloc.start()
    key = refusal(bytes(data))
    used = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert key in ("file-damaged", "part-damaged")
    assert used < 16 << 20


def test_too_many_parts_and_too_large_files(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(pack({str(number): b"" for number in range(1001)})) == "archive-too-many-parts"
    monkeypatch.setattr(archive, "MAX_FILE", 100)
    assert refusal(bytes(101)) == "file-too-large"


def test_a_part_larger_than_it_can_be_is_not_unpacked() -> None:
    found = Archive(deflated(small=b"12345678", zeros=bytes(9)), "file.nnviz")
    assert (found.names, found.read("small", 8)) == (("small", "zeros"), b"12345678")
    with pytest.raises(ImportProblem, match="part-damaged"):
        found.read("zeros", 8)


def test_one_damaged_part_leaves_the_others() -> None:
    data = pack({"first": b"good", "second": b"worse"}).replace(b"worse", b"worst")
    found = Archive(data, "file.nnviz")
    assert found.read("first") == b"good"
    with pytest.raises(ImportProblem, match="second"):
        found.read("second")


def test_repeated_names_are_refused() -> None:
    one = bytearray(pack({"a": b"1", "b": b"2"}))
    assert refusal(bytes(one).replace(b"b", b"a")) == "file-damaged"


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x05\x06" + bytes(9), b"\x93NUMPY", bytes(1000)])
def test_what_is_no_archive(data: bytes) -> None:
    assert refusal(data) == "file-damaged"


@given(st.data())
def test_a_changed_byte_is_harmless_or_refused(data: st.DataObject) -> None:
    parts = {"spec.json": b'{"a": 1}', "initial.npy": bytes(64)}
    changed = bytearray(pack(parts))
    for at in data.draw(st.lists(st.integers(0, len(changed) - 1), min_size=1, max_size=4)):
        changed[at] = data.draw(st.integers(0, 255))
    try:
        found = unpacked(bytes(changed))
    except ImportProblem:
        found = {}
    assert all(len(part) <= 64 for part in found.values())
