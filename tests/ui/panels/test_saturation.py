"""How much of a layer still learns."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.table import choose
from nnviz.ui.panels.saturation import FLAT, saturation


@pytest.mark.parametrize("kind", [kind for kind, entry in ACTIVATIONS.items() if entry.derivative is not None])
def test_it_counts_where_the_slope_is_flat(kind: str) -> None:
    choice, entry = choose(ACTIVATIONS, kind), ACTIVATIONS[kind]
    z = np.linspace(-6.0, 6.0, 601).reshape(-1, 1)
    parameters = dict(choice.parameters)
    a = entry.value(z, **parameters)
    assert entry.derivative is not None
    slopes = np.abs(entry.derivative(z, a, **parameters))
    steepest = np.abs(entry.derivative(np.zeros((1, 1)), entry.value(np.zeros((1, 1)), **parameters), **parameters)).max()
    expected = (slopes < FLAT * max(steepest, slopes.max())).mean()
    found = saturation(choice, a)
    assert found is not None
    assert found.share == pytest.approx(expected, abs=0.005)


def test_a_unit_that_never_answers_is_dead() -> None:
    relu = choose(ACTIVATIONS, "relu")
    found = saturation(relu, np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 2.0]]))
    assert found is not None
    assert (found.share, found.dead) == (pytest.approx(2 / 3), 1)


@given(st.floats(1e-12, 1e-2))
def test_a_relu_that_answers_however_little_is_not_saturated(a: float) -> None:
    found = saturation(choose(ACTIVATIONS, "relu"), np.array([[a]]))
    assert found is not None
    assert found.share == 0.0


def test_softmax_and_an_empty_batch_have_no_answer() -> None:
    assert saturation(choose(ACTIVATIONS, "softmax"), np.ones((3, 2))) is None
    assert saturation(choose(ACTIVATIONS, "tanh"), np.ones((0, 2))) is None
