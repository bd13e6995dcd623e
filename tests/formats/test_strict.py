"""JSON and arrays out of files: exactly what was meant, or an ImportProblem that names the part."""

from __future__ import annotations

import io
import json
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nnviz.formats import strict
from nnviz.formats.strict import ImportProblem, read_json, read_npy, write_json, write_npy

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


def refuse_json(data: bytes) -> None:
    with pytest.raises(ImportProblem) as caught:
        read_json(data, "file", "spec.json")
    (found,) = caught.value.problems
    assert (found.where, found.message.key, found.message.values) == ("file", "problem.part-damaged", (("part", "spec.json"),))


@given(JSON)
def test_json_comes_back(value: Any) -> None:
    assert read_json(write_json(value), "file", "part") == value


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[1,]",
        b"nan",
        b"[NaN]",
        b"[Infinity]",
        b"[-Infinity]",
        b'{"a": 1, "a": 2}',
        b'{"b": {"a": 1, "a": 1}}',
        b'"\xff"',
        b"\xef\xbb\xbf{}",
        b"[" * 65 + b"]" * 65,
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        b"9" * 5_000,
    ],
)
def test_what_is_no_honest_json(data: bytes) -> None:
    began = time.thread_time()
    refuse_json(data)
    assert time.thread_time() - began < 1.0


def test_depth_counts_to_its_limit() -> None:
    assert json.dumps(read_json(b"[" * 64 + b"]" * 64, "file", "part")) == "[" * 64 + "]" * 64


def test_json_larger_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strict, "MAX_JSON", 10)
    refuse_json(b'"123456789"')


def test_json_is_not_written_with_nan() -> None:
    with pytest.raises(ValueError, match="JSON"):
        write_json([float("nan")])


def refusal(data: bytes, size: int = 3) -> str:
    with pytest.raises(ImportProblem) as caught:
        read_npy(data, "file", "initial.npy", (size,), np.float64)
    (found,) = caught.value.problems
    assert dict(found.message.values) == {"part": "initial.npy"}
    return found.message.key.removeprefix("problem.")


@given(
    arrays(np.float64, st.integers(0, 50), elements=st.floats(allow_nan=False, allow_infinity=False)),
    st.sampled_from(["float64", "float32"]),
)
def test_arrays_come_back_bit_for_bit(array: np.ndarray, precision: str) -> None:
    with np.errstate(over="ignore"):
        array = np.nan_to_num(array.astype(precision))
    found = read_npy(write_npy(array), "file", "part", array.shape, precision)
    assert (found.dtype, found.tobytes()) == (array.dtype, array.tobytes())
    assert found.flags.writeable
    assert np.array_equal(np.load(io.BytesIO(write_npy(array)), allow_pickle=False), array)


def header(text: str) -> bytes:
    """Return an npy file with this header and no data."""
    line = text.encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + len(line).to_bytes(2, "little") + line


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x93NUMPY",
        write_npy(np.zeros(2)),
        write_npy(np.zeros(4)),
        write_npy(np.zeros((3, 1))),
        write_npy(np.zeros(3, np.float32)),
        write_npy(np.zeros(3, np.int64)),
        write_npy(np.zeros(3, ">f8")),
        write_npy(np.zeros(3))[:-1],
        write_npy(np.zeros(3)) + b"\0",
        header("{'descr': '|O', 'fortran_order': False, 'shape': (3,)}"),
        header("{'descr': '<f8', 'fortran_order': False, 'shape': (9999999999999,)}"),
        header("{'descr': '<f8', 'fortran_order': False, 'shape': (3,)}"),
        header("__import__('os').system('true')"),
        header("(" * 3000),
        header("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (3,)}"),
    ],
)
def test_what_is_not_the_array_meant(data: bytes) -> None:
    assert refusal(data) == "part-damaged"


def test_pickles_are_never_read() -> None:
    buffer = io.BytesIO()
    np.save(buffer, np.array([print, None, {}], dtype=object))  # pickles by default
    assert refusal(buffer.getvalue()) == "part-damaged"


def test_arrays_of_any_length_in_either_order_and_type() -> None:
    table = np.arange(6, dtype=np.float32).reshape(3, 2)
    for written in (table, np.asfortranarray(table)):
        buffer = io.BytesIO()
        np.lib.format.write_array(buffer, written, version=(1, 0), allow_pickle=False)
        found = read_npy(buffer.getvalue(), "file", "part", (None, 2), np.float64, np.float32)
        assert (found.dtype, found.tolist()) == (np.float32, table.tolist())
    for shape in ((None, 3), (None,), (2, None), (3, 2, 1)):
        with pytest.raises(ImportProblem):
            read_npy(write_npy(table), "file", "part", shape, np.float32)


def test_json_of_very_many_values_is_not_read() -> None:
    refuse_json(b"[" + b"[]," * 300_000 + b"[]]")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_not_finite(value: float) -> None:
    assert refusal(write_npy(np.array([0.0, value, 1.0]))) == "part-not-finite"
