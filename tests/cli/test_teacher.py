"""`nnviz train --teacher`: whose answers are heard, what is stored, and what is no teacher."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnviz.cli.source import read_source
from nnviz.cli.teacher import read_teacher
from nnviz.formats.project import read_project


@pytest.fixture
def teacher(run: Any, tmp_path: Path) -> Path:
    """Return a trained project of iris."""
    assert run("train", "iris", "--epochs", 20, "--out", tmp_path / "teacher").code == 0
    return tmp_path / "teacher" / "model.nnviz"


def test_the_answers_are_the_logits_of_every_sample(teacher: Path) -> None:
    found = read_source("iris", ["data.split.train=0.4", "data.split.validation=0.6", "data.scaling=minmax"], teacher=read_teacher(teacher))
    own = read_source(str(teacher))
    data, before = found.data(), own.data()
    assert found.spec.training.loss.kind == "distillation"
    network = own.trainer(before).network
    for part in (before.samples.train, before.samples.validation):
        assert data.samples.teacher is not None
        np.testing.assert_allclose(data.samples.teacher[part.rows], network.forward(part.x).z[-1], rtol=1e-12)


def test_a_distilled_project_opens_and_goes_on(run: Any, teacher: Path, tmp_path: Path) -> None:
    arguments = ("train", "iris", "--teacher", teacher, "--set", "training.loss.temperature=4")
    assert run(*arguments, "--epochs", 4, "--out", tmp_path / "whole").code == 0
    assert run(*arguments, "--epochs", 2, "--out", tmp_path / "part").code == 0
    assert run("train", tmp_path / "part" / "model.nnviz", "--epochs", 2, "--out", tmp_path / "rest").code == 0
    whole, rest = (read_project(tmp_path / name / "model.nnviz") for name in ("whole", "rest"))
    assert whole.snapshot is not None and rest.snapshot is not None and whole.teacher is not None
    assert dict(whole.spec.training.loss.parameters) == {"temperature": 4.0, "mix": 0.5}
    assert np.array_equal(whole.snapshot.parameters, rest.snapshot.parameters)
    for command in ("evaluate", "trace", "check"):
        assert run(command, tmp_path / "whole" / "model.nnviz", "--json").code == 0


def test_another_split_hears_the_same_teacher_and_other_data_none(run: Any, teacher: Path, tmp_path: Path) -> None:
    run("train", "iris", "--teacher", teacher, "--epochs", 1, "--out", tmp_path)
    stored = tmp_path / "model.nnviz"
    assert run("train", stored, "--set", "data.split.train=0.5", "--set", "data.split.validation=0.5", "--epochs", 1).code == 0
    other = run("train", stored, "--set", "data.noise=0.1", "--epochs", 1)
    assert other.code == 2
    assert "teacher" in other.err


def test_the_loss_must_listen(run: Any, teacher: Path) -> None:
    assert "--teacher" in run("train", "iris", "--set", "training.loss=distillation", "--steps", 1).err
    result = run("train", "iris", "--teacher", teacher, "--set", "training.loss=mse", "--steps", 1)
    assert result.code == 2
    assert "mse" in result.err


@pytest.mark.parametrize("student", ["wine", "digits"])
def test_teacher_and_student_must_read_the_same(run: Any, teacher: Path, student: str) -> None:
    result = run("train", student, "--teacher", teacher, "--steps", 1)
    assert result.code == 2
    assert "read different data" in result.err


@pytest.mark.parametrize("name", ["breast-cancer", "plane"])
def test_no_teacher_without_an_output_a_class(run: Any, name: str, tmp_path: Path) -> None:
    run("train", name, "--epochs", 1, "--out", tmp_path)
    result = run("train", name, "--teacher", tmp_path / "model.nnviz", "--steps", 1)
    assert result.code == 2
    assert "cannot be a teacher" in result.err


def test_other_classes_of_the_same_columns(run: Any, tmp_path: Path) -> None:
    assert run("train", "mnist-mlp", "--steps", 1, "--out", tmp_path).code == 0
    fashion = ("--set", "data.source=fashion", "--set", "data.samples=2000")
    result = run("train", "mnist-mlp", *fashion, "--teacher", tmp_path / "model.nnviz", "--steps", 1)
    assert result.code == 2
    assert "T-shirt/top" in result.err


def test_an_untrained_project_is_no_teacher(run: Any, teacher: Path, tmp_path: Path) -> None:
    from dataclasses import replace

    from nnviz.formats.project import write_project
    from nnviz.formats.save import save

    save(tmp_path / "raw.nnviz", write_project(replace(read_project(teacher), snapshot=None, curves=None, history=())))
    result = run("train", "iris", "--teacher", tmp_path / "raw.nnviz", "--steps", 1)
    assert result.code == 2
    assert "never been trained" in result.err
