"""Settings come back as they were saved; whatever else stands in the file, each wrong one falls back alone and is named."""

from __future__ import annotations

import json
import os
import random
import time
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.app.settings_file import LARGEST, Settings, from_table, read_settings, to_bytes
from nnviz.engine.plain import to_plain
from nnviz.explain.words import one_line
from nnviz.formats.examples import load

PROJECT = json.dumps(to_plain(load("xor").spec))
CHANGED = Settings(
    theme="dark",
    scale=1.25,
    digits=6,
    decimal_comma=True,
    reduce_motion=True,
    vertical=True,
    recent=("/data/ein Netz.nnviz", "/données/réseau.nnviz", "/数据/网络.nnviz", "C:\\Ünï\\x.nnviz"),
    keys=(("train", ("Space", "Ctrl+Return")), ("undo", ())),
    layout="AAEC/w==",
    geometry="AdnQywADAAA=",
    new_project=PROJECT,
    language="en",
)
WRONG: dict[str, list[Any]] = {
    "theme": ["pink", "", None, 1, ["dark"], "Dark", "dark\0", {}],
    "scale": [0.69, 2.51, "1", None, True, [1.0], 1e400, -1, 10**400],
    "digits": [1, 11, 4.0, "4", True, None, 10**30],
    "decimal_comma": [0, 1, "true", None, []],
    "reduce_motion": [0, 1, "false", None, {}],
    "vertical": [0, 1, "true", None],
    "recent": ["/a", [1], [""], ["a\0b"], [None], {"a": 1}, None, [["a"]], ["x" * 5000], ["\ud800"]],
    "keys": [
        *("ab", None, 3, [1], [[]]),
        *({"train": "Space"}, {"train": [1]}, {"train": None}, {"t" * 101: []}, {"\ud800": ["a"]}, {"a": ["a"] * 1001}),
    ],
    "layout": ["not base64!", 1, None, ["AAEC"], "AAE", "é"],
    "geometry": ["not base64!", 1, None, "\ud800"],
    "new_project": ["{", "[]", "1", "{}", 5, None, '{"format": 99}', "[" * 10000, '{"a": NaN}', {}],
    "language": ["tlh", "", "../en", "en.json", "/etc/passwd", None, 1, "en\0"],
}


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_settings_come_back(tmp_path: Path) -> None:
    assert read_settings(written(tmp_path / "s.json", to_bytes(CHANGED))) == (CHANGED, ())
    assert all(getattr(CHANGED, item.name) != item.default for item in fields(Settings) if item.name != "language")


def test_without_a_file_all_is_as_usual(tmp_path: Path) -> None:
    assert read_settings(tmp_path / "s.json") == (Settings(), ())
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values], ids=str)
def test_a_wrong_setting_falls_back_alone_and_is_named(name: str, value: Any) -> None:
    table = json.loads(to_bytes(CHANGED)) | {name: value}
    settings, (found,) = from_table(table, "settings.json")
    assert settings == replace(CHANGED, **{name: getattr(Settings(), name)})
    assert (found.where, dict(found.message.values)["name"]) == ("settings.json", name)
    assert name in one_line(found)


def test_all_wrong_at_once_are_all_named() -> None:
    settings, found = from_table({name: values[0] for name, values in WRONG.items()}, "")
    assert settings == Settings()
    assert [dict(item.message.values)["name"] for item in found] == list(WRONG)


def test_a_later_version_is_no_fault(tmp_path: Path) -> None:
    table = json.loads(to_bytes(CHANGED)) | {"format": 99, "perspective": {"angle": [1, 2]}}
    assert read_settings(written(tmp_path / "s.json", json.dumps(table).encode())) == (CHANGED, ())


def test_recent_files_are_few_and_each_once() -> None:
    settings, found = from_table({"recent": [f"/{number % 15}" for number in range(40)]}, "")
    assert settings.recent == tuple(f"/{number}" for number in range(10))
    assert not found


def test_a_whole_number_is_a_scale() -> None:
    settings, _ = from_table({"scale": 2}, "")
    assert (settings.scale, type(settings.scale)) == (2.0, float)


