"""Draws ways to split data."""

from __future__ import annotations

from hypothesis import strategies as st

from nnviz.engine.spec import Split


@st.composite
def splits(draw: st.DrawFn) -> Split:
    validation = draw(st.integers(0, 100))
    test = draw(st.integers(0, 100 - validation))
    return Split((100 - validation - test) / 100, validation / 100, test / 100, draw(st.booleans()))
