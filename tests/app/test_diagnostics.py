"""The log and the crash file: written where they belong, bounded, rotated, and never in the program's way."""

from __future__ import annotations

import faulthandler
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from nnviz.app import diagnostics
from nnviz.app.diagnostics import KEPT, LARGEST, Diagnostics, LogFile, Repeats, previous_crash

log = logging.getLogger("nnviz")
DIES = """
import faulthandler, os, sys
from nnviz.app.diagnostics import Diagnostics
kept = Diagnostics()
sys.stdout.write("started\\n")
sys.stdout.flush()
{act}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NNVIZ_HOME", str(tmp_path))
    return tmp_path / "logs"


@pytest.fixture
def running(folder: Path) -> Iterator[Diagnostics]:
    made = Diagnostics()
    yield made
    made.close()
    # pytest's own, which the program's took the place of
    faulthandler.enable(sys.__stderr__)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(diagnostics.time, "monotonic", lambda: now[0])
    return now


def written(folder: Path) -> str:
    return (folder / "nnviz.log").read_text(encoding="utf-8")


def run_and_die(act: str) -> int:
    """Run a process with diagnostics that does this; return its exit code."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", DIES.format(act=act)], env=environment, capture_output=True, text=True, timeout=60)
    assert "started" in done.stdout, done.stderr
    return done.returncode


def test_what_was_started_is_one_line_and_each_record_is_written_once(running: Diagnostics, folder: Path) -> None:
    (first,) = written(folder).splitlines()
    assert all(word in first for word in ("nnviz", "Python", "Qt", "INFO"))
    log.info("one")
    logging.getLogger("nnviz.inner").warning("two → ∂")
    assert [line.split(": ")[-1] for line in written(folder).splitlines()[1:]] == ["one", "two → ∂"]


def test_the_log_is_rotated(running: Diagnostics, folder: Path) -> None:
    for number in range(45):
        log.info("%d %s", number, "x" * 100_000)
    files = sorted(folder.glob("nnviz.log*"))
    assert len(files) == KEPT + 1 and all(path.stat().st_size <= LARGEST for path in files)
    assert "44 xxx" in written(folder)


def test_a_fault_that_repeats_is_logged_once_a_second_with_a_count(running: Diagnostics, folder: Path, clock: list[float]) -> None:
    for number in range(120):
        log.error("fault %d", number, extra={"fault": ("ValueError", "a.py", 7)})
        clock[0] += 1 / 60
    log.error("another", extra={"fault": ("ValueError", "b.py", 7)})
    clock[0] += 1.0
    log.error("fault again", extra={"fault": ("ValueError", "a.py", 7)})
    text = written(folder)
    assert text.count("ERROR") <= 5 and text.count("fault 0") == 1 and "fault 1\n" not in text and "another" in text
    assert "more of the same" in text and "fault again" in text


def test_the_same_words_from_the_same_line_are_a_repeat_and_other_words_are_not(running: Diagnostics, folder: Path) -> None:
    for number in (1, 1, 2):
        log.warning("number %d", number)
    assert written(folder).count("number 1") == 1 and written(folder).count("number 2") == 1


def test_what_was_held_back_is_counted_at_the_end(folder: Path) -> None:
    handler = LogFile(folder / "nnviz.log")
    folder.mkdir(parents=True)
    record = logging.LogRecord("nnviz", logging.ERROR, "a.py", 1, "again and again", (), None)
    for _ in range(5):
        handler.handle(record)
    handler.close()
    assert written(folder).count("again and again") == 1 and "4 more" in written(folder)


def test_what_is_remembered_of_repeats_is_bounded() -> None:
    repeats = Repeats()
    for number in range(3000):
        repeats.filter(logging.LogRecord("nnviz", logging.ERROR, "a.py", number, "x", (), None))
    assert len(repeats._seen) <= diagnostics.MOST_KEYS


def test_a_log_that_cannot_be_written_is_said_once_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder")
    monkeypatch.setenv("NNVIZ_HOME", str(in_the_way))
    made = Diagnostics()
    for number in range(5):
        log.error("fault %d", number)
    made.close()
    said = capsys.readouterr().err
    assert said.count("cannot be written") == 1 and "nnviz.log" in said and made.log_file.trouble
    assert previous_crash() is None


def test_without_a_terminal_nothing_is_said_and_nothing_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    diagnostics.say("unheard")


def test_a_clean_end_leaves_only_the_log_and_the_logger_as_it_was(folder: Path) -> None:
    before = list(log.handlers), log.level
    made = Diagnostics()
    assert list(folder.glob("crash-*.log"))
    made.close()
    faulthandler.enable(sys.__stderr__)
    assert [path.name for path in folder.iterdir()] == ["nnviz.log"]
    assert (list(log.handlers), log.level) == before and previous_crash() is None


def test_a_crash_is_shown_once_and_kept(folder: Path) -> None:
    assert run_and_die("faulthandler._sigsegv()") != 0
    found = previous_crash()
    assert found is not None and "Segmentation fault" in found and "<string>" in found
    assert (folder / "crash-last.log").read_text().strip() == found
    assert "ended unexpectedly" not in written(folder)  # nobody logs here yet
    assert previous_crash() is None and [path.name for path in sorted(folder.iterdir())] == ["crash-last.log", "nnviz.log"]


def test_a_process_that_was_killed_leaves_nothing_to_show(folder: Path) -> None:
    assert run_and_die("os.kill(os.getpid(), 9)") != 0
    assert list(folder.glob("crash-*.log")) and previous_crash() is None
    assert not list(folder.glob("crash-*"))


def test_the_file_of_a_process_that_runs_is_left_alone(running: Diagnostics, folder: Path) -> None:
    (own,) = folder.glob("crash-*.log")
    own.write_text("not yet")
    assert previous_crash() is None and own.exists()


def test_two_crashes_are_both_told(folder: Path) -> None:
    folder.mkdir(parents=True)
    for pid, age in ((11, 200), (12, 100)):
        path = folder / f"crash-{pid}.log"
        path.write_text(f"stack of {pid}")
        os.utime(path, (1e9 - age, 1e9 - age))
    found = previous_crash()
    assert found is not None and found.index("stack of 12") < found.index("stack of 11")
    assert (folder / "crash-last.log").read_text() == "stack of 12"


def test_a_huge_crash_file_is_shown_in_part(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "crash-5.log").write_bytes(b"\xff\x00x" * 100_000)
    found = previous_crash()
    assert found is not None and len(found) <= diagnostics.CRASH_SHOWN
