"""Numbers and weights have names that say where they stand."""

from __future__ import annotations

from typing import Any

from nnviz.explain.naming import bias_letter, place_name, weight_letter, weight_name
from nnviz.explain.reading import Reading


def test_numbers_are_told_by_neuron_or_by_row_column_and_map(pictured: Any) -> None:
    reading = Reading(pictured())
    assert place_name(reading, 0, 0) == "row 1, column 1 of map 1"
    assert place_name(reading, 0, 3 * 6 + 3 + 2) == "row 2, column 2 of map 3"
    assert place_name(reading, 7, 2) == "neuron 3"


def test_weights_are_told_by_what_they_join(pictured: Any) -> None:
    reading = Reading(pictured())
    assert weight_name(reading, 0, 1, 9 + 5) == "the weight of filter 2 at row 2, column 3 (channel 2)"
    assert weight_name(reading, 1, 1, 0) == "γ of channel 2"
    assert weight_name(reading, 9, 1, 0) == "weight 1 of neuron 2"
    assert [weight_letter(reading, index, 1) for index in (0, 1, 9)] == ["w₂", "γ", "w₂"]
    assert [bias_letter(reading, index) for index in (0, 1, 9)] == ["b", "β", "b"]
