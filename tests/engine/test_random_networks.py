"""Whole trainings of 200 random networks, step for step beside PyTorch's (tables/make_networks.py)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nnviz.engine.network_spec import LAYERS
from nnviz.engine.spec import Weighted, problems
from nnviz.engine.trainer import Trainer
from tests.engine import random_networks
from tests.engine.random_networks import OUTPUTS, RUNS, Run, run

TABLE = np.load(Path(__file__).parent / "tables" / "networks.npz")
TOLERANCE = 1e-10


def trained(made: Run) -> tuple[Trainer, list[float]]:
    """Return the trainer after the run, and the loss before each of its steps."""
    trainer, losses = Trainer(made.spec, made.samples, keep_history=True), []
    while trainer.epoch < made.epochs:
        losses.append(trainer.trace_next().loss)
        trainer.step()
        while trainer.position == len(made.samples.train):
            trainer.advance()
    return trainer, losses


@pytest.mark.parametrize("number", range(RUNS))
def test_a_run_goes_as_in_pytorch(number: int) -> None:
    made = run(number)
    assert not problems(made.spec)
    trainer, losses = trained(made)
    found = {"losses": losses, "epochs": [row.train_loss for row in trainer.history], "parameters": trainer.network.parameters}
    for name, value in found.items():
        np.testing.assert_allclose(value, TABLE[f"{number}/{name}"], rtol=TOLERANCE, atol=TOLERANCE, err_msg=name)


def test_the_runs_have_everything_in_them() -> None:
    runs = [run(number) for number in range(RUNS)]
    layers = [layer for made in runs for layer in made.spec.network.layers]
    training = [made.spec.training for made in runs]
    assert {layer.kind for layer in layers} == set(LAYERS)
    assert {(made.spec.network.output.activation.kind, made.spec.training.loss.kind) for made in runs} == set(OUTPUTS)
    hidden = {layer.activation.kind for made in runs for layer in made.spec.network.layers[:-1] if isinstance(layer, Weighted)}
    assert hidden == set(random_networks.ACTIVATION_OPTIONS)
    assert {item.optimizer.kind for item in training} == set(random_networks.OPTIMIZER_OPTIONS)
    assert {item.schedule.kind for item in training} == set(random_networks.SCHEDULE_OPTIONS)
    assert {item.reduction for item in training} == set(random_networks.REDUCTIONS)
    for name in ("warmup_epochs", "clip_value", "clip_norm", "normalize_gradients", "l1", "l2", "batch_size"):
        assert {bool(getattr(item, name)) for item in training} == {True, False}, name
    for name in ("frozen", "pruned", "lesioned", "use_bias", "train_bias", "l1", "l2"):
        assert {bool(getattr(layer, name)) for layer in layers if hasattr(layer, name)} == {True, False}, name
