"""The ends of activations are found from their formulas: as the books have them, and of new entries of the table too."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.analysis import remedies
from nnviz.analysis.activation_ends import ends
from nnviz.analysis.health import diagnose
from nnviz.engine.activations import ACTIVATIONS, Activation
from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.network import initialize, views
from nnviz.engine.spec import Dense, Spec
from nnviz.engine.table import Parameter, bind, choose
from nnviz.engine.trainer import Trainer
from tests.analysis.planted import biased, classified, far_values, initialized
from tests.engine.build import spec

INF = math.inf
BOUNDS = {
    "linear": (-INF, INF),
    "sigmoid": (0, 1),
    "hard_sigmoid": (0, 1),
    "tanh": (-1, 1),
    "relu": (0, INF),
    "leaky_relu": (-INF, INF),
    "elu": (-1, INF),
    "selu": (-1.76, INF),
    "gelu": (-0.17, INF),
    "silu": (-0.28, INF),
    "mish": (-0.31, INF),
    "softplus": (0, INF),
    "sine": (-1, 1),
    "softmax": (0, 1),
    "naive_softmax": (0, 1),
}
FLAT = {"sigmoid", "hard_sigmoid", "tanh", "softmax", "naive_softmax"}
ONE_SIDED = {"relu", "leaky_relu", "elu", "selu", "gelu", "silu", "mish", "softplus"}
WORDS = (r"f(z) = z", r"f'(z) = 1", "Made up for a test.", "nowhere")
GATE = Activation(
    "gate",
    lambda z, corner: np.where(z > corner, z - corner, 0.0),
    lambda z, _a, corner: np.where(z > corner, 1.0, 0.0),
    (0.0, 1.0),
    *WORDS,
    (Parameter("corner", 2.0),),
)
ARC = Activation("arc", np.arctan, lambda z, _a: 1 / (1 + z * z), (-1.0, 1.0), *WORDS)
ROOT = Activation("root", np.cbrt, lambda z, a: 1 / (3 * np.maximum(a * a, 1e-9)), (-1.0, 1.0), *WORDS)
HIGH = Activation("high", lambda z: 5 + np.tanh(z), lambda z, _a: 1 - np.tanh(z) ** 2, (4.0, 6.0), *WORDS)
SPREAD = Activation(
    "spread",
    lambda z: z - z.mean(axis=1, keepdims=True),
    None,
    (-1.0, 1.0),
    *WORDS,
    product=lambda _z, _a, g: g - g.mean(axis=1, keepdims=True),
)


@pytest.fixture
def newcomers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put new entries into the table."""
    for entry in (GATE, ARC, ROOT, HIGH, SPREAD):
        monkeypatch.setitem(ACTIVATIONS, entry.name, entry)


def kinds(made: Spec, flat: np.ndarray | None = None) -> set[str]:
    return {item.kind for item in diagnose(Trainer(made, classified(made, 0), initial=flat))}


def test_every_activation_of_the_table_is_known_here() -> None:
    assert set(BOUNDS) == set(ACTIVATIONS)


@pytest.mark.parametrize("kind", ACTIVATIONS)
def test_the_ends_of_the_table_are_those_of_the_books(kind: str) -> None:
    found = ends(choose(ACTIVATIONS, kind))
    assert (found.low, found.high) == BOUNDS[kind]
    assert found.flat is (kind in FLAT)
    assert found.cut is (kind == "relu")
    assert found.one_sided is (kind in ONE_SIDED)
    assert found.keeps is (kind in ("linear", "selu"))


@given(st.sampled_from(sorted(ACTIVATIONS)), st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=5))
def test_no_output_lies_beyond_the_ends(kind: str, sums: list[float]) -> None:
    chosen = choose(ACTIVATIONS, kind)
    found = ends(chosen)
    with np.errstate(all="ignore"):
        a = bind(ACTIVATIONS[kind].value, chosen)(np.array([sums]))
    a = a[np.isfinite(a)]  # a naive softmax overflows
    assert (a >= found.low - 0.01).all() and (a <= found.high + 0.01).all()


