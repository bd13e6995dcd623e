"""What the feed hands out is what the oracle's feed does, in the plan's shapes."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.engine.batches import epoch_order
from nnviz.engine.buffers import Buffers
from nnviz.engine.plan_feed import PlanFeed, with_ones

SAMPLES = 23


def data(outputs: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return with_ones(rng.normal(size=(SAMPLES, 3))), rng.normal(size=(SAMPLES, outputs))


def check(portion: tuple[np.ndarray, np.ndarray, np.ndarray], whole: np.ndarray, t: np.ndarray, ones: bool) -> None:
    x, columns, targets = portion
    np.testing.assert_array_equal(x, whole if ones else whole[:, :-1])
    np.testing.assert_array_equal(columns, x.T)
    np.testing.assert_array_equal(targets, t.T)
    assert targets.flags.c_contiguous


@pytest.mark.parametrize("window", [1, 60, 10**6], ids=["a batch", "some", "all"])
@pytest.mark.parametrize("outputs", [1, 3])
@pytest.mark.parametrize("ones", [True, False])
def test_batches_come_in_order_however_many_are_gathered(monkeypatch: pytest.MonkeyPatch, window: int, outputs: int, ones: bool) -> None:
    monkeypatch.setattr("nnviz.engine.plan_feed.WINDOW_NUMBERS", window)
    whole, t = data(outputs)
    feed = PlanFeed(whole, t, 4, ones, Buffers(float))
    for epoch in range(3):
        order = epoch_order(0, epoch, SAMPLES)
        feed.begin(order)
        position = 0
        while portions := feed.batches(position, 2):
            assert len(portions) <= 2
            for portion in portions:
                rows = order[position : position + 4]
                check(portion, whole[rows], t[rows], ones)
                position += 4
        assert position == 20, "the last batch is smaller and comes as a portion"
        check(feed.portion(20, 23), whole[order[20:]], t[order[20:]], ones)


def test_an_epoch_may_be_taken_up_anywhere() -> None:
    whole, t = data(1)
    feed, order = PlanFeed(whole, t, 4, True, Buffers(float)), epoch_order(0, 0, SAMPLES)
    feed.begin(order)
    for position in (7, 11, 2, 6, 18, 0):
        (portion,) = feed.batches(position, 1)
        check(portion, whole[order[position : position + 4]], t[order[position : position + 4]], True)
    assert feed.batches(20, 5) == []


def test_what_one_batch_takes_at_once_stands_as_it_is() -> None:
    whole, t = data(2)
    feed = PlanFeed(whole, t, SAMPLES, True, Buffers(float))
    feed.begin(None)
    assert feed.batches(0, 1) == []
    check(feed.portion(5, 9), whole[5:9], t[5:9], True)
    x, targets = feed.plain(5, 9)
    np.testing.assert_array_equal(x, whole[5:9, :-1])
    np.testing.assert_array_equal(targets, t[5:9])


def test_plain_samples_follow_the_order() -> None:
    whole, t = data(2)
    feed, order = PlanFeed(whole, t, 4, True, Buffers(float)), epoch_order(1, 2, SAMPLES)
    feed.begin(order)
    x, targets = feed.plain(3, 12)
    np.testing.assert_array_equal(x, whole[order[3:12], :-1])
    np.testing.assert_array_equal(targets, t[order[3:12]])
