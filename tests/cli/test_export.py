"""`nnviz export`: weights and pictures by suffix."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnviz.formats.project import read_project
from tests.ui.files import pixels, said_of


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
def test_every_format_of_canvas_and_weights(run: Any, project: Path, tmp_path: Path) -> None:
    files = [tmp_path / f"c{suffix}" for suffix in (".png", ".svg", ".pdf", ".gif", ".npz", ".safetensors", ".json", ".csv")]
    result = run("export", project, *(word for path in files for word in ("--out", path)))
    assert (result.code, result.err) == (0, "")
    starts = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF", ".gif": b"GIF8", ".npz": b"PK", ".json": b"{", ".csv": b"parameter"}
    for path in files:
        assert path.read_bytes().startswith(starts.get(path.suffix, b"")), path


@pytest.mark.usefixtures("qapp")
def test_scale_theme_and_transparency(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "c.png"
    pictures = {}
    for options in ((), ("--scale", "1"), ("--scale", "1", "--theme", "dark"), ("--scale", "1", "--transparent")):
        assert run("export", "xor", "--out", path, *options).code == 0
        pictures[options[1:]] = pixels(path.read_bytes())
    usual, small, dark, clear = pictures.values()
    assert usual.shape[0] == 2 * small.shape[0]
    assert dark[0, 0].sum() < small[0, 0].sum() / 2
    assert clear[0, 0, 3] == 0
    assert small[0, 0, 3] == 255


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_a_picture_says_its_step(run: Any, project: Path, tmp_path: Path, suffix: str) -> None:
    stored = read_project(project).snapshot
    assert stored is not None
    for options in ((), ("--plot", "weights")):
        path = tmp_path / f"c{suffix}"
        assert run("export", project, "--out", path, *options).code == 0
        assert f"step {stored.step_count}, epoch {stored.epoch}" in said_of(path.read_bytes())


@pytest.mark.usefixtures("qapp")
def test_as_json_a_failure_stands_beside_what_was_written(run: Any, tmp_path: Path) -> None:
    import json

    (tmp_path / "c.png").mkdir()
    result = run("export", "xor", "--json", "--out", tmp_path / "c.png", "--out", tmp_path / "w.npz")
    assert result.code == 1
    told = json.loads(result.out)
    assert told["files"] == [str(tmp_path / "w.npz")]
    assert "c.png" in told["error"]["where"]
    assert "c.png" in result.err
    result = run("export", "xor", "--json", "--out", tmp_path / "w.npz")
    assert json.loads(result.out) == {"format": "nnviz-export/1", "files": [str(tmp_path / "w.npz")]}


def test_all_files_of_an_unknown_kind_are_named_with_all_kinds(run: Any, tmp_path: Path) -> None:
    result = run("export", "xor", "--out", tmp_path / "a.bmp", "--out", tmp_path / "b.xls", "--out", tmp_path / "w.npz")
    assert result.code == 2
    for word in ("a.bmp", "b.xls", ".png", ".svg", ".pdf", ".gif", ".npz", ".safetensors", ".json", ".csv"):
        assert word in result.err
    assert not list(tmp_path.iterdir())


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
        (("--out", "a.png", "--theme", "blue"), "dark"),
        (("--out", "a.png", "--scale", "9"), "--scale"),
        (("--out", "a.png", "--scale", "0"), "--scale"),
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
