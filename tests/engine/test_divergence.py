from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nnviz.engine.divergence import birth
from nnviz.engine.network import Network
from nnviz.engine.objective import Objective
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.spec import Spec
from nnviz.engine.trainer import DivergedError, Snapshot, Trainer
from tests.engine.build import parts, spec, values


def deep(**training: object) -> Spec:
    return spec(2, 3, 3, 1, hidden="linear", output="linear", problem="regression", **training)


def run(trainer: Trainer) -> tuple[DivergedError, Snapshot]:
    """Train until it diverges; return the error and where the run stood before that step."""
    for _ in range(1000):
        before = trainer.snapshot()
        try:
            trainer.step()
        except DivergedError as error:
            return error, before
    raise AssertionError("it did not diverge")


@pytest.mark.parametrize("optimizer", ["sgd", "momentum"])
@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_a_rate_too_high_is_caught_with_the_last_good_numbers_kept(optimizer: str, precision: str) -> None:
    trainer = Trainer(deep(optimizer=optimizer, learning_rate=100.0, reduction="sum", precision=precision), values())
    error, before = run(trainer)
    assert error.step == before.step_count + 1 == trainer.step_count + 1
    assert error.layer in {"l1", "l2", "l3"}
    assert trainer.network.parameters.tobytes() == before.parameters.tobytes()
    assert np.isfinite(trainer.network.parameters).all()
    for name, moment in trainer.state.items():
        assert moment.tobytes() == before.state[name].tobytes()
        assert np.isfinite(moment).all()
    message = error.problems[0].message
    assert message.key == "problem.diverged" and dict(message.values)["step"] == error.step


def test_after_a_divergence_training_goes_on_from_the_best_with_a_smaller_rate() -> None:
    trainer = Trainer(deep(learning_rate=100.0, reduction="sum"), values())
    with pytest.raises(DivergedError):
        trainer.run_epoch()
    trainer.restore(trainer.best())
    trainer.set_spec(replace(trainer.spec, training=replace(trainer.spec.training, learning_rate=0.001)), trainer.samples)
    start = trainer.evaluate("train")["loss"]
    for _ in range(20):
        trainer.run_epoch()
    assert trainer.latest.train_loss < start


def test_the_same_step_is_refused_again() -> None:
    trainer = Trainer(deep(learning_rate=100.0, reduction="sum"), values())
    first, again = run(trainer)[0], run(trainer)[0]
    assert (first.step, first.layer, first.quantity) == (again.step, again.layer, again.quantity)


@pytest.mark.parametrize(
    ("place", "layer", "quantity"), [(0, "l1", "z"), (9, "l2", "z"), (21, "l3", "z")], ids=["first", "second", "third"]
)
def test_the_layer_of_birth_is_named(place: int, layer: str, quantity: str) -> None:
    initial = np.full(deep().network.weights, 0.5)
    initial[place] = np.nan
    with pytest.raises(DivergedError) as caught:
        Trainer(deep(), values(), initial=initial).step()
    assert (caught.value.step, caught.value.layer, caught.value.quantity) == (1, layer, quantity)


def test_a_loss_that_overflows_is_caught_before_the_gradient() -> None:
    data = values(validation=0)
    data = parts(data.train.x, np.full((40, 1), 1e200), 40, 0)
    with pytest.raises(DivergedError) as caught:
        Trainer(deep(), data).step()
    assert (caught.value.layer, caught.value.quantity) == ("l3", "L")


def test_a_loss_that_overflows_is_caught_though_the_gradient_is_0() -> None:
    """A sigmoid so saturated that its slope is 0, and a target far away."""
    made = spec(2, 1, output="sigmoid", problem="regression")
    data = values(validation=0)
    data = parts(data.train.x, np.full((40, 1), 1e200), 40, 0)
    with pytest.raises(DivergedError) as caught:
        Trainer(made, data, initial=np.array([0.0, 0.0, 1000.0])).step()
    assert (caught.value.step, caught.value.layer, caught.value.quantity) == (1, "l1", "L")


def test_a_gradient_that_overflows_on_the_way_back_is_caught() -> None:
    made, initial = deep(), np.zeros(25)
    initial[:6], initial[9:18], initial[21:24] = 1e-150, 1e150, 1e160
    network, x = Network(made.network, initial), np.full((1, 2), 1e-155)
    with np.errstate(over="ignore"):
        assert birth(network, Objective(made), x, np.zeros((1, 1))) == (0, "δ")


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_step_that_leaves_the_numbers_is_not_made(optimizer: str) -> None:
    trainer = Trainer(deep(optimizer=optimizer, learning_rate=1.7e308, reduction="sum"), values())
    _, before = run(trainer)
    assert np.isfinite(trainer.network.parameters).all()
    assert trainer.network.parameters.tobytes() == before.parameters.tobytes()
    assert all(trainer.state[name].tobytes() == before.state[name].tobytes() for name in trainer.state)


def test_a_shown_step_that_is_not_finite_cannot_be_applied() -> None:
    trainer = Trainer(deep(), values())
    shown = trainer.trace(np.array([[np.inf, 0.0]]), np.array([[1.0]]))
    with pytest.raises(DivergedError):
        trainer.apply(shown)
    assert trainer.step_count == 0


def test_finite_samples_give_no_birth() -> None:
    made = deep()
    assert birth(Network(made.network, np.full(25, 0.1)), Objective(made), np.ones((2, 2)), np.ones((2, 1))) is None
