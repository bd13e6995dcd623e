"""Runs the command line inside the test process, which is quick, or in one of its own where that is what is tested."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from nnviz.app.start import Start
from nnviz.cli import main


@dataclass(frozen=True)
class Result:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed, which must be one JSON object and nothing else."""
        return json.loads(self.out)


Run = Callable[..., Result]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line in this process."""

    def run(*arguments: object) -> Result:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return run


@pytest.fixture
def run_apart() -> Run:
    """Run a command line in a process of its own, with changes to its environment; None unsets a variable."""

    def run(*arguments: object, environment: dict[str, str | None] | None = None, cwd: Path | None = None) -> Result:
        import os

        changed = {**os.environ, **(environment or {})}
        kept = {name: value for name, value in changed.items() if value is not None}
        command = [sys.executable, "-m", "nnviz", *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, env=kept, cwd=cwd, timeout=60)
        return Result(done.returncode, done.stdout, done.stderr)

    return run


@dataclass
class Opened:
    """What would have been opened: the windows of all runs, and the theme of the last one."""

    starts: list[Start] = field(default_factory=list)
    theme: str | None = None


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Opened:
    """Note what would be opened in windows, instead of opening them."""
    noted = Opened()

    def open_windows(starts: Sequence[Start], theme: str | None) -> int:
        noted.starts += starts
        noted.theme = theme
        return 0

    monkeypatch.setattr("nnviz.cli.window.window_problem", lambda: None)
    monkeypatch.setitem(sys.modules, "nnviz.ui.program", SimpleNamespace(run=open_windows))
    return noted


@pytest.fixture
def project(tmp_path: Path, run: Run) -> Path:
    """Return a small project that was trained for three epochs."""
    assert run("train", "xor", "--epochs", 3, "--out", tmp_path / "made").code == 0
    return tmp_path / "made" / "model.nnviz"
