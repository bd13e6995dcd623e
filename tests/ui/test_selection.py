"""Several parts are one selection, each of them once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nnviz.ui.selection import NETWORK, Selection, several, toggled

PARTS = st.builds(Selection, st.sampled_from(("layer", "neuron", "edge")), st.sampled_from("abc"), st.sampled_from("xy"))


@given(st.lists(PARTS))
def test_each_is_in_it_once_in_the_order_they_came(chosen: list[Selection]) -> None:
    made = several(chosen)
    assert made.each == tuple(dict.fromkeys(chosen))
    assert (made == NETWORK) == (not chosen) and (made.kind == "several") == (len(made.each) > 1)
    assert several((made, made)) == made


@given(st.lists(PARTS), PARTS)
def test_toggled_twice_it_is_as_before(chosen: list[Selection], part: Selection) -> None:
    made = several(chosen)
    once = toggled(made, part)
    assert (part in once.each) != (part in made.each)
    assert set(toggled(once, part).each) == set(made.each)
