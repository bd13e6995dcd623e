"""The folders are where they are asked for, private, and never a reason not to start."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from nnviz.app.places import config_folder, data_folder, log_folder

FOLDERS = [config_folder, data_folder, log_folder]


@pytest.mark.parametrize("folder", FOLDERS)
def test_home_overrides_all(folder: Callable[[], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNVIZ_HOME", str(tmp_path / "home"))
    assert folder().parent == tmp_path / "home"
    assert folder().is_dir()
    assert stat.S_IMODE(folder().stat().st_mode) == 0o700


def test_the_three_differ() -> None:
    assert len({folder() for folder in FOLDERS}) == 3


@pytest.mark.parametrize(("folder", "variable"), list(zip(FOLDERS, ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"], strict=True)))
def test_without_it_the_systems_own_places(
    folder: Callable[[], Path], variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NNVIZ_HOME")
    monkeypatch.setenv(variable, str(tmp_path))
    assert folder().is_relative_to(tmp_path / "nnviz")
    assert stat.S_IMODE(folder().stat().st_mode) == 0o700


def test_a_relative_home_does_not_move_with_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NNVIZ_HOME", "here")
    assert config_folder() == tmp_path / "here" / "config"


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_that_cannot_be_made_is_told_by_whoever_writes_there(
    folder: Callable[[], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("NNVIZ_HOME", str(tmp_path / "file"))
    assert not folder().exists()


def test_tests_keep_away_from_the_users_own() -> None:
    assert "nnviz-tests-" in str(config_folder())
