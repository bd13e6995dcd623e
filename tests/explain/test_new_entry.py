"""A new entry of a table appears in explanations by itself: stages, cards, JSON and text, with its formula and its numbers."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from nnviz.engine.activations import ACTIVATIONS, Activation
from nnviz.engine.initializers import INITIALIZERS, Initializer
from nnviz.engine.losses import FUSED, LOSSES, Fused, Loss
from nnviz.engine.network_spec import Dense
from nnviz.engine.optimizers import OPTIMIZERS, Optimizer
from nnviz.engine.schedules import SCHEDULES, Schedule
from nnviz.engine.table import Parameter, choose
from nnviz.engine.trace import Trace
from nnviz.explain.card import card, edge_card, pass_card
from nnviz.explain.latex import text
from nnviz.explain.numbers import format_number
from nnviz.explain.report import trace_json, trace_text
from nnviz.explain.stages import stages
from nnviz.explain.tokens import line_text
from nnviz.explain.words import say

BUMP = Activation(
    "soft_bump",
    lambda z, sharpness, beta: np.exp(-sharpness * z * z) + beta,
    lambda z, a, sharpness, beta: -2 * sharpness * z * (a - beta),
    (0.0, 1.0),
    r"f(z) = e^{-k z^2} + \beta \qquad k \approx 2",
    r"f'(z) = -2\,k\,z\,(a - \beta)",
    "A bump.",
    "nowhere",
    (Parameter("sharpness", 2.0), Parameter("beta", 0.125)),
)
SPREAD = Activation(
    "spread",
    lambda z: z - z.mean(axis=1, keepdims=True),
    None,
    (-1.0, 1.0),
    r"f(z)_k = z_k - \frac{1}{m} \sum_j z_j",
    r"\frac{\partial a_k}{\partial z_j} = 1_{k=j} - \frac{1}{m}",
    "Less the mean.",
    "nowhere",
    product=lambda _z, _a, g: g - g.mean(axis=1, keepdims=True),
)
QUARTIC = Loss(
    "quartic",
    lambda y, t, alpha: alpha * (y - t) ** 4,
    lambda y, t, alpha: 4 * alpha * (y - t) ** 3,
    False,
    r"\ell = \sum_k \alpha\,(\hat y_k - y_k)^4",
    r"\frac{\partial \ell}{\partial \hat y_k} = 4\,\alpha\,(\hat y_k - y_k)^3",
    "Far misses count very much.",
    "nowhere",
    (Parameter("alpha", 0.75),),
)


def push(gradient: Any, state: Any, _count: int, rate: float, parameters: Any, rho: float, pull: float) -> Any:
    memory = rho * state["trail"] + gradient
    return -rate * memory - pull * parameters, {"trail": memory}


PUSH = Optimizer(
    "push",
    push,
    ("trail",),
    r"\operatorname{trail} \leftarrow \rho \operatorname{trail} + g \qquad \Delta = -\eta \operatorname{trail} - \lambda w",
    "Pushes.",
    "nowhere",
    (Parameter("rho", 0.5), Parameter("pull", 0.25)),
)
STAIRS = Schedule("stairs", lambda _epoch, height: height, r"\eta_e = \eta h", "Stairs.", "nowhere", (Parameter("height", 0.5),))
ONES = Initializer("ones", lambda _rng, units, sources, _fan_out: np.ones((units, sources)), r"w = 1", "Ones.", "nowhere")


@pytest.fixture(autouse=True)
def newcomers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the new entries into their tables."""
    new = ((ACTIVATIONS, BUMP), (ACTIVATIONS, SPREAD), (LOSSES, QUARTIC), (OPTIMIZERS, PUSH), (SCHEDULES, STAIRS), (INITIALIZERS, ONES))
    for table, entry in new:
        monkeypatch.setitem(table, entry.name, entry)  # type: ignore[arg-type]


def bracketed(value: float) -> str:
    return f"({format_number(value)})" if value < 0 else format_number(value)


def told(recorded: Trace) -> str:
    """Return all that is told of a pass, after a look at everything that can be shown of it."""
    found = [trace_text(recorded), json.dumps(trace_json(recorded), allow_nan=False)]
    for stage in stages(recorded):
        cards = [pass_card(recorded, stage)]
        for layer in recorded.layers:
            cards += [card(recorded, stage, layer.id, 0), edge_card(recorded, stage, layer.id, 0, 0)]
        found += [say(stage.sentence), stage.numbers, text(stage.formula)]
        found += ["\n".join(line_text(line) for section in one.sections for line in section.lines) for one in cards]
    return "\n".join(found)


def test_a_new_activation_is_explained(traced: Any) -> None:
    found = told(traced(hidden="soft_bump"))
    assert "through soft bump" in found
    assert "a = e^(−k·z²) + 0.125; k ≈ 2; sharpness = 2" in found
    assert "f′(z) = −2·k·z(a − 0.125)" in found


def test_a_new_activation_of_units_that_hear_each_other_is_explained(traced: Any) -> None:
    found = told(traced((2, 3, 2), hidden="spread"))
    assert "a = zₖ − (1 / m)·Σⱼ zⱼ" in found and "∂aₖ/∂zⱼ = 1ₖ₌ⱼ − 1 / m" in found
    assert "Behind spread each sum z moves every output" in found
    assert told(traced((2, 3), output="spread"))


def test_a_new_loss_is_explained(traced: Any) -> None:
    recorded = traced((2, 3, 2), loss="quartic")
    found = told(recorded)
    assert "ℓ = Σₖ 0.75·(ŷₖ − yₖ)⁴" in found
    assert "4·0.75·(" in found
    assert trace_json(recorded)["loss_name"] == "quartic"


def test_a_new_pair_of_loss_and_activation_is_explained(traced: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pair = Fused(lambda z, t, alpha: alpha * (z - t) ** 4, lambda z, t, alpha: 4 * alpha * (z - t) ** 3, r"4\,\alpha\,(\hat y - y)^3")
    monkeypatch.setitem(FUSED, ("quartic", "linear"), pair)
    found = told(traced(loss="quartic"))
    assert "δ = 1/2 · (4·0.75·(ŷ − y)³)" in found


def test_a_new_optimizer_is_explained_with_its_state(traced: Any) -> None:
    recorded = traced(optimizer="push", warm=1)
    found = told(recorded)
    assert "trail ← ρ·trail + g" in found
    before, gradient = recorded.state_before["trail"][0], recorded.layers[0].used_weights[0, 0]
    assert f"trail = 0.5·{bracketed(before)} + {bracketed(gradient)}" in found
    assert "; pull = 0.25" in found
    assert "The optimizer push" in found
    state = trace_json(recorded)["optimizer_state"]
    assert state["before"]["trail"] != state["after"]["trail"]


def test_a_new_schedule_is_explained(traced: Any) -> None:
    found = told(traced(schedule=choose(SCHEDULES, "stairs"), rate=0.05))
    assert "η_e = η·h; height = 0.5" in found


def test_a_new_initializer_starts_what_is_explained(pictured: Any) -> None:
    layer = Dense("o", "Output", ("o1",), choose(ACTIVATIONS, "linear"), choose(INITIALIZERS, "ones"))
    recorded = pictured((layer,), shape=(2,))
    assert trace_json(recorded)["layers"][0]["weights"] == [[1.0, 1.0]]
    assert told(recorded)
