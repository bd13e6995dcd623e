"""Runs with every optimizer, with dropout and batch norm, that several processes go through in their own ways.

    python -m tests.acceptance.runs headless|interrupted|window SEED

prints a checksum for each. `SEED` sets where the interrupted run is broken off, and how long the window's slices are.
"""

from __future__ import annotations

import hashlib
import random
import sys
from dataclasses import replace

import numpy as np

from nnviz.data.prepare import prepare
from nnviz.engine.network_spec import BatchNorm, Dropout
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.schedules import SCHEDULES
from nnviz.engine.spec import Spec, check
from nnviz.engine.table import choose
from nnviz.engine.trainer import Trainer
from nnviz.formats.examples import load
from nnviz.formats.project import Project, read_project, write_project

STEPS = 150


def specs() -> dict[str, Spec]:
    """Return the runs by name: one for each optimizer, with batch norm and dropout in turn, clipping and schedules."""
    found, base = {}, load("spiral").spec
    base = replace(base, data=replace(base.data, samples=120, noise=0.1))
    schedules = ("constant", "plateau", "cosine", "cyclic")
    for index, name in enumerate(sorted(OPTIMIZERS)):
        first, *rest = base.network.layers
        inserted = (BatchNorm("norm", "Batch norm"), Dropout("drop", "Dropout", 0.25)) if index % 2 else (Dropout("drop", "Dropout", 0.5),)
        network = replace(base.network, layers=(first, *inserted, *rest))
        training = replace(
            base.training,
            optimizer=choose(OPTIMIZERS, name),
            schedule=choose(SCHEDULES, schedules[index % 4]),
            clip_norm=0.5 if index % 3 == 0 else None,
            normalize_gradients=index % 5 == 4,
            patience=4 if index % 2 else 0,
            batch_size=16,
        )
        found[name] = check(replace(base, network=network, training=training))
    return found




def tell(name: str, parameters: np.ndarray) -> None:
    sys.stdout.write(f"{name} {hashlib.sha256(parameters.tobytes()).hexdigest()}\n")


def headless() -> None:
    for name, spec in specs().items():
        trainer = Trainer(spec, prepare(spec.data).samples)
        while trainer.step_count < STEPS:
            trainer.advance()
        tell(name, trainer.network.parameters)


def interrupted(seed: int) -> None:
    """Stop at random points; there restore a snapshot, or save and reopen, or look at the next step, then go on."""
    rng = random.Random(seed)
    for name, spec in specs().items():
        samples = prepare(spec.data).samples
        trainer = Trainer(spec, samples, keep_history=True)
        while trainer.step_count < STEPS:
            for _ in range(rng.randrange(1, 60)):
                if trainer.step_count < STEPS:
                    trainer.advance()
            kind = rng.choice(["restore", "reopen", "look", "back"])
            if kind == "restore":
                trainer.restore(trainer.snapshot())
            elif kind == "reopen":
                data = write_project(Project(spec, None, trainer.snapshot(), tuple(trainer.history), trainer.store.state()))
                stored = read_project(data)
                trainer = Trainer(stored.spec, samples, stored.snapshot, stored.initial, True, stored.history, stored.curves)
            elif kind == "look" and trainer.step_count:
                trainer.trace_next()
            elif trainer.step_count < STEPS - 9:
                kept = trainer.snapshot()
                for _ in range(9):
                    trainer.advance()
                trainer.restore(kept)
        tell(name, trainer.network.parameters)


def window(seed: int) -> None:
    """Train in a shown window, each run in one of its own; only the slices of its worker differ."""
    from PySide6.QtCore import QEventLoop
    from PySide6.QtWidgets import QApplication

    from nnviz.app import worker
    from nnviz.app.document import RunState
    from nnviz.app.gate import BusyGate
    from nnviz.app.start import Start
    from nnviz.ui.program import Program

    application = QApplication(["nnviz"])
    program = Program(application, gate=BusyGate(application))
    loop = QEventLoop()
    for number, (name, spec) in enumerate(specs().items()):
        worker.SLICE = (0.008, 0.001, 0.0003)[(seed + number) % 3]
        opened = program.open_window(Start(Project(spec, None), name))
        document = opened.document
        document.frame_changed.connect(loop.quit)
        document.state_changed.connect(loop.quit)
        while not (document.state is RunState.PAUSED and document.frame is not None):
            loop.exec()
        while document.frame.step < STEPS:  # early stopping pauses it on the way
            document.train(STEPS)
            while document.state is not RunState.PAUSED or not (document.frame.stopped or document.frame.step == STEPS):
                loop.exec()
        tell(name, document.frame.parameters)
        document.frame_changed.disconnect(loop.quit)
        document.state_changed.disconnect(loop.quit)
        opened.abandon()
    program.close()


if __name__ == "__main__":
    how, seed = sys.argv[1], int(sys.argv[2])
    if how == "headless":
        headless()
    elif how == "interrupted":
        interrupted(seed)
    else:
        window(seed)
