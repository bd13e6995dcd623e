"""Maps in one product: what every layer answers to fixed points, as the oracle answers it."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.engine import answers as module
from nnviz.engine.answers import Answers
from nnviz.engine.network import Network, initialize
from nnviz.engine.problem import problem
from nnviz.engine.spec import Spec
from tests.engine.build import spec
from tests.engine.random_networks import run

PLANAR = [made for made in (run(number).spec for number in range(0, 80, 2)) if len(made.network.input.shape) == 1]


@pytest.mark.parametrize("made", PLANAR, ids=[str(number) for number in range(len(PLANAR))])
def test_answers_are_the_oracles(made: Spec) -> None:
    flat = initialize(made.network, 0)
    points = np.random.default_rng(0).normal(size=(50, made.network.input.shape[0]))
    found = Answers(made, points)
    for scale in (1.0, 0.3):  # the same arrays again, with other parameters
        with np.errstate(all="ignore"):
            told, expected = found(scale * flat), Network(made.network, scale * flat).forward(points).a
        assert len(told) == len(made.network.layers)
        for own, theirs in zip(told, expected, strict=True):
            assert own.dtype == np.float32
            np.testing.assert_allclose(own.T, theirs, rtol=2e-4, atol=2e-5)


def test_an_entry_without_a_form_in_place_is_answered_by_the_oracle(monkeypatch: pytest.MonkeyPatch) -> None:
    made, points = spec(2, 4, 1), np.zeros((6, 2))
    expected = Answers(made, points)(initialize(made.network, 0))
    monkeypatch.setattr(module, "obstacle", lambda _spec: problem("training", "not-planned", name="all"))
    for own, theirs in zip(Answers(made, points)(initialize(made.network, 0)), expected, strict=True):
        np.testing.assert_allclose(own, theirs, rtol=1e-5, atol=1e-6)


def test_an_overflow_is_shown_and_no_error() -> None:
    made = spec(2, 3, 1, hidden="linear", output="linear")
    with np.errstate(all="ignore"):
        assert not np.isfinite(Answers(made, np.ones((4, 2)))(1e300 * initialize(made.network, 0))[-1]).all()
