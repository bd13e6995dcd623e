"""Which command is meant, the exit codes, and how errors are told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from nnviz.cli.app import COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_shows_an_example(run: Any, name: str) -> None:
    result = run(name, "--help")
    assert result.code == 0
    assert f"nnviz {name}" in result.out
    assert "Example:" in result.out


def test_help_names_all_commands(run: Any) -> None:
    result = run("--help")
    assert result.code == 0
    assert all(name in result.out for name in COMMANDS)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("trian", "xor"), "train"),
        (("train", "xorr"), "xor"),
        (("train", "xor", "--epoch", "3"), "--epochs"),
        (("train", "xor", "--epochs", "0"), "1"),
        (("train", "xor", "--epochs", "many"), "integer"),
        (("train",), "SOURCE"),
        (("train", "xor", "--steps", "1", "--epochs", "1"), "epochs"),
        (("train", "xor", "--weights", "onnx", "--out", "run"), "json"),
        (("train", "xor", "--set", "training.learning_rat=1"), "training.learning_rate"),
        (("train", "xor", "--set", "layers.7.units=1"), "units"),
        (("train", "xor", "--set", "training.optimizer=adamm"), "adam"),
        (("train", "xor", "--set", "layers.0.activation=tan"), "tanh"),
        (("train", "xor", "--set", "training.learning_rate=abc"), "abc"),
        (("train", "xor", "--set", "training.learning_rate=-1"), "(0"),
        (("train", "xor", "--set", "training.learning_rate"), "="),
        (("train", "xor", "--set", "layers.0.units=0"), "[1"),
        (("train", "xor", "--set", "training.batch_size=99"), "4"),
        (("train", "xor", "--set", "data.split.validation=0.5"), "1"),
        (("train", "xor", "--set", "data.samples=80"), "always has 4"),
        (("train", "iris", "--set", "data.samples=80"), "always has 150"),
        (("trace", "mazur", "--set", "data.samples=2"), "data.samples"),
        (("--example", "spiralll"), "spiral"),
        (("--theme", "pink"), "light"),
        (("--them", "dark"), "--theme"),
        (("",), "empty"),
        (("train", ""), "empty"),
        (("train", "xor", "--out", ""), "--out"),
        (("train", "xor", "--out="), "--out"),
    ],
)
def test_a_wrong_command_line_is_two_and_names_the_nearest(run: Any, arguments: tuple[str, ...], named: str) -> None:
    result = run(*arguments)
    assert result.code == 2
    assert named in result.err
    assert result.out == ""
    assert "Traceback" not in result.err


def test_json_errors_are_one_object(run: Any) -> None:
    result = run("train", "xorr", "--json")
    assert result.code == 2
    assert set(result.json["error"]) == {"what", "where", "why", "next"}
    assert len(result.err.strip().splitlines()) == 1


def test_a_missing_file_is_one(run: Any, tmp_path: Path) -> None:
    result = run("train", tmp_path / "nothing.nnviz")
    assert result.code == 1
    assert "nothing.nnviz" in result.err
    assert len(result.err.strip().splitlines()) == 1


def test_a_damaged_file_is_one(run: Any, project: Path) -> None:
    project.write_bytes(project.read_bytes()[:-40])
    result = run("train", project, "--json")
    assert result.code == 1
    assert result.json["error"]["where"]


def test_terminals_are_not_commanded_by_what_was_typed(run: Any) -> None:
    result = run("train", "\x1b[2Jxor")
    assert result.code == 2
    assert "\x1b" not in result.err


def test_a_terminal_without_the_letters_gets_no_traceback() -> None:
    command = [sys.executable, "-m", "nnviz", "list", "activations"]
    done = subprocess.run(command, capture_output=True, env={"PYTHONIOENCODING": "ascii"}, cwd=Path(__file__).parents[2], timeout=60)
    assert done.returncode == 0, done.stderr
    assert b"tanh" in done.stdout


def test_a_reader_that_leaves_is_no_fault() -> None:
    process = subprocess.Popen([sys.executable, "-m", "nnviz", "trace", "xor", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert b"Traceback" not in process.stderr.read()
    process.stderr.close()
    process.wait(30)


@pytest.mark.parametrize("arguments", ["list examples", "list examples --json", "train xor --epochs 1", "train nothing --json"])
@pytest.mark.parametrize("output", [">/dev/full", ">&-", ">/dev/full 2>/dev/full"])
def test_an_output_that_cannot_be_written_is_one_sentence(arguments: str, output: str) -> None:
    command = ["bash", "-c", f"{sys.executable} -m nnviz {arguments} {output}"]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2], timeout=60)
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert ("output" in done.stderr) is (output.count("full") < 2)


def test_json_is_ascii_whatever_the_terminal(run: Any) -> None:
    for arguments in (("list", "activations", "--json"), ("train", "§", "--json")):
        assert run(*arguments).out.isascii()


def test_ctrl_c_in_a_command_and_while_loading(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    for place in ("nnviz.cli.listing.print_json", "nnviz.cli.app.run"):
        with monkeypatch.context() as patch:
            patch.setattr(place, stop)
            result = run("list", "examples", "--json")
        assert result.code == 130
        assert len(result.err.strip().splitlines()) == 1
        assert "Ctrl+C" in result.err


def test_as_a_module(run_apart: Any) -> None:
    result = run_apart("train", "xor", "--epochs", 1, "--json")
    assert result.code == 0, result.err
    assert result.json["epochs"] == 1
