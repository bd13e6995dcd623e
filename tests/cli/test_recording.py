"""The course of a run: evenly spaced, bounded, and without Qt."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise

import pytest

from nnviz.cli import recording
from nnviz.cli.source import read_source
from nnviz.data.prepare import prepare


def test_frames_are_bounded_and_evenly_spaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "MOST_FRAMES", 8)
    source = read_source("xor")
    data = prepare(source.spec.data)
    trainer, course = source.trainer(data), recording.Recording(data)
    while trainer.epoch < 40:
        trainer.advance()
        course.note(trainer)
    epochs = [frame.epoch for frame in course.frames]
    assert 4 <= len(epochs) < 8
    assert len({second - first for first, second in pairwise(epochs)}) == 1
    assert epochs[0] == 0


def test_no_qt_is_needed() -> None:
    script = "import sys, nnviz.cli.recording; print([name for name in sys.modules if name.startswith('PySide6')])"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.strip() == "[]"
