"""`nnviz train`: what it prints and writes, how it continues, and what becomes of the work when it cannot end well."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer

from nnviz.cli import train as command
from nnviz.cli.source import read_source
from nnviz.data.prepare import prepare
from nnviz.engine.trainer import Trainer
from nnviz.formats.project import read_project


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def test_prints_the_final_metrics(run: Any) -> None:
    result = run("train", "xor", "--epochs", 200)
    assert result.code == 0
    assert "200 epochs" in result.out
    assert "accuracy 100 %" in result.out
    assert result.err == ""


def test_json_is_the_contract(run: Any) -> None:
    result = run("train", "iris", "--epochs", 3, "--seed", 5, "--json")
    found = result.json
    assert list(found) == ["format", "epochs", "steps", "seed", "train", "validation", "seconds", "files"]
    assert (found["format"], found["epochs"], found["seed"], found["files"]) == ("nnviz-train/1", 3, 5, [])
    assert set(found["train"]) == set(found["validation"]) == {"loss", "accuracy"}


def test_the_story_of_the_issue(run: Any, tmp_path: Path) -> None:
    out = tmp_path / "run"
    result = run("train", "iris", "--epochs", 5, "--out", out, "--weights", "npz,safetensors", "--json")
    names = ["history.csv", "model.nnviz", "weights.npz", "weights.safetensors"]
    assert [Path(path).name for path in result.json["files"]] == names
    assert sorted(path.name for path in out.iterdir()) == names
    history = rows(out / "history.csv")
    assert [row["epoch"] for row in history] == ["0", "1", "2", "3", "4", "5"]
    assert float(history[-1]["train_loss"]) == result.json["train"]["loss"]
    assert float(history[-1]["validation_metric"]) == result.json["validation"]["accuracy"]


@pytest.mark.usefixtures("qapp")
def test_plots_are_written(run: Any, tmp_path: Path) -> None:
    result = run("train", "xor", "--epochs", 5, "--out", tmp_path, "--plots")
    assert result.code == 0
    for name in ("loss", "metric", "surface"):
        assert (tmp_path / f"plot-{name}.png").read_bytes().startswith(b"\x89PNG")
        assert len(rows(tmp_path / f"plot-{name}.csv")) > 1


def test_same_run_as_the_engine(run: Any, tmp_path: Path) -> None:
    run("train", "circle", "--epochs", 4, "--out", tmp_path)
    spec = read_source("circle").spec
    trainer = Trainer(spec, prepare(spec.data).samples)
    for _ in range(4):
        trainer.run_epoch()
    stored = read_project(tmp_path / "model.nnviz").snapshot
    assert stored is not None
    assert np.array_equal(stored.parameters, trainer.network.parameters)


def test_a_project_goes_on_where_it_stood(run: Any, tmp_path: Path) -> None:
    run("train", "spiral", "--epochs", 6, "--out", tmp_path / "whole")
    run("train", "spiral", "--epochs", 2, "--out", tmp_path / "part")
    run("train", tmp_path / "part" / "model.nnviz", "--epochs", 4, "--out", tmp_path / "rest")
    whole, rest = (read_project(tmp_path / name / "model.nnviz") for name in ("whole", "rest"))
    assert whole.snapshot is not None
    assert rest.snapshot is not None
    assert np.array_equal(whole.snapshot.parameters, rest.snapshot.parameters)
    assert (whole.snapshot.epoch, whole.snapshot.step_count) == (rest.snapshot.epoch, rest.snapshot.step_count)
    assert np.array_equal(whole.initial, rest.initial)
    assert (tmp_path / "rest" / "history.csv").read_bytes() == (tmp_path / "whole" / "history.csv").read_bytes()
    assert len(rest.history) == 7


def test_going_on_in_the_same_folder_keeps_the_history(run: Any, tmp_path: Path) -> None:
    run("train", "xor", "--epochs", 3, "--out", tmp_path)
    before = (tmp_path / "history.csv").read_bytes()
    run("train", tmp_path / "model.nnviz", "--epochs", 2, "--set", "training.learning_rate=0.5", "--out", tmp_path)
    assert (tmp_path / "history.csv").read_bytes().startswith(before)
    assert [(row["epoch"], row["learning_rate"]) for row in rows(tmp_path / "history.csv")][-2:] == [("4", "0.5"), ("5", "0.5")]


def test_another_seed_begins_anew(run: Any, project: Path) -> None:
    again = run("train", project, "--epochs", 3, "--seed", 9, "--json").json
    fresh = run("train", "xor", "--epochs", 3, "--seed", 9, "--json").json
    assert (again["epochs"], again["train"]) == (fresh["epochs"], fresh["train"])


def test_weights_survive_an_edit(run: Any, project: Path, tmp_path: Path) -> None:
    result = run("train", project, "--steps", 1, "--set", "layers.0.units=9", "--out", tmp_path / "wider")
    assert result.code == 0
    before, after = read_project(project), read_project(tmp_path / "wider" / "model.nnviz")
    assert after.spec.network.layers[0].units == 9
    assert after.snapshot is not None
    assert before.snapshot is not None
    assert after.snapshot.step_count == before.snapshot.step_count + 1


def test_given_weights_are_kept(run: Any) -> None:
    result = run("train", "mazur", "--steps", 1, "--json").json
    assert result["train"]["loss"] == pytest.approx(0.291027773, abs=1e-9)


def test_steps_stop_within_an_epoch(run: Any) -> None:
    result = run("train", "circle", "--steps", 7, "--json").json
    assert (result["steps"], result["epochs"]) == (7, 0)


def test_a_hundred_epochs_by_default(run: Any) -> None:
    result = run("train", "xor", "--json")
    assert result.json["epochs"] == 100
    assert "100 epochs" in result.err
    result = run("train", "xor", "--json", "--set", "training.epochs=7")
    assert result.json["epochs"] == 7
    assert result.err == ""


@pytest.mark.parametrize(
    ("settings", "reason", "said"),
    [
        (("target_loss=0.3",), "target-loss", "the loss has reached 0.3"),
        (("target_metric=0.9",), "target-metric", "the metric has reached 0.9"),
        (("max_seconds=0.0001",), "max-seconds", "s are over"),
        (("patience=2",), "patience", "for 2 epochs; the weights are those of epoch"),
        (("patience=2", "restore_best=false"), "patience", "for 2 epochs, since epoch"),
    ],
)
def test_a_stop_is_obeyed_and_told(run: Any, settings: tuple[str, ...], reason: str, said: str) -> None:
    words = [word for item in (*settings, "learning_rate=0.05") for word in ("--set", f"training.{item}")]
    result = run("train", "iris", "--epochs", 1000, *words, "--json")
    assert result.code == 0
    found = result.json
    assert found["epochs"] < 1000
    assert found["stopped"]["reason"] == reason
    assert found["stopped"]["epoch"] == found["epochs"] >= found["stopped"]["best_epoch"]
    assert said in run("train", "iris", "--epochs", 1000, *words).out


def test_what_is_worth_knowing_of_the_data_is_told(run: Any) -> None:
    result = run("train", "heart-disease", "--epochs", 1)
    assert result.code == 0
    (line,) = result.err.splitlines()
    assert "10 empty cells" in line and "median" in line and "major vessels colored" in line


def lines_around_the_first_step(run: Any, monkeypatch: pytest.MonkeyPatch, *arguments: object) -> tuple[list[str], list[str]]:
    """Return what is said on stderr before and after the training."""
    train, mark = command._run, "the first step"

    def marked(*words: Any) -> Any:
        typer.echo(mark, err=True)
        return train(*words)

    monkeypatch.setattr(command, "_run", marked)
    lines = run("train", *arguments).err.splitlines()
    return lines[: lines.index(mark)], lines[lines.index(mark) + 1 :]


def test_a_softmax_under_a_loss_for_values_is_told_before_the_first_step_and_once(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = lines_around_the_first_step(run, monkeypatch, "iris", "--set", "training.loss=mse", "--epochs", 3)
    assert len(before) == 1 and "softmax" in before[0] and "loss: categorical crossentropy" in before[0]
    assert after == []


def test_what_only_the_run_shows_is_told_after_it(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = ("data.scaling=none", "training.batch_size=1", "layers.0.initializer=zeros")
    words = [word for item in settings for word in ("--set", item)]
    before, after = lines_around_the_first_step(run, monkeypatch, "wine", *words, "--epochs", 2)
    assert len(before) == 1 and "very different sizes" in before[0]
    assert after and not any("very different sizes" in line for line in after)
    assert not any("batch norm" in line for line in after), "of one sample there is none"


def test_settings_are_told_before_a_range_test_too(run: Any) -> None:
    assert "softmax" in run("train", "iris", "--set", "training.loss=mse", "--range-test").err


def test_divergence_names_step_and_layer_and_keeps_the_work(run: Any, tmp_path: Path) -> None:
    settings = ("training.optimizer=sgd", "training.learning_rate=1e6", "layers.0.activation=linear", "layers.1.activation=linear")
    arguments = [word for setting in settings for word in ("--set", setting)]
    result = run("train", "plane", *arguments, "--epochs", 500, "--out", tmp_path, "--json")
    assert result.code == 1
    error = result.json["error"]
    assert "layers" in error["where"]
    assert "step" in " ".join(error.values()).lower()
    linear, why, stopped = result.err.strip().splitlines()
    assert "linear" in linear and "λmax" in why
    assert result.err.count("Training stopped") == stopped.count("Training stopped") == 1
    kept = read_project(tmp_path / "model.nnviz").snapshot
    assert kept is not None
    assert np.isfinite(kept.parameters).all()


def test_ctrl_c_keeps_what_was_finished(tmp_path: Path) -> None:
    out = tmp_path / "run"
    command = [sys.executable, "-m", "nnviz", "train", "spiral", "--epochs", "1000000", "--out", str(out), "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 30
    while not out.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    printed, errors = process.communicate(timeout=30)
    assert process.returncode == 130, errors
    assert '"nnviz-train/1"' in printed
    assert len(errors.strip().splitlines()) == 1
    assert sorted(path.name for path in out.iterdir()) == ["history.csv", "model.nnviz"]
    assert read_project(out / "model.nnviz").snapshot is not None


def test_a_folder_that_cannot_be_is_told_before_training(run: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    result = run("train", "xor", "--epochs", 10**9, "--out", tmp_path / "file" / "run", "--json")
    assert result.code == 1
    assert set(result.json["error"]) == {"what", "where", "why", "next"}
    assert (tmp_path / "file").read_text(encoding="utf-8") == "in the way"


def test_a_folder_nothing_can_be_written_to(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("nnviz.formats.save.os.fsync", refuse)
    result = run("train", "xor", "--epochs", 10**9, "--out", tmp_path)
    assert result.code == 1
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_nothing_half_written(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("train", "xor", "--epochs", 1, "--out", tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    fsync, calls = os.fsync, []

    def fill(handle: int) -> None:
        calls.append(handle)
        if len(calls) > 3:
            raise OSError(28, "No space left on device")
        fsync(handle)

    monkeypatch.setattr("nnviz.formats.save.os.fsync", fill)
    result = run("train", "xor", "--epochs", 2, "--out", tmp_path)
    assert result.code == 1
    assert "full" in result.err.lower()
    after = {path.name: path.read_bytes() for path in tmp_path.iterdir() if not path.name.endswith(".bak")}
    assert set(after) == set(before)
    assert after["model.nnviz"] == before["model.nnviz"]


@pytest.mark.parametrize("arguments", [("--weights", "npz"), ("--plots",)])
def test_files_need_a_folder(run: Any, arguments: tuple[str, ...]) -> None:
    result = run("train", "xor", *arguments)
    assert result.code == 2
    assert "--out" in result.err


def test_without_qt_all_but_the_pictures_is_written(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PySide6.QtWidgets", None)
    result = run("train", "xor", "--epochs", 2, "--out", tmp_path, "--weights", "npz", "--plots")
    assert result.code == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["history.csv", "model.nnviz", "weights.npz"]
    assert "Qt" in result.err


def test_a_file_that_cannot_be_saved_does_not_stop_the_others(run: Any, tmp_path: Path) -> None:
    (tmp_path / "model.nnviz").mkdir()
    result = run("train", "xor", "--epochs", 2, "--out", tmp_path, "--weights", "npz")
    assert result.code == 1
    assert "model.nnviz" in result.err
    assert "2 epochs" in result.out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["history.csv", "model.nnviz", "weights.npz"]


def test_json_of_a_run_whose_save_fails_has_the_metrics_and_the_error(run: Any, tmp_path: Path) -> None:
    (tmp_path / "model.nnviz").mkdir()
    result = run("train", "xor", "--epochs", 2, "--out", tmp_path, "--json")
    assert result.code == 1
    found = result.json
    assert list(found) == ["format", "epochs", "steps", "seed", "train", "seconds", "files", "error"]
    assert found["train"]["loss"] == run("train", "xor", "--epochs", 2, "--json").json["train"]["loss"]
    assert [Path(path).name for path in found["files"]] == ["history.csv"]
    assert set(found["error"]) == {"what", "where", "why", "next"}
    assert "model.nnviz" in found["error"]["where"]
    assert len(result.err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("goal", "words"),
    [
        (("--epochs", 1), ": 1 epoch, 1 step, "),
        (("--epochs", 2), ": 2 epochs, 2 steps, "),
        (("--epochs", 1, "--set", "training.batch_size=2"), ": 1 epoch, 2 steps, "),
    ],
)
def test_one_is_not_many(run: Any, goal: tuple[Any, ...], words: str) -> None:
    assert words in run("train", "or", "--set", "training.batch_size=4", *goal).out


@pytest.mark.usefixtures("qapp")
def test_ctrl_c_while_drawing_keeps_what_is_finished(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("nnviz.cli.drawing.plot_files", stop)
    result = run("train", "xor", "--epochs", 2, "--out", tmp_path, "--plots")
    assert result.code == 130
    assert "Ctrl+C" in result.err
    assert "history.csv, model.nnviz" in result.out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["history.csv", "model.nnviz"]


def test_ctrl_c_while_writing_finishes_the_file_at_hand(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace = os.replace

    def ask(*paths: Any) -> None:
        if Path(paths[1]).name == "model.nnviz":
            signal.raise_signal(signal.SIGINT)
        replace(*paths)

    monkeypatch.setattr("nnviz.formats.save.os.replace", ask)
    result = run("train", "xor", "--epochs", 2, "--out", tmp_path, "--weights", "npz,safetensors")
    assert result.code == 130
    assert sorted(path.name for path in tmp_path.iterdir()) == ["history.csv", "model.nnviz"]


def test_what_diverges_gets_advice_to_type_and_no_warnings(run_apart: Any) -> None:
    settings = ("optimizer=sgd", "learning_rate=1e6")
    words = [word for item in settings for word in ("--set", f"training.{item}")]
    result = run_apart("train", "plane", *words, "--set", "layers.0.activation=linear", "--set", "layers.1.activation=linear")
    assert result.code == 1
    assert "--set training.learning_rate=100000," in result.err
    assert "--set training.clip_norm=1" in result.err
    assert "Warning" not in result.err


def test_the_folder_is_named_where_nothing_can_be_written(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("nnviz.formats.save.os.fsync", refuse)
    assert run("train", "xor", "--epochs", 1, "--out", tmp_path).err.startswith(f"{tmp_path}: ")


def test_a_progress_bar_is_shown_on_a_terminal() -> None:
    import pty

    own, theirs = pty.openpty()
    command = [sys.executable, "-m", "nnviz", "train", "spiral", "--epochs", "500", "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=theirs, text=True, timeout=60, env={**os.environ, "TERM": "xterm"})
    os.close(theirs)
    shown = os.read(own, 1 << 16).decode("utf-8", errors="replace")
    os.close(own)
    assert done.returncode == 0
    assert "Training" in shown
    assert "/500" in shown
