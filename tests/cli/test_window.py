"""What `nnviz` opens: the first word is a command, or a file, even one that is named like a command."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnviz.app.places import config_folder
from nnviz.app.settings import FILE
from nnviz.app.settings_file import Settings, read_settings, to_bytes
from nnviz.formats.examples import load
from nnviz.formats.project import read_project
from nnviz.formats.save import save


def test_nothing_given_opens_the_spiral(run: Any, opened: Any) -> None:
    assert run().code == 0
    (start,) = opened.starts
    assert (start.project.spec, start.project.snapshot) == (load("spiral").spec, None)
    assert (start.name, start.path, start.damaged, opened.theme) == ("spiral", None, (), None)


@pytest.mark.parametrize("theme", ["light", "dark", "system"])
def test_an_example_and_a_theme(run: Any, opened: Any, theme: str) -> None:
    assert run("--example", "mazur", "--theme", theme).code == 0
    (start,) = opened.starts
    assert (start.name, opened.theme) == ("mazur", theme)
    assert start.project.initial is not None
    assert start.project.initial[0] == 0.15


def test_an_unknown_example_is_the_options_fault(run: Any, opened: Any) -> None:
    result = run("--example", "mazurr")
    assert result.code == 2
    assert result.err.startswith("--example: ")
    assert "mazur" in result.err
    assert not opened.starts


def test_a_file_is_opened_where_its_run_stands(run: Any, opened: Any, project: Path) -> None:
    assert run(project).code == 0
    (start,) = opened.starts
    stored = read_project(project).snapshot
    assert (start.path, start.name, start.damaged) == (project, "model", ())
    assert stored is not None
    assert start.project.snapshot.step_count == stored.step_count > 0
    assert np.array_equal(start.project.snapshot.parameters, stored.parameters)


@pytest.mark.parametrize("name", ["train.nnviz", "./train", "bench.nnviz", "./list"])
def test_a_file_named_like_a_command(run: Any, opened: Any, project: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(project.parent)
    shutil.copy(project, name)
    assert run(name, "--theme", "dark").code == 0
    assert [start.path for start in opened.starts] == [Path(name)]


def test_a_command_wins_over_a_file_of_its_name(run: Any, opened: Any, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project.parent)
    shutil.copy(project, "train")
    assert run("train", "xor", "--epochs", 1).code == 0
    assert run("train").code == 2
    assert not opened.starts


def test_a_file_without_suffix(run: Any, opened: Any, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project.parent)
    shutil.copy(project, "mine")
    assert run("mine").code == 0
    assert opened.starts


def test_a_file_named_like_an_option_behind_two_dashes(run: Any, opened: Any, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project.parent)
    shutil.copy(project, "--help")
    assert run("--", "--help").code == 0
    assert opened.starts


def test_a_window_for_each_file_and_one_for_a_file_given_twice(run: Any, opened: Any, project: Path) -> None:
    other = shutil.copy(project, project.with_name("other.nnviz"))
    assert run(project, other, project).code == 0
    assert [start.path for start in opened.starts] == [project, other]


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 and no more", b"\x80\x04\x95pickle"])
def test_a_file_that_cannot_be_opened(run: Any, opened: Any, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "broken.nnviz"
    if content is not None:
        path.write_bytes(content)
    result = run(path)
    assert result.code == 1
    assert "broken.nnviz" in result.err
    assert len(result.err.strip().splitlines()) == 1
    assert not opened.starts


def test_a_file_that_cannot_be_opened_does_not_keep_the_others_shut(run: Any, opened: Any, project: Path, tmp_path: Path) -> None:
    result = run(tmp_path / "nothing.nnviz", project)
    assert result.code == 0
    assert "nothing.nnviz" in result.err
    assert [start.path for start in opened.starts] == [project]


def test_a_file_of_which_a_part_is_damaged_is_opened_without_it(run: Any, opened: Any, project: Path) -> None:
    content = project.read_bytes()
    place = content.index(b"epoch,")  # in the history, which is kept as it is
    project.write_bytes(content[:place] + b"EPOCH" + content[place + 5 :])
    assert run(project).code == 0
    (start,) = opened.starts
    assert any("history" in str(problem) for problem in start.damaged)
    assert start.project.snapshot is not None


def test_weights_open_as_the_network_of_the_example(run: Any, opened: Any, tmp_path: Path) -> None:
    path = tmp_path / "mine.npz"
    assert run("export", "xor", "--set", "training.seed=77", "--out", path).code == 0
    assert run("--example", "xor", path).code == 0
    (start,) = opened.starts
    assert (start.project.spec, start.project.snapshot, start.name, start.path) == (load("xor").spec, None, "xor", None)
    assert start.unsaved  # these weights are in no project yet
    with np.load(path) as stored:
        assert np.isin(np.float32(start.project.initial), np.float32(np.concatenate([stored[name].ravel() for name in stored]))).all()


def test_weights_that_do_not_fit(run: Any, opened: Any, tmp_path: Path) -> None:
    path = tmp_path / "mine.npz"
    assert run("export", "iris", "--out", path).code == 0
    result = run("--example", "xor", path)
    assert result.code == 1
    assert "mine.npz" in result.err
    assert not opened.starts


def test_project_and_example_at_once(run: Any, opened: Any, project: Path) -> None:
    assert run(project, "--example", "xor").code == 2
    assert not opened.starts


@pytest.mark.usefixtures("opened")
def test_an_example_as_first_word_is_pointed_to(run: Any) -> None:
    result = run("spiral")
    assert result.code == 2
    assert "--example spiral" in result.err


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings of somebody who changed some, and the file they are kept in."""
    monkeypatch.setenv("NNVIZ_HOME", str(tmp_path / "home"))
    path = config_folder() / FILE
    save(path, to_bytes(Settings(theme="dark", digits=7, recent=("/a.nnviz",))))
    return path


def test_reset_makes_the_settings_those_of_the_first_day(run: Any, opened: Any, kept: Path) -> None:
    assert run("--reset").code == 0
    assert read_settings(kept) == (Settings(recent=("/a.nnviz",)), ())
    assert len(opened.starts) == 1


def test_reset_with_settings_that_cannot_be_read(run: Any, opened: Any, kept: Path) -> None:
    kept.write_bytes(b"{{{")
    assert run("--reset").code == 0
    assert read_settings(kept) == (Settings(), ())
    assert opened.starts


def test_a_reset_that_cannot_be_saved_is_told(run: Any, opened: Any, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("nnviz.formats.save.os.fsync", refuse)
    result = run("--reset")
    assert result.code == 1
    assert str(kept) in result.err
    assert not opened.starts


@pytest.mark.parametrize("arguments", [("--theme", "dark"), ("--reset", "--theme", "pink"), ("--reset", "nothing.nnviz")])
@pytest.mark.usefixtures("opened")
def test_the_settings_stay_as_they_are(run: Any, kept: Path, arguments: tuple[str, ...]) -> None:
    """A theme on the command line is for that time only, and what is refused resets nothing."""
    before = kept.read_bytes()
    run(*arguments)
    assert kept.read_bytes() == before
