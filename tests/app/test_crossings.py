"""What an edit removes is kept under its token, within bounds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nnviz.app import removed
from nnviz.app.removed import RemovedWeights
from nnviz.engine.edits import replace_layer, with_features, with_network, with_units
from nnviz.engine.snapshot import carry
from nnviz.engine.spec import BatchNorm, Conv2D, Dense, Dropout
from nnviz.engine.trainer import Snapshot
from nnviz.formats.examples import load

SPEC = load("spiral").spec


def snapshot(spec: object = SPEC) -> Snapshot:
    network = spec.network  # type: ignore[attr-defined]
    return Snapshot(network, np.zeros(network.weights), {})


@pytest.mark.parametrize(
    "fewer",
    [
        with_units(SPEC, "h1", 5),
        with_features(SPEC, ("x1", "x2")),
        replace(SPEC, network=replace(SPEC.network, layers=(replace(SPEC.network.layers[0], use_bias=False), *SPEC.network.layers[1:]))),
    ],
    ids=["units", "features", "bias"],
)
def test_what_was_removed_is_handed_out_at_the_way_back(fewer: object) -> None:
    kept, before = RemovedWeights(), snapshot()
    assert kept.crossing(1, before, fewer) is None  # type: ignore[arg-type]
    assert kept.crossing(2, snapshot(fewer), fewer) is None  # type: ignore[arg-type]
    assert kept.crossing(1, snapshot(fewer), SPEC) is before


def test_an_edit_that_removes_nothing_keeps_nothing() -> None:
    kept = RemovedWeights()
    kept.crossing(1, snapshot(), with_units(SPEC, "h1", 12))
    assert kept.crossing(1, snapshot(), SPEC) is None


@pytest.mark.parametrize(
    "change",
    [
        {"neurons": ("f1",)},
        {"kernel": (2, 2)},
        {"use_bias": False},
    ],
    ids=["filters", "kernel", "bias"],
)
def test_what_a_convolution_loses_is_kept(change: dict[str, Any]) -> None:
    digits = load("digits-cnn").spec
    layer = digits.network.layers[0]
    assert isinstance(layer, Conv2D)
    fewer = replace_layer(digits, replace(layer, **{"neurons": layer.neurons[:1]} if "neurons" in change else change))
    kept, before = RemovedWeights(), snapshot(digits)
    assert kept.crossing(1, before, fewer) is None
    assert kept.crossing(1, snapshot(fewer), digits) is before


@pytest.mark.parametrize("layer", [BatchNorm("b1", "Batch norm"), Dropout("d1", "Dropout")], ids=["batchnorm", "dropout"])
def test_only_layers_with_numbers_of_their_own_are_kept(layer: BatchNorm | Dropout) -> None:
    network = SPEC.network
    more = with_network(SPEC, replace(network, layers=(network.layers[0], layer, *network.layers[1:])))
    kept, before = RemovedWeights(), snapshot(more)
    kept.crossing(1, before, SPEC)
    assert kept.crossing(1, snapshot(), more) is (before if isinstance(layer, BatchNorm) else None)


def test_the_weight_of_a_pruned_edge_comes_back_with_the_edge() -> None:
    first = SPEC.network.layers[0]
    assert isinstance(first, Dense)
    pruned = replace_layer(SPEC, replace(first, pruned=(("x1", first.neurons[2]),)))
    before = Snapshot(SPEC.network, np.arange(1.0, SPEC.network.weights + 1), {})
    kept = RemovedWeights()
    assert kept.crossing(1, before, pruned) is None
    cut = carry(before, pruned)
    place = 2 * 4  # the third neuron's row of four sources
    assert cut.parameters[place] == 0
    back = carry(cut, SPEC, kept.crossing(1, cut, SPEC))
    assert np.array_equal(back.parameters, before.parameters)


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(removed, "MOST_BYTES", 3 * snapshot().parameters.nbytes)
    kept, fewer = RemovedWeights(), with_units(SPEC, "h1", 5)
    for token in range(10):
        kept.crossing(token, snapshot(), fewer)
    assert len(kept._kept) == 3
    assert kept.crossing(9, snapshot(fewer), SPEC) is not None and kept.crossing(0, snapshot(fewer), SPEC) is None
