"""Faults in the worker are named, the last good weights stay, and training can go on (RELIABILITY 8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from nnviz.app import worker
from nnviz.app.document import RunState
from nnviz.app.start import example_start
from nnviz.engine.edits import with_units
from nnviz.engine.trainer import Trainer
from tests.app.conftest import Open

FAULTS = [ValueError("bad value"), ZeroDivisionError("by zero"), MemoryError("none left"), KeyError("no key"), IndexError("beyond")]
PLACES = ["make_frame", "step", "trace", "set_spec", "restore", "reset", "taught"]


def failing_once(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, fault: Exception) -> None:
    """Let one call of a function fail."""
    real: Callable[..., Any] = getattr(owner, name)

    def fail(*words: Any, **more: Any) -> Any:
        monkeypatch.setattr(owner, name, real)
        raise fault

    monkeypatch.setattr(owner, name, fail)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
@pytest.mark.parametrize("place", PLACES)
def test_a_fault_is_named_and_training_can_go_on(
    qtbot: QtBot, open_document: Open, monkeypatch: pytest.MonkeyPatch, place: str, fault: Exception
) -> None:
    document = open_document("circle")
    document.train(20)
    qtbot.waitUntil(lambda: document.frame is not None and document.frame.step == 20)
    qtbot.waitUntil(lambda: document.state is RunState.PAUSED)
    good = document.frame.parameters
    edited = with_units(document.spec, document.spec.network.layers[0].id, 3)
    acts = {
        "make_frame": (worker, "make_frame", lambda: document.set_probe(3)),
        "step": (Trainer, "advance", document.train),
        "trace": (worker, "probe_trace", document.step_through),
        "set_spec": (Trainer, "set_spec", lambda: document.edit(edited, "Units")),
        "restore": (Trainer, "restore", document.go_back),
        "reset": (Trainer, "reset", document.reset),
        "taught": (worker, "taught", lambda: document.open(example_start("moons"))),
    }
    owner, name, act = acts[place]
    failing_once(monkeypatch, owner, name, fault)
    with qtbot.capture_exceptions() as caught:
        with qtbot.waitSignal(document.failed) as failure:
            act()
        qtbot.waitUntil(lambda: bool(caught))
    assert document.state is RunState.FAILED
    assert type(fault).__name__ in dict(failure.args[0][0].message.values)["error"]
    if place != "taught":
        assert np.array_equal(document.frame.parameters, good)
    document.open(example_start("circle")) if place == "taught" else document.reset()
    qtbot.waitUntil(lambda: document.state is RunState.PAUSED)
    document.train(40)
    qtbot.waitUntil(lambda: document.frame.step == 40)
