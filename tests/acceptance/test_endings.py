"""However a program ends, and whatever it is about: exit code 0, soon, with nothing left behind (RELIABILITY 9).

What is unsaved is asked about where a person is there to answer, and kept for the next start where the system ends it.
The endings themselves are lived through in processes of their own (`endings.py`).
"""

from __future__ import annotations

import json
import os
import re
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from nnviz.app.places import HOME
from nnviz.app.recovery import find, load
from nnviz.formats.project import read_project
from tests.acceptance.conftest import PICTURES

SOON = 1.5  # seconds of this processor's work; by the clock on a quiet machine
LATE = 6.0  # seconds by the clock, whatever else the machine does
DEAF = "Opening a.nnviz"  # a thread that waits for a disk which does not answer
HARMLESS = re.compile(r"This plugin does not support (propagateSizeHints|raise)\(\)$")
WAYS = ("close", "quit", "SIGTERM")
CASES = (
    *((state, way) for state in ("idle", "training", "saving", "opening", "exporting", "stepping") for way in WAYS),
    *(("settings", way) for way in ("close", "SIGTERM")),
    ("idle", "SIGINT"),
    ("training", "SIGINT"),
    *((state, "SIGTERM") for state in ("question", "keys", "file dialog")),
)


def endings(folder: Path, cases: list[tuple[str, str, int]], seconds: float) -> list[dict[str, Any]]:
    """Let programs live and end; return how they did."""
    folder.mkdir()
    words = [sys.executable, str(Path(__file__).with_name("endings.py")), str(folder), json.dumps(cases)]
    process = subprocess.Popen(words, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        said, _ = process.communicate(timeout=seconds)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    assert process.returncode == 0 and not said, said
    return json.loads((folder / "endings.json").read_text())


def said(folder: Path) -> list[str]:
    """Return what a program said that it should not: on its outputs, and as warnings or worse in its log."""
    words = (folder / "out").read_text() + (folder / "err").read_text()
    lines = [line for line in words.splitlines() if line and not HARMLESS.search(line)]
    for log in folder.glob("home/**/nnviz.log"):
        lines += [line for line in log.read_text().splitlines() if " INFO " not in line and DEAF not in line]
    return lines


def check(ending: dict[str, Any], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Judge one ending."""
    state, way, _ = ending["case"].values()
    words = f"{state}, {way}: {ending}"
    assert ending["code"] == 0, words + "\n" + "\n".join(said(folder))
    assert said(folder) == [], words
    assert not ending["orphans"], words
    # What is still being imported ends with the interpreter, and so does what waits for a disk.
    assert set(ending["threads"]) <= {"MainThread", "import ziamath", DEAF}, words
    assert ending["cpu"] <= SOON and ending["seconds"] <= LATE, words
    assert ending["unsaved"] or state not in ("training", "saving", "question"), words
    person = way in ("close", "quit")
    assert ending["asked"] == (person and ending["unsaved"]), words
    monkeypatch.setenv(HOME, str(folder / "home"))
    offers = find()
    saved = folder / "live.nnviz"
    if state == "saving" and (person or saved.exists()):
        assert read_project(saved).spec.training.learning_rate == 0.0123, words
    if person or not ending["unsaved"]:
        assert offers == (), words
    else:
        assert len(offers) == 1, words
        kept = load(offers[0])
        rates = [spec.training.learning_rate for spec in (kept.project.spec, *(spec for _, spec in kept.later))]
        assert rates[-1] == 0.0123, words


def judge(found: list[dict[str, Any]], folder: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Judge all of them, and write down how long they took."""
    seconds = {way: sorted(ending["seconds"] for ending in found if ending["case"]["way"] == way) for way in (*WAYS, "SIGINT")}
    all_ = sorted(ending["seconds"] for ending in found)
    PICTURES.mkdir(exist_ok=True)
    words = {
        "endings": len(found),
        "median": statistics.median(all_),
        "worst": all_[-1],
        "in time": sum(each <= SOON for each in all_) / len(all_),
        "cpu median": statistics.median(ending["cpu"] for ending in found),
        "cpu worst": max(ending["cpu"] for ending in found),
        "median by way": {way: statistics.median(each) for way, each in seconds.items() if each},
    }
    (PICTURES / f"{name}.json").write_text(json.dumps(words, indent=1))
    for ending in found:
        check(ending, folder / str(ending["number"]), monkeypatch)
    assert words["median"] <= SOON, words


def test_every_ending_is_soon_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(CASES) == 25
    folder = tmp_path / "endings"
    found = endings(folder, [(*case, number) for number, case in enumerate(CASES)], seconds=110)
    judge(found, folder, monkeypatch, "endings")


@pytest.mark.campaign
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("turn", range(5))
def test_two_hundred_endings(turn: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seeds = range(200 * turn, 200 * (turn + 1))
    folder = tmp_path / "endings"
    found = endings(folder, [(*CASES[seed % len(CASES)], seed + int(time.time())) for seed in seeds], seconds=3600)
    judge(found, folder, monkeypatch, f"endings-{turn}")