UNREADABLE = [b"", b"{", b"[]", b"1", b"null", b'{"a": 1, "a": 2}', b"\xff\xfe{\0}\0"]
UNREADABLE += [b"[" * 200_000, b'{"scale": NaN}', b"{}" + b" " * LARGEST]


@pytest.mark.parametrize("data", UNREADABLE, ids=[str(number) for number in range(len(UNREADABLE))])
def test_a_file_that_cannot_be_read_is_kept_aside(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "s.json.bad").write_bytes(b"of another time")
    began = time.thread_time()
    settings, (found,) = read_settings(written(tmp_path / "s.json", data))
    assert time.thread_time() - began < 1.0
    assert settings == Settings()
    assert not (tmp_path / "s.json").exists()
    assert (tmp_path / "s.json.bad").read_bytes() == data
    assert "s.json.bad" in one_line(found)
    assert read_settings(tmp_path / "s.json") == (Settings(), ())


def test_a_folder_or_a_pipe_in_its_place(tmp_path: Path) -> None:
    for make in (Path.mkdir, os.mkfifo):
        make(tmp_path / "s.json")
        settings, (found,) = read_settings(tmp_path / "s.json")
        assert settings == Settings()
        assert found.message.key == "problem.settings-not-readable"
        assert not (tmp_path / "s.json").exists()
        (tmp_path / "s.json.bad").rename(tmp_path / f"{make.__name__}")


def test_what_can_be_neither_read_nor_kept_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.replace", refuse)
    settings, (found,) = read_settings(written(tmp_path / "s.json", b"{"))
    assert settings == Settings()
    assert dict(found.message.values)["kept"] == "s.json"
    assert (tmp_path / "s.json").read_bytes() == b"{"


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    settings, found = read_settings(written(tmp_path / "file", b"") / "s.json")
    assert settings == Settings()
    assert "Not a directory" in one_line(found[0])


# -- any file at all ------------------------------------------------------------------------------------------------

ATOMS = [b"NaN", b"null", b"true", b"-1", b"1e999", b'"\\ud800"', b"[[[["]
ATOMS += [b"}", b'"', b"\x00", b"\xff", b"{}", b"99999999999999999999", b"\\", b",", b":"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


def mutated(data: bytes, rng: random.Random) -> bytes:
    """Return the file with one to four cuts, changed bytes, doubled or foreign pieces."""
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data) + 1)
        to = min(len(data), at + rng.choice([0, 1, 1, 2, 10, 100, 10_000]))
        piece = rng.choice([b"", bytes([rng.randrange(256)]), rng.choice(ATOMS), data[at:to] * 2])
        data = data[:at] + piece + data[to:]
    return data


def judge(path: Path, data: bytes) -> None:
    """Read a file: always settings that can be saved again, in time, with words for all that is wrong."""
    path.write_bytes(data)
    began = time.thread_time()
    settings, found = read_settings(path)
    assert time.thread_time() - began < 2.0
    for item in found:
        assert one_line(item)
        assert item.where == str(path)
    again, faults = from_table(json.loads(to_bytes(settings)), "")
    assert (again, faults) == (settings, ())


def fuzz(path: Path, count: int, seed: int) -> None:
    rng, good = random.Random(seed), to_bytes(CHANGED)
    for number in range(count):
        if number % 4 == 0:  # the JSON inside the JSON
            project = mutated(PROJECT.encode(), rng).decode("utf-8", "replace")
            judge(path, json.dumps(json.loads(good) | {"new_project": project}).encode())
        else:
            judge(path, mutated(good, rng))


def test_a_thousand_damaged_files(tmp_path: Path) -> None:
    fuzz(tmp_path / "s.json", 1000, seed=1)


@pytest.mark.campaign
@pytest.mark.timeout(3600)
def test_a_hundred_thousand_damaged_files(tmp_path: Path) -> None:
    fuzz(tmp_path / "s.json", 100_000, seed=random.randrange(2**32))


@given(st.dictionaries(st.sampled_from([item.name for item in fields(Settings)]), JSON))
def test_any_values_at_all(table: dict[str, Any]) -> None:
    settings, found = from_table(table, "x")
    assert from_table(json.loads(to_bytes(settings)), "") == (settings, ())
    wrong = {dict(item.message.values)["name"] for item in found}
    assert all(getattr(settings, name) == getattr(Settings(), name) for name in wrong)
