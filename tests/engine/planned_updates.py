"""An update of the plan with the oracle's beside it, for the tests of both."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.buffers import Buffers
from nnviz.engine.objective import Objective
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.plan_update import PlannedUpdate, room
from nnviz.engine.spec import Spec
from nnviz.engine.table import Choice, choose
from nnviz.engine.update import Update
from tests.engine.build import dense, trained
from tests.engine.build import stack as network_of

Array = NDArray[Any]
FACTOR = 0.1
SETTINGS: dict[str, dict[str, Any]] = {
    "plain": {},
    "value": {"clip_value": 0.4},
    "norm": {"clip_norm": 1.1},
    "value and norm": {"clip_value": 0.4, "clip_norm": 1.1},
    "unit": {"normalize_gradients": True},
    "unit and value": {"normalize_gradients": True, "clip_value": 0.4},
    "unit and norm": {"normalize_gradients": True, "clip_norm": 0.3},
    "l1": {"l1": 0.01},
    "l2": {"l2": 0.02},
    "l1, l2": {"l1": 0.01, "l2": 0.02},
    "everything": {"l1": 0.01, "l2": 0.02, "clip_value": 0.4, "clip_norm": 1.1},
}


class Both:
    """An update of the plan, and the oracle's beside it, on the same numbers."""

    def __init__(self, made: Spec, dtype: str = "float64", *, at: float = 1.0) -> None:
        self.spec, size = made, made.network.weights
        self.buffers, objective, self.oracle = Buffers(dtype), Objective(made, dtype), Update(made, dtype)
        self.objective, entry = objective, OPTIMIZERS[made.training.optimizer.kind]
        self.theta = (at * np.linspace(-1, 1, size)).astype(dtype)
        self.room, self.state, self.planned = room(size, self.buffers, "raw"), entry.state(size, dtype), self.theta.copy()
        self.raw = self.room.gradient
        self.update = self.link()
        self.update.set_factor(FACTOR)

    def link(self) -> PlannedUpdate:
        objective = self.objective
        return PlannedUpdate(self.spec, self.planned, self.room, self.oracle.rates, objective.l1, objective.l2, self.buffers)

    @property
    def moments(self) -> dict[str, Array]:
        """The plan's, settled."""
        self.update.settle()
        return self.update.moments

    def step(self, raw: Array, count: int, factor: float = FACTOR) -> None:
        """Let both make a step, the oracle as `Learner.finish` does it."""
        self.raw[...] = raw
        assert self.update.calm()
        self.update.run(count)
        self.ask(factor * self.raw, count)

    def ask(self, gradient: Array, count: int) -> None:
        penalty = self.objective.penalty_gradient(self.theta)
        used = gradient if penalty is None else gradient + penalty
        if self.oracle.clips:
            used, _ = self.oracle.clip(used)
        change, self.state = self.oracle.change(used, self.state, count, self.theta)
        self.theta += change

    def equal(self, tolerance: float = 1e-12) -> None:
        np.testing.assert_allclose(self.planned, self.theta, rtol=tolerance, atol=tolerance)
        for name, moment in self.moments.items():
            np.testing.assert_allclose(moment, self.state[name], rtol=tolerance, atol=tolerance * np.abs(self.state[name]).max())


def made_of(optimizer: str | Choice, *, masked: bool = False, **training: Any) -> Spec:
    """Return a spec of 25 parameters; masked: some do not learn, others slower."""
    more: dict[str, Any] = {"rate_multiplier": 0.5, "train_bias": False} if masked else {}
    return trained(network_of((2,), dense(4, **more), dense(2), dense(1, frozen=masked)), optimizer=optimizer, **training)


def slopes(steps: int, size: int, seed: int = 0) -> Array:
    """Return raw sums of gradients, each parameter's of a size of its own, some of them 0 at times."""
    rng = np.random.default_rng(seed)
    found = rng.normal(size=(steps, size)) * 10.0 ** rng.uniform(-3, 1, size)
    found[:, 0] = 0
    found[::7, 1] = 0
    return found


def odd(kind: str) -> Choice:
    """Return a choice with other options than the usual ones."""
    values = {"momentum": 0.5, "alpha": 0.6, "rho": 0.3, "beta1": 0.5, "beta2": 0.7, "epsilon": 1e-3}
    values |= {"weight_decay": 0.3, "momentum_decay": 0.2}
    return choose(OPTIMIZERS, kind, **{item.name: values[item.name] for item in OPTIMIZERS[kind].parameters})
