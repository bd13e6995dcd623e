"""What an edit removes is kept under its token, within bounds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nnviz.app import removed
from nnviz.app.removed import RemovedWeights
from nnviz.engine.edits import with_features, with_units
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


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(removed, "MOST_BYTES", 3 * snapshot().parameters.nbytes)
    kept, fewer = RemovedWeights(), with_units(SPEC, "h1", 5)
    for token in range(10):
        kept.crossing(token, snapshot(), fewer)
    assert len(kept._kept) == 3
    assert kept.crossing(9, snapshot(fewer), SPEC) is not None and kept.crossing(0, snapshot(fewer), SPEC) is None
