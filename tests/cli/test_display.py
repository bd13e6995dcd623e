"""Without a screen: one sentence that names the commands that need none, never an abort."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nnviz.cli import display

NOTHING: dict[str, str | None] = {"DISPLAY": None, "WAYLAND_DISPLAY": None, "QT_QPA_PLATFORM": None}
SETUPS: list[dict[str, str | None]] = [
    {},
    {"DISPLAY": ":77"},
    {"DISPLAY": "127.0.0.1:93"},
    {"DISPLAY": "nonsense"},
    {"DISPLAY": ":99999999999999999999"},
    {"WAYLAND_DISPLAY": "wayland-77"},
    {"WAYLAND_DISPLAY": "/nowhere/wayland-0", "DISPLAY": ":77"},
    {"QT_QPA_PLATFORM": "xcb"},
    {"QT_QPA_PLATFORM": "wayland"},
    {"QT_QPA_PLATFORM": "offscren"},
]


@pytest.mark.parametrize("setup", SETUPS, ids=str)
def test_one_sentence_and_no_abort(run: Any, monkeypatch: pytest.MonkeyPatch, setup: dict[str, str | None]) -> None:
    for name, value in {**NOTHING, **setup}.items():
        monkeypatch.delenv(name, raising=False)
        if value is not None:
            monkeypatch.setenv(name, value)
    result = run("--example", "xor")
    assert result.code == 1
    assert len(result.err.strip().splitlines()) == 1
    assert "nnviz train" in result.err or "offscreen" in result.err


def test_in_a_process_of_its_own(run_apart: Any) -> None:
    result = run_apart(environment={**NOTHING, "DISPLAY": ":77"})
    assert result.code == 1
    assert "nnviz train" in result.err


def test_a_platform_the_user_chose_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setattr(display, "_TRIAL", "import sys")
    for name in ("offscreen", "vnc", "offscreen:enable_fonts", "minimal;offscreen"):
        monkeypatch.setenv("QT_QPA_PLATFORM", name)
        assert display.display_problem() is None


def test_a_platform_that_fails_is_one_sentence(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "vnc")
    monkeypatch.setattr(display, "_TRIAL", "import os, sys; sys.stderr.write('no port\\nmore'); sys.stderr.flush(); os.abort()")
    result = run("--example", "xor")
    assert result.code == 1
    assert len(result.err.strip().splitlines()) == 1
    assert "no port" in result.err


def test_a_socket_that_accepts_but_is_no_display(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A stale wayland socket refuses; one that listens is taken for a compositor."""
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("WAYLAND_DISPLAY", "w")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "w"))
        listening.listen()
        assert display.display_problem() is None
    stale = display.display_problem()
    assert stale is not None
    assert stale.where == "WAYLAND_DISPLAY"


@pytest.fixture
def forbidding() -> Iterator[str]:
    """Be a display that answers everybody with "you may not"."""
    reason = b"No protocol specified"
    padded = reason + b"\0" * (-len(reason) % 4)
    answer = struct.pack("<BBHHH", 0, len(reason), 11, 0, len(padded) // 4) + padded
    with socket.create_server(("127.0.0.1", 0)) as server:
        # X displays have port 6000 + number; a port below that is no display, and the system hands out higher ones.
        number = server.getsockname()[1] - display.X_PORT

        def serve() -> None:
            while True:
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                with client:
                    if client.recv(4096):
                        client.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{number}"
        server.shutdown(socket.SHUT_RDWR)
        thread.join(10)


def test_a_display_that_forbids(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], forbidding: str) -> None:
    monkeypatch.setattr(display, "PAUSE", 0.0)
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", forbidding)
    assert display._reaches("127.0.0.1", int(forbidding.rpartition(":")[2]))
    found = display.display_problem()
    assert found is not None
    assert found.message.key == "problem.display-stale"
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("version", "python", "bad"),
    [
        ("6.12.0", (3, 11), True),
        ("6.12.0", (3, 12), False),
        ("6.11.0", (3, 13), True),
        ("6.11.1", (3, 11), True),
        ("6.9.1", (3, 11), True),
        ("6.9.2", (3, 11), False),
        ("6.10.3", (3, 11), False),
        ("6.8.3", (3, 14), False),
    ],
)
def test_bad_versions_of_pyside(version: str, python: tuple[int, int], bad: bool) -> None:
    assert display.is_bad(version, python) is bad


def test_a_bad_version_is_refused_at_start(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("PySide6.__version__", "6.9.1")
    result = run("--example", "xor")
    assert result.code == 1
    assert "6.9.1" in result.err
    assert len(result.err.strip().splitlines()) == 1


def test_the_makefile_asks_the_same(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert display.main() == 0
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    monkeypatch.setenv("DISPLAY", ":77")
    assert display.main() == 1
    assert "nnviz train" in capsys.readouterr().err
