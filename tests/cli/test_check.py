"""`nnviz check`: every example's gradients are right, and a wrong one is found."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nnviz.engine.checks import LayerCheck
from nnviz.engine.network import Network
from nnviz.engine.spec import BatchNorm, Dropout
from nnviz.formats import examples
from nnviz.formats.project import Project, write_project


@pytest.mark.parametrize("name", examples.names())
def test_every_example_is_right(run: Any, name: str) -> None:
    result = run("check", name, "--json")
    assert result.code == 0
    found = result.json
    assert found["passed"]
    assert all(layer["complex_step"] <= 1e-12 for layer in found["layers"])
    assert all(layer["central"] <= 1e-6 for layer in found["layers"])
    assert all(layer["kept"] >= 0.9 * layer["checked"] for layer in found["layers"])


def test_a_student_is_checked_with_what_its_teacher_said(run: Any, tmp_path: Path) -> None:
    assert run("train", "wine", "--epochs", 1, "--out", tmp_path / "teacher").code == 0
    assert run("train", "wine", "--epochs", 1, "--teacher", tmp_path / "teacher" / "model.nnviz", "--out", tmp_path / "student").code == 0
    result = run("check", tmp_path / "student" / "model.nnviz", "--json")
    assert result.code == 0 and result.json["passed"]


def test_both_ways_forward_of_batch_norm_and_dropout_are_checked(run: Any, tmp_path: Path) -> None:
    """Written into a file, as no example has them."""
    stored = examples.load("xor")
    layers = stored.spec.network.layers
    made = replace(stored.spec.network, layers=(layers[0], BatchNorm("norm", "Norm"), Dropout("drop", "Dropout"), *layers[1:]))
    project = tmp_path / "made.nnviz"
    project.write_bytes(write_project(Project(replace(stored.spec, network=made), None)))
    found = run("check", project, "--json").json
    assert found["passed"] and [layer["id"] for layer in found["layers"]] == ["h1", "norm", "out"]
    assert [layer["checked"] for layer in found["layers"]] == [24, 16, 10]


def test_text_names_every_layer(run: Any) -> None:
    result = run("check", "xor")
    assert result.code == 0
    assert len(result.out.splitlines()) == 3


@pytest.mark.parametrize("errors", [(1e-17, math.nan), (math.nan, 0.0), (math.inf, 1.0)])
def test_what_overflows_cannot_be_compared(run: Any, monkeypatch: pytest.MonkeyPatch, errors: tuple[float, float]) -> None:
    result = run("check", "xor", "--json")
    assert result.code == 0
    monkeypatch.setattr("nnviz.engine.checks.check", lambda *_: [LayerCheck("h1", "Dense", *errors, checked=3, kept=3)])
    result = run("check", "xor")
    assert result.code == 1
    assert "overflow" in result.out
    assert "wrong" not in result.out


def test_a_planted_sign_error_is_found(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    backward = Network.backward
    monkeypatch.setattr(Network, "backward", lambda self, passed, delta, out=None: -backward(self, passed, delta, out))
    result = run("check", "xor")
    assert result.code == 1
    assert "wrong" in result.out
