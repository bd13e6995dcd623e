"""Nothing on the canvas stands on anything else, whatever the network and the window."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.ui.canvas.columns import Column, ColumnText, Layout, overlaps, solid_boxes, text_boxes
from nnviz.ui.canvas.layout import arrange
from nnviz.ui.canvas.spacing import FOLD_ABOVE, SIDES, TILE_MIN

BLOCK = ((), ("more",), ("minus", "plus", "lock", "more"))
ALL = ("minus", "plus", "lock", "more")
in_both = pytest.mark.parametrize("vertical", [False, True], ids=["horizontal", "vertical"])


def column(name: str, units: int, **fields: object) -> ColumnText:
    values = {"title": 130.0, "stacked": 90.0, "second": 60.0} | fields
    return ColumnText(name, units, **values)  # type: ignore[arg-type]


def network(*units: int, before: float = 30.0, after: float = 0.0) -> tuple[ColumnText, ...]:
    middle = [column(f"h{index}", count, buttons=ALL, size=60.0, second=0.0) for index, count in enumerate(units[1:-1], 1)]
    return (column("input", units[0], before=before), *middle, column("out", units[-1], after=after, buttons=("lock", "more")))


def assert_disjoint(layout: Layout) -> None:
    texts, solids = text_boxes(layout), solid_boxes(layout)
    everything = np.concatenate([texts, solids])
    assert np.isfinite(everything).all()
    found = np.argwhere(np.triu(overlaps(everything, everything), k=1))
    assert not len(found), [(everything[a], everything[b]) for a, b in found[:3]]
    x, y, width, height = layout.bounds
    assert (everything[:, :2] >= (x, y)).all()
    assert (everything[:, :2] + everything[:, 2:] <= (x + width, y + height)).all()
    gaps = np.array(layout.gaps)
    assert len(gaps) == len(layout.columns) - 1
    assert not overlaps(gaps, np.concatenate([everything, gaps])[: len(everything)]).any()
    assert not np.triu(overlaps(gaps, gaps), k=1).any()
    for area, own in zip(layout.areas, layout.columns, strict=True):
        boxes = np.concatenate([own.words, own.solids])
        assert np.allclose(area[:2], boxes[:, :2].min(axis=0))
        assert np.allclose(area[:2] + area[2:], (boxes[:, :2] + boxes[:, 2:]).max(axis=0))


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
    vertical=st.booleans(),
)
@settings(max_examples=120, deadline=None)
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
    vertical: bool,
) -> None:
    columns = network(*units, before=before, after=after)
    number = 97.0 if note else 60.0
    middle = [
        column(f"b{index}", item.units, block=True, buttons=BLOCK[index % 3]) if index in blocks else item
        for index, item in enumerate(columns[1:-1], 1)
    ]
    columns = (column("input", 784, image=(28, 28)) if image else columns[0], *middle, columns[-1])
    if note:
        columns = (*columns[:-1], column("out", units[-1], after=after, note=note))
    unfolded = frozenset(item.id for item in columns) if unfold else frozenset[str]()
    assert_disjoint(arrange(columns, (width, height), number=number, surface=surface, unfolded=unfolded, vertical=vertical))


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


def test_rows_run_from_top_to_bottom_and_edges_leave_below_the_numbers() -> None:
    layout = arrange(network(3, 5, 2, before=40, after=50), (900, 600), vertical=True)
    for above, below in zip(layout.columns[:-1], layout.columns[1:], strict=True):
        assert above.starts()[:, 1].min() >= (above.numbers[:, 1] + above.numbers[:, 3]).max()
        assert above.starts()[:, 1].max() < below.ends()[:, 1].min() < below.tiles[:, 1].min()
    for row in layout.columns:
        assert len(set(row.centers[:, 1])) == 1
        assert (np.diff(row.centers[:, 0]) > row.side).all()
        assert np.allclose(row.starts()[:, 0], row.centers[:, 0])
        assert all(box[0] + box[2] < row.tiles[:, 0].min() for box in row.header)
        assert row.title[0][1] < row.title[1][1] < row.second[1]
    first, last = layout.columns[0], layout.columns[-1]
    assert (first.before[:, 1] + first.before[:, 3] <= first.tiles[:, 1]).all()
    assert (last.after[:, 1] >= last.numbers[:, 1] + last.numbers[:, 3]).all()


def test_a_row_of_pixels_leaves_from_below_its_picture_and_a_block_lies_flat() -> None:
    columns = (
        column("input", 784, image=(28, 28)),
        column("c", 100, block=True, buttons=ALL),
        column("h", 4),
        column("out", 784, image=(28, 28)),
    )
    layout = arrange(columns, (1000, 900), vertical=True)
    assert_disjoint(layout)
    first, block, _, last = layout.columns
    assert first.image is not None and block.block is not None and last.image is not None
    assert (first.starts()[:, 1] > first.image[1] + first.image[3]).all()
    assert (last.ends()[:, 1] < last.image[1]).all()
    assert block.block[2] > 2 * block.block[3]


def test_the_surface_stands_at_the_lower_right_of_rows() -> None:
    layout = arrange(network(2, 8, 6, 1), (1200, 780), surface=True, vertical=True)
    assert layout.surface is not None and layout.bounds == (0.0, 0.0, 1200.0, 780.0)
    assert layout.surface[0] > max(row.tiles[:, 0].max() for row in layout.columns)
    assert layout.surface[1] + layout.surface[3] / 2 > 390


@in_both
def test_buttons_stand_in_their_order_in_the_second_line(vertical: bool) -> None:
    layout = arrange(network(2, 8, 1), (1200, 780), vertical=vertical)
    first, hidden, output = layout.columns
    found = [hidden.minus, hidden.plus, hidden.lock, hidden.more]
    lefts = [box[0] for box in found if box is not None]
    assert len(lefts) == 4 and lefts == sorted(lefts)
    assert {box[1] for box in found if box is not None} == {hidden.second[1]}
    assert sum(lefts) / 4 + 17 / 2 == pytest.approx(hidden.title[0][0] + hidden.title[0][2] / 2)
    assert [first.minus, first.plus, first.lock, first.more, first.units_box] == [None] * 5
    assert output.minus is output.plus is output.units_box is None
    assert output.lock is not None and output.more is not None
    assert output.second[0] + output.second[2] <= output.lock[0] < output.more[0]


@in_both
def test_the_size_is_a_part_of_the_title(vertical: bool) -> None:
    hidden = arrange(network(2, 8, 1), (1200, 780), vertical=vertical).columns[1]
    assert hidden.units_box is not None
    end = hidden.title[-1]
    assert hidden.units_box[1] == end[1]
    assert hidden.units_box[0] + hidden.units_box[2] == pytest.approx(end[0] + end[2])
    assert hidden.units_box[0] >= end[0]


def test_gaps_lie_half_way_at_the_height_of_the_titles() -> None:
    layout = arrange(network(2, 8, 6, 1), (1400, 780))
    for left, right, box in zip(layout.columns[:-1], layout.columns[1:], layout.gaps, strict=True):
        assert box[0] + box[2] / 2 == pytest.approx((left.x + right.x) / 2)
        assert box[1] < left.title[0][1] + left.title[0][3] / 2 < box[1] + box[3]
    rows = arrange(network(2, 8, 6, 1), (1400, 780), vertical=True)
    for above, below, box in zip(rows.columns[:-1], rows.columns[1:], rows.gaps, strict=True):
        assert max(each[1] + each[3] for each in above.header) <= box[1]
        assert box[1] + box[3] <= below.title[0][1]


def boxes(column: Column) -> list[object]:
    """Everything of a column that has a place."""
    return [column.words.tolist(), column.solids.tolist(), column.side, column.starts().tolist(), column.units_box]


@given(
    units=st.lists(st.integers(1, 7), min_size=1, max_size=4),
    place=st.integers(0, 3),
    wanted=st.integers(1, 8),
    surface=st.booleans(),
    vertical=st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_where_there_is_room_more_neurons_move_nothing_but_their_layer(
    units: list[int], place: int, wanted: int, surface: bool, vertical: bool
) -> None:
    # The input has the most, so that the layer that changes is never the one that says how large tiles can be.
    place %= len(units)
    after = [*units[:place], wanted, *units[place + 1 :]]
    old, new = (arrange(network(8, *counts, 2), (1600, 1000), number=90.0, surface=surface, vertical=vertical) for counts in (units, after))
    assert old.bounds == new.bounds == (0.0, 0.0, 1600.0, 1000.0)
    assert (old.surface, old.gaps) == (new.surface, new.gaps)
    for index, (before, now) in enumerate(zip(old.columns, new.columns, strict=True)):
        assert (boxes(before) == boxes(now)) is (index != place + 1 or units[place] == wanted)


@in_both
def test_tiles_come_in_few_sizes(vertical: bool) -> None:
    sides = {arrange(network(2, units, 1), (1200, 780), vertical=vertical).columns[1].side for units in range(1, FOLD_ABOVE + 1)}
    assert sides <= set(SIDES)
    assert len(sides) <= 7


def test_two_hundred_layers_fill_the_height_and_reach_far_beyond_the_width() -> None:
    layers = (8,) * 200
    layout = arrange(network(2, *layers, 1), (1200, 780), surface=True)
    assert_disjoint(layout)
    assert layout.bounds[2] > 200 * 60
    assert layout.bounds[3] == 780
    rows = arrange(network(2, *layers, 1), (1200, 780), surface=True, vertical=True)
    assert_disjoint(rows)
    assert rows.bounds[3] > 200 * 60
    assert rows.bounds[2] < 1600


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


@in_both
def test_unfolded_layers_grow_both_ways_so_that_fitting_leaves_no_bands(vertical: bool) -> None:
    folded, unfolded = (arrange(network(4, 100, 4), (1200, 780), unfolded=frozenset(ids), vertical=vertical) for ids in ((), ("h1",)))
    assert folded.bounds == (0.0, 0.0, 1200.0, 780.0)
    assert unfolded.bounds[2] > 3000
    assert unfolded.bounds[2] / unfolded.bounds[3] == pytest.approx(1200 / 780, rel=0.01)
