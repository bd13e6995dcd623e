"""Row 5 of RELIABILITY.md: places where no file can be, and names of any kind; the words say what stands in the way."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nnviz.explain.words import problem_text
from nnviz.formats import save as module
from nnviz.formats.save import SaveError, append, make_private_folder, save

CONTENT = b"content"
Plant = Callable[[Path, pytest.MonkeyPatch], Path]


def failing(code: int) -> Callable[..., Any]:
    def call(*_: Any, **__: Any) -> Any:
        raise OSError(code, os.strerror(code))

    return call


def read_only(code: int) -> Plant:
    """Return what makes a folder read-only; root, who may run this, could write everywhere."""

    def plant(folder: Path, patch: pytest.MonkeyPatch) -> Path:
        patch.setattr(module, "open", failing(code), raising=False)
        patch.setattr(module.os, "open", failing(code))
        return folder / "run.nnviz"

    return plant


def read_only_file(folder: Path, patch: pytest.MonkeyPatch) -> Path:
    (folder / "run.nnviz").write_bytes(b"old")
    patch.setattr(os, "access", lambda *_: False)
    return folder / "run.nnviz"


def vanishing(folder: Path, patch: pytest.MonkeyPatch) -> Path:
    """The folder goes between the look at it and the first write."""
    (folder / "stick").mkdir()
    real = module._write

    def write(temporary: Path, data: bytes) -> None:
        shutil.rmtree(folder / "stick")
        real(temporary, data)

    patch.setattr(module, "_write", write)
    return folder / "stick" / "run.nnviz"


def gone(folder: Path, _: pytest.MonkeyPatch) -> Path:
    return folder / "gone" / "deeper" / "run.nnviz"


def below_a_file(folder: Path, _: pytest.MonkeyPatch) -> Path:
    (folder / "file").write_bytes(b"")
    return folder / "file" / "run.nnviz"


def pipe(folder: Path, _: pytest.MonkeyPatch) -> Path:
    os.mkfifo(folder / "run.nnviz")
    return folder / "run.nnviz"


def circle(folder: Path, _: pytest.MonkeyPatch) -> Path:
    (folder / "a").symlink_to(folder / "b")
    (folder / "b").symlink_to(folder / "a")
    return folder / "a"


def named(name: str) -> Plant:
    return lambda folder, _: folder / name


REFUSED: dict[str, tuple[Plant, str]] = {
    "a folder without rights": (read_only(errno.EACCES), "save-not-writable"),
    "a read-only disk": (read_only(errno.EROFS), "save-not-writable"),
    "a protected folder": (read_only(errno.EPERM), "save-not-writable"),
    "a read-only file": (read_only_file, "save-not-writable"),
    "a share that is offline": (read_only(errno.EIO), "save-failed"),
    "a folder that vanishes": (vanishing, "save-folder-missing"),
    "a folder that is not there": (gone, "save-folder-missing"),
    "a folder that is a file": (below_a_file, "save-folder-is-file"),
    "a folder": (named("."), "save-is-folder"),
    "a pipe": (pipe, "save-not-a-file"),
    "a device": (lambda *_: Path("/dev/null"), "save-not-a-file"),
    "links in a circle": (circle, "save-not-a-file"),
    "255 characters": (named("n" * 255), "save-name-too-long"),
    "255 bytes of Chinese": (named("网" * 85), "save-name-too-long"),
    "5000 characters": (named("n" * 5_000), "save-name-too-long"),
    "a null in the name": (named("a\0b"), "save-failed"),
}
NAMES = [
    *("n" * 251, "网络 ∂L∕∂w.nnviz", "Réseau d’été.nnviz", "сеть.nnviz", "شبكة.nnviz", "नेटवर्क.nnviz"),
    *("🧠.nnviz", " -rf *.nnviz", "a\nb\t\u202ec.nnviz"),
]


@pytest.mark.parametrize("place", REFUSED)
def test_where_no_file_can_be_the_words_say_why(tmp_path: Path, place: str) -> None:
    plant, key = REFUSED[place]
    with pytest.MonkeyPatch.context() as patch:
        target = plant(tmp_path, patch)
        before = sorted(tmp_path.rglob("*"))
        with pytest.raises(SaveError) as caught:
            save(target, CONTENT)
    (found,) = caught.value.problems
    words = problem_text(found)
    assert found.message.key == f"problem.{key}"
    assert words.where and words.what.startswith(("The file cannot be saved", "The file was not saved")) and words.why and words.next
    assert all(not path.is_file() or path.read_bytes() != CONTENT for path in tmp_path.rglob("*"))
    assert place == "a folder that vanishes" or sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("name", NAMES)
def test_any_name_is_a_name(tmp_path: Path, name: str) -> None:
    save(tmp_path / name, CONTENT)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {name: CONTENT}


def test_there_are_enough_cases() -> None:
    assert len(REFUSED) + len(NAMES) >= 20


def test_a_journal_is_for_its_owner_alone_and_grows_by_whole_lines(tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    for line in (b"one\n", b"", b"two\n"):
        append(journal, line)
    assert journal.read_bytes() == b"one\ntwo\n"
    assert stat.S_IMODE(journal.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["journal"]


def test_a_journal_is_a_file_and_no_way_to_another_one(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"mine")
    (tmp_path / "link").symlink_to(other)
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "gone" / "journal", tmp_path / "link", tmp_path / "pipe", tmp_path / "a\0b", Path("/dev/null")):
        with pytest.raises(SaveError) as caught:
            append(path, b"line\n")
        assert problem_text(caught.value.problems[0]).next
    assert other.read_bytes() == b"mine"


def test_a_private_folder_is_closed_to_others(tmp_path: Path) -> None:
    for path in (tmp_path / "data" / "nnviz", tmp_path / "open"):
        path.parent.mkdir(exist_ok=True)
        if path.name == "open":
            path.mkdir(mode=0o755)
        assert make_private_folder(path) == path
        assert stat.S_IMODE(path.stat().st_mode) == 0o700


def test_a_private_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for path in (tmp_path / "file", tmp_path / "file" / "below", tmp_path / "a\0b", tmp_path / ("n" * 300)):
        with pytest.raises(SaveError) as caught:
            make_private_folder(path)
        assert caught.value.problems[0].message.key == "problem.folder-not-made"
