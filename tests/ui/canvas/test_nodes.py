"""The colors of neurons: outputs that lie in −1 … 1 by their nature keep that scale, all others have that of their largest."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnviz.engine.activations import ACTIVATIONS, Activation
from nnviz.engine.spec import DataSpec, Spec, TrainingSpec
from nnviz.ui.canvas import nodes
from tests.ui.canvas.conftest import Show
from tests.ui.canvas.networks import network, run

WORDS = (r"f(z) = z", r"f'(z) = 1", "Made up for a test.", "nowhere")
HALF = Activation("half", lambda z: np.tanh(z) / 2, lambda _z, a: 0.5 - 2 * a * a, (-0.5, 0.5), *WORDS)
WIDE = Activation("wide", lambda z: 3 * np.tanh(z), lambda _z, a: 3 - a * a / 3, (-3.0, 3.0), *WORDS)


@pytest.mark.parametrize("kind", ["tanh", "sigmoid", "hard_sigmoid", "sine", "half", "relu", "elu", "linear", "wide"])
def test_a_scale_of_one_is_for_what_never_goes_beyond_it(monkeypatch: pytest.MonkeyPatch, show: Show, kind: str) -> None:
    for entry in (HALF, WIDE):
        monkeypatch.setitem(ACTIVATIONS, entry.name, entry)
    features = ("alcohol", "hue", "proline")
    data = DataSpec("wine", features=features, scaling="standard")
    made = run(Spec(network((4, 3), features, kind, "tanh"), TrainingSpec(), data), 1)
    hidden = set[float]()

    def noted(values: Any, scale: float) -> Any:
        if len(values) == 4:
            hidden.add(float(scale))
        return shades(values, scale)

    shades = nodes.shades
    monkeypatch.setattr(nodes, "shades", noted)
    show(made)
    assert hidden and (hidden == {1.0}) is (kind not in ("relu", "elu", "linear", "wide"))
