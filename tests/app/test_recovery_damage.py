"""Damaged and hostile journals: what can be read comes back, what cannot is named, and nothing else is ever raised."""

from __future__ import annotations

import json
import os
import random
import time
from pathlib import Path
from typing import Any

import pytest

from nnviz.app import recovery
from nnviz.app.journal_folders import recovery_folder
from nnviz.app.places import HOME
from nnviz.app.recovery import ABOUT, Line, Offer, discard, find, line, load, read_lines
from nnviz.engine.plain import to_plain
from nnviz.formats.save import make_private_folder
from nnviz.formats.strict import ImportProblem
from tests.app.journals import ABOUT_XOR, XOR, edits, make, only, rated, rates, run


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(HOME, str(tmp_path))
    make_private_folder(recovery_folder())
    return tmp_path


def test_a_line_cut_off_by_the_crash_is_no_damage() -> None:
    whole = edits(0.5, 0.6)
    for cut in (1, 2, 30, 200):
        folder = make(lines={"journal-1.jsonl": whole[:-cut]})
        assert rates(only()) == ([0.5, 0.6] if cut == 1 else [0.5]) and load(only()).damaged == ()
        discard(folder)


def test_a_damaged_line_in_the_middle_is_named_and_costs_no_other() -> None:
    one, two, three = edits(0.5, 0.6, 0.7).splitlines(keepends=True)
    make(lines={"journal-1.jsonl": one + b"\0" * (len(two) - 1) + b"\n" + three})
    assert rates(only()) == [0.5, 0.7]
    (named,) = load(only()).damaged
    assert named.message.key == "problem.journal-line" and dict(named.message.values)["line"] == 2


def test_a_spec_that_cannot_be_is_named_and_left_out() -> None:
    bad = json.dumps({"seq": 2, "kind": "edit", "title": "x", "spec": to_plain(XOR) | {"unknown": 1}}).encode() + b"\n"
    make(lines={"journal-1.jsonl": edits(0.5) + bad + edits(0.7, first=3)})
    assert rates(only()) == [0.5, 0.7] and load(only()).damaged


@pytest.mark.parametrize(
    "row",
    [
        b"[]",
        b"{}",
        b"null",
        b'{"seq": true, "kind": "edit", "title": "", "spec": {}}',
        b'{"seq": 1, "kind": "run", "title": "", "spec": {}}',
        b'{"seq": 1, "kind": [], "title": "", "spec": {}}',
        b'{"seq": 1, "kind": "edit", "title": 3, "spec": {}}',
        b'{"seq": 1, "kind": "edit", "title": "", "spec": {}, "more": 1}',
        b'{"seq": -1, "kind": "edit", "title": "", "spec": {}}',
        b'{"seq": 1, "seq": 2, "kind": "edit", "title": "", "spec": {}}',
        b'{"seq": 1, "kind": "edit", "title": "", "spec": NaN}',
        b'{"seq": 1, "kind": "edit", "title": "", "spec": ' + b"[" * 5000 + b"]" * 5000 + b"}",
        b"\xff\xfe",
    ],
)
def test_what_is_no_line_is_none(row: bytes) -> None:
    folder = make(lines={"journal-1.jsonl": row + b"\n" + edits(0.5, first=2)})
    lines, damaged = read_lines(folder)
    assert [type(item) for item in lines] == [Line] and lines[0].seq == 2 and len(damaged) == 1


@pytest.mark.parametrize("about", [None, b"", b"{", b"[]", {"format": 2}, {"format": 1, "when": 1e300}, {"format": 1, "epoch": -1}])
def test_without_its_description_a_window_is_offered_all_the_same(about: Any) -> None:
    make(about=about, lines={"journal-1.jsonl": edits(0.5)})
    offer = only()
    assert offer.name == "" and offer.path is None and offer.edits == 1 and offer.damaged
    assert rates(offer) == [0.5]


def test_a_window_of_a_damaged_file_says_so_again() -> None:
    make(about=ABOUT_XOR | {"damaged": True})
    (named,) = load(only()).damaged
    assert named.message.key == "problem.journal-of-damaged" and named.where == "/somewhere/xor.nnviz"


def test_long_names_are_cut_and_impossible_paths_are_none() -> None:
    make(about=ABOUT_XOR | {"name": "n" * 9999, "path": "a\0b"})
    assert only().name == "n" * recovery.LONGEST_TEXT and only().path is None


def test_nothing_readable_is_offered_named_and_refused() -> None:
    make(runs={"run-0.nnviz": b"junk"}, lines={"journal-1.jsonl": b"junk\n"})
    assert only().damaged
    with pytest.raises(ImportProblem):
        load(only())


def test_special_files_are_not_read() -> None:
    folder = make()
    os.mkfifo(folder / "journal-1.jsonl")
    os.mkfifo(folder / "run-1.nnviz")
    (folder / "journal-2.jsonl").mkdir()
    assert load(only()).project.spec == XOR


def test_too_much_of_a_journal_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = {f"journal-{first}.jsonl": edits(0.1 * first, first=first) for first in range(1, 6)}
    monkeypatch.setattr(recovery, "MOST_BYTES", 2 * len(rows["journal-1.jsonl"]) + 50)
    make(lines=rows)
    assert len(rates(only())) == 2


def mutated(data: bytes, random_: random.Random) -> bytes:
    """Return the bytes with some of them changed, cut off, repeated or put in."""
    found = bytearray(data)
    for _ in range(random_.randint(1, 8)):
        place = random_.randrange(len(found) + 1)
        match random_.randrange(5):
            case 0:
                del found[place:]
            case 1:
                found[place:place] = random_.randbytes(random_.randint(1, 40))
            case 2:
                found[place : place + 30] = b""
            case 3:
                found[place:place] = found[: random_.randint(1, 200)]
            case _:
                found[place : place + 1] = bytes([random_.randrange(256)])
    return bytes(found)


def comes_back(offer: Offer) -> bool:
    """Tell whether something of it could be read; else all that is wrong must be named."""
    try:
        return bool(load(offer).project)
    except ImportProblem as error:
        return not error.problems or not all(item.where and item.message for item in error.problems)


def check_mutations(count: int) -> None:
    random_ = random.Random(7)
    parts = {
        ABOUT: json.dumps(ABOUT_XOR).encode(),
        "run-0.nnviz": run(),
        "run-2.nnviz": run(rated(0.6)),
        "journal-0.jsonl": line(0, "start", "", XOR),
        "journal-1.jsonl": edits(0.5, 0.6),
        "journal-3.jsonl": edits(0.7, 0.8, first=3),
    }
    loaded = 0
    for _ in range(count):
        hurt = {name: data if random_.random() < 0.3 else mutated(data, random_) for name, data in parts.items() if random_.random() < 0.9}
        folder = make(about=None, runs={}, lines=hurt)
        began = time.thread_time()
        loaded += sum(comes_back(offer) for offer in find())
        assert time.thread_time() - began < 2.0
        discard(folder)
    assert loaded > count / 2


def test_two_hundred_mutated_journals_raise_nothing_else() -> None:
    check_mutations(200)


@pytest.mark.campaign
@pytest.mark.timeout(0)
def test_many_mutated_journals_raise_nothing_else() -> None:
    check_mutations(10_000)
