"""What a window is opened with."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.app.start import example_start
from nnviz.engine.problem import ProblemError
from nnviz.formats.examples import load, names


@pytest.mark.parametrize("name", names())
def test_an_example_begins_with_its_own_weights_and_was_never_saved(name: str) -> None:
    start, example = example_start(name), load(name)
    assert (start.name, start.path, start.damaged, start.unsaved, start.later) == (name, None, (), False, ())
    assert (start.project.spec, start.project.snapshot) == (example.spec, None)
    assert (start.project.initial is None) is (example.initial is None)
    if example.initial is not None:
        assert np.array_equal(start.project.initial, example.initial)


def test_an_unknown_example_names_the_nearest() -> None:
    with pytest.raises(ProblemError) as caught:
        example_start("spirall")
    assert "spiral" in str(caught.value)
