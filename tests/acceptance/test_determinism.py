"""The same run in a shown window and without one: equal bits, in separate processes with other slice timing."""

from __future__ import annotations

import subprocess
import sys

import pytest

from nnviz.engine.optimizers import OPTIMIZERS

HEADLESS = """
import hashlib, sys
from nnviz.data.prepare import prepare
from nnviz.engine.edits import with_units
from nnviz.engine.trainer import Trainer
from nnviz.formats.examples import load
from nnviz.formats.project import Project
example = load(sys.argv[1])
samples = prepare(example.spec.data).samples
trainer = Trainer(example.spec, samples, initial=example.initial)
while trainer.step_count < 500:
    trainer.advance()
trainer.set_spec(with_units(example.spec, "h1", 6), samples)
while trainer.step_count < 1000:
    trainer.advance()
print(hashlib.sha256(trainer.network.parameters.tobytes()).hexdigest())
"""
WINDOW = """
import hashlib, sys
from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication
from nnviz.app import worker
from nnviz.app.document import RunState
from nnviz.app.gate import BusyGate
from nnviz.app.start import example_start
from nnviz.engine.edits import with_units
from nnviz.ui.program import Program
worker.SLICE = float(sys.argv[2])
application = QApplication(["nnviz"])
program = Program(application, gate=BusyGate(application))
window = program.open_window(example_start(sys.argv[1]))
document, example = window.document, example_start(sys.argv[1]).project
loop = QEventLoop()
def until(state, step):
    while not (document.state is state and document.frame is not None and document.frame.step == step):
        document.frame_changed.connect(loop.quit)
        document.state_changed.connect(loop.quit)
        loop.exec()
until(RunState.PAUSED, 0)
document.train(500)
until(RunState.PAUSED, 500)
document.edit(with_units(example.spec, "h1", 6), "Six units")
document.train(1000)
until(RunState.PAUSED, 1000)
print(hashlib.sha256(document.frame.parameters.tobytes()).hexdigest())
window.abandon()
program.close()
"""


def run(program: str, *words: str) -> str:
    done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("example", ["spiral", "circle"])
def test_window_and_headless_agree_to_the_last_bit(example: str) -> None:
    headless = run(HEADLESS, example)
    assert len(headless) == 64
    assert run(WINDOW, example, "0.008") == headless
    assert run(WINDOW, example, "0.0003") == headless


def played(how: str, seed: int) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.acceptance.runs", how, str(seed)], capture_output=True, text=True, timeout=200, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def undisturbed() -> str:
    lines = played("headless", 0)
    assert len({line.split()[1] for line in lines.splitlines()}) == len(OPTIMIZERS) == len(lines.splitlines())
    return lines


@pytest.mark.parametrize("seed", range(8))
def test_every_optimizer_broken_off_anywhere_gives_equal_bits(undisturbed: str, seed: int) -> None:
    """With dropout, batch norm, schedules and early stopping; snapshots restored, files reopened, steps looked at."""
    assert played("interrupted", seed) == undisturbed


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow), pytest.param(2, marks=pytest.mark.slow)])
def test_every_optimizer_in_a_window_gives_equal_bits(undisturbed: str, seed: int) -> None:
    assert played("window", seed) == undisturbed
