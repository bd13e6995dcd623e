"""What a person gets: exact versions that fit the floors, a wheel with everything in it, a Makefile that says what it does."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import nnviz

ROOT = Path(__file__).resolve().parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PINS = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines())
PINNED = {canonicalize_name(name): found for name, found in PINS.items()}
EXTRAS = [text for name in ("test", "dev") for text in PROJECT["optional-dependencies"][name]]
NEEDED = [Requirement(text) for text in [*PROJECT["dependencies"], *EXTRAS]]


def test_constraints_are_exact_and_name_no_registry() -> None:
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+]+", line), line


@pytest.mark.parametrize("requirement", NEEDED, ids=str)
def test_every_requirement_is_pinned_within_its_range(requirement: Requirement) -> None:
    assert PINNED[canonicalize_name(requirement.name)] in requirement.specifier


def test_what_runs_here_is_the_proven_set() -> None:
    for requirement in (Requirement(text) for text in PROJECT["dependencies"]):
        assert version(requirement.name) in requirement.specifier


def test_names() -> None:
    assert PROJECT["name"] == "nnviz-studio"
    assert PROJECT["scripts"] == {"nnviz": "nnviz.cli:main"}
    assert PROJECT["requires-python"] == ">=3.11"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl"))


def test_the_wheel_carries_all_resources_and_no_tests(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for path in (ROOT / "resources").rglob("*"):
        if path.is_file():
            assert f"nnviz/resources/{path.relative_to(ROOT / 'resources').as_posix()}" in names
    for path in (ROOT / "nnviz").rglob("*.py"):
        assert path.relative_to(ROOT).as_posix() in names
    assert not [name for name in names if name.startswith("tests/") or "__pycache__" in name]
    assert wheel.name.startswith(f"nnviz_studio-{nnviz.__version__}-")


def test_the_wheel_runs_by_itself(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "installed")}
    command = [sys.executable, "-m", "nnviz", "train", "mazur", "--steps", "1", "--out", "run", "--weights", "npz", "--json"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "run" / "weights.npz").exists()


def planned(*arguments: str) -> str:
    return subprocess.run(["make", "--dry-run", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    ("target", "parts"),
    [
        ("test", ("ruff check", "mypy --strict nnviz", "pytest -q")),
        ("test-all", ("ruff check", "mypy --strict nnviz", 'not campaign"')),
        ("campaign", ("HYPOTHESIS_PROFILE=campaign", '-m "campaign or not campaign"')),
        ("bench", ("--benchmark-only", "nnviz bench")),
        ("demo", ("train spiral", "--plots", "canvas.png", "canvas.svg", "pass.gif")),
        ("run", ("nnviz.cli.display", "-m nnviz;")),
    ],
)
def test_make(target: str, parts: tuple[str, ...]) -> None:
    plan = planned(target)
    assert all(part in plan for part in parts), plan


def test_make_takes_uv_where_it_is_and_pip_where_it_is_not() -> None:
    plan = planned("--always-make", "run")
    assert plan.count("-c constraints.txt") == 2
    assert "uv pip install" in plan
    assert "pip install" in plan.replace("uv pip install", "")


def test_make_says_what_qt_lacks(tmp_path: Path) -> None:
    """With an empty list of known libraries and no rights it prints the one line to run, and goes on."""
    for name, body in {"ldconfig": "true", "apt-get": "false", "id": "echo 1000"}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(["make", "qt-libraries"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0
    assert "sudo apt-get install -y libglib2.0-0" in done.stdout
    assert "libxcb-cursor0" in done.stdout


def test_ci_runs_make_test() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text(encoding="utf-8").rstrip().endswith("exec make test")
