"""A file counts as saved since when its content is another, and not when only its time is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nnviz.app.origin import NONE, Stamp, hashed, saved_since, stamp


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.nnviz"
    path.write_bytes(b"as it was")
    os.utime(path, ns=(10**18, 10**18))
    return path


def test_a_stamp_says_time_and_size_and_nothing_of_what_is_not_there(file: Path) -> None:
    assert stamp(file) == Stamp(10**18, 9) and stamp(file).is_of(stamp(file))
    assert stamp(None) == stamp(file / "x") == stamp(Path("a\0b")) == NONE and not NONE.is_of(NONE)


def test_what_nobody_wrote_to_is_as_it_was(file: Path) -> None:
    assert saved_since(file, stamp(file), 0.0) == 0.0


def test_another_content_was_saved_since(file: Path) -> None:
    before = hashed(file, stamp(file))
    file.write_bytes(b"another")
    os.utime(file, ns=(11 * 10**17, 11 * 10**17))
    assert saved_since(file, before, 2e9) == 1.1e9
    assert hashed(file, before) == before, "the hash of another content is not its"


def test_another_time_alone_is_no_saving_where_the_hash_is_known(file: Path) -> None:
    before = stamp(file)
    known = hashed(file, before)
    os.utime(file, ns=(11 * 10**17, 11 * 10**17))
    assert saved_since(file, known, 0.0) == 0.0
    assert saved_since(file, before, 0.0) == 1.1e9, "without its hash nothing is risked"


def test_a_file_of_which_nothing_is_known_is_judged_by_its_time(file: Path) -> None:
    assert saved_since(file, NONE, 0.9e9) == 1e9
    assert saved_since(file, NONE, 1.1e9) == 0.0


def test_a_file_that_is_gone_or_never_was_holds_nothing_newer(file: Path) -> None:
    before = stamp(file)
    file.unlink()
    assert saved_since(file, before, 0.0) == saved_since(None, before, 0.0) == 0.0
