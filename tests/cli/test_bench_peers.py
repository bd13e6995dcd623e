"""Peers of `nnviz bench`: who takes part, and what the Playground's program is told. Node itself is played by a script."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnviz.cli import bench_contenders, bench_playground, bench_rounds
from nnviz.cli.bench_contenders import contestants
from nnviz.cli.bench_work import WORKLOADS, spec_of, targets_of
from nnviz.engine.network import Network, initialize

OWN = ["nnviz-f8", "nnviz-f4"]
# Answers as playground.js does: a line of microseconds to each number of steps; here 12.5, and what it was told goes to a file.
NODE = """#!{python}
import json, sys
assert sys.argv[1].endswith("playground.js")
lines = [sys.stdin.readline()]
while line := sys.stdin.readline():
    lines.append(int(line))
    print(12.5, flush=True)
json.dump([json.loads(lines[0]), lines[1:]], open({told!r}, "w"))
"""


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a node of our own on the PATH; return the file of what it was told."""
    told, program = tmp_path / "told.json", tmp_path / "node"
    program.write_text(NODE.format(python=sys.executable, told=str(told)), encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(bench_rounds, "ROUNDS", 2)
    monkeypatch.setattr(bench_rounds, "ROUND_SECONDS", 0.002)
    return told


@pytest.mark.parametrize("name", ["W1", "W2"])
def test_the_playground_is_told_nnvizs_own_weights_and_samples(node: Path, name: str) -> None:
    times = bench_rounds.measure(name, ["call-floor", "playground-f8"] if name == "W1" else ["playground-f8"])
    assert times["playground-f8"] == [12.5, 12.5]
    start, steps = json.loads(node.read_text(encoding="utf-8"))
    assert len(steps) == 4  # two to find out how many fill a round
    assert steps[-1] == steps[-2] == round(0.002 * 1e6 / 12.5)
    work = WORKLOADS[name]
    views = Network(spec_of(work).network, initialize(spec_of(work).network, 0)).views
    for view, weights, biases in zip(views, start["weights"], start["biases"], strict=True):
        np.testing.assert_array_equal(weights, view.weights)
        np.testing.assert_array_equal(biases, view.bias)
    for part, seed in (("train", 0), ("test", 1)):
        x, y = work.data(seed)
        np.testing.assert_array_equal(start[part], np.concatenate([x, targets_of(work, y)], axis=1))
    told = {key: start[key] for key in ("shape", "batch", "rate", "side", "frame")}
    assert told == {"shape": [2, 4, 2, 1], "batch": 10, "rate": 0.03, "side": 100, "frame": name == "W2"}


def test_the_program_is_carried_along() -> None:
    program = Path(bench_playground.command("node")[1])
    assert program.name == "playground.js"
    assert program.is_file()


@pytest.mark.usefixtures("node")
def test_only_what_is_installed_takes_part(monkeypatch: pytest.MonkeyPatch) -> None:
    assert contestants("W2", False) == OWN
    monkeypatch.setattr(bench_contenders, "find_spec", lambda _name: None)
    assert contestants("W2", True) == [*OWN, "playground-f8"]
    monkeypatch.setattr(bench_contenders.shutil, "which", lambda _name: None)
    assert contestants("W2", True) == OWN
    monkeypatch.setattr(bench_contenders, "find_spec", lambda _name: object())
    assert contestants("W2", True) == [*OWN, "torch-eager-f4"]
    assert "torch-compiled-f4" not in contestants("W3", True)  # without a compiler
    monkeypatch.setattr(bench_contenders.shutil, "which", lambda name: name)
    assert "torch-compiled-f4" in contestants("W3", True)
    assert "torch-compiled-f4" not in contestants("W5", True)
    assert "torch-channels-last-f4" in contestants("W5", True)


def test_a_peer_that_cannot_begin_is_left_out(node: Path, capsys: Any) -> None:
    (node.parent / "node").write_text(f"#!{sys.executable}\n", encoding="utf-8")
    times = bench_rounds.measure("W1", ["call-floor", "playground-f8"])
    assert list(times) == ["call-floor"]
    assert "playground-f8" in capsys.readouterr().err
