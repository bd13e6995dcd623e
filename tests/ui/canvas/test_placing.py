"""No two numbers on edges overlap, the important ones get their place first."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.ui.canvas.columns import overlaps
from nnviz.ui.canvas.edges import POINTS, curves, nearest
from nnviz.ui.canvas.placing import place


@given(st.integers(1, 12), st.integers(1, 12), st.floats(60, 400), st.integers(0, 2**16))
@settings(max_examples=60, deadline=None)
def test_numbers_never_overlap_and_sit_on_their_edges(sources: int, targets: int, width: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    starts = np.column_stack([np.zeros(sources), np.sort(rng.uniform(0, 600, sources))])
    ends = np.column_stack([np.full(targets, width), np.sort(rng.uniform(0, 600, targets))])
    lines = curves(starts, ends).reshape(-1, POINTS, 2)
    taken = np.array([[width / 2 - 20, 250.0, 40.0, 100.0]])
    boxes = place(lines, rng.uniform(20, 50, len(lines)), 13.0, taken)
    placed = boxes[np.isfinite(boxes[:, 0])]
    assert not np.triu(overlaps(placed, placed), k=1).any()
    assert not overlaps(placed, taken).any()
    for line, box in zip(lines, boxes, strict=True):
        if np.isfinite(box[0]):
            assert nearest(line[None], (box[0] + box[2] / 2, box[1] + box[3] / 2))[1] < 1e-6


def test_the_first_gets_the_middle_and_the_last_may_get_none() -> None:
    line = curves(np.array([[0.0, 0.0]]), np.array([[100.0, 0.0]]))[0]
    boxes = place(np.repeat(line, 12, axis=0), np.full(12, 60.0), 13.0, np.zeros((0, 4)))
    assert boxes[0, 0] + 30 == 50.0
    assert np.isnan(boxes[-1]).all()


def test_nothing_to_place() -> None:
    assert place(np.zeros((0, POINTS, 2)), np.zeros(0), 13.0, np.zeros((0, 4))).shape == (0, 4)
