"""What `nnviz` opens: the first word is a command, or a file, even one that is named like a command."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnviz.formats.project import read_project

Opened = list[tuple[Any, ...]]


def test_nothing_given_opens_the_spiral(run: Any, opened: Opened) -> None:
    assert run().code == 0
    spec, initial, snapshot, name, theme = opened[0]
    assert (spec.data.source, initial, snapshot, name, theme) == ("spiral", None, None, "spiral", "light")


def test_an_example_and_a_theme(run: Any, opened: Opened) -> None:
    assert run("--example", "mazur", "--theme", "dark").code == 0
    _, initial, _, name, theme = opened[0]
    assert (name, theme) == ("mazur", "dark")
    assert initial[0] == 0.15


def test_a_file_is_opened_where_its_run_stands(run: Any, opened: Opened, project: Path) -> None:
    assert run(project).code == 0
    stored, snapshot = read_project(project).snapshot, opened[0][2]
    assert stored is not None and snapshot.step_count == stored.step_count > 0
    assert np.array_equal(snapshot.parameters, stored.parameters)


@pytest.mark.parametrize("name", ["train.nnviz", "./train", "bench.nnviz", "./list"])
def test_a_file_named_like_a_command(run: Any, opened: Opened, project: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(project.parent)
    shutil.copy(project, name)
    assert run(name, "--theme", "dark").code == 0
    assert Path(opened[0][3]) == Path(name)


def test_a_command_wins_over_a_file_of_its_name(run: Any, opened: Opened, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project.parent)
    shutil.copy(project, "train")
    assert run("train", "xor", "--epochs", 1).code == 0
    assert run("train").code == 2
    assert not opened


def test_a_file_without_suffix(run: Any, opened: Opened, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project.parent)
    shutil.copy(project, "mine")
    assert run("mine").code == 0
    assert opened


def test_a_file_named_like_an_option_behind_two_dashes(run: Any, opened: Opened, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project.parent)
    shutil.copy(project, "--help")
    assert run("--", "--help").code == 0
    assert opened


def test_a_missing_file(run: Any, opened: Opened, tmp_path: Path) -> None:
    result = run(tmp_path / "nothing.nnviz")
    assert result.code == 1
    assert "nothing.nnviz" in result.err
    assert not opened


def test_file_and_example_at_once(run: Any, opened: Opened, project: Path) -> None:
    assert run(project, "--example", "xor").code == 2
    assert not opened


@pytest.mark.usefixtures("opened")
def test_an_example_as_first_word_is_pointed_to(run: Any) -> None:
    result = run("spiral")
    assert result.code == 2
    assert "--example spiral" in result.err
