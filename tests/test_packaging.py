"""What a person gets: exact versions that fit the floors, a wheel with everything in it, a Makefile that says what it does."""

from __future__ import annotations

import configparser
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import nnviz

ROOT = Path(__file__).resolve().parents[1]
CONFIGURATION: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT: dict[str, Any] = CONFIGURATION["project"]
SHARED: dict[str, str] = CONFIGURATION["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
PURELIB = "import sysconfig; print(sysconfig.get_path('purelib'))"
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


@pytest.mark.parametrize(("name", "target"), sorted(SHARED.items()))
def test_the_wheel_carries_what_the_desktop_reads(wheel: Path, name: str, target: str) -> None:
    with zipfile.ZipFile(wheel) as archive:
        assert archive.read(f"nnviz_studio-{nnviz.__version__}.data/data/{target}") == (ROOT / name).read_bytes()


def installed(wheel: Path, folder: Path, *options: str) -> Path:
    """Install the wheel into a new environment; return the folder of its commands."""
    venv.create(folder, with_pip=False)
    commands = folder / ("Scripts" if os.name == "nt" else "bin")
    python = str(commands / "python")
    pip = [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check"]
    if find_spec("pip") is None:  # uv makes environments without it
        pip = ["uv", "pip", "--python", python]
    done = subprocess.run([*pip, "install", *options, str(wheel)], capture_output=True, text=True, timeout=600, cwd=folder)
    assert done.returncode == 0, done.stderr
    return commands


def ran(commands: Path, *arguments: str, **variables: str) -> str:
    """Run a command of that environment where no checkout can be seen; return what it prints."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")}
    words = [str(commands / arguments[0]), *arguments[1:]]
    done = subprocess.run(words, cwd=commands.parent, env=environment | variables, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def alone(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel in an environment that sees what it depends on, lent from here, but nothing of the checkout."""
    commands = installed(wheel, tmp_path_factory.mktemp("alone"), "--no-deps", "--no-index")
    own, lent = (Path(ran(commands, "python", "-c", PURELIB).strip()), sysconfig.get_path("purelib"))
    (own / "lent.pth").write_text(lent, encoding="utf-8")  # a .pth in a lent folder is not read, so no editable install comes along
    return commands


def test_the_installed_wheel_is_what_runs(alone: Path) -> None:
    found = Path(ran(alone, "python", "-c", "import nnviz.resources as r; print(r.resource('style.qss'))").strip())
    assert found.is_relative_to(alone.parent)
    for target in SHARED.values():
        assert (alone.parent / target).is_file()


def test_the_installed_command_works(alone: Path) -> None:
    assert "spiral" in ran(alone, "nnviz", "list", "examples")
    ran(alone, "nnviz", "train", "xor", "--epochs", "2", "--out", "run", "--weights", "npz", "--plots")
    assert {"model.nnviz", "weights.npz", "plot-surface.png"} <= {path.name for path in (alone.parent / "run").iterdir()}
    ran(alone, "nnviz", "export", "xor", "--out", "a.png", "--out", "a.svg")
    assert (alone.parent / "a.png").read_bytes().startswith(b"\x89PNG")
    assert b"Inter" in (alone.parent / "a.svg").read_bytes()


def test_the_installed_window_opens(alone: Path) -> None:
    """Paints the canvas of the whole window once, and says how long that took."""
    assert float(ran(alone, "python", "-m", "nnviz.cli.bench_screen", "start", QT_QPA_PLATFORM="offscreen", NNVIZ_BENCH_BEGUN="0")) > 0


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_wheel_brings_all_it_needs(wheel: Path, tmp_path: Path) -> None:
    commands = installed(wheel, tmp_path / "new", "-c", str(ROOT / "constraints.txt"))
    ran(commands, "nnviz", "train", "iris", "--epochs", "2", "--out", "run", "--weights", "npz,safetensors", "--plots")
    ran(commands, "nnviz", "export", "run/model.nnviz", "--out", "a.png", "--out", "a.gif")
    assert float(ran(commands, "python", "-m", "nnviz.cli.bench_screen", "start", QT_QPA_PLATFORM="offscreen", NNVIZ_BENCH_BEGUN="0")) > 0


def test_the_desktop_entry_says_what_the_program_is() -> None:
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str  # type: ignore[assignment,method-assign]
    entry.read(ROOT / "resources" / "desktop" / "nnviz.desktop", encoding="utf-8")
    said = entry["Desktop Entry"]
    assert (said["Type"], said["Exec"], said["Icon"], said["StartupWMClass"]) == ("Application", "nnviz %F", "nnviz", "nnviz")
    assert said["Exec"].split()[0] in PROJECT["scripts"]
    assert said["Terminal"] == "false"
    assert {"Education", "Science"} <= set(said["Categories"].split(";"))
    types = ElementTree.parse(ROOT / "resources" / "desktop" / "nnviz.xml").getroot()
    kinds = {kind.get("type"): [glob.get("pattern") for glob in kind.findall("{*}glob")] for kind in types}
    assert kinds == {said["MimeType"].rstrip(";"): ["*.nnviz"]}


def test_the_icon_can_be_seen_at_every_size(qapp: object) -> None:
    from PySide6.QtGui import QIcon

    icon = QIcon(str(ROOT / "resources" / "icons" / "nnviz.svg"))
    for size in (16, 24, 48, 256):
        shown = icon.pixmap(size, size).toImage()
        assert shown.width() == size
        colors = {shown.pixelColor(x, y).name() for x in range(size) for y in range(size)}
        assert len(colors) > 20
        assert shown.pixelColor(0, 0).alpha() == 0


def planned(*arguments: str) -> str:
    return subprocess.run(["make", "--dry-run", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    ("target", "parts"),
    [
        ("test", ("ruff check", "mypy --strict nnviz", "pytest -q")),
        ("test-all", ("ruff check", "mypy --strict nnviz", 'not campaign"')),
        ("campaign", ("HYPOTHESIS_PROFILE=campaign", '-m "campaign or not campaign"')),
        ("bench", ("--benchmark-only", "nnviz bench")),
        ("wheel", ("hatchling build -t wheel",)),
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
