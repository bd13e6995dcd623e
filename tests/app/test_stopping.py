"""Training ends by itself where its conditions say so: it pauses, says why, and goes on when asked to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from nnviz.app.document import Document, RunState
from nnviz.app.stopping import ending
from nnviz.engine.course import Stop
from tests.app.conftest import Open

Ended = Callable[[Document], Stop]


def conditioned(document: Document, **conditions: Any) -> None:
    training = replace(document.spec.training, **conditions)
    assert document.edit(replace(document.spec, training=training), "Stop by itself")


@pytest.fixture
def ended(qtbot: QtBot) -> Ended:
    """Train until the run has stopped by itself; return why."""

    def wait(document: Document) -> Stop:
        begun = -1 if document.frame is None else document.frame.step  # whose frame may say why the run stopped the last time
        document.train()

        def over() -> bool:
            return document.state is RunState.PAUSED and document.frame.stopped is not None and document.frame.step > begun

        qtbot.waitUntil(over, timeout=20000)
        assert document.frame is not None and document.frame.stopped is not None
        return document.frame.stopped

    return wait


@pytest.mark.parametrize(
    ("conditions", "reason"),
    [
        ({"target_loss": 1e9}, "target-loss"),
        ({"target_metric": 0.0}, "target-metric"),
        ({"max_seconds": 1e-9}, "max-seconds"),
        ({"epochs": 1}, "epochs"),
    ],
    ids=["loss", "metric", "seconds", "epochs"],
)
def test_it_stops_at_the_end_of_the_epoch_and_says_why(
    open_document: Open, ended: Ended, conditions: dict[str, Any], reason: str
) -> None:
    document = open_document("circle")
    conditioned(document, **conditions)
    assert ended(document) == Stop(reason, 1, 1)
    assert document.frame is not None and document.frame.epoch == 1


def test_patience_takes_the_weights_of_the_best_epoch_back(qtbot: QtBot, open_document: Open, ended: Ended) -> None:
    document = open_document("circle")
    conditioned(document, patience=3, learning_rate=3.0)
    stop = ended(document)
    assert stop.reason == "patience" and stop.epoch == stop.best_epoch + 3
    assert document.frame is not None
    epochs, losses = document.frame.curves.series["validation_loss"]
    epochs, losses = epochs[epochs > 0], losses[epochs > 0]  # the start is the end of no epoch
    assert epochs[int(np.argmin(losses))] == stop.best_epoch
    qtbot.waitUntil(lambda: document.frame.validation_loss == losses.min())
    assert document.frame.stopped == stop


def test_training_goes_on_when_asked_to(qtbot: QtBot, open_document: Open, ended: Ended) -> None:
    document = open_document("circle")
    conditioned(document, epochs=2)
    assert ended(document).epoch == 2
    document.train()
    qtbot.waitUntil(lambda: document.frame.epoch >= 4)
    assert document.frame is not None and document.frame.stopped is None
    document.pause()
    qtbot.waitUntil(lambda: document.state is RunState.PAUSED)
    assert document.frame.stopped is None


def test_a_target_that_is_still_met_stops_after_another_epoch(open_document: Open, ended: Ended) -> None:
    document = open_document("circle")
    conditioned(document, target_loss=1e9)
    assert [ended(document).epoch, ended(document).epoch] == [1, 2]


@pytest.mark.parametrize("speed", [4.0, 400.0], ids=["played", "paced"])
def test_it_stops_at_any_speed(qtbot: QtBot, open_document: Open, ended: Ended, speed: float) -> None:
    document = open_document("xor")
    conditioned(document, target_loss=1e9)
    document.host.set_speed.emit(speed)
    assert ended(document).reason == "target-loss"
    assert document.frame is not None and document.frame.played is None
    assert document.frame.epoch == 1


@pytest.mark.parametrize("act", ["reset", "edit", "pass"])
def test_why_it_stopped_is_forgotten_as_soon_as_the_run_stands_elsewhere(
    qtbot: QtBot, open_document: Open, ended: Ended, act: str
) -> None:
    document = open_document("circle")
    conditioned(document, epochs=1)
    ended(document)
    if act == "reset":
        document.reset()
    elif act == "edit":
        conditioned(document, epochs=5)
    else:
        document.step_through()
        qtbot.waitUntil(lambda: document.stepper.trace is not None)
        document.apply_pass()
    qtbot.waitUntil(lambda: document.frame.stopped is None)


def test_the_frame_has_the_learning_rate_of_its_epoch(qtbot: QtBot, open_document: Open) -> None:
    from nnviz.engine.schedules import SCHEDULES
    from nnviz.engine.table import choose

    document = open_document("circle")
    conditioned(document, schedule=choose(SCHEDULES, "exponential", factor=0.5), epochs=3)
    document.train()
    qtbot.waitUntil(lambda: document.state is RunState.PAUSED and document.frame.epoch == 3)
    assert document.frame is not None
    assert document.frame.learning_rate == document.spec.training.learning_rate * 0.125


def test_a_run_that_was_asked_to_go_so_far_has_no_reason() -> None:
    training = SimpleNamespace(epochs=9)
    trainer: Any = SimpleNamespace(stopped=None, epoch=4, spec=SimpleNamespace(training=training))
    assert ending(trainer, 4) is None
    trainer.epoch = 9
    assert ending(trainer, 9) == Stop("epochs", 9, 9)
    trainer.stopped = Stop("patience", 9, 3)
    assert ending(trainer, 9) == Stop("patience", 9, 3)
