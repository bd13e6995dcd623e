from __future__ import annotations

import numpy as np
import pytest

from nnviz.engine.batches import MAX_ROWS, Batches, Feed, chunk_rows, epoch_order
from tests.engine.build import network


def test_an_order_is_a_permutation_and_a_function_of_seed_and_epoch() -> None:
    order = epoch_order(3, 7, 50)
    np.testing.assert_array_equal(np.sort(order), np.arange(50))
    np.testing.assert_array_equal(order, epoch_order(3, 7, 50))
    assert (order != epoch_order(3, 8, 50)).any()
    assert (order != epoch_order(4, 7, 50)).any()


def test_the_last_batch_is_kept_though_smaller() -> None:
    batches, ends = Batches(25, 10, 0), [0]
    while ends[-1] < 25:
        ends.append(batches.end(ends[-1]))
    assert ends == [0, 10, 20, 25]


@pytest.mark.parametrize("size", [0, 25, 100])
def test_one_batch_of_all_keeps_the_order_of_the_data(size: int) -> None:
    assert Batches(25, size, 0).end(0) == 25
    assert Batches(25, size, 0).order(0, 0) is None
    assert Batches(25, size, 0).order(0, 10) is not None, "an epoch that was begun in smaller batches is finished in its order"


@pytest.mark.parametrize("ordered", [True, False])
def test_a_feed_hands_out_every_sample_in_its_place(ordered: bool) -> None:
    count = 2 * MAX_ROWS + 17
    x, order = np.arange(count)[:, None], epoch_order(0, 0, count) if ordered else None
    feed, expected = Feed(x, -x, order), np.arange(count) if order is None else order
    for first, last in ((0, 10), (10, 4000), (4000, 4000 + MAX_ROWS), (count - 5, count), (0, 3)):
        found, targets = feed.rows(first, last)
        np.testing.assert_array_equal(found[:, 0], expected[first:last])
        np.testing.assert_array_equal(targets, -found)


def test_chunks_shrink_with_the_network() -> None:
    rows = [chunk_rows(network(2, width, width, 1)) for width in (2, 64, 512, 1024, 3000)]
    assert rows == sorted(rows, reverse=True)
    assert rows[0] == MAX_ROWS
    assert rows[2] >= 8
    assert rows[-1] == 1
