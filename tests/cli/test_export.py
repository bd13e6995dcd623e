"""`nnviz export`: weights and pictures by suffix."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnviz.formats.project import read_project


def test_weights_of_a_trained_project(run: Any, project: Path, tmp_path: Path) -> None:
    files = [tmp_path / "w.npz", tmp_path / "w.safetensors"]
    result = run("export", project, "--out", files[0], "--out", files[1])
    assert (result.code, result.err) == (0, "")
    assert result.out.split() == [str(path) for path in files]
    stored = read_project(project).snapshot
    assert stored is not None
    with np.load(files[0]) as archive:
        assert np.array_equal(np.concatenate([archive[name].ravel() for name in archive.files]), stored.parameters)
    from safetensors.numpy import load_file

    assert set(load_file(files[1])) == {"layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias"}


def test_an_example_is_exported_with_its_initial_weights(run: Any, tmp_path: Path) -> None:
    result = run("export", "mazur", "--out", tmp_path / "w.npz")
    assert result.code == 0
    assert "initial" in result.err
    with np.load(tmp_path / "w.npz") as archive:
        assert archive["layers.0.weight"].tolist() == [[0.15, 0.2], [0.25, 0.3]]


@pytest.mark.usefixtures("qapp")
def test_the_canvas(run: Any, project: Path, tmp_path: Path) -> None:
    assert run("export", project, "--out", tmp_path / "c.png", "--out", tmp_path / "c.SVG").code == 0
    assert (tmp_path / "c.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (tmp_path / "c.SVG").read_text(encoding="utf-8")


@pytest.mark.usefixtures("qapp")
def test_a_plot(run: Any, project: Path, tmp_path: Path) -> None:
    assert run("export", project, "--plot", "weights", "--out", tmp_path / "w.png", "--out", tmp_path / "w.csv").code == 0
    assert (tmp_path / "w.png").read_bytes().startswith(b"\x89PNG")
    assert len((tmp_path / "w.csv").read_text(encoding="utf-8").splitlines()) > 1


@pytest.mark.usefixtures("qapp")
def test_a_plot_that_does_not_fit(run: Any, project: Path, tmp_path: Path) -> None:
    result = run("export", project, "--plot", "fit", "--out", tmp_path / "f.png")
    assert result.code == 1
    assert "surface" in result.err
    assert not (tmp_path / "f.png").exists()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--out", "weights.pt"), ".safetensors"),
        (("--out", "weights"), ".npz"),
        (("--plot", "los", "--out", "a.png"), "loss"),
        (("--plot", "loss", "--out", "a.npz"), ".csv"),
        ((), "--out"),
    ],
)
def test_what_cannot_be_exported_is_named(run: Any, arguments: tuple[str, ...], named: str) -> None:
    result = run("export", "xor", *arguments)
    assert result.code == 2
    assert named in result.err


def test_a_folder_in_the_place_of_the_file(run: Any, tmp_path: Path) -> None:
    (tmp_path / "w.npz").mkdir()
    result = run("export", "xor", "--out", tmp_path / "w.npz")
    assert result.code == 1
    assert list(tmp_path.iterdir()) == [tmp_path / "w.npz"]


def test_weights_need_no_qt(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PySide6.QtWidgets", None)
    assert run("export", "xor", "--out", tmp_path / "w.npz").code == 0
    result = run("export", "xor", "--out", tmp_path / "c.png")
    assert result.code == 1
    assert "Qt" in result.err


def test_without_qt_the_weights_among_several_files_are_written(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PySide6.QtWidgets", None)
    files = [tmp_path / name for name in ("a.png", "b.svg", "w.npz")]
    result = run("export", "mazur", *(word for path in files for word in ("--out", path)))
    assert result.code == 1
    assert list(tmp_path.iterdir()) == [files[2]]
    assert result.err.count("not drawn") == 1
    assert "PySide6" in result.err


@pytest.mark.parametrize("platform", ["xcb", "bogus"])
def test_pictures_whatever_the_platform_for_windows(run_apart: Any, tmp_path: Path, platform: str) -> None:
    result = run_apart("export", "xor", "--out", tmp_path / "c.png", environment={"DISPLAY": ":77", "QT_QPA_PLATFORM": platform})
    assert result.code == 0, result.err


def test_without_a_display_in_a_process_of_its_own(run_apart: Any, tmp_path: Path) -> None:
    nothing = {"DISPLAY": None, "WAYLAND_DISPLAY": None, "QT_QPA_PLATFORM": None}
    result = run_apart("export", "spiral", "--out", tmp_path / "c.png", environment=nothing)
    assert result.code == 0, result.err
    assert (tmp_path / "c.png").read_bytes().startswith(b"\x89PNG")
