"""Nothing on the canvas stands on anything else, whatever the network and the window."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.ui.canvas.columns import ColumnText, Layout, overlaps, solid_boxes, text_boxes
from nnviz.ui.canvas.layout import FOLD_ABOVE, TILE_MIN, arrange


def column(name: str, units: int, **fields: object) -> ColumnText:
    values = {"title": 130.0, "stacked": 70.0, "second": 60.0} | fields
    return ColumnText(name, units, **values)  # type: ignore[arg-type]


def network(*units: int, before: float = 30.0, after: float = 0.0) -> tuple[ColumnText, ...]:
    middle = [column(f"h{index}", count, buttons=True) for index, count in enumerate(units[1:-1], 1)]
    return (column("input", units[0], before=before), *middle, column("out", units[-1], after=after))


def assert_disjoint(layout: Layout) -> None:
    texts, solids = text_boxes(layout), solid_boxes(layout)
    everything = np.concatenate([texts, solids])
    assert np.isfinite(everything).all()
    found = np.argwhere(np.triu(overlaps(everything, everything), k=1))
    assert not len(found), [(everything[a], everything[b]) for a, b in found[:3]]
    x, y, width, height = layout.bounds
    assert (everything[:, :2] >= (x, y)).all()
    assert (everything[:, :2] + everything[:, 2:] <= (x + width, y + height)).all()


@given(
    units=st.lists(st.integers(1, 40), min_size=2, max_size=13),
    width=st.integers(300, 3840),
    height=st.integers(200, 2160),
    surface=st.booleans(),
    before=st.floats(0, 140),
    after=st.floats(0, 140),
    unfold=st.booleans(),
    note=st.sampled_from([0.0, 120.0]),
    blocks=st.sets(st.integers(1, 11)),
    image=st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_nothing_overlaps(
    units: list[int],
    width: int,
    height: int,
    surface: bool,
    before: float,
    after: float,
    unfold: bool,
    note: float,
    blocks: set[int],
    image: bool,
) -> None:
    columns = network(*units, before=before, after=after)
    middle = [column(f"b{index}", item.units, block=True) if index in blocks else item for index, item in enumerate(columns[1:-1], 1)]
    columns = (column("input", 784, image=(28, 28)) if image else columns[0], *middle, columns[-1])
    if note:
        columns = (*columns[:-1], column("out", units[-1], after=after, note=note))
    unfolded = frozenset(item.id for item in columns) if unfold else frozenset[str]()
    assert_disjoint(arrange(columns, (width, height), surface=surface, unfolded=unfolded))


def test_an_image_input_is_one_picture() -> None:
    columns = (column("input", 784, image=(28, 28)), column("h", 64), column("out", 10, after=60))
    layout = arrange(columns, (1200, 780))
    assert_disjoint(layout)
    first = layout.columns[0]
    assert first.image is not None
    assert len(first.centers) == 784
    assert (np.diff(first.centers[:28, 0]) > 0).all()
    assert first.starts()[:, 0].min() > first.image[0] + first.image[2]


def test_a_block_is_one_box_as_high_as_a_picture_and_holds_no_neurons() -> None:
    columns = (column("input", 784, image=(28, 28)), column("c", 21632, block=True), column("h", 64), column("out", 10))
    layout = arrange(columns, (1200, 780), unfolded=frozenset({"c"}))
    assert_disjoint(layout)
    first, second, third, _ = layout.columns
    assert first.image is not None and second.block is not None
    assert second.block[3] == first.image[3]
    assert second.block[2] < first.image[2]
    assert second.units == 21632
    assert second.image is second.fold is second.minus is first.block is third.box is None
    for none in (second.shown, second.centers, second.numbers, second.starts(), second.ends()):
        assert len(none) == 0
    assert second.solids.tolist() == [list(second.block)]
    assert len(third.solids) == len(third.centers)


def test_a_picture_leaves_the_tiles_of_other_layers_their_size() -> None:
    firsts = (column("input", 4), column("input", 784, image=(28, 28)))
    sides = [arrange((first, column("h", 4), column("out", 2)), (1200, 780)).columns[1].side for first in firsts]
    assert sides[0] == sides[1] > 40


def test_wide_layers_show_their_first_and_last_few() -> None:
    layout = arrange(network(4, 100, 1), (1200, 780))
    shown = layout.columns[1].shown
    few = len(shown) // 2
    assert list(shown) == [*range(few), *range(100 - few, 100)]
    assert layout.columns[1].fold is not None
    assert arrange(network(4, FOLD_ABOVE, 1), (1200, 780)).columns[1].fold is None
    unfolded = arrange(network(4, 100, 1), (1200, 780), unfolded=frozenset({"h1"}))
    assert len(unfolded.columns[1].shown) == 100


def test_the_usual_network_fits_its_window_unscaled() -> None:
    layout = arrange(network(4, 8, 6, 1), (1200, 780), surface=True)
    assert layout.bounds == (0.0, 0.0, 1200.0, 780.0)
    assert layout.columns[1].side >= 36
    assert layout.columns[-1].side > layout.columns[1].side
    assert not layout.stacked


def test_tiles_shrink_before_the_drawing_outgrows_the_window() -> None:
    sides = [arrange(network(2, units, 1), (1200, 780)).columns[1].side for units in (2, 6, 10, 14)]
    assert sides == sorted(sides, reverse=True)
    assert sides[-1] >= TILE_MIN


def test_headers_take_two_lines_when_columns_are_narrow() -> None:
    assert arrange(network(2, *[4] * 8, 1), (1100, 780)).stacked
    assert len(arrange(network(2, *[4] * 8, 1), (1100, 780)).columns[0].title) == 2


def test_columns_run_from_left_to_right_and_edges_between_them() -> None:
    layout = arrange(network(3, 5, 2), (900, 600))
    for left, right in zip(layout.columns[:-1], layout.columns[1:], strict=True):
        assert left.starts()[:, 0].max() < right.ends()[:, 0].min()


def test_a_tiny_network_stands_in_the_middle() -> None:
    layout = arrange(network(1, 1), (1400, 700))
    middle = (layout.columns[0].x + layout.columns[1].x) / 2
    assert middle == pytest.approx(700, abs=60)
    assert layout.columns[1].x - layout.columns[0].x < 420


def test_overlap_is_found_and_touching_is_not() -> None:
    boxes = np.array([[0.0, 0, 10, 10]])
    assert overlaps(boxes, np.array([[9.0, 9, 5, 5], [10.0, 0, 5, 5], [0.0, 10, 5, 5]])).tolist() == [[True, False, False]]


def test_an_unknown_column_is_an_error() -> None:
    with pytest.raises(KeyError):
        arrange(network(2, 1), (900, 600)).column("nowhere")
