"""`nnviz train --range-test`: a table, a suggestion that is worth taking, and a file with every step."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest


def test_the_suggestion_learns_better_than_rates_far_from_it(run: Any) -> None:
    found = run("train", "digits", "--range-test", "--json").json
    assert found["format"] == "nnviz-range-test/1"
    assert len(found["rates"]) == len(found["losses"]) == len(found["smoothed"])
    assert found["reason"] is None

    def loss(rate: float) -> float:
        made: float = run("train", "digits", "--epochs", 2, "--set", f"training.learning_rate={rate}", "--json").json["train"]["loss"]
        return made

    best = loss(found["suggestion"])
    assert best < loss(found["suggestion"] / 30)
    assert best < loss(found["suggestion"] * 30)


def test_text_is_a_table_and_a_setting_to_type(run: Any) -> None:
    result = run("train", "digits", "--range-test")
    assert result.code == 0
    lines = result.out.splitlines()
    assert lines[0].split() == ["rate", "loss", "smoothed"]
    assert 10 < len(lines) < 40
    setting = next(word for word in lines[-1].split() if word.startswith("training.learning_rate=")).rstrip(",")
    assert run("train", "digits", "--steps", 1, "--set", setting).code == 0


def test_every_step_is_in_the_file(run: Any, tmp_path: Path) -> None:
    found = run("train", "digits", "--range-test", "--out", tmp_path, "--json").json
    assert found["files"] == [str(tmp_path / "range-test.csv")]
    assert [path.name for path in tmp_path.iterdir()] == ["range-test.csv"]
    rows = list(csv.DictReader((tmp_path / "range-test.csv").read_text(encoding="utf-8").splitlines()))
    assert [float(row["rate"]) for row in rows] == found["rates"]
    assert [float(row["loss"]) for row in rows] == found["losses"]


def test_where_nothing_can_be_suggested_the_reason_is_told(run: Any) -> None:
    frozen = ("--freeze", "0,1")
    found = run("train", "iris", "--range-test", *frozen, "--json").json
    assert found["suggestion"] is None
    assert "No rate can be suggested" in found["reason"]
    assert "No rate can be suggested" in run("train", "iris", "--range-test", *frozen).out


@pytest.mark.parametrize("words", [("--epochs", 3), ("--steps", 3), ("--weights", "npz", "--out", "x")])
def test_it_does_not_train(run: Any, words: tuple[Any, ...]) -> None:
    result = run("train", "iris", "--range-test", *words)
    assert result.code == 2
    assert words[0] in result.err