def test_parameters_count() -> None:
    assert ends(choose(ACTIVATIONS, "elu", alpha=3.0)).low == -3
    assert ends(choose(ACTIVATIONS, "leaky_relu", slope=0.0)).cut
    assert not ends(choose(ACTIVATIONS, "leaky_relu", slope=0.8)).one_sided


@pytest.mark.usefixtures("newcomers")
def test_a_new_entry_is_judged_by_its_formula() -> None:
    gate, arc, root, high, spread = (ends(choose(ACTIVATIONS, kind)) for kind in ("gate", "arc", "root", "high", "spread"))
    assert (gate.low, gate.high, gate.cut, gate.flat, gate.one_sided) == (0, INF, True, False, True)
    assert (arc.low, arc.high, arc.cut, arc.flat) == (-1.57, 1.57, False, True)
    assert (root.low, root.high) == (-INF, INF), "however slowly it grows"
    assert (high.low, high.high, high.flat) == (4, 6, True)
    assert (spread.low, spread.high, spread.flat, spread.cut) == (-INF, INF, False, False)


def test_another_entry_of_the_same_name_is_judged_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = choose(ACTIVATIONS, "tanh")
    assert ends(chosen).high == 1
    monkeypatch.setitem(ACTIVATIONS, "tanh", replace(HIGH, name="tanh"))
    assert ends(chosen).high == 6


@pytest.mark.usefixtures("newcomers")
def test_the_units_of_a_new_entry_die_saturate_and_are_wrong_and_sure_of_it() -> None:
    gate = spec(2, 6, 1, hidden="gate")
    gate = replace(gate, network=replace(gate.network, layers=tuple(parameterized(layer) for layer in gate.network.layers)))
    flat = initialize(gate.network, 0)
    assert "dead-units" not in kinds(gate, biased(0, 9.0)(gate))
    views(gate.network, flat)[0].bias[...] = -50
    assert "dead-units" in kinds(gate, flat)
    assert "saturated-units" in kinds(initialized(spec(2, 6, 1, hidden="arc"), "normal", sd=900))
    assert "saturated-units" not in kinds(spec(2, 6, 1, hidden="arc"))
    assert "saturated-output" in kinds(spec(2, 6, 1, output="high"), biased(1, 20.0)(spec(2, 6, 1, output="high")))


def parameterized(layer: object) -> Dense:
    assert isinstance(layer, Dense)
    return replace(layer, activation=choose(ACTIVATIONS, layer.activation.kind))


@pytest.mark.usefixtures("newcomers")
def test_what_a_new_output_cannot_say_is_told() -> None:
    made = spec(2, 4, 1, output="arc", problem="regression")
    found = [item for item in diagnose(Trainer(made, far_values(made, 0))) if item.kind == "targets-out-of-reach"]
    assert dict(found[0].message.values)["high"] == 1.57
    assert "hinge-range" in kinds(spec(2, 4, 1, output="high", loss="hinge"))
    assert "hinge-range" not in kinds(spec(2, 4, 1, output="arc", loss="hinge"))
    assert "hinge-range" not in kinds(spec(2, 4, 1, output="selu", loss="hinge")), "it reaches beyond −1"


@pytest.mark.usefixtures("newcomers")
def test_initial_weights_that_suit_a_new_entry_are_offered() -> None:
    suitable = {"gate": "he_normal", "arc": "xavier_normal", "spread": "xavier_normal", "selu": "lecun_normal", "linear": "xavier_normal"}
    for kind, wanted in suitable.items():
        edited = remedies.hidden_activations(spec(2, 4, 1), kind).spec
        assert edited.network.weighted("l1").initializer.kind == wanted
        assert remedies.initializers(edited).spec.network.weighted("l1").initializer == choose(INITIALIZERS, wanted)
