"""The plan against the oracle: whole runs of random networks of every kind, and what a plan must be besides equal."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from nnviz.engine import planned
from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.losses import LOSSES
from nnviz.engine.network_spec import BatchNorm, Conv2D, Dropout, MaxPool2D
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.problem import problem
from nnviz.engine.trainer import Trainer
from tests.engine import random_networks
from tests.engine.random_networks import Run

RUNS = 500


@pytest.fixture
def readable(monkeypatch: pytest.MonkeyPatch) -> Callable[[Run], Trainer]:
    """Return what makes a trainer that the readable engine trains."""

    def make(run: Run) -> Trainer:
        with monkeypatch.context() as patch:
            patch.setattr(planned, "obstacle", lambda _spec: problem("training", "not-planned", name="all"))
            return Trainer(run.spec, run.samples)

    return make


def distance(one: np.ndarray, other: np.ndarray) -> float:
    """Return ‖one − other‖ / ‖other‖; what is shorter than a thousandth counts as that long, as it may be 0 but for rounding."""
    return float(np.linalg.norm(one - other)) / max(1e-3, float(np.linalg.norm(other)))


@pytest.mark.parametrize("number", range(RUNS))
def test_plan_and_oracle_train_alike(number: int, readable: Callable[[Run], Trainer]) -> None:
    run = random_networks.run(number)
    fast, slow = Trainer(run.spec, run.samples), readable(run)
    assert fast.obstacle is None and slow.obstacle is not None
    for _ in range(run.epochs):
        fast.run_epoch()
        slow.run_epoch()
    assert distance(fast.network.parameters, slow.network.parameters) <= 1e-12
    assert distance(fast.gradient, slow.gradient) <= 1e-11  # of two steps that begin at parameters 1e-12 apart
    for name, moment in slow.state.items():
        assert distance(fast.state[name], moment) <= 1e-11, name
    for name in ("train_loss", "validation_loss", "train_metric", "validation_metric"):
        assert getattr(fast.latest, name) == pytest.approx(getattr(slow.latest, name), rel=1e-11, abs=1e-14, nan_ok=True)


def test_the_runs_hold_every_entry_and_every_mask() -> None:
    specs = [random_networks.run(number).spec for number in range(RUNS)]
    layers = [layer for spec in specs for layer in spec.network.layers]
    assert {spec.training.optimizer.kind for spec in specs} == set(OPTIMIZERS)
    assert {spec.training.loss.kind for spec in specs} == set(LOSSES)
    assert {layer.activation.kind for layer in layers if hasattr(layer, "activation")} == set(ACTIVATIONS)
    assert {type(layer) for layer in layers} >= {Conv2D, MaxPool2D, Dropout, BatchNorm}
    assert any(getattr(layer, "pruned", ()) for layer in layers) and any(getattr(layer, "lesioned", ()) for layer in layers)
    assert any(layer.frozen for layer in layers) and any(spec.training.clip_norm for spec in specs)
    assert any(spec.training.clip_value for spec in specs) and any(spec.training.normalize_gradients for spec in specs)
