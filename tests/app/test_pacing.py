"""The rest between two pictures follows the work that one makes in the GUI thread."""

from __future__ import annotations

import time

import pytest

from nnviz.app.pacing import LONGEST, SHARE, Pacing


def work(seconds: float) -> None:
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        sum(range(100))


def rests(seconds: float, pictures: int = 20) -> list[float]:
    pacing, found = Pacing(), []
    for _ in range(pictures):
        work(seconds)
        found.append(pacing.rest())
    return found


def test_showing_takes_its_share_and_no_more() -> None:
    rest = rests(0.004)[-1]
    assert 0.004 / SHARE * 0.9 < rest < 0.004 / SHARE * 1.5


def test_one_slow_picture_is_soon_forgotten() -> None:
    pacing = Pacing()
    work(0.02)
    first = pacing.rest()
    for _ in range(15):
        last = pacing.rest()
    assert first > 0.02 and last < 0.002


def test_values_still_come_when_drawing_is_hopelessly_slow() -> None:
    assert rests(0.08, 6)[-1] <= LONGEST


@pytest.mark.parametrize("pause", [0.0, 0.02])
def test_time_that_passes_without_work_costs_nothing(pause: float) -> None:
    pacing = Pacing()
    time.sleep(pause)
    assert pacing.rest() < 0.005
